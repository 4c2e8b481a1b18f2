import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricSchema } from '../../../src/metrics/definition.js';
import { compareDefinitions } from '../../../src/metrics/verdict/index.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { Bench } from './bench.js';
import { CASEWORK, PAIRS } from './pairs.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});

afterAll(async () => {
  await bench.end();
});

describe('pairs', () => {
  test.each(PAIRS)('$title', async ({ a, b, verdict, kind, cosmetic, restsOn }) => {
    const found = await bench.pair(CASEWORK, a, b);
    expect({ verdict: found.verdict, why: found.verdict === verdict ? '' : `${found.why} ${found.witness?.words ?? ''}` }).toEqual({ verdict, why: '' });
    if (kind !== undefined) expect(found.kind).toBe(kind);
    expect(found.cosmetic).toBe(cosmetic ?? false);
    expect(found.restsOn.map(({ text }) => text)).toEqual((restsOn ?? []).map((part): unknown => expect.stringContaining(part)));
    expect(found.witness === null).toBe(['equal', 'equal-under', 'undecided'].includes(verdict));
  });

  test('what people read of each difference', async () => {
    const told: string[] = [];
    for (const { title, a, b, verdict } of PAIRS) {
      if (['equal', 'equal-under', 'undecided'].includes(verdict)) continue;
      const { witness, kind } = await bench.pair(CASEWORK, a, b);
      told.push(`${title} (${kind}): ${witness?.words}`);
    }
    expect(told).toMatchInlineSnapshot(`
      [
        "one status more (population): a case_file with status DUPLICATE is counted by B and not by A",
        "one status less (population): a case_file with status DUPLICATE is counted by A and not by B",
        "two lists that share a member (population): a case_file with status OPEN is counted by A and not by B",
        "two lists that share none (population): a case_file with status OPEN is counted by A and not by B",
        "the end of a range (boundary): a case_file with opened_at 2024-01-01 00:00Z is counted by B and not by A",
        "another end (boundary): a case_file with penalty 100 is counted by B and not by A",
        "NULL in a negated list (null-handling): a case_file without officer_id is counted by B and not by A",
        "a join that drops cases without officer (rows-lost): a case_file without officer_id and no row of officer is counted by A and not by B",
        "a join that multiplies cases (fan-out): a case_file with case_id 1 and 2 rows of task with case_id 1 give 1 in A and 2 in B",
        "another function (measure): 2 rows of case_file with penalty 0.01 give 0.02 in A and 0.01 in B",
        "another argument (measure): a task with task_id 1 and no hours gives NULL in A and 1 in B",
        "rows and distinct values (distinctness): 2 rows of case_file with officer_id 1 give 2 in A and 1 in B",
        "another breakdown (grain): a case_file with status h and priority LOW gives (h, 1) in A and (LOW, 1) in B",
        "months and weeks (grain): a case_file with opened_at 2024-01-15 10:00Z gives (2024-01-01 00:00Z, 1) in A and (2024-01-15 00:00Z, 1) in B",
        "another clock in the breakdown (time-column): a case_file with opened_at 2024-01-01 10:00Z and no closed_at gives (2024-01-01 00:00Z, 1) in A and (NULL, 1) in B",
        "the clock of loading in the filter (ingestion-time): a case_file with opened_at 2024-01-01 00:00Z and loaded_at 2023-12-31 00:00Z is counted by A and not by B",
        "a zone that is written (time-zone): opened_at 2024-01-31 20:30Z is 2024-01-31 for A and 2024-02-01 for B",
        "a value that may be NULL (null-handling): a case_file without penalty gives 1 in A and 0 in B",
        "NULL as nothing in a mean (null-handling): a case_file without penalty and a case_file with penalty 0.01 give 0.01 in A and 0.005 in B",
        "NULL and 0 where nothing matches (empty): on empty tables A gives NULL and B gives 0",
        "only some groups (limit): a case_file without officer_id gives (NULL, 1) in A and no row in B",
        "another number of columns (shape): on empty tables A gives 0 and B gives (0, 0)",
        "no table in common (source): a case_file gives 1 in A and 0 in B",
        "a condition in ON and in WHERE (rows-lost): a case_file and no row of task gives (1, 0) in A and no row in B",
        "UNION and UNION ALL (distinctness): 2 rows of case_file with status CLOSED give 1 in A and 2 in B",
        "the last thirty days (boundary): a case_file with opened_at 2024-03-01 10:30Z is counted by A and not by B at 2024-03-31 10:30Z",
        "a division that fails (error): a task with hours 0 gives an error (division by zero) in A and NULL in B",
      ]
    `);
  }, 120_000);

  test('seen from the second, a verdict is the other way round', async () => {
    for (const { a, b, verdict } of PAIRS.filter((pair) => ['stricter', 'looser', 'overlapping'].includes(pair.verdict))) {
      const compared = await bench.all(CASEWORK, [a, b]);
      const turned = verdict === 'stricter' ? 'looser' : verdict === 'looser' ? 'stricter' : verdict;
      expect([compared.pair(0, 1).verdict, compared.pair(1, 0).verdict]).toEqual([verdict, turned]);
      expect([compared.pair(1, 0).witness?.a, compared.pair(1, 0).witness?.b]).toEqual([compared.pair(0, 1).witness?.b, compared.pair(0, 1).witness?.a]);
    }
  });
});

