import { describe, expect, test } from 'vitest';
import { formatLsn } from '../../../src/live/cdc/lsn.js';
import { MEGABYTE, SimulatedServer, START, STORE, slotOf } from './simulated-server.js';

const busy = (server: SimulatedServer) => (step: number) => {
  if (step % 3 === 0) server.commit(900);
};
const LAG = 'lag/casework_cdc';
const WAL = 'wal/casework_cdc';

describe('a lost slot', () => {
  test.each([
    { what: 'by size, before 17', more: { wal_status: 'lost', restart_lsn: null, safe_wal_bytes: null } },
    { what: 'by size, on 16, where it is called conflicting', more: { wal_status: 'lost', conflicting: true, restart_lsn: null } },
    { what: 'by size, since 17', more: { wal_status: 'lost', invalidation_reason: 'wal_removed', restart_lsn: null } },
    { what: 'by time, on 18, where it keeps its position', more: { wal_status: 'lost', invalidation_reason: 'idle_timeout', restart_lsn: '2F/0', safe_wal_bytes: 5 * MEGABYTE } },
    { what: 'by a reason only', more: { wal_status: 'reserved', invalidation_reason: 'rows_removed' } },
    { what: 'by a reason of a later version', more: { wal_status: 'unreserved', invalidation_reason: 'moon_phase\u001b[2J' } },
  ])('never reads as healthy, and has no number: $what', ({ more }) => {
    const server = new SimulatedServer();
    server.run(20, busy(server));
    server.slot = { ...server.slot, ...more };
    server.consumer = 'disconnected';
    const before = server.slot.restart_lsn;
    server.now += 2;
    server.tracker.accept(server.replication());
    expect(server.slot.restart_lsn).toBe(before);
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'lost', state: 'breach', status: 'slot lost', lag: null, retained_bytes: null, unconfirmed_bytes: null, safe_wal_bytes: null, lost_at: null, hops: [] });
    expect(server.objective(LAG)).toMatchObject({ state: 'breach', now: null });
    expect(server.objective(WAL)).toMatchObject({ state: 'breach', now: null, detail: 'slot lost' });
    expect(view.cause).not.toContain('\u001b');
    server.run(20);
    expect(server.stream().state).toBe('breach');
  });

  test('says what to do', () => {
    const server = new SimulatedServer();
    server.run(10, busy(server));
    server.slot = { ...server.slot, wal_status: 'lost', invalidation_reason: 'wal_removed', restart_lsn: null };
    server.consumer = 'disconnected';
    server.run(4);
    expect(server.stream().cause).toMatchInlineSnapshot(`"casework_cdc: the slot is lost: the server has removed WAL that the consumer had not read, and changes after position 2F/7080 will never arrive through it; drop and create it again, then take a new snapshot of its tables"`);
  });
});

