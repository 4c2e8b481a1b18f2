import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectivesFromContract } from '../../src/config/odcs.js';
import { ConfigurationError } from '../../src/config/problem.js';

const FIXTURE = fileURLToPath(new URL('../../fixtures/live/contracts/case-volume.odcs.yaml', import.meta.url));
const HEAD = 'apiVersion: v3.0.2\nkind: DataContract\nname: orders\n';
const contract = (...lines: string[]): ReturnType<typeof objectivesFromContract> => objectivesFromContract(HEAD + lines.join('\n'));
const seconds = (...lines: string[]): (number | string | null)[][] => contract(...lines).map(({ relation, objective }) => [relation, objective.target_seconds]);

describe('a data contract', () => {
  test('gives an objective for each relation whose freshness it promises', () => {
    const common = { share: 0.99, window_seconds: 2_592_000, degraded_seconds: null, failed_seconds: null };
    expect(objectivesFromContract(readFileSync(FIXTURE, 'utf8'))).toEqual([
      { product: 'case_monthly_volume', relation: 'analytics_semantic.case_monthly_volume', objective: { target_seconds: 4_500, within_seconds: 4_500, ...common } },
      { product: 'case_monthly_volume', relation: 'analytics_semantic.case_backlog_daily', objective: { target_seconds: 86_400, within_seconds: 86_400, ...common } },
    ]);
  });

  test.each([
    ['4, unit: d', 345_600], ['4, unit: Days', 345_600], ['90, unit: seconds', 90], ['2, unit: hr', 7_200], ['1.5, unit: h', 5_400], ['1, unit: y', 31_536_000],
    ['"15min"', 900], ['"15", unit: min', 900],
    // A month to some, a minute to others; and what is no duration at all.
    ['15, unit: m', null], ['15', null], ['0, unit: d', null], ['-1, unit: d', null], ['soon, unit: d', null], ['.inf, unit: d', null], ['1, unit: fortnight', null], ['[1], unit: d', null],
  ])('that says latency %s promises %s seconds', (value, expected) => {
    expect(seconds(`slaProperties: [{ property: latency, value: ${value}, element: shop.orders.placed_at }]`)).toEqual(expected === null ? [] : [['shop.orders', expected]]);
  });

  test('speaks of the objects that its element names, or of all', () => {
    const objects = 'schema: [{ name: orders, physicalName: order_placed }, { name: refunds }]';
    const latency = (element: string) => `slaProperties: [{ property: latency, value: 1, unit: h${element} }]`;
    expect(seconds('servers: [{ schema: raw }]', objects, latency(''))).toEqual([['raw.order_placed', 3_600], ['raw.refunds', 3_600]]);
    expect(seconds('servers: [{ schema: raw }]', objects, latency(', element: "orders.placed_at, orders.paid_at, refunds"'))).toEqual([['raw.order_placed', 3_600], ['raw.refunds', 3_600]]);
    expect(seconds('slaDefaultElement: refunds.made_at', objects, latency(''))).toEqual([[null, 3_600]]);
    expect(seconds('servers: [{ schema: raw }, { schema: staging }]', objects, latency(', element: refunds.made_at'))).toEqual([[null, 3_600]]);
    expect(seconds('servers: [{ dataset: raw }]', 'schema: [{ name: orders }]', latency(', element: placed_at'))).toEqual([['raw.orders', 3_600]]);
    expect(seconds(latency(''))).toEqual([[null, 3_600]]);
  });

  test('that promises twice is held to the stricter promise', () => {
    expect(seconds('slaProperties:', '  - { property: freshness, value: 2, unit: h, element: raw.orders.a }', '  - { property: freshness, value: 1, unit: h, element: raw.orders.b }', '  - { property: latency, value: 1, unit: min, element: raw.orders.a }')).toEqual([['raw.orders', 3_600]]);
  });

  test.each([
    ['', []], ['just a text', []], ['- a list', []], ['kind: DataContract', []], ['apiVersion: v2.2.2\nkind: DataContract\nslaProperties: []', []],
    ['dataContractSpecification: 1.1.0\nservicelevels: { freshness: { threshold: 1h } }', []],
  ])('of another kind promises nothing: %j', (text, expected) => {
    expect(objectivesFromContract(text)).toEqual(expected);
  });

  test('with entries of another form keeps the others', () => {
    expect(seconds('schema: [7, { name: orders }]', 'servers: [null, { schema: raw }]', 'slaProperties: [3, null, { value: 1 }, { property: latency, value: 1, unit: h }]')).toEqual([['raw.orders', 3_600]]);
  });

  test('carries no control sequence', () => {
    expect(objectivesFromContract('apiVersion: v3.1.0\nkind: DataContract\nname: "or\\e[31mders"\nslaProperties: [{ property: latency, value: 1, unit: h, element: "raw.or\\u202eders.x" }]')).toMatchObject([{ product: 'orders', relation: 'raw.orders' }]);
  });
});

describe('a text that is made to do harm', () => {
  test('and no YAML is named with its place', () => {
    expect(() => objectivesFromContract('kind: [', 'orders.odcs.yaml')).toThrowErrorMatchingInlineSnapshot(`
      [ConfigurationError: orders.odcs.yaml:1:8 is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]
         1 | kind: [
           |        ^]
    `);
  });

  test.each([
    ['aliases', `${HEAD}a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]`],
    ['depth', `${HEAD}a: ${'['.repeat(200_000)}`],
    ['size', `${HEAD}a: "${'x'.repeat(2_100_000)}"`],
  ])('by %s is refused', (_, text) => {
    expect(() => objectivesFromContract(text)).toThrow(ConfigurationError);
  });

  test('is either read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.json().map((json) => `${HEAD}slaProperties: ${json}`)), (text) => {
        let outcome: unknown;
        try {
          outcome = objectivesFromContract(text);
        } catch (error) {
          outcome = error;
        }
        expect(Array.isArray(outcome) || outcome instanceof ConfigurationError).toBe(true);
      }),
    );
  });
});
