import { describe, expect, test } from 'vitest';
import type { StreamView } from '../../../src/model/live.js';
import { MEGABYTE, SimulatedServer, STORE } from './simulated-server.js';

/** Thirty-odd transactions a second of published tables. */
const busy = (server: SimulatedServer) => (step: number) => {
  if (step % 3 === 0) server.commit(900);
};

function inBounds({ lag }: StreamView, truth: number): boolean {
  return lag !== null && truth >= lag.low - 1e-6 && (lag.at_least || truth <= lag.high + 1e-6);
}

describe('the printed lag', () => {
  test('is the truth within one look, and the truth lies in its bounds at every look, whatever the consumer does', () => {
    const server = new SimulatedServer();
    const errors: Record<string, number[]> = {};
    const outside: string[] = [];
    const watch = (phase: string, mayBeLarge = false) => (view: StreamView) => {
      const truth = server.truth();
      if (!inBounds(view, truth)) outside.push(`${phase}: ${truth} not in ${JSON.stringify(view.lag)}`);
      if (!mayBeLarge) (errors[phase] ??= []).push(Math.abs((view.lag?.value ?? Number.NaN) - truth));
    };
    server.run(40, busy(server), watch('steady'));
    server.consumer = 'stalled';
    server.run(30, busy(server), watch('stalled'));
    server.consumer = 'well';
    server.run(20, busy(server), watch('caught up'));
    server.consumer = 'disconnected';
    server.run(40, busy(server), watch('disconnected'));
    server.consumer = 'well';
    server.run(10, busy(server), watch('connected again'));
    server.consumer = 'blocked';
    server.run(30, (step) => (step % 3 === 0 ? server.commit(500_000) : undefined), watch('blocked'));
    server.consumer = 'well';
    server.run(10, busy(server), watch('free again'));
    server.run(30, undefined, watch('idle'));
    server.run(30, () => server.elsewhere(20_000), watch('others write'));
    server.confirmsEverything = false;
    server.run(10, busy(server), watch('steady, confirms own only'));
    server.run(30, () => server.elsewhere(20_000), watch('phantom'));
    server.run(30, (step) => (step % 3 === 0 ? server.commit(900, { published: false }) : undefined), watch('unpublished', true));
    expect(outside).toEqual([]);
    const worst = Object.entries(errors).map(([phase, found]) => [phase, Math.max(...found)] as const);
    // One look, and the half second that a change is on its way.
    expect(worst.filter(([, error]) => error > 2.5)).toEqual([]);
  });

  test('has a lower bound once published changes are known to wait', () => {
    const server = new SimulatedServer();
    server.run(20, busy(server));
    server.consumer = 'stalled';
    server.run(600, busy(server));
    const { lag } = server.stream();
    expect(Math.abs((lag?.value ?? 0) - server.truth())).toBeLessThanOrEqual(2);
    expect(lag?.low).toBeGreaterThan(600 - 60 - 60 - 5);
    expect(lag?.high).toBeLessThan(603);
  });

  test('is dated by WAL files for what was there before the first look', () => {
    const server = new SimulatedServer();
    server.consumer = 'disconnected';
    const segments = [{ end_lsn: '2F/0', written_at: server.now }];
    for (let index = 1; index <= 60; index++) {
      server.now += 60;
      server.commit(16 * MEGABYTE);
      segments.push({ end_lsn: `2F/${index.toString(16).toUpperCase()}000000`, written_at: server.now });
    }
    server.now += 1;
    server.elsewhere(1000);
    server.tracker.accept(server.replication());
    expect(server.stream().lag).toMatchObject({ at_least: true });
    server.tracker.accept(server.sample('wal-directory', 60, { server_time: server.now, timeline: 1, segment_bytes: 16 * MEGABYTE, segments, files: 60, total_bytes: 1e9 }));
    server.run(2);
    const view = server.stream();
    expect(view.lag?.at_least).toBe(false);
    expect(Math.abs((view.lag?.value ?? 0) - server.truth())).toBeLessThanOrEqual(60);
    expect(inBounds(view, server.truth())).toBe(true);
    expect(server.tracker.source(STORE)?.clock.timeAt('2F/1E800000')).toMatchObject({ value: (segments[30]?.written_at ?? 0) + 30, at_least: false });
  });
});

