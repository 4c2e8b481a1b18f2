import { expect, test } from 'vitest';
import { withContracts } from '../../src/config/live.js';
import { parseConfiguration } from '../../src/config/parse.js';
import { ConfigurationError } from '../../src/config/problem.js';

const stores = `
stores:
  - { name: production, role: operational, engine: postgres, url: postgresql://watch_ro@db.example/casework }
  - { name: warehouse, role: warehouse, engine: duckdb, url: warehouse.duckdb }
`;

function parse(text: string, connects = true) {
  return parseConfiguration(`${stores}${text}`, '/srv/casework', {
    environment: { HOOK: 'https://hooks.example/T0/B1/s3cret' },
    connects,
    displayName: 'tidemark.yaml',
  }).configuration.live;
}

function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('a data product has the objective that the article writes: target, share, window, thresholds, provisional period', () => {
  const live = parse(`
data_products:
  - name: case_backlog
    relation: analytics_semantic.case_backlog
    freshness: { target: 5min, within: 10min, share: 0.99, window: 30d, degraded: 30min, failed: 2h }
    provisional: 2d
  - { name: ledger, watermark: { relation: analytics.fact_ledger, column: source_loaded_at }, freshness: { target: 1h } }
`);
  expect(live.dataProducts.map(({ name, objective, provisional_seconds }) => ({ name, objective, provisional_seconds }))).toEqual([
    {
      name: 'case_backlog',
      objective: { target_seconds: 300, within_seconds: 600, share: 0.99, window_seconds: 2_592_000, degraded_seconds: 1800, failed_seconds: 7200 },
      provisional_seconds: 172_800,
    },
    {
      name: 'ledger',
      objective: { target_seconds: 3600, within_seconds: 3600, share: 0.99, window_seconds: 2_592_000, degraded_seconds: null, failed_seconds: null },
      provisional_seconds: null,
    },
  ]);
});

test('a pair to reconcile has its defaults, and a sum of one name is of that name on both sides', () => {
  const [pair] = parse(`
reconcile:
  - name: orders
    source: { store: production, relation: shop.sales_order, time_column: placed_at }
    target: { store: warehouse, relation: raw.order_placed, time_column: placed_at, deleted_column: __deleted }
    sums: [total_minor, { source: paid_minor, target: paid }]
`).reconcile;
  expect(pair).toMatchObject({
    period: 'day',
    periods: 14,
    tolerance_ratio: 0,
    sums: [{ source: 'total_minor', target: 'total_minor' }, { source: 'paid_minor', target: 'paid' }],
    source: { deleted_column: null },
    target: { deleted_column: '__deleted' },
  });
});

test('a webhook comes from the environment, and a run without stores has none', () => {
  const text = 'notify: [{ url: "${env:HOOK}", format: slack }]';
  expect(parse(text).notify).toEqual([{ url: 'https://hooks.example/T0/B1/s3cret', format: 'slack', from: 'breach', objectives: [] }]);
  expect(parse(text, false).notify).toEqual([]);
});

test('what is wrong is said with its place', () => {
  expect(refusal('data_products: [{ name: backlog, store: werehouse }]')).toMatchInlineSnapshot(`
    "tidemark.yaml:5:41 there is no store 'werehouse'; did you mean 'warehouse'?
       5 | data_products: [{ name: backlog, store: werehouse }]
         |                                         ^"
  `);
  expect(refusal('data_products: [{ name: backlog, freshnes: { target: 5min } }]')).toMatchInlineSnapshot(`
    "tidemark.yaml:5:34 unknown key 'freshnes' in data_products[0]; did you mean 'freshness'?
       5 | data_products: [{ name: backlog, freshnes: { target: 5min } }]
         |                                  ^"
  `);
  expect(refusal('data_products: [{ name: backlog, freshness: { target: soon } }]')).toMatchInlineSnapshot(`
    "tidemark.yaml:5:55 data_products[0].freshness.target must be a number of seconds or a text such as 2min
       5 | data_products: [{ name: backlog, freshness: { target: soon } }]
         |                                                       ^"
  `);
  expect(refusal('data_products: [{ name: backlog, relation: backlog }]')).toMatchInlineSnapshot(`
    "tidemark.yaml:5:44 data_products[0].relation must be schema.name
       5 | data_products: [{ name: backlog, relation: backlog }]
         |                                            ^"
  `);
  expect(refusal('live: { budget_ms_per_second: 0 }')).toMatchInlineSnapshot(`
    "tidemark.yaml:5:31 live.budget_ms_per_second must be at least 0.05
       5 | live: { budget_ms_per_second: 0 }
         |                               ^"
  `);
});

test('a data contract promises what the configuration leaves open, and no more', () => {
  const live = parse(`
data_products:
  - { name: backlog, relation: analytics.backlog }
  - { name: ledger, relation: analytics.ledger, freshness: { target: 1h } }
`);
  const objective = { target_seconds: 900, within_seconds: 900, share: 0.99, window_seconds: 2_592_000, degraded_seconds: null, failed_seconds: null };
  const promised = [
    { product: 'case-backlog', relation: 'analytics.backlog', objective },
    { product: 'ledger', relation: 'analytics.ledger', objective },
    { product: 'orders', relation: 'analytics.orders', objective },
    { product: 'orders', relation: 'analytics.order_lines', objective },
  ];
  expect(withContracts(live, promised).dataProducts.map(({ name, objective: held }) => `${name} ${held?.target_seconds}`)).toEqual([
    'backlog 900',
    'ledger 3600',
    'orders 900',
    'analytics.order_lines 900',
  ]);
});

