import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countSmallGroups } from '../../src/evidence/groups/count.js';
import { groupingsOf } from '../../src/evidence/groups/groupings.js';
import type { MaskLevel } from '../../src/model/masking.js';
import type { PersonalUse } from '../../src/model/personal-column.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { opened, personal, placeOf, warehouseFile, type OpenedStore } from './estate.js';

let server: TestServer;
let warehouse: Awaited<ReturnType<typeof warehouseFile>>;
let production: OpenedStore;
let analytics: OpenedStore;

const RESIDENTS = `SELECT CASE WHEN g % 2 = 0 THEN 'f' ELSE 'm' END AS gender, CASE WHEN g <= 3 THEN '999' ELSE (g % 10)::varchar END AS postal_code, CAST('1950-01-01' AS date) + CAST(g AS int) AS born`;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run([
    'CREATE SCHEMA app', `CREATE TABLE app.resident AS ${RESIDENTS} FROM generate_series(1, 400) g`, 'CREATE TABLE app.guarded AS SELECT * FROM app.resident', 'ALTER TABLE app.guarded ENABLE ROW LEVEL SECURITY',
    "CREATE ROLE tidemark LOGIN PASSWORD 'harbour' IN ROLE pg_monitor", 'GRANT USAGE ON SCHEMA app TO tidemark; GRANT SELECT ON ALL TABLES IN SCHEMA app TO tidemark', 'ANALYZE',
  ]);
  warehouse = await warehouseFile(['CREATE SCHEMA mart', `CREATE TABLE mart.resident AS ${RESIDENTS} FROM range(1, 401) r(g)`]);
  production = await opened('postgres', 'production', server.url('postgres', 'tidemark', 'harbour'));
  analytics = await opened('duckdb', 'warehouse', warehouse.path);
});

afterAll(async () => {
  await Promise.all([production, analytics].map((store) => store?.session.close()));
  warehouse?.remove();
  await server?.stop();
});

function groupedBy(place: string, consumer: string, mask: MaskLevel = 'raw'): PersonalUse {
  return { consumer, owner: null, kind: 'card', dashboard: null, audience: 'inside', use: 'grouping', output: null, mask, place: placeOf(place), exported: null };
}

describe('groups by which consumers show persons', () => {
  test('are those of one consumer together, each combination once', () => {
    const gender = personal('production app.resident.gender', { kind: 'gender', class: 'quasi', uses: [groupedBy('production app.resident.gender', 'a'), groupedBy('production app.resident.gender', 'b'), groupedBy('production app.resident.gender', 'c')] });
    const code = personal('production app.resident.postal_code', { kind: 'postal_code', class: 'quasi', uses: [groupedBy('production app.resident.postal_code', 'a'), groupedBy('production app.resident.postal_code', 'b')] });
    expect(groupingsOf([gender, code])).toEqual([
      { store: 'production', relation: 'app.resident', columns: ['gender'], consumers: ['c'], coarser: false },
      { store: 'production', relation: 'app.resident', columns: ['gender', 'postal_code'], consumers: ['a', 'b'], coarser: false },
    ]);
  });

  test('by something coarser than the column are not taken for groups by the column', () => {
    const born = personal('production app.resident.born', { kind: 'date_of_birth', class: 'quasi', uses: [groupedBy('production app.resident.born', 'by year', 'partial')] });
    expect(groupingsOf([born])).toMatchObject([{ coarser: true }]);
  });

  test.each([['production', 'app.resident'], ['warehouse', 'mart.resident']])('are counted in %s, never named', async (store, relation) => {
    const asked = { store, relation, consumers: ['card'], coarser: false };
    const { counted, gaps } = await countSmallGroups([production, analytics], [{ ...asked, columns: ['gender'] }, { ...asked, columns: ['gender', 'postal_code'] }, { ...asked, columns: ['born'] }], { k: 5, onProgress: () => undefined });
    expect(gaps).toEqual([]);
    // The three residents of 999 are one woman and two men; each of the others shares code and gender with 39 or so.
    expect(counted.map(({ groups, small, rowsInSmall }) => ({ groups, small, rowsInSmall }))).toEqual([
      { groups: 2, small: 0, rowsInSmall: 0 }, { groups: 12, small: 2, rowsInSmall: 3 }, { groups: 400, small: 400, rowsInSmall: 400 },
    ]);
    const travelled = [...production.received, ...analytics.received].filter((answer) => !answer.includes('QUERY PLAN'));
    expect(travelled.join('')).not.toMatch(/999|1950/);
  });

  test('that cannot be counted are said: an expression, hidden rows, a store that is not there', async () => {
    const asked = { consumers: ['card'], coarser: false, columns: ['gender'] };
    const { counted, gaps } = await countSmallGroups([production], [
      { ...asked, store: 'production', relation: 'app.resident', columns: ['born'], coarser: true }, { ...asked, store: 'production', relation: 'app.guarded' }, { ...asked, store: 'warehouse', relation: 'mart.resident' },
    ], { k: 5, onProgress: () => undefined });
    expect(counted).toEqual([]);
    expect(gaps.map(({ cause }) => cause)).toEqual(['its consumers group by an expression over them, which is not repeated', 'row-level security hides rows of it from tidemark', 'this store cannot be asked']);
  });
});
