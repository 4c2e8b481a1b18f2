import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import type { Engine } from '../../src/model/store.js';
import type { Finding } from '../../src/model/finding.js';
import type { StoreConfiguration } from '../../src/model/configuration.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { loadRules } from '../../src/rules/load.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { mergedHistory } from '../../src/snapshot/history.js';
import { historyReading, type HistoryRow } from '../../src/stores/shared/history.js';
import { openStore } from '../../src/stores/index.js';
import { type ClickHouseServer, startClickHouse } from '../support/clickhouse.js';
import { configuration } from '../support/estate.js';
import { noContext } from '../support/store-context.js';

const WINDOW = { since: '2026-02-23T00:00:00.000Z', until: '2026-03-02T00:00:00.000Z', truncated: false };

function row(overrides: Partial<HistoryRow>): HistoryRow {
  return {
    user: 'anna_k', database: 'mart', application: 'snowsight', hash: null, text: 'select 1', cut: false, runs: 1, failures: 0, execution_ms: 100, longest_ms: 100, rows: 1,
    scanned_bytes: 1000, billed_bytes: null, spilled_bytes: 0, ...overrides,
  };
}

const merged = (engine: Engine, rows: HistoryRow[]) => mergedHistory(engine, historyReading(rows, WINDOW));

describe('a history of queries', () => {
  test('has runs that differ in literals and comments only as one entry a user, with everybody who sent it', () => {
    const { statements, activity, window } = merged('snowflake', [
      row({ text: "select email from mart.customer where city = 'Köln' -- Looker Query Context '{\"history_slug\":\"a1\"}'", execution_ms: 900, runs: 3, application: 'Looker' }),
      row({ text: "select email from mart.customer where city = 'Ulm' -- Looker Query Context '{\"history_slug\":\"b2\"}'", execution_ms: 300, runs: 2, failures: 1, application: 'Looker' }),
      row({ text: "select email from mart.customer where city = 'Bonn'", application: 'snowsight', billed_bytes: 5 }),
      row({ text: "select email from mart.customer where city = 'Bonn'", user: 'ben' }),
    ]);
    expect(statements.map(({ role, calls, failures, execution_ms, scanned_bytes, billed_bytes }) => ({ role, calls, failures, execution_ms, scanned_bytes, billed_bytes }))).toEqual([
      { role: 'anna_k', calls: 6, failures: 1, execution_ms: 1300, scanned_bytes: 3000, billed_bytes: null },
      { role: 'ben', calls: 1, failures: 0, execution_ms: 100, scanned_bytes: 1000, billed_bytes: null },
    ]);
    expect(activity?.map(({ role, application, seen }) => `${role} ${application} ${seen}`)).toEqual(['anna_k Looker 6', 'anna_k snowsight 1', 'ben snowsight 1']);
    expect(new Set(statements.map(({ queryId }) => queryId)).size, 'one text has one number, whoever sends it').toBe(1);
    expect(window).toMatchObject({ entries: 2, block_bytes: 1 });
    expect(JSON.stringify(statements)).not.toMatch(/Köln|Ulm|Bonn/);
  });

  test('keeps numbers of the engine, and makes the same ones again where it gives none', () => {
    const numbers = (rows: HistoryRow[]) => merged('databricks', rows).statements.map(({ queryId }) => queryId);
    expect(numbers([row({ hash: '8123' })])).toEqual(['8123']);
    expect(numbers([row({ text: 'select 7 from mart.order_line' })])).toEqual(numbers([row({ text: 'select 9 from mart.order_line' })]));
    expect(numbers([row({ text: null })])).toEqual([null]);
  });

  test('leaves what counters say as it is', () => {
    const reading = { statements: [], own: ['1'], window: null };
    expect(mergedHistory('postgres', reading)).toBe(reading);
  });
});

