import type { AlterTableCmd, AlterTableStmt, RangeVar } from '@pgsql/types';
import type { Column, Constraint, Relation } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import { addConstraint, allowNull, markKeyColumns, removeConstraint, requireValue } from './ddl-constraint.js';
import { dropColumn } from './ddl-drop.js';
import type { DdlState } from './ddl-state.js';
import { columnOf, defaultOf, inheritConstraints, mergeColumn, optionTexts, typedAs } from './ddl-table.js';
import { defaultText, type Source, usingText } from './ddl-text.js';
import { readersOf } from './ddl-readers.js';
import { changeLists, noteLists } from './ddl-values.js';

/** ALTER TABLE and what is written like it. */

export function alterTable(node: AlterTableStmt, state: DdlState, source: Source): void {
  const commands = (node.cmds ?? []).flatMap((command) => ('AlterTableCmd' in command ? [command.AlterTableCmd] : []));
  if (node.objtype === 'OBJECT_TYPE') {
    alterType(node.relation, commands, state, source);
    return;
  }
  if (node.objtype === 'OBJECT_INDEX' || node.objtype === 'OBJECT_SEQUENCE' || !node.relation) return state.harmless('', 'an index or a sequence');
  const table = state.find(node.relation, node.missing_ok ?? false);
  if (!table) return;
  for (const command of commands) alterRelation(table, command, state, source);
  state.changed();
}

function alterRelation(table: Relation, command: AlterTableCmd, state: DdlState, source: Source): void {
  const { name = '', subtype = '' } = command;
  if (ON_COLUMNS.has(subtype)) {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column) return alterColumn(table, column, command, state, source);
    if (!command.missing_ok) state.unknown(`the catalogue has no column ${relationKey(table)}.${name}: its effect is not known`);
    return;
  }
  switch (subtype) {
    case 'AT_AddColumn':
      return addColumn(table, command, state, source);
    case 'AT_AddConstraint':
      return addTo(table, command, state, source);
    case 'AT_DropConstraint':
      return dropConstraint(table, command, state);
    case 'AT_ValidateConstraint':
    case 'AT_AlterConstraint':
      return changeConstraint(table, command, state);
    case 'AT_AttachPartition':
    case 'AT_DetachPartition':
      return attach(table, command, state);
    case 'AT_EnableRowSecurity':
    case 'AT_DisableRowSecurity':
    case 'AT_ForceRowSecurity':
    case 'AT_NoForceRowSecurity':
      return setRowSecurity(table, subtype, state);
    case 'AT_ChangeOwner':
      table.owner = command.newowner?.rolename ?? table.owner;
      return state.harmless(relationKey(table), 'owner');
    default:
      return alterOther(table, command, state);
  }
}

const ON_COLUMNS = new Set(['AT_DropColumn', 'AT_AlterColumnType', 'AT_ColumnDefault', 'AT_SetNotNull', 'AT_DropNotNull', 'AT_SetExpression', 'AT_DropExpression', 'AT_AddIdentity', 'AT_DropIdentity', 'AT_SetIdentity']);

function addColumn(table: Relation, { def, missing_ok }: AlterTableCmd, state: DdlState, source: Source): void {
  if (!def || !('ColumnDef' in def)) return;
  const name = def.ColumnDef.colname ?? '';
  if (state.recorder !== null && table.columns.some((column) => column.name === name)) return state.exists(`${relationKey(table)}.${name}`, missing_ok ?? false);
  const { column, constraints } = state.quietly(() => {
    const before = new Set(state.catalog.constraints);
    const added = columnOf(def.ColumnDef, table, state, source);
    for (const each of [table, ...state.partitions(table)]) mergeColumn(each, { ...added });
    markKeyColumns(table, state);
    return { column: table.columns.find((candidate) => candidate.name === name) ?? added, constraints: state.catalog.constraints.filter((constraint) => !before.has(constraint)) };
  });
  for (const each of state.recorder === null ? [] : constraints) {
    // The name was made before the column was there.
    if (each.kind === 'check' && each.columns.length === 0) each.columns = [name];
  }
  for (const part of state.partitions(table)) inheritConstraints(table, part, state);
  const hasDefault = column.default !== undefined || column.generated !== undefined;
  state.emit({ kind: 'column-added', relation: relationKey(table), column: name, type: column.type, nullable: column.nullable, hasDefault });
  for (const constraint of constraints) if (constraint.kind !== 'not_null') state.emit({ kind: 'constraint-added', relation: relationKey(table), constraint });
}

