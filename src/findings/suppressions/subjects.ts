import type { SuppressionFacts } from '../../facts/suppression.js';
import type { Subject } from '../../facts/subjects.js';
import type { SuppressionProblem } from '../../model/suppression.js';

/** Entries with which something is wrong, as rules judge them. A finding's consumer is the file and its relation what the entry hides. */
export function suppressionSubjects(problems: readonly SuppressionProblem[]): Subject[] {
  return problems.map(({ fault, by, rule, consumer, relation, owner, cause, place }) => {
    const names = namesOf({ rule, consumer, relation });
    const suppression: SuppressionFacts = { fault, by, noun: by === 'baseline' ? 'entry' : by, file: place.file, names, rule, owner: owner ?? '', cause };
    return {
      subject: 'suppression',
      facts: { suppression },
      locations: [{ file: place.file, pointer: '', line: place.line, column: 1 }],
      consumer: place.file,
      owner,
      store: '',
      // Of an entry that cannot be read nothing but the cause tells it apart.
      relation: names === '' ? cause : names,
    };
  });
}

/** `dashboard-reads-internal of reports/monthly.sql on app.case_file`. */
function namesOf({ rule, consumer, relation }: Pick<SuppressionProblem, 'rule' | 'consumer' | 'relation'>): string {
  return [rule, ...(consumer === '' ? [] : [`of ${consumer}`]), ...(relation === '' ? [] : [`on ${relation}`])].filter((part) => part !== '').join(' ');
}
