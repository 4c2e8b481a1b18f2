import type { StoreBoundary } from '../graph/boundary.js';
import type { ZoneAssignment } from '../graph/zone.js';
import type { Zone } from '../model/store.js';
import { relationKey } from '../sql/schema-index.js';
import { proposed, remark, yamlText } from './yaml.js';

/** So many relations of one schema are named one by one; more are counted, and are somebody's to sort. */
const NAMED_MAX = 60;

interface Placed {
  key: string;
  schema: string;
  zone: Zone;
  reason: string;
  /** A guess that would make a promise of it: nobody reads past a contract where everything is called one. */
  isPromise: boolean;
}

interface Pattern {
  zone: Zone;
  pattern: string;
  reason: string;
  isPromise: boolean;
}

/**
 * The zones as they were judged: whole schemas where all relations of one are for the same, else relations one by one. A zone
 * that names relations of a schema of another stands before it, since the first that matches wins.
 */
export function zoneLines(boundaries: readonly StoreBoundary[]): string[] {
  const placed = placedOnce(boundaries);
  const bySchema = groupedBy(placed, ({ schema }) => schema);
  const all = [...bySchema].sort(([one], [other]) => (one < other ? -1 : 1)).flatMap(([schema, relations]) => patternsOf(schema, relations));
  const patterns = all.filter(({ isPromise }) => !isPromise);
  const promises = all.filter(({ isPromise }) => isPromise).map(({ zone, pattern, reason }) => remark(`${pattern} looks like ${zone} (${reason}): write it there if others may rely on it`));
  const zones = [...new Set(patterns.map(({ zone }) => zone))].sort();
  const open = [...bySchema].flatMap(([schema, relations]) => {
    const unknown = relations.filter(({ zone }) => zone === 'unknown').length;
    return unknown === 0 ? [] : [`${schema}: ${unknown} of ${relations.length}`];
  });
  const told = open.length === 0 ? [] : [remark(`Nothing tells what these relations are for, by schema: ${open.sort().join(', ')}. Name their zone:`), ...proposed(['  #raw: ["landing.*"]'.replace('#', '')])];
  if (zones.length === 0) return told.length === 0 ? [] : [told[0] ?? ''];
  return [
    'zones:',
    ...zones.flatMap((zone) => [`  ${zone}:`, ...patterns.filter((one) => one.zone === zone).map(({ pattern, reason }) => `    - ${yamlText(pattern)}  ${remark(reason)}`)]),
    ...promises.slice(0, NAMED_MAX),
    ...told.slice(0, 1),
  ];
}

/** A relation that stands in two stores for different things is left to people: patterns do not name a store. */
function placedOnce(boundaries: readonly StoreBoundary[]): Placed[] {
  const found = new Map<string, Placed>();
  const promising: ReadonlySet<Zone> = new Set(['mart', 'read_model', 'contract', 'semantic']);
  for (const { store, zones } of boundaries) {
    for (const relation of store.catalog.relations) {
      const key = relationKey(relation);
      const { zone, reason, guessed }: ZoneAssignment = zones.get(key) ?? { zone: 'unknown', reason: '', guessed: true };
      const known = found.get(key);
      found.set(key, { key, schema: relation.schema, zone: known === undefined || known.zone === zone ? zone : 'unknown', reason, isPromise: guessed && store.role === 'operational' && promising.has(zone) });
    }
  }
  return [...found.values()];
}

function patternsOf(schema: string, relations: readonly Placed[]): Pattern[] {
  const [first] = relations;
  const nameable = !/[*]|\$\{/.test(schema);
  if (first === undefined || !nameable) return [];
  if (relations.every(({ zone }) => zone === first.zone)) return first.zone === 'unknown' ? [] : [{ zone: first.zone, pattern: `${schema}.*`, reason: ofRelations(first.reason), isPromise: first.isPromise }];
  return [...groupedBy(relations, ({ zone }) => zone)].flatMap(([zone, own]) =>
    zone === 'unknown' || own.length > NAMED_MAX ? [] : own.filter(({ key }) => !/[*]|\$\{/.test(key)).map(({ key, reason, isPromise }) => ({ zone, pattern: key, reason: ofRelations(reason), isPromise })),
  );
}

/** `guessed from …` reads as `guess: from …` beside a line. */
function ofRelations(reason: string): string {
  return reason.replace(/^guessed:? /, 'guess: ');
}

/** `Map.groupBy`, which Node 20 has not. */
function groupedBy<T, K>(entries: readonly T[], keyOf: (entry: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const entry of entries) groups.set(keyOf(entry), [...(groups.get(keyOf(entry)) ?? []), entry]);
  return groups;
}
