import { runsOnPostgres } from './liquibase-dbms.js';
import type { Reading } from './reading.js';
import { addStatements } from './sql-steps.js';

const CHANGE_SET = /^\s*--\s*changeset\s+(.*)$/i;
const DIRECTIVE = /^\s*--\s*(rollback|precondition[s-]|validchecksum|comment|property|ignorelines)/i;

/** "Formatted SQL changelogs", Liquibase 4.29: a change set begins with `--changeset author:id`, what undoes it stands behind `--rollback`. */
export function readFormatted(text: string, reading: Reading): void {
  let offset = 0;
  let part: { text: string; offset: number; whole: boolean; skipped: boolean } | null = null;
  let isRollback = false;
  const finish = (): void => {
    if (!part || part.skipped) return;
    if (part.whole && part.text.trim() !== '') reading.step(part.text.trim().replace(/;\s*$/, ''), part.offset + part.text.search(/\S/));
    else addStatements(part.text, reading, part.offset);
  };
  for (const line of text.split('\n')) {
    const next = offset + line.length + 1;
    const head = CHANGE_SET.exec(line)?.[1];
    const directive = DIRECTIVE.exec(line)?.[1]?.toLowerCase();
    if (head !== undefined) {
      finish();
      part = { text: '', offset: next, ...attributes(head, offset, reading) };
    } else if (/^\s*--\s*liquibase\s+formatted\s+sql/i.test(line)) {
      part = null;
    } else if (directive?.startsWith('precondition')) {
      reading.problem('a precondition decides whether the change set runs', offset);
    }
    // A comment of several lines may hold the rollback.
    if (/^\s*\/\*\s*(?:liquibase\s+)?rollback/i.test(line)) isRollback = true;
    if (head === undefined && part) part.text += directive === 'rollback' || isRollback ? `${line.replace(/[^\r]/g, ' ')}\n` : `${line}\n`;
    else if (head === undefined && line.trim() !== '' && !line.trim().startsWith('--')) reading.problem('stands before the first change set, so that Liquibase does not run it', offset);
    if (/\*\//.test(line)) isRollback = false;
    offset = next;
  }
  finish();
}

function attributes(head: string, offset: number, reading: Reading): { whole: boolean; skipped: boolean } {
  const named = new Map([...head.matchAll(/(\w+):("[^"]*"|\S+)/g)].slice(1).map(([, name = '', value = '']) => [name.toLowerCase(), value.replaceAll('"', '')]));
  const context = named.get('context') ?? named.get('contextfilter') ?? named.get('labels');
  if (context !== undefined) reading.problem(`the change set runs in the context or under the label ${context} only`, offset);
  const dbms = named.get('dbms');
  return { whole: named.get('splitstatements') === 'false', skipped: dbms !== undefined && !runsOnPostgres(dbms) };
}
