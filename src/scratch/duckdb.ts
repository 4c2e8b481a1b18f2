import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ScratchError, type ScratchEngine, type ScratchRows, type ScratchSpace } from '../model/scratch-engine.js';
import { quoteLiteral, quoteName, withoutNul } from './quote.js';

/** Until a caller says otherwise. */
const CALL_MILLISECONDS_MAX = 20_000;
/** What one function computes of one value is not interrupted; a call that takes this much longer is left to itself. */
const GRACE_MILLISECONDS = 500;

/** It reads no file, loads nothing and takes one thread of the machine. */
const CONFIGURATION = {
  enable_external_access: 'false', autoload_known_extensions: 'false', autoinstall_known_extensions: 'false', allow_community_extensions: 'false',
  threads: '1', memory_limit: '1GB', max_temp_directory_size: '0B',
};
/** After this only the time zone can be changed. */
const LOCK = "set allowed_configs = ['TimeZone']; set lock_configuration = true";

/** DuckDB in memory, a database of its own for each space. */
export class DuckDbEngine implements ScratchEngine {
  readonly kind = 'duckdb';
  label = 'DuckDB';
  #open: DuckDbSpace | null = null;

  async open(): Promise<ScratchSpace> {
    if (this.#open?.ended === false) throw new ScratchError('another space is open');
    await this.#open?.close();
    try {
      const instance = await DuckDBInstance.create(':memory:', CONFIGURATION);
      const connection = await instance.connect();
      const version = await connection.runAndReadAll('select version()');
      this.label = `DuckDB ${String(version.getRows()[0]?.[0]).replace(/^v/, '')}`;
      await connection.run(LOCK);
      const space: DuckDbSpace = new DuckDbSpace(instance, connection, () => {
        if (this.#open === space) this.#open = null;
      });
      this.#open = space;
      return space;
    } catch (error) {
      throw new ScratchError(`DuckDB did not start: ${messageOf(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#open?.close();
  }
}

class DuckDbSpace implements ScratchSpace {
  readonly kind = 'duckdb';
  #milliseconds = CALL_MILLISECONDS_MAX;
  #failure: ScratchError | null = null;
  /** The end of a call that was given up; null where there is none. */
  #stuck: Promise<void> | null = null;
  /** What was done since the outermost work that will be undone began; null outside of one. A failure ends a transaction of DuckDB, so it is done again. */
  #journal: (() => Promise<void>)[] | null = null;

  constructor(readonly instance: DuckDBInstance, readonly connection: DuckDBConnection, readonly onClose: () => void) {}

  get ended(): boolean {
    return this.#failure !== null;
  }

  async run(sql: string): Promise<void> {
    const text = withoutNul(sql);
    await this.#change(async () => {
      await this.connection.run(text);
    });
  }

  async rows(sql: string): Promise<ScratchRows> {
    const text = withoutNul(sql);
    return await this.#limited(async () => {
      try {
        return await this.#read(text);
      } catch (error) {
        await this.#afterFailure();
        throw error;
      }
    });
  }

  async insert(table: { schema: string; name: string }, columns: readonly { name: string; type: string }[], rows: readonly (readonly (string | null)[])[]): Promise<void> {
    if (rows.length === 0) return;
    const names = columns.map(({ name }) => quoteName(name)).join(', ');
    const values = columns.map(({ type }, index) => `cast(${valuesOf(index + 1)} as ${type === '' ? 'varchar' : type})`).join(', ');
    await this.#change(async () => {
      const statement = await this.connection.prepare(`insert into ${quoteName(table.schema)}.${quoteName(table.name)} (${names}) select ${values}`);
      columns.forEach((_, index) => statement.bindVarchar(index + 1, joined(rows, index)));
      await statement.run();
      statement.destroySync();
    });
  }

  async undone<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.#journal;
    if (outer === null) await this.#limited(async () => void (await this.connection.run('begin')));
    const before = outer === null ? 0 : outer.length;
    this.#journal = outer ?? [];
    try {
      return await work();
    } finally {
      if (this.#failure === null) await this.#undo(outer, before);
    }
  }

  async timeZone(zone: string): Promise<void> {
    await this.#limited(async () => void (await this.connection.run(`set TimeZone = ${quoteLiteral(zone)}`)));
  }

  limit(milliseconds: number): void {
    this.#milliseconds = milliseconds;
  }

  async close(): Promise<void> {
    if (this.#failure?.message === CLOSED) return;
    this.#failure = new ScratchError(CLOSED);
    const free = (): void => {
      this.connection.closeSync();
      this.instance.closeSync();
    };
    // Closing would wait for what is still running.
    if (this.#stuck === null) free();
    else void this.#stuck.then(free);
    this.onClose();
    return Promise.resolve();
  }

  async #read(sql: string): Promise<ScratchRows> {
    const statement = await this.connection.prepare(sql);
    const columns = Array.from({ length: statement.columnCount }, (_, index) => ({ name: statement.columnName(index), type: statement.columnType(index).toString() }));
    statement.destroySync();
    // Spelled by the engine, in the time zone of the session. A comment at the end must not swallow the parenthesis.
    const reader = await this.connection.runAndReadAll(`select columns(*)::varchar from (${sql}\n)`);
    return { columns, rows: reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value)))) };
  }

  async #change(work: () => Promise<void>): Promise<void> {
    await this.#limited(async () => {
      const inside = this.#journal;
      try {
        if (inside === null) await this.connection.run('begin');
        await work();
        if (inside === null) await this.connection.run('commit');
      } catch (error) {
        await this.#afterFailure();
        throw error;
      }
      inside?.push(work);
    });
  }

  /** A transaction that failed is ended, and what it had done before is done again. */
  async #afterFailure(): Promise<void> {
    await this.connection.run('rollback').catch(() => null);
    if (this.#journal === null) return;
    await this.connection.run('begin');
    for (const work of this.#journal) await work();
  }

  async #undo(outer: (() => Promise<void>)[] | null, before: number): Promise<void> {
    this.#journal = outer;
    outer?.splice(before);
    await this.#limited(async () => {
      if (outer === null) await this.connection.run('rollback');
      else await this.#afterFailure();
    });
  }

  async #limited<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failure !== null) throw this.#failure;
    let grace: NodeJS.Timeout | undefined;
    let timer: NodeJS.Timeout | undefined;
    const running = work();
    const givenUp = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const failure = new ScratchError(`no answer within ${this.#milliseconds / 1000} seconds`, { timedOut: true });
        this.#failure = failure;
        this.connection.interrupt();
        grace = setTimeout(() => {
          this.#stuck = running.then(() => undefined, () => undefined);
          reject(failure);
        }, GRACE_MILLISECONDS);
      }, this.#milliseconds);
    });
    try {
      return await Promise.race([running, givenUp]);
    } catch (error) {
      throw this.#failure ?? new ScratchError(messageOf(error), { cause: error });
    } finally {
      clearTimeout(timer);
      clearTimeout(grace);
    }
  }
}

/** What no text of people holds: between the values of a column, and for NULL. Binding a list member by member takes four times as long. */
const SEPARATOR = 0x1f;
const NULL_MARK = 0x1e;

function joined(rows: readonly (readonly (string | null)[])[], column: number): string {
  const mark = String.fromCharCode(NULL_MARK);
  const values = rows.map((row) => row[column] ?? mark);
  const separator = String.fromCharCode(SEPARATOR);
  if (values.some((value) => value.includes(separator) || (value !== mark && value.includes(mark)))) throw new ScratchError('a value holds a control character');
  return values.join(separator);
}

function valuesOf(parameter: number): string {
  return `nullif(unnest(string_split($${parameter}, chr(${SEPARATOR}))), chr(${NULL_MARK}))`;
}

const CLOSED = 'the space is closed';

/** The first line: the others repeat the statement. */
function messageOf(error: unknown): string {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return first;
}
