import type { Catalog } from '../model/catalog.js';
import type { ContractRegistry } from '../model/contract.js';
import type { ControlRecords } from '../model/control-record.js';
import type { StoreCredentials } from '../model/configuration.js';
import type { CollectionCost, ForeignTable, Gap, StatementActivity, StoreAddress } from '../model/snapshot.js';
import type { DatabaseStatistics, RelationStatistics, SessionLooks } from '../model/pressure.js';
import type { StatementStatistics, StatementWindow, TextState } from '../model/statement.js';
import type { Engine } from '../model/store.js';
import type { ControlSettings } from './control/find.js';
import type { DescribedRelation, DescribedSource, RelationFacts, RelationName } from './description.js';
import type { LiveBounds, LiveSession } from './live.js';

/** Where a store is and what it is called. */
export interface StoreTarget {
  /** The name in the configuration; every message and gap starts with it. */
  name: string;
  /** Connection URL, connection string or file path. May hold a password: it never reaches a message. */
  url: string;
  /** What the URL does not hold. Never reaches a message. */
  credentials?: StoreCredentials | undefined;
  /** A statement that the engine expects to read more is refused with `ScanRefused`. */
  scan_bytes_max?: number | undefined;
  /** Further DuckDB files by name. */
  attached?: Readonly<Record<string, string>> | undefined;
  /** How its control tables are known; without it they are not read. */
  control?: ControlSettings | undefined;
}

/** What an engine may need of the process around it. Only the command line reads the process itself. */
export interface OpenContext {
  environment: Readonly<Record<string, string | undefined>>;
  /** For `~/.pgpass` and the like; null where there is none. */
  homeDirectory: string | null;
  /** Aborting closes connections and rejects every call under way with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * True where no other process may be kept from writing, not even for a moment: a DuckDB file is then read through a copy
   * at once. Without it a copy is made only where a loader has the file open.
   */
  lockFree?: boolean | undefined;
}

export interface StoreIdentity {
  /** As the server says it, e.g. `18.4`. */
  version: string;
  database: string;
  /** True when the server is a physical standby. */
  inRecovery: boolean;
  /** The role that tidemark is; null where the engine has none. */
  role: string | null;
  /** True when that role may do everything, which tidemark has no use for. */
  superuser: boolean;
}

/** A value with what could not be read of it. */
export interface Reading<T> {
  value: T;
  gaps: Gap[];
}

/** Where a store is among others. */
export interface Surroundings {
  /** Null where the engine has none, as a file. */
  address: StoreAddress | null;
  systemIdentifier: string | null;
  foreignTables: ForeignTable[];
}

/** A text that an earlier look has found, or had found lost: masked or not, it is taken as it is. */
export interface KnownText {
  role: string;
  toplevel: boolean;
  text: string | null;
  state: TextState;
}

/** Of the same database of the same server at the same major version, or the numbers mean something else. */
export interface KnownStatements {
  /** By `knownTextKey`. */
  texts: ReadonlyMap<string, KnownText>;
  /** Numbers of tidemark's own statements. */
  own: ReadonlySet<string>;
}

export function knownTextKey({ role, queryId, toplevel }: { role: string; queryId: string; toplevel: boolean }): string {
  return `${queryId} ${toplevel} ${role}`;
}

/** What a server counts and shows besides statements. What could not be read is absent. */
export interface Pressure {
  relationStatistics?: RelationStatistics[];
  databaseStatistics?: DatabaseStatistics;
  sessionLooks?: SessionLooks;
}

export interface StatementReading {
  /** Texts as the store keeps them, literals included: mask them before they go anywhere. */
  statements: StatementStatistics[];
  /** Numbers of tidemark's own, which are not among them; sorted. */
  own: string[];
  window: StatementWindow | null;
  /** Which application ran what, where the engine keeps it by itself. */
  activity?: StatementActivity[] | undefined;
}

/**
 * An open store, read-only. What every engine keeps:
 *
 * - Nothing is ever written, installed or reset, and the session itself refuses writes where the engine can.
 * - Every call is bounded: in time by a deadline on both sides, in rows, in the length of each text.
 * - A part that cannot be read (a right, a lock, a deadline) costs that part only: it becomes a gap with severity
 *   `partial` that names the next step, and the call resolves.
 * - When the connection dies half-way, `catalog` and `statements` resolve with what they had read so far and a gap with
 *   severity `blind`; every later call rejects with `StoreLost`.
 * - An abort rejects with the signal's reason.
 * - Calls run one after another; a second one waits for the first.
 * - `close` never rejects, may be called at any time and any number of times, and leaves no connection, file or timer.
 */
