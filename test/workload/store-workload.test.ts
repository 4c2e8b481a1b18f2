import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupWork, Shares, StoreWorkload, Work } from '../../src/model/workload.js';
import { type StoreWorkloadInput, storeWorkload } from '../../src/workload/store-workload.js';
import { type Estate, SQL, boundaryOf, metabase, panel, seen } from './estate.js';

const workloadOf = (estate: Estate, more: Omit<StoreWorkloadInput, 'boundary'> = {}): StoreWorkload => storeWorkload({ boundary: boundaryOf(estate), ...more });

const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 1000) / 10} %`);
const shares = ({ time, blocks, temp, wal }: Shares): string => `time ${percent(time)}, blocks ${percent(blocks)}, temp ${percent(temp)}, wal ${percent(wal)}`;
const rows = (groups: readonly GroupWork[]): string[] => groups.map(({ name, statements, analyticalStatements, share, analyticalShare }) => `${name}: ${percent(share.blocks)}, analytical ${percent(analyticalShare.blocks)}, ${analyticalStatements} of ${statements}`);
const sum = (works: readonly Work[], counter: 'blocks' | 'execution_ms' | 'calls'): number => works.reduce((all, work) => all + work[counter], 0);

/** Reporting takes 80 % of the blocks: three cards, the text of one of which an analyst runs by hand, and another under the login of that. */
const ESTATE: Estate = {
  queries: [metabase(101, 'Open cases by region', SQL.byRegion), metabase(104, 'Case volume', SQL.byMonth), metabase(107, 'Tasks by region', SQL.tasks)],
  statements: [
    seen(SQL.byRegionSeen, 4_000_000, { tempBlocksWritten: 50, wal_bytes: 0, sharedBlocksRead: 0 }),
    seen(SQL.byRegionSeen, 1_000_000, { role: 'analyst' }),
    seen(SQL.byMonthSeen, 2_000_000),
    seen(SQL.tasks, 1_000_000, { role: 'analyst' }),
    seen(SQL.byKey, 1_500_000, { role: 'case_app', calls: 400_000, execution_ms: 40_000 }),
    seen('UPDATE app.case_file SET status = $1 WHERE case_id = $2', 500_000, { role: 'case_app', wal_bytes: 900_000, calls: 100_000, execution_ms: 40_000 }),
  ],
};

describe('how the work of a store divides', () => {
  test('by class', () => {
    const { classes, total } = workloadOf(ESTATE);
    expect(total.blocks).toBe(10_000_000);
    expect(classes.map(({ class: name, statements, share }) => `${name} ${statements}: ${shares(share)}`)).toEqual([
      'analytical 4: time 50 %, blocks 80 %, temp 100 %, wal 0 %',
      'mixed 0: time 0 %, blocks 0 %, temp 0 %, wal 0 %',
      'operational 2: time 50 %, blocks 20 %, temp 0 %, wal 100 %',
      'unknown 0: time 0 %, blocks 0 %, temp 0 %, wal 0 %',
    ]);
  });

  test('by consumer, role and relation: the heaviest analytical work first', () => {
    const { byConsumer, byRole, byRelation } = workloadOf(ESTATE);
    expect(rows(byConsumer)).toMatchInlineSnapshot(`
      [
        "metabase card 101 Open cases by region: 40 %, analytical 40 %, 1 of 1",
        "metabase card 104 Case volume: 20 %, analytical 20 %, 1 of 1",
        "metabase card 107 Tasks by region: 10 %, analytical 10 %, 1 of 1",
        "role analyst: 10 %, analytical 10 %, 1 of 1",
        "role case_app: 20 %, analytical 0 %, 0 of 2",
      ]
    `);
    expect(rows(byRole)).toMatchInlineSnapshot(`
      [
        "metabase_ro: 60 %, analytical 60 %, 2 of 2",
        "analyst: 20 %, analytical 20 %, 2 of 2",
        "case_app: 20 %, analytical 0 %, 0 of 2",
      ]
    `);
    expect(rows(byRelation)).toMatchInlineSnapshot(`
      [
        "app.case_file: 97.5 %, analytical 77.5 %, 4 of 6",
        "app.task: 2.5 %, analytical 2.5 %, 1 of 1",
      ]
    `);
  });

  test('every division adds up to what the store did', () => {
    const { total, classes, byConsumer, byRole, byRelation, statements } = workloadOf(ESTATE);
    for (const counter of ['blocks', 'execution_ms', 'calls'] as const) {
      expect(sum(classes.map(({ work }) => work), counter)).toBeCloseTo(total[counter]);
      expect(sum(byConsumer.map(({ work }) => work), counter)).toBeCloseTo(total[counter]);
      expect(sum(byRole.map(({ work }) => work), counter)).toBeCloseTo(total[counter]);
      expect(sum(byRelation.map(({ work }) => work), counter)).toBeCloseTo(total[counter]);
      expect(sum(statements.flatMap(({ work }) => work ?? []), counter)).toBeCloseTo(total[counter]);
    }
    expect(classes.reduce((all, { statements: number }) => all + number, 0)).toBe(statements.length);
  });

  test('statements with their evidence, the heaviest report first; who was never seen running has no work', () => {
    const found = workloadOf({ ...ESTATE, queries: [...(ESTATE.queries ?? []), metabase(110, 'Regions', 'SELECT r.name, count(*) FROM app.case_file c JOIN app.region r USING (region_code) GROUP BY 1')] }).statements;
    expect(found.map(({ consumer, class: name, work }) => `${consumer}: ${name} ${work?.blocks ?? 'not seen'}`)).toMatchInlineSnapshot(`
      [
        "metabase card 101 Open cases by region: analytical 4000000",
        "metabase card 104 Case volume: analytical 2000000",
        "metabase card 107 Tasks by region: analytical 1000000",
        "role analyst: analytical 1000000",
        "metabase card 110 Regions: analytical not seen",
        "role case_app: operational 1500000",
        "role case_app: operational 500000",
      ]
    `);
    const [first] = found;
    expect(first).toMatchObject({ roles: ['metabase_ro'], relations: ['app.case_file'], owner: 'Mara Lindqvist', rhythm: null });
    expect(first?.evidence).toMatchInlineSnapshot(`
      [
        "aggregates app.case_file without a key (count)",
        "groups the rows of app.case_file",
        "40,000 blocks a call (313 MiB), all of app.case_file",
        "role metabase_ro (reporting)",
        "9 rows a call",
        "4 KiB of temporary files a call",
      ]
    `);
    // What a call costs has fields and columns of its own.
    expect(found.flatMap(({ evidence }) => evidence).filter((text) => /calls of|of block reads|of time/.test(text))).toEqual([]);
    expect(found.map(({ id }) => id)).toEqual(workloadOf({ ...ESTATE, queries: [...(ESTATE.queries ?? []), metabase(110, 'Regions', 'SELECT r.name, count(*) FROM app.case_file c JOIN app.region r USING (region_code) GROUP BY 1')].toReversed(), statements: ESTATE.statements.toReversed() }).statements.map(({ id }) => id));
  });

  test('why a text is missing stands where its verdict would, and its role is told once', () => {
    const found = workloadOf({ statements: [
      seen('', 1_000_000, { role: 'case_app', queryId: '1', text: null, textState: 'lost' }), seen('', 900_000, { role: 'analyst', queryId: '2', text: null, textState: 'hidden' }),
      seen('', 800_000, { role: 'metabase_ro', queryId: null, text: null, textState: 'hidden' }), seen('BEGIN', 0, { role: 'case_app', rows: 0 }),
    ] });
    expect(found.statements.map(({ class: name, evidence }) => `${name}: ${evidence.join('; ')}`)).toMatchInlineSnapshot(`
      [
        "unknown: the server has lost its text; role case_app (application); 9 rows a call",
        "unknown: its text is hidden from the role of tidemark; role analyst (person); 9 rows a call",
        "unknown: its statements are hidden from the role of tidemark: what can be seen is their sum; role metabase_ro (reporting); 9 rows a call",
        "operational: a utility statement; role case_app (application)",
      ]
    `);
  });

  test('an entry that two cards share is counted once, and both say so', () => {
    const found = workloadOf({ queries: [metabase(101, 'Open cases by region', SQL.byRegion), metabase(102, 'Backlog', SQL.byRegion)], statements: [seen(SQL.byRegionSeen, 1_000_000)] });
    expect(found.total.blocks).toBe(1_000_000);
    expect(rows(found.byConsumer)).toEqual(['metabase card 101 Open cases by region: 100 %, analytical 100 %, 1 of 1', 'metabase card 102 Backlog: 0 %, analytical 0 %, 1 of 1']);
    expect(found.statements.map(({ work, evidence }) => `${work?.blocks ?? '-'}: ${evidence.find((text) => text.includes('counted'))}`)).toMatchInlineSnapshot(`
      [
        "1000000: may be sent by metabase card 102 Backlog too: counted here",
        "-: its entry is counted under metabase card 101 Open cases by region, which nothing tells apart from it",
      ]
    `);
  });

  test('what a function runs is the work of its caller, once', () => {
    const nested = (blocks: number, role = 'analyst'): Estate['statements'] => [
      seen('SELECT app.monthly_report()', 1_000_000, { role, calls: 40_000 }), seen(SQL.byMonthSeen, blocks, { role, toplevel: false }), seen(SQL.byKey, 1_000_000, { role: 'case_app', calls: 250_000 }),
    ];
    const classes = (statements: Estate['statements']): string[] => workloadOf({ statements }).classes.flatMap(({ class: name, work }) => (work.blocks > 0 ? [`${name} ${work.blocks}`] : []));
    expect(classes(nested(900_000))).toEqual(['analytical 900000', 'operational 1100000']);
    // More than all callers did: some of it ran within statements that have a class of their own.
    expect(classes(nested(5_000_000))).toEqual(['analytical 1000000', 'operational 1000000']);
    expect(classes([seen(SQL.byMonthSeen, 5_000_000, { toplevel: false }), seen(SQL.byKey, 1_000_000, { role: 'case_app', calls: 250_000 })])).toEqual(['operational 1000000']);
  });

  test('whatever runs at whatever level: no division loses work, and none makes any', () => {
    const texts = [SQL.byRegionSeen, SQL.byMonthSeen, SQL.tasks, SQL.byKey, SQL.export, 'SELECT app.monthly_report()', 'CALL app.close_month($1)', 'SELECT count(*) FROM app.lost_table'];
    const entry = fc.record({ text: fc.constantFrom(...texts), blocks: fc.nat(1_000_000), toplevel: fc.boolean(), role: fc.constantFrom('analyst', 'case_app', 'metabase_ro') });
    fc.assert(fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      const statements = entries.map(({ text, blocks, toplevel, role }) => seen(text, blocks, { toplevel, role }));
      const boundary = boundaryOf({ queries: ESTATE.queries ?? [], statements });
      const { total, classes, byConsumer, byRole, byRelation, changes } = storeWorkload({ boundary });
      expect(Math.abs(total.blocks - boundary.totals.blocks)).toBeLessThan(1);
      for (const groups of [classes, byConsumer, byRole]) expect(Math.abs(sum(groups.map(({ work }) => work), 'blocks') - total.blocks)).toBeLessThan(groups.length + 1);
      expect(sum(byRelation.map(({ work }) => work), 'blocks')).toBeLessThan(total.blocks + byRelation.length + 1);
      expect(changes.reduce((freed, { frees }) => freed + (frees.blocks ?? 0), 0)).toBeLessThan(1 + 1e-9);
      expect(changes.length).toBeLessThanOrEqual(5);
    }), { numRuns: 40 });
  });

  test('of the chosen statements only, as part of the whole', () => {
    const found = workloadOf(ESTATE, { choose: ({ roles }) => roles.includes('analyst') });
    expect(found.total.blocks).toBe(10_000_000);
    expect(found.statements).toHaveLength(2);
    expect(found.classes[0]?.share.blocks).toBe(0.2);
  });

  test('a store without statistics has nothing to divide', () => {
    const found = workloadOf({ queries: ESTATE.queries ?? [], statements: [], store: { statementWindow: null } });
    expect(found).toMatchObject({ since: null, until: null, window_seconds: null, trust: { factor: 1, notes: [] }, changes: [], byDay: [] });
    expect(found.statements.every(({ work }) => work === null)).toBe(true);
    expect(found.classes[0]).toMatchObject({ class: 'analytical', statements: 3, share: { time: null, blocks: null, temp: null, wal: null } });
  });

  test('names from outside hold no control characters', () => {
    const bad = `Open ${String.fromCharCode(27)}[31mcases`;
    const found = workloadOf({ queries: [metabase(101, bad, SQL.byRegion), panel('Backlog', SQL.byRegion)], statements: [seen(SQL.byRegionSeen, 1_000_000)] });
    expect(JSON.stringify([found.changes, found.statements.map(({ evidence, head }) => [evidence, head])])).not.toContain(String.raw`\u001b`);
  });
});
