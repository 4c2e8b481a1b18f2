import { expect, test } from 'vitest';
import { adHocPairs } from '../../../src/cli/reconcile/ad-hoc.js';
import type { ComparisonOptions } from '../../../src/cli/reconcile/options.js';
import { UsageError } from '../../../src/cli/usage-error.js';
import type { StoreConfiguration } from '../../../src/model/configuration.js';

const stores: StoreConfiguration[] = [
  { name: 'production', role: 'operational', engine: 'postgres', url: null, match: [] },
  { name: 'lake:eu', role: 'warehouse', engine: 'clickhouse', url: null, match: [] },
];
const defaults: ComparisonOptions = { duty: 0.1, chunkTime: 100, wait: 30, state: true, limit: 20 };
const PAIR = 'production:shop.orders="lake:eu":raw.orders';

function pairs(options: Partial<ComparisonOptions>) {
  return adHocPairs({ ...defaults, pair: [PAIR], ...options }, stores);
}

function refusal(options: Partial<ComparisonOptions>): string {
  try {
    pairs(options);
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}\n${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('was not refused');
}

test('names stand in quotes where they hold a sign that parts', () => {
  const [pair] = pairs({ key: 'tenant_id,"order=no"=order_no', columns: '"city, country",total:2,"say ""when"""=said', except: 'note,"a,b"' });
  expect(pair).toMatchObject({
    name: 'orders',
    source: { store: 'production', relation: 'shop.orders', query: null, time_column: null },
    target: { store: 'lake:eu', relation: 'raw.orders' },
    key: [{ source: 'tenant_id', target: 'tenant_id' }, { source: 'order=no', target: 'order_no' }],
    columns: [
      { source: 'city, country', target: 'city, country', decimals: null },
      { source: 'total', target: 'total', decimals: 2 },
      { source: 'say "when"', target: 'said', decimals: null },
    ],
    except: ['note', 'a,b'],
  });
});

test('two pairs of one name are told apart', () => {
  expect(pairs({ pair: [PAIR, 'production:archive.orders="lake:eu":raw.orders'] }).map(({ name }) => name)).toEqual(['orders', 'archive.orders raw.orders']);
});

test.each([
  ['updated_at', { kind: 'time', source: 'updated_at', target: 'updated_at' }],
  ['time:updated_at=changed_at', { kind: 'time', source: 'updated_at', target: 'changed_at' }],
  ['version:row_version', { kind: 'version', source: 'row_version', target: 'row_version' }],
  ['lsn:_ab_cdc_lsn', { kind: 'lsn', source: null, target: '_ab_cdc_lsn' }],
])('the watermark %s', (watermark, expected) => {
  expect(pairs({ watermark })[0]?.watermark).toEqual(expected);
});

test.each<[Partial<ComparisonOptions>, string]>([
  [{ watermark: 'xid:row' }, "--watermark takes a column, behind time:, version: or lsn: what it is, not 'xid:row'\nas in --watermark updated_at or --watermark lsn:_ab_cdc_lsn"],
  [{ columns: 'total:99' }, "--columns takes columns, each with its number of decimals behind a colon if it is rounded, not 'total:99'\nas in --columns status,amount:2,placed_at=ordered_at"],
  [{ key: 'a=b=c' }, "--key takes columns, or SOURCE=TARGET where their names differ, not 'a=b=c'\nas in --key order_id=id,line_no"],
  [{ key: 'order_id,' }, "--key has an empty name: 'order_id,'\ncolumns are parted by commas; a name with a comma stands in quotes, as in --key '\"city, country\"'"],
  [{ pair: [PAIR, PAIR], key: 'order_id' }, '--key is for one --pair, and there are 2\ncompare them one after the other, or name the pairs in tidemark.yaml'],
  [{ pair: ['production:shop.orders=lake:eu:raw.orders'] }, "--pair names each side as STORE:SCHEMA.NAME, and 'lake:eu:raw.orders' of 'production:shop.orders=lake:eu:raw.orders' is not\nas in --pair production:shop.orders=warehouse:raw.orders"],
])('%j is refused', (options, message) => {
  expect(refusal(options)).toBe(message);
});
