import { once } from 'node:events';
import pg from 'pg';
import { z } from 'zod';
import type { TestServer } from './postgres.js';

/** From 1970-01-01 to 2000-01-01, where PostgreSQL's times begin. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const RECONNECT_DEADLINE_MS = 10_000;

export interface ConsumerOptions {
  /** Connection URL of a role that may replicate, with the database of the slot. */
  url: string;
  /** An existing logical slot with the plugin pgoutput. */
  slot: string;
  publication: string;
  /**
   * `everything` (default): positions without changes for it too, as keepalives bring them. `own-changes`: only commits
   * of its publication, so that the slot stays behind while others write. `nothing`: reads and never confirms.
   */
  acknowledge?: 'everything' | 'own-changes' | 'nothing';
  /** How fast it applies; without a limit by default. */
  commits_per_second?: number;
  /** How often it tells the server how far it is; a request of the server is answered at once. */
  feedback_interval_ms?: number;
  application_name?: string;
}

/** A commit that the consumer has received, by the server's clock. */
export interface SeenCommit {
  /** Where the commit record ends: the commit is confirmed once `confirmed_flush_lsn` is at or above it. */
  commit_end_lsn: bigint;
  /** Epoch seconds, exact to a microsecond. */
  commit_time: number;
}

/** A consumer of logical replication whose troubles are made to order. */
export interface LogicalConsumer {
  /** Reads on, but applies nothing. */
  stall(): void;
  resume(): void;
  /** Stops reading its socket; goes on telling the position that it had. */
  block(): void;
  unblock(): void;
  /** Cuts the connection without a word, as a crash does. What was received and not applied is forgotten. */
  disconnect(): void;
  /** Connects again where the slot stands, waiting for the server to have noticed that the old connection is gone. */
  reconnect(): Promise<void>;
  /** The position that it tells the server. */
  appliedLsn(): bigint;
  /** Every commit received, each once, in order; complete when nothing is outstanding. */
  commits(): readonly SeenCommit[];
  /** How many received commits wait to be applied. */
  waiting(): number;
  /** Why the server ended the stream; null while it runs. */
  failure(): Error | null;
  stop(): Promise<void>;
}

