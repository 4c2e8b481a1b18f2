import type { SqlStatement } from '../../model/syntax-tree.js';
import type { Resolution } from '../../sql/resolution.js';
import type { SchemaIndex } from '../../sql/schema-index.js';
import { type Shape, outerQuery, writtenQuery } from '../../sql/shape.js';
import type { Computation, Extent, Place } from './extent.js';
import { fileFunction } from './files.js';
import { isCategory, partsAll, readsLikeCategory, repeatsOwner, tellsNoKeys } from './identifier.js';
import { PAGE_ROWS_MAX, fitsNothing } from './limit.js';
import { listTraits } from './list-traits.js';
import { comparedVerdict } from './looked-up.js';
import { sortingOf } from './order.js';
import { columnsOf, computationWords, keyWords, namesOf, openOf, wideOf } from './reach-words.js';
import { searchedBy } from './search.js';
import { isOrderedSet } from './select-work.js';
import { type Verdict, analytical, mixed, operational, unknown } from './verdict.js';

export interface ShapeInput {
  statement: SqlStatement;
  shape: Shape;
  resolution: Resolution;
  index: SchemaIndex;
  /** The whole text, for what the tree does not keep; absent where it is not at hand. */
  text?: string;
}

/** What a statement does by its text against the catalogue, as far as there is one; sizes come in by `extent` alone. */
export function verdictOfShape(input: ShapeInput, extent: Extent): Verdict {
  return plainVerdict(input, extent) ?? computedVerdict(input, extent) ?? listVerdict(input, extent);
}

/** Utility statements that do any work, without saying in their text which. */
const UNTOLD: Record<string, string> = {
  do: 'runs a block of code',
  call: 'runs a procedure',
  execute: 'runs a prepared statement or a procedure, whose text stands elsewhere',
  execute_immediate: 'runs SQL that is built at run time',
  fetch: 'takes rows of a cursor that was declared elsewhere',
};

/** EXPLAIN that runs what it explains: as a word, or among its options and not switched off. */
const EXECUTES = /^\s*explain\s+(?:analy[sz]e\b|\([^)]*\banaly[sz]e\b(?!\s*(?:=\s*)?(?:false|off|0)\b))/i;
const NO_DATA = /\bwith\s+no\s+data\s*;?\s*$/i;

/** What is plain whatever it reads. Null where the shape leaves it open. */
function plainVerdict({ shape, statement, resolution, text = '' }: ShapeInput, extent: Extent): Verdict | null {
  const utility = utilityVerdict(statement, text);
  if (utility !== null) return utility;
  const written = writtenQuery(statement);
  if (shape.kind === 'select' && written !== null && fitsNothing(written)) return operational(0.85, 'asks for the columns alone: its condition fits no row');
  if (statement.type === 'create' && NO_DATA.test(text)) return operational(0.8, 'makes a relation and fills it with nothing');
  if (statement.type === 'create' && statement.object === 'view') return operational(0.8, 'defines a view and reads nothing');
  if (shape.kind === 'utility') return operational(0.9, 'a utility statement');
  if (shape.kind === 'copy_from') return operational(0.9, 'loads rows');
  if (shape.writesValues) return operational(0.95, 'writes the rows that the client sends');
  if (extent.places.length > 0) return null;
  const file = fileFunction(statement);
  if (file !== null && shape.kind !== 'insert') return shape.limited && shape.aggregates.length === 0 && !shape.ordered ? operational(0.5, `a page of the rows that ${file} reads`) : analytical(0.6, `reads files through ${file}`);
  const unseen = unseenFunction(resolution);
  if (unseen !== null) return unknown(`calls ${unseen}, and what that reads is not known`);
  if (shape.kind === 'insert' || shape.kind === 'merge') return operational(0.9, 'writes the rows that the client sends');
  return operational(0.9, resolution.direct.size === 0 ? 'reads no relation' : 'reads the catalogue of the engine');
}

function utilityVerdict(statement: SqlStatement, text: string): Verdict | null {
  if (statement.type !== 'utility') return null;
  const { verb, inner } = statement;
  const untold = inner === null ? UNTOLD[verb] : undefined;
  if (untold !== undefined) return unknown(untold);
  if (verb === 'truncated') return unknown('its text is cut off');
  if (/refresh_mat/.test(verb)) return analytical(0.85, 'computes a materialised view anew, over all that its query reads');
  if (verb === 'summarize') return analytical(0.7, 'computes statistics over all rows of a relation');
  if (inner === null || (/^explain|^describe/.test(verb) && !EXECUTES.test(text))) return operational(0.9, 'a utility statement');
  return null;
}

