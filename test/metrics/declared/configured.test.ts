import { describe, expect, test } from 'vitest';
import { configuredDefinitions, parted, pinned } from '../../../src/metrics/declared/index.js';
import type { MetricConfiguration } from '../../../src/model/configuration.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';

const NOTHING: MetricConfiguration = {
  name: 'open cases', intent: null, store: 'production', relation: null, eligibility: null, formula: null, sql: null, time: null, dimensions: null, grain: null, owner: null,
  version: null, deprecated: null, access: null, changelog: null, pin: [], split: [], aliases: [],
};

describe('the metrics of the configuration as SQL', () => {
  const sqlOf = (metric: Partial<MetricConfiguration>): string | undefined => configuredDefinitions([{ ...NOTHING, ...metric }])[0]?.sql;

  test.each([
    [{ relation: 'app.case_file', formula: 'count(*)' }, 'SELECT count(*) AS open_cases FROM app.case_file'],
    [{ relation: 'app.case_file', formula: 'count(*)', eligibility: "status <> 'CLOSED' OR closed_at IS NULL" }, "SELECT count(*) AS open_cases FROM app.case_file WHERE status <> 'CLOSED' OR closed_at IS NULL"],
    [{ relation: 'app.Case File', formula: 'sum(fee) -- in cents', eligibility: 'true -- all', name: 'Ordre 2: été' }, 'SELECT sum(fee) -- in cents\n AS "ordre_2_été" FROM app."Case File" WHERE true -- all'],
    [{ sql: ' SELECT count(*) FROM app.case_file ;\n' }, 'SELECT count(*) FROM app.case_file'],
  ])('%j', async (metric, sql) => {
    expect(sqlOf(metric)).toBe(sql);
    const parse = await createPostgresParser();
    expect(parse(sql).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('an entry that only gathers claims gives none, and neither does one without a store', () => {
    expect(configuredDefinitions([{ ...NOTHING, pin: ['Backlog'] }, { ...NOTHING, store: null, relation: 'app.case_file', formula: 'count(*)' }])).toEqual([]);
  });

  test('the declaration says all that the configuration says', () => {
    const time = { column: 'opened_at', kind: 'event', zone: 'UTC', grain: 'day', latePolicy: 'counted when registered' } as const;
    const [definition] = configuredDefinitions([{ ...NOTHING, relation: 'app.case_file', formula: 'count(*)', intent: 'Staffing', owner: 'Case Operations', version: '3', time, aliases: ['backlog'], dimensions: ['unit'] }]);
    expect(definition).toMatchObject({
      store: 'production', title: 'open cases', outputAlias: 'open_cases', relation: 'app.case_file',
      declaration: { by: 'tidemark.yaml', name: 'open cases', intent: 'Staffing', owner: 'Case Operations', version: '3', time, aliases: ['backlog'], dimensions: ['unit'], incomplete: null },
    });
  });
});

describe('who claims a metric, as a person says it', () => {
  const metric = { pin: ['Backlog*', 'Board pack / *'], split: ['* (archive)'] };

  test.each([
    ['Backlog weekly', null, true],
    ['Work waiting', 'Board pack', true],
    ['Work waiting', 'Operations', false],
    ['work waiting', null, false],
  ])('%s on %s: pinned %s', (title, container, expected) => {
    expect(pinned(metric, { title, container })).toBe(expected);
  });

  test('a split names what means another thing', () => {
    expect([parted(metric, { title: 'Open cases (archive)', container: null }), parted(metric, { title: 'Open cases', container: null })]).toEqual([true, false]);
  });
});
