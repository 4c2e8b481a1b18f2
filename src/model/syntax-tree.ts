/**
 * The one tree that every SQL front end lowers to. Names are folded as the dialect folds them. Nothing is dropped: what
 * a front end cannot lower becomes an `opaque` node that keeps the columns it mentions.
 */

/** UTF-16 offsets in the statement text; `end` is exclusive, and equals `start` where the parser gives no end. */
export interface Span {
  start: number;
  end: number;
}

export type SqlStatement =
  | QueryStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | MergeStatement
  | CreateStatement
  | TableDefinition
  | CopyStatement
  | UtilityStatement;

export interface QueryStatement {
  type: 'query_statement';
  /** `cursor` for DECLARE CURSOR; the rows leave the database in portions. */
  form: 'select' | 'cursor';
  query: Query;
}

export interface InsertStatement {
  type: 'insert';
  ctes: CommonTable[];
  target: TableReference;
  /** Empty when the statement names none. */
  columns: string[];
  /** Null for DEFAULT VALUES. */
  source: Query | null;
  conflict: { assignments: Assignment[]; where: Expression | null } | null;
  returning: Projection[];
}

export interface Assignment {
  column: string;
  value: Expression;
  /** Which column of a row-valued `value` is assigned: `SET (a, b) = (SELECT …)`. Null for a plain value. */
  ordinal: number | null;
}

export interface UpdateStatement {
  type: 'update';
  ctes: CommonTable[];
  target: TableReference;
  assignments: Assignment[];
  from: FromItem[];
  where: Expression | null;
  returning: Projection[];
}

export interface DeleteStatement {
  type: 'delete';
  ctes: CommonTable[];
  target: TableReference;
  from: FromItem[];
  where: Expression | null;
  returning: Projection[];
}

export interface MergeStatement {
  type: 'merge';
  ctes: CommonTable[];
  target: TableReference;
  source: FromItem;
  condition: Expression;
  clauses: {
    condition: Expression | null;
    action: 'insert' | 'update' | 'delete' | 'nothing';
    assignments: Assignment[];
  }[];
  returning: Projection[];
}

/** CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE TABLE AS, SELECT INTO. */
export interface CreateStatement {
  type: 'create';
  object: 'view' | 'materialized_view' | 'table';
  target: TableReference;
  columns: string[];
  query: Query;
}

/** CREATE TABLE with a list of columns. */
export interface TableDefinition {
  type: 'table_definition';
  target: TableReference;
  columns: { name: string; dataType: string; nullable: boolean }[];
  /** Column lists of PRIMARY KEY and UNIQUE. */
  keys: { kind: 'primary_key' | 'unique'; columns: string[] }[];
}

export interface CopyStatement {
  type: 'copy';
  direction: 'to' | 'from';
  /** A table or a query is copied, never both. */
  table: TableReference | null;
  columns: string[];
  query: Query | null;
}

/** Everything else. `inner` is what EXPLAIN or PREPARE carries. */
export interface UtilityStatement {
  type: 'utility';
  /** Lower case, e.g. `set`, `begin`, `vacuum`, `do`, `create_role`, `alter_table`. */
  verb: string;
  inner: SqlStatement | null;
  /** Relations that it names, as written. */
  relations: TableReference[];
}

export interface Query {
  type: 'query';
  recursive: boolean;
  ctes: CommonTable[];
  /** Expressions under a name, `WITH today() AS day` (ClickHouse): the name means the expression in the whole query. */
  definitions: Projection[];
  body: Select | SetOperation | Values;
  orderBy: OrderItem[];
  limit: Expression | null;
  offset: Expression | null;
  /** FOR UPDATE, FOR SHARE and their kin. */
  locks: { strength: string; skipLocked: boolean }[];
}

export interface CommonTable {
  name: string;
  columns: string[];
  statement: SqlStatement;
  span: Span;
  /** `AS [NOT] MATERIALIZED`; absent where the text does not say. */
  materialized?: boolean;
}

