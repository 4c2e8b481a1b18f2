import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot, StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics, StatementWindow } from '../../src/model/statement.js';
import { between } from '../../src/workload/between.js';
import { snapshotOf, storeSnapshot } from '../support/snapshot.js';
import { role, statistics } from '../support/estate.js';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-03-02T08:00:00Z');
const at = (hours: number): string => new Date(START_MS + hours * HOUR_MS).toISOString();

/** An entry that did the same work at each call. */
function entry(queryId: string | null, calls: number, overrides: Partial<StatementStatistics> = {}): StatementStatistics {
  return statistics(`select count(*) from app.case_file where region_code = $${queryId ?? '0'}`, {
    queryId, calls, execution_ms: calls * 20, rows: calls, sharedBlocksHit: calls * 100, sharedBlocksRead: calls * 10, tempBlocksWritten: calls * 2, wal_bytes: calls * 5, since: null, ...overrides,
  });
}

interface Given {
  statements?: StatementStatistics[];
  window?: Partial<StatementWindow> | null;
  store?: Partial<StoreSnapshot>;
}

function look(hours: number, { statements = [], window = {}, store = {} }: Given = {}): Snapshot {
  const statementWindow = window === null ? null : { since: at(-24), evictions: 0, entries: statements.length, entries_max: 5000, block_bytes: 8192, until: at(hours), startedAt: at(-48), ...window };
  return snapshotOf({ takenAt: at(hours), stores: [storeSnapshot({ statements, statementWindow, ...store })], gaps: [] });
}

/** What was found to have run, by query id. */
function ran({ snapshot }: ReturnType<typeof between>): Record<string, number> {
  return Object.fromEntries(snapshot.stores.flatMap(({ statements }) => statements.map(({ queryId, calls }) => [queryId ?? 'hidden', calls])));
}

const gapsOf = ({ snapshot }: ReturnType<typeof between>): string[] => snapshot.gaps.map(({ subject, missing, cause }) => `${subject}: ${missing}: ${cause}`);