const MONTHLY = "SELECT date_trunc('month', opened_at), count(*) FROM app.case_file GROUP BY 1";

describe('sessions', () => {
  test('one text in two time zones is two queries', async () => {
    const { verdict, kind, witness } = await bench.pair(CASEWORK, bench.definition(MONTHLY, 'UTC'), bench.definition(MONTHLY, 'Asia/Jakarta'));
    expect([verdict, kind]).toEqual(['different', 'time-zone']);
    expect(witness?.words).toMatch(/^opened_at \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d(\.\d+)?)?Z is \w+( \d{4})? for A and \w+( \d{4})? for B$/);
  });

  test('in one time zone it is one, and so is one that asks for no time', async () => {
    expect((await bench.pair(CASEWORK, bench.definition(MONTHLY, 'Asia/Jakarta'), bench.definition(MONTHLY, 'Asia/Jakarta'))).verdict).toBe('equal');
    const count = 'SELECT count(*) FROM app.case_file';
    expect((await bench.pair(CASEWORK, bench.definition(count, 'UTC'), bench.definition(count, 'Asia/Jakarta'))).verdict).toBe('equal');
  });
});

describe('asserted constraints', () => {
  const ddl = 'CREATE TABLE orders (order_id int, status text, paid_at timestamptz)';
  const assert = (schema: MetricSchema): MetricSchema => ({
    ...schema,
    catalog: {
      ...schema.catalog,
      constraints: [
        ...schema.catalog.constraints,
        { schema: 'public', relation: 'orders', name: 'unique_orders_order_id', kind: 'unique', columns: ['order_id'], expression: null, references: null, validated: true, enforced: false },
        { schema: 'public', relation: 'orders', name: 'not_null_orders_order_id', kind: 'not_null', columns: ['order_id'], expression: null, references: null, validated: true, enforced: false },
      ],
    },
  });

  test('never make two definitions equal, and are named where they would', async () => {
    const found = await bench.pair(ddl, 'SELECT count(*) FROM orders', 'SELECT count(DISTINCT order_id) FROM orders', { change: assert });
    expect(found.verdict).toBe('different');
    expect(found.restsOn).toEqual([]);
    expect(found.underAsserted.map(({ kind, enforced }) => [kind, enforced])).toEqual(expect.arrayContaining([['unique', false], ['not_null', false]]));
  });

  test('are not named where they would change nothing', async () => {
    expect((await bench.pair(ddl, 'SELECT count(*) FROM orders', 'SELECT max(order_id) FROM orders', { change: assert })).underAsserted).toEqual([]);
  });
});

describe('several definitions', () => {
  test('are put into classes, and each pair has its verdict', async () => {
    const where = ["status <> 'CLOSED'", 'closed_at IS NULL', "status IN ('OPEN', 'REVIEW')", "status = 'OPEN' OR status = 'REVIEW'", 'penalty > 100'];
    const compared = await bench.all(CASEWORK, where.map((condition) => `SELECT count(*) FROM app.case_file WHERE ${condition}`), ['Ops', 'Board', 'Desk', 'Weekly', 'Fines']);
    expect(compared.classes).toEqual([0, 0, 1, 1, 2]);
    expect(compared.pair(2, 3).verdict).toBe('equal');
    expect(compared.pair(3, 1).verdict).toBe('stricter');
    expect(compared.pair(3, 1).witness?.words).toMatch(/^an? case_file with .* is counted by Board and not by Weekly$/);
    expect(compared.pair(0, 4).verdict).toBe('overlapping');
    expect([compared.partial, compared.unsupported]).toEqual([null, [null, null, null, null, null]]);
  });

  test('one that cannot be run costs itself only', async () => {
    const compared = await bench.all(CASEWORK, ['SELECT count(*) FROM app.case_file', 'SELECT count(*) FROM app.gone', 'SELECT count(case_id) FROM app.case_file']);
    expect(compared.unsupported).toEqual([null, expect.stringContaining('app.gone'), null]);
    expect([compared.pair(0, 1).verdict, compared.pair(0, 2).verdict]).toEqual(['undecided', 'equal-under']);
    expect(compared.pair(0, 1).why).toMatch(/^B cannot be run: .*app\.gone/);
  });

  test('two hundred are bounded, and marked as such', async () => {
    const texts = Array.from({ length: 200 }, (_, index) => `SELECT count(*) FROM app.case_file WHERE penalty > ${index % 50}`);
    const start = performance.now();
    const compared = await bench.all(CASEWORK, texts, undefined, { milliseconds: 10_000 });
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(compared.partial).toMatch(/more than 40 definitions|time was up/);
    expect(compared.pair(0, 50).verdict).toBe('equal');
    expect(compared.pair(0, 1).verdict).toBe('looser');
  });
});

