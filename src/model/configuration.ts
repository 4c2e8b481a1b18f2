import type { Level } from './finding.js';
import type { FreshnessObjective } from './live.js';
import type { MaskLevel } from './masking.js';
import type { MigrationTool } from './migration.js';
import type { DeclaredTime, MetricDeprecation } from './metric-declaration.js';
import type { AssetConfiguration, ConceptConfiguration, ConfirmedConsumer, ReviewConfiguration } from './review-configuration.js';
import type { Engine, RolePurpose, StoreRole, Zone } from './store.js';
import type { Thresholds } from './thresholds.js';

/** The configuration after defaults. Patterns are globs: `*` stands for any characters, letters by case. */
export interface Configuration {
  /** The file it came from; null when flags and guesses made it. */
  file: string | null;
  stores: StoreConfiguration[];
  /** Patterns for `schema.relation`, by zone. The first zone that matches, in the order written, wins over every guess. */
  zones: { zone: Zone; patterns: string[] }[];
  sources: SourceConfiguration[];
  consumers: ConsumerConfiguration[];
  /** Columns that are personal data or are not, whatever their names suggest: `schema.table.column` → kind or `none`. */
  columns: { pattern: string; kind: string }[];
  /** Functions of the user's own and how much of their arguments they leave, by `schema.name` or by bare name for any schema, lower case. */
  maskingFunctions: Record<string, MaskLevel>;
  thresholds: Thresholds;
  /** Rule id → level, or `off`. */
  rules: Record<string, Level | 'off'>;
  /** Folders with rules of the user's own. */
  ruleFolders: string[];
  live: LiveConfiguration;
  /** Metrics as they should be, and which cards claim them; absent is none. */
  metrics?: MetricConfiguration[] | undefined;
  /** What `check` and `baseline` look at besides; absent where the file says nothing of it. */
  gate?: GateConfiguration | undefined;
  /** Who answers for what is no consumer; absent where the file says nothing of it. */
  assets?: AssetConfiguration[] | undefined;
  /** The critical business concepts and where their truth lies. */
  concepts?: ConceptConfiguration[] | undefined;
  review?: ReviewConfiguration | undefined;
}

export interface GateConfiguration {
  /** Files for people, absolute; null takes the usual place. */
  baseline: string | null;
  waivers: string | null;
  /** Files or folders of migrations, as written: from the folder of the configuration, as sources are. */
  migrations: { path: string; store: string | null; tool: MigrationTool | null }[];
}

/** A metric of the configuration: declared truth where it has `formula` or `sql`, else only a name that gathers or parts claims. */
export interface MetricConfiguration {
  name: string;
  intent: string | null;
  /** The store that it runs on; null where it has no SQL. */
  store: string | null;
  /** `schema.name`; null where `sql` says it. */
  relation: string | null;
  /** Which rows count: what stands behind WHERE. Null counts all. */
  eligibility: string | null;
  /** One aggregate expression over the rows. */
  formula: string | null;
  /** In place of relation, eligibility and formula: one statement that gives the value. */
  sql: string | null;
  time: DeclaredTime | null;
  dimensions: string[] | null;
  grain: string | null;
  owner: string | null;
  version: string | null;
  deprecated: MetricDeprecation | null;
  access: string | null;
  changelog: string | null;
  /** Globs over `consumer / title` and over titles: who claims it, and who does not, whatever the evidence says. */
  pin: string[];
  split: string[];
  /** Other names for it. */
  aliases: string[];
}

/** What `watch` and `serve` look at, beyond what they find by themselves. */
export interface LiveConfiguration {
  dataProducts: DataProductConfiguration[];
  streams: StreamConfiguration[];
  reconcile: ReconcilePair[];
  /** Control tables as `schema.name`; null lets tidemark find them by their columns. */
  control: {
    watermarks: string | null;
    pipelineRuns: string | null;
    columns: Record<string, string>;
    /** Absent where the file does not name them. */
    reportRuns?: string | undefined;
    reportApprovals?: string | undefined;
    reportArtifacts?: string | undefined;
    restatements?: string | undefined;
  };
  /** Files of data contracts, absolute. */
  contracts: string[];
  /** Folders with the `target` of dbt, absolute. */
  dbt: string[];
  notify: NotifyTarget[];
  /** Database time a second that probes may cost each store, in milliseconds. */
  budget_ms_per_second: number;
  journal: { bytes_max: number; seconds_max: number };
  /** Share of analytical work on an operational store, 0 to 1, above which it is a warning; null judges nothing. */
  analytical_share_max: number | null;
  transaction_seconds_max: number;
}

export interface DataProductConfiguration {
  /** As in the control table, where there is one. */
  name: string;
  /** The store it lives in; null where the configuration has only one warehouse. */
  store: string | null;
  /** What dashboards read, as `schema.name`. */
  relation: string | null;
  /** Where its watermark is; null takes the control table, then the columns of loaders. */
  watermark: { relation: string; column: string } | { dbt: string } | null;
  /** Null where the product promises nothing. */
  objective: FreshnessObjective | null;
  /** Numbers of a period are final so long after its end. */
  provisional_seconds: number | null;
  /** For checks of its fact table. */
  time_column: string | null;
  event_id_column: string | null;
  /** The stream that feeds it; null where there is only one. */
  stream: string | null;
  owner: string | null;
}

export interface StreamConfiguration {
  /** Slot, subscription or application name of a standby; a glob. */
  match: string;
  store: string | null;
  name: string | null;
  lag_seconds_max: number | null;
  retained_bytes_max: number | null;
  /** Where its rows land, and the column that tells how far: null takes the columns of loaders. */
  landed: { store: string | null; relation: string; column: string; meaning: 'lsn' | 'commit-time' | 'heartbeat' | 'load-time' } | null;
}

