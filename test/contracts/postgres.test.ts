import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { Verifier } from '../../src/contracts/verify.js';
import { buildBoundary } from '../../src/graph/boundary.js';
import type { ScratchEngine } from '../../src/model/scratch-engine.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { configuration, statistics, store } from '../support/estate.js';
import { cardOf, CASEWORK, consumerOf, only, proposed, withQueries } from './support.js';

const ROWS = `
  INSERT INTO app.officer SELECT n, 'Officer ' || n, 'officer' || n || '@example.org', md5(n::text) FROM generate_series(1, 5) n;
  INSERT INTO app.case_file SELECT n, 'C-' || n, (ARRAY['OPEN', 'CLOSED', 'IN_REVIEW'])[n % 3 + 1], (ARRAY['N', 'S'])[n % 2 + 1], n % 5 + 1, timestamptz '2026-01-01' + n * interval '1 day',
    CASE WHEN n % 3 = 1 THEN timestamptz '2026-03-01' + n * interval '1 hour' END, timestamptz '2026-02-01' + n * interval '1 minute', CASE WHEN n % 7 = 0 THEN now() END FROM generate_series(1, 40) n;
  INSERT INTO app.note SELECT n, n % 40 + 1, 'note ' || n % 9, CASE WHEN n % 4 = 0 THEN now() END FROM generate_series(1, 120) n;
  CREATE ROLE metabase_ro LOGIN; GRANT USAGE ON SCHEMA app TO metabase_ro; GRANT SELECT ON app.note, app.case_file TO metabase_ro;
`;

let server: PostgresServer;
let client: pg.Client;
let engine: ScratchEngine;

beforeAll(async () => {
  server = await startPostgres({});
  client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  await client.query(CASEWORK);
  await client.query(ROWS);
  engine = scratchEngine('pglite');
});

afterAll(async () => {
  await engine.close();
  await client.end();
  await server.stop();
});

async function rows(sql: string): Promise<unknown> {
  const { fields, rows: found } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return [fields.map(({ name }) => name), found];
}

const QUERIES = {
  'Open cases': "SELECT region_code, count(*) FROM app.case_file WHERE status <> 'CLOSED' GROUP BY region_code ORDER BY 1",
  'Days to close': "SELECT avg(closed_at - opened_at) AS days FROM app.case_file WHERE status = 'CLOSED'",
  'Newest changes': 'SELECT case_id, updated_at FROM app.case_file ORDER BY updated_at DESC LIMIT 5',
  'Notes in full': 'SELECT * FROM app.note WHERE deleted_at IS NULL ORDER BY note_id',
  'Notes of open cases': "SELECT c.case_id, count(n.note_id) AS notes FROM app.case_file c LEFT JOIN app.note n ON n.case_id = c.case_id AND n.deleted_at IS NULL WHERE c.status = 'OPEN' GROUP BY c.case_id ORDER BY c.case_id",
  'Longest silence': 'SELECT c.case_id, rank() OVER (ORDER BY c.updated_at) AS place FROM app.case_file c WHERE EXISTS (SELECT 1 FROM app.note n WHERE n.case_id = c.case_id) ORDER BY place LIMIT 3',
};