describe('counters between snapshots', () => {
  test('what ran is the difference, and what did not run is left out', () => {
    const found = between([look(0, { statements: [entry('1', 10), entry('2', 5)] }), look(2, { statements: [entry('1', 25), entry('2', 5), entry('3', 4)] })]);
    expect(ran(found)).toEqual({ 1: 15, 3: 4 });
    const [first] = found.snapshot.stores[0]?.statements ?? [];
    expect(first).toMatchObject({ calls: 15, execution_ms: 300, rows: 15, sharedBlocksHit: 1500, sharedBlocksRead: 150, tempBlocksWritten: 30, wal_bytes: 75 });
    expect(found.snapshot.stores[0]?.statementWindow).toMatchObject({ since: at(0), until: at(2), evictions: 0 });
    expect(found.intervals.get('production')).toMatchObject([{ from: at(0), until: at(2), seconds: 7200, complete: true }]);
  });

  test('a single snapshot stays as it is', () => {
    const one = look(0, { statements: [entry('1', 10)] });
    expect(between([one])).toEqual({ snapshot: one, intervals: new Map(), notes: [] });
    expect(() => between([])).toThrow('no snapshot was given');
  });

  test('the order in which they are given does not matter, and is noted', () => {
    const looks = [look(0, { statements: [entry('1', 10)] }), look(1, { statements: [entry('1', 12)] }), look(2, { statements: [entry('1', 20)] })];
    const found = between(looks.toReversed());
    expect(ran(found)).toEqual({ 1: 10 });
    expect(found.intervals.get('production')?.map(({ entries }) => entries[0]?.calls)).toEqual([2, 8]);
    expect(found.notes).toEqual(['the snapshots were given in another order than that of their time: they are compared by time']);
    expect(between(looks).notes).toEqual([]);
  });

  test('a reset of everything by somebody else', () => {
    const found = between([look(0, { statements: [entry('1', 10), entry('2', 5)] }), look(2, { statements: [entry('1', 3)], window: { since: at(1) } })]);
    expect(ran(found)).toEqual({ 1: 3 });
    expect(found.intervals.get('production')).toMatchObject([{ reset: true, crashed: false, complete: false }]);
  });

  test('more calls after a reset than before it: the difference alone would be too little', () => {
    const found = between([look(0, { statements: [entry('1', 10)] }), look(2, { statements: [entry('1', 30)], window: { since: at(1) } })]);
    expect(ran(found)).toEqual({ 1: 30 });
  });

  test('a reset that the first snapshot has already seen the effect of is none', () => {
    const found = between([look(2, { statements: [entry('1', 10)], window: { since: at(0) } }), look(4, { statements: [entry('1', 30)], window: { since: at(1) } })]);
    expect(ran(found)).toEqual({ 1: 20 });
  });

  test('one entry reset by a neighbour: by its own time, or as its counters went down', () => {
    const bySince = between([look(0, { statements: [entry('1', 10, { since: at(-9) }), entry('2', 5, { since: at(-9) })] }), look(2, { statements: [entry('1', 30, { since: at(1) }), entry('2', 6, { since: at(-9) })] })]);
    expect(ran(bySince)).toEqual({ 1: 30, 2: 1 });
    expect(bySince.intervals.get('production')).toMatchObject([{ restarted: 1, vanished: 0, complete: false }]);
    const byCounters = between([look(0, { statements: [entry('1', 10), entry('2', 5)] }), look(2, { statements: [entry('1', 4), entry('2', 6)] })]);
    expect(ran(byCounters)).toEqual({ 1: 4, 2: 1 });
    const byOtherCounter = between([look(0, { statements: [entry('1', 10, { wal_bytes: 9000 })] }), look(2, { statements: [entry('1', 12)] })]);
    expect(ran(byOtherCounter)).toEqual({ 1: 12 });
  });

  test('a reset of extremes only touches no counter', () => {
    const found = between([look(0, { statements: [entry('1', 10, { longest_ms: 900 })] }), look(2, { statements: [entry('1', 12, { longest_ms: 30 })] })]);
    expect(found.snapshot.stores[0]?.statements).toMatchObject([{ calls: 2, longest_ms: 30 }]);
    const same = between([look(0, { statements: [entry('1', 10, { longest_ms: 900 })] }), look(2, { statements: [entry('1', 12, { longest_ms: 900 })] })]);
    expect(same.snapshot.stores[0]?.statements).toMatchObject([{ calls: 2, longest_ms: null }]);
  });

  test('entries that disappear keep what was counted before', () => {
    const found = between([look(0, { statements: [entry('1', 10)] }), look(1, { statements: [entry('1', 15)] }), look(2, { window: { evictions: 3 } })]);
    expect(ran(found)).toEqual({ 1: 5 });
    expect(found.intervals.get('production')?.map(({ vanished, evictions, complete }) => ({ vanished, evictions, complete }))).toEqual([
      { vanished: 0, evictions: 0, complete: true }, { vanished: 1, evictions: 3, complete: false },
    ]);
    expect(found.snapshot.stores[0]?.statementWindow?.evictions).toBe(3);
  });

  test('a crash takes all counters, a clean restart takes none', () => {
    const before = { statements: [entry('1', 10), entry('2', 5)] };
    const crashed = between([look(0, before), look(2, { statements: [entry('1', 3)], window: { startedAt: at(1) } })]);
    expect(ran(crashed)).toEqual({ 1: 3 });
    expect(crashed.intervals.get('production')).toMatchObject([{ crashed: true, reset: false, complete: false }]);
    const restarted = between([look(0, before), look(2, { statements: [entry('1', 12), entry('2', 5)], window: { startedAt: at(1) } })]);
    expect(ran(restarted)).toEqual({ 1: 2 });
    expect(restarted.intervals.get('production')).toMatchObject([{ crashed: false, complete: true }]);
  });

  test('hidden entries of a role fall together; one that is gone makes the rest no new count', () => {
    const hidden = (calls: number): StatementStatistics => ({ ...entry(null, calls), text: null, textState: 'hidden' });
    expect(ran(between([look(0, { statements: [hidden(10), hidden(900)] }), look(2, { statements: [hidden(15), hidden(910)] })]))).toEqual({ hidden: 15 });
    expect(ran(between([look(0, { statements: [hidden(10), hidden(900)] }), look(2, { statements: [hidden(15)] })]))).toEqual({});
    const grown = between([look(0, { statements: [hidden(900)] }), look(2, { statements: [entry('1', 890), entry('2', 20, { since: at(1) })] })]);
    expect(ran(grown)).toEqual({ 2: 20 });
    expect(grown.intervals.get('production')).toMatchObject([{ unseen: 1, complete: false }]);
    // With the right granted meanwhile: of whom nothing is known but a sum, the rest of the sum.
    const granted = between([look(0, { statements: [hidden(900)] }), look(2, { statements: [entry('1', 890), entry('3', 100), entry('2', 20, { since: at(1) })] })]);
    expect(ran(granted)).toEqual({ hidden: 90, 2: 20 });
    expect(granted.snapshot.stores[0]?.statements.find(({ queryId }) => queryId === null)).toMatchObject({ textState: 'hidden', text: null });
    const lost = between([look(0, { statements: [entry('1', 890), entry('2', 20)] }), look(2, { statements: [hidden(917)] })]);
    expect(ran(lost)).toEqual({ hidden: 7 });
  });

  test('a role that was renamed or dropped keeps its entries', () => {
    const withRoles = (hours: number, name: string, calls: number, roles: string[]): Snapshot => {
      const store = storeSnapshot();
      return look(hours, { statements: [entry('1', calls, { role: name })], store: { catalog: { ...store.catalog, roles: roles.map((one) => role(one)) } } });
    };
    const renamed = between([withRoles(0, 'bi', 900, ['bi', 'case_app']), withRoles(2, 'metabase_ro', 950, ['metabase_ro', 'case_app'])]);
    expect(ran(renamed)).toEqual({ 1: 50 });
    expect(renamed.intervals.get('production')).toMatchObject([{ vanished: 0, complete: true }]);
    expect(ran(between([withRoles(0, 'bi', 900, ['bi']), withRoles(2, 'dropped role 16402', 901, ['case_app'])]))).toEqual({ 1: 1 });
    expect(ran(between([withRoles(0, 'bi', 900, ['bi']), withRoles(2, 'metabase_ro', 30, ['bi', 'metabase_ro'])]))).toEqual({ 1: 30 });
  });

  test('texts are taken from whichever snapshot has them', () => {
    const lost = { text: null, textState: 'lost' as const };
    const found = between([look(0, { statements: [entry('1', 1), entry('2', 1, lost)] }), look(2, { statements: [entry('1', 3, lost), entry('2', 3)] })]);
    expect(found.snapshot.stores[0]?.statements.map(({ text, textState }) => `${textState} ${text?.slice(-2) ?? ''}`)).toEqual(['full $1', 'full $2']);
  });

  test('who was seen running what is added up', () => {
    const seen = { queryId: '1', role: 'metabase_ro', application: 'metabase', seen: 3 };
    const starts = (...startedAt_ms: number[]): StoreSnapshot['starts'] => [{ queryId: '1', role: 'metabase_ro', application: 'metabase', startedAt_ms }];
    const found = between([look(0, { statements: [entry('1', 1)], store: { activity: [seen], starts: starts(1, 3) } }), look(2, { statements: [entry('1', 3)], store: { activity: [seen], starts: starts(3, 5) } })]);
    expect(found.snapshot.stores[0]).toMatchObject({ activity: [{ seen: 6 }], starts: starts(1, 3, 5) });
  });
});

