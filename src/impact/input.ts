import type { ReadQuery, StoreBoundary } from '../graph/boundary.js';
import type { Catalog } from '../model/catalog.js';
import type { DeclaredContract } from '../model/contract.js';
import type { MetricGroup } from '../model/metric-report.js';
import type { MigrationFile, SchemaChange, UnknownChange } from '../model/migration.js';
import type { RelationMovement } from '../model/movement.js';
import type { ScratchSpace } from '../model/scratch-engine.js';
import type { MaskLevel } from '../sql/flow.js';
import type { Parse } from '../sql/parse/front-end.js';

/** What the impact of migrations is worked out from. */
export interface ImpactInput {
  /** The store that is migrated, as it is before. Its catalogue is the one that the migrations were applied to. */
  boundary: StoreBoundary;
  /** The other stores: copies of what is changed may stand there. */
  others: readonly StoreBoundary[];
  /** The catalogue after all migrations. */
  after: Catalog;
  files: readonly MigrationFile[];
  /** In the order in which they are made. */
  changes: readonly SchemaChange[];
  /** What may change anything, what of the files could not be read among it. */
  unknown: readonly UnknownChange[];
  /** Reads the dialect of the migrated store. */
  parse: Parse;
  /** Every query that was read, for those that no boundary has: without a text, or of a database that nobody named. */
  read?: readonly ReadQuery[];
  /** What dashboards define in several ways, as it is before. */
  metrics?: readonly MetricGroup[];
  /** How rows come from one relation into another, over stores. */
  movements?: readonly RelationMovement[];
  /** Data contracts among the sources. */
  contracts?: readonly DeclaredContract[];
  /** Columns with personal data or a secret, before or after: `schema.table.column` → what it is, in words. */
  personal?: ReadonlyMap<string, string>;
  /** What functions leave of their argument, by the configuration. */
  declaredMasks?: ReadonlyMap<string, MaskLevel>;
  /** A space of an engine with the semantics of the store; null where there is none. Absent: nothing is run. */
  scratch?: () => Promise<ScratchSpace | null>;
  /** Where names alone settle whether a statement still runs (a column or relation that goes or is renamed), no engine is started to say it again. */
  namesSettle?: boolean;
  /** Of the sessions that read, where the store tells. */
  timeZone?: string | null;
  /** ISO 8601, of the snapshot: how long statistics have counted is told from it. */
  takenAt: string;
}
