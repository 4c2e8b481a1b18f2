import { beforeAll, describe, expect, test } from 'vitest';
import { buildBoundary } from '../../src/graph/boundary.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import { subjectsOf } from '../../src/graph/subjects.js';
import { WarehouseAuthority } from '../../src/graph/warehouse-authority.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { Finding } from '../../src/model/finding.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { ForeignTable, StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { judge } from '../../src/rules/run.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';

const RULES = ['warehouse-used-as-authority', 'application-reads-warehouse', 'analytics-writes-operational'];

let parse: Parse;
let catalog: Catalog;
let rules: Rule[];

beforeAll(async () => {
  parse = await createPostgresParser();
  rules = (await loadRules()).filter(({ id }) => RULES.includes(id));
  catalog = await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, priority text, risk_score int);
    CREATE TABLE analytics.case_risk_daily (case_id bigint PRIMARY KEY, snapshot_date date, score int);
    CREATE TABLE analytics.dim_customer (customer_key bigint PRIMARY KEY, segment text);
    CREATE TABLE staging.upload (upload_id bigint PRIMARY KEY, body text);
    CREATE TABLE report.inspection (inspection_id bigint PRIMARY KEY, finding text);
    CREATE TABLE read_model.case_risk (case_id bigint PRIMARY KEY, score int);
    CREATE TABLE dwh.customer_risk (customer_id bigint PRIMARY KEY, risk text);
    CREATE VIEW app.v_risk AS SELECT r.case_id, r.score FROM analytics.case_risk_daily r;
    CREATE VIEW integration.v_risk_v1 AS SELECT r.case_id, r.score FROM analytics.case_risk_daily r;
  `);
  for (const relation of catalog.relations) if (relation.schema === 'dwh') relation.kind = 'foreign_table';
  catalog.roles = ['case_app', 'case_search', 'hightouch', 'svc_x', 'metabase_ro'].map((name) => role(name));
});

const consumers: Configuration['consumers'] = ['case_app', 'case_search'].map((name) => ({ match: { role: name }, owner: null, purpose: 'application' }));
const CLOSE = 'UPDATE app.case_file SET status = $1 WHERE case_id = $2';
const LOOK_UP = 'SELECT score FROM analytics.case_risk_daily WHERE case_id = $1';
const by = (name: string, ...texts: string[]): StatementStatistics[] => texts.map((text) => statistics(text, { role: name, sharedBlocksHit: 40 }));

function foreign(overrides: Partial<ForeignTable> = {}): ForeignTable {
  return { schema: 'dwh', name: 'customer_risk', server: 'other', wrapper: 'postgres_fdw', host: 'db7.internal', port: 5432, database: 'risk', remoteSchema: 'public', remoteName: 'customer_risk', ...overrides };
}

function findings(statements: StatementStatistics[], parts: Partial<StoreSnapshot> = {}, settings: Partial<Configuration> = {}, queries: CollectedQuery[] = [], others: StoreSnapshot[] = []): Finding[] {
  const boundary = buildBoundary(store(catalog, { statements, ...parts }), queries, configuration({ consumers, ...settings }), parse);
  const subjects = subjectsOf({ boundary, facts: storeFacts(boundary), contracts: [], classified: new Map(), confidence_min: 1, stores: [boundary.store, ...others], takenAt: '2026-11-22T09:00:00.000Z', thresholds: configuration().thresholds });
  return judge(rules, subjects, { thresholds: configuration().thresholds }).findings;
}

const told = (found: Finding[]): string[] => found.map(({ ruleId, level, consumer, relation }) => `${level} ${ruleId} | ${consumer} | ${relation}`);

describe('an application that decides by what was made for analysis', () => {
  test('a lookup in a mart before its own writes, with what the catalogue tells against it', () => {
    const found = findings(by('case_app', CLOSE, LOOK_UP));
    expect(told(found)).toEqual(['error warehouse-used-as-authority | role case_app | analytics.case_risk_daily']);
    expect(found[0]?.evidence).toEqual(expect.arrayContaining([
      'analytics.case_risk_daily shows what its last load brought, also after a load that failed',
      'analytics.case_risk_daily has the state at the end of a day, not the present one',
      'it writes internal tables in 1 other statement',
    ]));
    expect(found[0]?.confidence).toBe(0.6);
  });

  test('one statement that writes by a mart, whoever sends it who is not known to load', () => {
    const move = 'UPDATE app.case_file c SET risk_score = r.score FROM analytics.case_risk_daily r WHERE r.case_id = c.case_id AND c.case_id = $1';
    expect(told(findings(by('svc_x', move)))).toContain('error warehouse-used-as-authority | role svc_x | analytics.case_risk_daily');
    expect(told(findings(by('hightouch', move)))).toEqual(['error analytics-writes-operational | role hightouch | app.case_file']);
  });

  test('a view of the application over the mart is the mart', () => {
    expect(told(findings(by('case_app', CLOSE, 'SELECT score FROM app.v_risk WHERE case_id = $1')))).toEqual(['error warehouse-used-as-authority | role case_app | app.v_risk']);
  });

  test('who only reads is told more gently', () => {
    expect(told(findings(by('case_search', LOOK_UP)))).toEqual(['warning application-reads-warehouse | role case_search | analytics.case_risk_daily']);
    const page = statistics('SELECT segment, count(*) FROM analytics.dim_customer GROUP BY segment', { role: 'case_app' });
    expect(told(findings([...by('case_app', CLOSE), page]))).toEqual(['warning application-reads-warehouse | role case_app | analytics.dim_customer']);
  });

  test.each([
    ['a contract over it', 'SELECT score FROM integration.v_risk_v1 WHERE case_id = $1'],
    ['a read model', 'SELECT score FROM read_model.case_risk WHERE case_id = $1'],
    ['a schema that is only called staging', 'SELECT body FROM staging.upload WHERE upload_id = $1'],
    ['its own table', 'SELECT status FROM app.case_file WHERE case_id = $1'],
    ['a summary that it keeps itself', 'INSERT INTO analytics.case_risk_daily (case_id, score) VALUES ($1, $2) ON CONFLICT (case_id) DO UPDATE SET score = analytics.case_risk_daily.score + $3'],
  ])('%s is no warehouse', (_, text) => {
    expect(told(findings(by('case_app', CLOSE, text)))).toEqual([]);
  });

  test('nor is a schema of reports that are the business of the application, which it writes by key', () => {
    const read = 'SELECT finding FROM report.inspection WHERE inspection_id = $1';
    expect(told(findings(by('case_app', CLOSE, read, 'UPDATE report.inspection SET finding = $1 WHERE inspection_id = $2')))).toEqual([]);
    expect(told(findings(by('case_app', CLOSE, read)))).toEqual(['error warehouse-used-as-authority | role case_app | report.inspection']);
  });

  describe('nor is a table that triggers keep', () => {
    const read = 'SELECT score FROM analytics.case_risk_daily WHERE case_id = $1';
    const counted = { schema: 'analytics', name: 'case_risk_daily', sequentialScans: 0, rowsReadBySequentialScans: 0, indexScans: 9_000, rowsInserted: 60, rowsUpdated: 9_000, rowsUpdatedInPlace: 8_000, rowsDeleted: 0, rowsLive: 60, rowsDead: 0, lastVacuumAt: null, heap_bytes: 8_192 };
    const trigger = { schema: 'app', name: 'keep_risk', kind: 'function' as const, language: 'plpgsql', arguments: [], defaults: 0, columns: null, returns: 'trigger', returnsSet: false, body: null, dynamic: false };
    const kept = (relation: Partial<typeof counted>, functions = [trigger], statements: StatementStatistics[] = []): string[] =>
      told(findings([...by('case_app', CLOSE, read), ...statements], { catalog: { ...catalog, functions }, relationStatistics: [{ ...counted, ...relation }] }));

    test('whose rows change, and no statement that is known changes them', () => {
      expect(kept({})).toEqual([]);
    });

    test('whose statements are tracked below the top level, under the owner of the function', () => {
      const nested = statistics('UPDATE analytics.case_risk_daily SET score = score + $1 WHERE case_id = $2', { role: 'svc_x', toplevel: false });
      expect(kept({}, [trigger], [nested])).toEqual([]);
    });

    test('but not where a load brings its rows anew, where there is no trigger, and where its load is known', () => {
      const load = statistics('INSERT INTO analytics.case_risk_daily SELECT case_id, current_date, count(*) FROM app.case_file GROUP BY 1 ON CONFLICT (case_id) DO UPDATE SET score = excluded.score', { role: 'hightouch' });
      const decided = 'error warehouse-used-as-authority | role case_app | analytics.case_risk_daily';
      expect(kept({ rowsInserted: 20_000, rowsUpdated: 0 })).toEqual([decided]);
      expect(kept({}, [])).toEqual([decided]);
      expect(kept({}, [trigger], [load])).toContain(decided);
    });
  });

  test('a mart that is declared as a serving table is one', () => {
    expect(told(findings(by('case_app', CLOSE, LOOK_UP), {}, { zones: [{ zone: 'read_model', patterns: ['analytics.case_risk_daily'] }] }))).toEqual([]);
  });

  test('and a configured raw zone is none of the application', () => {
    const zones = [{ zone: 'raw' as const, patterns: ['staging.*'] }];
    expect(findings(by('case_app', CLOSE, 'SELECT body FROM staging.upload WHERE upload_id = $1'), {}, { zones })[0]).toMatchObject({ ruleId: 'warehouse-used-as-authority', confidence: 0.9 });
  });
});

describe('a foreign table', () => {
  const READ = 'SELECT risk FROM dwh.customer_risk WHERE customer_id = $1';
  const authority = (table: ForeignTable, others: StoreSnapshot[] = []): number => {
    const boundary = buildBoundary(store(catalog, { foreignTables: [table] }), [], configuration({ zones: [{ zone: 'control', patterns: ['none.*'] }] }), parse);
    return new WarehouseAuthority({ ...boundary, zones: new Map([...boundary.zones, ['dwh.customer_risk', { zone: 'unknown', reason: 'a foreign table', guessed: true }]]) }, others).sourcesOf('dwh.customer_risk').confidence;
  };
  const other = (overrides: Partial<StoreSnapshot>): StoreSnapshot => store(catalog, { name: 'other', database: 'risk', address: { host: 'DB7.internal', port: 5432 }, ...overrides });

  test('leads where the addresses of the stores say', () => {
    expect(authority(foreign(), [other({ role: 'warehouse' })])).toBe(0.9);
    expect(authority(foreign({ server: 'warehouse' }), [other({ role: 'operational' })])).toBe(0);
  });

  test('else to a warehouse where its wrapper or a word says so', () => {
    expect(authority(foreign())).toBe(0);
    expect(authority(foreign({ wrapper: 'bigquery_fdw', host: null, port: null, database: null }))).toBe(0.9);
    expect(authority(foreign({ server: 'company-dwh' }))).toBe(0.6);
    expect(authority(foreign({ server: 'dwhite' }))).toBe(0);
  });

  test('is found with its server', () => {
    const found = findings(by('case_app', CLOSE, READ), { foreignTables: [foreign({ server: 'warehouse' })] });
    expect(told(found)).toEqual(['error warehouse-used-as-authority | role case_app | dwh.customer_risk']);
    expect(found[0]?.evidence).toEqual(expect.arrayContaining([
      'foreign server warehouse, host db7.internal', 'dwh.customer_risk is on server warehouse: the command waits for that server and fails with it',
    ]));
  });
});

describe('on the warehouse itself', () => {
  const warehouse = { name: 'warehouse', role: 'warehouse' as const };

  test('code of an application that reads a mart', () => {
    const code = card('SELECT segment FROM analytics.dim_customer WHERE customer_key = 5', { id: 'appcode:shop:1', kind: 'appcode', title: 'customer_segment', origin: { file: 'shop/offers.py', pointer: '', line: 4, column: 1 } });
    expect(told(findings([], warehouse, {}, [code])).map((line) => line.replace(/\| .* \|/, '| code |'))).toEqual(['warning application-reads-warehouse | code | analytics.dim_customer']);
  });

  test('a login of the application, where it is known and not guessed from what it writes', () => {
    expect(told(findings(by('case_app', LOOK_UP), warehouse))).toEqual(['warning application-reads-warehouse | role case_app | analytics.case_risk_daily']);
    const keepsMarks = by('pipeline', 'UPDATE analytics.dim_customer SET segment = $1 WHERE customer_key = $2', LOOK_UP);
    expect(told(findings(keepsMarks, warehouse))).toEqual([]);
  });

  test('dashboards are what it is for', () => {
    expect(told(findings([], warehouse, {}, [card('SELECT segment, count(*) FROM analytics.dim_customer GROUP BY segment')]))).toEqual([]);
  });
});

describe('reverse ETL', () => {
  test.each([
    ['an update by key', 'UPDATE app.case_file SET risk_score = $1 WHERE case_id = $2'],
    ['rows that are copied in', 'COPY app.case_file (case_id, risk_score) FROM STDIN'],
    ['an insert from a mart', 'INSERT INTO app.case_file (case_id, risk_score) SELECT case_id, score FROM analytics.case_risk_daily'],
  ])('says that it is, for %s', (_, text) => {
    const found = findings(by('hightouch', text));
    expect(found.map(({ message }) => message)).toEqual(['role hightouch (reverse ETL, by the word hightouch) writes to app.case_file in 10 calls']);
  });

  test('another loader is a loader', () => {
    const found = findings(by('warehouse_loader', 'COPY app.case_file (case_id, risk_score) FROM STDIN'));
    expect(found.map(({ message }) => message)).toEqual(['role warehouse_loader (loader) writes to app.case_file in 10 calls']);
  });
});
