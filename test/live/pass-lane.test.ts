import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/live/clock.js';
import { readSample, sampleLine } from '../../src/live/journal/format.js';
import { LiveModel } from '../../src/live/model.js';
import { stateRecord } from '../../src/live/ndjson.js';
import { openMetrics } from '../../src/live/openmetrics.js';
import { PassBook, type PassHost, ProcessMemory } from '../../src/live/passes.js';
import { Scheduler } from '../../src/live/scheduler.js';
import type { LiveConfiguration, ReconcilePair } from '../../src/model/configuration.js';
import { PROBES, type SampleOf } from '../../src/probes/index.js';
import type { ProbeTarget } from '../../src/probes/probe.js';
import { openLive } from '../../src/stores/index.js';
import { ago, pair, settings as settingsOf, Warehouse } from '../reconcile/shop.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

const clock: Clock = {
  now: () => Date.now() / 1000,
  monotonic_ms: () => performance.now(),
  after(delay_ms, act) {
    const timer = setTimeout(act, delay_ms);
    return () => clearTimeout(timer);
  },
};

type KeysSample = SampleOf<'keys'>;

/** Card payments without a business time, compared every hour. */
const payments: ReconcilePair = {
  ...pair({ name: 'payments', every_seconds: 3_600, sums: [], watermark: { kind: 'time', source: 'changed_at', target: 'changed_at' } }),
  source: { store: 'production', relation: 'shop.payment', query: null, time_column: null, deleted_column: null },
  target: { store: 'warehouse', relation: 'analytics.payment', query: null, time_column: null, deleted_column: null },
};

class Watched {
  readonly samples: KeysSample[] = [];
  readonly keys = new Map<string, readonly string[]>();
  readonly book = new PassBook();
  readonly settings: LiveConfiguration;
  readonly model: LiveModel;
  readonly #scheduler: Scheduler;
  readonly #memory = new ProcessMemory();
  readonly #abort = new AbortController();
  #onSample = (): void => undefined;

  constructor(server: TestServer, warehouse: Warehouse, { pairs = [payments], host = {} }: { pairs?: ReconcilePair[]; host?: Partial<PassHost> } = {}) {
    this.settings = settingsOf(pairs);
    const target = (store: string, engine: ProbeTarget['engine'], role: ProbeTarget['role']): ProbeTarget => ({ store, engine, role, settings: this.settings, catalog: null });
    const targets = [target('production', 'postgres', 'operational'), target('warehouse', 'duckdb', 'warehouse')];
    this.model = new LiveModel(this.settings, targets.map(({ store, ...rest }) => ({ name: store, ...rest })), false);
    this.#scheduler = new Scheduler({
      targets,
      settings: this.settings,
      clock,
      signal: this.#abort.signal,
      probes: { keys: PROBES.keys },
      open: (store, signal) => openLive(store === 'warehouse' ? 'duckdb' : 'postgres', { name: store, url: store === 'warehouse' ? warehouse.path : server.url() }, { ...noContext, signal }),
      passes: {
        book: this.book,
        host: {
          secret: () => Promise.resolve(new Uint8Array(32).fill(7)),
          hold: (name) => Promise.resolve(this.#memory.hold(name)),
          replicaOf: () => Promise.resolve(null),
          onKeys: (_, keys) => keys.forEach((key, digest) => this.keys.set(digest, key)),
          ...host,
        },
      },
      onSample: (sample) => {
        if (sample.probe !== 'keys') return;
        this.samples.push(sample);
        this.model.accept(sample);
        this.#onSample();
      },
    });
    this.#scheduler.start();
    this.#scheduler.refresh('keys');
  }

  again(): void {
    this.#scheduler.refresh('keys');
  }

  async until(wanted: (sample: KeysSample) => boolean): Promise<KeysSample> {
    const from = this.samples.length;
    for (;;) {
      const found = this.samples.slice(from).find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#onSample = resolve));
    }
  }

  stop(): Promise<void> {
    return this.#scheduler.stop();
  }
}

