import type { Catalog } from './catalog.js';
import type { ClosedPeriods } from './closed-period.js';
import type { ControlRecords } from './control-record.js';
import type { ContractRegistry, DeclaredContract, RegisteredContract } from './contract.js';
import type { ColumnDeclaration } from './personal-column.js';
import type { DatabaseStatistics, ObservedStarts, RelationStatistics, SessionLooks } from './pressure.js';
import type { CollectedQuery } from './query.js';
import type { StatementStatistics, StatementWindow } from './statement.js';
import type { Engine, StoreRole } from './store.js';

/** Everything that judgement needs, the same from live stores as from a bundle on disk. Holds no row value. */
export interface Snapshot {
  /** ISO 8601. */
  takenAt: string;
  stores: StoreSnapshot[];
  /** Sorted by id. */
  queries: CollectedQuery[];
  sources: SourceSummary[];
  gaps: Gap[];
  /** What data contracts among the sources declare; absent where there is none. */
  contracts?: DeclaredContract[] | undefined;
  /** What tools and contracts say of columns, that they hold personal data or none; absent where none says anything. Sorted. */
  columnDeclarations?: ColumnDeclaration[] | undefined;
  /** What the journal has of closed periods of declared metrics; absent where none was kept. Sorted by metric and store. */
  closedPeriods?: ClosedPeriods[] | undefined;
}

export interface StoreSnapshot {
  /** The name in the configuration. */
  name: string;
  role: StoreRole;
  engine: Engine;
  /** As the server says it, e.g. `18.4`. */
  version: string;
  database: string;
  /** True when the server is a physical standby. */
  inRecovery: boolean;
  catalog: Catalog;
  /** Without tidemark's own statements. Sorted by role, then query id. */
  statements: StatementStatistics[];
  /** Query ids of tidemark's own entries, which `statements` leaves out; only where there are any. Sorted. */
  ownStatements?: string[] | undefined;
  /** Null where the engine keeps no statistics, and where they cannot be read: only the latter is a gap. */
  statementWindow: StatementWindow | null;
  cost: CollectionCost;
  /** Where the server is, without credentials; absent where nothing tells. */
  address?: StoreAddress | undefined;
  /** What a primary and its physical replicas have in common (PostgreSQL's system identifier). */
  systemIdentifier?: string | undefined;
  /** Tables whose rows are on another server, by name. */
  foreignTables?: ForeignTable[] | undefined;
  /** Who was seen running which statement while it was sampled; sorted by query id, role and application. */
  activity?: StatementActivity[] | undefined;
  /** What sampling was asked for and cost, which is part of `cost`. */
  sampling?: SamplingCost | undefined;
  /** When statements were begun while it was sampled. */
  starts?: ObservedStarts[] | undefined;
  /** Sorted by schema and name; absent where they could not be read. */
  relationStatistics?: RelationStatistics[] | undefined;
  databaseStatistics?: DatabaseStatistics | undefined;
  /** Who was in a transaction, held vacuum back or waited for a lock. */
  sessionLooks?: SessionLooks | undefined;
  /** The registry of contracts that the store keeps; absent where it has none or it could not be read. */
  contractRegistry?: ContractRegistry | undefined;
  /** What its control tables say, `tables` empty where it has none; absent where they were not looked at. */
  control?: ControlRecords | undefined;
  /** `schema.relation` → the data contract that declares it; the audit works it out, a bundle does not hold it. */
  contracted?: ReadonlyMap<string, string> | undefined;
  /** `schema.relation` → its row in the registry; worked out like `contracted`. */
  registered?: ReadonlyMap<string, RegisteredContract> | undefined;
  /**
   * Which of the statements, by their texts, are read; the others keep their counters and nobody is told that they were not. All are,
   * where it is absent; `check` works it out, a bundle does not hold it.
   */
  looksAt?: ((text: string) => boolean) | undefined;
  /** Contracts that their registry or file calls deprecated, from whenever on: `schema.relation`. Worked out likewise. */
  deprecatedContracts?: ReadonlySet<string> | undefined;
}

export interface StoreAddress {
  host: string;
  port: number;
}

/** A table of postgres_fdw and its kin. */
export interface ForeignTable {
  schema: string;
  name: string;
  server: string;
  /** `postgres_fdw`, `mysql_fdw` … */
  wrapper: string;
  host: string | null;
  port: number | null;
  database: string | null;
  remoteSchema: string | null;
  remoteName: string;
}

/** One client session at work, as pg_stat_activity shows it, counted over all samples. Never a text. */
export interface StatementActivity {
  queryId: string;
  role: string;
  /** As the client named itself; empty where it did not. */
  application: string;
  /** In how many samples it was seen. */
  seen: number;
}

export interface SamplingCost {
  seconds: number;
  samples: number;
  /** From sending to the last row, seen from this side: an upper bound of database time. */
  elapsed_ms: number;
}

/** What tidemark itself cost the store during collection. */
export interface CollectionCost {
  /** Sum over tidemark's queries from sending to the last row, seen from this side: an upper bound of database time. */
  elapsed_ms: number;
  queries: number;
  received_bytes: number;
}

/** What a folder or file of dashboards gave. */
export interface SourceSummary {
  path: string;
  files: number;
  /** Files that no source recognises. */
  ignored: number;
  /** Queries by tool, e.g. `{ metabase: 12 }`. */
  queries: Record<string, number>;
}

/** Something that could not be looked at. It is never counted as clean. */
export interface Gap {
  /** The store or file. */
  subject: string;
  /** What stays unseen because of it, e.g. `statement texts of other roles`. */
  missing: string;
  cause: string;
  /** The next step, as SQL or as a sentence. */
  remedy: string | null;
  /** `blind`: a whole store or source could not be looked at (exit code 3). `partial`: the rest was judged. */
  severity: 'blind' | 'partial';
}