export interface ReconcilePair {
  name: string;
  source: ReconcileSide;
  target: ReconcileSide;
  /** Business periods in UTC. */
  period: 'hour' | 'day' | 'month';
  /** How many periods back from the newest complete one. */
  periods: number;
  /** Columns summed on both sides, by their names there. */
  sums: { source: string; target: string }[];
  tolerance_ratio: number;
  /** The product whose watermark says how far the target is; null takes the largest time of the target. */
  product: string | null;
  provisional_seconds: number | null;
  /** Columns that name a row; null takes the primary key of the source where the target has columns of those names. */
  key: ColumnPair[] | null;
  /** What is compared besides the key; null takes every column that both sides have by name. */
  columns: ComparedColumn[] | null;
  /** Columns of the source that are not compared though both sides have them. */
  except: string[];
  /** How far the target has come, by a column of its own; null where the product or nothing tells. */
  watermark: PairWatermark | null;
  /** How often a watch compares keys; null never does. */
  every_seconds: number | null;
}

/** A column by its names on both sides. */
export interface ColumnPair {
  source: string;
  target: string;
}

export interface ComparedColumn extends ColumnPair {
  /** Floats and decimals are compared after rounding to so many decimals; null takes the decimals of the coarser side. */
  decimals: number | null;
}

/**
 * The largest value of a column in the target tells what of the source it has: `time`, the last change of a row by the source's
 * clock, which both sides keep; `lsn`, a position in the source's log that only the target keeps; `version`, a number that
 * grows with each change of the source's table, which both sides keep.
 */
export interface PairWatermark {
  kind: 'time' | 'lsn' | 'version';
  /** The column of the source; null for `lsn`. */
  source: string | null;
  target: string;
}

export interface ReconcileSide {
  store: string;
  /** `schema.name` of a table or view; of a query, what it is called in messages. */
  relation: string;
  /** A SELECT in place of the relation; null where it is one. */
  query: string | null;
  /** The business time by which rows fall into periods; null where the pair is compared by key alone. */
  time_column: string | null;
  /** A boolean or nullable time column: rows where it is true or set are deleted. */
  deleted_column: string | null;
}

/** A pair whose sides both tell business periods. */
export type TimedPair = ReconcilePair & { source: TimedSide; target: TimedSide };
export type TimedSide = ReconcileSide & { time_column: string };

export interface NotifyTarget {
  /** Webhook, secrets resolved. Never printed. */
  url: string;
  format: 'json' | 'slack';
  /** Only changes to or from states at least so bad. */
  from: 'warning' | 'breach';
  /** Globs over ids of objectives; empty takes all. */
  objectives: string[];
}

export interface StoreConfiguration {
  name: string;
  role: StoreRole;
  engine: Engine;
  /** Connection URL or file path, secrets resolved. Null in a run on a bundle. Never printed. */
  url: string | null;
  /** How tidemark proves who it is where the URL does not say; absent where nothing is given. Secrets resolved; never printed. */
  credentials?: StoreCredentials | undefined;
  /** One statement of tidemark may read so much; what the engine estimates above it is not run. Absent without a limit. */
  scan_bytes_max?: number | undefined;
  /** Further DuckDB files by the name under which the queries of this one see them. */
  attached?: Record<string, string> | undefined;
  /** Which connections of dashboard tools lead here. Within one entry all given keys must match. */
  match: ConnectionPattern[];
}

/** Each engine takes what it knows and refuses the rest when it is opened. Files are read by the engine's adapter. */
export interface StoreCredentials {
  user?: string | undefined;
  password?: string | undefined;
  /** A personal or programmatic access token, or an OAuth access token. */
  token?: string | undefined;
  /** PKCS#8 in PEM: Snowflake's key pair. */
  private_key_file?: string | undefined;
  private_key_passphrase?: string | undefined;
  /** OAuth client credentials. */
  client_id?: string | undefined;
  client_secret?: string | undefined;
  /** A JSON file as the vendor gives it: a service account of Google. */
  credentials_file?: string | undefined;
}

export interface ConnectionPattern {
  tool?: string | undefined;
  id?: string | undefined;
  name?: string | undefined;
  engine?: string | undefined;
  host?: string | undefined;
  database?: string | undefined;
}

export interface SourceConfiguration {
  /** File or folder; of a tool that is asked over its interface, its address without credentials. */
  path: string;
  /** A file name in `src/sources/`; null lets every source look. */
  tool: string | null;
  /** The store that its queries run on where they name no connection. */
  store: string | null;
  /** How a tool is asked itself; without it `path` is on disk. */
  remote?: RemoteSource | undefined;
}

/** A tool's HTTP interface, or the PostgreSQL database in which it keeps its dashboards. Secrets resolved; never printed. */
export interface RemoteSource {
  kind: 'api' | 'database';
  /** With what of the credentials the URL itself holds, for a database. */
  url: string;
  token: string | null;
  username: string | null;
  password: string | null;
}

/** Who reads. Every pattern given must match; the first entry that matches wins. */
export interface ConsumerConfiguration {
  match: {
    tool?: string | undefined;
    title?: string | undefined;
    dashboard?: string | undefined;
    file?: string | undefined;
    role?: string | undefined;
  };
  owner: string | null;
  /** Of the database roles that match. */
  purpose: RolePurpose | null;
  /** What is confirmed of it; absent where nothing is. */
  confirmed?: ConfirmedConsumer | undefined;
}