describe('a slot that will be lost', () => {
  /** A megabyte a second; the consumer is gone and 3 GiB are left. */
  function dying(safe_bytes: number, seconds: number): SimulatedServer {
    const server = new SimulatedServer();
    server.slot.safe_wal_bytes = safe_bytes;
    server.run(60, (step) => (step % 10 === 0 ? server.commit(MEGABYTE) : undefined));
    server.consumer = 'disconnected';
    server.run(seconds, (step) => {
      if (step % 10 !== 0) return;
      server.commit(MEGABYTE);
      server.slot.safe_wal_bytes = (server.slot.safe_wal_bytes ?? 0) - MEGABYTE;
    });
    return server;
  }

  test('is announced with the time that is left: a warning within six hours, a breach within one', () => {
    const far = dying(8 * 3600 * MEGABYTE, 60);
    expect(far.objective(WAL).state).toBe('ok');
    const near = dying(5 * 3600 * MEGABYTE, 60);
    expect(near.objective(WAL)).toMatchObject({ state: 'warning', kind: 'wal' });
    const late = dying(0.5 * 3600 * MEGABYTE, 60);
    const view = late.stream();
    expect(view).toMatchObject({ diagnosis: 'will-be-lost', state: 'breach', status: 'will be lost' });
    expect((view.lost_at ?? 0) - late.now).toBeCloseTo(0.5 * 3600 - 60, -2);
    expect(late.objective(WAL)).toMatchObject({ state: 'breach', detail: 'lost in 29 min' });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the slot will be lost at 14:31Z, in 29 min: 1.7 GiB are left at the present rate, because no consumer has been connected since 14:01Z; start the consumer or raise max_slot_wal_keep_size now"`);
  });

  test('may be lost at once when nothing is left', () => {
    const server = dying(40 * MEGABYTE, 60);
    expect(server.stream()).toMatchObject({ diagnosis: 'will-be-lost', state: 'breach', safe_wal_bytes: -20 * MEGABYTE });
    expect(server.stream().cause).toMatchInlineSnapshot(`"casework_cdc: the slot may be lost at the next checkpoint: it retains 60 MiB of WAL, more than max_slot_wal_keep_size allows, because no consumer has been connected since 14:01Z; start the consumer or raise max_slot_wal_keep_size now"`);
  });

  test('is not announced while its consumer keeps up, however much is written, nor in the quiet after a burst', () => {
    const server = new SimulatedServer();
    server.slot.safe_wal_bytes = 1024 * MEGABYTE;
    server.run(300, (step) => (step % 10 === 0 ? server.commit(20 * MEGABYTE) : undefined), ({ lost_at, state }) => {
      expect([lost_at, state]).toEqual([null, 'ok']);
    });
    server.run(900, undefined, ({ lost_at, state }) => expect([lost_at, state]).toEqual([null, 'ok']));
  });
});

describe('what a slot retains', () => {
  test('is judged by the configuration', () => {
    const server = new SimulatedServer({
      streams: [{ match: 'casework_*', store: null, name: 'case files', lag_seconds_max: 60, retained_bytes_max: 100 * MEGABYTE, landed: null }],
    });
    server.run(20, busy(server));
    expect(server.objective('wal/case files')).toMatchObject({ state: 'ok', target: '≤ 100 MiB', limit: 100 * MEGABYTE });
    server.consumer = 'stalled';
    server.run(45, (step) => (step % 10 === 0 ? server.commit(2 * MEGABYTE) : undefined));
    expect(server.objective('wal/case files')).toMatchObject({ state: 'warning' });
    server.run(30, (step) => (step % 10 === 0 ? server.commit(2 * MEGABYTE) : undefined));
    expect(server.objective('wal/case files')).toMatchObject({ state: 'breach', now: '148 MiB' });
    expect(server.objective('lag/case files')).toMatchObject({ state: 'breach', target: '≤ 60 s' });
    expect(server.objective('wal/case files').detail).toMatch(/^rising [\d,]+ MiB\/min$/);
  });

  test('has no objective where nobody set a limit', () => {
    const server = new SimulatedServer();
    server.run(10, busy(server));
    expect(server.tracker.objectives(server.here).map(({ id }) => id)).toEqual([LAG]);
  });
});

describe('states', () => {
  test('do not flap on a value that swings about its limit', () => {
    const server = new SimulatedServer({ streams: [{ match: '*', store: null, name: null, lag_seconds_max: 40, retained_bytes_max: null, landed: null }] });
    server.run(30, busy(server));
    const states: string[] = [];
    for (let round = 0; round < 10; round++) {
      server.consumer = 'stalled';
      server.run(28, busy(server), ({ state }) => states.push(state));
      server.consumer = 'well';
      server.run(4, busy(server), ({ state }) => states.push(state));
    }
    expect(new Set(states)).toEqual(new Set(['ok']));
  });

  test('a single sample beyond the limit is no breach; the second is', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'stalled';
    const states: string[] = [];
    server.run(920, busy(server), ({ state }) => states.push(state));
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['ok', 'warning', 'breach']);
  });
});

