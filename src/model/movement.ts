import type { MaskLevel } from './masking.js';

/**
 * How rows of one relation come into another. `view`: read each time; `materialized-view`: refreshed; `model`: built by a tool
 * such as dbt; `statement`: an INSERT, MERGE or CREATE TABLE AS that ran or stands in a script; `replication`: a publication or
 * change data capture; `load`: a loader that reads on one side and lands on the other; `foreign-table`: read from another server;
 * `declared`: said by the configuration.
 */
export const MOVEMENT_KINDS = ['view', 'materialized-view', 'model', 'statement', 'replication', 'load', 'foreign-table', 'declared'] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** A stored column, or one that a view shows. */
export interface ColumnPlace {
  store: string;
  /** `schema.name`. */
  relation: string;
  column: string;
}

/** Rows of one relation that come into another, with the columns that are carried over. */
export interface RelationMovement {
  from: { store: string; relation: string };
  to: { store: string; relation: string };
  via: MovementKind;
  /** Who or what moves them, in words: `publication estate_cdc`, `dbt model dim_customer`, `role warehouse_loader`, `view app.open_cases`. */
  by: string;
  /** Which rows, as SQL of the moving side: the row filter of a publication, the WHERE of a model. Null where all of them or where nothing tells. */
  rowFilter: string | null;
  /** Of every value that arrives: from which column, what is left of it, and whether it arrived as it was. Sorted by `to`, then `from`. */
  columns: { from: string; to: string; mask: MaskLevel; identity: boolean }[];
  /** Columns of `from` that decide which rows arrive or how they are grouped, without being carried. */
  conditions: string[];
  /** 0 to 1: below 1 where it was inferred from names and columns. */
  confidence: number;
  /** Why it is believed, in words. */
  evidence: string;
}
