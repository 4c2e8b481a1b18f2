import { sumOfWork } from '../../graph/portions.js';
import type { ClassWork, DayWork, GroupWork, Shares, Work, WorkloadStatement } from '../../model/workload.js';
import { amount } from '../../report/layout/amounts.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { type Column, NOT_KNOWN, table, together } from '../../report/layout/table.js';
import { CLASS_ORDER, shareCell } from '../../report/layout/workload.js';
import { addShares, NO_SHARES } from './sums.js';
import type { Sort } from './options.js';

const EVIDENCE_MAX = 6;
/** Right of the first number, so that the rows stand out. */
const BELOW = { first: ' '.repeat(10), columns: 10 };

/** How the work divides by class; `whole` adds the line of all. */
export function classTable(page: Page, classes: readonly ClassWork[], whole: boolean): string[] {
  const inOrder = CLASS_ORDER.flatMap((name) => classes.filter((one) => one.class === name));
  const shown = inOrder.filter((one) => one.class === 'analytical' || one.statements > 0);
  const all = {
    class: whole ? 'all' : 'together',
    statements: shown.reduce((sum, one) => sum + one.statements, 0),
    work: sumOfWork(shown.map(({ work }) => work)),
    share: whole ? wholeOf(shown) : shown.reduce((sum, one) => addShares(sum, one.share), NO_SHARES),
  };
  const rows = [...shown, all];
  const measured = all.work.calls > 0;
  const works = rows.map(({ work }) => (measured ? work : null));
  const both = (head: string, leaves: number, key: keyof Shares, amounts: string[]): Column => {
    const shares = rows.map((one) => shareCell(one.share[key]));
    return { head, cells: together(amounts, shares), narrow: shares, align: 'right', leaves };
  };
  const built = table(page, withoutUnknown([
    { head: 'class', cells: rows.map((one) => one.class), align: 'left', leaves: 0 },
    { head: 'statements', cells: rows.map(({ statements }) => amount(statements)), align: 'right', leaves: 0 },
    { head: 'calls', cells: works.map((work) => numberOr(work, ({ calls }) => amount(calls))), align: 'right', leaves: 5 },
    both('blocks', 1, 'blocks', works.map((work) => numberOr(work, ({ blocks }) => amount(blocks)))),
    both('time', 2, 'time', works.map((work) => numberOr(work, ({ execution_ms }) => amount(execution_ms, 'ms')))),
    both('temp', 3, 'temp', works.map((work) => numberOr(work, ({ temp_bytes }) => amount(temp_bytes, 'bytes')))),
    both('WAL', 4, 'wal', works.map((work) => numberOr(work, ({ wal_bytes }) => (wal_bytes === null ? NOT_KNOWN : amount(wal_bytes, 'bytes'))))),
  ], measured));
  return [built.head, ...built.rows.flat()];
}

/** All of what is known: rounded parts need not add up. */
function wholeOf(classes: readonly ClassWork[]): Shares {
  const known = (key: keyof Shares): number | null => (classes.some(({ share }) => share[key] !== null) ? 1 : null);
  return { time: known('time'), blocks: known('blocks'), temp: known('temp'), wal: known('wal') };
}

/** Shares of nothing are no column. */
function withoutUnknown(columns: readonly Column[], measured: boolean): Column[] {
  return measured ? [...columns] : columns.filter(({ head }) => head === 'class' || head === 'statements');
}

function numberOr(work: Work | null, text: (work: Work) => string): string {
  return work === null ? NOT_KNOWN : text(work);
}

/** What a statement's first number is: its part in what the list is sorted by. */
const SHARE_OF: Record<Sort, { key: keyof Shares; head: string }> = {
  blocks: { key: 'blocks', head: 'blocks' },
  calls: { key: 'blocks', head: 'blocks' },
  name: { key: 'blocks', head: 'blocks' },
  time: { key: 'time', head: 'time' },
  temp: { key: 'temp', head: 'temp' },
  wal: { key: 'wal', head: 'WAL' },
};

