/** A file name in `src/sources/` without its ending. */
export type SourceKind = string;

export type QueryRole = 'query' | 'variable' | 'annotation' | 'alert' | 'view' | 'metric' | 'dimension' | 'filter';

/** How the text must be wrapped before a parser reads it. */
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
  /** How often the tool runs it unasked, e.g. `30s`; null for on demand. */
  refresh: string | null;
  /** Why something could not be read. A query with problems is kept: the coverage line needs it. */
  problems: Problem[];
}

export interface Container {
  kind: 'dashboard' | 'collection' | 'folder';
  id: string;
  title: string | null;
}

export interface Owner {
  name: string;
  via: 'configuration' | 'owner-field' | 'author' | 'collection' | 'directory';
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

/** Where the SQL stands. `pointer` is an RFC 6901 JSON pointer; empty for a plain file. Line and column start at 1. */
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

export type ProblemCode =
  | 'unreadable'
  | 'too-large'
  | 'unsupported'
  | 'dynamic-relation'
  | 'missing-reference'
  | 'unbalanced-template';

export interface Problem {
  code: ProblemCode;
  message: string;
}
