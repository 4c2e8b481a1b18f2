import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareDefinitions } from '../../src/metrics/rows/compare.js';
import { axiomsFor, rowConstraints, type RowConstraints } from '../../src/metrics/rows/constraints.js';
import { decidePair } from '../../src/metrics/rows/decide.js';
import { domainsOf, type Point } from '../../src/metrics/rows/domain.js';
import { compile, type Truth } from '../../src/metrics/rows/evaluate.js';
import { lowerPredicate } from '../../src/metrics/rows/lower.js';
import { valueText } from '../../src/metrics/rows/point.js';
import { and } from '../../src/metrics/rows/predicate.js';
import { shapeOf, Vocabulary } from '../../src/metrics/rows/vocabulary.js';
import { buildWorlds } from '../../src/metrics/rows/worlds.js';
import type { Expression } from '../../src/model/syntax-tree.js';
import { parsePostgres } from '../../src/sql/parse/postgres.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { catalogOf, check } from './support/catalog.js';
import { clearConditions, obscureConditions, permit, permitSql } from './support/language.js';
import { conditionOf } from './support/predicate.js';

let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startServer(bundledServer(), { settings: { timezone: "'UTC'" } });
  await server.run(permitSql);
  client = new pg.Client({ connectionString: server.url() });
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

/** A representative as the server reads it. */
function sqlValue(point: Point | undefined, type: string): string | null {
  if (point === undefined) return null;
  if (point.value.kind !== 'other') return valueText(point.value);
  return type === 'uuid' ? `ffffffff-ffff-4fff-bfff-00000000000${point.value.index}` : `~${point.value.index}`;
}

const types = new Map(permit.columns.map(({ name, type }) => [name, type]));
const RUNS = Number(process.env['TIDEMARK_DIFFERENTIAL_RUNS'] ?? 400);
const ROWS_MAX = 600;

