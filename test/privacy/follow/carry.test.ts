import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { MASK_LEVELS, type MaskLevel } from '../../../src/model/masking.js';
import type { RelationMovement } from '../../../src/model/movement.js';
import type { Classification } from '../../../src/privacy/classify.js';
import { carry } from '../../../src/privacy/follow/carry.js';

const known = (kind: string, more: Partial<Classification> = {}): Classification => ({ kind, class: 'direct', confidence: 0.95, reasons: [`it is named like ${kind}`], ...more });

/** `shop.customer.email > raw.customer.mail` on one store, or with `production:` and `warehouse:` before the names. */
function way(text: string, mask: MaskLevel = 'raw', more: Partial<RelationMovement> = {}): RelationMovement {
  const [from = '', to = ''] = text.split(' > ').map((side) => (side.includes(':') ? side : `warehouse:${side}`));
  const place = (name: string): [{ store: string; relation: string }, string] => {
    const [store = '', column = ''] = name.split(':');
    const point = column.lastIndexOf('.');
    return [{ store, relation: column.slice(0, point) }, column.slice(point + 1)];
  };
  const [[source, fromColumn], [target, toColumn]] = [place(from), place(to)];
  return {
    from: source, to: target, via: 'model', by: `dbt model ${target.relation}`, rowFilter: null, columns: [{ from: fromColumn, to: toColumn, mask, identity: mask === 'raw' }], conditions: [], confidence: 1,
    evidence: 'its SQL', ...more,
  };
}

const stores = (own: Record<string, Classification>): Map<string, Map<string, Classification>> => {
  const result = new Map([['production', new Map<string, Classification>()], ['warehouse', new Map<string, Classification>()]]);
  for (const [name, classification] of Object.entries(own)) {
    const [store = '', column = ''] = name.includes(':') ? name.split(':') : ['warehouse', name];
    result.get(store)?.set(column, classification);
  }
  return result;
};

/** `kind class mask` of each column that holds something. */
function told(movements: readonly RelationMovement[], own: Record<string, Classification>, options = {}): Record<string, string> {
  const carried = carry(movements, stores(own), options);
  return Object.fromEntries([...carried].flatMap(([store, columns]) => [...columns].map(([name, { kind, class: of, mask = 'raw' }]) => [`${store}:${name}`, `${kind} ${of} ${mask}`])).sort());
}

