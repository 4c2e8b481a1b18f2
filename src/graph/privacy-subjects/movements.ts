import type { MovementFacts } from '../../facts/movement.js';
import type { Subject } from '../../facts/subjects.js';
import type { Column } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import { rank } from '../../sql/flow.js';
import { relationKey } from '../../sql/schema-index.js';
import type { StoreBoundary } from '../boundary.js';
import { subject } from '../subject.js';
import { PHYSICAL_REPLICATION } from '../movement/elsewhere.js';
import { type PrivacyInput, ReportReaders } from './input.js';
import { Keys } from './keys.js';
import { type End, lossOfRowSecurity, lostTenantColumns, policiesOf, tenantColumns, tenantNames } from './row-security.js';

const MASKING_RULE = /\bMASKED WITH\b/i;

/** One subject for each way between two relations that were both looked at, at the store where the rows arrive. */
export function movementSubjects({ boundaries, facts, movements, snapshot }: PrivacyInput): Subject[] {
  const names = tenantNames(snapshot.stores);
  const stores = new Map(boundaries.map((boundary) => [boundary.store.name, new StoreEnds(boundary)]));
  const primaries = new Map(movements.flatMap(({ by, from, to }) => (by === PHYSICAL_REPLICATION ? [[to.store, from.store] as const] : [])));
  for (const [standby, primary] of primaries) stores.get(primary)?.readOn(stores.get(standby));
  const keys = new Keys(boundaries, movements);
  return movements.flatMap((movement) => {
    // Every view of a physical standby is that of its primary: it is told there.
    if (movement.from.store === movement.to.store && primaries.has(movement.to.store)) return [];
    const source = stores.get(movement.from.store);
    const target = stores.get(movement.to.store);
    const from = source?.end(movement.from.relation);
    const to = target?.end(movement.to.relation);
    if (!target || !from || !to) return [];
    const store = facts.get(target.boundary);
    if (!store) return [];
    const movementFacts = { ...factsOf(movement, from, to, { names, keys }), to_zone: target.zoneOf(movement.to.relation), readable_by: target.reports.of(movement.to.relation), readers: target.readers(movement.to.relation) };
    return [subject('movement', { movement: movementFacts, store }, { consumer: '', owner: null, store: movement.to.store, relation: movement.to.relation, locations: [] })];
  });
}

function factsOf(movement: RelationMovement, from: End, to: End, { names, keys }: { names: ReadonlyMap<string, string>; keys: Keys }): Omit<MovementFacts, 'to_zone' | 'readable_by' | 'readers'> {
  const tenants = tenantColumns(from, names);
  const lost = lostTenantColumns(movement, keys, tenants);
  const rules = unmasked(movement, from, to);
  return {
    from: movement.from.relation,
    from_store: movement.from.store,
    to: movement.to.relation,
    to_owner: to.relation.owner ?? '',
    via: movement.via.replaceAll('-', ' '),
    by: movement.by,
    row_filter: movement.rowFilter ?? '',
    policies: policiesOf(from).map(({ name }) => name),
    row_security_lost: lossOfRowSecurity(movement, from, to, keys),
    tenant_columns: tenants.map(({ column }) => column),
    tenant_columns_lost: lost.map(({ column }) => column),
    tenant_reason: (lost[0] ?? tenants[0])?.reason ?? '',
    unmasked: rules.map(({ name }) => name),
    masking_rules: rules.map(({ name, label }) => `${name}: ${label ?? ''}`),
    confidence: movement.confidence,
    evidence: movement.evidence,
  };
}

/** Columns with a masking rule that arrive as they are: rules on a table are not applied to views on it (PostgreSQL Anonymizer). */
function unmasked({ columns }: RelationMovement, from: End, to: End): Column[] {
  const ruled = (column: Column | undefined): boolean => MASKING_RULE.test(column?.label ?? '');
  const target = new Map(to.relation.columns.map((column) => [column.name, column]));
  const open = new Set(columns.filter(({ mask, to: name }) => rank(mask) <= rank('reversible') && !ruled(target.get(name))).map((column) => column.from));
  return from.relation.columns.filter((column) => ruled(column) && open.has(column.name));
}

/** The relations of one store, with who reads them. */
class StoreEnds {
  readonly boundary: StoreBoundary;
  readonly reports: ReportReaders;
  readonly #ends: ReadonlyMap<string, End>;
  readonly #readers = new Map<string, Set<string>>();
  #looked: boolean;

  constructor(boundary: StoreBoundary) {
    const { store, accesses } = boundary;
    this.boundary = boundary;
    this.#looked = accesses.length > 0;
    this.reports = new ReportReaders(boundary);
    this.#ends = new Map(store.catalog.relations.map((relation) => [relationKey(relation), { store, relation }]));
    for (const { part, consumer } of accesses) {
      for (const key of part?.resolution.direct.keys() ?? []) this.#readers.set(key, (this.#readers.get(key) ?? new Set()).add(consumer.name));
    }
  }

  end(relation: string): End | undefined {
    return this.#ends.get(relation);
  }

  /** Who reads the same relations on a physical standby. */
  readOn(standby: StoreEnds | undefined): void {
    if (standby === undefined) return;
    for (const [relation, names] of standby.#readers) {
      const own = this.#readers.get(relation) ?? new Set<string>();
      this.#readers.set(relation, own);
      for (const name of names) own.add(name);
    }
    this.#looked ||= standby.#looked;
  }

  zoneOf(relation: string): string {
    return this.boundary.zones.get(relation)?.zone ?? 'unknown';
  }

  readers(relation: string): number {
    return !this.#looked ? Number.NaN : (this.#readers.get(relation)?.size ?? 0);
  }
}
