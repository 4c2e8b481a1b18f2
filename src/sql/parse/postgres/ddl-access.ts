import type { AccessPriv, AlterPolicyStmt, AlterPublicationStmt, CreatePolicyStmt, CreatePublicationStmt, CreateTrigStmt, GrantStmt, Node, PublicationObjSpec, RuleStmt } from '@pgsql/types';
import type { Grant, Policy, Publication, Relation } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import type { DdlState } from './ddl-state.js';
import { type Source, textInParentheses, whereText } from './ddl-text.js';
import { text, texts } from './nodes.js';

/** Who may see what: privileges, policies, publications; and what acts on rows by itself. */

export function grant(node: GrantStmt, state: DdlState): void {
  const { objects = [], objtype, targtype } = node;
  const relations =
    targtype === 'ACL_TARGET_ALL_IN_SCHEMA' && objtype === 'OBJECT_TABLE' ? state.catalog.relations.filter(({ schema }) => objects.map(text).includes(schema))
    : targtype === 'ACL_TARGET_OBJECT' && objtype === 'OBJECT_TABLE' ? objects.flatMap((object) => ('RangeVar' in object ? (state.find(object.RangeVar) ?? []) : []))
    : [];
  const grantees = (node.grantees ?? []).map((role) => ('RoleSpec' in role ? (role.RoleSpec.roletype === 'ROLESPEC_PUBLIC' ? 'public' : (role.RoleSpec.rolename ?? '')) : ''));
  const privileges = (node.privileges ?? []).flatMap((item) => ('AccessPriv' in item ? [privilegeText(item.AccessPriv)] : []));
  const all = privileges.length > 0 ? privileges : ALL_PRIVILEGES;
  if (targtype === 'ACL_TARGET_OBJECT' && objtype === 'OBJECT_SCHEMA') return ofSchema(node, objects.map(text), grantees, state);
  if (relations.length === 0 && objtype !== 'OBJECT_TABLE') return state.harmless('', `privileges on ${(objtype ?? '').replace('OBJECT_', '').toLowerCase()}`);
  for (const relation of relations) {
    for (const grantee of grantees) change(relation, grantee, all, node.is_grant ?? false, state);
  }
}

