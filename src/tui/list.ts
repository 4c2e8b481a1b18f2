import { parseFilter, type Fields } from './filter.js';

/** An order of rows. Rows whose value is not known come last in both directions. */
export interface Sort<Row> {
  name: string;
  value: (row: Row) => number | string | null;
  descending: boolean;
}

/** What a person has chosen on one screen. */
export interface ListState {
  /** Key of the selected row; null follows the first row. */
  selected: string | null;
  /** Where the selected row was: should it go, the row that takes its place is selected. */
  index: number;
  /** First row shown. */
  offset: number;
  /** Index into the orders of the screen. */
  sort: number;
  reversed: boolean;
  filter: string;
}

export function newList(): ListState {
  return { selected: null, index: 0, offset: 0, sort: 0, reversed: false, filter: '' };
}

export interface Arranged<Row> {
  rows: Row[];
  keys: string[];
  /** Before the filter. */
  total: number;
  /** Index of the selected row; -1 where there is no row. */
  selected: number;
  sort: { name: string; descending: boolean } | null;
  filterProblem: string | null;
}

export interface ListRules<Row> {
  key: (row: Row) => string;
  /** The first is the order at the beginning. */
  sorts: readonly Sort<Row>[];
  fields: Fields<Row>;
}

/** Rows as chosen: filtered, ordered (stable), with the place of the selected one. */
export function arrange<Row>(all: readonly Row[], list: ListState, rules: ListRules<Row>): Arranged<Row> {
  const filter = parseFilter(list.filter, rules.fields);
  const sort = rules.sorts[list.sort % Math.max(1, rules.sorts.length)];
  const descending = sort === undefined ? false : sort.descending !== list.reversed;
  const filtered = keyed(all, rules.key).filter(({ row }) => filter.matches(row));
  const shown = sort === undefined ? filtered : ordered(filtered, sort.value, descending);
  const found = list.selected === null ? 0 : shown.findIndex(({ key }) => key === list.selected);
  return {
    rows: shown.map(({ row }) => row),
    keys: shown.map(({ key }) => key),
    total: all.length,
    selected: Math.min(found === -1 ? list.index : found, shown.length - 1),
    sort: sort === undefined ? null : { name: sort.name, descending },
    filterProblem: filter.problem,
  };
}

interface Keyed<Row> {
  row: Row;
  key: string;
}

/** Rows that the server does not tell apart get numbers, so that a selection can pass them. */
function keyed<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Keyed<Row>[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const key = keyOf(row);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return { row, key: times === 0 ? key : `${key}\n${times}` };
  });
}

function ordered<Row>(rows: readonly Keyed<Row>[], value: Sort<Row>['value'], descending: boolean): Keyed<Row>[] {
  const valued = rows.map((entry) => ({ entry, value: value(entry.row) }));
  valued.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    return descending ? -order : order;
  });
  return valued.map(({ entry }) => entry);
}

/** The list with the row `steps` further selected; stops at both ends. */
export function moved(list: ListState, keys: readonly string[], from: number, steps: number): ListState {
  if (keys.length === 0) return list;
  const index = Math.min(Math.max(0, from + steps), keys.length - 1);
  return { ...list, selected: keys[index] ?? null, index };
}