describe('an engine that is only lent', () => {
  const texts = ["status <> 'CLOSED'", 'closed_at IS NULL', "status = 'OPEN'", "status LIKE '%N'"].map((condition) => `SELECT count(*) FROM app.case_file WHERE ${condition}`);

  test('is asked for once, and only where a difference must be shown', async () => {
    await bench.inSpace(async (space) => {
      const schema = await schemaFromDdl(space, CASEWORK);
      let asked = 0;
      const lend = () => {
        asked += 1;
        return Promise.resolve({ space, schema });
      };
      const definitions = texts.map((text) => bench.definition(text));
      const equal = await compareDefinitions(definitions.slice(0, 2), schema, lend, bench.parsers.postgres, { depth: 'replay' });
      expect([equal.pair(0, 1).verdict, equal.pair(0, 1).bound, asked]).toEqual(['equal-under', null, 0]);
      expect(equal.pair(0, 1).why).toMatch(/It was not searched against\.$/);
      const all = await compareDefinitions(definitions, schema, lend, bench.parsers.postgres, { depth: 'replay' });
      expect([all.pair(0, 2).verdict, asked]).toEqual(['looser', 1]);
    });
  });

  test('is not asked for where nothing is to be searched', async () => {
    const schema = await bench.inSpace((space) => schemaFromDdl(space, CASEWORK));
    const definitions = ['app.case_file', 'app.gone'].map((relation) => bench.definition(`SELECT count(*) FROM ${relation}`));
    const compared = await compareDefinitions(definitions, schema, () => Promise.reject(new Error('asked')), bench.parsers.postgres, { search: false });
    expect(compared.pair(0, 1)).toMatchObject({ verdict: 'undecided', by: 'none', witness: null });
    expect(compared.pair(0, 1).why).toMatch(/^Rows that part them were not searched for here: tidemark metrics does\./);
  });
});

describe('what no proof knows', () => {
  test('a CHECK that calls a function is obeyed by the rows, and proves nothing', async () => {
    const ddl = `CREATE FUNCTION is_open(status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT status = 'OPEN' $$;
      CREATE TABLE ticket (ticket_id int PRIMARY KEY, status text NOT NULL CHECK (is_open(status)))`;
    const { verdict, by, why } = await bench.pair(ddl, 'SELECT count(*) FROM ticket', "SELECT count(*) FROM ticket WHERE status = 'OPEN'");
    expect([verdict, by]).toEqual(['undecided', 'search']);
    expect(why).toMatch(/No difference was found in [\d,]+ small databases/);
  });

  test('types that contain themselves, and views on views', async () => {
    const ddl = `CREATE TYPE node AS (label text);
      CREATE TABLE tree (tree_id int PRIMARY KEY, root node, parts node[]);
      CREATE DOMAIN positive AS int CHECK (VALUE > 0);
      CREATE TABLE leaf (leaf_id int PRIMARY KEY, tree_id int REFERENCES tree, weight positive, above int REFERENCES leaf);
      CREATE VIEW v_leaf AS SELECT * FROM leaf; CREATE VIEW v_heavy AS SELECT * FROM v_leaf WHERE weight > 10`;
    expect((await bench.pair(ddl, 'SELECT count(*) FROM v_heavy', 'SELECT count(*) FROM leaf WHERE weight > 10')).verdict).toBe('equal');
    expect((await bench.pair(ddl, 'SELECT count(weight) FROM leaf', 'SELECT count(weight) FROM leaf WHERE weight > 0')).restsOn.length).toBe(1);
    expect((await bench.pair(ddl, 'SELECT count(*) FROM tree', 'SELECT count(root) FROM tree')).verdict).toBe('different');
  });

  test('without an engine only proofs decide', async () => {
    const schema = await bench.inSpace((space) => schemaFromDdl(space, CASEWORK));
    const definitions = ["status <> 'CLOSED'", 'closed_at IS NULL', "status = 'OPEN'"].map((condition) => bench.definition(`SELECT count(*) FROM app.case_file WHERE ${condition}`));
    const compared = await compareDefinitions(definitions, schema, null, bench.parsers.postgres);
    expect([compared.pair(0, 1).verdict, compared.pair(0, 2).verdict, compared.pair(0, 2).by]).toEqual(['equal-under', 'undecided', 'none']);
  });
});