const hasReport = ({ payload }: KeysSample): boolean => payload?.pairs.some(({ report }) => report !== null) === true;
const reportIn = ({ payload }: KeysSample) => payload?.pairs.find(({ report }) => report !== null)?.report ?? null;

describe('keys that are compared by a schedule', () => {
  let server: TestServer;
  let warehouse: Warehouse;
  let watched: Watched | null = null;

  beforeAll(async () => {
    server = await startServer(bundledServer());
    warehouse = new Warehouse();
    const [earlier, later] = [ago(3_600), ago(1_800)];
    await server.run([
      'create schema shop',
      'create table shop.payment (payment_id bigint primary key, card_holder text, amount_minor bigint, changed_at timestamptz not null)',
      `insert into shop.payment select 4000000 + g, 'Ines Roth ' || g, g * 7, timestamptz '${earlier}+00' from generate_series(1, 3000) g`,
      `update shop.payment set changed_at = '${later}+00' where payment_id = 4003000`,
    ]);
    await warehouse.run(
      'create schema analytics',
      `create table analytics.payment as select 4000000 + g as payment_id, 'Ines Roth ' || g as card_holder, (g * 7)::bigint as amount_minor, timestamptz '${earlier}+00' as changed_at from range(1, 3001) t(g) where g <> 1234`,
      'update analytics.payment set amount_minor = 5 where payment_id = 4000777',
      `update analytics.payment set changed_at = '${later}+00' where payment_id = 4003000`,
    );
  });
  afterEach(async () => {
    await watched?.stop();
    watched = null;
  });
  afterAll(async () => {
    await server.stop();
    warehouse.remove();
  });

  it('finds which ones differ, and keeps them to this process', async () => {
    watched = new Watched(server, warehouse);
    const sample = await watched.until(hasReport);
    const report = reportIn(sample);
    expect(report?.counts.map(({ kind, standing, keys }) => `${keys} ${kind} ${standing}`)).toMatchInlineSnapshot(`
      [
        "1 changed confirmed",
        "1 missing confirmed",
      ]
    `);
    expect([...watched.keys.values()].flat().sort()).toEqual(['4000777', '4001234']);
    expect(report?.differences.map(({ key_digest }) => key_digest).every((digest) => watched?.keys.has(digest))).toBe(true);

    // What is kept, sent or told has no key in it.
    const view = watched.model.view(sample.at);
    const line = sampleLine(sample) ?? '';
    for (const text of [line, stateRecord(view), openMetrics(view, { version: '1', journal: null })]) expect(text).not.toMatch(/4000777|4001234|Ines Roth/);
    const read = readSample(line.trimEnd());
    expect(read.kind === 'sample' ? read.sample.payload : read.kind).toEqual(sample.payload);
    expect(sample.payload?.pairs[0]?.next_at).toBeGreaterThan(sample.at + 500);

    const [objective] = view.objectives;
    expect(`${objective?.id} ${objective?.state}: ${objective?.sentence}`).toMatchInlineSnapshot(`"reconciliation/payments breach: payments: warehouse analytics.payment differs from production shop.payment in 2 keys: 1 changed (amount_minor), 1 missing; confirmed: tidemark fix reload payments prints the statements that repair it"`);
  });

  it('goes on from what it knows: a repaired pair is equal, and the objective ends', async () => {
    watched = new Watched(server, warehouse);
    await watched.until(hasReport);
    await warehouse.run(
      "insert into analytics.payment select 4001234, 'Ines Roth 1234', 8638, changed_at from analytics.payment where payment_id = 4000001",
      'update analytics.payment set amount_minor = 5439 where payment_id = 4000777',
    );
    watched.again();
    const repaired = await watched.until(hasReport);
    expect(reportIn(repaired)).toMatchObject({ state: 'equal', counts: [], source: { rows: 3000 }, target: { rows: 3000 } });
    const view = watched.model.view(repaired.at);
    expect(view.objectives[0]).toMatchObject({ state: 'ok', now: '0 keys' });
    expect(view.objectives[0]?.sentence.replace(/\d\d:\d\d/, 'hh:mm')).toMatchInlineSnapshot(`"payments: all 3,000 rows of production shop.payment stand in warehouse analytics.payment, key by key, up to hh:mm UTC"`);
    expect(view.reconciliations[0]?.keys?.passes.map(({ state }) => state)).toEqual(['equal', 'differs']);
    expect(view.reconciliations[0]).toMatchObject({ method: 'keys every 1 h', source_rows: 3000, target_rows: 3000, periods: [] });
    // Three passes that did not come say nothing of now.
    expect(watched.model.view(repaired.at + 3 * 3_600 + 1).objectives[0]).toMatchObject({ state: 'unknown', now: null });
  });

  it('a pair that cannot be compared is unknown, and says why; the others go on', async () => {
    const absent: ReconcilePair = { ...payments, name: 'refunds', target: { ...payments.target, relation: 'analytics.refund' } };
    watched = new Watched(server, warehouse, { pairs: [absent, payments] });
    await watched.until((sample) => reportIn(sample)?.name === 'payments');
    const { objectives } = watched.model.view(clock.now());
    expect(objectives.map(({ name, state }) => [name, state]).sort()).toEqual([['payments', 'ok'], ['refunds', 'unknown']]);
    expect(objectives.find(({ name }) => name === 'refunds')?.sentence).toMatchInlineSnapshot(`"refunds: warehouse analytics.refund and production shop.payment could not be compared: warehouse: analytics.refund does not exist: correct the pair's relation in tidemark.yaml; it is schema.name, letters by case"`);
  });

  it('waits for another tidemark that compares the pair, and says so', async () => {
    watched = new Watched(server, warehouse, { host: { hold: () => Promise.resolve({ heldBy: 'process 4711 on desk' }) } });
    const sample = await watched.until(({ payload }) => payload !== null);
    expect(sample.payload?.pairs[0]?.waits_because).toBe('another tidemark compares it (process 4711 on desk)');
    expect(watched.model.view(sample.at).objectives[0]).toMatchObject({ state: 'unknown', sentence: 'payments: its keys wait: another tidemark compares it (process 4711 on desk)' });
  });

  it('ends at once when it is stopped, and tells nothing more', async () => {
    watched = new Watched(server, warehouse);
    await watched.until(({ payload }) => payload?.pairs[0]?.running !== null);
    await watched.stop();
    const told = watched.samples.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(watched.samples.length).toBe(told);
    expect(watched.samples.some(hasReport)).toBe(false);
  });

  it('is not begun anew by a restart before it is due', () => {
    const book = new PassBook();
    const scheduled = PROBES.keys.pairsOf(settingsOf([payments]), 'production');
    const [first] = scheduled;
    if (first === undefined) throw new Error('no pair');
    expect(book.nextAt(first, 1_000)).toBe(Number.NEGATIVE_INFINITY);
    expect(book.ended(first, 1_000, { took_seconds: 20, open: false })).toBe(4_600);
    expect(book.ended(first, 1_000, { took_seconds: 20, open: true })).toBe(1_600);
    const again = new PassBook();
    const frame = { probe: 'keys', store: 'production', at: 1_000, pace_seconds: 60, slowed: null, elapsed_ms: 1, received_bytes: 1, failure: null } as const;
    again.accept({ ...frame, payload: { pairs: [{ name: 'payments', next_at: 4_600, running: null, waits_because: null, report: null }] } });
    expect(again.nextAt(first, 1_100)).toBe(4_600);
    // A schedule that was made shorter holds at once.
    expect(again.nextAt({ ...first, every_seconds: 60 }, 1_100)).toBe(1_160);
  });
});
