import type { Constraint, CopyStmt, CreateStmt, CreateTableAsStmt, InsertStmt, MergeStmt, Node, RangeVar, UpdateStmt, ViewStmt } from '@pgsql/types';
import type { Assignment, Expression, MergeStatement, Query, SqlStatement, TableDefinition, TableReference } from '../../../model/syntax-tree.js';
import { expressions, lowerExpression, optionalExpression } from './expression.js';
import { texts, typeText } from './nodes.js';
import type { Positions } from './positions.js';
import { lowerCommonTables, lowerFrom, lowerFromItem, lowerProjections, lowerQuery, lowerTable } from './query.js';

export function lowerStatement(node: Node, at: Positions): SqlStatement {
  if ('SelectStmt' in node) {
    const query = lowerQuery(node.SelectStmt, at);
    const into = node.SelectStmt.intoClause?.rel;
    if (into) return { type: 'create', object: 'table', target: lowerTable(into, at), columns: [], query };
    return { type: 'query_statement', form: 'select', query };
  }
  if ('InsertStmt' in node) return lowerInsert(node.InsertStmt, at);
  if ('UpdateStmt' in node) return lowerUpdate(node.UpdateStmt, at);
  if ('DeleteStmt' in node) {
    return {
      type: 'delete',
      ctes: lowerCommonTables(node.DeleteStmt.withClause, at),
      target: target(node.DeleteStmt.relation, at),
      from: lowerFrom(node.DeleteStmt.usingClause, at),
      where: optionalExpression(node.DeleteStmt.whereClause, at),
      returning: lowerProjections(node.DeleteStmt.returningClause?.exprs, at),
    };
  }
  if ('MergeStmt' in node) return lowerMerge(node.MergeStmt, at);
  if ('ViewStmt' in node) return lowerView(node.ViewStmt, at);
  if ('CreateTableAsStmt' in node) return lowerCreateTableAs(node.CreateTableAsStmt, at);
  if ('CreateStmt' in node) return lowerCreateTable(node.CreateStmt, at) ?? lowerUtility(node, at);
  if ('CopyStmt' in node) return lowerCopy(node.CopyStmt, at);
  if ('DeclareCursorStmt' in node) {
    const inner = node.DeclareCursorStmt.query;
    if (inner && 'SelectStmt' in inner) return { type: 'query_statement', form: 'cursor', query: lowerQuery(inner.SelectStmt, at) };
  }
  return lowerUtility(node, at);
}

function target(relation: RangeVar | undefined, at: Positions): TableReference {
  return lowerTable(relation ?? {}, at);
}

function innerQuery(node: Node | undefined, at: Positions): Query | null {
  return node && 'SelectStmt' in node ? lowerQuery(node.SelectStmt, at) : null;
}

function emptyQuery(): Query {
  return { type: 'query', recursive: false, ctes: [], definitions: [], body: { type: 'values', rows: [] }, orderBy: [], limit: null, offset: null, locks: [] };
}

function lowerInsert(insert: InsertStmt, at: Positions): SqlStatement {
  const conflict = insert.onConflictClause;
  return {
    type: 'insert',
    ctes: lowerCommonTables(insert.withClause, at),
    target: target(insert.relation, at),
    columns: (insert.cols ?? []).flatMap((node) => ('ResTarget' in node ? [node.ResTarget.name ?? ''] : [])),
    source: innerQuery(insert.selectStmt, at),
    conflict: conflict
      ? { assignments: lowerAssignments(conflict.targetList, at), where: optionalExpression(conflict.whereClause, at) }
      : null,
    returning: lowerProjections(insert.returningClause?.exprs, at),
  };
}

function lowerUpdate(update: UpdateStmt, at: Positions): SqlStatement {
  return {
    type: 'update',
    ctes: lowerCommonTables(update.withClause, at),
    target: target(update.relation, at),
    assignments: lowerAssignments(update.targetList, at),
    from: lowerFrom(update.fromClause, at),
    where: optionalExpression(update.whereClause, at),
    returning: lowerProjections(update.returningClause?.exprs, at),
  };
}

function lowerAssignments(nodes: Node[] | undefined, at: Positions): Assignment[] {
  let source: Expression | null = null;
  return (nodes ?? []).flatMap((node): Assignment[] => {
    if (!('ResTarget' in node) || !node.ResTarget.val) return [];
    const column = node.ResTarget.name ?? '';
    const value = node.ResTarget.val;
    if (!('MultiAssignRef' in value)) return [{ column, value: lowerExpression(value, at), ordinal: null }];
    // `SET (a, b) = (…)`: the parser repeats the source only at the first column.
    if (value.MultiAssignRef.source) source = lowerExpression(value.MultiAssignRef.source, at);
    return source ? [{ column, value: source, ordinal: value.MultiAssignRef.colno ?? 1 }] : [];
  });
}