function alterColumn(table: Relation, column: Column, command: AlterTableCmd, state: DdlState, source: Source): void {
  const { def, subtype } = command;
  const all = [table, ...state.partitions(table)];
  const same = all.flatMap((each) => each.columns.filter(({ name }) => name === column.name).map((own) => ({ each, own })));
  const relation = relationKey(table);
  switch (subtype) {
    case 'AT_DropColumn':
      return dropColumn(table, column, command.behavior === 'DROP_CASCADE', state);
    case 'AT_AlterColumnType':
      if (def && 'ColumnDef' in def) changeType(table, column, same.map(({ own }) => own), command, state, source);
      return;
    case 'AT_SetNotNull':
      for (const { each } of state.recorder === null ? [{ each: table }] : same) {
        const parents = each === table ? undefined : state.constraintsOf(table).find(({ kind, columns }) => kind === 'not_null' && columns[0] === column.name);
        requireValue(each, column.name, state, parents?.name);
      }
      return;
    case 'AT_DropNotNull': {
      const named = new Set(same.map(({ each }) => relationKey(each)));
      state.catalog.constraints = state.catalog.constraints.filter((item) => item.kind !== 'not_null' || item.columns[0] !== column.name || !named.has(relationKey({ schema: item.schema, name: item.relation })));
      for (const { each, own } of state.recorder === null ? [{ each: table, own: column }] : same) allowNull(each, own, true, state);
      return;
    }
    default:
      if (state.recorder !== null) changeValue(relation, column, same.map(({ own }) => own), command, state, source);
  }
}

/** DEFAULT, GENERATED and IDENTITY. */
function changeValue(relation: string, column: Column, all: readonly Column[], { subtype, def }: AlterTableCmd, state: DdlState, source: Source): void {
  const from = column.default ?? null;
  const before = column.generated ?? null;
  for (const own of all) {
    if (subtype === 'AT_ColumnDefault') {
      delete own.default;
      Object.assign(own, defaultOf(defaultText(def, source)));
    }
    if (subtype === 'AT_AddIdentity') own.default = 'identity';
    if (subtype === 'AT_DropIdentity') delete own.default;
    if (subtype === 'AT_DropExpression') delete own.generated;
    if (subtype === 'AT_SetExpression') own.generated = expressionBehindAs(source);
  }
  if (subtype === 'AT_SetIdentity') return state.harmless(relation, `identity of ${column.name}`);
  if (subtype === 'AT_DropExpression' || subtype === 'AT_SetExpression') state.emit({ kind: 'column-generated', relation, column: column.name, from: before, to: column.generated ?? null });
  else state.emit({ kind: 'column-default', relation, column: column.name, from, to: column.default ?? null });
}

function expressionBehindAs({ text }: Source): string {
  return /\bset\s+expression\s+as\s*\(([\s\S]*)\)\s*$/i.exec(text)?.[1]?.trim() ?? '';
}

function changeType(table: Relation, column: Column, all: readonly Column[], { def }: AlterTableCmd, state: DdlState, source: Source): void {
  if (!def || !('ColumnDef' in def)) return;
  const { typeName, raw_default } = def.ColumnDef;
  const before = { type: column.domain ?? column.type, values: column.enumValues };
  if (state.recorder === null) {
    for (const own of all) Object.assign(own, { type: state.typeText(typeName), enumValues: state.enumValues(typeName) });
    return;
  }
  const changed = typedAs(typeName, state);
  const relation = relationKey(table);
  for (const own of all) {
    delete own.domain;
    delete own.baseType;
    delete own.fields;
    Object.assign(own, changed);
  }
  const [reader] = readersOf(state, table, column.name);
  if (reader) state.unknown(`fails: the view ${relationKey(reader)} reads ${relation}.${column.name}, and PostgreSQL changes no type of a column that a view reads; drop the view before and make it again after`);
  state.emit({ kind: 'column-type', relation, column: column.name, from: before.type, to: changed.domain ?? changed.type, using: usingText(raw_default, source) });
  if (before.values && changed.enumValues) changeLists(relation, column.name, before.values, changed.enumValues, `the type ${changed.type}`, state);
}

function addTo(table: Relation, { def }: AlterTableCmd, state: DdlState, source: Source): void {
  if (!def || !('Constraint' in def)) return;
  const added = addConstraint(table, def.Constraint, [], state, source);
  markKeyColumns(table, state);
  if (state.recorder === null || !added) return;
  for (const part of state.partitions(table)) state.quietly(() => inheritConstraints(table, part, state));
  if (added.kind === 'check') noteLists(added, state);
}

function dropConstraint(table: Relation, { name = '', missing_ok, behavior }: AlterTableCmd, state: DdlState): void {
  const constraint = state.constraintsOf(table).find((item) => item.name === name);
  if (!constraint) {
    if (!missing_ok) state.unknown(`the catalogue has no constraint ${name} on ${relationKey(table)}: what it demanded is not known`);
    return;
  }
  const resting = state.recorder === null ? [] : referencesTo(table, constraint.columns, state);
  if (constraint.kind === 'primary_key' || constraint.kind === 'unique') {
    for (const reference of resting) {
      if (behavior === 'DROP_CASCADE') removeConstraint(reference, state);
      else state.unknown(`fails: the foreign key ${reference.name} of ${reference.schema}.${reference.relation} rests on ${name}; drop it before, or use CASCADE`);
    }
  }
  const parts = state.recorder === null ? [] : state.partitions(table);
  removeConstraint(constraint, state);
  for (const part of parts) {
    const copies = state.constraintsOf(part).filter(({ kind, columns, name: own }) => kind === constraint.kind && columns.join() === constraint.columns.join() && (kind !== 'check' || own === name));
    for (const copy of copies) state.quietly(() => removeConstraint(copy, state));
  }
}