export interface Store {
  /** Known since the opening. */
  identity(): StoreIdentity;
  catalog(): Promise<Reading<Catalog>>;
  /**
   * @param known what an earlier look has read: where nothing is missing, no text is read.
   */
  statements(known?: KnownStatements): Promise<Reading<StatementReading>>;
  /** One look at tables, the database and its sessions. Absent where the engine counts nothing. */
  pressure?(): Promise<Reading<Pressure>>;
  /** The registry of contracts among the tables of `catalog`; null where there is none or it cannot be read, the latter with a gap. */
  contractRegistry?(catalog: Catalog): Promise<Reading<ContractRegistry | null>>;
  /** What the control tables among the tables of `catalog` say; null where they are not asked for. Absent where the engine's are not read. */
  controlRecords?(catalog: Catalog): Promise<Reading<ControlRecords | null>>;
  /** Absent where the engine knows of no other store. */
  surroundings?(): Promise<Reading<Surroundings>>;
  /** What tidemark cost this store up to now, opening included. */
  cost(): CollectionCost;
  close(): Promise<void>;
}

/** What each file of this folder exports as `engine`; its file name is the id. */
export interface StoreEngine {
  id: Engine;
  /**
   * @throws ConnectError when there is no connection, for whatever reason.
   */
  open(target: StoreTarget, context: OpenContext): Promise<Store>;
  /**
   * Opens it for many small looks.
   * @throws ConnectError when there is no connection, for whatever reason.
   */
  watch(target: StoreTarget, context: OpenContext): Promise<LiveSession>;
  /**
   * A relation, or the answer of a query, as statements over it need to know it; null where there is no such relation. Reads
   * definitions only.
   */
  describe(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null>;
  /**
   * Rows and last changes of relations as the engine keeps them, without a scan. Relations of which it knows nothing are not in
   * the answer; none at all where the engine keeps nothing.
   */
  relationFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]>;
}

export type ConnectReason =
  | 'authentication'
  | 'configuration'
  | 'locked'
  | 'lost'
  | 'not-found'
  | 'permission'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'too-many-connections'
  | 'unavailable'
  | 'unsupported';

/** A store that could not be opened. Its message is one line and names the store, the place, the cause and the next step. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly reason: ConnectReason;
  readonly store: string;
  /** `host:port/database` or a file path, without any password. */
  readonly place: string;
  readonly detail: string;
  readonly nextStep: string;

  constructor(
    failure: { reason: ConnectReason; store: string; place: string; detail: string; nextStep: string },
    options?: ErrorOptions,
  ) {
    const detail = oneLine(failure.detail);
    const place = oneLine(failure.place);
    super(`${oneLine(failure.store)}: cannot open ${place}: ${detail}. ${failure.nextStep}`, options);
    this.reason = failure.reason;
    this.store = failure.store;
    this.place = place;
    this.detail = detail;
    this.nextStep = failure.nextStep;
  }
}

/** The connection died after it had been opened: server killed, network gone, no answer within the deadline. */
export class StoreLost extends Error {
  override readonly name = 'StoreLost';
  readonly store: string;
  readonly detail: string;

  constructor(store: string, detail: string, options?: ErrorOptions) {
    super(`${oneLine(store)}: the connection was lost: ${oneLine(detail)}`, options);
    this.store = store;
    this.detail = oneLine(detail);
  }
}

/** Something exists but this role may not see it. */
export class PermissionGap extends Error {
  override readonly name = 'PermissionGap';
  readonly store: string;
  /** As the server says it. */
  readonly detail: string;

  constructor(store: string, detail: string, options?: ErrorOptions) {
    super(`${oneLine(store)}: ${oneLine(detail)}`, options);
    this.store = store;
    this.detail = oneLine(detail);
  }
}

const DETAIL_LENGTH_MAX = 300;

/**
 * Text of a server or a file name as it may stand in a message: one line, no control or escape sequences, no direction
 * overrides, bounded, without a full stop at the end.
 */
export function oneLine(text: string): string {
  const clean = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const short = clean.length > DETAIL_LENGTH_MAX ? `${clean.slice(0, DETAIL_LENGTH_MAX - 1)}…` : clean;
  return short.endsWith('.') ? short.slice(0, -1) : short;
}
