import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defaultLive } from '../../src/config/live-defaults.js';
import { Scheduler, type SchedulerOptions } from '../../src/live/scheduler.js';
import { PROBES, type Sample } from '../../src/probes/index.js';
import { ProbeUnsupported, type ProbeInput, type ProbeTarget } from '../../src/probes/probe.js';
import { DeadlineExceeded } from '../../src/stores/live.js';
import { ConnectError, PermissionGap, StoreLost } from '../../src/stores/store.js';
import { fakeSession, type FakeSession } from './fake-session.js';
import { ManualClock } from './manual-clock.js';

const settings = { ...defaultLive, dbt: ['/srv/dbt/target'] };
const target = (store: string, engine: ProbeTarget['engine'] = 'postgres'): ProbeTarget => ({
  store, engine, role: engine === 'postgres' ? 'operational' : 'warehouse', settings, catalog: null,
});
const refused = new ConnectError({ reason: 'refused', store: 'production', place: 'db:5432/casework', detail: 'nothing listens there (ECONNREFUSED)', nextStep: 'Start the server.' });

const activityAnswer = {
  server_time: 1, sees_all: true, connections: 3, connections_max: 100, active: 1, idle_in_transaction: 0, lock_waiters: 0,
  lwlock_waiters: 0, io_waiters: 0, oldest_xmin_age: null, own_xmin_age: null, transactions: [],
};
const throughputAnswer = {
  server_time: 1, commits: 1, rollbacks: 0, rows_returned: 0, rows_fetched: 0, rows_changed: 0, blocks_read: 0, blocks_hit: 0, temp_bytes: 0,
  deadlocks: 0, statistics_reset: null,
};
const statementsAnswer = {
  server_time: 1, first: true, over_seconds: 0, work: [], texts: [], entries: 0, entries_max: 5000, evictions: null, reset: false, own_ms: 0, texts_unread: null,
};

type Answer<T> = (input: ProbeInput, run: number) => Promise<T>;
const counted = <T>(answer: Answer<T>): (() => (input: ProbeInput) => Promise<T>) => {
  return () => {
    let run = 0;
    return (input) => answer(input, ++run);
  };
};
/** One statement on the session, then the answer. */
const asking = <T>(sql: string, answer: T): Answer<T> => async ({ session }) => {
  await session.query(z.unknown(), sql);
  return answer;
};

interface Setup extends Partial<SchedulerOptions> {
  activity?: Answer<typeof activityAnswer>;
  throughput?: Answer<typeof throughputAnswer>;
  statements?: Answer<typeof statementsAnswer>;
  reconciliation?: Answer<{ pairs: [] }>;
  files?: () => Promise<{ sources: null; runs: null }>;
}

function watch(setup: Setup): { scheduler: Scheduler; clock: ManualClock; samples: Sample[]; sessions: FakeSession[]; of: (probe: string) => Sample[]; abort: AbortController } {
  const clock = new ManualClock();
  const samples: Sample[] = [];
  const sessions: FakeSession[] = [];
  const abort = new AbortController();
  const { activity, throughput, statements, reconciliation, files, ...options } = setup;
  const scheduler = new Scheduler({
    targets: [target('production')],
    settings,
    clock,
    signal: abort.signal,
    open: async (store) => {
      const session = fakeSession(store);
      sessions.push(session);
      return session;
    },
    onSample: (sample) => samples.push(sample),
    probes: {
      ...(activity ? { activity: { ...PROBES.activity, create: counted(activity) } } : {}),
      ...(throughput ? { throughput: { ...PROBES.throughput, create: counted(throughput) } } : {}),
      ...(statements ? { statements: { ...PROBES.statements, create: counted(statements) } } : {}),
      ...(reconciliation ? { reconciliation: { ...PROBES.reconciliation, applies: ({ store }) => store === 'production', create: counted(reconciliation) } } : {}),
      ...(files ? { dbt: { ...PROBES.dbt, create: () => files } } : {}),
    },
    ...options,
  });
  return { scheduler, clock, samples, sessions, abort, of: (probe) => samples.filter((sample) => sample.probe === probe) };
}

