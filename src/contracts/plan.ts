import type { StoreBoundary } from '../graph/boundary.js';
import type { Relation } from '../model/catalog.js';
import type { Expression } from '../model/syntax-tree.js';
import { relationKey } from '../sql/schema-index.js';
import { type ExistingContract, versionOf } from './existing.js';
import type { Need, PersonalColumns } from './needs.js';

/** A view that takes the place of one relation, and whose readers move onto it. */
export interface Plan {
  relation: Relation;
  schema: string;
  name: string;
  version: number;
  /** The view is there already. */
  exists: boolean;
  replaces: ExistingContract | null;
  /** In the order of the view. */
  columns: { name: string; source: string }[];
  /** Conditions that a new view has. */
  conditions: ReadonlyMap<string, Expression>;
  /** A view that is there leaves out rows, which none of these readers sees anyway. */
  narrows: boolean;
  needs: Need[];
}

/** What plans of one store share. */
export interface Around {
  boundary: StoreBoundary;
  contracts: readonly ExistingContract[];
  personal: PersonalColumns;
  /** Views that other plans make: `schema.name`. */
  taken: Set<string>;
  /** Where the configuration says that contracts are; null where it does not. */
  configuredSchema: string | null;
}

/** Where contract views live if there is none yet. */
const SCHEMA_DEFAULT = 'integration';

/**
 * One or several views for one relation: readers whom a contract serves that is there move onto it; for the others there is the
 * next version of the contract that lacks the fewest of their columns, or a first one.
 */
export function plansFor(relation: Relation, needs: readonly Need[], around: Around): Plan[] {
  const { contracts } = around;
  const key = relationKey(relation);
  const own = contracts.filter((contract) => contract.relation === key && !contract.deprecated);
  const served = new Map<ExistingContract, Need[]>();
  const open: Need[] = [];
  for (const need of needs) {
    const contract = bestFor(need, own);
    if (contract === null) open.push(need);
    else served.set(contract, [...(served.get(contract) ?? []), need]);
  }
  const plans = [...served].map(([contract, moved]) => planOfExisting(relation, contract, moved));
  if (open.length === 0) return plans;
  return [...plans, newPlan(relation, open, { ...around, contracts: contracts.filter((contract) => contract.relation === key) })];
}

/** A contract that gives all that a reader needs and leaves out no row that it sees; then the one that renames and gives least. */
function bestFor(need: Need, contracts: readonly ExistingContract[]): ExistingContract | null {
  if (need.columns.length === 0) return contracts.find(({ conditions }) => conditions.length === 0) ?? null;
  const fitting = contracts.filter(({ columns, conditions }) => need.columns.every((column) => columns.has(column)) && conditions.every((text) => need.conditions.has(text)));
  const renames = ({ columns }: ExistingContract): number => need.columns.filter((column) => columns.get(column) !== column).length;
  return fitting.toSorted((a, b) => renames(a) - renames(b) || b.version - a.version || a.columns.size - b.columns.size || (a.view.name < b.view.name ? -1 : 1))[0] ?? null;
}

function planOfExisting(relation: Relation, contract: ExistingContract, needs: Need[]): Plan {
  const { view, version, columns } = contract;
  return {
    relation, schema: view.schema, name: view.name, version, exists: true, replaces: null, conditions: new Map(), narrows: contract.conditions.length > 0, needs,
    columns: [...columns].map(([source, name]) => ({ name, source })),
  };
}