describe('what cannot be compared is said', () => {
  const statements = [entry('1', 10)];
  test('another major version: the later snapshots alone are used', () => {
    const found = between([look(0, { statements, store: { version: '15.4' } }), look(2, { statements: [entry('1', 30)], store: { version: '18.1' } }), look(3, { statements: [entry('1', 34)], store: { version: '18.2' } })]);
    expect(ran(found)).toEqual({ 1: 4 });
    expect(gapsOf(found)).toMatchInlineSnapshot(`
      [
        "production: what ran from 2026-03-02 08:00 UTC to 2026-03-02 10:00 UTC: the server was version 15.4 and is 18.1 now, and query identifiers hold within one major version",
      ]
    `);
  });

  test('another database, another server: the counters of the last snapshot stand', () => {
    const database = between([look(0, { statements, store: { database: 'archive' } }), look(2, { statements: [entry('1', 30)] })]);
    expect(ran(database)).toEqual({ 1: 30 });
    expect(database.intervals.size).toBe(0);
    expect(database.snapshot.stores[0]?.statementWindow?.since).toBe(at(-24));
    const server = between([look(0, { statements, store: { systemIdentifier: '71' } }), look(2, { statements, store: { systemIdentifier: '72' } })]);
    expect([...gapsOf(database), ...gapsOf(server)]).toMatchInlineSnapshot(`
      [
        "production: what ran from 2026-03-02 08:00 UTC to 2026-03-02 10:00 UTC: it was the database archive and is casework now",
        "production: what ran from 2026-03-02 08:00 UTC to 2026-03-02 10:00 UTC: it is another server now: the system identifier differs",
      ]
    `);
  });

  test('equal times, a store that is missing, a name given twice, no statistics', () => {
    const twice = snapshotOf({ ...look(2, { statements: [entry('1', 12)] }), stores: [...look(2, { statements: [entry('1', 12)] }).stores, storeSnapshot()] });
    const empty = snapshotOf({ takenAt: at(3), stores: [], gaps: [] });
    const found = between([look(0, { statements }), look(0, { statements: [entry('1', 11)] }), look(1, { window: null }), twice, empty]);
    expect(ran(found)).toEqual({ 1: 1 });
    expect([...gapsOf(found), ...found.notes]).toMatchInlineSnapshot(`
      [
        "production: 1 more store of this name in the snapshot of 2026-03-02 10:00 UTC: a name stands for one store",
        "production: what ran after 2026-03-02 10:00 UTC: the last snapshot does not hold this store",
        "production: the statistics of 2026-03-02 09:00 UTC: the snapshot holds none",
        "two snapshots of production are of 2026-03-02 08:00 UTC: the one that was given last is used",
      ]
    `);
    const absent = between([look(0, { statements }), empty, look(4, { statements: [entry('1', 12)] })]);
    expect(ran(absent)).toEqual({ 1: 2 });
    expect(absent.notes).toEqual(['1 of 3 snapshots do not hold production: it is compared without them']);
  });

  test('an engine without such statistics lacks nothing', () => {
    const duck: Given = { window: null, store: { name: 'warehouse', engine: 'duckdb', role: 'warehouse' } };
    const found = between([look(0, duck), look(2, duck)]);
    expect(found.snapshot.stores.map(({ name }) => name)).toEqual(['warehouse']);
    expect([...gapsOf(found), ...found.notes, ...found.intervals.keys()]).toEqual([]);
  });
});