describe('personal data on its way', () => {
  test('keeps its kind under a name that says nothing', () => {
    const carried = carry(
      [way('production:shop.customer.email > raw.customer.email', 'raw', { via: 'load', by: 'role loader', confidence: 0.9 }), way('raw.customer.email > analytics.mart_reach.contact')],
      stores({ 'production:shop.customer.email': known('email') }),
    );
    expect(carried.get('warehouse')?.get('analytics.mart_reach.contact')).toEqual({
      kind: 'email', class: 'direct', confidence: 0.855, mask: 'raw', carriedFrom: [{ store: 'warehouse', relation: 'raw.customer', column: 'email' }],
      reasons: ['comes from raw.customer.email by dbt model analytics.mart_reach', 'comes from production shop.customer.email by role loader'],
    });
  });

  test('is what is left of it over the whole way, whatever the name says', () => {
    expect(told(
      [way('production:shop.customer.email > raw.customer.email', 'pseudonymous-keyed'), way('raw.customer.email > analytics.mart_orders.customer_email')],
      { 'production:shop.customer.email': known('email'), 'raw.customer.email': known('email'), 'analytics.mart_orders.customer_email': known('email') },
    )).toEqual({ 'production:shop.customer.email': 'email direct raw', 'warehouse:raw.customer.email': 'email direct pseudonymous-keyed', 'warehouse:analytics.mart_orders.customer_email': 'email direct pseudonymous-keyed' });
  });

  test('is masked by each step, and the strongest step counts', () => {
    expect(told(
      [way('raw.customer.email > stg.customer.token', 'pseudonymous-weak'), way('stg.customer.token > analytics.dim.domain', 'partial'), way('analytics.dim.domain > analytics.dim_copy.domain')],
      { 'raw.customer.email': known('email') },
    )).toEqual({ 'warehouse:raw.customer.email': 'email direct raw', 'warehouse:stg.customer.token': 'email direct pseudonymous-weak', 'warehouse:analytics.dim.domain': 'email quasi partial', 'warehouse:analytics.dim_copy.domain': 'email quasi partial' });
  });

  test.each(['aggregate', 'predicate', 'constant'] as const)('ends at %s', (mask) => {
    expect(told([way('raw.customer.email > analytics.mart.reachable', mask)], { 'raw.customer.email': known('email') })).toEqual({ 'warehouse:raw.customer.email': 'email direct raw' });
  });

  test('a column that its SQL fills with a count is none, whatever it is called; one that something else fills too is', () => {
    const own = { 'raw.customer.email': known('email'), 'analytics.mart.email': known('email') };
    const counted = way('raw.customer.email > analytics.mart.email', 'aggregate', { via: 'materialized-view' });
    expect(told([counted], own)).toEqual({ 'warehouse:raw.customer.email': 'email direct raw' });
    expect(told([{ ...counted, via: 'statement' }], own)['warehouse:analytics.mart.email']).toBe('email direct raw');
    expect(told([counted, way('raw.customer.email > analytics.mart.email')], own)['warehouse:analytics.mart.email']).toBe('email direct raw');
    expect(told([counted], { ...own, 'analytics.mart.email': known('email', { declaredBy: ['security label'] }) })['warehouse:analytics.mart.email']).toBe('email direct raw');
  });

  test('of two ways the one that leaves more counts', () => {
    expect(told(
      [way('raw.customer.email > analytics.mart.contact', 'pseudonymous-keyed', { by: 'dbt model a' }), way('raw.customer.email > stg.customer.email'), way('stg.customer.email > analytics.mart.contact', 'reversible', { by: 'dbt model b' })],
      { 'raw.customer.email': known('email') },
    )['warehouse:analytics.mart.contact']).toBe('email direct reversible');
  });

  test('of a direct identifier and a city in one column the identifier counts', () => {
    expect(told(
      [way('raw.customer.city > analytics.mart.label'), way('raw.customer.full_name > analytics.mart.label', 'raw', { by: 'dbt model label' })],
      { 'raw.customer.city': known('city', { class: 'quasi' }), 'raw.customer.full_name': known('full_name') },
    )['warehouse:analytics.mart.label']).toBe('full_name direct raw');
  });

  test('a name that says more than the source keeps its kind', () => {
    expect(told([way('raw.customer.contact > analytics.dim.phone')], { 'raw.customer.contact': known('personal_data'), 'analytics.dim.phone': known('phone') })['warehouse:analytics.dim.phone']).toBe('phone direct raw');
  });

  test('is not excused by a guess: a way that only names suggest leaves a column what its name says', () => {
    expect(told(
      [way('raw.customer.email > stg.customer.email', 'pseudonymous-keyed'), way('stg.customer.email > analytics.mart.customer_email', 'raw', { confidence: 0.5 })],
      { 'raw.customer.email': known('email'), 'stg.customer.email': known('email'), 'analytics.mart.customer_email': known('email') },
    )).toMatchObject({ 'warehouse:stg.customer.email': 'email direct pseudonymous-keyed', 'warehouse:analytics.mart.customer_email': 'email direct raw' });
  });

  test('stops at what somebody declared to be harmless', () => {
    const isHarmless = ({ relation }: { relation: string }): boolean => relation === 'analytics.dim_public';
    expect(told(
      [way('raw.customer.email > analytics.dim_public.code'), way('analytics.dim_public.code > analytics.mart.code')],
      { 'raw.customer.email': known('email') }, { isHarmless },
    )).toEqual({ 'warehouse:raw.customer.email': 'email direct raw' });
  });

  test('what hardly looks personal is not carried', () => {
    expect(told([way('raw.product.name > analytics.mart.name')], { 'raw.product.name': known('full_name', { confidence: 0.3 }) })).toEqual({ 'warehouse:raw.product.name': 'full_name direct raw' });
  });

  test('comes round to where it began, and is as it was there', () => {
    expect(told(
      [
        way('production:shop.customer.email > warehouse:raw.customer.email'), way('raw.customer.email > analytics.audience.email', 'pseudonymous-keyed'),
        // What a reverse ETL brings back.
        way('warehouse:analytics.audience.email > production:shop.customer.email'),
      ],
      { 'production:shop.customer.email': known('email'), 'raw.customer.email': known('email'), 'analytics.audience.email': known('email') },
    )).toEqual({ 'production:shop.customer.email': 'email direct raw', 'warehouse:raw.customer.email': 'email direct raw', 'warehouse:analytics.audience.email': 'email direct pseudonymous-keyed' });
  });
});

