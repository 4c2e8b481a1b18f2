import { gunzipSync } from 'node:zlib';
import { messages, PGlite, protocol } from '@electric-sql/pglite';
import type { ScratchRows } from '../model/scratch-engine.js';
import { makeData, START_PARAMETERS } from './pglite-data.js';
import { loadExtensions } from './pglite-extensions.js';
import type { Call, ThreadStart } from './pglite-protocol.js';

const { serialize } = protocol;
type BackendMessage = Awaited<ReturnType<PGlite['execProtocol']>>['messages'][number];
type DatabaseError = InstanceType<typeof messages.DatabaseError>;

export type Outcome =
  | { kind: 'done'; rows: ScratchRows | null }
  | { kind: 'refused'; message: string; code: string | null }
  | { kind: 'broken'; message: string };

/** The setting is gone with the transaction, so that one that a statement has ended and begun is told from it. */
const BEGIN = "begin; set local tidemark.space to 'open'";
const ENDED = 'a statement ended the transaction';

/** What a rolled back transaction made stays in the catalogues as dead rows, some 7 kB a table; nothing else clears them away. */
const SPACES_PER_VACUUM = 100;
const VACUUM = `vacuum ${
  ['attribute', 'attrdef', 'class', 'constraint', 'depend', 'enum', 'index', 'namespace', 'proc', 'rewrite', 'sequence', 'shdepend', 'trigger', 'type']
    .map((name) => `pg_catalog.pg_${name}`).join(', ')
}`;

/** The first id that is given to an object of a user: types below it are the same in every space. */
const FIRST_USER_OID = 16_384;
const SAVEPOINT = 'tidemark_call';
const MARK = 'tidemark_mark';
const SET = `savepoint ${SAVEPOINT}`;
const KEEP = `release ${SAVEPOINT}; ${SET}`;
const UNDO = `rollback to ${SAVEPOINT}`;

/**
 * The one session of a PGlite. A space is one transaction that is always rolled back; what a call did is kept or undone by a
 * savepoint. The first call of a space has none: members can be added to an enum only outside of it, and its whole
 * transaction can be rolled back instead.
 */
export class Session {
  #fresh = false;
  #closed = 0;
  readonly #types = new Map<string, string>();
  readonly #userTypes = new Map<string, string>();

  private constructor(readonly database: PGlite, readonly version: string) {}

  static async start({ data }: ThreadStart): Promise<Session> {
    const tar = new Blob([new Uint8Array(unpacked(data) ?? gunzipSync(await makeData()))]);
    const database = await PGlite.create({ loadDataDir: tar, startParams: START_PARAMETERS });
    const [row] = (await database.query<{ version: string }>('select split_part(version(), \' \', 2) as version')).rows;
    return new Session(database, row?.version ?? '');
  }

