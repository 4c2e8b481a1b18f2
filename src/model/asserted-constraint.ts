/** A condition on rows that someone tests or promises and that no engine enforces: a test of dbt, a promise of a data contract. */
export interface AssertedConstraint {
  kind: 'not_null' | 'unique' | 'primary_key' | 'foreign_key' | 'check';
  /** Null where the project does not tell; names as written. */
  schema: string | null;
  relation: string;
  columns: string[];
  /** The predicate of a check over the bare columns of the relation; null for the others. */
  expression: string | null;
  references: { schema: string | null; relation: string; columns: string[] } | null;
  /** Who asserts it: `dbt test not_null_orders_status`, `contract casework-cases 1.2.0`. */
  by: string;
}