export interface Select {
  type: 'select';
  /** `all`: DISTINCT; expressions: DISTINCT ON. */
  distinct: 'all' | Expression[] | null;
  projections: Projection[];
  from: FromItem[];
  where: Expression | null;
  groupBy: GroupItem[];
  having: Expression | null;
  /** A condition on window functions (Snowflake, BigQuery, DuckDB, ClickHouse …). */
  qualify: Expression | null;
  windows: { name: string; window: Window }[];
}

export interface SetOperation {
  type: 'set_operation';
  operator: 'union' | 'intersect' | 'except';
  all: boolean;
  /** UNION BY NAME: branches are matched by the names of their columns. */
  byName: boolean;
  left: Query;
  right: Query;
}

export interface Values {
  type: 'values';
  rows: Expression[][];
}

export interface Projection {
  expression: Expression;
  alias: string | null;
  /** The name of the output as the text spells it, where the dialect folds it. */
  spelling?: string;
  span: Span;
}

export interface OrderItem {
  expression: Expression;
  descending: boolean;
  /** Where NULL comes, if the text says it. */
  nulls?: 'first' | 'last';
}

export type GroupItem =
  | { type: 'expression'; expression: Expression }
  /** GROUP BY ALL: every output that aggregates nothing. */
  | { type: 'all' }
  | { type: 'sets'; kind: 'rollup' | 'cube' | 'sets' | 'empty'; items: GroupItem[] };

export interface Window {
  partitionBy: Expression[];
  orderBy: OrderItem[];
  /** The named window that it refers to or extends. */
  reference: string | null;
  /**
   * Which rows around its own an aggregate sees, where it is not the usual frame: unit, both ends and what is left out, without
   * the distances: `rows from preceding to current row`.
   */
  frame?: string;
}

export type FromItem = TableReference | DerivedTable | FunctionTable | Join | OpaqueTable;

export interface TableReference {
  type: 'table';
  catalog: string | null;
  schema: string | null;
  name: string;
  alias: string | null;
  columnAliases: string[];
  only: boolean;
  span: Span;
}

export interface DerivedTable {
  type: 'derived';
  query: Query;
  alias: string | null;
  columnAliases: string[];
  lateral: boolean;
}

export interface FunctionTable {
  type: 'function';
  /** More than one for ROWS FROM. */
  functions: { call: Expression; name: string; columns: string[] }[];
  alias: string | null;
  columnAliases: string[];
  ordinality: boolean;
  lateral: boolean;
}

export interface Join {
  type: 'join';
  /** `semi` and `anti` only test for a partner: the right side is not visible outside of the join. */
  kind: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'semi' | 'anti';
  natural: boolean;
  left: FromItem;
  right: FromItem;
  on: Expression | null;
  using: string[];
  /** `(a JOIN b …) AS j` hides a and b. */
  alias: string | null;
  columnAliases: string[];
}

export interface OpaqueTable {
  type: 'opaque_table';
  what: string;
  alias: string | null;
  /** The columns that it is known to have; every one may hold anything of `source` and `inputs`. */
  columns: string[];
  inputs: Expression[];
  /** What it is made of, as in `t PIVOT (…)`: columns that are not named in `columns` may be any of it. */
  source: FromItem | null;
}

export type Expression =
  | ColumnReference
  | Star
  | Literal
  | Parameter
  | Call
  | Operation
  | Cast
  | Case
  | Subquery
  | Composite
  | Lambda
  | Opaque;

export interface ColumnReference {
  type: 'column';
  /** `column`, `table.column`, `schema.table.column` … the last part is the column or a relation's alias. */
  parts: string[];
  span: Span;
}

export interface Star {
  type: 'star';
  /** The relation before the point; empty for a bare star. */
  qualifier: string[];
  /** `* EXCEPT (a)`, `* EXCLUDE a`: columns left out. */
  except: string[];
  /** `* REPLACE (f(a) AS a)`: the column keeps its place. */
  replace: Projection[];
  /** `* RENAME (a AS b)`. */
  rename: { column: string; name: string }[];
  span: Span;
}

