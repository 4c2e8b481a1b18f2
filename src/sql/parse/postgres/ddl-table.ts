import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint as ConstraintNode, CreateStmt, IndexStmt, Node, RangeVar } from '@pgsql/types';
import type { Column, Constraint, Relation } from '../../../model/catalog.js';
import { Scanner, Token } from '../../lexer.js';
import { relationKey } from '../../schema-index.js';
import { type DdlState, type Name, newRelation } from './ddl-state.js';
import { text, texts } from './nodes.js';
import type { Positions } from './positions.js';

/** Tables, their columns, keys and indexes. */

/** One statement with its text, to which the locations of its nodes refer. */
export interface Source {
  text: string;
  positions: Positions;
}

/** Bits of LIKE … INCLUDING (`TableLikeOption` in src/include/nodes/parsenodes.h, 18). */
const LIKE_COMMENTS = 1 << 0;
const LIKE_INDEXES = 1 << 6;

export function createTable(create: CreateStmt, kind: Relation['kind'], state: DdlState, source: Source): void {
  const name = state.newName(create.relation?.schemaname, create.relation?.relname);
  if (create.if_not_exists && state.index().get(relationKey(name))) return;
  const parents = (create.inhRelations ?? []).flatMap((node) => ('RangeVar' in node ? [node.RangeVar] : [])).flatMap((parent) => state.find(parent) ?? []);
  const isPartition = create.partbound !== undefined;
  const table = newRelation(name, create.partspec ? 'partitioned_table' : isPartition && kind === 'table' ? 'partition' : kind, [], null);
  table.partitionOf = isPartition && parents[0] ? relationKey(parents[0]) : null;
  table.options = optionTexts(create.options);
  for (const column of parents.flatMap(({ columns }) => columns)) mergeColumn(table, { ...column });
  if (create.ofTypename) {
    const type = state.findType(texts(create.ofTypename.names));
    if (type?.kind === 'composite') table.columns.push(...type.columns.map((column) => ({ ...column })));
  }
  state.add(table);
  for (const element of create.tableElts ?? []) {
    if ('ColumnDef' in element) mergeColumn(table, columnOf(element.ColumnDef, table, state, source));
    if ('TableLikeClause' in element) copyColumns(element.TableLikeClause.relation, element.TableLikeClause.options ?? 0, table, state);
    if ('Constraint' in element) addConstraint(table, element.Constraint, [], state, source);
  }
  markKeyColumns(table, state);
}

/** Storage options as the server writes them, e.g. `security_invoker=true`. */
export function optionTexts(options: Node[] | undefined): string[] {
  return (options ?? [])
    .flatMap((node) => ('DefElem' in node ? [`${node.DefElem.defname ?? ''}=${optionValue(node.DefElem.arg)}`] : []))
    .sort();
}

function optionValue(node: Node | undefined): string {
  if (!node) return 'true';
  if ('Integer' in node) return String(node.Integer.ival ?? 0);
  if ('Float' in node) return node.Float.fval ?? '';
  if ('TypeName' in node) return texts(node.TypeName.names).at(-1) ?? '';
  return text(node);
}

/** A column that a parent has too is one column. */
function mergeColumn(table: Relation, column: Column): void {
  const at = table.columns.findIndex(({ name }) => name === column.name);
  const known = table.columns[at];
  if (known) table.columns[at] = { ...column, type: column.type || known.type, nullable: column.nullable && known.nullable };
  else table.columns.push(column);
}

function copyColumns(from: RangeVar | undefined, options: number, table: Relation, state: DdlState): void {
  const source = from ? state.find(from) : null;
  if (!source) return;
  for (const column of source.columns) mergeColumn(table, { ...column, comment: options & LIKE_COMMENTS ? column.comment : null, label: null });
  if (!(options & LIKE_INDEXES)) return;
  const own = { schema: table.schema, relation: table.name };
  for (const key of state.constraintsOf(source)) {
    if (key.kind === 'primary_key' || key.kind === 'unique') state.catalog.constraints.push({ ...key, ...own, name: key.name.replace(source.name, table.name) });
  }
  for (const index of state.catalog.indexes.filter(({ schema, relation }) => schema === source.schema && relation === source.name)) {
    state.catalog.indexes.push({ ...index, ...own, name: index.name.replace(source.name, table.name) });
  }
}