describe('any movements', () => {
  const column = fc.integer({ min: 0, max: 9 }).map((number) => `raw.t${number}.c`);
  const movement = fc.tuple(column, column, fc.constantFrom(...MASK_LEVELS), fc.constantFrom(1, 0.9, 0.5)).map(([from, to, mask, confidence]) => way(`${from} > ${to}`, mask, { confidence, via: 'statement' }));
  const world = fc.tuple(fc.array(movement, { maxLength: 25 }), fc.uniqueArray(column, { minLength: 1, maxLength: 4 }));
  const level = (mask: MaskLevel): number => MASK_LEVELS.indexOf(mask);
  const ownOf = (columns: readonly string[]): Record<string, Classification> => Object.fromEntries(columns.map((name) => [name, known('email')]));

  test('leave no more of a value than each single step lets through, and no less than any', () => {
    fc.assert(fc.property(world, ([movements, columns]) => {
      const carried = carry(movements, stores(ownOf(columns))).get('warehouse') ?? new Map<string, Classification>();
      const maskOf = (name: string): number => level(carried.get(name)?.mask ?? 'raw');
      for (const { from, to, columns: [step] } of movements) {
        if (step === undefined || from.relation === to.relation) continue;
        const [source, target] = [`${from.relation}.${step.from}`, `${to.relation}.${step.to}`];
        if (!carried.has(source) || level(step.mask) >= level('aggregate')) continue;
        expect(carried.has(target)).toBe(true);
        expect(maskOf(target)).toBeLessThanOrEqual(Math.max(maskOf(source), level(step.mask)));
      }
      // Every column that is known by itself is still known, and what is known comes from one of these.
      for (const name of columns) expect(carried.has(name)).toBe(true);
      for (const { confidence, mask = 'raw' } of carried.values()) {
        expect(confidence).toBeLessThanOrEqual(0.95);
        expect(level(mask)).toBeLessThan(level('aggregate'));
      }
    }));
  });

  test('say the same in any order', () => {
    fc.assert(fc.property(world.chain(([movements, columns]) => fc.tuple(fc.constant(movements), fc.shuffledSubarray(movements, { minLength: movements.length }), fc.constant(columns))), ([movements, shuffled, columns]) => {
      const masks = (given: RelationMovement[]): [string, string][] => [...(carry(given, stores(ownOf(columns))).get('warehouse') ?? [])].map(([name, { mask = 'raw' }]): [string, string] => [name, mask]).sort();
      expect(masks(shuffled)).toEqual(masks(movements));
    }));
  });

  test('a long way is followed without a deep stack, and soon', () => {
    const chain = Array.from({ length: 20_000 }, (_, step) => way(`raw.t${step}.c > raw.t${step + 1}.c`));
    const carried = carry(chain, stores({ 'raw.t0.c': known('email') }));
    expect(carried.get('warehouse')?.get('raw.t20000.c')).toMatchObject({ kind: 'email', mask: 'raw' });
  });
});
