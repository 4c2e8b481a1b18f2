import { describe, expect, it } from 'vitest';
import type { DialectId } from '../../../src/sql/dialect.js';
import { analyseMetrics } from '../../../src/metrics/analyse.js';
import type { MetricInput } from '../../../src/metrics/claim/claim.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';
import { caseworkCatalog, card } from '../support/cards.js';

/** One text that two consumers send, each where it runs. */
async function differences(sql: string, ...runs: Partial<MetricInput>[]): Promise<string[] | undefined> {
  const inputs = await Promise.all(runs.map((run, index) => card('Share of open cases', sql, { consumer: `card ${index}`, ...run })));
  const metrics = [{ name: 'Share of open cases', pin: ['Share of open cases'], split: [], aliases: [], relation: null }].map((rule) => ({
    ...rule, intent: null, store: null, eligibility: null, formula: null, sql: null, time: null, dimensions: null, grain: null, owner: null, version: null, deprecated: null, access: null, changelog: null,
  }));
  const groups = await analyseMetrics(inputs, { catalogOf: () => caseworkCatalog, zoneOf: () => 'internal', parse: parsePostgres, metrics });
  return groups[0]?.dialectDifferences;
}

const on = (dialect: DialectId, store: string = dialect): Partial<MetricInput> => ({ dialect, store });

describe('what one text means on two engines', () => {
  const quotient = 'SELECT count(*) FILTER (WHERE closed_at IS NULL) / count(*) FROM app.case_file';

  it('a quotient of integers', async () => {
    expect(await differences(quotient, on('postgres'), on('duckdb'))).toEqual(['a quotient of integers keeps its fraction on duckdb (duckdb) and loses it on postgres (postgres)']);
  });

  it.each([
    ['one engine', quotient, 'postgres', 'postgres'],
    ['two that divide alike', quotient, 'duckdb', 'snowflake'],
    ['a quotient of decimals', 'SELECT sum(paid) / sum(fee) FROM app.case_file', 'postgres', 'duckdb'],
    ['a factor that has a fraction', 'SELECT 100.0 * count(closed_at) / count(*) FROM app.case_file', 'postgres', 'duckdb'],
  ] as const)('but not on %s', async (_name, sql, one, other) => {
    expect(await differences(sql, on(one), on(other, `${other} 2`))).toEqual([]);
  });

  it('letters of another case', async () => {
    expect(await differences("SELECT count(*) FROM app.case_file WHERE region_code = 'N'", on('mysql'), on('postgres'))).toEqual([
      'texts that differ in case only are equal on mysql (mysql) and not on postgres (postgres)',
    ]);
    expect(await differences('SELECT count(*) FROM app.case_file WHERE priority = 1', on('mysql'), on('postgres'))).toEqual([]);
  });

  it('the first rows of an order', async () => {
    const first = (nulls: string): string => `SELECT sum(fee) FROM (SELECT fee FROM app.case_file ORDER BY fee ${nulls} LIMIT 10) AS first`;
    expect(await differences(first(''), on('postgres'), on('bigquery'))).toEqual(['the first rows of an order have NULL first on bigquery (bigquery) and last on postgres (postgres)']);
    expect(await differences(first('NULLS LAST'), on('postgres'), on('bigquery'))).toEqual([]);
  });
});

describe('what one text means in two sessions', () => {
  const monthly = "SELECT date_trunc('month', opened_at), count(*) FROM app.case_file GROUP BY 1";

  it('a month begins at midnight of the session', async () => {
    expect(await differences(monthly, { timeZone: 'UTC' }, { timeZone: 'Europe/Amsterdam' })).toEqual([
      'a day or month of a time with zone begins at midnight of the session: Europe/Amsterdam on casework, UTC on casework',
    ]);
  });

  it.each([
    ['in one zone', monthly, 'UTC', 'UTC'],
    ['in a zone that nobody told, on one store', monthly, null, null],
    ['where the zone is written', "SELECT date_trunc('month', opened_at AT TIME ZONE 'Europe/Amsterdam'), count(*) FROM app.case_file GROUP BY 1", 'UTC', 'Europe/Amsterdam'],
    ['where nothing is cut', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL', 'UTC', 'Europe/Amsterdam'],
  ] as const)('but not %s', async (_name, sql, one, other) => {
    expect(await differences(sql, { timeZone: one }, { timeZone: other })).toEqual([]);
  });

  it('and on two engines whose sessions nobody told, it is not known', async () => {
    expect(await differences(monthly, on('postgres', 'production'), on('duckdb', 'warehouse'))).toEqual([
      'a day or month of a time with zone begins at midnight of the session, and what that is on production and warehouse is not known',
    ]);
  });
});