describe('a stream begins anew', () => {
  test('when another slot takes the name, and says so for an hour', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'stalled';
    server.run(200, busy(server));
    expect(server.stream().diagnosis).toBe('stalled-load');
    const fresh = { ...server.replication() };
    if (fresh.probe !== 'replication' || fresh.payload === null) throw new Error('no payload');
    server.now += 2;
    const position = formatLsn(server.lsn);
    const slots = [slotOf('casework_cdc', { total_transactions: 0, restart_lsn: position, confirmed_flush_lsn: position })];
    server.tracker.accept(server.replication({ slots }));
    const view = server.stream();
    expect(view).toMatchObject({ state: 'ok', lag: { value: 0 } });
    expect(view.cause).toContain('the slot was created anew at 14:04Z');
  });

  test('but not when the server starts again, whatever its newest state on disk was', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'stalled';
    server.run(100, busy(server));
    const before = server.stream();
    server.now += 3;
    const back = formatLsn(server.confirmed - 500n);
    const slots = [slotOf('casework_cdc', { confirmed_flush_lsn: back, restart_lsn: back, total_transactions: 0 })];
    server.tracker.accept(server.replication({ started_at: server.now - 1, slots }));
    const after = server.stream();
    expect(after.lag?.value).toBeGreaterThan((before.lag?.value ?? 0) - 5);
    expect(after.cause).not.toContain('anew');
  });

  test('when the timeline changes: positions of before say nothing, and slots that did not come along are gone', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.now += 5;
    server.tracker.accept(server.replication({ timeline: 2, slots: [], wal_senders: [] }));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'lost', status: 'dropped', state: 'warning', lag: null });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the slot was dropped at about 14:01Z; its consumer gets no more changes, and what it had not read is gone for it: if that was not meant, create it again and take a new snapshot of its tables"`);
    expect(server.tracker.source(STORE)?.clock.timeAt('2F/1')).toMatchObject({ at_least: true });
  });

  test('and when a position goes back, as after a restore', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.now += 5;
    const position = formatLsn(server.lsn - 100_000n);
    server.tracker.accept(server.replication({ lsn: position, slots: [slotOf('casework_cdc', { confirmed_flush_lsn: position, restart_lsn: position })] }));
    expect(server.stream()).toMatchObject({ state: 'ok', lag: { value: 0 } });
  });
});

describe('slots that need no alarm', () => {
  test('those of an initial copy, and copies on a standby', () => {
    const server = new SimulatedServer();
    const slots = [
      slotOf('pg_16400_sync_16390_7400000000000000001', { temporary: true, active: false, confirmed_flush_lsn: '2F/0', restart_lsn: '2F/0' }),
      slotOf('casework_cdc', { synced: true, failover: true, active: false, active_pid: null, inactive_since: server.now, confirmed_flush_lsn: '2F/0', restart_lsn: '2F/0' }),
    ];
    for (let look = 0; look < 300; look++) {
      server.now += 2;
      server.elsewhere(1000);
      const [copying, copy] = slots;
      server.tracker.accept(server.replication({ slots: [copying, copy === undefined ? copy : { ...copy, inactive_since: server.now - 10 }].filter((slot) => slot !== undefined), wal_senders: [] }));
    }
    expect(server.tracker.objectives(server.here)).toEqual([]);
    expect(server.stream('casework_cdc')).toMatchObject({ state: 'ok', status: 'kept in step' });
  });
});

describe('a temporary slot', () => {
  test('that a session of an initial copy holds is no stalled consumer', () => {
    const server = new SimulatedServer();
    server.slot.temporary = true;
    server.consumer = 'stalled';
    server.run(200, busy(server));
    expect(server.stream()).toMatchObject({ state: 'ok', status: 'temporary' });
    expect(server.stream().cause).toMatchInlineSnapshot(`"casework_cdc: a temporary slot, as an initial copy makes one: it ends with its session"`);
  });
});