  async call(call: Call): Promise<Outcome> {
    try {
      switch (call.kind) {
        case 'open':
          this.#fresh = true;
          return await this.#plain([serialize.query(BEGIN)], 'T');
        case 'run':
          await loadExtensions(this.database, call.sql);
          return await this.#change([serialize.query(call.sql)]);
        case 'rows':
          return await this.#rows(call.sql);
        case 'copy':
          return await this.#change([serialize.query(call.sql), ...copyData(call.lines), serialize.copyDone()]);
        case 'mark': {
          const keep = this.#fresh ? '' : `release ${SAVEPOINT}; `;
          this.#fresh = false;
          return await this.#plain([serialize.query(`${keep}savepoint ${MARK}; ${SET}`)], 'T');
        }
        case 'undo':
          this.#userTypes.clear();
          return await this.#plain([serialize.query(`rollback to ${MARK}; release ${MARK}; ${SET}`)], 'T');
        case 'close':
          this.#userTypes.clear();
          this.#closed++;
          return await this.#plain(
            ['rollback', 'discard all', ...(this.#closed % SPACES_PER_VACUUM === 0 ? [VACUUM] : [])].map((sql) => serialize.query(sql)), 'I',
          );
      }
    } catch (error) {
      return { kind: 'broken', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Statements that are kept whole or not at all. */
  async #change(parts: Uint8Array[]): Promise<Outcome> {
    const received = await this.#send(parts);
    const error = received.find(isError);
    const status = transactionStatus(received);
    if (error === undefined && status === 'T') {
      const wasFresh = this.#fresh;
      this.#fresh = false;
      if (wasFresh && !(await this.#isSameTransaction())) return { kind: 'broken', message: ENDED };
      return await this.#plain([serialize.query(wasFresh ? SET : KEEP)], 'T');
    }
    return await this.#undo(error, status);
  }

  async #rows(sql: string): Promise<Outcome> {
    const received = await this.#send([
      serialize.parse({ text: sql }), serialize.bind({}), serialize.describe({ type: 'P' }), serialize.execute({}), serialize.sync(),
    ]);
    const error = received.find(isError);
    const status = transactionStatus(received);
    if (error !== undefined || status !== 'T') return await this.#undo(error, status);
    const description = received.find((message) => message instanceof messages.RowDescriptionMessage);
    const columns = [];
    for (const field of description?.fields ?? []) {
      columns.push({ name: field.name, type: await this.#typeName(field.dataTypeID, field.dataTypeModifier) });
    }
    const rows = received.flatMap((message) => (message instanceof messages.DataRowMessage ? [message.fields] : []));
    return { kind: 'done', rows: { columns, rows } };
  }

  async #undo(error: DatabaseError | undefined, status: string | null): Promise<Outcome> {
    if (status !== 'E') {
      return { kind: 'broken', message: error?.message ?? (status === null ? 'the engine stopped answering' : ENDED) };
    }
    const undone = await this.#plain(this.#fresh ? [serialize.query('rollback'), serialize.query(BEGIN)] : [serialize.query(UNDO)], 'T');
    if (undone.kind !== 'done') return undone;
    return { kind: 'refused', message: error?.message ?? 'the statement failed', code: error?.code ?? null };
  }

  async #isSameTransaction(): Promise<boolean> {
    const received = await this.#send([serialize.query("select current_setting('tidemark.space', true)")]);
    return received.some((message) => message instanceof messages.DataRowMessage && message.fields[0] === 'open');
  }

  /** Statements that cannot fail in a session that is in order. */
  async #plain(parts: Uint8Array[], expected: string): Promise<Outcome> {
    const received = await this.#send(parts);
    const error = received.find(isError);
    if (error === undefined && transactionStatus(received) === expected) return { kind: 'done', rows: null };
    return { kind: 'broken', message: error?.message ?? 'the session is in no transaction that it should be in' };
  }

  async #typeName(id: number, modifier: number): Promise<string> {
    const known = id < FIRST_USER_OID ? this.#types : this.#userTypes;
    const key = `${id}:${modifier}`;
    const name = known.get(key);
    if (name !== undefined) return name;
    const received = await this.#send([serialize.query(`select pg_catalog.format_type(${id}, ${modifier})`)]);
    const row = received.find((message) => message instanceof messages.DataRowMessage);
    const found = row?.fields[0] ?? String(id);
    known.set(key, found);
    return found;
  }

  async #send(parts: Uint8Array[]): Promise<BackendMessage[]> {
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : new Uint8Array(Buffer.concat(parts));
    return (await this.database.execProtocol(bytes, { syncToFs: false, throwOnError: false })).messages;
  }
}

/** Null where there is none, or a damaged one: it can be made anew. */
function unpacked(data: Uint8Array | null): Uint8Array | null {
  if (data === null) return null;
  try {
    return gunzipSync(data);
  } catch {
    return null;
  }
}

const COPY_BYTES = 1 << 20;

function copyData(lines: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(lines);
  const parts: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += COPY_BYTES) parts.push(serialize.copyData(bytes.slice(start, start + COPY_BYTES).buffer));
  return parts;
}

function isError(message: BackendMessage): message is DatabaseError {
  return message instanceof messages.DatabaseError;
}

/** Of the last ReadyForQuery: I outside a transaction, T inside one, E inside one that has failed. */
function transactionStatus(received: readonly BackendMessage[]): string | null {
  const last = received.at(-1);
  return last instanceof messages.ReadyForQueryMessage ? last.status : null;
}