describe('the schedule', () => {
  it('runs each probe at its pace, from soon after the start', async () => {
    const { scheduler, clock, of } = watch({ activity: asking('a', activityAnswer), throughput: asking('t', throughputAnswer) });
    scheduler.start();
    await clock.pass(60);
    expect(of('activity')).toHaveLength(12);
    expect(of('throughput')).toHaveLength(4);
    const at = of('activity').map((sample) => sample.at);
    expect(at.slice(1).map((seconds, index) => Math.round((seconds - (at[index] ?? 0)) * 1000))).toEqual(Array.from({ length: 11 }, () => 5_000));
    expect((at[0] ?? 0) - 1_780_000_000).toBeLessThan(2);
    expect(of('activity')[0]).toEqual({
      probe: 'activity', store: 'production', at: at[0], elapsed_ms: 2, received_bytes: 100, pace_seconds: 5, slowed: null, payload: activityAnswer, failure: null,
    });
    await scheduler.stop();
  });

  it('asks what matters most first, one after the other on one connection', async () => {
    const { scheduler, clock, sessions } = watch({ statements: asking('heavy', statementsAnswer), throughput: asking('light', throughputAnswer), activity: asking('vital', activityAnswer) });
    scheduler.start();
    await clock.sleep(10);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.asked).toEqual([
      { sql: 'vital', deadline_ms: 2_000 },
      { sql: 'light', deadline_ms: 2_000 },
      { sql: 'heavy', deadline_ms: 5_000 },
    ]);
    await scheduler.stop();
  });

  it('takes one more connection for reconciliation, and that of the other store for the same use', async () => {
    const opened: string[] = [];
    const { scheduler, clock, of } = watch({
      targets: [target('production'), target('warehouse', 'duckdb')],
      activity: asking('a', activityAnswer),
      reconciliation: async ({ session, sessionOf }) => {
        await (await sessionOf('warehouse')).query(z.unknown(), 'right side');
        await (await sessionOf(session.store)).query(z.unknown(), 'left side');
        return { pairs: [] };
      },
      open: async (store, _, use) => {
        opened.push(`${store} ${use}`);
        return fakeSession(store);
      },
    });
    scheduler.start();
    await clock.pass(130);
    expect(opened.sort()).toEqual(['production probes', 'production reconciliation', 'warehouse reconciliation']);
    expect(of('reconciliation').map(({ failure }) => failure)).toEqual([null, null, null]);
    await scheduler.stop();
  });

  it('after the machine has slept runs everything once, not as often as was missed', async () => {
    const { scheduler, clock, of } = watch({ activity: asking('a', activityAnswer), throughput: asking('t', throughputAnswer) });
    scheduler.start();
    await clock.pass(20);
    const before = [of('activity').length, of('throughput').length];
    await clock.sleep(8 * 3600);
    expect([of('activity').length, of('throughput').length]).toEqual(before.map((count) => count + 1));
    await clock.pass(15);
    expect([of('activity').length, of('throughput').length]).toEqual([(before[0] ?? 0) + 4, (before[1] ?? 0) + 2]);
    await scheduler.stop();
  });

  it('does not care when somebody sets the time of day', async () => {
    const { scheduler, clock, of } = watch({ activity: asking('a', activityAnswer) });
    scheduler.start();
    await clock.pass(20);
    clock.jumped_seconds = -86_400;
    await clock.pass(20);
    clock.jumped_seconds = 86_400;
    await clock.pass(20);
    expect(of('activity')).toHaveLength(12);
    await scheduler.stop();
  });

  it('runs one probe or all of them at once when asked', async () => {
    const { scheduler, clock, of } = watch({ activity: asking('a', activityAnswer), throughput: asking('t', throughputAnswer) });
    scheduler.start();
    await clock.pass(3);
    scheduler.refresh('throughput');
    await clock.pass(0.001);
    expect([of('activity').length, of('throughput').length]).toEqual([1, 2]);
    scheduler.refresh();
    await clock.pass(0.001);
    expect([of('activity').length, of('throughput').length]).toEqual([2, 3]);
    await scheduler.stop();
  });

  it('looks at files too, each by its path', async () => {
    let run = 0;
    const { scheduler, clock, of } = watch({ files: () => (++run === 1 ? Promise.resolve({ sources: null, runs: null }) : Promise.reject(new Error('the file ends early'))) });
    scheduler.start();
    await clock.pass(PROBES.dbt.pace_seconds + 2);
    expect(of('dbt')).toMatchObject([
      { store: '/srv/dbt/target', failure: null, payload: { sources: null, runs: null } },
      { store: '/srv/dbt/target', payload: null, failure: { reason: 'failed', message: '/srv/dbt/target: dbt failed: the file ends early' } },
    ]);
    await scheduler.stop();
  });

  it('ends with no sample, no timer and no session left', async () => {
    const { scheduler, clock, samples, sessions } = watch({ activity: asking('a', activityAnswer), reconciliation: () => new Promise(() => undefined), files: () => new Promise(() => undefined) });
    scheduler.start();
    await clock.pass(7);
    await scheduler.stop();
    const count = samples.length;
    await clock.pass(300);
    expect(samples).toHaveLength(count);
    expect(clock.pending).toBe(0);
    expect(sessions).toHaveLength(2);
    expect(sessions.every(({ closed }) => closed)).toBe(true);
  });

  it('ends when its signal says so', async () => {
    const { scheduler, clock, samples, abort } = watch({ activity: asking('a', activityAnswer) });
    scheduler.start();
    await clock.pass(7);
    abort.abort(new Error('interrupted'));
    const count = samples.length;
    await clock.pass(60);
    expect(samples).toHaveLength(count);
    expect(clock.pending).toBe(0);
    await scheduler.stop();
  });
});

