import type { Computation, Extent, Place } from './extent.js';
import { isOrderedSet } from './select-work.js';

const NAMED_MAX = 4;

/** `app.task, app.case_file and 3 more`. */
export function namesOf(tables: readonly string[]): string {
  const names = [...new Set(tables)];
  if (names.length === 0) return 'its rows';
  const rest = names.length - NAMED_MAX;
  return rest > 1 ? `${names.slice(0, NAMED_MAX).join(', ')} and ${rest} more` : names.join(', ');
}

/** What is computed over whole tables or ranges of them. One text a kind of work, the weightiest first. */
export function computationWords(computations: readonly Computation[], exports: boolean, extent: Extent, keyed = false): string[] {
  const of = (has: (computation: Computation) => boolean): string => namesOf(computations.filter(has).flatMap(({ tables }) => tables).sort());
  const aggregates = [...new Set(computations.flatMap((computation) => computation.aggregates))].sort();
  const words: string[] = [];
  if (aggregates.length > 0) words.push(`aggregates ${of((computation) => computation.aggregates.length > 0)} ${keyed ? '' : 'without a key '}(${aggregates.join(', ')})`);
  if (computations.some(({ byTime }) => byTime)) words.push(`groups the rows of ${of(({ grouped }) => grouped)} by time`);
  else if (computations.some(({ grouped }) => grouped)) words.push(`groups the rows of ${of(({ grouped }) => grouped)}`);
  if (computations.some(({ groupingSets }) => groupingSets)) words.push('totals them at several levels');
  if (aggregates.some(isOrderedSet)) words.push('needs all values of a group at once');
  if (computations.some(({ windowed }) => windowed)) words.push(`computes windows over ${of(({ windowed }) => windowed)}`);
  if (computations.some(({ distinct }) => distinct)) words.push(`sorts out distinct rows of ${of(({ distinct }) => distinct)}`);
  if (exports) words.push(`takes the rows of ${namesOf(wideOf(extent).map(({ table }) => table))} out of the database`);
  return words;
}

/** How the tables are reached that are read by key, index or a column that is taken for one: `reaches app.task by an index on case_id`. */
export function keyWords(places: readonly Place[]): string {
  const unique = places.filter(({ reach }) => reach.reach === 'unique');
  const others = new Map(places.flatMap((place) => (place.reach.reach === 'unique' ? [] : [[wayOf(place), place] as const])));
  const ways = [...(unique.length > 0 ? [`${namesOf(unique.map(({ table }) => table))} by ${unique.every(({ known }) => known) ? 'key' : 'what reads like a key'}`] : []), ...others.keys()];
  const rest = ways.length - NAMED_MAX;
  const said = rest > 1 ? `${ways.slice(0, NAMED_MAX).join(', ')} and ${rest} more` : ways.join(', ');
  const guessed = [...others.values()].filter(({ known, reach }) => !known && reach.column !== null).length;
  return `reaches ${said === '' ? 'its rows by key' : said}${guessed === 0 ? '' : guessed === 1 ? ', which reads like a key' : ', which read like keys'}`;
}

function wayOf({ table, indexed, known, reach: { column, reach } }: Place): string {
  if (column === null) return `${table} by ${reach === 'scan' && known ? 'reading it' : 'what reads like a key'}`;
  return `${table} by ${indexed ? 'an index on ' : ''}${column}`;
}

/** Tables of which many rows are read. */
export function wideOf({ places }: Pick<Extent, 'places'>): Place[] {
  return places.filter(({ amount }) => amount === 'many');
}

export function openOf({ places }: Pick<Extent, 'places'>): Place[] {
  return places.filter(({ amount }) => amount === 'open');
}

/** `app.event.tenant_id`. */
export function columnsOf(places: readonly Place[]): string {
  return namesOf(places.map(({ table, reach }) => (reach.column === null ? table : `${table}.${reach.column}`)));
}