export function columnOf(definition: ColumnDef, table: Name, state: DdlState, source: Source): Column {
  const name = definition.colname ?? '';
  const constraints = (definition.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  for (const constraint of constraints) addConstraint(table, constraint, [name], state, source);
  // Serial types are integers with a default, and never null; an identity column neither.
  const serial = SERIAL_TYPES[texts(definition.typeName?.names).at(-1) ?? ''];
  const required = definition.is_not_null || state.isRequired(definition.typeName) || serial !== undefined || constraints.some(({ contype }) => NOT_NULL.has(contype ?? ''));
  const type = serial ?? (definition.typeName ? state.typeText(definition.typeName) : '');
  const fields = state.fields(definition.typeName);
  return { name, type, nullable: !required, comment: null, label: null, enumValues: state.enumValues(definition.typeName), ...(fields === null ? {} : { fields }) };
}

const NOT_NULL = new Set(['CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_IDENTITY']);
const SERIAL_TYPES: Record<string, string> = { serial: 'integer', serial4: 'integer', bigserial: 'bigint', serial8: 'bigint', smallserial: 'smallint', serial2: 'smallint' };

const CONSTRAINT_KINDS: Record<string, Constraint['kind']> = {
  CONSTR_PRIMARY: 'primary_key', CONSTR_UNIQUE: 'unique', CONSTR_FOREIGN: 'foreign_key', CONSTR_CHECK: 'check', CONSTR_NOTNULL: 'not_null', CONSTR_EXCLUSION: 'exclusion',
};

export function addConstraint(table: Name, node: ConstraintNode, own: string[], state: DdlState, source: Source): void {
  const kind = CONSTRAINT_KINDS[node.contype ?? ''];
  if (!kind) return;
  const columns = constrainedColumns(node, kind, own, state);
  const suffix = { primary_key: 'pkey', unique: `${columns.join('_')}_key`, foreign_key: `${columns.join('_')}_fkey`, check: 'check', not_null: `${columns.join('_')}_not_null`, exclusion: 'excl' }[kind];
  state.catalog.constraints.push({
    schema: table.schema,
    relation: table.name,
    name: node.conname ?? `${table.name}_${suffix}`,
    kind,
    columns,
    expression: kind === 'check' ? textInParentheses(source, node.location ?? 0) : null,
    references: node.pktable ? referenced(node.pktable, texts(node.pk_attrs), state) : null,
    validated: !node.skip_validation,
    enforced: node.is_enforced ?? kind !== 'check',
  });
}

function constrainedColumns(node: ConstraintNode, kind: Constraint['kind'], own: string[], state: DdlState): string[] {
  if (own.length > 0) return own;
  if (kind === 'foreign_key') return texts(node.fk_attrs);
  // ADD PRIMARY KEY USING INDEX.
  const index = node.indexname === undefined ? undefined : state.catalog.indexes.find(({ name }) => name === node.indexname);
  if (index) return index.columns.flatMap((column) => column ?? []);
  return texts(node.keys);
}

function referenced(table: RangeVar, columns: string[], state: DdlState): Constraint['references'] {
  const found = state.find(table, true);
  const name = found ?? state.newName(table.schemaname, table.relname);
  const key = found && columns.length === 0 ? state.constraintsOf(found).find(({ kind }) => kind === 'primary_key') : undefined;
  return { schema: name.schema, relation: name.name, columns: key?.columns ?? columns };
}

/** Columns of a primary key are never null. */
function markKeyColumns(table: Relation, state: DdlState): void {
  const primary = state.constraintsOf(table).find(({ kind }) => kind === 'primary_key');
  for (const column of table.columns) if (primary?.columns.includes(column.name)) column.nullable = false;
}

/** The text between the next parentheses: the parser keeps only where a constraint begins. */
function textInParentheses({ text: whole, positions }: Source, location_bytes: number): string {
  const scanner = new Scanner(whole, { backticks: false });
  scanner.position = positions.toUtf16(location_bytes);
  let depth = 0;
  let from = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind !== Token.Punctuation) continue;
    const character = whole.charAt(scanner.start);
    if (character === '(' && depth++ === 0) from = scanner.end;
    if (character === ')' && --depth === 0) return whole.slice(from, scanner.start).trim();
  }
  return '';
}

export function createIndex(node: IndexStmt, state: DdlState): void {
  const table = node.relation ? state.find(node.relation) : null;
  if (!table) return;
  const columns = (node.indexParams ?? []).map((item) => ('IndexElem' in item ? (item.IndexElem.name ?? null) : null));
  state.catalog.indexes.push({
    schema: table.schema, relation: table.name, name: node.idxname ?? `${table.name}_${columns.map((column) => column ?? 'expr').join('_')}_idx`, columns,
    unique: node.unique ?? false, primary: node.primary ?? false, predicate: node.whereClause ? 'partial' : null, valid: true, scans: null, size_bytes: null,
  });
}

