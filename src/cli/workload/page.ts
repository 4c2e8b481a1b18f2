import type { Change, Shares, StoreWorkload, WorkloadReport } from '../../model/workload.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { assumptionLines, gapLines } from '../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { unbroken } from '../../report/layout/wrap.js';
import { headline, share, sharesInWords } from '../../report/layout/workload.js';
import type { By, Filters } from './options.js';
import { nothingMatches } from './nothing.js';
import { addShares, NO_SHARES } from './sums.js';
import { classTable, dayTable, groupTable, statementTable } from './tables.js';
import { chooserOf, cutStore, viewOf, type Divided, type View } from './view.js';

const NOTES_MAX = 3;

export interface PageOptions extends View {
  /** Null for the whole page: headline, classes, changes, statements. */
  by: By | null;
  quiet: boolean;
}

/** The answer for people, a store after the other. Pure. */
export function workloadPage(page: Page, { whole, chosen }: Divided, options: PageOptions): string[] {
  const all = !Number.isFinite(options.limit);
  const nothing = nothingMatches(whole, options.filters);
  const chooses = chooserOf(options.filters) !== null;
  const wanted = nothing !== null ? [] : viewOf(chosen, options).stores.filter((store) => store.statements.length > 0 || !chooses);
  // Where a list has rows on one store only, the others need not say that they have none.
  const listed = wanted.filter((store) => options.by !== null && hasRows(store, options.by));
  const shown = listed.length > 0 ? listed : wanted;
  const sections = [
    options.quiet ? [] : headLines(page, whole),
    ...(nothing === null ? [] : [paragraph(page, nothing, { first: '', columns: 0 })]),
    ...(whole.stores.length === 0 ? [paragraph(page, 'There is nothing to divide: no store could be looked at, and no dashboard holds a query.', { first: '', columns: 0 })] : []),
    ...shown.flatMap((store) => storeSections(page, store, whole.stores.find((one) => one.store === store.store && one.engine === store.engine) ?? store, options)),
    gapLines(page, whole.gaps, all, '--limit all'),
    options.quiet || options.by !== null ? [] : assumptionLines(page, whole.assumptions, all, '--limit all'),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function hasRows({ classes, statements, byConsumer, byRole, byRelation, byDay }: StoreWorkload, by: By): boolean {
  return { class: classes, statement: statements, consumer: byConsumer, role: byRole, relation: byRelation, day: byDay }[by].length > 0;
}

function headLines(page: Page, report: WorkloadReport): string[] {
  const stores = report.stores.map(({ store, engine, role }) => (store === '' ? `files in ${engine}` : `${store} (${role}, ${engine})`));
  const text = [report.takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC'), ...stores].join(' · ');
  return paragraph(page, text, { first: `${page.strong('tidemark')}  `, columns: 10, paint: page.faint });
}

function storeSections(page: Page, store: StoreWorkload, whole: StoreWorkload, options: PageOptions): string[][] {
  const { by, quiet, filters } = options;
  const isWhole = chooserOf(filters) === null;
  const top = [
    ...paragraph(page, headline(whole), { first: '', columns: 0, paint: page.strong }),
    ...trustLines(page, whole, options),
    ...chosenLines(page, store, whole, filters),
  ];
  if (by !== null) return [top, listLines(page, store, by, options)];
  if (quiet) return [top, changeLines(page, store.changes)];
  // Without statistics the headline has all its numbers.
  const classes = store.total.calls === 0 ? [] : ['', ...classTable(page, store.classes, isWhole)];
  // Analytical work is what a warehouse is for.
  if (store.role === 'warehouse' && filters.store === undefined && isWhole) {
    const hint = store.statements.length === 0 ? [] : paragraph(page, `tidemark workload --store ${store.store} lists its statements.`, { first: '  ', columns: 2, paint: page.faint });
    return [[...top, ...classes, ...hint]];
  }
  return [[...top, ...classes], changeLines(page, store.changes), store.statements.length === 0 ? [] : listLines(page, store, 'statement', options)];
}

/** Why the numbers are not to be trusted wholly. */
function trustLines(page: Page, { trust }: StoreWorkload, { limit }: PageOptions): string[] {
  if (trust.factor >= 1 && trust.notes.length === 0) return [];
  const notes = Number.isFinite(limit) ? trust.notes.slice(0, NOTES_MAX) : trust.notes;
  const hidden = trust.notes.length - notes.length;
  return [
    ...(trust.factor < 1 ? [`  Confidence in these numbers: ${share(trust.factor)}`] : []),
    ...notes.flatMap((note) => paragraph(page, note, { first: '  - ', columns: 4 })),
    ...(hidden > 0 ? [`  - … and ${amount(hidden)} more; --limit all shows them`] : []),
  ];
}

/** What a filter leaves, as a part of the store. */
function chosenLines(page: Page, store: StoreWorkload, whole: StoreWorkload, filters: Filters): string[] {
  if (chooserOf(filters) === null) return [];
  const flags = Object.entries(filters).filter(([name, value]) => name !== 'store' && value !== undefined).map(([name, value]) => `${name} ${value}`);
  const shares = sharesInWords(store.statements.reduce((sum, statement) => addShares(sum, statement.share), NO_SHARES));
  const number = `${amount(store.statements.length)} of ${counted(whole.statements.length, 'statement')}`;
  return paragraph(page, `Chosen by ${flags.join(', ')}: ${[number, ...shares].join(', ')}.`, { first: '', columns: 0 });
}

const TITLES: Record<By, string> = { statement: 'Statements', consumer: 'Consumers', role: 'Roles', relation: 'Relations', day: 'Days', class: 'Classes' };

function listLines(page: Page, store: StoreWorkload, by: By, options: PageOptions): string[] {
  const shown = cutStore(store, options.limit);
  if (by === 'class') return classTable(page, store.classes, chooserOf(options.filters) === null);
  const { lines, rows, total } = rowsOf(page, shown, store, by, options);
  const sortedBy = by === 'day' || store.total.calls === 0 ? '' : `, by ${options.sort === 'wal' ? 'WAL' : options.sort}`;
  const part = rows < total ? ` (${amount(rows)} of ${amount(total)})` : '';
  return [
    page.strong(`${TITLES[by]}${sortedBy}${part}`),
    ...legend(page, store, by),
    ...lines,
    ...(rows < total ? [page.faint(`  … and ${amount(total - rows)} more; --limit all shows them`)] : []),
  ];
}

function rowsOf(page: Page, shown: StoreWorkload, whole: StoreWorkload, by: Exclude<By, 'class'>, { sort }: PageOptions): { lines: string[]; rows: number; total: number } {
  if (by === 'statement') return { lines: statementTable(page, shown.statements, sort), rows: shown.statements.length, total: whole.statements.length };
  if (by === 'day') {
    if (whole.byDay.length === 0) return { lines: paragraph(page, 'No two looks to compare: give bundles of several days in order of time, as in tidemark workload monday.tidemark friday.tidemark.', { first: '  ', columns: 2 }), rows: 0, total: 0 };
    return { lines: dayTable(page, shown.byDay), rows: shown.byDay.length, total: whole.byDay.length };
  }
  const [groups, total] = by === 'consumer' ? [shown.byConsumer, whole.byConsumer] : by === 'role' ? [shown.byRole, whole.byRole] : [shown.byRelation, whole.byRelation];
  return { lines: total.length === 0 ? ['  none is known'] : groupTable(page, by, groups), rows: groups.length, total: total.length };
}

/** What the shares are parts of, where a reader could take them for something else. */
function legend(page: Page, { store, total, byDay }: StoreWorkload, by: By): string[] {
  if (by === 'statement' || total.calls === 0 || (by === 'day' && byDay.length === 0)) return [];
  const of = by === 'day' ? 'that ran on the day' : `that ${store === '' ? 'ran' : `${store} did`}`;
  const divided = by === 'relation' ? ' What a statement did on several relations is divided by their sizes.' : '';
  return paragraph(page, `blocks, time, temp and WAL: analytical work as a share of all ${of}; all blocks: all its work, as a share of what the store did.${divided}`, { first: '  ', columns: 2, paint: page.faint });
}

function changeLines(page: Page, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  return [
    page.strong('What would free most'),
    ...changes.flatMap((change, index) => {
      const frees = sharesInWords(withoutNothing(change.frees));
      const facts = [
        frees.length === 0 ? '' : `frees ${frees.join(', ')}`,
        change.statements > 1 ? counted(change.statements, 'statement') : '',
        change.owner === null ? 'no known owner' : `owner ${change.owner}`,
        change.relations.slice(0, 4).join(', '),
        unbroken(`${share(change.confidence)} sure`),
      ].filter((fact) => fact !== '');
      return [
        ...paragraph(page, change.change, { first: `  ${index + 1}  `, columns: 5 }),
        ...paragraph(page, facts.join(' · '), { first: '     ', columns: 5 }),
        ...(change.sql === null ? [] : paragraph(page, change.sql, { first: `     ${page.faint('run')} `, columns: 9 })),
      ];
    }),
  ];
}

/** What a change does not free needs no words. */
function withoutNothing({ time, blocks, temp, wal }: Shares): Shares {
  const some = (part: number | null): number | null => (part === 0 ? null : part);
  return { time: some(time), blocks: some(blocks), temp: some(temp), wal: some(wal) };
}