describe('the evaluation of predicates', () => {
  it('gives the truth values of PostgreSQL on every row of the worlds', async () => {
    let compared = 0;
    let opaque = 0;
    await fc.assert(
      fc.asyncProperty(clearConditions, async ([first, second]) => {
        const pair = [first, second];
        const vocabulary = new Vocabulary(shapeOf(permit.columns), new Set());
        const lowered = [];
        for (const text of pair) lowered.push(lowerPredicate(await conditionOf(text), vocabulary, 'definition'));
        if (vocabulary.variables.some(({ pattern }) => !pattern)) opaque += 1;
        const domains = domainsOf(vocabulary);
        const context = { ...domains, nullWhen: vocabulary.variables.map(({ nullWhen }) => nullWhen) };
        const evaluations = lowered.map((predicate) => compile(predicate, context));

        const rows: number[][] = [[]];
        for (const domain of domains.domains) rows.splice(0, rows.length, ...rows.flatMap((row) => [-1, ...domain].map((place) => [...row, place])).slice(0, ROWS_MAX));
        const names = vocabulary.columns.map(({ name }) => name);
        const values = rows.map((row) => row.map((place, column) => (place < 0 ? null : sqlValue(domains.classOf[column]?.points[place], types.get(names[column] ?? '') ?? 'text'))));
        const expected = await onServer(pair, names, values);
        rows.forEach((row, index) => {
          const world = { places: Int32Array.from(row), variables: new Uint8Array(vocabulary.variables.length) };
          // A variable stands for what is not known: on a text that is named nowhere, LIKE is free.
          const free = vocabulary.variables.length > 0 && (opaqueIn(vocabulary) || row.some((place, column) => place >= 0 && domains.classOf[column]?.points[place]?.value.kind === 'other'));
          if (free) return;
          const actual = evaluations.map((evaluation) => evaluation(world));
          compared += 1;
          expect({ pair, row: values[index], truths: actual }).toEqual({ pair, row: values[index], truths: expected[index] });
        });
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS * 5);
    expect(opaque).toBeLessThan(RUNS * 0.3);
  });
});

/** Values that no definition names, the odd ones among them. */
const samples: Record<string, string[]> = {
  'numeric(6,2)': ['0', '10', '9.99', '10.01', '-1', '0.01', '9999.99', '-9999.99', 'NaN', '100', '12.5', '55.55'],
  numeric: ['0', '10', '9.99', '9.9900001', '-1', '1e10', 'NaN', 'Infinity', '-Infinity', '12.5', '100'],
  integer: ['0', '1', '2', '3', '10', '-2147483648', '2147483647', '11', '-32768'],
  smallint: ['0', '1', '2', '3', '10', '-32768', '32767', '11'],
  'double precision': ['0', '0.1', '1000', '-2.5', '0.5', 'NaN', 'Infinity', '-Infinity', '2', '1e-300'],
  text: ['OPEN', 'CLOSED', 'a', 'B', 'aB', '', 'no', 'open', 'OPEN ', '%', 'a%', 'xE', 'ü'],
  'character varying(20)': ['OPEN', 'CLOSED', 'a', 'B', 'aB', '', 'no', 'open', 'CLOSED ', '%'],
  'character varying(4)': ['OPEN', 'a', 'B', 'aB', '', 'no', 'a%', 'xE'],
  'character(2)': ['DE', 'FR', 'D', '', 'XX'],
  'app.permit_stage': ['DRAFT', 'FILED', 'GRANTED', 'REFUSED'],
  boolean: ['true', 'false'],
  date: ['2024-02-29', '2024-03-01', '2023-12-31', '2024-01-01', 'infinity', '-infinity', '2024-04-01', '2024-03-02'],
  'timestamp without time zone': [
    '2024-03-01', '2024-02-29 23:59:59.999999', '2024-03-01 00:00:00.000001', '2024-04-01', '2024-03-31 23:59:59.999999', '2024-02-29 12:00',
    'infinity', '-infinity', '2024-01-01', '2023-12-31 10:00', '2024-03-04', '2024-03-01 06:30',
  ],
  'timestamp(0) without time zone': ['2024-03-01', '2024-03-01 00:00:01', '2024-02-29 12:00', '2024-04-01', 'infinity', '2024-03-31 23:59:59'],
  'timestamp with time zone': ['2024-03-01Z', '2024-03-01 00:00:00.000001Z', '2024-03-05Z', '2024-03-09 17:00Z', 'infinity', '2024-03-03Z', '2020-01-01Z'],
  uuid: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  bigint: ['1', '2'],
};

interface Scene {
  pair: [string, string];
  checks: string[];
  notNull: string[];
}

const scenes: fc.Arbitrary<Scene> = fc.oneof(clearConditions, obscureConditions).chain(([first, second, third]) =>
  fc.record({
    pair: fc.constant<[string, string]>([first, second]),
    checks: fc.constantFrom([], [third], [third]),
    notNull: fc.subarray(permit.columns.map(({ name }) => name)),
  }),
);

describe('verdicts', () => {
  it('are never contradicted by rows that the constraints admit, and every witness is such a row', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(scenes, fc.integer({ min: 1, max: 1_000_000 }), async ({ pair, checks, notNull }, seed) => {
        const relation = { ...permit, columns: permit.columns.map((entry) => ({ ...entry, nullable: !notNull.includes(entry.name) })) };
        const catalog = catalogOf([relation], checks.map((expression, index) => check(relation, `check_${index}`, expression)));
        const constraints = await rowConstraints(relation, catalog, parsePostgres);
        const definitions: Expression[][] = [];
        for (const text of pair) definitions.push([await conditionOf(text)]);
        const verdict = compareDefinitions(definitions, constraints).pair(0, 1);
        seen.set(verdict.verdict, (seen.get(verdict.verdict) ?? 0) + 1);

        const admitted = [...checks.map((text) => `(${text}) is not false`), ...notNull.map((name) => `${name} is not null`)].join(' and ') || 'true';
        const counts = await countOnSamples(pair, admitted, seed);
        if (verdict.verdict.startsWith('equal')) expect({ pair, checks, notNull, counts }).toEqual({ pair, checks, notNull, counts: { first: 0, second: 0 } });
        if (verdict.verdict === 'stricter') expect({ pair, checks, notNull, first: counts.first }).toEqual({ pair, checks, notNull, first: 0 });
        if (verdict.verdict === 'looser') expect({ pair, checks, notNull, second: counts.second }).toEqual({ pair, checks, notNull, second: 0 });
        await replayWitness(definitions, pair, constraints, checks, notNull);
      }),
      { numRuns: RUNS },
    );
    expect([...seen.keys()].toSorted()).toEqual(expect.arrayContaining(['equal', 'overlapping', 'stricter', 'looser']));
  });
});

/** How many of a thousand random rows that satisfy the constraints are counted by one of the two only. */
async function countOnSamples(pair: readonly string[], admitted: string, seed: number): Promise<{ first: number; second: number }> {
  const columns = permit.columns.map(({ name, type }) => {
    const values = samples[type] ?? [];
    const array = `array[${[...values.map((value) => `'${value}'`), 'null'].join(', ')}]::text[]`;
    return `((${array})[1 + floor(random() * ${values.length + 1})::int])::${type} as ${name}`;
  });
  await client.query(`select setseed(${seed / 1_000_001})`);
  const { rows } = await client.query(
    `select count(*) filter (where a is true and b is not true)::int as first, count(*) filter (where b is true and a is not true)::int as second
     from (select (${pair[0]}) as a, (${pair[1]}) as b from (select ${columns.join(', ')} from generate_series(1, 1000)) as permit where ${admitted}) as judged`,
  );
  return rows[0];
}

