import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleFailure } from '../../src/probes/failure.js';
import { probe } from '../../src/probes/statements.js';
import { compare, indexed, type Entry, type Reading } from '../../src/probes/statements/deltas.js';
import { TextPlan } from '../../src/probes/statements/text-plan.js';
import type { LiveSession } from '../../src/probes/probe.js';
import { openProduction, runsOf } from '../support/live-session.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

const entry = (parts: Partial<Entry>): Entry => ({
  role_id: '16384', query_id: '7', toplevel: true, calls: 1, execution_ms: 1, rows: 1, shared_blocks: 1, temp_blocks: 0, since: null, ...parts,
});
const reading = (entries: Entry[], parts: Partial<Reading> = {}): Reading => ({
  server_time: 1000, reset_at: 500, evictions: 0, entries: indexed(entries), ...parts,
});

describe('between two readings', () => {
  it('what stood still is not there, and what moved is there by its difference', () => {
    const still = entry({ query_id: '1', calls: 40 });
    const before = reading([still, entry({ calls: 10, execution_ms: 100, rows: 5, shared_blocks: 70, temp_blocks: 3 })]);
    const now = reading([still, entry({ calls: 12, execution_ms: 130.5, rows: 6, shared_blocks: 90, temp_blocks: 3 })], { server_time: 1015 });
    expect(compare(before, now)).toMatchObject({
      deltas: [{ calls: 2, execution_ms: 30.5, rows: 1, shared_blocks: 20, temp_blocks: 0, restarted: false, entered: false }],
      evictions: 0,
      reset: false,
    });
  });

  it('an entry that was evicted and came back counts from then on, also where it counts more than before', () => {
    const before = reading([entry({ calls: 10, since: '900.5' })], { evictions: 3 });
    const now = reading([entry({ calls: 30, since: '1003.25' })], { evictions: 44 });
    expect(compare(before, now)).toMatchObject({ deltas: [{ calls: 30, restarted: true, entered: false }], evictions: 41 });
  });

  it('without the time of its beginning only counters that went down tell', () => {
    const before = reading([entry({ calls: 10, execution_ms: 5 })]);
    expect(compare(before, reading([entry({ calls: 4, execution_ms: 2 })])).deltas).toMatchObject([{ calls: 4, restarted: true }]);
    expect(compare(before, reading([entry({ calls: 10, execution_ms: 4.999_999_5 })])).deltas).toEqual([]);
  });

  it('a reset of everything makes all of it a lower bound', () => {
    const before = reading([entry({ calls: 10 })]);
    const now = reading([entry({ calls: 14 }), entry({ query_id: '8', calls: 2 })], { server_time: 1015, reset_at: 1007 });
    expect(compare(before, now)).toMatchObject({
      reset: true,
      deltas: [{ calls: 14, restarted: true, entered: false }, { calls: 2, restarted: true, entered: true }],
    });
  });

  it('a reset that the reading before has already felt does not count its work twice', () => {
    const before = reading([entry({ calls: 2 })], { server_time: 1000, reset_at: 500 });
    const now = reading([entry({ calls: 5 })], { server_time: 1015, reset_at: 999.9 });
    expect(compare(before, now)).toMatchObject({ reset: true, deltas: [{ calls: 3, restarted: false }] });
  });

  it('what has gone is no work', () => {
    expect(compare(reading([entry({})]), reading([])).deltas).toEqual([]);
  });

  it('hidden entries of a role are one, and those of two roles two', () => {
    const hidden = (role_id: string, calls: number): Entry => entry({ role_id, query_id: null, calls });
    const before = reading([hidden('10', 1), hidden('10', 2), hidden('11', 5)]);
    const now = reading([hidden('10', 4), hidden('10', 3), hidden('11', 5)]);
    expect(compare(before, now).deltas).toMatchObject([{ entry: { role_id: '10', query_id: null }, calls: 4 }]);
  });

  it('without any reset, all differences together are what was counted', () => {
    const steps = fc.array(fc.record({ query_id: fc.constantFrom('1', '2', '3'), calls: fc.nat(50) }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(steps, { minLength: 2, maxLength: 8 }), (polls) => {
        const totals = new Map<string, number>();
        let before = reading([]);
        let sum = 0;
        for (const ran of polls) {
          for (const { query_id, calls } of ran) totals.set(query_id, (totals.get(query_id) ?? 0) + calls);
          const now = reading([...totals].map(([query_id, calls]) => entry({ query_id, calls, execution_ms: calls })));
          sum += compare(before, now).deltas.reduce((all, { calls }) => all + calls, 0);
          before = now;
        }
        expect(sum).toBe([...totals.values()].reduce((all, calls) => all + calls, 0));
      }),
    );
  });
});