const ALL_PRIVILEGES = ['DELETE', 'INSERT', 'MAINTAIN', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE'];

function privilegeText({ priv_name, cols }: AccessPriv): string {
  const name = (priv_name ?? 'all').toUpperCase();
  return cols && cols.length > 0 ? `${name} (${texts(cols).join(', ')})` : name;
}

function change(relation: Relation, grantee: string, privileges: readonly string[], isGrant: boolean, state: DdlState): void {
  const { grants } = state.catalog;
  const known = grants.find((item) => item.grantee === grantee && item.schema === relation.schema && item.relation === relation.name);
  const before = known?.privileges ?? [];
  const after = isGrant ? [...new Set([...before, ...privileges])].sort() : before.filter((privilege) => !privileges.includes(privilege) && !privileges.includes(privilege.replace(/ \(.*$/, '')));
  if (known) known.privileges = after;
  else if (after.length > 0) grants.push({ grantee, schema: relation.schema, relation: relation.name, privileges: after });
  state.catalog.grants = state.catalog.grants.filter((item: Grant) => item.privileges.length > 0);
  state.emit({ kind: isGrant ? 'privilege-granted' : 'privilege-revoked', relation: relationKey(relation), grantee, privileges: [...privileges] });
}

/** Without USAGE on its schema nothing that was granted on a relation is of use. */
function ofSchema(node: GrantStmt, schemas: readonly string[], grantees: readonly string[], state: DdlState): void {
  if (node.is_grant) return state.harmless('', `privileges on the schema ${schemas.join(', ')}`);
  const hit = state.catalog.grants.filter((item) => schemas.includes(item.schema) && (grantees.includes(item.grantee) || grantees.includes('public')));
  for (const item of hit) state.emit({ kind: 'privilege-revoked', relation: relationKey({ schema: item.schema, name: item.relation }), grantee: item.grantee, privileges: [`USAGE on the schema ${item.schema}`] });
  if (hit.length === 0) state.harmless('', `privileges on the schema ${schemas.join(', ')}`);
}

export function createPolicy(node: CreatePolicyStmt, state: DdlState, source: Source): void {
  const table = node.table ? state.find(node.table) : null;
  if (!table) return;
  const policy: Policy = { schema: table.schema, relation: table.name, name: node.policy_name ?? '', command: (node.cmd_name ?? 'all').toUpperCase(), roles: rolesOf(node.roles), using: conditionBehind(node.qual, source) };
  if (state.catalog.policies.some((known) => isSame(known, table, policy.name))) return state.exists(`the policy ${policy.name} of ${relationKey(table)}`, false);
  state.catalog.policies.push(policy);
  state.emit({ kind: 'policy-added', relation: relationKey(table), policy });
}

export function alterPolicy(node: AlterPolicyStmt, state: DdlState, source: Source): void {
  const table = node.table ? state.find(node.table) : null;
  if (!table) return;
  const policy = state.catalog.policies.find((known) => isSame(known, table, node.policy_name ?? ''));
  if (!policy) return state.unknown(`the catalogue has no policy ${node.policy_name ?? ''} on ${relationKey(table)}`);
  if (node.roles) policy.roles = rolesOf(node.roles);
  if (node.qual) policy.using = conditionBehind(node.qual, source);
  state.emit({ kind: 'policy-changed', relation: relationKey(table), policy: { ...policy } });
}

function isSame({ schema, relation, name }: Policy, table: Relation, wanted: string): boolean {
  return schema === table.schema && relation === table.name && name === wanted;
}

function rolesOf(roles: Node[] | undefined): string[] {
  return (roles ?? []).map((role) => ('RoleSpec' in role ? (role.RoleSpec.roletype === 'ROLESPEC_PUBLIC' ? 'public' : (role.RoleSpec.rolename ?? '')) : '')).sort();
}

function conditionBehind(condition: Node | undefined, { text: whole }: Source): string | null {
  const at = condition ? /\busing\s*\(/i.exec(whole) : null;
  return at ? textInParentheses(whole, at.index) : null;
}

export function createPublication(node: CreatePublicationStmt, state: DdlState, source: Source): void {
  const publication: Publication = { name: node.pubname ?? '', allTables: node.for_all_tables ?? false, tables: publishedTables(node.pubobjects, state, source) };
  state.catalog.publications.push(publication);
  tellPublished(publication.name, [], publication.tables, state);
  if (publication.tables.length === 0) state.unknown(`the publication ${publication.name} sends ${publication.allTables ? 'all tables' : 'no table that the catalogue has'}`);
}

export function alterPublication(node: AlterPublicationStmt, state: DdlState, source: Source): void {
  const publication = state.catalog.publications.find(({ name }) => name === node.pubname);
  if (!publication) return state.unknown(`the catalogue has no publication ${node.pubname ?? ''}`);
  if (!node.pubobjects) return state.harmless('', `options of the publication ${publication.name}`);
  const named = publishedTables(node.pubobjects, state, source);
  const before = publication.tables;
  const isNamed = (table: Publication['tables'][number]): boolean => named.some((other) => other.schema === table.schema && other.relation === table.relation);
  if (node.action === 'AP_SetObjects') publication.tables = named;
  else publication.tables = [...before.filter((table) => !isNamed(table)), ...(node.action === 'AP_DropObjects' ? [] : named)];
  tellPublished(publication.name, before, publication.tables, state);
}

function publishedTables(specifications: Node[] | undefined, state: DdlState, source: Source): Publication['tables'] {
  return (specifications ?? []).flatMap((node) => ('PublicationObjSpec' in node ? publishedBy(node.PublicationObjSpec, state, source) : []));
}

function publishedBy({ pubtable, pubobjtype, name }: PublicationObjSpec, state: DdlState, source: Source): Publication['tables'] {
  if (pubobjtype === 'PUBLICATIONOBJ_TABLES_IN_SCHEMA') return state.catalog.relations.filter(({ schema, kind }) => schema === name && kind !== 'view').map((relation) => ({ schema: relation.schema, relation: relation.name, columns: null, rowFilter: null }));
  const relation = pubtable?.relation ? state.find(pubtable.relation) : null;
  return relation ? [{ schema: relation.schema, relation: relation.name, columns: pubtable?.columns ? texts(pubtable.columns) : null, rowFilter: whereText(pubtable?.whereClause, source) }] : [];
}

function tellPublished(publication: string, before: Publication['tables'], after: Publication['tables'], state: DdlState): void {
  const columnsOf = ({ schema, relation, columns }: Publication['tables'][number]): string[] => columns ?? state.index().get(relationKey({ schema, name: relation }))?.columns.map(({ name }) => name) ?? [];
  const same = (one: Publication['tables'][number], other: Publication['tables'][number]): boolean => one.schema === other.schema && one.relation === other.relation;
  for (const table of before.filter((one) => !after.some((other) => same(one, other)))) {
    state.emit({ kind: 'publication-changed', relation: relationKey({ schema: table.schema, name: table.relation }), publication, columnsAdded: [], columnsRemoved: columnsOf(table), removed: true });
  }
  for (const table of after) {
    const known = before.find((other) => same(table, other));
    const had = known ? columnsOf(known) : [];
    const has = columnsOf(table);
    const columnsAdded = has.filter((column) => !had.includes(column));
    const columnsRemoved = had.filter((column) => !has.includes(column));
    if (known && columnsAdded.length + columnsRemoved.length === 0 && known.rowFilter === table.rowFilter) continue;
    state.emit({ kind: 'publication-changed', relation: relationKey({ schema: table.schema, name: table.relation }), publication, columnsAdded, columnsRemoved, removed: false });
  }
}

export function createTrigger(node: CreateTrigStmt, state: DdlState): void {
  const table = node.relation ? state.find(node.relation) : null;
  if (table) state.emit({ kind: 'trigger-added', relation: relationKey(table), name: node.trigname ?? '', columns: texts(node.columns) });
}

export function createRule(node: RuleStmt, state: DdlState): void {
  const table = node.relation ? state.find(node.relation) : null;
  if (table) state.emit({ kind: 'trigger-added', relation: relationKey(table), name: node.rulename ?? '', columns: [] });
}

/** What is dropped that is no relation, function, type, index or schema. */
export function dropAccess(removeType: string, parts: readonly string[], missingOk: boolean, state: DdlState): void {
  const name = parts.at(-1) ?? '';
  if (removeType === 'OBJECT_PUBLICATION') {
    const publication = state.catalog.publications.find((known) => known.name === name);
    if (publication) tellPublished(name, publication.tables, [], state);
    else if (!missingOk) state.unknown(`the catalogue has no publication ${name}`);
    state.catalog.publications = state.catalog.publications.filter((known) => known !== publication);
    return;
  }
  if (removeType === 'OBJECT_POLICY' || removeType === 'OBJECT_TRIGGER' || removeType === 'OBJECT_RULE') {
    const table = state.find(parts.slice(0, -1), missingOk);
    if (!table) return;
    if (removeType !== 'OBJECT_POLICY') return state.emit({ kind: 'trigger-dropped', relation: relationKey(table), name, columns: [] });
    const policy = state.catalog.policies.find((known) => isSame(known, table, name));
    if (policy) state.emit({ kind: 'policy-dropped', relation: relationKey(table), policy });
    else if (!missingOk) state.unknown(`the catalogue has no policy ${name} on ${relationKey(table)}`);
    state.catalog.policies = state.catalog.policies.filter((known) => known !== policy);
    return;
  }
  if (removeType === 'OBJECT_EXTENSION') return state.unknown(`the extension ${name} goes, with its types and functions: who uses them is not followed`);
  if (removeType === 'OBJECT_SEQUENCE' || removeType === 'OBJECT_STATISTIC_EXT') return state.harmless('', removeType.replace('OBJECT_', '').toLowerCase());
  state.unknown(`DROP of ${removeType.replace('OBJECT_', '').replaceAll('_', ' ').toLowerCase()} ${parts.join('.')}: what uses it is not followed`);
}

export function renameAccess(renameType: string, table: Relation | null, from: string, to: string, state: DdlState): void {
  const policy = table && renameType === 'OBJECT_POLICY' ? state.catalog.policies.find((known) => isSame(known, table, from)) : undefined;
  if (policy) policy.name = to;
  state.harmless(table ? relationKey(table) : '', `${renameType.replace('OBJECT_', '').toLowerCase()} ${from} is called ${to}`);
}