describe('a consumer that calls by SQL from time to time', () => {
  /** It is connected for less than the time between two looks; `stops_after`: seconds after which it calls no more. */
  function calling(every_seconds: number, seconds: number, stops_after: number): { server: SimulatedServer; states: string[] } {
    const server = new SimulatedServer();
    const states: string[] = [];
    let confirmed = server.lsn;
    for (let second = 2; second <= seconds; second += 2) {
      server.now += 2;
      server.commit(900);
      if (second % every_seconds === 0 && second <= stops_after) confirmed = server.lsn;
      const slot = slotOf('casework_cdc', { active: false, active_pid: null, confirmed_flush_lsn: formatLsn(confirmed), restart_lsn: formatLsn(confirmed - 1000n) });
      server.tracker.accept(server.replication({ slots: [slot], wal_senders: [] }));
      states.push(server.stream().diagnosis);
      if (second % 30 === 0) server.tracker.accept(server.publications());
    }
    return { server, states };
  }

  test('is not disconnected between two calls', () => {
    const { server, states } = calling(60, 1200, Infinity);
    expect(server.objective(LAG).state).toBe('ok');
    expect(new Set(states.slice(40))).toEqual(new Set(['flowing']));
  });

  test('is when it calls no more', () => {
    const { server } = calling(60, 1200, 600);
    expect(server.stream()).toMatchObject({ state: 'warning', diagnosis: 'disconnected' });
    expect(server.stream().cause).toContain('no consumer has been connected since 14:10Z');
  });
});

describe('a slot that is meant to survive a failover', () => {
  test('is watched together with its copy on the standby', () => {
    const server = new SimulatedServer();
    server.slot.failover = true;
    const replica = (slots: ReturnType<typeof slotOf>[]): void => {
      server.tracker.accept({ ...server.replication({ in_recovery: true, slots, wal_senders: [] }), store: 'replica-1' });
    };
    server.run(60, busy(server));
    expect(server.stream('casework_cdc').state).toBe('ok');
    replica([]);
    server.run(4, busy(server));
    expect(server.stream('casework_cdc')).toMatchObject({ state: 'warning', status: 'no failover copy' });
    expect(server.stream('casework_cdc').cause).toMatchInlineSnapshot(`"casework_cdc: after a failover its consumer would miss changes: replica-1 keeps no copy of the slot; set sync_replication_slots there (the consumer debezium is up to 0.6 s behind; 3.3 transactions a second)"`);
    replica([slotOf('casework_cdc', { failover: true, synced: true, active: false, confirmed_flush_lsn: formatLsn(server.confirmed), restart_lsn: formatLsn(server.confirmed) })]);
    server.run(4, busy(server));
    const ours = server.tracker.view(server.here).find(({ store }) => store === STORE);
    expect(ours).toMatchObject({ state: 'ok', status: 'flowing' });
  });
});

