import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { Origin } from '../../model/query.js';

/** A declared metric as a query that can be compared with those of dashboards. */
export interface DeclaredDefinition {
  declaration: MetricDeclaration;
  store: string;
  /** One statement without a semicolon, in the dialect of the store. */
  sql: string;
  title: string;
  /** The column of `sql` that is the metric; the others are what it is broken down by. */
  outputAlias: string;
  /** Null for what stands in a catalogue or in the configuration. */
  origin: Origin | null;
  /** `schema.name` of the relation that it measures, or of the view that shows it; null where only the SQL tells. */
  relation: string | null;
}
