import type { Policy, Relation, Role } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import type { StoreSnapshot } from '../../model/snapshot.js';
import { isPersonWord } from '../../privacy/context.js';
import { wordsOf } from '../../privacy/words.js';
import { rank } from '../../sql/flow.js';
import { relationKey } from '../../sql/schema-index.js';
import type { Keys } from './keys.js';

/** A relation that rows come from or into, with what its store knows about it. */
export interface End {
  store: StoreSnapshot;
  relation: Relation;
}

/** The policies that keep the rows of a relation apart for who reads them. */
export function policiesOf({ store, relation }: End): Policy[] {
  if (!relation.rowSecurity) return [];
  return store.catalog.policies.filter(({ schema, relation: table, command }) => schema === relation.schema && table === relation.name && ['ALL', 'SELECT', '*'].includes(command.toUpperCase()));
}

const ASKS_THE_SESSION = /\b(?:current_setting|current_user|session_user|current_role|user)\b/i;

/**
 * Why the policies of the source do not hold where its rows arrive, in words; empty where they hold, where they cannot be told,
 * and where no single rows arrive. A view reads as its owner unless it is `security_invoker` (PostgreSQL 15), and policies do not
 * bind superusers, BYPASSRLS, and owners of the table without FORCE ("Row Security Policies", PostgreSQL 18). No copy inherits them.
 */
export function lossOfRowSecurity(movement: RelationMovement, from: End, to: End, keys: Keys): string {
  if (policiesOf(from).length === 0 || !carriesRows(movement, to, keys) || ASKS_THE_SESSION.test(movement.rowFilter ?? '')) return '';
  switch (movement.via) {
    case 'view':
      return from.store === to.store ? lossInView(from, to.relation) : '';
    case 'materialized-view':
      return 'a materialized view keeps the rows that its owner saw, for everyone who may read it';
    case 'foreign-table':
      return '';
    case 'replication':
      return to.relation.rowSecurity ? '' : 'replication takes all rows along, and no policy with them';
    default:
      return to.relation.rowSecurity ? '' : 'the copy has no row security of its own';
  }
}

function lossInView({ store: { catalog }, relation: table }: End, view: Relation): string {
  if (view.options.some((option) => /^security_invoker=(?:true|on|yes|1)$/i.test(option)) || view.owner === null) return '';
  const owner = catalog.roles.find(({ name }) => name === view.owner);
  if (owner?.superuser === true) return `the view reads as its owner ${owner.name}, who is a superuser`;
  if (owner?.bypassesRowSecurity === true) return `the view reads as its owner ${owner.name}, who bypasses row security`;
  const owns = table.owner !== null && (view.owner === table.owner || holds(view.owner, table.owner, catalog.roles));
  return owns && !table.rowSecurityForced ? `the view reads as its owner ${view.owner}, who owns the table too and is not bound by its policies` : '';
}

/** Whether a role has the rights of another, through any number of memberships. */
function holds(name: string, other: string, roles: readonly Role[]): boolean {
  const known = new Map(roles.map((role) => [role.name, role]));
  const seen = new Set([name]);
  for (const each of seen) for (const group of known.get(each)?.memberOf ?? []) seen.add(group);
  return seen.has(other);
}

/** Figures over groups are no rows: where values are aggregated and no key of the source comes along, no single row arrives. */
function carriesRows(movement: RelationMovement, { relation }: End, keys: Keys): boolean {
  if (keys.arriveBy(movement)) return true;
  const { columns } = movement;
  const isGrouped = columns.some(({ mask }) => mask === 'aggregate') || GROUPS.test(relation.definition ?? '');
  return !isGrouped && columns.some(({ mask }) => rank(mask) <= rank('partial'));
}

const GROUPS = /\bGROUP\s+BY\b/i;

/** Words of tables that hold those whom rows belong to, where one database serves several. */
const TENANT_WORDS: ReadonlySet<string> = new Set(['tenant', 'tenants', 'organisation', 'organisations', 'organization', 'organizations', 'workspace', 'workspaces', 'mandant']);

export interface TenantColumn {
  column: string;
  reason: string;
}

/**
 * Columns by which the rows of all stores are told apart, by their names: those that policies compare with the session. A key
 * of a person is none: who leaves it out keeps less of a person, not less of a tenant.
 */
export function tenantNames(stores: readonly StoreSnapshot[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { catalog } of stores) {
    const columns = new Map(catalog.relations.map((relation) => [relationKey(relation), relation.columns.map(({ name }) => name)]));
    for (const { schema, relation, name, using } of catalog.policies) {
      const asking = (using ?? '').split(TERMS).filter((term) => ASKS_THE_SESSION.test(term));
      for (const column of columns.get(`${schema}.${relation}`) ?? []) {
        if (!names.has(column) && !isOwnOrPersonKey(column) && asking.some((term) => mentions(term, column))) names.set(column, `the policy ${name} of ${schema}.${relation} goes by it`);
      }
    }
  }
  return names;
}

/** `NOT deleted` beside the comparison with the session says of no one whose a row is. */
const TERMS = /\b(?:AND|OR)\b/i;
const OF_KEY: ReadonlySet<string> = new Set(['id', 'uuid', 'key', 'ref', 'no', 'number']);

function isOwnOrPersonKey(column: string): boolean {
  const last = wordsOf(column).findLast((word) => !OF_KEY.has(word));
  return last === undefined || isPersonWord(last);
}

/** The columns of a relation that say whose a row is: by name, or since they refer to a table of tenants. */
export function tenantColumns({ store: { catalog }, relation }: End, names: ReadonlyMap<string, string>): TenantColumn[] {
  if (relation.name.split('_').some((word) => TENANT_WORDS.has(word))) return [];
  const references = catalog.constraints.filter(({ kind, schema, relation: table }) => kind === 'foreign_key' && schema === relation.schema && table === relation.name);
  return relation.columns.flatMap(({ name }) => {
    const reason = names.get(name);
    if (reason !== undefined) return [{ column: name, reason }];
    const parent = references.find(({ columns }) => columns.length === 1 && columns[0] === name)?.references;
    return parent && TENANT_WORDS.has(parent.relation) ? [{ column: name, reason: `it refers to ${parent.schema}.${parent.relation}` }] : [];
  });
}

/** Those of the columns that are lost although single rows are kept: a key of the source arrives as it was. */
export function lostTenantColumns(movement: RelationMovement, keys: Keys, columns: readonly TenantColumn[]): TenantColumn[] {
  if (!keys.arriveBy(movement)) return [];
  const carried = new Set(movement.columns.map((column) => column.from));
  const decides = (column: string): boolean => movement.conditions.includes(column) || mentions(movement.rowFilter ?? '', column);
  return columns.filter(({ column }) => !carried.has(column) && !decides(column));
}

function mentions(sql: string, column: string): boolean {
  return sql.split(/[^\p{L}\p{N}_$]+/u).includes(column);
}