describe('a proposal on a real server', () => {
  test('makes its views, registers them, lets their readers in, and every rewrite is proved and gives the same rows', async () => {
    const statements = Object.values(QUERIES).map((sql) => statistics(sql));
    const proposals = await proposed({
      queries: Object.entries(QUERIES).map(([title, sql]) => cardOf(title, sql)),
      store: { statements },
      catalog: (catalog) => {
        catalog.grants.push(...['note', 'case_file'].map((relation) => ({ grantee: 'metabase_ro', schema: 'app', relation, privileges: ['SELECT'] })));
      },
      scratch: () => engine.open(),
    });
    expect(proposals.map(({ view, consumers }) => [view, consumers.length])).toEqual([['integration.v_case_state_v1', 4], ['integration.v_note_v1', 3], ['integration.v_case_state_v2', 1]]);
    for (const { create, grants, registryTable, registryRow } of proposals) {
      expect(registryTable).toBeNull();
      for (const sql of [create, ...grants, registryRow]) await client.query(sql);
    }
    for (const [title, before] of Object.entries(QUERIES)) {
      const { after, verdict, sentence } = consumerOf(proposals, title);
      expect([title, verdict?.verdict, verdict?.witness]).toEqual([title, 'equal', null]);
      expect(sentence).toContain('Proved: it returns the same on every database that the schema admits.');
      expect(after).not.toContain('app.');
      expect(await rows(after ?? '')).toEqual(await rows(before));
    }
    const registered = await client.query<{ contract_name: string; version: number; owner_team: string; columns: number }>('SELECT contract_name, version, owner_team, jsonb_array_length(schema_definition -> \'columns\') AS columns FROM integration.data_contract_registry ORDER BY 1');
    expect(registered.rows).toEqual([
      { contract_name: 'v_case_state_v2', version: 2, owner_team: 'the team that owns it', columns: 6 },
      { contract_name: 'v_note_v1', version: 1, owner_team: 'the team that owns it', columns: 4 },
    ]);
  });

  test('once what is revoked is, its readers see the view and no table', async () => {
    const proposals = await proposed({
      queries: [cardOf('Notes in full', QUERIES['Notes in full'])],
      store: { statements: [statistics(QUERIES['Notes in full'])] },
      catalog: (catalog) => catalog.grants.push({ grantee: 'metabase_ro', schema: 'app', relation: 'note', privileges: ['SELECT'] }),
    });
    const { revokes } = only(proposals);
    expect(revokes).toEqual(['REVOKE SELECT ON app.note FROM metabase_ro;']);
    for (const sql of revokes) await client.query(sql);
    await client.query('SET ROLE metabase_ro');
    try {
      await expect(client.query('SELECT * FROM app.note')).rejects.toThrow(/permission denied for table note/);
      expect((await client.query(consumerOf(proposals, 'Notes in full').after ?? '')).rows).toHaveLength(90);
    } finally {
      await client.query('RESET ROLE');
    }
  });

  test('without a registry the table to make takes the row', async () => {
    const ddl = 'CREATE SCHEMA app; CREATE TABLE app.note (note_id bigint PRIMARY KEY, body text)';
    const { registryTable, registryRow } = only(await proposed({ ddl, queries: [cardOf('Notes', 'SELECT body FROM app.note')], configuration: { zones: [{ zone: 'contract', patterns: ['scratch_registry.*'] }] } }));
    await client.query('CREATE SCHEMA scratch_registry');
    await client.query(registryTable ?? '');
    await client.query(registryRow);
    expect((await client.query('SELECT contract_name, schema_definition FROM scratch_registry.data_contract_registry')).rows).toEqual([
      { contract_name: 'v_note_v1', schema_definition: { columns: [{ name: 'body', type: 'text' }] } },
    ]);
  });
});

test('a registry of another shape takes the row in its own columns, and what it wants besides is said', async () => {
  const registry = "CREATE SCHEMA meta; CREATE TABLE meta.contract_catalogue (contract text NOT NULL, view_schema text NOT NULL, contract_version text NOT NULL, producer text, fields jsonb NOT NULL, sla_minutes integer)";
  const ddl = `CREATE SCHEMA app; CREATE TABLE app.note (note_id bigint PRIMARY KEY, body text); ${registry}`;
  const { registryTable, registryRow } = only(await proposed({ ddl, queries: [cardOf('Notes', 'SELECT body FROM app.note')], store: { contractRegistry: { relation: 'meta.contract_catalogue', rows: [] } } }));
  expect(registryTable).toBeNull();
  await client.query(registry);
  await client.query(registryRow);
  expect((await client.query('SELECT contract, view_schema, contract_version, fields FROM meta.contract_catalogue')).rows).toEqual([
    { contract: 'v_note_v1', view_schema: 'integration', contract_version: '1', fields: { columns: [{ name: 'body', type: 'text' }] } },
  ]);
  const { notes } = only(await proposed({ ddl: ddl.replace('sla_minutes integer', 'sla_minutes integer NOT NULL'), queries: [cardOf('Notes', 'SELECT body FROM app.note')], store: { contractRegistry: { relation: 'meta.contract_catalogue', rows: [] } } }));
  expect(notes.join('\n')).toContain('meta.contract_catalogue also wants sla_minutes, which nothing here tells');
});