function lowerMerge(merge: MergeStmt, at: Positions): SqlStatement {
  const actions: Record<string, 'insert' | 'update' | 'delete' | 'nothing'> = { CMD_INSERT: 'insert', CMD_UPDATE: 'update', CMD_DELETE: 'delete' };
  const clauses: MergeStatement['clauses'] = (merge.mergeWhenClauses ?? []).flatMap((node) => {
    if (!('MergeWhenClause' in node)) return [];
    const clause = node.MergeWhenClause;
    const values = expressions(clause.values, at);
    const inserted = values.map((value, index): Assignment => {
      const named = clause.targetList?.[index];
      return { column: named && 'ResTarget' in named ? (named.ResTarget.name ?? '') : '', value, ordinal: null };
    });
    return [{
      condition: optionalExpression(clause.condition, at),
      action: actions[clause.commandType ?? ''] ?? 'nothing',
      assignments: values.length > 0 ? inserted : lowerAssignments(clause.targetList, at),
    }];
  });
  return {
    type: 'merge',
    ctes: lowerCommonTables(merge.withClause, at),
    target: target(merge.relation, at),
    source: merge.sourceRelation ? lowerFromItem(merge.sourceRelation, at) : { type: 'opaque_table', what: 'MergeStmt', alias: null, columns: [], inputs: [], source: null },
    condition: optionalExpression(merge.joinCondition, at) ?? { type: 'literal', kind: 'boolean', value: 'true', span: { start: 0, end: 0 } },
    clauses,
    returning: lowerProjections(merge.returningClause?.exprs, at),
  };
}

function lowerView(view: ViewStmt, at: Positions): SqlStatement {
  return { type: 'create', object: 'view', target: target(view.view, at), columns: texts(view.aliases), query: innerQuery(view.query, at) ?? emptyQuery() };
}

function lowerCreateTableAs(create: CreateTableAsStmt, at: Positions): SqlStatement {
  const query = innerQuery(create.query, at);
  // CREATE TABLE … AS EXECUTE has no query to look into.
  if (!query) return { type: 'utility', verb: 'create_table_as', inner: null, relations: [target(create.into?.rel, at)] };
  return {
    type: 'create',
    object: create.objtype === 'OBJECT_MATVIEW' ? 'materialized_view' : 'table',
    target: target(create.into?.rel, at),
    columns: texts(create.into?.colNames),
    query,
  };
}

/** Null where the columns are those of another table or of a type. */
function lowerCreateTable(create: CreateStmt, at: Positions): TableDefinition | null {
  const elements = create.tableElts ?? [];
  const defined = elements.flatMap((element) => ('ColumnDef' in element ? [element.ColumnDef] : []));
  if (defined.length === 0 || create.inhRelations || create.ofTypename || elements.some((element) => 'TableLikeClause' in element)) return null;
  const keys = elements.flatMap((element) => ('Constraint' in element ? keysOf(element.Constraint, []) : []));
  keys.push(...defined.flatMap(({ colname, constraints }) => (constraints ?? []).flatMap((node) => ('Constraint' in node ? keysOf(node.Constraint, [colname ?? '']) : []))));
  const primary = new Set(keys.flatMap(({ kind, columns }) => (kind === 'primary_key' ? columns : [])));
  const columns = defined.map(({ colname, typeName, constraints }) => {
    const name = colname ?? '';
    const required = primary.has(name) || (constraints ?? []).some((node) => 'Constraint' in node && node.Constraint.contype === 'CONSTR_NOTNULL');
    return { name, dataType: typeText(typeName), nullable: !required };
  });
  return { type: 'table_definition', target: target(create.relation, at), columns, keys };
}

function keysOf({ contype, keys }: Constraint, own: string[]): TableDefinition['keys'] {
  const columns = own.length > 0 ? own : texts(keys);
  if (contype === 'CONSTR_PRIMARY') return [{ kind: 'primary_key', columns }];
  return contype === 'CONSTR_UNIQUE' ? [{ kind: 'unique', columns }] : [];
}

function lowerCopy(copy: CopyStmt, at: Positions): SqlStatement {
  const inner = copy.query;
  return {
    type: 'copy',
    direction: copy.is_from ? 'from' : 'to',
    table: copy.relation ? lowerTable(copy.relation, at) : null,
    columns: texts(copy.attlist),
    query: innerQuery(inner, at),
  };
}

function lowerUtility(node: Node, at: Positions): SqlStatement {
  const [key, content] = Object.entries(node)[0] ?? ['', undefined];
  return { type: 'utility', verb: verb(node, key), inner: innerStatement(node, at), relations: namedRelations(content).map((relation) => lowerTable(relation, at)) };
}

function verb(node: Node, key: string): string {
  if ('TransactionStmt' in node) return (node.TransactionStmt.kind ?? '').replace('TRANS_STMT_', '').toLowerCase();
  if ('VariableSetStmt' in node) return 'set';
  if ('VariableShowStmt' in node) return 'show';
  return key.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

function innerStatement(node: Node, at: Positions): SqlStatement | null {
  const inner = 'ExplainStmt' in node ? node.ExplainStmt.query : 'PrepareStmt' in node ? node.PrepareStmt.query : undefined;
  return inner ? lowerStatement(inner, at) : null;
}

function isRangeVar(value: object): value is RangeVar {
  return 'relname' in value && typeof value.relname === 'string';
}

/** Relations named anywhere in a utility statement, as the parser writes them: with or without a node around. */
function namedRelations(value: unknown): RangeVar[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isRangeVar(value)) return [value];
  return Object.values(value).flatMap(namedRelations);
}
