import type { Catalog } from '../model/catalog.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import type { DialectId } from '../sql/dialect.js';

/** One query whose answer is compared with that of another. */
export interface Definition {
  /** One statement, without a semicolon; the spans of `statement` are offsets in it. */
  text: string;
  statement: SqlStatement;
  dialect: DialectId;
  /** Of the session that runs it; null for UTC. */
  timeZone: string | null;
}

/** What holds of every database on which definitions are compared. */
export interface MetricSchema {
  /**
   * After all DDL. Columns of a domain have its base type, its NOT NULL and its CHECKs. Only constraints that are `validated` and
   * `enforced` hold of every row.
   */
  catalog: Catalog;
  /** Schemas in which a name without a schema is looked up. */
  searchPath: readonly string[];
  /** What makes it on an empty database: `late` after rows are there. Statements that failed are left out. */
  ddl: string;
  late: string;
  /** Statements that the engine refused, with its message: what they would have made is not known. */
  failures: { statement: string; message: string }[];
  /** What changes rows as they are written, or hides them, and is not reproduced: `the trigger stamp on app.case_file`. */
  leftOut?: readonly string[];
}

/** Rows by relation (`schema.name`), each value as the text that its column reads; a column that is left out is NULL. */
export type World = Record<string, Record<string, string | null>[]>;