/** One row a statement, and below it why it is what it is and how it begins. */
export function statementTable(page: Page, statements: readonly WorkloadStatement[], sort: Sort): string[] {
  const { key, head } = SHARE_OF[sort];
  const columns: Column[] = [
    { head, cells: statements.map((statement) => shareCell(statement.share[key])), align: 'right', leaves: 1 },
    { head: 'calls', cells: statements.map(({ work }) => numberOr(work, ({ calls }) => amount(calls))), align: 'right', leaves: 4 },
    perCall(statements, sort),
    { head: 'mean time', cells: statements.map(({ work }) => numberOr(work, ({ calls, execution_ms }) => (calls > 0 ? amount(execution_ms / calls, 'ms') : NOT_KNOWN))), align: 'right', leaves: 3 },
    { head: 'class', cells: statements.map((statement) => statement.class), align: 'left', leaves: 0 },
    { head: 'sure', cells: statements.map(({ class: workloadClass, confidence }) => (workloadClass === 'unknown' ? NOT_KNOWN : shareCell(confidence))), align: 'right', leaves: 1 },
    { head: 'consumer', cells: statements.map(({ consumer }) => consumer), align: 'left', leaves: 0, wraps: true },
    // A consumer that is a role is named after it.
    { head: 'role', cells: statements.map(({ roles, consumer }) => roles.filter((role) => consumer !== `role ${role}`).join(', ')), align: 'left', leaves: 5, wraps: true },
  ];
  const built = table(page, columns);
  return [built.head, ...statements.flatMap((statement, index) => [...(built.rows[index] ?? []), ...reasonLines(page, statement)])];
}

function perCall(statements: readonly WorkloadStatement[], sort: Sort): Column {
  const head = sort === 'temp' ? 'temp a call' : sort === 'wal' ? 'WAL a call' : 'blocks a call';
  const text = ({ calls, blocks, temp_bytes, wal_bytes }: Work): string => {
    if (calls === 0) return NOT_KNOWN;
    if (sort === 'temp') return amount(temp_bytes / calls, 'bytes');
    if (sort === 'wal') return wal_bytes === null ? NOT_KNOWN : amount(wal_bytes / calls, 'bytes');
    return amount(blocks / calls);
  };
  return { head, cells: statements.map(({ work }) => numberOr(work, text)), align: 'right', leaves: 2 };
}

function reasonLines(page: Page, { evidence, rhythm, head }: WorkloadStatement): string[] {
  const told = rhythm === null || evidence.some((text) => text.includes(rhythm.words)) ? evidence : [...evidence, rhythm.words];
  const hidden = told.length - EVIDENCE_MAX;
  const reasons = [...told.slice(0, EVIDENCE_MAX), ...(hidden > 0 ? [`${amount(hidden)} more in --format json`] : [])];
  return [
    ...(reasons.length === 0 ? [] : paragraph(page, reasons.join('; '), BELOW)),
    ...(head === '' ? [] : paragraph(page, head, { ...BELOW, paint: page.faint })),
  ];
}

/** Consumers, roles or relations: the analytical part of each, as a share of all that the store did. */
export function groupTable(page: Page, head: string, groups: readonly GroupWork[]): string[] {
  const built = table(page, [
    { head, cells: groups.map(({ name }) => name), align: 'left', leaves: 0, wraps: true },
    { head: 'owner', cells: groups.map(({ owner }) => owner ?? ''), align: 'left', leaves: 6, wraps: true },
    ...groupNumbers(groups),
  ]);
  return [built.head, ...built.rows.flat()];
}

function groupNumbers(groups: readonly GroupWork[]): Column[] {
  return [
    { head: 'statements', cells: groups.map(({ statements, analyticalStatements }) => `${amount(analyticalStatements)} of ${amount(statements)}`), align: 'right', leaves: 4 },
    ...shareColumns(groups.map(({ analyticalShare }) => analyticalShare)),
    { head: 'all blocks', cells: groups.map((group) => shareCell(group.share.blocks)), align: 'right', leaves: 5 },
  ];
}

function shareColumns(shares: readonly Shares[]): Column[] {
  return [
    { head: 'blocks', cells: shares.map(({ blocks }) => shareCell(blocks)), align: 'right', leaves: 1 },
    { head: 'time', cells: shares.map(({ time }) => shareCell(time)), align: 'right', leaves: 1 },
    { head: 'temp', cells: shares.map(({ temp }) => shareCell(temp)), align: 'right', leaves: 2 },
    { head: 'WAL', cells: shares.map(({ wal }) => shareCell(wal)), align: 'right', leaves: 3 },
  ];
}

/** What ran by day, the analytical part as a share of that day. */
export function dayTable(page: Page, days: readonly DayWork[]): string[] {
  const built = table(page, [
    { head: 'day (UTC)', cells: days.map(({ name }) => name), align: 'left', leaves: 0, wraps: true },
    { head: 'covered', cells: days.map(({ covered_seconds }) => amount(covered_seconds, 'seconds')), align: 'right', leaves: 2 },
    ...groupNumbers(days),
    { head: 'calls', cells: days.map(({ work }) => amount(work.calls)), align: 'right', leaves: 6 },
    { head: '', cells: days.map(({ complete, estimated }) => [...(estimated ? ['estimated'] : []), ...(complete ? [] : ['lower bounds'])].join(', ')), align: 'left', leaves: 0, wraps: true },
  ]);
  return [built.head, ...built.rows.flat()];
}
