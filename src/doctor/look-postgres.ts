import { z } from 'zod';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import { samplingObstacle } from '../snapshot/sample.js';
import { openLive } from '../stores/index.js';
import { targetOf } from '../stores/shared/target.js';
import { DeadlineExceeded, type LiveSession } from '../stores/live.js';
import { resolveConnection } from '../stores/postgres/connection.js';
import { accessRow, extensionRow } from '../stores/postgres/statements.js';
import { loadSql, loadSqlFrom } from '../stores/sql/load.js';
import { oneLine, PermissionGap, StoreLost, type OpenContext } from '../stores/store.js';
import { catalogueRow, entriesRow, hostingRow, relationRow, replicationRow, rolesRow, serverRow, sessionsRow, settingRow, statisticsRow, textsRow, valueOf, windowRow, type Looked, type PostgresFacts } from './facts.js';
import { hex } from './hex.js';
import { hostingOf } from './hosting.js';
import { hiddenDefaults, settingsOfRole } from './look-defaults.js';
import { relationNeeds, type RelationNeed } from './needs.js';
import { targetRole } from './target-role.js';

const SQL = new URL('./sql/postgres/', import.meta.url);
/** A collection gives the texts ten seconds; a doctor that waits so long is no quick look. */
const TEXTS_DEADLINE_MS = 3_000;

export interface LookOptions {
  configuration: Configuration;
  context: OpenContext;
  /** This machine's clock, epoch seconds. */
  now: () => number;
  /** For how long something took, in milliseconds. */
  elapsed: () => number;
  /** The role that SQL is printed for; null leaves it to what is found. */
  role: string | null;
}

/**
 * Tries every capability on one connection, each bounded in time, none repeated. What fails costs itself; after a lost
 * connection the rest is unread.
 * @throws ConnectError; the reason of an abort.
 */
export async function lookAtPostgres(store: StoreConfiguration, options: LookOptions): Promise<PostgresFacts> {
  const target = targetOf(store);
  const { place, options: brought } = resolveConnection(target, options.context);
  const session = await openLive('postgres', target, options.context);
  try {
    return await new Look(session, place, brought, options).all(relationNeeds(store, options.configuration));
  } finally {
    await session.close();
  }
}

class Look {
  #lost: string | null = null;

  constructor(
    private readonly session: LiveSession,
    private readonly place: string,
    private readonly brought: string,
    private readonly options: LookOptions,
  ) {}

  async all(needs: readonly RelationNeed[]): Promise<PostgresFacts> {
    const { session, place, options } = this;
    const marks = valueOf(await this.#one(hostingRow, 'hosting'));
    const catalogue = await this.#one(catalogueRow, 'catalogue');
    const target = targetRole(session.identity(), (valueOf(catalogue)?.writable ?? 0) > 0, options.role);
    const role_hex = hex(target);
    const asked_at = options.now();
    const server = await this.#one(serverRow, 'server', { role_hex });
    const answered_at = options.now();
    const settings = await this.#many(settingRow, 'settings');
    const defaults = await this.#attempt(() => hiddenDefaults(session, this.brought));
    const targetSettings = await this.#attempt(() => settingsOfRole(session, target));
    const statements = await this.#statements();
    const sampling = await this.#attempt(() => samplingObstacle(session));
    const statistics = await this.#one(statisticsRow, 'statistics');
    const sessions = await this.#one(sessionsRow, 'sessions');
    const replication = await this.#one(replicationRow, 'replication');
    const roles = await this.#one(rolesRow, 'roles');
    const relations = needs.length === 0 ? { value: [] } : await this.#many(relationRow, 'relations', { role_hex, needs_hex: hex(JSON.stringify(needs.map(({ schema, name, columns }, number) => ({ number, schema, name, columns })))) });
    return {
      place,
      target,
      identity: session.identity(),
      version_num: session.version_num,
      hosting: hostingOf(marks ?? { aurora: false, rds: false, cloud_sql: false, azure: false, supabase: false, neon: false }),
      server, asked_at, answered_at, settings, defaults, targetSettings, catalogue, ...statements, sampling, statistics, sessions, replication, roles, relations,
      lost: this.#lost,
      cost: session.cost(),
    };
  }

  /** What is kept by pg_stat_statements, asked for only where the step before found it. */
  async #statements(): Promise<Pick<PostgresFacts, 'access' | 'extension' | 'available' | 'entries' | 'window' | 'texts'>> {
    const { session } = this;
    const stored = (name: string, schema = ''): string => loadSql('postgres', name, session.version_num, { schema });
    const access = await this.#attempt(async () => first(await session.query(accessRow, stored('statements_access'))));
    const extension = await this.#attempt(async () => (await session.query(extensionRow, stored('statements_extension')))[0] ?? null);
    const available = await this.#attempt(async () => (await session.query(z.object({ available: z.string() }), this.#sql('extension_versions')))[0]?.available ?? null);
    const found = valueOf(extension);
    const isThere = found !== null && found.may_use_schema && found.may_execute && (valueOf(access)?.entries_max ?? null) !== null;
    if (!isThere) return { access, extension, available, entries: { value: null }, window: { value: null }, texts: { value: null } };
    const entries = await this.#attempt(() => this.#timed(async () => first(await session.query(entriesRow, stored('statements_count', found.schema)))));
    const hasWindow = found.columns.includes('toplevel');
    const window = hasWindow ? await this.#attempt(async () => first(await session.query(windowRow, stored('statements_window', found.schema)))) : { value: null };
    const texts = await this.#attempt(() => this.#timed(async () => first(await session.query(textsRow, this.#sql('statement_texts', { schema: found.schema }), { deadline_ms: TEXTS_DEADLINE_MS }))));
    return { access, extension, available, entries, window, texts };
  }

  #one<T>(row: z.ZodType<T>, name: string, values: Record<string, string> = {}): Promise<Looked<T>> {
    return this.#attempt(async () => first(await this.session.query(row, this.#sql(name, values))));
  }

  #many<T>(row: z.ZodType<T>, name: string, values: Record<string, string> = {}): Promise<Looked<T[]>> {
    return this.#attempt(() => this.session.query(row, this.#sql(name, values)));
  }

  #sql(name: string, values: Record<string, string> = {}): string {
    return loadSqlFrom(SQL, name, this.session.version_num, values);
  }

  async #timed<T>(read: () => Promise<T>): Promise<T & { took_ms: number }> {
    const started = this.options.elapsed();
    const value = await read();
    return { ...value, took_ms: this.options.elapsed() - started };
  }

  async #attempt<T>(read: () => Promise<T>): Promise<Looked<T>> {
    if (this.#lost !== null) return { unread: this.#lost };
    try {
      return { value: await read() };
    } catch (error) {
      this.options.context.signal?.throwIfAborted();
      if (error instanceof StoreLost) this.#lost = `the connection was lost: ${error.detail}`;
      return { unread: this.#lost ?? causeOf(error) };
    }
  }
}

/** As the server says it. None of the statements reads rows of users, so no value can stand in it. */
function causeOf(error: unknown): string {
  if (error instanceof DeadlineExceeded || error instanceof PermissionGap) return error.detail;
  if (error instanceof z.ZodError) return 'the server answered with rows of an unknown form';
  return oneLine(error instanceof Error ? error.message : String(error));
}

function first<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('the server answered with no row');
  return row;
}