test('a rewrite that returns something else is not offered, and the rows that show it are told', async () => {
  const ddl = `${CASEWORK}; CREATE VIEW integration.v_live_note_v1 AS SELECT note_id, case_id, deleted_at FROM app.note WHERE deleted_at IS NULL`;
  const catalog = withQueries(await catalogFromDdl(ddl));
  const parse = await createPostgresParser();
  const boundary = buildBoundary(store(catalog), [], configuration(), parse);
  const verifier = new Verifier(boundary, catalog, parse, { scratch: () => engine.open(), takenAt: '2026-03-01T08:00:00Z' });
  const side = (text: string) => {
    const [parsed] = parse(text).statements;
    if (parsed === undefined) throw new Error(`not read: ${text}`);
    return { text, statement: parsed.statement };
  };
  const pair = { before: side('SELECT count(*) FROM app.note'), after: side('SELECT count(*) FROM integration.v_live_note_v1'), isSubstitution: true };
  try {
    const verified = await verifier.verified({ before: '', after: '', pairs: [pair], remark: null }, new Set(['app.note', 'integration.v_live_note_v1']), true);
    expect(verified.against).toBe('the rewrite returns something else');
    expect(verified.verdict?.witness?.rows).toMatchObject({ 'app.note': [{ deleted_at: expect.any(String) }] });
    expect(verified.sentence).toMatch(/^Not offered, since it returns something else: /);
  } finally {
    await verifier.close();
  }
});

const COLUMNS = ['case_id', 'status', 'region_code', 'opened_at', 'updated_at', 'closed_at'];
const column = fc.constantFrom(...COLUMNS);
const projection = fc.oneof(
  column.map((name) => `c.${name}`),
  column,
  fc.tuple(column, column).map(([name, alias]) => `c.${name} AS "${alias} shown"`),
  column.map((name) => `coalesce(c.${name}::text, '-')`),
  column.map((name) => `(SELECT max(i.${name}) FROM app.case_file i WHERE i.case_id <= c.case_id)`),
  fc.constant('c.*'),
);
const condition = fc.oneof(
  column.map((name) => `c.${name} IS NOT NULL`),
  fc.constant("status IN ('OPEN', 'CLOSED')"),
  fc.constant('updated_at > opened_at'),
  fc.constant('EXISTS (SELECT 1 FROM app.note n WHERE n.case_id = c.case_id AND c.updated_at IS NOT NULL)'),
);
const query = fc.record({ projections: fc.array(projection, { minLength: 1, maxLength: 4 }), conditions: fc.array(condition, { maxLength: 2 }), wrapped: fc.boolean(), source: fc.constantFrom('app.case_file c', 'app.case_file AS c', '"app"."case_file" c') }).map(({ projections, conditions, wrapped, source }) => {
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const inner = `SELECT ${projections.join(', ')} FROM ${source}${where}`;
  return wrapped ? `WITH shown AS (${inner}) SELECT count(*) FROM shown` : `${inner} ORDER BY c.case_id`;
});

test('whatever a query shows of a relation, it is left as it is or gives the same rows under the same names', async () => {
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(query, async (sql) => {
      const proposals = await proposed({ queries: [cardOf('Any', sql)] });
      const { after } = consumerOf(proposals, 'Any');
      if (after === null) return;
      moved += 1;
      await client.query('BEGIN');
      try {
        for (const { view, create } of proposals) if (create !== '') await client.query(`DROP VIEW IF EXISTS ${view}; ${create}`);
        expect(await rows(after)).toEqual(await rows(sql));
      } finally {
        await client.query('ROLLBACK');
      }
    }),
    { numRuns: 150 },
  );
  expect(moved).toBeGreaterThan(100);
});
