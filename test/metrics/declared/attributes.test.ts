import { describe, expect, test } from 'vitest';
import { declaredFacts, declaredMetric, missingAttributes } from '../../../src/metrics/declared/index.js';
import { DECLARED_ATTRIBUTES, type MetricDeclaration } from '../../../src/model/metric-declaration.js';
import type { MetricClaim, MetricDefinition } from '../../../src/model/metric-report.js';

const BARE: MetricDeclaration = {
  by: 'cube', name: 'cases.count', label: null, intent: null, owner: null, version: null, deprecated: null, aliases: [], time: null, dimensions: null, grain: null,
  fillNullsWith: null, nonAdditive: null, access: null, changelog: null, incomplete: null,
};
const READABLE = { isReadable: true, relations: ['app.case_file'] };

const FULL: MetricDeclaration = {
  ...BARE, by: 'tidemark.yaml', name: 'open cases', intent: 'Staffing', owner: 'Case Operations', version: '3', dimensions: ['unit'], grain: 'one row per case', access: 'everyone', changelog: 'CHANGELOG.md',
  time: { column: 'opened_at', kind: 'event', zone: 'Europe/Berlin', grain: 'day', latePolicy: 'counted when registered' },
};

function claim(title: string, more: Partial<MetricClaim> = {}): MetricClaim {
  return {
    consumer: `card ${title}`, owner: null, title, container: null, store: 'production', origin: null, declared: null, measure: 'count of rows', distinct: false,
    relations: ['app.case_file'], filters: [], scope: [], dimensions: [], grain: null, timeColumn: null, timeZone: null, clock: null, nullAs: null, limits: null, score: 1,
    evidence: [], conforms: null, notes: [], value: null, ...more,
  };
}

function group(members: MetricClaim[], ...classes: number[][]) {
  const definitions: MetricDefinition[] = classes.map((own) => ({ members: own, sql: 'SELECT 1', words: 'count of rows', unreadable: null }));
  return { members, definitions };
}

describe('the attributes of a declaration', () => {
  test('that says everything lacks none; one that says nothing lacks all but what its SQL says', () => {
    expect(missingAttributes(FULL, READABLE)).toEqual([]);
    expect(missingAttributes(BARE, READABLE)).toEqual(['intent', 'grain', 'dimensions', 'time column', 'time zone', 'late policy', 'access', 'version', 'owner']);
    expect(missingAttributes({ ...BARE, name: ' ' }, { isReadable: false, relations: [] })).toEqual(DECLARED_ATTRIBUTES.filter((attribute) => attribute !== 'changelog'));
    expect(missingAttributes({ ...BARE, version: '2' }, READABLE).slice(-2)).toEqual(['changelog', 'owner']);
  });

  test('SQL that is not the whole metric is no formula', () => {
    expect(missingAttributes({ ...FULL, incomplete: 'it is taken over a rolling window' }, READABLE)).toEqual(['formula', 'eligibility']);
  });

  test.each([
    [null, null],
    [{ since: null, use: null }, 'deprecated'],
    [{ since: '2026-04-01', use: null }, 'since 2026-04-01'],
    [{ since: '2026-04-01', use: 'open cases' }, 'since 2026-04-01, use open cases'],
  ])('a deprecation %j in words', (deprecated, words) => {
    expect(declaredMetric({ ...FULL, deprecated }, READABLE)).toMatchObject({ by: 'tidemark.yaml', name: 'open cases', version: '3', deprecated: words, missing: [] });
  });
});

describe('what is wrong around a declared metric', () => {
  const declared = (declaration: MetricDeclaration, title = declaration.name): MetricClaim => claim(title, { declared: declaredMetric(declaration, READABLE) });

  test('a card with another clock, time column, zone or value for nothing', () => {
    const found = declaredFacts(group([
      declared({ ...FULL, fillNullsWith: '0' }),
      claim('Backlog', { timeColumn: 'loaded_at', clock: 'ingestion', timeZone: 'UTC' }),
      claim('Open by month', { timeColumn: 'c."Registered_At"', clock: 'event', nullAs: '-1' }),
      claim('Open cases', { timeColumn: 'c.opened_at', clock: 'event', timeZone: 'europe/berlin', nullAs: '0' }),
      claim('Trend', { timeColumn: "date_trunc('month', decided_at)", clock: 'event' }),
    ], [0, 1, 2, 3, 4]));
    expect(found.contradictions).toEqual([
      { attribute: 'clock', declared: 'event time', claimed: 'ingestion time (loaded_at)', member: 1, declaredBy: 0 },
      { attribute: 'time zone', declared: 'Europe/Berlin', claimed: 'UTC', member: 1, declaredBy: 0 },
      { attribute: 'time column', declared: 'opened_at', claimed: 'c."Registered_At"', member: 2, declaredBy: 0 },
      { attribute: 'null handling', declared: '0', claimed: '-1', member: 2, declaredBy: 0 },
    ]);
  });

  test('UTC has several names', () => {
    const time = { column: 'opened_at', kind: null, zone: 'Etc/UTC', grain: null, latePolicy: null };
    expect(declaredFacts(group([declared({ ...FULL, time }), claim('Open', { timeZone: 'UTC' })], [0, 1])).contradictions).toEqual([]);
  });

  test('a deprecated declaration that cards still show contradicts nobody', () => {
    const old = declared({ ...FULL, deprecated: { since: '2026-04-01', use: 'backlog' } });
    const found = declaredFacts(group([old, claim('Open cases', { timeColumn: 'loaded_at', clock: 'ingestion' }), claim('Backlog')], [0, 1], [2]));
    expect([found.deprecatedReaders, found.contradictions]).toEqual([[{ declared: 0, readers: [1] }], []]);
  });

  test('two declarations of one name', () => {
    const versions = (one: string | null, other: string | null, ...classes: number[][]) =>
      declaredFacts(group([declared({ ...FULL, version: one }), declared({ ...FULL, by: 'dbt', name: 'Open cases', version: other })], ...classes)).versions.map(({ kind, versions: both }) => [kind, both]);
    expect(versions('1', '2', [0], [1])).toEqual([['two versions in force', ['1', '2']]]);
    expect(versions('1', '1', [0], [1])).toEqual([['changed without version', ['1']]]);
    expect(versions(null, null, [0], [1])).toEqual([['changed without version', [null]]]);
    expect(versions('1', '1', [0, 1])).toEqual([]);
  });

  test('a declaration that lacks something', () => {
    expect(declaredFacts(group([declared({ ...FULL, owner: null, version: null }), claim('Open')], [0, 1])).incomplete).toEqual([{ member: 0, missing: ['version', 'owner'] }]);
  });
});