/** The row behind a witness satisfies the constraints on the server, and is counted by the one and not by the other. */
async function replayWitness(definitions: Expression[][], pair: readonly string[], constraints: RowConstraints, checks: string[], notNull: string[]): Promise<void> {
  const vocabulary = new Vocabulary(shapeOf(constraints.relation.columns), new Set());
  const predicates = definitions.map((conditions) => and(conditions.map((condition) => lowerPredicate(condition, vocabulary, 'definition'))));
  const axioms = axiomsFor(constraints, vocabulary, 'all');
  const worlds = vocabulary.unorderedTimes().length > 0 ? null : buildWorlds(vocabulary, axioms, predicates);
  const [first, second] = worlds?.truths ?? [];
  if (worlds === null || first === undefined || second === undefined) return;
  const used = new Set(vocabulary.columns.map(({ name }) => name));
  // Constraints about other columns alone can be satisfied whatever the witness is.
  const touching = checks.filter((_, index) => constraints.checks[index]?.columns.some((name) => used.has(name)));
  const admitted = [...touching.map((text) => `(${text}) is not false`), ...notNull.filter((name) => used.has(name)).map((name) => `${name} is not null`), 'true'].join(' and ');
  const moments = vocabulary.columns.flatMap(({ moment }, column) => (moment ? [column] : []));
  const fixed = moments.some((column) => vocabulary.classes().some((columns) => columns.includes(column) && vocabulary.named(columns).length > 0));
  const settable = moments.every((column) => ['now()', 'current_date'].includes(vocabulary.columns[column]?.name ?? ''));
  if (moments.length > 1 || fixed || !settable) return;
  const decision = decidePair(worlds, first, second, () => 0);
  for (const [row, expected] of [[decision.onlyFirst, 'first'], [decision.onlySecond, 'second']] as const) {
    if (row === null) continue;
    const values = new Map<string, string>();
    vocabulary.columns.forEach(({ name }, column) => {
      const place = worlds.places[row * vocabulary.columns.length + column] ?? -1;
      const value = place < 0 ? null : sqlValue(worlds.context.classOf[column]?.points[place], types.get(name) ?? 'text');
      values.set(name, value === null ? 'null' : `'${value.replaceAll("'", "''")}'`);
    });
    // The clock is set to the moment of the witness.
    const told = pair.map((text) => text.replaceAll('now()', `${values.get('now()') ?? ''}::timestamptz`).replaceAll('current_date', `${values.get('current_date') ?? ''}::date`));
    // Columns that no constraint or definition mentions take any value.
    const columns = permit.columns.map(({ name, type }) => `${values.get(name) ?? `'${samples[type]?.[0] ?? ''}'`}::${type} as ${name}`);
    const { rows } = await client.query(
      `select (${admitted}) as admitted, (${told[0]}) is true as first, (${told[1]}) is true as second from (select ${columns.join(', ')}) as permit`,
    );
    expect({ pair, admitted, values: Object.fromEntries(values), answer: rows[0] }).toEqual({
      pair, admitted, values: Object.fromEntries(values), answer: { admitted: true, first: expected === 'first', second: expected === 'second' },
    });
  }
}

const opaqueIn = (vocabulary: Vocabulary): boolean => vocabulary.variables.some(({ pattern }) => !pattern);

async function onServer(conditions: readonly string[], names: string[], rows: (string | null)[][]): Promise<Truth[][]> {
  const columns = permit.columns.map(({ name, type }) => `(v ->> ${names.includes(name) ? names.indexOf(name) : 99})::${type} as ${name}`);
  const source = `select ${['o', ...columns].join(', ')} from jsonb_array_elements($1::jsonb) with ordinality as e(v, o)`;
  const asked = conditions.map((condition, index) => `(${condition})::text as c${index}`);
  const { rows: found } = await client.query(`select ${asked.join(', ')} from (${source}) as permit order by o`, [JSON.stringify(rows)]);
  return found.map((row: Record<string, string | null>) => conditions.map((_, index) => truthOf(row[`c${index}`] ?? null)));
}

function truthOf(text: string | null): Truth {
  return text === null ? 2 : text === 'true' ? 1 : 0;
}
