import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCases, type LabelledCase } from '../../eval/lineage/cases.js';
import { evaluateLineage } from '../../eval/lineage/evaluate.js';
import { askServer } from '../../eval/lineage/postgres-oracle.js';
import { figuresLine } from '../../eval/lineage/run.js';
import { startPostgres, type PostgresServer } from '../../src/cli/demo/postgres-server.js';
import { createParsers } from '../../src/sql/parse/parsers.js';

const cases = readCases();
const postgres = cases.filter((one) => one.dialect === 'postgres');
const duckdb = cases.filter((one) => one.dialect === 'duckdb');

/** How many cases there are at least, and which share of each part must be exact and complete, by dialect. */
const FLOORS: Record<string, { cases: number; exact: number; complete: number }> = {
  postgres: { cases: 385, exact: 0.99, complete: 0.98 },
  snowflake: { cases: 35, exact: 0.95, complete: 0.95 },
  bigquery: { cases: 35, exact: 0.95, complete: 0.95 },
  redshift: { cases: 30, exact: 0.95, complete: 0.95 },
  clickhouse: { cases: 40, exact: 0.95, complete: 0.95 },
  duckdb: { cases: 45, exact: 0.95, complete: 0.9 },
  mysql: { cases: 30, exact: 0.95, complete: 0.9 },
  trino: { cases: 9, exact: 0.9, complete: 0.9 },
  databricks: { cases: 11, exact: 0.9, complete: 0.9 },
  tsql: { cases: 9, exact: 0.9, complete: 0.85 },
};

describe('lineage of labelled statements', () => {
  test('is as good as it is said to be, on the part that is tuned on and on the part that is not', async () => {
    const parsers = await createParsers();
    const figures = await evaluateLineage(cases, parsers).finally(() => parsers.close());
    expect(figures.map(({ dialect }) => dialect).toSorted()).toEqual(Object.keys(FLOORS).toSorted());
    for (const { dialect, tuned, heldOut } of figures) {
      console.info(`lineage, ${figuresLine(`${dialect}, tuned on`, tuned)}\nlineage, ${figuresLine(`${dialect}, held out`, heldOut)}`);
      for (const { id, place, lines } of tuned.faults) console.info(`  ${place} ${id}\n    ${lines.join('\n    ')}`);
      const floor = FLOORS[dialect] ?? { cases: 0, exact: 1, complete: 1 };
      expect(tuned.cases + heldOut.cases, dialect).toBeGreaterThanOrEqual(floor.cases);
      if (dialect === 'postgres') expect(tuned.faults.map(({ id }) => id)).toEqual([]);
      for (const [part, { cases: all, exact, complete }] of Object.entries({ tuned, heldOut })) {
        expect(exact / all, `${dialect}, ${part}: exact`).toBeGreaterThanOrEqual(floor.exact);
        expect(complete / all, `${dialect}, ${part}: complete`).toBeGreaterThanOrEqual(floor.complete);
      }
    }
  });
});

describe('labels, as a real PostgreSQL records the same statements', () => {
  let server: PostgresServer;
  let client: pg.Client;

  beforeAll(async () => {
    server = await startPostgres({});
    client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    for (const { ddl } of new Set(postgres.map((one) => one.schema))) await client.query(ddl);
  }, 90_000);

  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  const asked = postgres.filter((one) => one.server === null);

  test('most statements can be asked about', () => {
    expect(asked.length / postgres.length).toBeGreaterThan(0.85);
  });

  test.each(asked.map((one): [string, LabelledCase] => [one.id, one]))('%s', async (_id, one) => {
    await client.query(`SET search_path TO ${one.schema.name}`);
    const record = await askServer(client, one);
    const shown = [...one.shown, ...one.returns].flatMap(({ sources }) => [...sources.keys()]);
    const uses = [...one.grouping, ...one.conditions].map((use) => use.slice(use.indexOf(' ') + 1));
    const written = one.writes === null ? [] : one.shown.map(({ name }) => `${one.writes}.${name}`);
    const labelled = new Set([...shown, ...uses, ...one.mentioned]);

    expect(record.names).toEqual((one.writes === null ? one.shown : one.returns).map(({ name }) => name));
    // Behind a view stands more than the reader asked for.
    const recorded = [...record.columns].filter((column) => labelled.has(column) || !(record.throughView || written.includes(column)));
    expect(recorded.sort()).toEqual([...labelled].sort());
  });
});

describe('labels, as DuckDB names the same outputs', () => {
  let connection: DuckDBConnection;

  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    for (const { ddl } of new Set(duckdb.map((one) => one.schema))) await connection.run(ddl);
  });

  afterAll(() => {
    connection.closeSync();
  });

  test.each(duckdb.map((one): [string, LabelledCase] => [one.id, one]))('%s', async (_id, one) => {
    await connection.run('BEGIN');
    const query = /^COPY \((.*)\) TO/s.exec(one.sql)?.[1] ?? one.sql;
    const names = await connection.run(query).then((result) => result.columnNames()).finally(() => connection.run('ROLLBACK'));
    const compared = one.writes === null && !one.outputsOpen;
    expect(compared ? names : []).toEqual(compared ? one.shown.map(({ name }) => name) : []);
  });
});