function newPlan(relation: Relation, needs: Need[], { boundary, contracts, personal, taken, configuredSchema }: Around): Plan {
  const wanted = new Set(needs.flatMap(({ columns }) => columns));
  const previous = previousOf(wanted, contracts);
  const columns: { name: string; source: string }[] = previous === null ? [] : [...previous.columns].filter(([source]) => personal.get(`${relationKey(relation)}.${source}`)?.class !== 'secret').map(([source, name]) => ({ name, source }));
  const names = new Set(columns.map(({ name }) => name));
  const given = new Set(columns.map(({ source }) => source));
  for (const { name: source } of relation.columns) {
    if (!wanted.has(source) || given.has(source)) continue;
    const name = names.has(source) ? `${relation.name}_${source}` : source;
    names.add(name);
    columns.push({ name, source });
  }
  if (columns.length === 0) columns.push(...keyOf(relation, boundary).map((source) => ({ name: source, source })));
  const schema = previous?.view.schema ?? contractSchema(boundary) ?? configuredSchema ?? SCHEMA_DEFAULT;
  const stem = previous?.stem ?? stemFor(relation, boundary);
  const version = freeVersion(schema, stem, (previous?.version ?? 0) + 1, boundary, taken);
  return { relation, schema, name: `${stem}_v${version}`, version, exists: false, replaces: previous, columns, conditions: commonConditions(needs), narrows: false, needs };
}

/** PostgreSQL cuts longer names off (NAMEDATALEN, 64 with the byte that ends it), so that two versions could be one name. */
const NAME_BYTES_MAX = 63;
const VERSION_BYTES = '_v9999'.length;

/** `v_invoice`; where several schemas have such a table, `v_billing_invoice`. */
function stemFor({ schema, name }: Relation, { store, zones }: StoreBoundary): string {
  const isShared = store.catalog.relations.some((other) => other.name === name && other.schema !== schema && zones.get(relationKey(other))?.zone === 'internal');
  let stem = isShared ? `v_${schema}_${name}` : `v_${name}`;
  while (Buffer.byteLength(stem) > NAME_BYTES_MAX - VERSION_BYTES) stem = [...stem].slice(0, -1).join('');
  return stem;
}

/** The contract that lacks the fewest columns, then gives the fewest beyond, in its newest version. Null where none gives any. */
function previousOf(wanted: ReadonlySet<string>, contracts: readonly ExistingContract[]): ExistingContract | null {
  const usable = contracts.filter(({ conditions, deprecated }) => !deprecated && conditions.length === 0);
  const lacks = ({ columns }: ExistingContract): number => [...wanted].filter((column) => !columns.has(column)).length;
  const sorted = usable.filter((contract) => lacks(contract) < wanted.size).toSorted((a, b) => lacks(a) - lacks(b) || b.version - a.version || a.columns.size - b.columns.size || (a.view.name < b.view.name ? -1 : 1));
  const [nearest] = sorted;
  return usable.filter(({ stem, view }) => stem === nearest?.stem && view.schema === nearest.view.schema).toSorted((a, b) => b.version - a.version)[0] ?? null;
}

/** Who needs no column at all counts rows: the key is the least that a view of them can have. */
function keyOf(relation: Relation, { store }: StoreBoundary): string[] {
  const key = store.catalog.constraints.find((constraint) => constraint.kind === 'primary_key' && constraint.schema === relation.schema && constraint.relation === relation.name);
  return key?.columns ?? relation.columns.slice(0, 1).map(({ name }) => name);
}

/** Where most contract views are; null where there is none. */
function contractSchema({ store, zones }: StoreBoundary): string | null {
  const counts = new Map<string, number>();
  for (const { schema, name } of store.catalog.relations) {
    if (zones.get(`${schema}.${name}`)?.zone === 'contract') counts.set(schema, (counts.get(schema) ?? 0) + 1);
  }
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0] ?? null;
}

function freeVersion(schema: string, stem: string, from: number, { store }: StoreBoundary, taken: Set<string>): number {
  const used = new Set(store.catalog.relations.filter((relation) => relation.schema === schema && versionOf(relation.name).stem === stem).map(({ name }) => name));
  let version = from;
  while (used.has(`${stem}_v${version}`) || taken.has(`${schema}.${stem}_v${version}`)) version += 1;
  taken.add(`${schema}.${stem}_v${version}`);
  return version;
}

/** Conditions that all readers set, where there are at least two of them: what one alone asks is its own business. */
function commonConditions(needs: readonly Need[]): Map<string, Expression> {
  const [first, ...others] = needs;
  if (first === undefined || new Set(needs.map(({ reader }) => reader.consumer)).size < 2) return new Map();
  return new Map([...first.conditions].filter(([text]) => others.every(({ conditions }) => conditions.has(text))));
}
