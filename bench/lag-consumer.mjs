/**
 * A consumer of logical replication whose troubles are made to order, and the record of what was committed: each commit that
 * passes, with the server's time and the position at which it ends (PostgreSQL 18, 54.4 and 54.9).
 */
import pg from 'pg';

const POSTGRES_EPOCH_MS = 946_684_800_000;

export class BenchConsumer {
  /** `everything`: positions that keepalives bring too. `own`: its own commits only. */
  acknowledges = 'everything';
  stalled = false;
  /** end of commit → epoch seconds of the commit. */
  commits = new Map();
  #url;
  #slot;
  #publication;
  #rate;
  #client = null;
  #applied = 0n;
  #queue = [];
  #timers;

  constructor({ url, slot, publication, commits_per_second }) {
    this.#url = url;
    this.#slot = slot;
    this.#publication = publication;
    this.#rate = commits_per_second;
    this.#timers = [setInterval(() => this.#feedback(), 1000), setInterval(() => this.#apply(), 20)];
  }

  async connect() {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#connect();
        return;
      } catch (error) {
        // The slot still belongs to the connection that is gone.
        if (error.code !== '55006' || attempt > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async #connect() {
    const address = new URL(this.#url);
    address.searchParams.set('replication', 'database');
    const client = new pg.Client({ connectionString: address.href, application_name: this.#slot });
    client.on('error', () => undefined);
    await client.connect();
    client.connection.on('copyData', ({ chunk }) => this.#receive(chunk));
    const started = new Promise((resolve) => client.connection.once('replicationStart', resolve));
    const streaming = client.query(`START_REPLICATION SLOT "${this.#slot}" LOGICAL 0/0 (proto_version '1', publication_names '${this.#publication}')`);
    await Promise.race([started, streaming]);
    streaming.catch(() => undefined);
    this.#client = client;
  }

  block() {
    this.#client.connection.stream.pause();
  }

  unblock() {
    this.#client.connection.stream.resume();
  }

  disconnect() {
    this.#client?.connection.stream.destroy();
    this.#client = null;
    this.#queue = [];
  }

  stop() {
    for (const timer of this.#timers) clearInterval(timer);
    this.disconnect();
  }

  waiting() {
    return this.#queue.length;
  }

  #receive(chunk) {
    if (chunk[0] === 0x77) {
      const body = chunk.subarray(25);
      if (body[0] !== 0x43) return;
      const end = body.readBigUInt64BE(10);
      this.commits.set(end, Number(body.readBigInt64BE(18)) / 1e6 + POSTGRES_EPOCH_MS / 1000);
      this.#queue.push(end);
    } else if (chunk[0] === 0x6b) {
      if (this.acknowledges === 'everything' && !this.stalled && this.#queue.length === 0) this.#advance(chunk.readBigUInt64BE(1));
      if (chunk[17] === 1) this.#feedback();
    }
  }

  #apply() {
    if (this.stalled || this.#queue.length === 0) return;
    const last = this.#queue.splice(0, Math.max(1, Math.round(this.#rate / 50))).at(-1);
    this.#advance(last);
  }

  #advance(lsn) {
    if (lsn > this.#applied) this.#applied = lsn;
  }

  #feedback() {
    const stream = this.#client?.connection.stream;
    if (stream === undefined || stream.destroyed) return;
    const message = Buffer.alloc(39);
    message.write('d');
    message.writeInt32BE(38, 1);
    message.write('r', 5);
    for (const at of [6, 14, 22]) message.writeBigUInt64BE(this.#applied, at);
    message.writeBigInt64BE(BigInt(Date.now() - POSTGRES_EPOCH_MS) * 1000n, 30);
    stream.write(message);
  }
}
