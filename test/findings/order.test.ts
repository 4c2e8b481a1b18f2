import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deduplicate } from '../../src/findings/deduplicate.js';
import { fingerprint } from '../../src/findings/fingerprint.js';
import { orderFindings } from '../../src/findings/order.js';
import type { Finding } from '../../src/model/finding.js';

function finding(given: Partial<Finding> = {}): Finding {
  const identity = {
    ruleId: 'analytical-on-operational',
    consumer: 'metabase card 118 Open cases',
    store: 'production',
    relation: 'app.case_file',
    ...given,
  };
  return {
    area: 'workload',
    level: 'error',
    message: `${identity.consumer} runs an analytical statement`,
    owner: 'Case Operations',
    evidence: ['no key'],
    why: 'why',
    fix: 'fix',
    clause: 'Part 066 §5.1',
    locations: [{ file: 'metabase/cards.json', pointer: '/0', line: 4, column: 2 }],
    confidence: 0.9,
    weight: 0.1,
    ...given,
    ...identity,
    partialFingerprints: { boundary: fingerprint(identity) },
  };
}

const some = fc
  .record({
    ruleId: fc.constantFrom('analytical-on-operational', 'secret-read'),
    consumer: fc.constantFrom('metabase card 118 Open cases', 'role analyst_ro'),
    relation: fc.constantFrom('app.case_file', 'shop.customer'),
    level: fc.constantFrom('error' as const, 'warning' as const, 'note' as const),
    weight: fc.constantFrom(0, 0.3, 1),
    evidence: fc.subarray(['no key', 'reads 3 GiB', 'refreshed every 30s']),
    owner: fc.constantFrom('Case Operations', null),
  })
  .map(finding);
const lists = fc.array(some, { maxLength: 12 });

describe('the fingerprint', () => {
  test('is the same for the same rule, consumer, store and relation, whatever else changed', () => {
    const before = finding();
    const after = finding({ level: 'note', message: 'other', evidence: [], weight: 1, locations: [] });
    expect(after.partialFingerprints).toEqual(before.partialFingerprints);
  });

  test('tells apart what parts it', () => {
    const all = [finding(), finding({ ruleId: 'secret-read' }), finding({ consumer: 'role analyst_ro' }), finding({ store: 'replica' }), finding({ relation: 'app.task' })];
    expect(new Set(all.map(({ partialFingerprints }) => partialFingerprints.boundary)).size).toBe(5);
  });

  test('does not run parts into each other', () => {
    const apart = { ruleId: 'a', store: 's', consumer: 'b', relation: 'c' };
    expect(fingerprint(apart)).not.toBe(fingerprint({ ...apart, consumer: 'b","s', relation: '' }));
  });

  test('stays what it was in reports that were written before', () => {
    expect(finding().partialFingerprints.boundary).toBe('87d5cfc7c07995500c9a3fada4db192836770114cdff6ddf026989f8f5148751');
  });
});

describe('the order', () => {
  test('is by level, then weight, then confidence', () => {
    const findings = [
      finding({ level: 'warning', weight: 1 }),
      finding({ weight: 0.1, confidence: 0.5 }),
      finding({ weight: 0.1, confidence: 0.9 }),
      finding({ weight: 0.4, confidence: 0.1 }),
    ];
    expect(orderFindings(findings).map(({ level, weight, confidence }) => [level, weight, confidence])).toEqual([
      ['error', 0.4, 0.1],
      ['error', 0.1, 0.9],
      ['error', 0.1, 0.5],
      ['warning', 1, 0.9],
    ]);
  });

  test('does not depend on the order of the input', () => {
    fc.assert(
      fc.property(lists, (findings) => {
        expect(orderFindings([...findings].reverse())).toEqual(orderFindings(findings));
      }),
    );
  });
});

describe('duplicates', () => {
  test('become one: the worst speaks, all give their evidence and places', () => {
    const [merged, ...others] = deduplicate([
      finding({ weight: 0.1, evidence: ['no key', 'reads 1 GiB'], owner: 'Case Operations' }),
      finding({ weight: 0.3, evidence: ['reads 3 GiB', 'no key'], owner: null, message: 'the worst', locations: [{ file: 'metabase/cards.json', pointer: '/7', line: 1, column: 1 }] }),
    ]);
    expect(others).toEqual([]);
    expect(merged).toMatchObject({ message: 'the worst', weight: 0.3, owner: 'Case Operations', evidence: ['reads 3 GiB', 'no key', 'reads 1 GiB'] });
    expect(merged?.locations.map(({ pointer }) => pointer)).toEqual(['/0', '/7']);
  });

  test('hundreds of them do not fill the report', () => {
    const many = Array.from({ length: 500 }, (_, index) => finding({ evidence: [`statement ${index}`] }));
    expect(deduplicate(many)[0]?.evidence).toHaveLength(21);
    expect(deduplicate(many)[0]?.evidence.at(-1)).toBe('and 480 more lines of evidence');
  });

  test('leave one finding for each fingerprint, and none is lost, in whatever order they come', () => {
    fc.assert(
      fc.property(lists, (findings) => {
        const left = deduplicate(findings);
        const before = new Set(findings.map(({ partialFingerprints }) => partialFingerprints.boundary));
        expect(left.map(({ partialFingerprints }) => partialFingerprints.boundary).sort()).toEqual([...before].sort());
        expect(deduplicate([...findings].reverse())).toEqual(left);
        expect(deduplicate(left)).toEqual(left);
      }),
    );
  });
});