describe('a run that fails', () => {
  const failureOf = async (error: unknown): Promise<unknown> => {
    const { scheduler, clock, of } = watch({ activity: () => Promise.reject(error) });
    scheduler.start();
    await clock.pass(2);
    await scheduler.stop();
    return of('activity')[0]?.failure;
  };
  const server = (message: string, code: string): Error => Object.assign(new Error(message), { code });

  it('says what was missing and what would mend it', async () => {
    expect(await failureOf(new PermissionGap('production', 'permission denied for table case_file'))).toMatchInlineSnapshot(`
      {
        "message": "production: activity may not look: permission denied for table case_file",
        "next_step": "GRANT SELECT ON case_file TO tidemark;",
        "reason": "permission",
      }
    `);
    expect(await failureOf(new PermissionGap('production', 'permission denied for function pg_ls_waldir'))).toMatchInlineSnapshot(`
      {
        "message": "production: activity may not look: permission denied for function pg_ls_waldir",
        "next_step": "GRANT pg_monitor TO tidemark;",
        "reason": "permission",
      }
    `);
    expect(await failureOf(new PermissionGap('production', 'keine Berechtigung für Tabelle case_file'))).toMatchObject({ next_step: 'GRANT pg_monitor TO tidemark;' });
    expect(await failureOf(new ProbeUnsupported('the server keeps no statistics', 'CREATE EXTENSION pg_stat_statements;'))).toMatchInlineSnapshot(`
      {
        "message": "production: activity cannot look: the server keeps no statistics",
        "next_step": "CREATE EXTENSION pg_stat_statements;",
        "reason": "unsupported",
      }
    `);
  });

  it('says that it took too long, that a lock was in the way, that the connection went', async () => {
    expect(await failureOf(new DeadlineExceeded('production', 'canceling statement due to statement timeout'))).toMatchInlineSnapshot(`
      {
        "message": "production: activity got no answer within 2 s",
        "next_step": "It is asked again by itself. Is the server overloaded, or does a lock stand in the way?",
        "reason": "deadline",
      }
    `);
    expect(await failureOf(server('canceling statement due to lock timeout', '55P03'))).toMatchInlineSnapshot(`
      {
        "message": "production: activity found its relation locked by another session",
        "next_step": "It is asked again by itself. Does a migration hold the lock?",
        "reason": "locked",
      }
    `);
    expect(await failureOf(new StoreLost('production', 'no answer within 4 s'))).toMatchInlineSnapshot(`
      {
        "message": "production: the connection was lost: no answer within 4 s",
        "next_step": "tidemark connects again by itself. Is the server running, and can it be reached?",
        "reason": "lost",
      }
    `);
  });

  it('never says a value of a row', async () => {
    const messages = [
      await failureOf(server('invalid input syntax for type numeric: "amelie.dupont@example.org"', '22P02')),
      await failureOf(server('case of Amelie Dupont is closed', 'P0001')),
      await failureOf(new Error("Conversion Error: Could not convert string 'Amelie Dupont' to INT32")),
    ];
    expect(JSON.stringify(messages)).not.toMatch(/amelie/i);
    expect(messages[0]).toMatchInlineSnapshot(`
      {
        "message": "production: activity failed: a value in the data cannot be read as what it should be (22P02)",
        "next_step": "It is asked again by itself. If it stays, look at the log of the server.",
        "reason": "failed",
      }
    `);
  });

  it('is one harmless line, whatever the server says', async () => {
    expect(await failureOf(new Error('\u001b[2Jcase\nwork'))).toMatchObject({ message: 'production: activity failed: case' });
  });

  it('names an answer of another form', async () => {
    const { scheduler, clock, of } = watch({ activity: () => Promise.resolve(Object.assign({ ...activityAnswer }, { connections: Number.NaN })) });
    scheduler.start();
    await clock.pass(2);
    await scheduler.stop();
    expect(of('activity')[0]).toMatchObject({
      payload: null,
      failure: { reason: 'failed', message: 'production: activity failed: the answer has an unknown form at connections: Invalid input: expected number, received NaN' },
    });
  });

  it('costs itself only, and goes on at its pace', async () => {
    const { scheduler, clock, of } = watch({ activity: (_, run) => (run === 2 ? Promise.reject(new Error('no')) : Promise.resolve(activityAnswer)), throughput: asking('t', throughputAnswer) });
    scheduler.start();
    await clock.pass(17);
    expect(of('activity').map(({ failure }) => failure === null)).toEqual([true, false, true, true]);
    expect(of('throughput').every(({ failure }) => failure === null)).toBe(true);
    await scheduler.stop();
  });
});

