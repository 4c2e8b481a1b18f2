import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StoreBoundary, buildBoundary } from '../../src/graph/boundary.js';
import { metricAnalysis, metricSummaries, subjectsOfMetrics, type MetricOptions } from '../../src/graph/metric-subjects.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { DeclaredContract } from '../../src/model/contract.js';
import type { MetricConfiguration } from '../../src/model/configuration.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { dialectOfEngine } from '../../src/sql/dialect.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { column, table } from '../metrics/support/catalog.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';

let parsers: Parsers;
let catalog: Catalog;

beforeAll(async () => {
  parsers = await createParsers();
  catalog = await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text NOT NULL, opened_at timestamptz NOT NULL, closed_at timestamptz,
      CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)));
  `);
});
afterAll(() => parsers.close());

const OPEN = "SELECT count(*) FROM app.case_file WHERE status <> 'CLOSED'";
const NOT_CLOSED = 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL';
const named = (id: string, sql: string, more: Partial<CollectedQuery> = {}): CollectedQuery => card(sql, { id: `metabase:casework:card:${id}`, origin: { file: `metabase/card-${id}.json`, pointer: '', line: 1, column: 1 }, ...more });

function boundaryOf(own: StoreSnapshot, queries: readonly CollectedQuery[]): StoreBoundary {
  return buildBoundary(own, queries, configuration(), parsers.parse(dialectOfEngine(own.engine)));
}

function production(queries: readonly CollectedQuery[], statements: StatementStatistics[] = [], more: Partial<StoreSnapshot> = {}): StoreBoundary {
  return boundaryOf(store(catalog, { statements, ...more }), queries);
}

const metric = (more: Partial<MetricConfiguration>): MetricConfiguration => ({
  name: 'Open cases', intent: null, store: 'production', relation: 'app.case_file', eligibility: null, formula: 'count(*)', sql: null, time: null, dimensions: null, grain: null,
  owner: null, version: null, deprecated: null, access: null, changelog: null, pin: [], split: [], aliases: [], ...more,
});

async function notClaimed(boundary: StoreBoundary, options: MetricOptions): Promise<{ why: string; count: number }[]> {
  return (await metricAnalysis([boundary], parsers, options)).coverage.notClaimed;
}

describe('groups of metrics', () => {
  test('are subjects of rules at the places of their cards, and keep what equalities rest on', async () => {
    const boundary = production([named('7', OPEN), named('9', NOT_CLOSED)]);
    const { groups } = await metricAnalysis([boundary], parsers, { audit: true });
    const [subject, another] = subjectsOfMetrics(groups, [boundary], new Map([[boundary, storeFacts(boundary, null)]]));
    expect(another).toBeUndefined();
    expect(subject).toMatchObject({ subject: 'metric', store: 'production', relation: 'Open cases', facts: { metric: { verdict: 'equal-under', definitions: 2 } } });
    expect(subject?.locations.map(({ file }) => file)).toEqual(['metabase/card-7.json', 'metabase/card-9.json']);
    expect(metricSummaries(groups)).toMatchObject([{ name: 'Open cases', relation: 'app.case_file', verdict: 'equal-under', definitions: 2, restsOn: [
      { constraint: { kind: 'check' }, equalities: [{ first: 0, second: 1 }] },
      { constraint: { kind: 'not_null', columns: ['status'] }, equalities: [{ first: 0, second: 1 }] },
    ] }]);
  });

  test('leave out what fills a picker', async () => {
    const boundary = production([named('7', OPEN), named('9', NOT_CLOSED, { role: 'variable' })]);
    expect((await metricAnalysis([boundary], parsers)).groups).toEqual([]);
  });
});

describe('the session of a card', () => {
  const monthly = (key: string): string => `SELECT date_trunc('month', opened_at) AS month, count(${key}) FROM app.case_file GROUP BY 1`;
  const queries = [named('7', monthly('*')), named('9', monthly('case_id'))];
  const seen = [statistics(monthly('*'), { role: 'metabase_ro' }), statistics(monthly('case_id'), { role: 'metabase_board' })];
  const withRoles = (zone: string | null): Catalog => ({ ...catalog, settings: { TimeZone: 'Europe/Amsterdam' }, roles: [role('metabase_ro'), role('metabase_board', { settings: zone === null ? {} : { timezone: zone } })] });

  test('has the time zone of its role', async () => {
    const { groups } = await metricAnalysis([production(queries, seen, { catalog: withRoles('UTC') })], parsers);
    expect(groups[0]?.members.map(({ timeZone }) => timeZone)).toEqual(['Europe/Amsterdam', 'UTC']);
    expect(groups[0]?.dialectDifferences).toEqual(['a day or month of a time with zone begins at midnight of the session: Europe/Amsterdam on production, UTC on production']);
  });

  test('is no difference where the roles have none of their own', async () => {
    const { groups } = await metricAnalysis([production(queries, seen, { catalog: withRoles(null) })], parsers);
    expect(groups[0]?.members.map(({ timeZone }) => timeZone)).toEqual(['Europe/Amsterdam', 'Europe/Amsterdam']);
    expect([groups[0]?.verdict, groups[0]?.dialectDifferences]).toEqual(['equal-under', []]);
  });
});

describe('what is declared', () => {
  test('and cannot be read is told to who wrote it', async () => {
    expect(await notClaimed(production([]), { metrics: [metric({ formula: 'count(*' })] })).toEqual([
      { why: 'the SQL of the metric Open cases of tidemark.yaml cannot be read: syntax error at or near "AS"', count: 1 },
    ]);
  });

  test('of a store that was not looked at is told', async () => {
    expect(await notClaimed(production([]), { metrics: [metric({ store: 'archive' })] })).toEqual([
      { why: 'the metric Open cases of tidemark.yaml is of the store archive, which was not looked at', count: 1 },
    ]);
  });

  test('by a semantic view of DuckDB is a metric like any other', async () => {
    const fact = table('analytics', 'fact_case', [column('case_id', 'BIGINT'), column('status', 'VARCHAR')]);
    const view = table('analytics_semantic', 'open_cases', [column('open_cases', 'BIGINT')], { kind: 'view', definition: "SELECT count(*) AS open_cases FROM analytics.fact_case WHERE status <> 'CLOSED'" });
    const own = store({ ...catalog, relations: [fact, view], constraints: [], indexes: [] }, { name: 'warehouse', role: 'warehouse', engine: 'duckdb' });
    await parsers.prepare(dialectOfEngine('duckdb'), ["SELECT count(*) FROM analytics.fact_case WHERE status NOT IN ('CLOSED', 'VOID')", view.definition ?? '']);
    const boundary = boundaryOf(own, [named('7', "SELECT count(*) FROM analytics.fact_case WHERE status NOT IN ('CLOSED', 'VOID')")]);
    const { groups } = await metricAnalysis([boundary], parsers);
    expect(groups[0]?.members.map(({ consumer }) => consumer)).toEqual(['metabase card 7 Open cases', 'view analytics_semantic.open_cases open_cases']);
    expect([groups[0]?.semantic, groups[0]?.canonical?.reason]).toEqual([['analytics_semantic.open_cases'], 'declared by view analytics_semantic.open_cases: open_cases']);
  });
});

describe('what nobody enforces', () => {
  const cards = [named('7', "SELECT count(*) FROM app.case_file WHERE status = 'OPEN'"), named('9', "SELECT count(*) FROM app.case_file WHERE status IN ('OPEN', 'PAUSED')")];
  const underAsserted = async (boundary: StoreBoundary, options: MetricOptions = {}): Promise<(string | null)[] | undefined> =>
    (await metricAnalysis([boundary], parsers, options)).groups[0]?.pairs[0]?.comparison.underAsserted.map(({ name }) => name);
  const asserts = (by: string) => [{ kind: 'check' as const, schema: 'app', relation: 'case_file', columns: ['status'], expression: "status IN ('OPEN', 'CLOSED')", references: null, by }];

  test('but a test of dbt says, makes definitions equal by assertion', async () => {
    const tested = named('dbt', "SELECT 1 FROM app.case_file WHERE status NOT IN ('OPEN', 'CLOSED')", { kind: 'dbt', role: 'quality-check', title: 'accepted_values', asserts: asserts('dbt test accepted_values') });
    expect(await underAsserted(production([...cards, tested]))).toEqual(['dbt test accepted_values']);
  });

  test('but a contract says counts where the contract holds', async () => {
    const contract: DeclaredContract = {
      id: 'c', name: 'casework', version: '1', status: 'active', owner: null, connection: null, origin: { file: 'contract.yaml', pointer: '', line: 1, column: 1 },
      relations: [{ schema: 'app', name: 'case_file', columns: [], asserts: asserts('contract casework 1') }],
    };
    expect(await underAsserted(production(cards, [], { contracted: new Map([['app.case_file', 'casework']]) }), { contracts: [contract] })).toEqual(['contract casework 1']);
    expect(await underAsserted(production(cards), { contracts: [contract] })).toEqual([]);
  });
});
