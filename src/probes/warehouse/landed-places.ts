import type { Meaning } from '../landed.js';
import type { LiveSession } from '../../stores/live.js';
import { hasTexts } from '../engines.js';
import type { ProbeTarget } from '../probe.js';
import { findRelation } from './columns.js';
import { byWorth, knownColumn, loaderColumns } from './loader-columns.js';
import { keyOf, splitKey, type RelationName } from './name.js';
import { isAnalytical, productsIn, relationIn } from './target.js';
import { isZoned, kindOf, type ColumnKind } from './time.js';

/** One column that tells how far a relation is loaded. */
export interface Place extends RelationName {
  column: string;
  kind: ColumnKind;
  /** As the catalogue prints it; empty until it is known. */
  type: string;
  zoned: boolean;
  meaning: Meaning;
  origin: string;
  /** Why it cannot be looked at; null where it can. */
  problem: string | null;
}

const PLACES_MAX = 50;

/** What the configuration says of a column before its type is known. */
type Wanted = Place & { meaning_given: Meaning | null; resolved: boolean };

/**
 * The columns to look at in this store: those that the configuration names, then those that loaders are known to leave, the
 * more telling first.
 */
export function landedPlaces(target: ProbeTarget): { places: Wanted[]; left_off: number } {
  const places: Wanted[] = [];
  const add = (place: Wanted): void => {
    const isSame = (known: Wanted): boolean => keyOf(known) === keyOf(place) && known.column.toLowerCase() === place.column.toLowerCase();
    if (!places.some(isSame)) places.push(place);
  };
  configured(target).forEach(add);
  if (isAnalytical(target)) detected(target).forEach(add);
  return { places: places.slice(0, PLACES_MAX), left_off: Math.max(places.length - PLACES_MAX, 0) };
}

function configured(target: ProbeTarget): Wanted[] {
  const place = (key: string, column: string, meaning: Meaning | null): Wanted => {
    const known = relationIn(target.catalog, key);
    return { ...splitKey(known === undefined ? key : keyOf(known)), column, kind: 'other', type: '', zoned: false, meaning: meaning ?? 'event-time', meaning_given: meaning, origin: 'configuration', problem: null, resolved: false };
  };
  const streams = target.settings.streams.flatMap(({ landed }) => {
    if (landed === null || (landed.store === null ? target.role !== 'warehouse' : landed.store !== target.store)) return [];
    return [place(landed.relation, landed.column, landed.meaning)];
  });
  const products = productsIn(target).flatMap(({ watermark }) => (watermark !== null && 'relation' in watermark ? [place(watermark.relation, watermark.column, null)] : []));
  return [...streams, ...products];
}

function detected(target: ProbeTarget): Wanted[] {
  const products = new Set(productsIn(target).map(({ relation }) => (relation === null ? undefined : relationIn(target.catalog, relation))));
  return (target.catalog?.relations ?? [])
    .filter(({ kind }) => kind === 'table' || kind === 'partitioned_table' || kind === 'materialized_view')
    // Elsewhere a largest value is a scan of the column, so only what a product is made of is worth it.
    .filter((relation) => hasTexts(target) || products.has(relation))
    .flatMap((relation) => loaderColumns(relation, target.engine).map((found) => ({ relation, found })))
    .sort(byWorth)
    .map(({ relation, found }) => ({ schema: relation.schema, name: relation.name, ...found, type: relation.columns.find((column) => column.name === found.column)?.type ?? '', meaning_given: found.meaning, problem: null, resolved: true }));
}

/** The same with their types, which of configured columns may be known to the server only. Those that are not there say so. */
export async function resolvePlaces(wanted: readonly Wanted[], target: ProbeTarget, session: LiveSession): Promise<Place[]> {
  const places: Place[] = [];
  for (const place of wanted) places.push(place.resolved ? place : await resolve(place, target, session));
  return places;
}

async function resolve(place: Wanted, target: ProbeTarget, session: LiveSession): Promise<Place> {
  const relation = await findRelation(session, target.catalog, keyOf(place));
  if (!relation) return { ...place, problem: 'there is no such relation; correct it in the configuration' };
  const column = relation.columns.find(({ name }) => name.toLowerCase() === place.column.toLowerCase());
  if (!column) return { ...place, schema: relation.schema, name: relation.name, problem: 'there is no such column; correct it in the configuration' };
  const kind = kindOf(column.type, target.engine);
  // A position needs no telling name; a time does, and without one it is what the business says.
  const meaning = place.meaning_given ?? knownColumn(column, target.engine)?.meaning ?? (kind === 'position' ? 'lsn' : 'event-time');
  const fits = kind === 'text' || kind === 'number' || kind === (meaning === 'lsn' ? 'position' : 'time');
  const problem = fits ? null : `its type ${column.type.slice(0, 60)} holds ${meaning === 'lsn' ? 'no position in the WAL' : 'no time'}; name another column in the configuration`;
  return { ...place, schema: relation.schema, name: relation.name, column: column.name, kind, type: column.type, zoned: isZoned(column.type), meaning, problem };
}

/** True for a column that can be looked at. */
export function isRead({ problem }: Place): boolean {
  return problem === null;
}