describe('a run that hangs', () => {
  it('is ended behind its deadline, gets no more answers, and the others go on', async () => {
    const inputs: ProbeInput[] = [];
    const { scheduler, clock, of, sessions } = watch({
      throughput: (input) => {
        inputs.push(input);
        if (inputs.length > 1) return Promise.resolve(throughputAnswer);
        return new Promise(() => undefined);
      },
      activity: asking('a', activityAnswer),
    });
    scheduler.start();
    await clock.pass(40);
    await expect(inputs[0]?.session.query(z.unknown(), 'too late')).rejects.toThrow('the run took too long');
    expect(sessions[0]?.asked.map(({ sql }) => sql)).not.toContain('too late');
    expect(of('throughput')[0]).toMatchObject({ payload: null, failure: { reason: 'deadline', message: 'production: throughput got no answer within 2 s' } });
    expect(of('throughput')[0]?.elapsed_ms).toBe(5_000);
    expect(of('throughput').at(-1)?.failure).toBeNull();
    expect(of('activity').filter(({ failure }) => failure === null).length).toBeGreaterThanOrEqual(6);
    await scheduler.stop();
  });

  it('is not started a second time while it goes on', async () => {
    let running = 0;
    let most = 0;
    const { scheduler, clock, of, sessions } = watch({
      activity: async ({ signal }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        running--;
        return activityAnswer;
      },
    });
    scheduler.start();
    await clock.pass(40);
    expect(most).toBe(1);
    expect(of('activity')).toHaveLength(4);
    expect(of('activity').every(({ failure }) => failure?.reason === 'deadline')).toBe(true);
    expect(sessions).toHaveLength(1);
    await scheduler.stop();
  });

  it('gives up a session from which nothing comes back at all', async () => {
    let first = true;
    const sessions: FakeSession[] = [];
    const { scheduler, clock, of } = watch({
      activity: asking('a', activityAnswer),
      open: async () => {
        const silent = first;
        first = false;
        const session = fakeSession('production', () => (silent ? new Promise(() => undefined) : Promise.resolve([])));
        sessions.push(session);
        return session;
      },
    });
    scheduler.start();
    await clock.pass(30);
    expect(sessions.map(({ closed }) => closed)).toEqual([true, false]);
    expect(of('activity').at(-1)?.failure).toBeNull();
    await scheduler.stop();
  });
});

