import type { DifferenceKind } from '../../model/metric-verdict.js';
import type { World } from '../definition.js';
import type { Features } from './features.js';

/** Columns that say when a row was loaded, not when something happened, by the names that loaders give them. */
const INGESTION = /^_?(?:dbt_|etl_|fivetran_|airbyte_|dw_|dwh_|cdc_|sdc_|meta_)?_?(?:load(?:ed)?|ingest(?:ed|ion)?|insert(?:ed)?|sync(?:ed)?|extract(?:ed)?|batch(?:ed)?|imported|import|replicat(?:ed|ion)|landed|received)(?:_(?:at|on|ts|time|date|timestamp|datetime))?$/i;

const TIME_TYPE = /^(?:date|timestamp|datetime|time\b)/i;

export function isIngestionClock(column: string): boolean {
  return INGESTION.test(column);
}

/** What is known of a difference that was shown on rows. */
export interface Difference {
  a: Features;
  b: Features;
  world: World;
  /** The two agree on the rows once both run in one time zone. */
  agreesInOneZone: boolean;
  /** Types of columns by name; of several of one name the first. */
  typeOf(column: string): string | null;
}

/**
 * What the difference lies in, as the texts of the two show it: the first that applies, from what changes the meaning of the
 * number most to what changes it least. `population` where nothing else can be said.
 */
export function kindFromTexts(difference: Difference): DifferenceKind {
  const { a, b, agreesInOneZone } = difference;
  if (agreesInOneZone) return 'time-zone';
  const common = a.relations.some((name) => b.relations.includes(name));
  if (!common && a.relations.length > 0 && b.relations.length > 0) return 'source';
  return joinKind(difference) ?? measureKind(a, b) ?? clockKind(difference) ?? rowsKind(a, b);
}

/** Another relation in the one: rows without a partner are lost, rows with several count several times. */
export function joinKind({ a, b, world }: Difference): DifferenceKind | null {
  const extra = apart(a.relations, b.relations);
  const rows = (name: string): number => Object.entries(world).reduce((sum, [relation, list]) => (relation.endsWith(`.${name}`) ? sum + list.length : sum), 0);
  // The same relations, but not joined in the same way: EXISTS against a join, an inner against an outer one.
  if (extra.length === 0) return a.innerJoins === b.innerJoins ? null : a.relations.some((name) => rows(name) > 1) ? 'fan-out' : 'rows-lost';
  if (extra.some((name) => rows(name) > 1)) return a.distinct === b.distinct ? 'fan-out' : 'distinctness';
  return extra.some((name) => rows(name) === 0) ? 'rows-lost' : null;
}

function measureKind(a: Features, b: Features): DifferenceKind | null {
  if (a.distinct !== b.distinct) return 'distinctness';
  if (different(a.functions, b.functions)) return 'measure';
  if (different(a.aggregates, b.aggregates)) return isNullHandling(a, b) ? 'null-handling' : clockOf(apart(a.aggregates, b.aggregates), [...a.columns, ...b.columns]) ?? 'measure';
  if (different(a.limits, b.limits)) return 'limit';
  return different(a.defaults, b.defaults) && !different(a.conditions, b.conditions) && !different(a.grouping, b.grouping) ? 'null-handling' : null;
}

/** `count(x)` against `count(*)`, or an argument that COALESCE wraps in the one only. */
function isNullHandling(a: Features, b: Features): boolean {
  const parts = apart(a.aggregates, b.aggregates);
  if (parts.includes('count(*)') && parts.every((text) => text.startsWith('count('))) return true;
  // `sum(coalesce(amount, 0))` against `sum(amount)`: the one holds the argument of the other.
  const [first = '', second = ''] = parts.map((text) => text.slice(text.indexOf('(') + 1, -1)).sort((left, right) => left.length - right.length);
  return parts.length === 2 && different(a.defaults, b.defaults) && second.startsWith(`coalesce(${first}, `);
}

function clockOf(texts: readonly string[], columns: readonly string[]): DifferenceKind | null {
  const names = texts.flatMap((text) => text.match(/[a-z_]\w*/gi) ?? []);
  return names.some((name) => columns.includes(name) && isIngestionClock(name)) ? 'ingestion-time' : null;
}

/** The time column by which rows are chosen or put into periods. */
function clockKind({ a, b, typeOf }: Difference): DifferenceKind | null {
  if (different(a.zones, b.zones)) return 'time-zone';
  const clocks = apart(a.columns, b.columns).filter((column) => TIME_TYPE.test(typeOf(column) ?? '') || isIngestionClock(column));
  const onlyA = clocks.filter((column) => a.columns.includes(column));
  // Both have a clock that the other has not: the one was put in the place of the other.
  if (onlyA.length > 0 && onlyA.length < clocks.length && isSwapped(a, b, clocks)) return clocks.some(isIngestionClock) ? 'ingestion-time' : 'time-column';
  return different(a.grouping, b.grouping) || different(a.units, b.units) ? 'grain' : null;
}

/** Whether the texts are the same once all these columns have one name. */
function isSwapped(a: Features, b: Features, clocks: readonly string[]): boolean {
  const [first = ''] = clocks;
  const renamed = (texts: readonly string[]): string[] => texts.map((text) => text.replace(/[\p{L}_][\p{L}\p{N}_$]*/gu, (word) => (clocks.includes(word) ? first : word))).sort();
  return [a.conditions, a.grouping].every((texts, index) => !different(renamed(texts), renamed([b.conditions, b.grouping][index] ?? [])));
}

/** Only the rows that count are left: the end of a range where both compare one column with another value or sign. */
export function rowsKind(a: Features, b: Features): DifferenceKind {
  const parts = apart(a.conditions, b.conditions).map((text) => /^\(?([\w.]+) (?:<|<=|>|>=) (.+?)\)?$/.exec(text));
  const onlyA = a.conditions.filter((text) => !b.conditions.includes(text)).length;
  const columns = new Set(parts.map((match) => match?.[1] ?? ''));
  return parts.length > 1 && onlyA > 0 && onlyA < parts.length && columns.size === 1 && !columns.has('') ? 'boundary' : 'population';
}

/** What stands in one of the lists only. */
export function apart(a: readonly string[], b: readonly string[]): string[] {
  const rest = [...b];
  const left = a.filter((text) => {
    const at = rest.indexOf(text);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [...left, ...rest];
}

function different(a: readonly string[], b: readonly string[]): boolean {
  return a.length !== b.length || a.some((text, index) => text !== b[index]);
}