describe('the audit of a warehouse', () => {
  let server: ClickHouseServer;
  let snapshot: Snapshot;
  let findings: Finding[];

  beforeAll(async () => {
    server = await startClickHouse({ users: { anna_k: { password: 'neap', readonly: 2 }, metabase: { password: 'neap', readonly: 2 }, dbt: { password: 'neap' } } });
    await server.run(
      'create database mart',
      'create table mart.customer (customer_id UInt64, email String, city LowCardinality(String)) engine = MergeTree order by customer_id',
      'create table mart.order_line (order_id UInt64, placed_at DateTime, amount Decimal(12, 2)) engine = MergeTree order by order_id',
      "insert into mart.customer select number, concat('anna', toString(number), '@example.org'), 'Köln' from numbers(1000)",
      'insert into mart.order_line select number, now(), 12.5 from numbers(200000)',
    );
    const as = (user: string) => ({ user, password: 'neap', database: 'mart' });
    for (const city of ['Köln', 'Ulm', 'Bonn']) await server.runAs('Metabase/0.50', `-- Metabase:: userID: 7 queryType: native\nselect email from mart.customer where city = '${city}'`, as('metabase'));
    await server.runAs('python-requests/2', "select email from mart.customer where customer_id < 4711 into outfile '/no-such-folder/anna.csv' format CSV", as('anna_k')).catch(() => undefined);
    await server.runAs('python-requests/2', 'select sum(amount) from mart.order_line where amount > 4711', as('anna_k'));
    await server.runAs('dbt/1.9', 'select customer_id from mart.customer', as('dbt'));
    const store: StoreConfiguration = { name: 'warehouse', role: 'warehouse', engine: 'clickhouse', url: server.url('mart'), match: [] };
    const settings = configuration({ stores: [store] });
    snapshot = await collectSnapshot({ configuration: settings, read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: null });
    ({ findings } = await audit(snapshot, settings, await loadRules(), 'test'));
  });
  afterAll(() => server.stop());

  test('reads who ran what as which application, masked', () => {
    const [store] = snapshot.stores;
    const texts = store?.statements.filter(({ role }) => role !== 'default').map(({ role, calls, failures, text }) => `${role} ${calls}+${failures}: ${text}`).sort();
    expect(texts).toMatchInlineSnapshot(`
      [
        "anna_k 0+1: select email from mart.customer where customer_id < 0 into outfile '?' format CSV",
        "anna_k 1+0: select sum(amount) from mart.order_line where amount > 0",
        "dbt 1+0: select customer_id from mart.customer",
        "metabase 3+0: -- Metabase:: userID: 7 queryType: native
      select email from mart.customer where city = '?'",
      ]
    `);
    expect(store?.activity?.filter(({ role }) => role !== 'default').map(({ role, application, seen }) => `${role} ${application} ${seen}`).sort()).toMatchInlineSnapshot(`
      [
        "anna_k python-requests/2 1",
        "anna_k python-requests/2 1",
        "dbt dbt/1.9 1",
        "metabase Metabase/0.50 3",
      ]
    `);
    expect(JSON.stringify(snapshot)).not.toMatch(/Köln|Ulm|Bonn|(?<![\d.])4711(?!\d)|anna\.csv|neap/);
    expect(store?.statements.every(({ scanned_bytes }) => typeof scanned_bytes === 'number')).toBe(true);
  });

  test('has its texts cut short where all of them are too large for one answer', async () => {
    await server.fail({ kind: 'error', match: 'any(query)', code: 396, name: 'TOO_MANY_ROWS_OR_BYTES', text: 'Limit for result exceeded, max bytes: 256.00 MiB, current bytes: 283.50 MiB' });
    const reading = await (await openStore('clickhouse', { name: 'warehouse', url: server.url('mart') }, noContext)).statements();
    expect(reading.value.statements.length).toBeGreaterThan(0);
    expect(reading.gaps.map(({ missing, cause }) => `${missing}: ${cause}`)).toEqual(['the ends of long texts: texts of the history are cut at 10000 characters: whole, they are more than tidemark reads at once']);
  });

  test('finds who carries personal data away', () => {
    const told = findings.filter(({ area }) => area === 'privacy').map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer} | ${relation}`);
    expect(told).toMatchInlineSnapshot(`
      [
        "personal-data-exported | role anna_k | mart.customer.email",
        "personal-data-in-mart |  | mart.customer.email",
      ]
    `);
  });
});
