import type { CopyStatement, Query, SqlStatement, TableReference } from '../../../model/syntax-tree.js';
import { type Context, doubt } from './context.js';
import { lowerCreateTable, lowerCreateView } from './definition.js';
import { lowerDelete, lowerInsert, lowerMerge, lowerUpdate } from './modification.js';
import { ident, NO_ALIAS, tableReference } from './names.js';
import { flag, isRecord, items, list, member, text, variant } from './node.js';
import { queryStatement } from './query.js';
import { intoName } from './select.js';

type Lower = (content: unknown, at: Context) => SqlStatement[];

const STATEMENTS: Record<string, Lower> = {
  Query: (content, at) => [lowerQueryStatement(content, at)],
  Insert: lowerInsert,
  Update: (content, at) => [lowerUpdate(content, at)],
  Delete: (content, at) => [lowerDelete(content, at)],
  Merge: (content, at) => [lowerMerge(content, at)],
  CreateTable: (content, at) => [lowerCreateTable(content, at)],
  CreateView: (content, at) => [lowerCreateView(content, at)],
  Copy: (content, at) => [lowerCopy(content, at)],
  CopyIntoSnowflake: (content, at) => [lowerCopyInto(content, at)],
  Unload: (content, at) => [lowerUnload(content, at)],
  ExportData: (content, at) => [copyOf('to', null, at.query(member(content, 'query')))],
  Directory: (content, at) => [copyOf('to', null, at.query(member(content, 'source')))],
  Explain: (content, at) => [carrying('explain', content, at)],
  Prepare: (content, at) => [carrying('prepare', content, at)],
  Declare: lowerDeclare,
};

/** Lowers one statement; control flow of T-SQL and scripts becomes the statements in it. */
export function lowerStatement(node: unknown, at: Context): SqlStatement[] {
  const { tag, content } = variant(node);
  const lower = STATEMENTS[tag];
  if (lower) return lower(content, at);
  const inner = blocks(content);
  if (inner.length > 0) return inner.flatMap((statement) => at.statements(statement));
  const name = verb(tag, content);
  return [{ type: 'utility', verb: name, inner: null, relations: RELATION_VERBS.test(name) ? relations(content, at) : [] }];
}

function lowerQueryStatement(content: unknown, at: Context): SqlStatement {
  const statement = queryStatement(content, at);
  const into = intoName(member(content, 'body'));
  if (into === undefined || statement.type !== 'query_statement') return statement;
  return { type: 'create', object: 'table', target: tableReference(into, NO_ALIAS, at), columns: [], query: statement.query };
}

function copyOf(direction: CopyStatement['direction'], table: TableReference | null, query: Query | null, columns: string[] = []): CopyStatement {
  return { type: 'copy', direction, table, columns, query };
}

function lowerCopy(content: unknown, at: Context): SqlStatement {
  const direction = flag(content, 'to') ? 'to' : 'from';
  const { tag, content: source } = variant(member(content, 'source'));
  if (tag === 'Query') return copyOf(direction, null, at.query(source));
  const columns = list(source, 'columns').map((column) => ident(column, at));
  return copyOf(direction, tableReference(member(source, 'table_name'), NO_ALIAS, at), null, columns);
}

/** Snowflake's COPY INTO reads a stage into a table, or writes a table or a query to one. */
function lowerCopyInto(content: unknown, at: Context): SqlStatement {
  const columns = list(content, 'into_columns').map((column) => ident(column, at));
  // A target in quotes of a text is a place outside: 's3://…', 'gcs://…', 'azure://…'.
  if (member(content, 'kind') === 'Table' && !isQuotedText(member(content, 'into'))) return copyOf('from', tableReference(member(content, 'into'), NO_ALIAS, at), null, columns);
  const query = member(content, 'from_query');
  if (isRecord(query)) return copyOf('to', null, at.query(query));
  return copyOf('to', tableReference(member(content, 'from_obj'), NO_ALIAS, at), null);
}

function isQuotedText(name: unknown): boolean {
  const [first] = items(name);
  return member(member(first, 'Identifier'), 'quote_style') === "'";
}

/** Redshift's UNLOAD has its query in a literal. */
function lowerUnload(content: unknown, at: Context): SqlStatement {
  const query = member(content, 'query');
  if (isRecord(query)) return copyOf('to', null, at.query(query));
  const [inner] = at.inner(text(member(content, 'query_text')) ?? '', null) ?? [];
  if (inner?.type === 'query_statement') return copyOf('to', null, inner.query);
  doubt('the query of UNLOAD could not be read', { start: 0, end: 0 }, at);
  return { type: 'utility', verb: 'unload', inner: null, relations: [] };
}

function carrying(name: string, content: unknown, at: Context): SqlStatement {
  const [inner] = at.statements(member(content, 'statement'));
  return { type: 'utility', verb: name, inner: inner ?? null, relations: [] };
}

/** DECLARE CURSOR is a query; variables are a utility, with the queries that they start from. */
function lowerDeclare(content: unknown, at: Context): SqlStatement[] {
  const queries = list(content, 'stmts').flatMap((declared): SqlStatement[] => {
    const query = member(declared, 'for_query');
    return isRecord(query) ? [{ type: 'query_statement', form: 'cursor', query: at.query(query) }] : [];
  });
  return queries.length > 0 ? queries : [{ type: 'utility', verb: 'declare', inner: null, relations: [] }];
}

/** The statements inside IF, WHILE, CASE, BEGIN … END and procedures. */
function blocks(content: unknown): unknown[] {
  if (Array.isArray(content)) return items(content).flatMap(blocks);
  if (!isRecord(content)) return [];
  return Object.entries(content).flatMap(([key, value]) => (key === 'statements' ? [...items(value)] : blocks(value)));
}

const VERBS: Record<string, string> = { StartTransaction: 'start', Analyze: 'vacuum', CreateVirtualTable: 'create_table', ExplainTable: 'describe' };

/** As the PostgreSQL front end writes it: `alter_table`, `drop`, `set`. */
function verb(tag: string, content: unknown): string {
  if (tag === 'StartTransaction' && flag(content, 'begin')) return 'begin';
  return VERBS[tag] ?? tag.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Where utility statements keep the names of relations. */
const RELATION_KEYS = ['name', 'names', 'table_name', 'table_names', 'table'];
const RELATION_VERBS = /^(create_table|alter_table|alter_view|drop|truncate|vacuum|optimize_table|cache|uncache|describe|grant|revoke|deny|create_index|create_trigger|comment|refresh|lock|lock_tables|msck|show_columns|show_create)/;
const OTHER_OBJECTS: ReadonlySet<string> = new Set(['Schema', 'Database', 'Role', 'User', 'Sequence', 'Stage', 'Type', 'Stream', 'Index']);

function relations(content: unknown, at: Context): TableReference[] {
  if (!isRecord(content)) return [];
  if (OTHER_OBJECTS.has(text(member(content, 'object_type')) ?? '')) return [];
  const objects = variant(member(content, 'objects'));
  const granted = objects.tag === 'Tables' ? [objects.content] : [];
  const named = RELATION_KEYS.map((key) => content[key]);
  return [...named, ...granted].flatMap((value) => names(value)).map((name) => tableReference(name, NO_ALIAS, at));
}

/** Dotted names: one, a list of them, or of objects that have one. */
function names(value: unknown): unknown[] {
  if (!Array.isArray(value)) return isRecord(value) ? names(member(value, 'name')) : [];
  const [first] = value;
  if (isRecord(first) && 'Identifier' in first) return [value];
  return value.flatMap(names);
}
