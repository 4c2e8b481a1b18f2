import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source as looker } from '../../src/sources/looker.js';
import { source as metabase } from '../../src/sources/metabase.js';
import { source as superset } from '../../src/sources/superset.js';
import { source as tableau } from '../../src/sources/tableau.js';
import { queriesOf, readValues } from './fixture.js';

/** How the result of each query leaves its tool, by title; those that do not leave are left out. */
function left(queries: CollectedQuery[]): Record<string, unknown> {
  return Object.fromEntries(queries.filter(({ deliveries, isEmbedded }) => deliveries ?? isEmbedded).map(({ title, deliveries, isEmbedded }) => [title, { ...(deliveries ? { deliveries } : {}), ...(isEmbedded ? { isEmbedded } : {}) }]));
}

describe('Metabase', () => {
  const card = (id: number, name: string, more: object = {}): object => ({ id, name, display: 'table', database_id: 2, dataset_query: { type: 'native', database: 2, native: { query: `select ${id}` } }, ...more });
  const email = { channel_type: 'email', enabled: true, schedule_type: 'weekly', schedule_day: 'mon', schedule_hour: 8, details: { emails: ['ada@regulator.example'] } };

  test('a subscription of before v0.53 sends each card with its files, and by every channel', () => {
    const read = readValues(metabase, {
      'cards.json': [card(1, 'Officers'), card(2, 'Backlog'), card(3, 'Not sent')],
      'dashboard.json': { id: 7, name: 'Operations', dashcards: [1, 2, 3].map((card_id) => ({ card_id })) },
      'pulses.json': [
        { id: 1, dashboard_id: 7, cards: [{ id: 1, include_csv: true, include_xls: true }, { id: 2, include_csv: false, include_xls: false }], channels: [email, { ...email, channel_type: 'slack' }] },
        { id: 2, dashboard_id: 7, cards: [{ id: 3 }], channels: [{ ...email, enabled: false }] },
        { id: 3, archived: true, cards: [{ id: 3 }], channels: [email] },
      ],
    });
    const schedule = 'weekly on mon at 8:00';
    expect(left(read)).toEqual({
      Officers: { deliveries: ['csv', 'xlsx'].flatMap((format) => [{ kind: 'mail', format, schedule }]).concat(['csv', 'xlsx'].map((format) => ({ kind: 'message', format, schedule }))) },
      Backlog: { deliveries: [{ kind: 'mail', format: null, schedule }, { kind: 'message', format: null, schedule }] },
    });
    expect(JSON.stringify(read)).not.toContain('ada@regulator.example');
  });

  test('a notification since v0.53 sends a card by its handlers, unless it is switched off', () => {
    const notification = (card_id: number, active: boolean, handlers: object[]): object => ({
      id: card_id, active, payload_type: 'notification/card', payload: { card_id }, handlers, subscriptions: [{ type: 'notification-subscription/cron', cron_schedule: '0 0 7 * * ? *' }],
    });
    const read = readValues(metabase, {
      'cards.json': [card(1, 'Late cases'), card(2, 'Off'), card(3, 'Nobody gets it')],
      'notifications.json': [
        notification(1, true, [{ channel_type: 'channel/email', active: true }, { channel_type: 'channel/http', active: false }]),
        notification(2, false, [{ channel_type: 'channel/email' }]),
        notification(3, true, []),
      ],
    });
    expect(left(read)).toEqual({ 'Late cases': { deliveries: [{ kind: 'mail', format: null, schedule: '0 0 7 * * ? *' }] } });
  });

  test('embedding is that of the card or of a dashboard that shows it', () => {
    const read = readValues(metabase, {
      'cards.json': [card(1, 'By itself', { enable_embedding: true }), card(2, 'On the portal'), card(3, 'Inside')],
      'portal.json': { id: 7, name: 'Portal', enable_embedding: true, dashcards: [{ card_id: 2 }] },
      'inside.json': { id: 8, name: 'Inside', enable_embedding: false, dashcards: [{ card_id: 3 }] },
      'old.json': { id: 9, name: 'Old', enable_embedding: true, archived: true, dashcards: [{ card_id: 3 }] },
    });
    expect(left(read)).toEqual({ 'By itself': { isEmbedded: true }, 'On the portal': { isEmbedded: true } });
  });
});

