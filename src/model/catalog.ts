/** The catalogue of one store: names and definitions only, never a row value. Every list is sorted by name. */
export interface Catalog {
  relations: Relation[];
  constraints: Constraint[];
  indexes: Index[];
  roles: Role[];
  grants: Grant[];
  policies: Policy[];
  extensions: Extension[];
  publications: Publication[];
  /** Functions and procedures of the business, not of the engine or its extensions; an overloaded name has several. */
  functions: StoredFunction[];
  /** Settings that hold for every session of this database unless its role overrides them, e.g. `statement_timeout` → `0`. */
  settings: Record<string, string>;
}

export type RelationKind = 'table' | 'partitioned_table' | 'partition' | 'view' | 'materialized_view' | 'foreign_table';

export interface Relation {
  schema: string;
  name: string;
  kind: RelationKind;
  owner: string | null;
  comment: string | null;
  /** In attribute order. */
  columns: Column[];
  /** The SQL of a view or materialised view. */
  definition: string | null;
  /** The planner's estimate; null where the relation was never analysed. */
  rows: number | null;
  size_bytes: number | null;
  rowSecurity: boolean;
  rowSecurityForced: boolean;
  /** Storage options as the server writes them, e.g. `security_invoker=true`. */
  options: string[];
  /** `schema.name` of the partitioned parent. */
  partitionOf: string | null;
  /**
   * The columns that the server itself recorded for the definition of a view, `schema.table.column`, sorted; one entry
   * `schema.table.*` where it records the relation as a whole. Null where the engine records none.
   */
  recordedColumns: string[] | null;
}

export interface StoredFunction {
  schema: string;
  name: string;
  kind: 'function' | 'procedure' | 'aggregate' | 'window';
  /** Lower case: `sql`, `plpgsql`, `c` … */
  language: string;
  /** In the order of a call; `name` is empty where it has none. */
  arguments: { name: string; type: string; mode: 'in' | 'out' | 'inout' | 'variadic' }[];
  /** How many of the last input arguments may be left out. */
  defaults: number;
  /** The columns of RETURNS TABLE and OUT; null for a function that returns `returns`. */
  columns: { name: string; type: string }[] | null;
  /** The type that it returns, e.g. `integer`, `app.case_file`; a relation's name means its row. */
  returns: string;
  returnsSet: boolean;
  /** The SQL of a function of language sql, as one or several statements; null for other languages. */
  body: string | null;
  /** A body of another language that builds SQL at run time (EXECUTE): what it reads cannot be told. */
  dynamic: boolean;
}

export interface Column {
  name: string;
  type: string;
  nullable: boolean;
  comment: string | null;
  /** A security label of any provider, which is declared truth about personal data. */
  label: string | null;
  /** The members of an enum type, in order; null for other types. */
  enumValues: string[] | null;
  /** The fields of a composite type, or of the members of an array of one; absent for other types and where the catalogue does not tell. */
  fields?: string[];
  /** `schema.name` of the domain over `type`; absent for other types and where the catalogue does not tell. */
  domain?: string;
  /** What the domain in `type` is made of; absent where `type` is no domain, or is that already. */
  baseType?: string;
  /** The expression of a generated column; absent for other columns and where the catalogue does not tell. */
  generated?: string;
  /** The expression of a default, or `identity`; absent where there is none and where the catalogue does not tell. */
  default?: string;
}

export type ConstraintKind = 'primary_key' | 'unique' | 'foreign_key' | 'check' | 'not_null' | 'exclusion';

export interface Constraint {
  schema: string;
  relation: string;
  name: string;
  kind: ConstraintKind;
  columns: string[];
  /** The predicate of a CHECK as the server prints it, without the word CHECK and its outer parentheses. */
  expression: string | null;
  references: { schema: string; relation: string; columns: string[] } | null;
  /** False for NOT VALID: old rows may break it. */
  validated: boolean;
  /** False where the engine only records the constraint. */
  enforced: boolean;
  /** True for UNIQUE NULLS NOT DISTINCT: two NULLs are one too many. */
  nullsNotDistinct?: true;
}

export interface Index {
  schema: string;
  relation: string;
  name: string;
  /** Key columns in order; null stands for an expression. */
  columns: (string | null)[];
  unique: boolean;
  primary: boolean;
  /** The WHERE of a partial index. */
  predicate: string | null;
  valid: boolean;
  /** True for a unique index under which two NULLs are one too many. */
  nullsNotDistinct?: true;
  scans: number | null;
  size_bytes: number | null;
}

export interface Role {
  name: string;
  superuser: boolean;
  canLogin: boolean;
  inherits: boolean;
  replication: boolean;
  bypassesRowSecurity: boolean;
  /** Null for no limit. */
  connectionLimit: number | null;
  /**
   * Set for the role itself (ALTER ROLE … SET, in this database before in all). PostgreSQL does not pass them on to
   * members, so neither does this record.
   */
  settings: Record<string, string>;
  /** Roles it is a direct member of. */
  memberOf: string[];
}

export interface Grant {
  /** `public` for PUBLIC. */
  grantee: string;
  schema: string;
  relation: string;
  /** Upper case, sorted: SELECT, INSERT, UPDATE, DELETE, TRUNCATE …; a grant on some columns as `UPDATE (status, priority)`. */
  privileges: string[];
}

export interface Policy {
  schema: string;
  relation: string;
  name: string;
  command: string;
  roles: string[];
  using: string | null;
}

export interface Extension {
  name: string;
  version: string;
  schema: string;
}

export interface Publication {
  name: string;
  allTables: boolean;
  tables: { schema: string; relation: string; columns: string[] | null; rowFilter: string | null }[];
}