test.each([
  ['data_products: [{ name: backlog, freshness: { target: 5min, within: 1min } }]', 'data_products[0].freshness.within must not be shorter than target, which is 5 min'],
  ['data_products: [{ name: backlog, freshness: { target: 5min, degraded: 2h, failed: 1h } }]', 'data_products[0].freshness.failed must not be shorter than degraded, which is 2 h'],
  ['data_products: [{ name: backlog, freshness: { target: 0 } }]', 'data_products[0].freshness.target must be longer than 0'],
  ['data_products: [{ name: backlog }, { name: backlog }]', "data_products[1].name is 'backlog', as that of another before it"],
  ['notify: [{ url: hooks.example/T0 }]', 'notify[0].url must be an http or https address'],
  ['notify: [{ url: "ftp://hooks.example/T0" }]', 'notify[0].url must be an http or https address'],
  ['live: { journal_size: 0 }', 'live.journal_size must be at least 1MiB; --no-journal keeps none'],
  ['live: { journal_age: 0s }', 'live.journal_age must be longer than 0'],
])('%s is refused: it could only be a mistake', (text, message) => {
  expect(refusal(text).split('\n')[0]).toContain(` ${message}`);
});

test('a sum that names one side only is told what it may be', () => {
  const side = '{ store: warehouse, relation: raw.order_placed, time_column: placed_at }';
  expect(refusal(`reconcile: [{ name: orders, source: ${side}, target: ${side}, sums: [{ source: paid_minor }] }]`).split('\n')[0]).toContain(
    ' reconcile[0].sums[0] must be a column, or { source, target } where its names differ',
  );
});

const SIDES = 'source: { store: production, relation: shop.sales_order }, target: { store: warehouse, relation: raw.order_placed }';

test('a pair is compared by key, with columns of other names, a tolerance and a watermark of its own', () => {
  const [pair] = parse(`
reconcile:
  - name: orders
    source: { store: production, relation: shop.sales_order }
    target: { store: warehouse, relation: raw.order_placed }
    key: [tenant_id, { source: id, target: order_id }]
    columns: [status, { name: amount, decimals: 2 }, { source: placed_at, target: ordered_at }]
    except: [note]
    watermark: { kind: lsn, target: _ab_cdc_lsn }
    every: 15min
`).reconcile;
  expect(pair).toMatchObject({
    key: [{ source: 'tenant_id', target: 'tenant_id' }, { source: 'id', target: 'order_id' }],
    columns: [{ source: 'status', target: 'status', decimals: null }, { source: 'amount', target: 'amount', decimals: 2 }, { source: 'placed_at', target: 'ordered_at', decimals: null }],
    except: ['note'],
    watermark: { kind: 'lsn', source: null, target: '_ab_cdc_lsn' },
    every_seconds: 900,
    source: { time_column: null, query: null },
  });
});

test('a single column is a key and a watermark', () => {
  expect(parse(`reconcile: [{ name: orders, ${SIDES}, key: id, watermark: updated_at }]`).reconcile[0]).toMatchObject({
    key: [{ source: 'id', target: 'id' }],
    watermark: { kind: 'time', source: 'updated_at', target: 'updated_at' },
  });
});

test.each([
  [`{ name: orders, ${SIDES}, key: [] }`, 'reconcile[0].key must not be empty'],
  [`{ name: orders, ${SIDES}, key: [id, id] }`, "reconcile[0].key names 'id' twice"],
  [`{ name: orders, ${SIDES}, key: id, except: [id] }`, "reconcile[0].except leaves out 'id', which is of the key"],
  [`{ name: orders, ${SIDES}, columns: [status], except: [status] }`, "reconcile[0].except leaves out 'status', which columns compares"],
  [`{ name: orders, ${SIDES}, columns: [{ name: amount, decimals: -1 }] }`, 'reconcile[0].columns[0] must be a column, { name, decimals }, or { source, target } where its names differ'],
  [`{ name: orders, ${SIDES}, watermark: { kind: lsn, source: x, target: y } }`, "unknown key 'source' in reconcile[0].watermark"],
  [`{ name: orders, ${SIDES}, watermark: 7 }`, 'reconcile[0].watermark must be the column of the last change, { kind: time|version, source, target }, or { kind: lsn, target }'],
  [`{ name: orders, ${SIDES}, sums: [amount] }`, 'reconcile[0].sums are of business periods: give both sides a time_column, or leave the sums out'],
  [`{ name: orders, ${SIDES}, every: 0s }`, 'reconcile[0].every must be longer than 0'],
  [`{ name: orders, ${SIDES}, keys: id }`, "unknown key 'keys' in reconcile[0]; did you mean 'key'?"],
  ['{ name: orders, source: { store: production, relation: shop.sales_order, time_column: placed_at }, target: { store: warehouse, relation: raw.order_placed } }', 'reconcile[0].target needs a time_column too: the source has one, and periods are told on both sides or on none'],
  ['{ name: orders, source: { store: production }, target: { store: warehouse, relation: raw.order_placed } }', 'reconcile[0].source must have either relation or query'],
  ['{ name: orders, source: { store: production, query: "delete from shop.sales_order" }, target: { store: warehouse, relation: raw.order_placed } }', 'reconcile[0].source.query must be a SELECT'],
  ['{ name: orders, source: { store: production, query: "select id from shop.sales_order;" }, target: { store: warehouse, relation: raw.order_placed } }', 'reconcile[0].source.query must not end in a semicolon: it stands in the place of a relation'],
])('the pair %s is refused', (text, message) => {
  expect(refusal(`reconcile: [${text}]`).split('\n')[0]).toContain(` ${message}`);
});