describe('the diagnosis', () => {
  test('flowing', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'flowing', state: 'ok', status: 'flowing', plugin: 'pgoutput', kind: 'logical slot' });
    expect(view.transactions_per_second).toBeCloseTo(3.3, 0);
    expect(view.hops.map(({ to, seconds }) => [to, seconds])).toEqual([['decoded', 0], ['received', expect.closeTo(0.4, 0)]]);
    expect(view.tables).toEqual([{ relation: 'app.case_file', has_identity: true, changes_per_second: expect.closeTo(10, 0) }]);
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the consumer debezium is up to 0.3 s behind; 3.3 transactions a second"`);
  });

  test('idle source: no lag that grows, no alarm', () => {
    const server = new SimulatedServer();
    server.run(20, busy(server));
    server.run(600, (step) => (step % 150 === 0 ? server.elsewhere(56) : undefined));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'idle-source', state: 'ok', lag: { value: 0, low: 0 } });
    expect(view.hops.every(({ seconds }) => seconds === 0)).toBe(true);
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: nothing to deliver: the last change was at 14:00Z"`);
  });

  test('nothing pending: a consumer that confirms only own changes while others write', () => {
    const server = new SimulatedServer();
    server.confirmsEverything = false;
    server.run(60, busy(server));
    server.run(3600, (step) => (step % 10 === 0 ? server.elsewhere(20_000) : undefined));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'nothing-pending', state: 'ok', lag: { value: 0, low: 0 } });
    expect(view.lag?.high).toBeGreaterThan(3500);
    expect(view.retained_bytes).toBeGreaterThan(60 * MEGABYTE);
    expect(view.hops.map(({ seconds }) => seconds)).toEqual([0, 0]);
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: no data are late, but the slot's position is 1 h old and holds 69 MiB of WAL: its last change was at 14:01Z and others write; let the consumer confirm without changes, by a heartbeat (Debezium: heartbeat.interval.ms with heartbeat.action.query, or lsn.flush.mode)"`);
  });

  test('nothing pending turns into a stall when a published change waits', () => {
    const server = new SimulatedServer();
    server.confirmsEverything = false;
    server.run(60, busy(server));
    server.run(120, () => server.elsewhere(20_000));
    expect(server.stream().diagnosis).toBe('nothing-pending');
    server.consumer = 'stalled';
    server.run(200, (step) => (step % 100 === 0 ? server.commit() : server.elsewhere(2000)));
    expect(server.stream()).toMatchObject({ diagnosis: 'stalled-load', state: 'warning' });
  });

  test('stalled at load: a warning, then a breach beyond the objective', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'stalled';
    server.run(20, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'flowing', state: 'ok' });
    server.run(100, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'stalled-load', state: 'warning' });
    expect(server.stream().hops.map(({ to, slowest }) => [to, slowest])).toEqual([['decoded', false], ['received', true]]);
    server.run(840, busy(server));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'stalled-load', state: 'breach' });
    expect(server.objective('lag/casework_cdc')).toMatchObject({ state: 'breach', target: '≤ 15 min', now: '16 min', detail: 'stalled at load', screen: 'cdc' });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the consumer debezium has confirmed nothing since 14:01Z and is 16 min behind: it receives changes and does not finish loading them; look at its log and at the target"`);
  });

  test('stalled at capture: the consumer does not take data', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'blocked';
    server.run(60, busy(server));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'stalled-capture', state: 'warning', status: 'stalled at capture' });
    expect(view.hops[0]).toMatchObject({ to: 'decoded', slowest: true, seconds: expect.closeTo(60, -1) });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the server has sent nothing since 14:01Z although there is more, 60 s behind: the consumer debezium does not take data from its connection; look at its log, its memory and the network"`);
  });

  test('disconnected: silent for a restart, a warning after a minute and a half, a breach beyond the objective', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'disconnected';
    server.run(20, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'disconnected', state: 'ok', active: false });
    server.run(100, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'disconnected', state: 'warning' });
    server.run(840, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'disconnected', state: 'breach', lag: { value: expect.closeTo(960, -1) } });
    expect(server.stream().cause).toMatchInlineSnapshot(`"casework_cdc: no consumer has been connected since 14:01Z, and 16 min of changes (2.7 MiB of WAL) wait for it; start the consumer, or drop the slot if it is not needed any more"`);
  });

  test('catching up, with the time that it takes', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'stalled';
    server.run(600, busy(server));
    const from = server.confirmed;
    const by = (server.lsn - from) / 60n;
    let step = 0;
    server.consumer = 'stalled';
    const position = (): bigint => from + by * BigInt(Math.min(step++, 40));
    for (let look = 0; look < 20; look++) {
      server.now += 2;
      for (let each = 0; each < 6; each++) server.commit(900);
      const sample = server.replication();
      const slot = sample.probe === 'replication' ? sample.payload?.slots[0] : undefined;
      if (slot !== undefined) slot.confirmed_flush_lsn = `2F/${(position() & 0xffffffffn).toString(16).toUpperCase()}`;
      server.tracker.accept(sample);
    }
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'catching-up', status: 'catching up' });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the consumer debezium is 7.5 min behind and catching up, 3.2 times as fast as changes come: current in about 3.5 min; wait"`);
  });

  test('held by a transaction on the source', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    const restart = server.slot.restart_lsn;
    const opened_at = server.now;
    server.payload = { oldest_write_transaction_at: opened_at };
    for (let look = 0; look < 100; look++) {
      server.run(1.9, (step) => (step === 0 ? server.commit(3 * MEGABYTE) : undefined));
      server.slot.restart_lsn = restart;
      server.run(0.1);
      server.slot.restart_lsn = restart;
      server.tracker.accept(server.replication());
    }
    server.now += 2;
    server.tracker.accept(server.replication());
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'held-by-transaction', state: 'warning', lag: { value: expect.closeTo(0, -1) } });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the slot retains 300 MiB of WAL although only 0 B are unconfirmed: a transaction on the source has been writing since 14:01Z and the server must keep WAL from its beginning; find it in pg_stat_activity and end it"`);
  });
});
