import type { MigrationFacts } from '../../facts/migration.js';
import type { Subject } from '../../facts/subjects.js';
import type { StoreBoundary } from '../../graph/boundary.js';
import { storeFacts } from '../../graph/store-facts.js';
import { changeInWords } from '../../impact/change-words.js';
import { LIKELY } from '../../impact/likely.js';
import type { Impact, ImpactReport } from '../../model/impact-report.js';
import type { SchemaChange } from '../../model/migration.js';
import { plainText } from '../../text/plain-text.js';

/** A schema grows by columns and a table by rows: who only shows one more of them is hinted at. */
const GROWTH_LIKELY = 0.75;
const SENTENCE_LENGTH_MAX = 600;
const CLAUSE_LENGTH_MAX = 150;

/** Each impact of a report as rules judge it, at the line of the change that does it. */
export function migrationSubjects({ impacts, changes }: Pick<ImpactReport, 'impacts' | 'changes'>, boundary: StoreBoundary): Subject[] {
  const store = storeFacts(boundary);
  return impacts.flatMap((impact): Subject[] => {
    const causes = impact.changes.flatMap((place) => changes[place] ?? []);
    const [cause] = causes;
    if (cause === undefined) return [];
    const { thing: { name, owner } } = impact;
    const relation = objectOf(cause);
    const { file, line } = cause.place;
    return [{
      subject: 'migration',
      facts: { migration: factsOf(impact, cause, { causes, boundary }), store },
      locations: [{ file, pointer: '', line, column: 1 }],
      consumer: name,
      owner,
      store: impact.thing.store,
      relation,
    }];
  });
}

function factsOf(impact: Impact, cause: SchemaChange, { causes, boundary }: { causes: readonly SchemaChange[]; boundary: StoreBoundary }): MigrationFacts {
  const { thing, effect, sentence, remedy, through, calls, confidence } = impact;
  return {
    name: thing.name,
    kind: thing.kind,
    effect,
    likely: confidence >= (effect === 'meaning' && causes.every(isGrowth) ? GROWTH_LIKELY : LIKELY),
    ships_along: thing.kind === 'role' && effect !== 'widens' && boundary.roles.get(thing.name.replace(/^role /, ''))?.purpose === 'application',
    owner: thing.owner ?? '',
    relation: objectOf(cause),
    change: plainText(changeInWords(cause), 300),
    file: cause.place.file,
    line: cause.place.line,
    happens: clausesOf(plainText(sentence, SENTENCE_LENGTH_MAX)),
    remedy: plainText(remedy ?? '', SENTENCE_LENGTH_MAX),
    through,
    calls: calls ?? Number.NaN,
    confidence,
  };
}

/** A line of evidence is short: a long sentence stands in several. */
function clausesOf(sentence: string): string[] {
  if (sentence.length <= CLAUSE_LENGTH_MAX) return [sentence];
  return sentence.split(/; |, (?=and )/).filter((clause) => clause !== '');
}

function isGrowth(change: SchemaChange): boolean {
  return change.kind === 'column-added' || (change.kind === 'rows-changed' && change.verb === 'insert');
}

/** What is changed: a relation, one of its columns, or a function. */
function objectOf(change: SchemaChange): string {
  if ('column' in change) return `${change.relation}.${change.column}`;
  return 'name' in change && change.relation === '' ? change.name : change.relation;
}
