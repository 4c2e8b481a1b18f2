import { describe, expect, it } from 'vitest';
import type { LiveSession } from '../../src/probes/probe.js';
import { backoffSeconds, fraction, StoreConnection } from '../../src/live/sessions.js';
import { ConnectError, PermissionGap, StoreLost } from '../../src/stores/store.js';
import { fakeSession } from './fake-session.js';
import { ManualClock, settle } from './manual-clock.js';

const refused = new ConnectError({ reason: 'refused', store: 'production', place: 'db:5432/casework', detail: 'nothing listens there', nextStep: 'Start the server.' });
const wrongPassword = new ConnectError({ reason: 'authentication', store: 'production', place: 'db:5432/casework', detail: 'wrong', nextStep: 'Correct it.' });

interface Attempts {
  connection: StoreConnection;
  clock: ManualClock;
  /** Seconds at which it was tried. */
  at: number[];
  /** What the next attempts end with; an open session where there is none. */
  outcomes: Error[];
  reopened: () => number;
  sessions: ReturnType<typeof fakeSession>[];
}

function attempts(outcomes: Error[]): Attempts {
  const clock = new ManualClock();
  const at: number[] = [];
  const sessions: ReturnType<typeof fakeSession>[] = [];
  let reopened = 0;
  const connection = new StoreConnection({
    store: 'production',
    clock,
    onOpen: () => void reopened++,
    open: async () => {
      at.push(Math.round(clock.monotonic_ms() / 100) / 10);
      const outcome = outcomes.shift();
      if (outcome) throw outcome;
      const session = fakeSession();
      sessions.push(session);
      return session;
    },
  });
  return { connection, clock, at, outcomes, reopened: () => reopened, sessions };
}

const outcome = (connection: StoreConnection): Promise<unknown> => connection.acquire().then(({ generation }) => generation, (error: unknown) => error);

describe('a connection', () => {
  it('is opened when it is first asked for, once for all who ask', async () => {
    const { connection, at } = attempts([]);
    expect(at).toEqual([]);
    expect(await Promise.all([outcome(connection), outcome(connection)])).toEqual([1, 1]);
    expect(at).toHaveLength(1);
    await connection.close();
  });

  it('is tried again with growing pauses up to half a minute, and says meanwhile why there is none', async () => {
    const { connection, clock, at, reopened } = attempts(Array.from({ length: 8 }, () => refused));
    expect(await outcome(connection)).toBe(refused);
    expect(await outcome(connection)).toBe(refused);
    await clock.pass(150);
    const pauses = at.slice(1).map((seconds, index) => seconds - (at[index] ?? 0));
    for (const [index, pause] of pauses.entries()) {
      const planned = [1, 2, 4, 8, 16, 30, 30, 30][index] ?? 0;
      expect(pause).toBeGreaterThanOrEqual(planned - 0.1);
      expect(pause).toBeLessThanOrEqual(planned * 1.1 + 0.1);
    }
    expect(pauses).toHaveLength(8);
    expect(await outcome(connection)).toBe(1);
    expect(reopened()).toBe(1);
    await connection.close();
  });

  it('with a wrong password is tried every half minute only: tries may lock an account', async () => {
    const { connection, clock, at } = attempts([wrongPassword, wrongPassword]);
    await outcome(connection);
    await clock.pass(100);
    expect(at).toHaveLength(3);
    expect(at[1]).toBeGreaterThanOrEqual(30);
    await connection.close();
  });

  it('that was lost becomes another one, and what belonged to it is known by its number', async () => {
    const { connection, clock, sessions, reopened } = attempts([]);
    const { session } = await connection.acquire();
    const lost = new StoreLost('production', 'the server closed it');
    connection.noteError(session, lost);
    expect(await outcome(connection)).toBe(lost);
    await clock.pass(1.2);
    expect(await outcome(connection)).toBe(2);
    expect(reopened()).toBe(1);
    expect(sessions[0]?.closed).toBe(true);
    // News of the old one is no news.
    connection.noteError(session, lost);
    expect(await outcome(connection)).toBe(2);
    await connection.close();
  });

  it('is not lost by a missing right or by a file that changes too fast', async () => {
    const { connection } = attempts([]);
    const { session } = await connection.acquire();
    connection.noteError(session, new PermissionGap('production', 'permission denied for table case_file'));
    connection.noteError(session, new ConnectError({ reason: 'locked', store: 'w', place: 'w', detail: 'd', nextStep: 'n' }));
    expect(await outcome(connection)).toBe(1);
    await connection.close();
  });

  it('that answers between two losses starts with a short pause again', async () => {
    const { connection, clock, at } = attempts([refused, refused, refused]);
    await outcome(connection);
    await clock.pass(10);
    const { session } = await connection.acquire();
    connection.noteAnswer(session);
    connection.noteError(session, new StoreLost('production', 'gone'));
    const before = at.length;
    await clock.pass(1.2);
    expect(at).toHaveLength(before + 1);
    await connection.close();
  });

  it('is tried at once when somebody asks for that', async () => {
    const { connection, at } = attempts([refused]);
    await outcome(connection);
    connection.retryNow();
    await settle();
    expect(at).toEqual([0, 0]);
    connection.retryNow();
    expect(await outcome(connection)).toBe(1);
    await connection.close();
  });

  it('that is closed leaves no timer and no session', async () => {
    const { connection, clock, sessions } = attempts([]);
    const { session } = await connection.acquire();
    connection.noteError(session, new StoreLost('production', 'gone'));
    await connection.close();
    expect(clock.pending).toBe(0);
    expect(sessions.every(({ closed }) => closed)).toBe(true);
  });

  it('that is closed while it is opened closes what comes', async () => {
    const clock = new ManualClock();
    const session = fakeSession();
    let open: (session: LiveSession) => void = () => undefined;
    const connection = new StoreConnection({ store: 'production', clock, onOpen: () => undefined, open: () => new Promise((resolve) => (open = resolve)) });
    const asked = outcome(connection);
    await settle();
    const closing = connection.close();
    open(session);
    await closing;
    expect(session.closed).toBe(true);
    expect(await asked).toBeInstanceOf(Error);
  });

  it('survives an opening that throws at once', async () => {
    const clock = new ManualClock();
    let tries = 0;
    const connection = new StoreConnection({
      store: 'production',
      clock,
      onOpen: () => undefined,
      open: () => {
        if (++tries === 1) throw refused;
        return Promise.resolve(fakeSession());
      },
    });
    expect(await outcome(connection)).toBe(refused);
    await clock.pass(2);
    expect(await outcome(connection)).toBe(1);
    await connection.close();
  });
});

describe('pauses', () => {
  it('are the same at each run, and differ between stores', () => {
    expect(backoffSeconds('production', 3, false)).toBe(backoffSeconds('production', 3, false));
    expect(backoffSeconds('production', 3, false)).not.toBe(backoffSeconds('shop', 3, false));
    expect(fraction('production')).toBeGreaterThanOrEqual(0);
    expect(fraction('production')).toBeLessThan(1);
  });
});
