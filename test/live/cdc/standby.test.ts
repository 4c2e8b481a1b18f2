import { describe, expect, test } from 'vitest';
import { formatLsn } from '../../../src/live/cdc/lsn.js';
import type { PayloadOf } from '../../../src/probes/index.js';
import { senderOf, SimulatedServer, slotOf, STORE } from './simulated-server.js';

const REPLICA = 'replica-1';
type Standby = NonNullable<PayloadOf<'receiver'>['standby']>;
type Subscription = PayloadOf<'receiver'>['subscriptions'][number];

/** A primary that writes steadily and a standby whose replay the test sets. */
class Pair {
  readonly server = new SimulatedServer();
  replayed = this.server.lsn;
  received = this.server.lsn;
  replayed_at = this.server.now;
  slot: Parameters<typeof slotOf>[1] | null = null;
  connected = true;
  hidden = false;

  run(seconds: number, { writes = 5000, replays = true, receives = true } = {}): void {
    for (let second = 0; second < seconds; second += 2) {
      this.server.now += 2;
      this.server.elsewhere(writes);
      if (receives) this.received = this.server.lsn;
      if (replays) {
        this.replayed = this.received;
        this.replayed_at = this.server.now;
      }
      const slots = this.slot === null ? [] : [slotOf('replica_1', { slot_type: 'physical', plugin: null, database: null, total_transactions: null, restart_lsn: formatLsn(this.received), active: this.connected, active_pid: this.connected ? 900 : null, ...this.slot })];
      const shown = this.hidden
        ? { state: null, sent_lsn: null, write_lsn: null, flush_lsn: null, replay_lsn: null }
        : { sent_lsn: formatLsn(this.received), write_lsn: formatLsn(this.received), flush_lsn: formatLsn(this.received), replay_lsn: formatLsn(this.replayed) };
      const wal_senders = this.connected ? [senderOf({ pid: 900, application_name: 'replica-1', slot_name: this.slot === null ? null : 'replica_1', ...shown })] : [];
      this.server.tracker.accept(this.server.replication({ slots, wal_senders, sees_all: !this.hidden }));
    }
  }

  get truth(): number {
    return this.server.now - this.replayed_at;
  }

  get objective() {
    return this.server.tracker.objectives(this.server.here).find(({ kind }) => kind === 'standby');
  }
}

