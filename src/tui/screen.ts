import type { LiveView, ScreenId } from '../model/live.js';
import { line, span, wrap, type Line } from './cells.js';
import type { Fields } from './filter.js';
import { arrange, type Arranged, type ListState, type Sort } from './list.js';
import { drawTable, WIDE_COLUMNS, type Column } from './table.js';
import { THEME } from './theme.js';
import { clean } from './words.js';

/** A key that differs as people read it, by pair and digest; null where this process did not see it. */
export type KeyText = (pair: string, digest: string) => readonly string[] | null;

/** What a screen is drawn on. */
export interface Area {
  width: number;
  height: number;
  /** Absent while keys are hidden. */
  keyText?: KeyText | null;
}

/** Room for a panel. Times are told from `view.at`, so that a frozen or replayed screen stands still. */
export interface Room {
  view: LiveView;
  width: number;
  /** At most so many lines. */
  height: number;
  wide: boolean;
  /** True where the panel has the whole screen: everything that is known is shown, and scrolled. */
  expanded: boolean;
  /** Null while keys are hidden. */
  keyText: KeyText | null;
}

/** What a file in `screens/` tells of its screen: rows, columns, and what stands around the table. */
export interface ScreenDefinition<Row> {
  id: ScreenId;
  /** Its name in tabs and breadcrumbs. */
  title: string;
  rows: (view: LiveView) => readonly Row[];
  /** Stable from view to view. */
  key: (row: Row) => string;
  /** The subjects by which other screens lead to this row. */
  subjects: (row: Row) => readonly string[];
  columns: readonly Column<Row>[];
  /** The first is the order at the beginning. */
  sorts: readonly Sort<Row>[];
  fields: Fields<Row>;
  /** True where a row needs to be looked at. */
  isProblem: (row: Row) => boolean;
  /** The part of a short screen that the table may take before panels do. */
  tableShare?: number;
  /** Short, for the line of tabs, most important first: `4 streams`. */
  summary: (view: LiveView) => readonly string[];
  /** What to do where there are no rows at all. */
  empty: (view: LiveView) => readonly string[];
  /** Panels above the table, on tall screens. */
  above?: (room: Room) => Line[];
  /** Panels below the table, about the selected row; null where there is none. */
  below: (row: Row | null, room: Room) => Line[];
  /** What is the matter with the row and what to do. */
  sentence: (row: Row) => string;
  /** The most useful text of a row, and what it is. */
  copy: (row: Row) => Copy | null;
  /** Where `enter` leads; without it the row's panels get the whole screen. */
  leadsTo?: (row: Row) => { screen: ScreenId; subject: string };
}

/** What a row gives to copy; made only when it is asked for, as statements can be long. */
export interface Copy {
  what: string;
  text: () => string;
}

/** A screen with the rows of one view, as a person has arranged them. */
export interface OpenScreen {
  readonly keys: readonly string[];
  /** Before the filter. */
  readonly total: number;
  /** Index of the selected row, -1 for none. */
  readonly selected: number;
  readonly sort: { name: string; descending: boolean } | null;
  readonly filterProblem: string | null;
  /** Names that a filter may ask for. */
  readonly fields: readonly string[];
  readonly summary: readonly string[];
  /** Null without a selected row. */
  readonly sentence: string | null;
  draw(area: Area): { lines: Line[]; offset: number };
  /** The panels of the selected row on the whole screen, from line `scroll` on; `scroll` comes back as it was possible. */
  drawExpanded(area: Area, scroll: number): { lines: Line[]; scroll: number };
  copy(): Copy | null;
  leadsTo(): { screen: ScreenId; subject: string } | null;
  /** Index of the next row after the selected one that needs to be looked at; -1 for none. */
  nextProblem(): number;
  /** The key of the row that another screen calls so; null where it is not there. */
  keyOf(subject: string): string | null;
}

export interface Screen {
  readonly id: ScreenId;
  readonly title: string;
  readonly sorts: readonly string[];
  open(view: LiveView, list: ListState): OpenScreen;
}

/** Screens below this have no room for more than the list. */
const PANELS_FROM_LINES = 13;
const ABOVE_FROM_LINES = 30;
/** A panel on the whole screen is cut behind so many lines. */
const EXPANDED_MAX = 500;