describe('texts', () => {
  const wanted = (plan: TextPlan, from: number, count: number, now: number): void => {
    for (let id = from; id < from + count; id++) plan.want(`16384 ${id} true`, now);
  };

  it('of a few statements are waited for a minute, of many not at all', () => {
    const few = new TextPlan();
    wanted(few, 0, 3, 100);
    expect(few.due(159)).toEqual([]);
    expect(few.due(160)).toHaveLength(3);
    const many = new TextPlan();
    wanted(many, 0, 20, 100);
    expect(many.due(100)).toHaveLength(20);
  });

  it('are asked for the more rarely the longer they take: at most 10 ms a minute', () => {
    const plan = new TextPlan();
    wanted(plan, 0, 20, 0);
    plan.settle(plan.due(0));
    expect(plan.fetched(0, 124)).toBeCloseTo(744);
    wanted(plan, 100, 40, 10);
    expect(plan.due(743)).toEqual([]);
    expect(plan.due(745)).toHaveLength(40);
  });

  it('are asked for again after the clock of the server was set back', () => {
    const plan = new TextPlan();
    wanted(plan, 0, 2, 10_000);
    expect(plan.due(10_010)).toEqual([]);
    expect(plan.due(4_000)).toEqual([]);
    expect(plan.due(4_050)).toHaveLength(2);
  });

  it('that the server no longer has are not asked for', () => {
    const plan = new TextPlan();
    wanted(plan, 0, 20, 0);
    plan.keep(new Map([['16384 3 true', null]]));
    expect(plan.due(60)).toEqual(['16384 3 true']);
  });
});

describe('on a server', () => {
  const password = 'spring tide';
  let server: TestServer;
  let owner: pg.Client;
  const sessions: LiveSession[] = [];
  const session = async (database: string, user: string): Promise<LiveSession> => {
    const opened = await openProduction(server.url(database, user, password));
    sessions.push(opened);
    return opened;
  };

  beforeAll(async () => {
    server = await startServer(bundledServer());
    await server.run([
      `create role tidemark login password '${password}'`,
      'grant pg_monitor to tidemark',
      `create role stranger login password '${password}'`,
      'create database upgraded',
      'create database bare',
      'create database sealed',
      'create extension pg_stat_statements',
    ]);
    await server.run("create extension pg_stat_statements version '1.7'", 'upgraded');
    await server.run(['create schema statistics', 'create extension pg_stat_statements schema statistics'], 'sealed');
    owner = new pg.Client(server.url());
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    for (const opened of sessions) await opened.close();
    await server.stop();
  });

  const failure = async (run: () => Promise<unknown>, role: string): Promise<ReturnType<typeof sampleFailure>> => {
    const error = await run().then(() => null, (reason: unknown) => reason);
    return sampleFailure(error, { probe: 'statements', store: 'production', role, deadline_ms: 5_000 });
  };

  it('reads an extension that an upgrade has left behind', async () => {
    const run = runsOf(probe, await session('upgraded', 'tidemark'));
    await run();
    const client = new pg.Client(server.url('upgraded'));
    await client.connect();
    await client.query('select 1 as one_case');
    await client.end();
    const { work, evictions, reset } = await run();
    expect(work.find(({ role }) => role === 'postgres')).toMatchObject({ calls: 1, toplevel: true });
    expect({ evictions, reset }).toEqual({ evictions: null, reset: false });
  });

  it('says which SQL brings the extension', async () => {
    expect(await failure(runsOf(probe, await session('bare', 'tidemark')), 'tidemark')).toEqual({
      reason: 'unsupported',
      message: 'production: statements cannot look: the extension pg_stat_statements is not installed in this database',
      next_step: 'CREATE EXTENSION pg_stat_statements;',
    });
  });

  it('says which grant opens the schema of the extension', async () => {
    expect(await failure(runsOf(probe, await session('sealed', 'stranger')), 'stranger')).toEqual({
      reason: 'permission',
      message: 'production: statements may not look: permission denied for schema statistics',
      next_step: 'GRANT USAGE ON SCHEMA statistics TO stranger;',
    });
  });

  it('shows no password, no value and no half literal', async () => {
    const run = runsOf(probe, await session('postgres', 'tidemark'));
    await run();
    // So many that their texts are read at once.
    for (let column = 1; column <= 20; column++) await owner.query(`select ${Array(column).fill('1').join(', ')}`);
    await owner.query("do $$ begin perform 'amelie.dupont@example.org'; end $$");
    await owner.query("comment on database bare is 'holds the file of Amelie Dupont, born 1984-03-07'");
    // Longer than what is read of a text: it is cut within a literal.
    await owner.query(`do $outer$ begin perform '${'x'.repeat(40_000)} amelie.dupont@example.org'; end $outer$`);
    const { texts } = await run();
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining(['do $$?$$', "comment on database bare is '?'"]));
    expect(JSON.stringify(texts)).not.toMatch(/amelie|1984|xxx/i);
  });

  it('tells our own statements from those of an application under the same role', async () => {
    const run = runsOf(probe, await session('postgres', 'postgres'));
    await run();
    for (let call = 0; call < 3; call++) await owner.query('select count(*) as shared_role from pg_class');
    const { work, own_ms, texts } = await run();
    const mine = texts.find(({ text }) => text?.includes('shared_role'));
    expect(work.filter(({ role }) => role === 'postgres')).toMatchObject([{ query_id: mine?.query_id, calls: 3 }]);
    // Those of another tidemark, under its own role, are work of the server like any other.
    expect(texts.filter(({ role }) => role === 'postgres').map(({ text }) => text)).toEqual(['select count(*) as shared_role from pg_class']);
    expect(own_ms).toBeGreaterThan(0);
  });
});