describe('a store that goes and comes', () => {
  it('gives every due probe a sample that says so, then goes on by itself with new runners', async () => {
    let up = true;
    const lost = new StoreLost('production', 'terminating connection due to administrator command');
    const runs: number[] = [];
    const { scheduler, clock, of, samples } = watch({
      activity: async ({ session }, run) => {
        runs.push(run);
        await session.query(z.unknown(), 'a');
        return activityAnswer;
      },
      throughput: asking('t', throughputAnswer),
      open: async () => {
        if (!up) throw refused;
        return fakeSession('production', () => (up ? Promise.resolve([]) : Promise.reject(lost)));
      },
    });
    scheduler.start();
    await clock.pass(20);
    expect(samples.every(({ failure }) => failure === null)).toBe(true);
    up = false;
    await clock.pass(60);
    const down = samples.filter(({ failure }) => failure !== null);
    expect(down[0]).toMatchObject({ failure: { reason: 'lost', message: 'production: the connection was lost: terminating connection due to administrator command' } });
    expect(down.at(-1)).toMatchObject({
      payload: null,
      elapsed_ms: 0,
      failure: { reason: 'connect', message: 'production: cannot open db:5432/casework: nothing listens there (ECONNREFUSED)', next_step: 'Start the server.' },
    });
    expect(down.filter(({ probe }) => probe === 'activity').length).toBeGreaterThanOrEqual(12);
    expect(down.filter(({ probe }) => probe === 'throughput').length).toBeGreaterThanOrEqual(4);
    up = true;
    await clock.pass(35);
    expect(of('activity').at(-1)?.failure).toBeNull();
    expect(of('throughput').at(-1)?.failure).toBeNull();
    // It began to count anew on the new connection.
    expect(runs.filter((run) => run === 1)).toHaveLength(2);
    await scheduler.stop();
  });

  it('that does not open at the start says so too, and is asked at once when it opens', async () => {
    let up = false;
    const { scheduler, clock, of } = watch({
      statements: asking('s', statementsAnswer),
      open: () => (up ? Promise.resolve(fakeSession()) : Promise.reject(refused)),
    });
    scheduler.start();
    await clock.pass(5);
    expect(of('statements')).toMatchObject([{ failure: { reason: 'connect' } }]);
    up = true;
    await clock.pass(5);
    expect(of('statements').at(-1)?.failure).toBeNull();
    await scheduler.stop();
  });

  it('costs the other store nothing', async () => {
    const { scheduler, clock, samples } = watch({
      targets: [target('production'), target('shop')],
      activity: asking('a', activityAnswer),
      open: async (store) => {
        if (store === 'shop') await new Promise(() => undefined);
        return fakeSession(store);
      },
    });
    scheduler.start();
    await clock.pass(30);
    expect(samples.filter(({ store }) => store === 'production')).toHaveLength(6);
    void scheduler.stop();
  });
});

describe('under pressure', () => {
  it('heavy probes wait, say why, and go on after a minute of calm', async () => {
    let lock_waiters = 5;
    const { scheduler, clock, of } = watch({
      activity: () => Promise.resolve({ ...activityAnswer, lock_waiters }),
      statements: asking('s', statementsAnswer),
    });
    scheduler.start();
    await clock.pass(240);
    const under = of('statements');
    expect(under.at(-1)).toMatchObject({
      payload: null,
      pace_seconds: 60,
      slowed: 'lock waiters 5',
      failure: { reason: 'failed', message: 'production: statements waits while the server is under pressure (lock waiters 5)' },
    });
    // No gap is so long that the sample before it speaks for the present no longer.
    for (const [index, sample] of under.entries()) {
      const next = under[index + 1];
      if (next) expect(next.at - sample.at).toBeLessThanOrEqual(3 * sample.pace_seconds);
    }
    expect(of('activity')).toHaveLength(48);
    lock_waiters = 0;
    await clock.pass(300);
    expect(of('statements').at(-1)).toMatchObject({ failure: null, slowed: null, pace_seconds: 15 });
    await scheduler.stop();
  });
});