describe('Superset', () => {
  const DATASET = { id: 9, uuid: 'd9', table_name: 'refund', schema: 'shop', sql: null, database: { id: 2, database_name: 'Shop' }, columns: [], metrics: [] };
  const chart = (id: number, name: string): object => ({ id, uuid: `c${id}`, slice_name: name, viz_type: 'table', datasource_id: 9, datasource_type: 'table', params: '{"all_columns": ["reason"], "query_mode": "raw"}' });
  const board = { id: 3, dashboard_title: 'Finance', published: true, position_json: '{"CHART-1": {"meta": {"chartId": 6}}}', json_metadata: '{}' };
  const report = (more: object): object => ({ id: 4, name: 'Weekly', type: 'Report', crontab: '0 7 * * 1', active: true, report_format: 'CSV', recipients: [{ type: 'Email', recipient_config_json: '{"target": "ada@shop.example"}' }], ...more });

  test('a report sends a chart, or all charts of a dashboard; a dashboard may be embedded', () => {
    const read = readValues(superset, {
      'api/v1/dataset/9.json': { result: DATASET },
      'api/v1/chart/5.json': { result: chart(5, 'Refunds') },
      'api/v1/chart/6.json': { result: chart(6, 'Refunds by reason') },
      'api/v1/chart/7.json': { result: chart(7, 'Not sent') },
      'api/v1/dashboard/3.json': { result: board },
      'api/v1/dashboard/3/embedded.json': { result: { uuid: 'e3', allowed_domains: ['portal.shop.example'], dashboard_id: '3' } },
      'api/v1/report/list.json': { result: [report({ chart: { id: 5 } }), report({ id: 5, dashboard: { id: 3 }, report_format: 'PDF', recipients: [{ type: 'Slack' }] }), report({ id: 6, chart: { id: 7 }, active: false })] },
    });
    expect(left(read)).toEqual({
      Refunds: { deliveries: [{ kind: 'mail', format: 'csv', schedule: '0 7 * * 1' }] },
      'Refunds by reason': { deliveries: [{ kind: 'message', format: 'pdf', schedule: '0 7 * * 1' }], isEmbedded: true },
    });
    expect(JSON.stringify(read)).not.toContain('ada@shop.example');
  });
});

test('Looker: a plan sends a Look by mail, into a bucket, to a service', () => {
  const destinations = [{ format: 'csv', type: 'email', address: 'ada@shop.example' }, { format: 'json', type: 's3', secret_parameters: 's3cr3t' }, { format: 'wysiwyg_pdf', type: 'looker-integration://1::slack' }];
  const read = readValues(looker, {
    'looks/5.json': { id: '5', title: 'Late orders', query_id: '71', query: { id: '71', model: 'shop', view: 'orders' }, user_id: '3' },
    'looks/6.json': { id: '6', title: 'Stopped', query_id: '72', query: { id: '72', model: 'shop', view: 'orders' }, user_id: '3' },
    'scheduled_plans.json': [
      { id: '1', look_id: '5', crontab: '0 5 * * *', enabled: true, scheduled_plan_destination: destinations },
      { id: '2', look_id: '6', crontab: '0 5 * * *', enabled: false, scheduled_plan_destination: destinations },
    ],
  });
  const schedule = '0 5 * * *';
  expect(left(read)).toEqual({
    'Late orders': { deliveries: [{ kind: 'mail', format: 'csv', schedule }, { kind: 'file', format: 'json', schedule }, { kind: 'message', format: 'wysiwyg_pdf', schedule }] },
  });
  expect(JSON.stringify(read)).not.toMatch(/ada@shop|s3cr3t/);
});

test('Tableau: a workbook keeps the rows of a data source with an extract, and of no other', () => {
  const source = (name: string, extract: string): string => `
    <datasource caption='${name}' name='federated.${name}'><connection class='federated'>
      <named-connections><named-connection caption='db' name='postgres.1'><connection class='postgres' dbname='shop' server='db.shop.example' one-time-sql='SET search_path = shop'/></named-connection></named-connections>
      <relation connection='postgres.1' name='q' type='text'>SELECT email FROM shop.customer</relation></connection>${extract}</datasource>`;
  const kept = (driver: string): string => `<extract count='-1' enabled='true' units='records'><connection class='${driver}' dbname='Data/x.${driver}'/></extract>`;
  const text = `<?xml version='1.0' encoding='utf-8' ?><workbook><datasources>${source('Kept', kept('hyper'))}${source('Old', kept('dataengine'))}${source('Live', "<extract enabled='false'/>")}</datasources></workbook>`;
  const read = tableau.read([new SourceFile('shop.twb', text)], { connection: null, gap: () => undefined });
  expect(read.map(({ title, role, deliveries }) => [title, role, deliveries?.map(({ kind, format }) => `${kind} ${format}`)])).toEqual([
    ['Kept: q', 'relation', ['extract hyper']], ['Kept: initial SQL of db', 'hook', undefined],
    ['Old: q', 'relation', ['extract tde']], ['Old: initial SQL of db', 'hook', undefined],
    ['Live: q', 'relation', undefined], ['Live: initial SQL of db', 'hook', undefined],
  ]);
});

test('Power BI: a model keeps the rows of a partition that is imported, not of one that asks the database', async () => {
  const read = [...(await queriesOf('powerbi')).values()];
  const kept = new Set(read.filter(({ deliveries }) => deliveries?.some(({ kind }) => kind === 'extract')).map(({ schedule }) => schedule));
  expect(kept.size).toBeGreaterThan(0);
  expect(kept).not.toContain('live');
});