export interface Literal {
  type: 'literal';
  kind: 'string' | 'number' | 'boolean' | 'null' | 'bits';
  /** As the parser read it: without quotes. Null for NULL. */
  value: string | null;
  span: Span;
}

export interface Parameter {
  type: 'parameter';
  number: number;
  span: Span;
}

export interface Call {
  type: 'call';
  /** Schema-qualified parts, lower case as folded: `['pg_catalog', 'date_part']`. */
  name: string[];
  arguments: Expression[];
  distinct: boolean;
  /** `count(*)`. */
  star: boolean;
  filter: Expression | null;
  orderBy: OrderItem[];
  /** `percentile_cont(0.5) WITHIN GROUP (ORDER BY …)`: then `orderBy` is an argument and no mere order. */
  withinGroup: boolean;
  over: Window | null;
  span: Span;
}

/**
 * Operators and predicates, by one name each: `and or not = <> < <= > >= + - * / % || like not_like ilike not_ilike
 * similar not_similar in not_in between not_between between_symmetric not_between_symmetric is_null is_not_null is_true is_not_true is_false is_not_false
 * is_distinct is_not_distinct coalesce nullif greatest least at_time_zone`, or the operator as written.
 * `collate de_DE` and `name =>` (a named argument) have one operand.
 * A comparison with the members of an array is the operator and its quantifier: `= any`, `<> all`.
 * `in` and `not_in` have the tested value first, then the list.
 */
export interface Operation {
  type: 'operation';
  operator: string;
  operands: Expression[];
  span: Span;
}

export interface Cast {
  type: 'cast';
  operand: Expression;
  /** `date`, `numeric(10,2)`, `text[]` … */
  target: string;
  span: Span;
}

export interface Case {
  type: 'case';
  operand: Expression | null;
  branches: { when: Expression; then: Expression }[];
  otherwise: Expression | null;
  span: Span;
}

export interface Subquery {
  type: 'subquery';
  kind: 'scalar' | 'exists' | 'in' | 'any' | 'all' | 'array';
  /** The left side of IN, ANY and ALL. */
  operand: Expression | null;
  /** The comparison of ANY and ALL. */
  operator: string | null;
  query: Query;
  span: Span;
}

/** ROW(…), ARRAY[…], field selection, subscripts, JSON constructors: values made of values. */
export interface Composite {
  type: 'composite';
  kind: 'row' | 'array' | 'field' | 'subscript' | 'json';
  elements: Expression[];
  /** The selected field; `*` expands a row. */
  field: string | null;
  span: Span;
}

/** `x -> x + 1`: within the body its parameters hide columns. */
export interface Lambda {
  type: 'lambda';
  parameters: string[];
  body: Expression;
  span: Span;
}

export interface Opaque {
  type: 'opaque';
  /** The parser's name of the node. */
  what: string;
  /** Whatever could still be lowered inside it. */
  parts: Expression[];
  span: Span;
}

/** What a front end gives. Parsing never throws. */
export interface ParseOutcome {
  statements: ParsedStatement[];
  diagnostics: Diagnostic[];
  /** The parser whose reading this is; null when none could read it. */
  frontEnd: FrontEndId | null;
  /** `low` where two parsers read the same text differently, or only the last resort could read it. */
  confidence: 'high' | 'low';
}

/** The parsers, by the names of their packages. */
export type FrontEndId = 'libpg-query' | 'sqlparser-ts' | 'polyglot';

export interface ParsedStatement {
  statement: SqlStatement;
  /** In the whole text. */
  span: Span;
}

export interface Diagnostic {
  severity: 'error' | 'warning';
  message: string;
  /** UTF-16 offset in the text; null when the parser gives none. */
  offset: number | null;
}