/** A server as others use it: statements run, somebody resets, the server evicts, crashes and is looked at. */
type Event = { kind: 'run'; entry: number; calls: number } | { kind: 'reset one' | 'evict'; entry: number } | { kind: 'reset' | 'crash' | 'look' };

const events = (kinds: Event['kind'][]): fc.Arbitrary<Event[]> => {
  const index = fc.nat(3);
  const all: fc.Arbitrary<Event>[] = [
    fc.record({ kind: fc.constant('run' as const), entry: index, calls: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ kind: fc.constantFrom('reset one' as const, 'evict' as const), entry: index }),
    fc.constantFrom({ kind: 'reset' as const }, { kind: 'crash' as const }, { kind: 'look' as const }, { kind: 'look' as const }),
  ];
  return fc.array(fc.oneof(...all).filter(({ kind }) => kinds.includes(kind)), { maxLength: 40 });
};

/** Snapshots of what happened, and how many calls there were from the first to the last. */
function happened(list: readonly Event[], version: { hasSince: boolean; hasWindow: boolean }): { looks: Snapshot[]; truth: number } {
  const server = { calls: new Map<number, { calls: number; since: number }>(), since: -24, startedAt: -48, evictions: 0 };
  const looks: Snapshot[] = [];
  let [truth, pending] = [0, 0];
  const observe = (hours: number): void => {
    const statements = [...server.calls].map(([id, { calls, since }]) => entry(String(id), calls, { since: version.hasSince ? at(since) : null }));
    const window = { since: version.hasWindow ? at(server.since) : null, evictions: version.hasWindow ? server.evictions : null, startedAt: at(server.startedAt) };
    if (looks.length > 0) truth += pending;
    pending = 0;
    looks.push(look(hours, { statements, window }));
  };
  const steps: Event[] = [{ kind: 'look' }, ...list, { kind: 'look' }];
  for (const [hours, event] of steps.entries()) {
    if (event.kind === 'run') {
      const known = server.calls.get(event.entry);
      server.calls.set(event.entry, { calls: (known?.calls ?? 0) + event.calls, since: known?.since ?? hours });
      pending += event.calls;
    } else if (event.kind === 'reset one') server.calls.delete(event.entry);
    else if (event.kind === 'evict') {
      server.calls.delete(event.entry);
      server.evictions++;
    } else if (event.kind === 'look') observe(hours);
    else {
      server.calls.clear();
      Object.assign(server, { since: hours, evictions: 0 });
      if (event.kind === 'crash') server.startedAt = hours;
    }
  }
  return { looks, truth };
}

const versions = fc.record({ hasSince: fc.boolean(), hasWindow: fc.boolean() });
const callsOf = (found: ReturnType<typeof between>): number => Object.values(ran(found)).reduce((sum, calls) => sum + calls, 0);

describe('whatever others do to the counters', () => {
  test('no more is found than ran', () => {
    fc.assert(fc.property(events(['run', 'reset one', 'evict', 'reset', 'crash', 'look']), versions, (list, version) => {
      const { looks, truth } = happened(list, version);
      expect(callsOf(between(looks))).toBeLessThanOrEqual(truth);
    }), { numRuns: 1000 });
  });

  test('and all of it where nothing was lost', () => {
    fc.assert(fc.property(events(['run', 'look']), versions, (list, version) => {
      const { looks, truth } = happened(list, version);
      const found = between(looks);
      expect(callsOf(found)).toBe(truth);
      expect(found.intervals.get('production')?.every(({ complete }) => complete)).toBe(true);
    }), { numRuns: 500 });
  });

  test('the order of entries and of snapshots tells nothing', () => {
    fc.assert(fc.property(events(['run', 'reset one', 'evict', 'reset', 'crash', 'look']), versions, (list, version) => {
      const { looks } = happened(list, version);
      const turned = looks.toReversed().map((snapshot) => ({ ...snapshot, stores: snapshot.stores.map((store) => ({ ...store, statements: store.statements.toReversed() })) }));
      expect(between(turned).snapshot.stores).toEqual(between(looks).snapshot.stores);
    }), { numRuns: 300 });
  });
});