describe('a standby as its primary sees it', () => {
  test('follows, and an idle primary is no lag, whatever replay_lag says', () => {
    const pair = new Pair();
    pair.run(60);
    expect(pair.server.stream(REPLICA)).toMatchObject({ kind: 'standby', diagnosis: 'flowing', state: 'ok', lag: { value: 0 } });
    pair.run(3000, { writes: 0 });
    expect(pair.server.stream(REPLICA)).toMatchObject({ state: 'ok', lag: { value: 0, low: 0 } });
    expect(pair.objective).toMatchObject({ id: 'standby/replica-1', state: 'ok', now: '0 s' });
  });

  test('whose replay is held back: the lag is dated by the clock and the place is named', () => {
    const pair = new Pair();
    pair.run(60);
    pair.run(120, { replays: false });
    const view = pair.server.stream(REPLICA);
    expect(view).toMatchObject({ diagnosis: 'stalled-load', state: 'warning', status: 'replay behind' });
    expect(Math.abs((view.lag?.value ?? 0) - pair.truth)).toBeLessThanOrEqual(2);
    expect(view.hops.find(({ slowest }) => slowest)).toMatchObject({ from: 'received', to: 'replayed' });
    pair.run(840, { replays: false });
    expect(pair.objective).toMatchObject({ state: 'breach' });
    expect(pair.server.stream(REPLICA).cause).toMatchInlineSnapshot(`"replica-1: has received WAL up to 0 s ago but replays 16 min behind; look on the standby whether replay is paused or waits for long queries (max_standby_streaming_delay)"`);
  });

  test('that receives nothing', () => {
    const pair = new Pair();
    pair.run(60);
    pair.run(120, { replays: false, receives: false });
    expect(pair.server.stream(REPLICA)).toMatchObject({ diagnosis: 'stalled-capture', state: 'warning' });
  });

  test('without a slot that leaves is told for a quarter of an hour, though the server shows nothing of it', () => {
    const pair = new Pair();
    pair.run(60);
    pair.connected = false;
    pair.run(30);
    expect(pair.objective).toMatchObject({ id: 'standby/replica-1', state: 'ok', detail: 'disconnected' });
    pair.run(60);
    expect(pair.objective).toMatchObject({ state: 'warning', now: null });
    expect(pair.objective?.sentence).toMatchInlineSnapshot(`"replica-1: the standby has not been connected since 14:01Z, and no slot holds WAL for it: it falls behind until it cannot catch up; start it, or look at the network"`);
    pair.connected = true;
    pair.run(10);
    expect(pair.objective).toMatchObject({ state: 'ok', now: '0 s' });
    pair.connected = false;
    pair.run(1000);
    expect(pair.objective).toBeUndefined();
  });

  test('whose columns are hidden is unknown', () => {
    const pair = new Pair();
    pair.hidden = true;
    pair.run(20);
    expect(pair.server.stream(REPLICA)).toMatchObject({ state: 'unknown', diagnosis: 'unknown' });
    expect(pair.server.stream(REPLICA).cause).toContain('grant it pg_monitor');
  });

  test('that left its slot behind is told, with what it holds; a slot that was never used holds nothing', () => {
    const pair = new Pair();
    pair.slot = {};
    pair.run(60);
    expect(pair.server.stream('replica_1')).toMatchObject({ kind: 'physical slot', diagnosis: 'flowing', plugin: 'replica-1' });
    pair.connected = false;
    pair.slot = { restart_lsn: formatLsn(pair.received) };
    pair.run(20, { receives: false, replays: false });
    expect(pair.server.stream('replica_1')).toMatchObject({ diagnosis: 'disconnected', state: 'ok' });
    pair.run(100, { receives: false, replays: false });
    expect(pair.server.stream('replica_1')).toMatchObject({ diagnosis: 'disconnected', state: 'warning' });
    expect(pair.server.stream('replica_1').cause).toMatchInlineSnapshot(`"replica_1: no standby has been connected since 14:01Z; it lacks 2 min of changes and 293 KiB of WAL is retained for it; start it, or drop the slot if it is not needed any more"`);
    pair.slot = { restart_lsn: null, wal_status: 'lost' };
    pair.run(2, { receives: false, replays: false });
    expect(pair.server.stream('replica_1')).toMatchObject({ diagnosis: 'lost', state: 'breach', lag: null });
    const unused = new Pair();
    unused.connected = false;
    unused.slot = { restart_lsn: null };
    unused.run(400);
    expect(unused.server.stream('replica_1')).toMatchObject({ state: 'ok', status: 'never used' });
  });
});