/** A function that no catalogue knows, named by what reading the text left uncertain. */
function unseenFunction({ diagnostics }: Resolution): string | null {
  for (const { message } of diagnostics) {
    const name = /^the function (\S+) is not known/.exec(message)?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

/** Statements that compute over more rows than a key finds. Null where there is no such work. */
function computedVerdict(input: ShapeInput, extent: Extent): Verdict | null {
  const { shape } = input;
  const wide = extent.computations.filter(({ amount }) => amount === 'many');
  if (wide.length > 0) return overTables(wide, input, extent);
  const open = extent.computations.filter(({ amount }) => amount === 'open');
  if (open.length === 0 || shape.locks) return null;
  const behind = openOf(extent);
  const words = `${verbOf(open)} the rows behind one value of ${columnsOf(behind)}`;
  const more = computationWords(open, false, extent).slice(1);
  // Behind many of one thing there are many of another each.
  const chained = behind.length > 1 && open.some(({ byTime }) => byTime) ? 1 : 0;
  const weight = chained + Math.max(...open.map((computation) => weightOf(computation, input)));
  if (weight >= 3) return analytical(0.6, words, ...more);
  const computed = open.some(({ aggregates, grouped, windowed }) => aggregates.length > 0 || grouped || windowed);
  if (computed && behind.some(({ table, reach }) => reach.column !== null && partsAll(input.index, table, reach.column))) {
    const part = 'which stands for a part of the whole business';
    return open.some(({ byTime }) => byTime) || weight >= 2 ? analytical(0.55, `${words}, ${part}`, ...more) : mixed(0.5, `${words}, ${part}`);
  }
  if (computed && behind.length > 0 && listTraits(input.statement, input.index).conditions <= 1 && behind.every(({ table, reach }) => reach.column !== null && isCategory(input.index, table, reach.column))) {
    return mixed(0.5, words, 'and nothing tells how many those are');
  }
  if (open.some(({ byTime }) => byTime) && behind.some(({ table, reach }) => reach.column !== null && repeatsOwner(input.index, table, reach.column))) {
    return mixed(0.5, words, ...more);
  }
  return operational(weight >= 1 ? 0.6 : 0.75, words, keyWords(behind));
}

function verbOf(computations: readonly Computation[]): string {
  if (computations.some(({ grouped }) => grouped)) return 'groups';
  return computations.some(({ aggregates }) => aggregates.length > 0) ? 'aggregates' : 'goes through';
}

function overTables(wide: readonly Computation[], input: ShapeInput, extent: Extent): Verdict {
  const { shape } = input;
  const words = computationWords(wide, shape.exports, extent);
  const places = wideOf(extent);
  if (wide.every(({ countsBesidePage, aggregates, grouped, distinct, bound }) => countsBesidePage && bound === 'page' && aggregates.length === 0 && !grouped && !distinct)) {
    return mixed(0.5, `a page of rows of ${namesOf(places.map(({ table }) => table))}`, `and counts all of them beside it`);
  }
  if (wide.every((computation) => isPageOfDistinctRows(computation, input))) {
    return operational(0.55, `a page of rows of ${namesOf(places.map(({ table }) => table))}, each once`);
  }
  if (wide.every((computation) => isWithinKey(computation, input))) return ofWidth(listTraits(input.statement, input.index).width, ...computationWords(wide, shape.exports, extent, true), 'within two values of its key');
  if (shape.locks && wide.every(({ aggregates, grouped }) => aggregates.length === 0 && !grouped)) return operational(0.8, 'locks the rows that it reads', ...words);
  if (shape.kind === 'delete' || shape.kind === 'update') return analytical(Math.min(0.75, 0.6 + 0.05 * words.length), ...words);
  const nameless = places.length === 1 && places.every(({ known, reach }) => !known && reach.compared && reach.column !== null && !readsLikeCategory(reach.column));
  if (nameless && listTraits(input.statement, input.index).within === null && wide.every(({ aggregates, grouped, windowed, distinct }) => aggregates.length > 0 && !grouped && !windowed && !distinct)) {
    const told = `and nothing tells how many rows one value of ${columnsOf(places)} has`;
    // The end of what belongs to one thing: the version of a stream, the last number of a series.
    const endsOnly = wide.every(({ aggregates }) => aggregates.every((name) => name === 'max' || name === 'min'));
    return endsOnly ? operational(0.5, `looks up the ends of the rows behind one value of ${columnsOf(places)}`, told) : mixed(0.5, ...words, told);
  }
  const compared = places.length > 0 && places.every(({ reach }) => reach.compared) && !wide.some(({ grouped, windowed, groupingSets }) => grouped || windowed || groupingSets);
  // Where no catalogue tells the keys, one value may be one.
  const isOpen = places.some(({ known, reach }) => !known && reach.compared && reach.column !== null && !readsLikeCategory(reach.column));
  const certainty = Math.min(isOpen ? 0.6 : 0.95, 0.7 + 0.08 * words.length);
  return analytical(compared ? Math.min(certainty, 0.7) : certainty, ...words);
}

/** A range of a key, by how many values lie in it where the text tells. */
function ofWidth(width: number | null, ...reasons: string[]): Verdict {
  if (width === null) return mixed(0.5, ...reasons);
  return width <= PAGE_ROWS_MAX ? operational(0.6, ...reasons) : analytical(0.6, ...reasons);
}

/** A range with two ends of the column that leads a key: whether it is short the text does not tell. */
function isWithinKey({ tables, grouped, windowed, groupingSets, query }: Computation, { statement, index }: ShapeInput): boolean {
  const [only, another] = tables;
  if (only === undefined || another !== undefined || grouped && groupingSets || windowed || query !== outerQuery(statement)) return false;
  const { within } = listTraits(statement, index);
  return within !== null && leadsKey(index, only, within);
}

function leadsKey(index: SchemaIndex, table: string, column: string): boolean {
  return tellsNoKeys(index, table) ? /^(?:id|pk)$/i.test(column) : index.uniqueKeys(table).some(([first, another]) => first === column && another === undefined);
}

/** DISTINCT over rows that hold a key of their own only sorts out what a join repeated. */
function isPageOfDistinctRows({ distinct, aggregates, grouped, windowed, bound, query }: Computation, { index, resolution, statement }: ShapeInput): boolean {
  if (!distinct || aggregates.length > 0 || grouped || windowed || bound !== 'page' || query.body.type !== 'select') return false;
  const keys = new Set([...resolution.base].flatMap((table) => index.uniqueKeys(table).flatMap((columns) => (columns.length === 1 ? columns : []))));
  const traits = listTraits(statement, index);
  return query.body.projections.some(({ expression }) => {
    if (expression.type === 'star') return true;
    if (traits.searches) return true;
    const name = expression.type === 'column' ? (expression.parts.at(-1) ?? '') : '';
    return keys.has(name) || name === 'id';
  });
}

/** How much speaks for a report in a computation over the rows behind one value. */
function weightOf({ grouped, groupingSets, windowed, distinct, aggregates, orderedByAggregate, bound }: Computation, { statement, index }: ShapeInput): number {
  let weight = 0;
  if (grouped) weight += 1;
  if (groupingSets || aggregates.some(isOrderedSet)) weight += 1;
  if (orderedByAggregate && bound === 'page') weight += 1;
  if (aggregates.length > 2) weight += 0.5;
  if (windowed && bound !== 'page' && !distinct) weight += 0.5;
  if (grouped && listTraits(statement, index).ranges) weight += 1;
  return Math.floor(weight);
}

/** Statements that give or change rows as they are. */
function listVerdict(input: ShapeInput, extent: Extent): Verdict {
  const { shape } = input;
  const wide = wideOf(extent);
  const open = openOf(extent);
  const changes = shape.kind === 'update' || shape.kind === 'delete';
  if (extent.amount === 'few' && wide.length === 0) return narrowVerdict(extent);
  if (shape.locks) return operational(0.9, 'locks the rows that it reads');
  const tables = namesOf([...(wide.length > 0 ? wide : open)].map(({ table }) => table));
  if (shape.exports && extent.amount !== 'few' && extent.bound !== 'page') {
    if (wide.length > 0) return analytical(0.85, `takes the rows of ${tables} out of the database`);
    return operational(0.6, `gives out the rows behind one value of ${columnsOf(open)} in portions`);
  }
  if (changes) return operational(wide.length === 0 ? 0.9 : 0.7, wide.length === 0 ? keyWords(extent.places) : `changes rows of ${tables} in place`);
  if (wide.length === 0) return extent.amount === 'page' ? operational(0.85, `a page of rows of ${tables}`, keyWords(extent.places)) : operational(0.75, keyWords(extent.places));
  if (extent.amount === 'few' && !shape.probesExistence && givesRowsOfSeries(input.statement)) return analytical(0.6, `looks through ${tables} for each row of a series, without a key`);
  if (shape.probesExistence || extent.amount === 'few') return operational(0.75, shape.probesExistence ? 'only asks whether a row exists' : `gives one row of ${tables}`);
  if (extent.amount === 'page') return pageVerdict(input, tables, wide);
  return unboundedVerdict(input, extent, wide);
}

/** A series in FROM gives as many rows as it has, though no table does; an array gives what the client sends. */
function givesRowsOfSeries(statement: SqlStatement): boolean {
  const query = outerQuery(statement);
  if (query?.body.type !== 'select' || query.body.groupBy.length > 0) return false;
  return query.body.from.some((item) => item.type === 'function' && item.functions.some(({ call }) => call.type === 'call' && /^generate_(?:series|dates|timestamp_array|array)$/.test(call.name.at(-1) ?? '')));
}

function narrowVerdict({ places }: Extent): Verdict {
  const scanned = places.filter(({ reach }) => reach.reach === 'scan');
  if (scanned.length > 0) {
    const keyed = places.filter(({ reach }) => reach.reach !== 'scan');
    return operational(keyed.length === 0 ? 0.6 : 0.85, ...(keyed.length === 0 ? [] : [keyWords(keyed)]), `reads only small relations${keyed.length === 0 ? '' : ' besides'}: ${namesOf(scanned.map(({ table }) => table))}`);
  }
  return operational(places.every(({ known }) => known) ? 0.95 : 0.85, keyWords(places));
}

/** A page on a screen, or the next portion of a table that is copied piece by piece. */
function pageVerdict({ statement, index }: ShapeInput, tables: string, wide: readonly Place[]): Verdict {
  const traits = listTraits(statement, index);
  const sorting = sortingOf(statement, index, wide);
  const query = outerQuery(statement);
  if (sorting === 'shuffles') return analytical(0.6, `sorts the rows of ${tables} by chance to show some of them`);
  if (sorting === 'sorts' && traits.keyset) return operational(0.55, `the next page of rows of ${tables}, though no index begins with what it is ordered by`);
  if (sorting === 'sorts' && !traits.compares && !traits.due) return analytical(0.6, `sorts the rows of ${tables} by what no index begins with, to show the first ones`);
  if (sorting === 'measure' && traits.conditions === 0) return analytical(0.5, `the largest of ${tables} by a quantity, without a condition`);
  if (traits.follows !== null && !traits.compares) return traits.shortLimit ? operational(0.55, `a page of rows of ${tables}`) : analytical(0.5, `takes what is new in ${tables} since a point in time, in the order of ${traits.follows}`);
  if (traits.sample) return mixed(0.5, `a sample of the rows of ${tables}, in no order that an index gives`);
  return operational(0.7, `a page of rows of ${tables}${sorting === 'none' && wide.every(({ known }) => known) ? (query?.orderBy.length === 0 ? ', in no order' : ', in the order of an index') : ''}`);
}

/** Statements that give the client the rows that they read. */
const RETURNING: ReadonlySet<Shape['kind']> = new Set(['select', 'cursor', 'copy_to']);

function unboundedVerdict(input: ShapeInput, extent: Extent, wide: readonly Place[]): Verdict {
  const { shape, statement, index } = input;
  const names = namesOf(wide.map(({ table }) => table));
  const verb = RETURNING.has(shape.kind) ? 'returns' : 'reads';
  const traits = listTraits(statement, index);
  const compared = comparedVerdict(input, extent, wide, RETURNING.has(shape.kind));
  if (compared !== null) return compared;
  const searched = RETURNING.has(shape.kind) ? searchedBy(statement, index, wide) : null;
  if (searched === 'index') return operational(0.5, `finds rows of ${names} by an index on what is searched, however many those are`);
  if (searched === 'reading') return analytical(wide.every(({ known }) => known) ? 0.6 : 0.5, `searches all of ${names} for a text, without a limit`);
  if (RETURNING.has(shape.kind) && traits.labels && wide.length === 1) return operational(0.5, `lists the names in ${names}`);
  const [single, second] = wide;
  if (RETURNING.has(shape.kind) && extent.bound === null && single && !second) {
    if (traits.due) return mixed(0.5, `returns the rows of ${names} that are due, however many those are`);
    if (traits.within !== null && leadsKey(index, single.table, traits.within)) return ofWidth(traits.width, `returns the rows of ${names} within two values of its key`);
  }
  if (extent.bound === 'portion') return analytical(0.7, `takes a portion of the rows of ${names} that no screen shows`);
  const whole = shape.filtered ? 'all rows' : 'every row';
  const fitting = shape.filtered ? ' that fit a condition' : '';
  // A list of settings has the same text; only a catalogue tells how large a table may be.
  return analytical(shape.filtered ? 0.7 : wide.some(({ known }) => known) ? 0.78 : 0.75, `${verb} ${whole} of ${names}${fitting}, without a key and without a limit`);
}
