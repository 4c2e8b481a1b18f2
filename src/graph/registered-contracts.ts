import type { Relation } from '../model/catalog.js';
import type { RegisteredContract } from '../model/contract.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import { relationKey } from '../sql/schema-index.js';

/** What a registry of contracts says of the relations of its store. */
export interface Registration {
  /** `schema.relation` → its row; of several rows the newest one in force. */
  byRelation: Map<string, RegisteredContract>;
  /** Rows of which the store has no relation. They may be contracts of streams or files. */
  absent: RegisteredContract[];
}

/** The number of a version by name: `v_case_opened_v2` is version 2 of `v_case_opened`. */
const VERSIONED = /^(.+?)_?v(\d+)$/i;

/** The name without its version, and the version; null for names without one. */
export function versionOf(name: string): { stem: string; version: number } | null {
  const [, stem = '', version = ''] = VERSIONED.exec(name) ?? [];
  return stem === '' || /^_*v?_*$/i.test(stem) ? null : { stem: stem.toLowerCase(), version: Number(version) };
}

/**
 * The relations that the rows of a registry name: in full, or by the bare name, with or without the version and the `v_` of a
 * view. A bare name that several schemas have is looked for in the registry's own.
 */
export function registrationOf({ contractRegistry, catalog }: Pick<StoreSnapshot, 'contractRegistry' | 'catalog'>): Registration {
  const registration: Registration = { byRelation: new Map(), absent: [] };
  if (contractRegistry === undefined) return registration;
  const home = contractRegistry.relation.slice(0, contractRegistry.relation.indexOf('.')).toLowerCase();
  const byName = new Map<string, Relation[]>();
  for (const relation of catalog.relations) {
    if (relationKey(relation) === contractRegistry.relation || relation.kind === 'partition') continue;
    const name = relation.name.toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), relation]);
  }
  for (const row of contractRegistry.rows) {
    const relation = relationNamed(row, byName, home);
    if (relation === null) {
      registration.absent.push(row);
      continue;
    }
    const key = relationKey(relation);
    const known = registration.byRelation.get(key);
    if (known === undefined || isNewer(row, known)) registration.byRelation.set(key, row);
  }
  return registration;
}

function relationNamed({ name, version }: RegisteredContract, byName: ReadonlyMap<string, readonly Relation[]>, home: string): Relation | null {
  const dot = name.lastIndexOf('.');
  // `schema.name`, or `database.schema.name`.
  const schema = dot === -1 ? null : name.slice(name.lastIndexOf('.', dot - 1) + 1, dot).toLowerCase();
  const bare = name.slice(dot + 1).toLowerCase();
  const major = /^v?(\d+)/i.exec(version ?? '')?.[1];
  const versioned = major === undefined || versionOf(bare) !== null ? [] : [`${bare}_v${major}`, `v_${bare}_v${major}`];
  for (const candidate of [...versioned, bare, ...(versionOf(bare) === null ? [] : [`v_${bare}`])]) {
    const all = byName.get(candidate) ?? [];
    const fitting = schema === null ? all : all.filter((relation) => relation.schema.toLowerCase() === schema);
    const own = fitting.filter((relation) => relation.schema.toLowerCase() === home);
    const [only, another] = fitting.length > 1 && own.length === 1 ? own : fitting;
    if (only !== undefined && another === undefined) return only;
  }
  return null;
}

/** One in force is newer than one that is deprecated; then the higher version. */
function isNewer(row: RegisteredContract, known: RegisteredContract): boolean {
  if ((row.deprecatedAt === null) !== (known.deprecatedAt === null)) return row.deprecatedAt === null;
  const [own, other] = [numbersOf(row.version), numbersOf(known.version)];
  const differing = own.findIndex((number, at) => number !== (other[at] ?? 0));
  return differing !== -1 && (own[differing] ?? 0) > (other[differing] ?? 0);
}

/** `2.10.0` → 2, 10, 0. */
function numbersOf(version: string | null): number[] {
  return (version?.match(/\d{1,9}/g) ?? []).map(Number);
}

/** Whether a row without a relation must be a view of this store: its schema is there, or it is called as versioned views are. */
export function namesView({ name }: RegisteredContract, { catalog }: Pick<StoreSnapshot, 'catalog'>): boolean {
  const dot = name.lastIndexOf('.');
  const schema = name.slice(name.lastIndexOf('.', dot - 1) + 1, Math.max(dot, 0)).toLowerCase();
  if (dot !== -1) return catalog.relations.some((relation) => relation.schema.toLowerCase() === schema);
  return /^v_/i.test(name) || /_v\d+$/i.test(name);
}
