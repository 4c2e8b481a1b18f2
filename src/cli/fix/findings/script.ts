import { plainText } from '../../../text/plain-text.js';
import { count } from '../../../text/quantity.js';
import { comment } from '../script.js';
import type { RemedyAnswer, RemedyGroup } from './answer.js';
import type { Remedy } from './remedy.js';

const HEADS: Record<RemedyAnswer['kind'], string> = {
  guardrails: 'Guardrails for roles of reports, loads and people.',
  privacy: 'Views and rights that keep personal data where it belongs.',
  semantic: 'Semantic views for metrics that dashboards define for themselves.',
};

/**
 * One script for a person to review and to run, store by store. What sets a limit or makes something is to be run; what takes a right away
 * is a comment until somebody has looked at what the role does with it.
 */
export function remedyScript({ kind, takenAt, groups, gaps }: RemedyAnswer): string[] {
  if (groups.length === 0) return [comment(`Nothing to mend was found${gaps.length === 0 ? '' : ', and not everything could be looked at'}.`)];
  const stores = [...new Set(groups.map(({ store }) => store))];
  return [
    comment(`${HEADS[kind]} Printed by tidemark from what was seen at ${takenAt}; nothing was run.`),
    comment('Review it, then run it with psql -v ON_ERROR_STOP=1 as a superuser, or who stands in for one on a managed service.'),
    ...gaps.map(({ subject, missing }) => comment(`Not looked at: ${missing} of ${subject}.`)),
    ...stores.flatMap((store) => ['', comment(`== ${store} ==`), 'BEGIN;', ...groups.filter((group) => group.store === store).flatMap(groupLines), '', 'COMMIT;']),
  ];
}

function groupLines({ subject, owner, notes, statements, byHand }: RemedyGroup): string[] {
  const run = statements.filter(isRun);
  const doubtful = statements.filter((remedy) => !isRun(remedy));
  const undone = run.flatMap(({ undo }) => undo ?? []).toReversed();
  const ended = new Set(statements.flatMap(({ rules }) => rules)).size;
  return [
    '',
    comment(`${subject}${owner === null || owner === '' ? '' : ` (${owner})`}${ended === 0 ? '' : `: ${count(ended, 'rule')}`}`),
    ...notes.map((note) => comment(`  ${note}`)),
    ...run.flatMap(statementLines),
    ...(doubtful.length === 0 ? [] : [comment('Takes a right away or makes a login: see first what is done with it today.'), ...doubtful.map(({ sql, rules }) => comment(`${sql}${rules.length === 0 ? '' : `  -- ${rules.join(', ')}`}`))]),
    ...(byHand.length === 0 ? [] : [comment('By hand:'), ...byHand.map(({ message, fix }) => comment(`  ${message}. ${fix}`))]),
    ...(undone.length === 0 ? [] : [comment('The way back:'), ...undone.map(comment)]),
  ];
}

const isRun = ({ kind, sql }: Remedy): boolean => kind === 'limit' || (kind === 'object' && !/^CREATE ROLE \S+ LOGIN/.test(sql));

function statementLines({ sql, rules }: Remedy): string[] {
  const lines = sql.split('\n').map((line) => `${/^ */.exec(line)?.[0] ?? ''}${plainText(line.trimStart(), 100_000)}`);
  const last = lines.length - 1;
  return lines.map((line, index) => (index === last && lines.length === 1 && rules.length > 0 ? `${line}  -- ${rules.join(', ')}` : line));
}
