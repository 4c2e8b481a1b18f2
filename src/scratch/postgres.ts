import pg from 'pg';
import { ScratchError, type ScratchEngine, type ScratchRows, type ScratchSpace } from '../model/scratch-engine.js';
import { copyLines, copyStatement } from './copy-text.js';
import { CopyIn } from './postgres-copy.js';
import { quoteLiteral, quoteName, withoutNul } from './quote.js';

const CALL_MILLISECONDS_MAX = 20_000;
const CONNECT_MILLISECONDS_MAX = 10_000;
/** The server cuts a statement off by itself; one that does not answer at all is given up this much later. */
const GRACE_MILLISECONDS = 2_000;
const CANCELLED = '57014';

/** Rights that a role must not have in whose name the queries of dashboards run, since they reach the machine of the server. */
const REACHES_MACHINE = "rolsuper or pg_has_role(oid, 'pg_read_server_files', 'member') or pg_has_role(oid, 'pg_write_server_files', 'member') or pg_has_role(oid, 'pg_execute_server_program', 'member')";
const ROLE = `select ${REACHES_MACHINE}, rolcreatedb, current_database(), current_setting('server_version'),
  format('tidemark_scratch_%s_%s', pg_backend_pid(), (extract(epoch from clock_timestamp()) * 1000)::bigint)
from pg_roles where rolname = current_user`;
/** Whether people have made anything in a database. */
const HOLDS_SOMETHING = `select exists (select from pg_class where oid >= 16384) or exists (select from pg_type where oid >= 16384)
  or exists (select from pg_proc where oid >= 16384) or exists (select from pg_namespace where oid >= 16384 and nspname !~ '^pg_')`;

/**
 * A PostgreSQL server that holds nothing of value, by its URL. Spaces are transactions that are rolled back, in a database that
 * is made for them and dropped with the engine; where the role may not make one, in the database of the URL if that is empty.
 */
