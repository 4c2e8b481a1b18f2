import type { ColumnPlace } from '../../model/movement.js';
import type { PersonalUse } from '../../model/personal-column.js';
import type { Delivery } from '../../model/query.js';
import type { MaskLevel } from '../../model/masking.js';
import { placeKey } from '../../privacy/follow/column-graph.js';
import { rank } from '../../sql/flow.js';
import { plainText } from '../../text/plain-text.js';
import type { Access, StoreBoundary } from '../boundary.js';
import { groupsOfFigures } from '../groups-of-figures.js';
import { placeOf } from '../movement/way.js';
import { wholeTables } from '../movement/whole-table.js';

/** A use of a stored column, with what the consumer's own SQL leaves of it. */
export type UseOfColumn = PersonalUse;

/** Who uses which column, on every store. */
export interface ColumnUses {
  /** By `placeKey`. */
  uses: ReadonlyMap<string, readonly UseOfColumn[]>;
  /** The names of the consumers that refer to a column in any way, of a view by its own name too. */
  readers: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Uses of all columns by consumers. What an application and its administrators do on the application's own store is left out,
 * unless it leaves as a file; so is what only carries data on: that is a movement.
 *
 * @param carries whether a role brings values of a relation elsewhere by a movement that is known
 */
export function columnUses(boundaries: readonly StoreBoundary[], isFollowed: (place: ColumnPlace) => boolean, carries: (by: string, store: string, relation: string) => boolean): ColumnUses {
  const uses = new Map<string, Map<string, UseOfColumn>>();
  const readers = new Map<string, Set<string>>();
  for (const { store, accesses } of boundaries) {
    const tables = wholeTables(store);
    const placed = (name: string): ColumnPlace => inStore(store.name, name, tables);
    for (const access of accesses) {
      const { part, consumer, query } = access;
      if (part === null || query?.builds !== undefined || isOwn(access, store.role) || (part.resolution.writes.size > 0 && part.resolution.outputs.length === 0)) continue;
      for (const place of referredPlaces(access, placed)) if (isFollowed(place)) add(readers, placeKey(place), consumer.name);
      for (const use of usesOf(access, placed)) {
        if (!isFollowed(use.place) || carries(consumer.name, store.name, use.place.relation)) continue;
        const own = uses.get(placeKey(use.place)) ?? new Map<string, UseOfColumn>();
        uses.set(placeKey(use.place), own);
        const key = [use.consumer, use.use, use.output ?? '', use.exported ?? ''].join('\n');
        const known = own.get(key);
        if (!known || rank(use.mask) < rank(known.mask)) own.set(key, use);
      }
    }
  }
  return { uses: new Map([...uses].map(([key, own]) => [key, [...own.values()]])), readers };
}

function isOwn({ consumer, part }: Access, role: StoreBoundary['store']['role']): boolean {
  if (role === 'warehouse' || part?.shape.exports === true) return false;
  return consumer.kind === 'code' || (consumer.kind === 'role' && (consumer.role_purpose === 'application' || consumer.role_purpose === 'administration'));
}

function referredPlaces({ part }: Access, placed: (name: string) => ColumnPlace): ColumnPlace[] {
  const columns = new Set([...(part?.resolution.outputs ?? []).flatMap(({ flows }) => [...flows.keys()]), ...(part?.resolution.uses ?? []).map(({ column }) => column)]);
  for (const [relation, names] of part?.resolution.direct ?? []) for (const name of names) columns.add(`${relation}.${name}`);
  return [...columns].map(placed);
}

function inStore(store: string, name: string, tables: ReadonlyMap<string, string>): ColumnPlace {
  const [relation, column] = placeOf(name);
  return { store, relation: tables.get(relation) ?? relation, column };
}

function usesOf(access: Access, placed: (name: string) => ColumnPlace): UseOfColumn[] {
  const { part, consumer, query } = access;
  const base = {
    consumer: consumer.name,
    owner: consumer.owner === '' ? null : consumer.owner,
    kind: consumer.kind,
    dashboard: consumer.dashboard === '' ? null : consumer.dashboard,
    audience: query?.isPublic ? 'public' as const : query?.isEmbedded ? 'embedded' as const : 'inside' as const,
    exported: exportOf(access),
    ...(consumer.role_purpose === '' ? {} : { purpose: consumer.role_purpose }),
  };
  const figures = groupsOfFigures(part);
  // What a column shows already, its condition does not add to.
  const shown = new Map<string, number>();
  const found: UseOfColumn[] = [];
  const note = (column: string, use: PersonalUse['use'], mask: MaskLevel, output: string | null): void => {
    if (mask === 'constant') return;
    if (use === 'shown') shown.set(column, Math.min(shown.get(column) ?? Number.POSITIVE_INFINITY, rank(mask)));
    else if (use === 'condition' && (shown.get(column) ?? Number.POSITIVE_INFINITY) <= rank(mask)) return;
    found.push({ ...base, use, output, mask, place: placed(column), ...(use === 'shown' && figures.has(column) ? { labelsGroups: true } : {}) });
  };
  for (const { name, flows } of part?.resolution.outputs ?? []) for (const [column, { mask }] of flows) note(column, 'shown', mask, plainText(name, 200));
  for (const { column, kind, mask } of part?.resolution.uses ?? []) note(column, kind, mask, null);
  return found;
}

/** How a result leaves as a file, in words; null where nothing tells that it does. */
function exportOf({ part, query }: Access): string | null {
  const [first] = (query?.deliveries ?? []).toSorted((one, other) => EXPORTS.indexOf(one.kind) - EXPORTS.indexOf(other.kind));
  if (first) return deliveryInWords(first);
  if (!part?.shape.exports) return null;
  return part.shape.kind === 'copy_to' ? 'COPY … TO' : 'a cursor over the whole result';
}

const EXPORTS: readonly Delivery['kind'][] = ['file', 'extract', 'mail', 'message'];

function deliveryInWords({ kind, format, schedule }: Delivery): string {
  return plainText([kind, format === null ? '' : `as ${format}`, schedule === null ? 'on demand' : `, ${schedule}`].filter((part) => part !== '').join(' ').replaceAll(' ,', ','), 200);
}

function add(lists: Map<string, Set<string>>, key: string, value: string): void {
  const known = lists.get(key);
  if (known) known.add(value);
  else lists.set(key, new Set([value]));
}