describe('what is not seen', () => {
  test('is unknown with its cause, never the last good value, and recovers', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.tracker.accept(server.failure('replication', 'casework-primary does not answer: connection refused'));
    expect(server.stream().state).toBe('ok');
    server.now += 11;
    server.tracker.accept(server.failure('replication', 'casework-primary does not answer: connection refused'));
    const view = server.stream();
    expect(view).toMatchObject({ state: 'unknown', diagnosis: 'unknown', lag: null, retained_bytes: null, confirmed_lsn: null, hops: [] });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: casework-primary does not answer: connection refused; start the server or mend the network"`);
    expect(server.objective(LAG)).toMatchObject({ state: 'unknown', now: null, sentence: view.cause });
    server.run(4, busy(server));
    expect(server.stream()).toMatchObject({ state: 'ok', diagnosis: 'flowing' });
  });

  test('a stream that the configuration names is unknown until it is seen, and when no server has it', () => {
    const server = new SimulatedServer({ streams: [{ match: 'ledger_cdc', store: STORE, name: null, lag_seconds_max: 60, retained_bytes_max: null, landed: null }] });
    expect(server.objective('lag/ledger_cdc')).toMatchObject({ state: 'unknown', sentence: 'ledger_cdc: nothing has been looked at yet; wait for the first answer' });
    server.run(4, busy(server));
    expect(server.objective('lag/ledger_cdc').sentence).toMatchInlineSnapshot(`"ledger_cdc: casework-primary has no replication slot, standby or subscription of this name; create it, or correct streams in the configuration"`);
  });

  test('a slot that was dropped is told for a quarter of an hour', () => {
    const server = new SimulatedServer();
    server.run(20, busy(server));
    server.now += 2;
    server.tracker.accept(server.replication({ slots: [], wal_senders: [] }));
    expect(server.stream()).toMatchObject({ diagnosis: 'lost', status: 'dropped', state: 'warning', lag: null });
    for (let minute = 0; minute < 16; minute++) {
      server.now += 60;
      server.tracker.accept(server.replication({ slots: [], wal_senders: [] }));
    }
    expect(server.tracker.view(server.here)).toEqual([]);
  });

  test('a role that may not see WAL senders still gets the lag', () => {
    const server = new SimulatedServer();
    server.sender = { ...server.sender, application_name: null, state: null };
    server.payload = { wal_senders: [], sees_all: false };
    server.run(60, busy(server));
    expect(server.stream()).toMatchObject({ state: 'ok', lag: { value: expect.closeTo(0.4, 0) } });
    expect(server.stream().hops[0]).toMatchObject({ to: 'decoded', seconds: null });
    server.consumer = 'stalled';
    server.run(120, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'stalled-load', state: 'warning' });
    expect(server.stream().cause).toContain('this role cannot see');
  });

  test('on 13, without totals, a stall is a stall and an idle source is idle', () => {
    const server = new SimulatedServer();
    server.slot = { ...server.slot, total_transactions: null, total_bytes: null, conflicting: null };
    const original = server.replication.bind(server);
    server.replication = (more) => {
      const sample = original(more);
      const slot = sample.probe === 'replication' ? sample.payload?.slots[0] : undefined;
      if (slot !== undefined) slot.total_transactions = null;
      return sample;
    };
    server.run(90, busy(server));
    server.run(300);
    expect(server.stream()).toMatchObject({ diagnosis: 'idle-source', state: 'ok' });
    server.consumer = 'stalled';
    server.run(1000, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'stalled-load', state: 'breach' });
  });
});

describe('samples in any order', () => {
  test('late, doubled and failed ones change nothing; a clock that was set back is followed', () => {
    const server = new SimulatedServer();
    server.run(20, busy(server));
    const old = server.replication();
    server.run(60, busy(server));
    const before = server.stream();
    server.tracker.accept(old);
    server.tracker.accept(old);
    expect(server.stream()).toEqual(before);
    for (let look = 0; look < 10; look++) {
      server.now += 2;
      const sample = server.replication({ server_time: server.now - 7200 });
      server.tracker.accept({ ...sample, at: sample.at - 7200 });
    }
    const [view] = server.tracker.view(server.here - 7200);
    expect(view).toMatchObject({ state: 'ok' });
  });

  test('a server that sets its clock keeps what is known of positions', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    server.consumer = 'stalled';
    server.run(100, busy(server));
    const { lag } = server.stream();
    server.now += 2;
    server.tracker.accept({ ...server.replication({ server_time: server.now + 3600 }) });
    expect(server.stream().lag?.value).toBeCloseTo((lag?.value ?? 0) + 2, 0);
  });

  test('hostile names reach no sentence', () => {
    const server = new SimulatedServer();
    server.slot = slotOf('evil\u001b[2J\u202e');
    server.sender = { ...server.sender, application_name: '\u001b]0;x\u0007boo' };
    server.run(10, busy(server));
    const [view] = server.tracker.view(server.here);
    expect(JSON.stringify(view)).not.toMatch(/\\u001b|\\u202e|\u202e/);
    server.tracker.accept(server.replication({ lsn: 'not a position' }));
    server.now += 30;
    server.tracker.accept(server.replication({ lsn: 'not a position' }));
    expect(server.tracker.view(server.here)[0]?.cause).toContain('a WAL position that is none');
  });

  test('the source tells freshness what it needs', () => {
    const server = new SimulatedServer();
    expect(server.tracker.source(STORE)).toBeNull();
    server.run(60, busy(server));
    const source = server.tracker.source(STORE);
    expect(source?.server_time_offset_seconds).toBeCloseTo(40, 5);
    expect(source?.last_change_at).toBe(START + 60);
    expect(source?.wal_bytes_per_second).toBeGreaterThan(2000);
    expect(source?.clock.timeAt('nonsense')).toBeNull();
  });
});