export function defineScreen<Row>(definition: ScreenDefinition<Row>): Screen {
  return {
    id: definition.id,
    title: definition.title,
    sorts: definition.sorts.map(({ name }) => name),
    open: (view, list) => {
      const arranged = arrange(definition.rows(view), list, definition);
      const row = arranged.rows[arranged.selected] ?? null;
      return {
        keys: arranged.keys,
        total: arranged.total,
        selected: arranged.selected,
        sort: arranged.sort,
        filterProblem: arranged.filterProblem,
        fields: Object.keys(definition.fields),
        summary: definition.summary(view),
        sentence: row === null ? null : clean(definition.sentence(row), 600),
        draw: (area) => drawList(definition, { view, list, arranged, row }, area),
        drawExpanded: (area, scroll) => drawExpanded(definition, { view, row }, area, scroll),
        copy: () => (row === null ? null : definition.copy(row)),
        leadsTo: () => (row === null ? null : (definition.leadsTo?.(row) ?? null)),
        nextProblem: () => nextProblem(arranged, definition.isProblem),
        keyOf: (subject) => keyOf(definition, arranged, subject),
      };
    },
  };
}

interface Opened<Row> {
  view: LiveView;
  list: ListState;
  arranged: Arranged<Row>;
  row: Row | null;
}

function drawList<Row>(definition: ScreenDefinition<Row>, opened: Opened<Row>, area: Area): { lines: Line[]; offset: number } {
  const { view, list, arranged, row } = opened;
  const { width, height } = area;
  const room = (lines: number): Room => ({ view, width, height: lines, wide: width >= WIDE_COLUMNS, expanded: false, keyText: area.keyText ?? null });
  const divide = line('─'.repeat(width), THEME.label);

  const above = height >= ABOVE_FROM_LINES ? (definition.above?.(room(height)) ?? []) : [];
  const left = height - (above.length > 0 ? above.length + 1 : 0);
  const wanted = arranged.rows.length === 0 ? noRows(definition, opened, width).length : arranged.rows.length + 1;
  const least = Math.min(wanted, Math.max(4, Math.floor(left * (definition.tableShare ?? 0.42))));
  const below = height >= PANELS_FROM_LINES ? definition.below(row, room(left - least - 1)).slice(0, left - least - 1) : [];
  const tableHeight = below.length > 0 ? Math.min(wanted, left - below.length - 1) : left;

  const table =
    arranged.rows.length === 0
      ? { lines: noRows(definition, opened, width), offset: 0 }
      : drawTable({
          columns: definition.columns, rows: arranged.rows, width, height: tableHeight, now: view.at,
          selected: arranged.selected, offset: list.offset, sort: arranged.sort,
        });
  return {
    lines: [...above, ...(above.length > 0 ? [divide] : []), ...table.lines, ...(below.length > 0 ? [divide] : []), ...below],
    offset: table.offset,
  };
}

function noRows<Row>(definition: ScreenDefinition<Row>, { view, list, arranged }: Opened<Row>, width: number): Line[] {
  const texts = arranged.total > 0 ? [`no row matches the filter ${clean(list.filter)}`, 'esc clears it'] : definition.empty(view);
  return texts.flatMap((text) => wrap(text, width - 4)).map((text, index) => [span(`  ${text}`, index === 0 ? THEME.key : THEME.label)]);
}

function drawExpanded<Row>(
  definition: ScreenDefinition<Row>,
  { view, row }: { view: LiveView; row: Row | null },
  { width, height, keyText }: Area,
  scroll: number,
): { lines: Line[]; scroll: number } {
  const all = definition.below(row, { view, width, height: EXPANDED_MAX, wide: width >= WIDE_COLUMNS, expanded: true, keyText: keyText ?? null });
  const from = Math.min(Math.max(0, scroll), Math.max(0, all.length - height));
  return { lines: all.slice(from, from + height), scroll: from };
}

function nextProblem<Row>({ rows, selected }: Arranged<Row>, isProblem: (row: Row) => boolean): number {
  const after = rows.findIndex((row, index) => index > selected && isProblem(row));
  return after === -1 ? rows.findIndex(isProblem) : after;
}

function keyOf<Row>(definition: ScreenDefinition<Row>, { rows, keys }: Arranged<Row>, subject: string): string | null {
  const index = rows.findIndex((row) => definition.key(row) === subject || definition.subjects(row).includes(subject));
  return keys[index] ?? null;
}
