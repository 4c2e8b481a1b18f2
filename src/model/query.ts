import type { AssertedConstraint } from './asserted-constraint.js';
import type { MetricDeclaration } from './metric-declaration.js';

/** A file name in `src/sources/` without its ending. */
export type SourceKind = string;

/**
 * What a text is for: `query` fills a chart or table; `hook` runs around another one; `quality-check` tests a contract;
 * `relation` defines what others read (a dataset, a derived table, a model).
 */
export const QUERY_ROLES = [
  'query', 'variable', 'annotation', 'alert', 'view', 'metric', 'dimension', 'filter', 'join', 'relation', 'hook', 'quality-check',
] as const;
export type QueryRole = (typeof QUERY_ROLES)[number];

/** What `raw` is. The variants are always whole statements: fragments stand in a SELECT over the relation they belong to. */
export type SqlKind = 'statement' | 'expression' | 'predicate' | 'relation';

/** One SQL text that a dashboard, report or file sends, with everything known about who sends it. */
export interface CollectedQuery {
  /** Stable over re-exports: `kind:instance:native id[:part]`. */
  id: string;
  kind: SourceKind;
  role: QueryRole;
  sqlKind: SqlKind;
  title: string | null;
  description: string | null;
  container: Container | null;
  /** By authority; the first one is the one that reports name. */
  owners: Owner[];
  connection: ConnectionReference | null;
  origin: Origin;
  /** As stored, after decoding its container; empty for a query that a tool builds from parts. */
  raw: string;
  /** True when tidemark rebuilt the SQL (MBQL and the like) and the tool's own text may differ. */
  reconstructed: boolean;
  /** Every text that may reach the database, the one with stored defaults first. Empty only with a problem. */
  variants: QueryVariant[];
  /** True when anyone with the link sees the result. */
  isPublic: boolean;
  lifecycle: 'active' | 'draft' | 'archived' | 'disabled';
  usage: { views: number | null; lastUsedAt: string | null } | null;
  /** When the tool runs it unasked, in its own words: `30s`, `0 6 * * *`, `on build`; null for on demand. */
  schedule: string | null;
  /** Why something could not be read. A query with problems is kept: the coverage line needs it. */
  problems: Problem[];
  /**
   * What the tool writes into the comment of the statements that it sends for this query, in lower case: the `queryHash` of
   * Metabase (hexadecimal, one for each set of parameters that it was run with).
   */
  signatures?: readonly string[] | undefined;
  /** Where the query is a metric that its tool declares for others to use; its first variant is what the metric compiles to. */
  declaration?: MetricDeclaration | undefined;
  /** What holds of every row as long as this check passes, or as long as the model keeps what it says. */
  asserts?: AssertedConstraint[] | undefined;
  /** The relation that it makes or fills, as its tool names it: a model of dbt, a query of a loader. Absent for what only shows. */
  builds?: BuiltRelation | undefined;
  /** How its result leaves the tool other than on a screen. */
  deliveries?: Delivery[] | undefined;
  /** True where its tool lets other pages show it, to whoever may open those. */
  isEmbedded?: boolean | undefined;
}

export interface BuiltRelation {
  schema: string | null;
  name: string;
  /** `table`, `view`, `incremental`, `snapshot` … in the tool's own word; null where it does not tell. */
  materialization: string | null;
}

/** A result that is sent or stored as a file: by mail, into a folder, as an extract of the tool. */
export interface Delivery {
  kind: 'mail' | 'file' | 'extract' | 'message';
  /** `csv`, `xlsx`, `pdf`, `hyper` …; null where the tool does not tell. */
  format: string | null;
  /** When, in the tool's own words; null for on demand. */
  schedule: string | null;
}

export const CONTAINER_KINDS = ['dashboard', 'collection', 'folder', 'explore', 'model', 'notebook', 'dag', 'workbook', 'project', 'contract'] as const;

export interface Container {
  kind: (typeof CONTAINER_KINDS)[number];
  id: string;
  title: string | null;
  /** The collection or folder that the query lies in besides a dashboard; absent where the tool does not say. */
  within?: Omit<Container, 'within'> | undefined;
}

/**
 * Where an owner is known from, by authority: the object's own field, `meta.owner`, the owner of its group, who made it, who
 * changed it last, who owns its collection, who made the folder, CODEOWNERS, who wrote most of its lines. `configuration` stands above all.
 */
export const OWNER_SOURCES = [
  'configuration', 'owner-field', 'meta', 'group', 'author', 'editor', 'collection', 'directory', 'codeowners', 'git-blame',
] as const;

export interface Owner {
  name: string;
  via: (typeof OWNER_SOURCES)[number];
  /** True where the tool says that the account was closed. */
  inactive?: boolean | undefined;
}

/** What the export says about the database behind a query; resolved to a store by the configuration or a stated guess. */
export interface ConnectionReference {
  /** Identifier within the tool: a numeric database id, a data source uid. */
  id: string | null;
  name: string | null;
  /** The tool's word for the engine: `postgres`, `grafana-postgresql-datasource`, `duckdb` … */
  engine: string | null;
  host: string | null;
  database: string | null;
}

/**
 * Where the SQL stands. `file` names a member of an archive as `export.zip!/charts/a.yaml`, and an answer of an interface by
 * its address. `pointer` is an RFC 6901 JSON pointer, in YAML too; in other containers the path that its readers would
 * give (an XPath, `cell 3`); empty for a plain file. Line and column start at 1 and count UTF-16 units.
 */
export interface Origin {
  file: string;
  pointer: string;
  line: number;
  column: number;
}

export interface QueryVariant {
  label: string;
  sql: string;
  /** From offsets in `sql` to offsets in `raw`, sorted by `out`; empty when `sql` equals `raw`. */
  map: Segment[];
  /** What was put in place of a template, in words. */
  assumptions: string[];
}

/** `copy` segments stand in both texts letter by letter; others are generated for the construct `src..srcEnd`. UTF-16 units. */
export interface Segment {
  out: number;
  src: number;
  length: number;
  srcEnd: number;
  copy: boolean;
}

/** `dynamic-sql`: a program builds the text. `cyclic-reference`: it contains itself. `encrypted`: only the tool can read it. */
export const PROBLEM_CODES = [
  'unreadable', 'too-large', 'unsupported', 'dynamic-relation', 'dynamic-sql', 'missing-reference', 'cyclic-reference', 'unbalanced-template', 'encrypted',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface Problem {
  code: ProblemCode;
  message: string;
}
