import { setTimeout as sleep } from 'node:timers/promises';
import { LogicalReplicationService, PgoutputPlugin, type Pgoutput } from 'pg-logical-replication';

export const SLOT = 'warehouse_cdc';
const PUBLICATION = 'estate_cdc';
/** Well below wal_sender_timeout, as a client that is alive answers even when it has nothing to acknowledge. */
const ANSWER_MS = 1_000;
const RECONNECT_MS = 1_000;

export interface Change {
  relation: string;
  kind: 'insert' | 'update';
  row: Record<string, unknown>;
}

/** One transaction of production, in the order of commits. */
export interface Transaction {
  end_lsn: string;
  committed_at_ms: number;
  changes: Change[];
}

/**
 * Reads committed transactions from the slot by the public replication client; nothing is acknowledged by itself. A connection
 * that is lost, as by a machine that slept, is opened again.
 */
export class Consumer {
  #service: LogicalReplicationService | null = null;
  #open: Change[] = [];
  #waiting: Transaction[] = [];
  #confirmed = '0/0';
  /** Up to here the server has sent everything. */
  #received = '0/0';
  /** The end of the newest transaction that came: after a new connection older ones come again. */
  #newest = '0/0';
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(private readonly url: string) {}

  start(): void {
    void this.#consume();
    this.#timer = setInterval(() => {
      if (this.#confirmed !== '0/0') this.#acknowledge();
    }, ANSWER_MS);
  }

  /** What has been committed since the last call. */
  take(): Transaction[] {
    return this.#waiting.splice(0);
  }

  /** Puts back what could not be loaded. */
  putBack(transactions: Transaction[]): void {
    this.#waiting.unshift(...transactions);
  }

  /** Everything that was taken is safe. With nothing waiting, what the server has sent beyond it concerns nobody here. */
  confirm(lsn: string): void {
    this.#confirmed = this.#waiting.length === 0 && this.#open.length === 0 && isAfter(this.#received, lsn) ? this.#received : lsn;
    this.#acknowledge();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#service?.destroy().catch(() => undefined);
  }

  async #consume(): Promise<void> {
    while (!this.#stopped) {
      const service = new LogicalReplicationService({ connectionString: this.url, application_name: 'warehouse-loader' }, { acknowledge: { auto: false, timeoutSeconds: 0 } });
      this.#service = service;
      this.#open = [];
      const lost = new Promise<void>((resolve) => service.on('error', () => resolve()));
      service.on('data', (_lsn: string, message: Pgoutput.Message) => this.#receive(message));
      service.on('heartbeat', (lsn: string) => {
        this.#received = lsn;
      });
      // It resolves at the end of the stream, and rejects where there is none.
      const ended = service.subscribe(new PgoutputPlugin({ protoVersion: 1, publicationNames: [PUBLICATION] }), SLOT).then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([lost, ended]);
      await service.destroy().catch(() => undefined);
      if (!this.#stopped) await sleep(RECONNECT_MS);
    }
  }

  #acknowledge(): void {
    // Without a connection there is nobody to tell; the next one is told.
    void this.#service?.acknowledge(this.#confirmed).catch(() => undefined);
  }

  #receive(message: Pgoutput.Message): void {
    switch (message.tag) {
      case 'begin':
        this.#open = [];
        break;
      case 'insert':
      case 'update':
        this.#open.push({ relation: `${message.relation.schema}.${message.relation.name}`, kind: message.tag, row: message.new });
        break;
      case 'commit':
        this.#commit(message.commitEndLsn ?? '0/0', Number(message.commitTime.valueOf() / 1000n));
        break;
      default:
        break;
    }
  }

  #commit(end_lsn: string, committed_at_ms: number): void {
    const changes = this.#open;
    this.#open = [];
    if (!isAfter(end_lsn, this.#newest)) return;
    this.#newest = end_lsn;
    this.#waiting.push({ end_lsn, committed_at_ms, changes });
  }
}

function isAfter(lsn: string, other: string): boolean {
  return position(lsn) > position(other);
}

function position(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