describe('a standby as it sees itself', () => {
  const standbyOf = (pair: Pair, more: Partial<Standby> = {}): Standby => ({
    receive_lsn: formatLsn(pair.received),
    replay_lsn: formatLsn(pair.replayed),
    replay_paused: false,
    last_replayed_commit_at: null,
    receiver: { status: 'streaming', slot_name: null, latest_end_lsn: formatLsn(pair.received), latest_end_at: pair.server.now, last_message_age_seconds: 1 },
    status_interval_seconds: 10,
    conflicts: 0,
    ...more,
  });
  const look = (pair: Pair, more: Partial<Standby> = {}): void => {
    pair.server.tracker.accept(pair.server.sample('receiver', 5, { server_time: pair.server.now, in_recovery: true, standby: standbyOf(pair, more), subscriptions: [] }, REPLICA));
  };
  const own = (pair: Pair) => pair.server.tracker.view(pair.server.here).find(({ store }) => store === REPLICA);

  test('has the lag of what it heard, and none when the primary is idle', () => {
    const pair = new Pair();
    const alone = new Pair();
    for (let round = 0; round < 30; round++) {
      pair.run(2);
      alone.server.now = pair.server.now;
      look(pair);
    }
    expect(own(pair)).toMatchObject({ kind: 'standby', diagnosis: 'flowing', state: 'ok', lag: { value: 0 } });
    for (let round = 0; round < 100; round++) {
      pair.run(2, { replays: false });
      look(pair, { replay_paused: true });
    }
    expect(own(pair)).toMatchObject({ diagnosis: 'stalled-load', state: 'warning', status: 'replay paused', lag: { value: expect.closeTo(200, -1) } });
  });

  test('is unknown when the link is cut, never zero', () => {
    const pair = new Pair();
    for (let round = 0; round < 10; round++) {
      pair.server.now += 5;
      look(pair);
    }
    expect(own(pair)).toMatchObject({ state: 'ok' });
    pair.server.now += 5;
    look(pair, { receiver: null });
    expect(own(pair)).toMatchObject({ state: 'unknown', diagnosis: 'disconnected', lag: null, status: 'link down' });
    expect(own(pair)?.cause).toMatchInlineSnapshot(`"replica-1: the standby hears nothing from its primary, so nobody here knows how old its data are; look at the network, at primary_conninfo and at the primary"`);
    look(pair, { receiver: { status: 'streaming', slot_name: null, latest_end_lsn: formatLsn(pair.received), latest_end_at: pair.server.now - 300, last_message_age_seconds: 300 } });
    expect(own(pair)).toMatchObject({ state: 'unknown', lag: null });
  });

  test('is dated by the primary where that is looked at too, even when the link is cut', () => {
    const pair = new Pair();
    pair.run(60);
    const replica = (): void => {
      const sample = pair.server.replication({ in_recovery: true, lsn: formatLsn(pair.received), slots: [], wal_senders: [] });
      pair.server.tracker.accept({ ...sample, store: REPLICA });
    };
    pair.connected = false;
    for (let round = 0; round < 60; round++) {
      pair.run(2, { replays: false, receives: false });
      replica();
      look(pair, { receiver: null });
    }
    const view = own(pair);
    expect(view).toMatchObject({ state: 'warning', status: 'link down' });
    expect(Math.abs((view?.lag?.value ?? 0) - pair.truth)).toBeLessThanOrEqual(2);
  });
});

describe('a subscription', () => {
  const subscriptionOf = (server: SimulatedServer, more: Partial<Subscription> = {}): Subscription => ({
    name: 'casework_sub',
    database: 'analytics',
    enabled: true,
    pid: 77,
    received_lsn: formatLsn(server.lsn),
    latest_end_lsn: formatLsn(server.confirmed),
    latest_end_at: server.now,
    last_message_age_seconds: 1,
    apply_errors: 0,
    sync_errors: 0,
    slot_name: 'casework_cdc',
    tables_syncing: 0,
    ...more,
  });
  const look = (server: SimulatedServer, more: Partial<Subscription> = {}): void => {
    server.tracker.accept(server.sample('receiver', 5, { server_time: server.now, in_recovery: false, standby: null, subscriptions: [subscriptionOf(server, more)] }, 'warehouse'));
  };

  test('is dated by its publisher, and says when its worker fails or does not run', () => {
    const server = new SimulatedServer();
    const busy = (step: number): void => (step % 3 === 0 ? server.commit() : undefined);
    server.run(30, busy);
    look(server);
    expect(server.stream('casework_sub')).toMatchObject({ kind: 'subscription', state: 'ok', diagnosis: 'flowing' });
    server.consumer = 'stalled';
    server.run(120, busy);
    look(server, { apply_errors: 3 });
    expect(server.stream('casework_sub')).toMatchObject({ diagnosis: 'stalled-load', status: 'apply fails', lag: { value: expect.closeTo(120, -1) } });
    expect(server.stream('casework_sub').cause).toMatchInlineSnapshot(`"casework_sub: applying fails again and again, 2 min behind; the server's log names the row and the constraint"`);
    server.run(200, busy);
    look(server, { apply_errors: 3, pid: null });
    look(server, { apply_errors: 3, pid: null });
    expect(server.stream('casework_sub')).toMatchObject({ diagnosis: 'disconnected', state: 'warning' });
    look(server, { apply_errors: 3, enabled: false, pid: null });
    expect(server.stream('casework_sub').status).toBe('disabled');
    expect(server.tracker.objectives(server.here).map(({ id }) => id)).toContain('lag/casework_sub');
    expect(server.tracker.view(server.here).some(({ store }) => store === STORE)).toBe(true);
  });
});