export class PostgresEngine implements ScratchEngine {
  readonly kind = 'postgres';
  label = 'PostgreSQL (scratch server)';
  readonly #url: string;
  /** Where spaces are opened; `made` is to be dropped. */
  #database: { name: string; made: boolean } | null = null;
  #open: PostgresSpace | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  async open(): Promise<ScratchSpace> {
    if (this.#open?.ended === false) throw new ScratchError('another space is open');
    this.#database ??= await this.#prepare();
    const client = await connect(this.#url, this.#database.name);
    const space: PostgresSpace = new PostgresSpace(client, () => {
      if (this.#open === space) this.#open = null;
    });
    await space.begin();
    this.#open = space;
    return space;
  }

  async close(): Promise<void> {
    await this.#open?.close();
    const database = this.#database;
    this.#database = null;
    if (database?.made !== true) return;
    const client = await connect(this.#url);
    try {
      await client.query(`drop database ${quoteName(database.name)}`);
    } finally {
      await client.end();
    }
  }

  async #prepare(): Promise<{ name: string; made: boolean }> {
    const client = await connect(this.#url);
    try {
      const [row] = await texts(client, ROLE);
      const [reaches, createsDatabases, current, version, name] = row ?? [];
      this.label = `PostgreSQL ${(version ?? '').split(' ')[0] ?? ''} (scratch server)`;
      if (reaches === 't') {
        throw new ScratchError('the scratch server is connected to as a superuser, or as a role that reaches the files of its machine: queries of dashboards run there, so name a role without such rights');
      }
      if (createsDatabases === 't' && name != null) {
        await client.query(`create database ${quoteName(name)} template template0`);
        return { name, made: true };
      }
      const [[holds] = []] = await texts(client, HOLDS_SOMETHING);
      if (holds === 't') {
        throw new ScratchError(`the database ${current ?? ''} of the scratch server is not empty, and its role may not create another: give the role CREATEDB, or name an empty database`);
      }
      return { name: current ?? 'postgres', made: false };
    } catch (error) {
      throw toScratchError(error);
    } finally {
      await client.end();
    }
  }
}

class PostgresSpace implements ScratchSpace {
  readonly kind = 'postgres';
  #milliseconds = CALL_MILLISECONDS_MAX;
  #timeout: number | null = null;
  #failure: ScratchError | null = null;
  #closed = false;
  /** Nothing was done yet: the first call needs no savepoint, outside of which alone members can be added to an enum. */
  #fresh = true;

  constructor(readonly client: pg.Client, readonly onClose: () => void) {
    // The server may end the connection between two calls; the next call says so.
    client.on('error', (error) => {
      this.#failure ??= toScratchError(error);
    });
  }

  get ended(): boolean {
    return this.#closed || this.#failure !== null;
  }

  async begin(): Promise<void> {
    await this.client.query('begin');
  }

  async run(sql: string): Promise<void> {
    const text = withoutNul(sql);
    await this.#change(() => this.client.query(text));
  }

  async rows(sql: string): Promise<ScratchRows> {
    const text = withoutNul(sql);
    return await this.#limited(async () => {
      try {
        // The extended protocol takes one statement only.
        const query = { text, rowMode: 'array' as const, types: TEXTS, queryMode: 'extended' };
        const { fields, rows } = await this.client.query<(string | null)[]>(query);
        const columns = await this.#columns(fields);
        return { columns, rows };
      } catch (error) {
        await this.#undo();
        throw error;
      }
    });
  }

  async insert(table: { schema: string; name: string }, columns: readonly { name: string; type: string }[], rows: readonly (readonly (string | null)[])[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#change(() => new Promise<void>((resolve, reject) => {
      this.client.query(new CopyIn(copyStatement(table, columns), copyLines(rows), (error) => (error === null ? resolve() : reject(error))));
    }));
  }

  async undone<T>(work: () => Promise<T>): Promise<T> {
    await this.#limited(() => this.client.query(`${this.#fresh ? '' : 'release tidemark_call; '}savepoint tidemark_mark; savepoint tidemark_call`));
    this.#fresh = false;
    try {
      return await work();
    } finally {
      if (this.#failure === null) await this.#limited(() => this.client.query('rollback to tidemark_mark; release tidemark_mark; savepoint tidemark_call'));
    }
  }

  async timeZone(zone: string): Promise<void> {
    await this.run(`set time zone ${quoteLiteral(zone)}`);
  }

  limit(milliseconds: number): void {
    this.#milliseconds = milliseconds;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // The end of a connection rolls back what it did.
    await this.client.end().catch(() => null);
    this.onClose();
  }

  async #columns(fields: readonly pg.FieldDef[]): Promise<ScratchRows['columns']> {
    if (fields.length === 0) return [];
    const names = fields.map(({ dataTypeID, dataTypeModifier }) => `format_type(${dataTypeID}, ${dataTypeModifier})`);
    const [types = []] = await texts(this.client, `select ${names.join(', ')}`);
    return fields.map(({ name }, index) => ({ name, type: types[index] ?? '' }));
  }

  async #change(work: () => Promise<unknown>): Promise<void> {
    await this.#limited(async () => {
      try {
        await work();
      } catch (error) {
        await this.#undo();
        throw error;
      }
      await this.client.query(this.#fresh ? 'savepoint tidemark_call' : 'release tidemark_call; savepoint tidemark_call');
      this.#fresh = false;
    });
  }

  async #undo(): Promise<void> {
    if (this.#failure !== null) return;
    await this.client.query(this.#fresh ? 'rollback; begin' : 'rollback to tidemark_call').catch((error: unknown) => {
      this.#failure ??= toScratchError(error);
    });
    // It is undone with the rest.
    this.#timeout = null;
  }

  async #limited<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new ScratchError('the space is closed');
    if (this.#failure !== null) throw this.#failure;
    const milliseconds = this.#milliseconds;
    const timer = setTimeout(() => {
      this.#failure ??= timedOut(milliseconds);
      void this.client.end().catch(() => null);
    }, milliseconds + GRACE_MILLISECONDS);
    try {
      if (this.#timeout !== milliseconds) {
        await this.client.query(`set statement_timeout to ${Math.max(1, Math.round(milliseconds))}`);
        this.#timeout = milliseconds;
      }
      return await work();
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === CANCELLED) {
        this.#failure ??= timedOut(milliseconds);
        void this.client.end().catch(() => null);
      }
      throw this.#failure ?? toScratchError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function timedOut(milliseconds: number): ScratchError {
  return new ScratchError(`no answer within ${milliseconds / 1000} seconds`, { timedOut: true });
}

/** Every value as the server spells it. */
const TEXTS = { getTypeParser: () => (value: string): string => value };

async function texts(client: pg.Client, sql: string): Promise<(string | null)[][]> {
  const { rows } = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: TEXTS });
  return rows;
}

async function connect(url: string, database?: string): Promise<pg.Client> {
  try {
    const address = new URL(url);
    if (database !== undefined) address.pathname = `/${encodeURIComponent(database)}`;
    const client = new pg.Client({ connectionString: address.href, application_name: 'tidemark', connectionTimeoutMillis: CONNECT_MILLISECONDS_MAX });
    await client.connect();
    return client;
  } catch (error) {
    // The URL may hold a password.
    throw new ScratchError(`the scratch server cannot be connected to: ${error instanceof TypeError ? 'its URL cannot be read' : messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toScratchError(error: unknown): ScratchError {
  if (error instanceof ScratchError) return error;
  return new ScratchError(messageOf(error), { code: error instanceof pg.DatabaseError ? (error.code ?? null) : null, cause: error });
}
