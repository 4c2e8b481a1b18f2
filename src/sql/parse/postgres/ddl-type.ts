import type { AlterDomainStmt, CreateDomainStmt, CreateExtensionStmt, Node } from '@pgsql/types';
import type { Column, Relation } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import { allowNull } from './ddl-constraint.js';
import type { DdlState, UserType } from './ddl-state.js';
import { columnOf } from './ddl-table.js';
import { defaultText, type Source } from './ddl-text.js';
import { text, texts } from './nodes.js';

/** Types, domains and extensions. */

/** Does what a statement about types says; false for a statement of another kind. */
export function applyType(node: Node, state: DdlState, source: Source): boolean {
  if ('CreateEnumStmt' in node) addType({ ...state.newNameOf(texts(node.CreateEnumStmt.typeName)), kind: 'enum', values: texts(node.CreateEnumStmt.vals) }, state);
  else if ('CompositeTypeStmt' in node) {
    const { typevar, coldeflist } = node.CompositeTypeStmt;
    const name = state.newName(typevar?.schemaname, typevar?.relname);
    const columns = state.quietly(() => (coldeflist ?? []).flatMap((item) => ('ColumnDef' in item ? [columnOf(item.ColumnDef, name, state, source)] : [])));
    addType({ ...name, kind: 'composite', columns }, state);
  } else if ('CreateDomainStmt' in node) createDomain(node.CreateDomainStmt, state);
  else if (state.recorder === null) return false;
  else if ('AlterDomainStmt' in node) alterDomain(node.AlterDomainStmt, state, source);
  else if ('CreateExtensionStmt' in node) createExtension(node.CreateExtensionStmt, state);
  else if ('CreateRangeStmt' in node) state.harmless('', `type ${texts(node.CreateRangeStmt.typeName).join('.')}`);
  else return false;
  return true;
}

function addType(type: UserType, state: DdlState): void {
  const key = relationKey(type);
  if (state.recorder !== null && state.types().some((known) => relationKey(known) === key)) return state.exists(`the type ${key}`, false);
  state.addType(type);
  state.harmless('', `type ${key}`);
}

function createDomain({ domainname, typeName, constraints }: CreateDomainStmt, state: DdlState): void {
  const required = (constraints ?? []).some((item) => 'Constraint' in item && item.Constraint.contype === 'CONSTR_NOTNULL');
  addType({ ...state.newNameOf(texts(domainname)), kind: 'domain', base: typeName, required }, state);
}

/** Subtypes of AlterDomainStmt (src/include/nodes/parsenodes.h, 18): T default, N and O for null, C and X for constraints, V validates. */
function alterDomain({ subtype, typeName, def, name }: AlterDomainStmt, state: DdlState, source: Source): void {
  const type = state.findType(texts(typeName));
  const key = type ? relationKey(type) : texts(typeName).join('.');
  if (type?.kind !== 'domain') return state.harmless('', `the domain ${key}, which no column of the catalogue has`);
  const using = columnsOf(key, state);
  for (const { relation, column } of using) {
    const place = { relation: relationKey(relation), column: column.name };
    if (subtype === 'T') {
      const to = defaultText(def, source);
      state.emit({ kind: 'column-default', ...place, from: column.default ?? null, to: to === '' ? null : to });
    } else if (subtype === 'N' || subtype === 'O') allowNull(relation, column, subtype === 'N', state);
    else if (subtype !== 'V') state.unknown(`which values ${place.relation}.${place.column} may have changes with the ${subtype === 'X' ? 'dropped' : 'added'} constraint ${name ?? ''} of the domain ${key}`.replace('  ', ' '));
  }
  if (subtype === 'N' || subtype === 'O') type.required = subtype === 'O';
  if (using.length === 0) state.harmless('', `the domain ${key}, which no column has`);
}

function columnsOf(domain: string, state: DdlState): { relation: Relation; column: Column }[] {
  const isOf = (column: Column): boolean => (column.domain ?? (column.baseType === undefined ? '' : column.type)) === domain;
  return state.catalog.relations.filter(({ kind }) => kind !== 'view').flatMap((relation) => relation.columns.filter(isOf).map((column) => ({ relation, column })));
}

function createExtension({ extname = '', options, if_not_exists }: CreateExtensionStmt, state: DdlState): void {
  if (state.catalog.extensions.some(({ name }) => name === extname)) return state.exists(`the extension ${extname}`, if_not_exists ?? false);
  const given = new Map((options ?? []).flatMap((node) => ('DefElem' in node ? [[node.DefElem.defname ?? '', text(node.DefElem.arg)] as const] : [])));
  state.catalog.extensions.push({ name: extname, version: given.get('new_version') ?? '', schema: given.get('schema') ?? state.path[0] ?? '' });
  state.harmless('', `extension ${extname}`);
}
