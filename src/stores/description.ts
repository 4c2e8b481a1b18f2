/** A relation by its name; in engines with three levels `schema` is `database.schema` only where it is not the session's database. */
export interface RelationName {
  schema: string;
  name: string;
}

/** What can be described: a relation, or a SELECT of the configuration that stands for one. */
export type DescribedSource = RelationName | { query: string };

export interface DescribedColumn {
  name: string;
  /** As the engine prints it: `numeric(12,2)`, `Nullable(DateTime64(3))`. Of a domain the type below it. */
  type: string;
  /** False only where the engine guarantees it. */
  nullable: boolean;
  /** A policy changes what this role reads of it. */
  masked?: true | undefined;
}

export interface DescribedRelation {
  kind: 'table' | 'view' | 'materialized_view' | 'foreign_table' | 'query';
  /** In their order. */
  columns: DescribedColumn[];
  /** Unique keys over columns that are never null, the primary key first. `enforced` is false where the engine only notes them. */
  keys: { columns: string[]; enforced: boolean }[];
  /** True where policies let this role see a part of the rows. */
  hidesRows: boolean;
  /** It could not be found out whether policies hide rows from this role: `hidesRows` is false then, and may be wrong. */
  policiesUnknown?: true | undefined;
  /**
   * What FROM needs after the relation's name to see each row once, as ` final` in ClickHouse where rows are replaced in the
   * background; empty elsewhere.
   */
  suffix: string;
}

export interface RelationFacts extends RelationName {
  /** Null where the engine keeps none. */
  rows: number | null;
  /** False for an estimate. */
  rowsExact: boolean;
  bytes: number | null;
  /** Seconds since 1970 by the engine's clock; null where it is not kept. Rows changed then, or less: its layout was changed. */
  modified_at: number | null;
}

/** What a statement would read, by the engine's own word, before it runs. */
export interface ScanEstimate {
  bytes: number | null;
  rows: number | null;
  /** False where it may read more than that. */
  isUpperBound: boolean;
}