/** `2F/9A01C8E0` as a number of bytes. */
export function lsnOf(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** Drops a slot, waiting until the server has noticed that nobody uses it any more. */
export async function dropSlot(server: TestServer, slot: string): Promise<void> {
  await server.run(`do $$ begin
    for attempt in 1 .. 400 loop
      exit when not (select active from pg_replication_slots where slot_name = '${slot}');
      perform pg_sleep(0.025);
    end loop;
  end $$`);
  await server.run(`select pg_drop_replication_slot('${slot}')`);
}

/** Connects and starts to stream. @throws what the server answers, e.g. that the slot does not exist. */
export async function startConsumer(options: ConsumerOptions): Promise<LogicalConsumer> {
  const consumer = new Consumer(options);
  await consumer.reconnect();
  return consumer;
}

const copyData = z.object({ chunk: z.instanceof(Buffer) });

class Consumer implements LogicalConsumer {
  readonly #options: ConsumerOptions;
  readonly #timers: NodeJS.Timeout[];
  #client: pg.Client | null = null;
  #stalled = false;
  #inTransaction = false;
  #applied = 0n;
  #queue: bigint[] = [];
  #commits: SeenCommit[] = [];
  #failure: Error | null = null;
  /** Commits that the rate allows to apply now. */
  #allowance = 0;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const applying_ms = 20;
    const rate = options.commits_per_second ?? Infinity;
    this.#timers = [
      setInterval(() => this.#feedback(), options.feedback_interval_ms ?? 1_000),
      setInterval(() => {
        this.#allowance = Math.min(this.#allowance + (rate * applying_ms) / 1_000, Math.max(1, rate));
        this.#apply();
      }, applying_ms),
    ];
  }

  stall(): void {
    this.#stalled = true;
  }

  resume(): void {
    this.#stalled = false;
  }

  block(): void {
    this.#client?.connection.stream.pause();
  }

  unblock(): void {
    this.#client?.connection.stream.resume();
  }

  disconnect(): void {
    this.#client?.connection.stream.destroy();
    this.#client = null;
    this.#queue = [];
  }

  async reconnect(): Promise<void> {
    this.disconnect();
    const deadline = Date.now() + RECONNECT_DEADLINE_MS;
    for (;;) {
      try {
        this.#client = await this.#connect();
        return;
      } catch (error) {
        // 55006: the slot still belongs to the connection that is gone.
        if (!(error instanceof pg.DatabaseError && error.code === '55006') || Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  appliedLsn(): bigint {
    return this.#applied;
  }

  commits(): readonly SeenCommit[] {
    return this.#commits;
  }

  waiting(): number {
    return this.#queue.length;
  }

  failure(): Error | null {
    return this.#failure;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const stream = this.#client?.connection.stream;
    if (stream === undefined || stream.destroyed) return;
    const closed = once(stream, 'close');
    this.disconnect();
    await closed;
  }

  async #connect(): Promise<pg.Client> {
    const { url, slot, publication } = this.#options;
    const address = new URL(url);
    address.searchParams.set('replication', 'database');
    const application_name = this.#options.application_name ?? 'consumer';
    const client = new pg.Client({ connectionString: address.href, application_name });
    // What ends the stream is told by the failed command below.
    client.on('error', () => undefined);
    await client.connect();
    const { connection } = client;
    this.#inTransaction = false;
    connection.on('copyData', (message: unknown) => this.#receive(copyData.parse(message).chunk));
    const started = once(connection, 'replicationStart');
    const names = pg.escapeIdentifier(publication).replaceAll("'", "''");
    // The grammar of these commands knows keywords in capitals only.
    const command = `START_REPLICATION SLOT "${slot}" LOGICAL 0/0 (proto_version '1', publication_names '${names}')`;
    const streaming = client.query(command).then(
      () => undefined,
      (error: unknown) => {
        if (client === this.#client && error instanceof Error) this.#failure = error;
        throw error;
      },
    );
    try {
      await Promise.race([started, streaming]);
    } catch (error) {
      connection.stream.destroy();
      throw error;
    }
    streaming.catch(() => undefined);
    this.#failure = null;
    return client;
  }

  /** PostgreSQL 18, 54.4 (XLogData, keepalive) and 54.9 (Begin, Commit). */
  #receive(chunk: Buffer): void {
    if (chunk[0] === 0x77) {
      const body = chunk.subarray(25);
      if (body[0] === 0x42) this.#inTransaction = true;
      if (body[0] === 0x43) this.#committed(body.readBigUInt64BE(10), body.readBigInt64BE(18));
    } else if (chunk[0] === 0x6b) {
      const idle = !this.#stalled && !this.#inTransaction && this.#queue.length === 0;
      if (idle && (this.#options.acknowledge ?? 'everything') === 'everything') this.#advance(chunk.readBigUInt64BE(1));
      if (chunk[17] === 1) this.#feedback();
    }
  }

  #committed(commit_end_lsn: bigint, time_us: bigint): void {
    this.#inTransaction = false;
    this.#queue.push(commit_end_lsn);
    const last = this.#commits.at(-1);
    // After a reconnection commits come again that were received and not confirmed.
    if (last !== undefined && last.commit_end_lsn >= commit_end_lsn) return;
    this.#commits.push({ commit_end_lsn, commit_time: Number(time_us) / 1e6 + POSTGRES_EPOCH_MS / 1_000 });
  }

  #apply(): void {
    if (this.#stalled || this.#queue.length === 0) return;
    const count = Math.min(this.#queue.length, Math.floor(this.#allowance));
    const last = this.#queue.splice(0, count).at(-1);
    this.#allowance -= count;
    if (last !== undefined && this.#options.acknowledge !== 'nothing') this.#advance(last);
  }

  #advance(lsn: bigint): void {
    if (lsn > this.#applied) this.#applied = lsn;
  }

  /** Standby status update: written, flushed and applied are the same here. */
  #feedback(): void {
    const stream = this.#client?.connection.stream;
    if (stream === undefined || stream.destroyed || !stream.writable) return;
    const message = Buffer.alloc(39);
    message.write('d');
    message.writeInt32BE(38, 1);
    message.write('r', 5);
    for (const at of [6, 14, 22]) message.writeBigUInt64BE(this.#applied, at);
    message.writeBigInt64BE(BigInt(Date.now() - POSTGRES_EPOCH_MS) * 1_000n, 30);
    stream.write(message);
  }
}