export function alterTable(node: AlterTableStmt, state: DdlState, source: Source): void {
  const commands = (node.cmds ?? []).flatMap((command) => ('AlterTableCmd' in command ? [command.AlterTableCmd] : []));
  if (node.objtype === 'OBJECT_TYPE') {
    alterType(node.relation, commands, state, source);
    return;
  }
  if (node.objtype === 'OBJECT_INDEX' || node.objtype === 'OBJECT_SEQUENCE' || !node.relation) return;
  const table = state.find(node.relation, node.missing_ok ?? false);
  if (!table) return;
  for (const command of commands) alterRelation(table, command, state, source);
  state.changed();
}

function alterRelation(table: Relation, command: AlterTableCmd, state: DdlState, source: Source): void {
  const { name = '', def } = command;
  const all = [table, ...state.partitions(table)];
  const column = table.columns.find((candidate) => candidate.name === name);
  switch (command.subtype) {
    case 'AT_AddColumn': {
      if (!def || !('ColumnDef' in def)) return;
      const added = columnOf(def.ColumnDef, table, state, source);
      for (const each of all) mergeColumn(each, { ...added });
      return;
    }
    case 'AT_DropColumn':
      for (const each of all) dropColumn(each, name, state);
      return;
    case 'AT_AlterColumnType':
      if (column && def && 'ColumnDef' in def) {
        const changed = { type: state.typeText(def.ColumnDef.typeName), enumValues: state.enumValues(def.ColumnDef.typeName) };
        for (const each of all) Object.assign(each.columns.find((candidate) => candidate.name === name) ?? {}, changed);
      }
      return;
    case 'AT_SetNotNull':
    case 'AT_DropNotNull':
      if (column) column.nullable = command.subtype === 'AT_DropNotNull';
      return;
    case 'AT_AddConstraint':
      if (def && 'Constraint' in def) addConstraint(table, def.Constraint, [], state, source);
      return markKeyColumns(table, state);
    case 'AT_DropConstraint':
      state.catalog.constraints = state.catalog.constraints.filter((item) => item.name !== name || item.schema !== table.schema || item.relation !== table.name);
      return;
    case 'AT_AttachPartition':
    case 'AT_DetachPartition':
      return attach(table, command, state);
    case 'AT_EnableRowSecurity':
    case 'AT_DisableRowSecurity':
      table.rowSecurity = command.subtype === 'AT_EnableRowSecurity';
      return;
    case 'AT_ForceRowSecurity':
    case 'AT_NoForceRowSecurity':
      table.rowSecurityForced = command.subtype === 'AT_ForceRowSecurity';
      return;
    case 'AT_ChangeOwner':
      table.owner = command.newowner?.rolename ?? table.owner;
  }
}

function attach(table: Relation, { def, subtype }: AlterTableCmd, state: DdlState): void {
  const named = def && 'PartitionCmd' in def ? def.PartitionCmd.name : undefined;
  const part = named ? state.find(named) : null;
  if (!part) return;
  const attached = subtype === 'AT_AttachPartition';
  part.partitionOf = attached ? relationKey(table) : null;
  if (part.kind === 'table' || part.kind === 'partition') part.kind = attached ? 'partition' : 'table';
}

/** With a column go the constraints and indexes over it. */
function dropColumn(table: Relation, name: string, state: DdlState): void {
  const keeps = (item: { schema: string; relation: string; columns: (string | null)[] }): boolean =>
    item.schema !== table.schema || item.relation !== table.name || !item.columns.includes(name);
  table.columns = table.columns.filter((column) => column.name !== name);
  state.catalog.constraints = state.catalog.constraints.filter(keeps);
  state.catalog.indexes = state.catalog.indexes.filter(keeps);
}

/** ALTER TYPE … ADD ATTRIBUTE and its kin. */
function alterType(named: RangeVar | undefined, commands: AlterTableCmd[], state: DdlState, source: Source): void {
  const type = state.findType([...(named?.schemaname === undefined ? [] : [named.schemaname]), named?.relname ?? '']);
  if (type?.kind !== 'composite') return;
  for (const { subtype, name, def } of commands) {
    if (subtype === 'AT_DropColumn') type.columns = type.columns.filter((column) => column.name !== name);
    if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) type.columns.push(columnOf(def.ColumnDef, type, state, source));
  }
}
