import type { Relation } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import type { Zone } from '../../model/store.js';
import type { Classification } from '../../privacy/classify.js';
import { wordsOf } from '../../privacy/words.js';
import { relationKey } from '../../sql/schema-index.js';
import type { StoreBoundary } from '../boundary.js';
import { nameWords } from './landing-name.js';
import { type CarriedColumn, sortedColumns } from './way.js';

/** Of a way that only names and kinds of columns tell. */
const CONFIDENCE = 0.5;
/** Below it a column is not taken for personal data here. */
const PERSONAL_MIN = 0.5;

/** Zones of what is built from what was loaded. */
const BUILT: ReadonlySet<Zone> = new Set(['mart', 'semantic', 'secure', 'read_model']);
/** A key: `customer_id`, `customer_key`, `customer_sk`. */
const KEY = /^(.+?)_?(?:id|key|sk|nk|bk|no|number|uuid|guid)$/i;

interface Source {
  key: string;
  /** Of its own name: `customer`. */
  entity: string;
  /** Personal columns by kind. */
  byKind: Map<string, string[]>;
}

/**
 * Relations that were built within their store by SQL that nobody has: a personal column of a mart comes from the one relation
 * in the landing zone (on an operational store: of the application) that is about the same, by a key that both have, and that has one column of that kind with a word of its name.
 *
 * @param isFilled whether it is known already where a relation comes from
 */
export function derivedMovements({ store, zones }: Pick<StoreBoundary, 'store' | 'zones'>, classified: ReadonlyMap<string, Classification>, isFilled: (relation: string) => boolean): RelationMovement[] {
  const built: Relation[] = [];
  const sources = new Map<string, Source[]>();
  for (const relation of store.catalog.relations) {
    const key = relationKey(relation);
    const zone = zones.get(key)?.zone ?? 'unknown';
    if (relation.definition !== null || relation.kind === 'partition' || relation.kind === 'foreign_table') continue;
    if (BUILT.has(zone)) {
      if (!isFilled(key)) built.push(relation);
    } else if (zone === 'raw' || (zone === 'internal' && store.role !== 'warehouse')) {
      const entity = nameWords(relation.name).join('_');
      const byKind = kindsOf(relation, classified);
      if (byKind.size > 0 && hasKeyOf(relation, entity)) sources.set(entity, [...(sources.get(entity) ?? []), { key, entity, byKind }]);
    }
  }
  return built.flatMap((relation) => movementInto(relation, store.name, classified, sources));
}

function movementInto(relation: Relation, store: string, classified: ReadonlyMap<string, Classification>, sources: ReadonlyMap<string, readonly Source[]>): RelationMovement[] {
  const own = kindsOf(relation, classified);
  if (own.size === 0) return [];
  const found = relation.columns.flatMap(({ name }) => sources.get(entityOfKey(name) ?? '') ?? []);
  // A fact has the keys of several dimensions, and whose its columns are is not told.
  const [source, another] = [...new Set(found)];
  if (!source || another) return [];
  const columns = [...own].flatMap(([kind, names]): CarriedColumn[] => {
    const [to, second] = names;
    const [from, other] = source.byKind.get(kind) ?? [];
    if (to === undefined || from === undefined || second !== undefined || other !== undefined || !shareWord(from, to)) return [];
    return [{ from, to, mask: 'raw', identity: true }];
  });
  if (columns.length === 0) return [];
  const key = relationKey(relation);
  return [{
    from: { store, relation: source.key }, to: { store, relation: key }, via: 'statement', by: 'SQL that nothing shows', rowFilter: null,
    columns: sortedColumns(columns), conditions: [], confidence: CONFIDENCE,
    evidence: `${key} has the key of ${source.entity.replaceAll('_', ' ')} and columns of the same kinds as ${source.key}, which no other relation has`,
  }];
}

/** `legal_name` and `full_name`, `customer_email` and `email`. */
function shareWord(one: string, other: string): boolean {
  const words = new Set(wordsOf(one));
  return wordsOf(other).some((word) => words.has(word));
}

function kindsOf(relation: Relation, classified: ReadonlyMap<string, Classification>): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const { name } of relation.columns) {
    const known = classified.get(`${relationKey(relation)}.${name}`);
    if (known === undefined || known.confidence < PERSONAL_MIN) continue;
    kinds.set(known.kind, [...(kinds.get(known.kind) ?? []), name]);
  }
  return kinds;
}

/** Whether a relation has a key that is called after it, or one called `id`. */
function hasKeyOf({ columns }: Relation, entity: string): boolean {
  return columns.some(({ name }) => name.toLowerCase() === 'id' || entityOfKey(name) === entity);
}

function entityOfKey(column: string): string | null {
  const entity = KEY.exec(column)?.[1];
  return entity === undefined ? null : nameWords(entity).join('_');
}