/** The foreign keys that refer to exactly these columns. */
function referencesTo({ schema, name }: Relation, columns: readonly string[], state: DdlState): Constraint[] {
  return state.catalog.constraints.filter(({ references }) => references?.schema === schema && references.relation === name && references.columns.join() === columns.join());
}

function changeConstraint(table: Relation, { name, def, subtype }: AlterTableCmd, state: DdlState): void {
  if (state.recorder === null) return;
  const altered = def && 'ATAlterConstraint' in def ? def.ATAlterConstraint : null;
  const wanted = name ?? altered?.conname ?? '';
  const constraint = state.constraintsOf(table).find((item) => item.name === wanted);
  if (!constraint) return state.unknown(`the catalogue has no constraint ${wanted} on ${relationKey(table)}`);
  if (subtype === 'AT_ValidateConstraint') {
    if (constraint.validated) return state.harmless(relationKey(table), `${wanted} is valid already`);
    constraint.validated = true;
    return state.emit({ kind: 'constraint-validated', relation: relationKey(table), constraint: { ...constraint } });
  }
  if (!altered?.alterEnforceability) return state.harmless(relationKey(table), `when ${wanted} is checked`);
  constraint.enforced = altered.is_enforced ?? false;
  constraint.validated = constraint.enforced;
  state.emit({ kind: constraint.enforced ? 'constraint-added' : 'constraint-dropped', relation: relationKey(table), constraint: { ...constraint } });
}

function attach(table: Relation, { def, subtype }: AlterTableCmd, state: DdlState): void {
  const named = def && 'PartitionCmd' in def ? def.PartitionCmd.name : undefined;
  const part = named ? state.find(named) : null;
  if (!part) return;
  const attached = subtype === 'AT_AttachPartition';
  part.partitionOf = attached ? relationKey(table) : null;
  if (part.kind === 'table' || part.kind === 'partition') part.kind = attached ? 'partition' : 'table';
  if (attached) state.quietly(() => inheritConstraints(table, part, state));
  state.emit({ kind: 'rows-changed', relation: relationKey(table), columns: [], verb: attached ? 'insert' : 'delete', condition: `rows of ${relationKey(part)}` });
}

function setRowSecurity(table: Relation, subtype: string, state: DdlState): void {
  if (subtype === 'AT_EnableRowSecurity' || subtype === 'AT_DisableRowSecurity') table.rowSecurity = subtype === 'AT_EnableRowSecurity';
  else table.rowSecurityForced = subtype === 'AT_ForceRowSecurity';
  state.emit({ kind: 'row-security-changed', relation: relationKey(table), enabled: table.rowSecurity, forced: table.rowSecurityForced });
}

/** Storage options are of no account, but for those by which a view reads with other rights. */
function alterOther(table: Relation, { subtype: written, def, name }: AlterTableCmd, state: DdlState): void {
  const subtype: string = written ?? '';
  const relation = relationKey(table);
  if (state.recorder === null) return;
  if (subtype === 'AT_SetRelOptions' || subtype === 'AT_ResetRelOptions') {
    const options = optionTexts(def && 'List' in def ? (def.List.items ?? []) : []);
    const named = new Set(options.map((option) => option.replace(/=.*$/, '')));
    table.options = [...table.options.filter((option) => !named.has(option.replace(/=.*$/, ''))), ...(subtype === 'AT_SetRelOptions' ? options : [])].sort();
    if (named.has('security_invoker')) state.unknown(`${relation} now reads ${subtype === 'AT_SetRelOptions' && !options.includes('security_invoker=false') ? 'with the rights of who asks' : 'with the rights of its owner'}: which rows are seen may change`);
    return state.harmless(relation, `options ${[...named].join(', ')}`);
  }
  if (/^AT_Disable(?:Trig|Rule)/.test(subtype)) return state.unknown(`triggers or rules of ${relation} are turned off${name ? ` (${name})` : ''}: what they kept right is not kept any more`);
  if (subtype === 'AT_AddInherit' || subtype === 'AT_DropInherit') return state.unknown(`the parents of ${relation} change, so that other rows are read through them`);
  state.harmless(relation, subtype.replace(/^AT_/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase());
}

/** ALTER TYPE … ADD ATTRIBUTE and its kin. */
function alterType(named: RangeVar | undefined, commands: AlterTableCmd[], state: DdlState, source: Source): void {
  const type = state.findType([...(named?.schemaname === undefined ? [] : [named.schemaname]), named?.relname ?? '']);
  if (type?.kind !== 'composite') return state.unknown(`the catalogue does not tell of which fields the type ${named?.relname ?? ''} is made`);
  for (const { subtype, name, def } of commands) {
    if (subtype === 'AT_DropColumn') type.columns = type.columns.filter((column) => column.name !== name);
    if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) type.columns.push(columnOf(def.ColumnDef, type, state, source));
  }
  state.unknown(`the fields of the type ${relationKey(type)} change: who reads them is not followed`);
}
