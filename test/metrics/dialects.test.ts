import { describe, expect, it } from 'vitest';
import { analyseMetrics } from '../../src/metrics/analyse.js';
import type { MetricInput } from '../../src/metrics/claim/claim.js';
import { parsePostgres } from '../../src/sql/parse/postgres.js';
import { caseworkCatalog, card } from './support/cards.js';

/** Two cards on one concept: how many definitions they are, and whether these are equal. */
async function compared(one: string, other: string, more: Partial<MetricInput> = {}): Promise<string> {
  const cards = [card('Open cases', one), card('Open cases', other, { consumer: 'another card', ...more })];
  const groups = await analyseMetrics(await Promise.all(cards), {
    catalogOf: () => caseworkCatalog,
    zoneOf: () => 'internal',
    parse: parsePostgres,
  });
  return groups.map(({ verdict, definitions, members, pairs }) => `${verdict}, ${definitions.length} of ${members.length}${pairs.some(({ comparison }) => comparison.cosmetic) ? ', cosmetic' : ''}`).join('; ');
}

const OPEN = "SELECT count(*) FROM app.case_file WHERE status = 'OPEN'";

describe('one metric in the words of several dialects', () => {
  it.each([
    ['BigQuery', "SELECT COUNTIF(status = 'OPEN') FROM app.case_file"],
    ['Snowflake, DuckDB, Databricks', "SELECT COUNT_IF(status = 'OPEN') FROM app.case_file"],
    ['ClickHouse, without a column', "SELECT countIf(status = 'OPEN') FROM app.case_file"],
    ['ClickHouse, functions as operators', "SELECT countIf(equals(status, 'OPEN')) FROM app.case_file"],
    ['MySQL, a count of a condition', "SELECT COUNT(status = 'OPEN' OR NULL) FROM app.case_file"],
    ['PostgreSQL, a filter', "SELECT count(*) FILTER (WHERE status = 'OPEN') FROM app.case_file"],
    ['a value for NULL, three names', "SELECT count(*) FROM app.case_file WHERE IFNULL(status, 'X') = 'OPEN' AND NVL(status, 'Y') = 'OPEN' AND coalesce(status, 'Z') = 'OPEN'"],
    ['an empty answer as zero', "SELECT ZEROIFNULL(COUNTIF(status = 'OPEN')) FROM app.case_file"],
  ])('%s', async (_name, sql) => {
    expect(await compared(OPEN, sql)).toMatch(/^equal, 1 of 2$/);
  });

  it.each([
    ['ClickHouse, a sum with a condition', "SELECT sumIf(1, status = 'OPEN') FROM app.case_file"],
    ['MySQL, BigQuery, a sum of a choice', "SELECT SUM(IF(status = 'OPEN', 1, 0)) FROM app.case_file"],
    ['Snowflake, a sum of a choice', "SELECT SUM(IFF(status = 'OPEN', 1, 0)) FROM app.case_file"],
    ['MySQL, a sum of a condition', "SELECT SUM(status = 'OPEN') FROM app.case_file"],
    ['ClickHouse, several choices', "SELECT sum(multiIf(status = 'OPEN', 1, status = 'CLOSED', 0, 0)) FROM app.case_file WHERE status = 'OPEN'"],
    ['Oracle, Redshift, a choice by value', "SELECT SUM(DECODE(status, 'OPEN', 1, 0)) FROM app.case_file"],
  ])('%s, which is NULL where no row is and not 0', async (_name, sql) => {
    expect(await compared(OPEN, sql)).toBe('different, 2 of 2, cosmetic');
  });

  it.each([
    ['a distinct count', 'SELECT count(DISTINCT officer_id) FROM app.case_file', 'SELECT uniqExact(officer_id) FROM app.case_file'],
    ['a distinct count with a condition', 'SELECT count(DISTINCT officer_id) FILTER (WHERE closed_at IS NULL) FROM app.case_file', 'SELECT uniqExactIf(officer_id, isNull(closed_at)) FROM app.case_file'],
    ['a sum with a condition', "SELECT sum(CASE WHEN status = 'PAID' THEN fee END) FROM app.case_file", "SELECT sumIf(fee, status = 'PAID') FROM app.case_file"],
    ['a month', "SELECT count(*) FROM app.case_file WHERE date_trunc('month', opened_at) = date_trunc('month', now())", 'SELECT count(*) FROM app.case_file WHERE toStartOfMonth(opened_at) = toStartOfMonth(now())'],
    ['a month, the unit behind', "SELECT count(*) FROM app.case_file WHERE date_trunc('month', opened_at) = date_trunc('month', current_timestamp)", 'SELECT count(*) FROM app.case_file WHERE DATE_TRUNC(opened_at, MONTH) = TIMESTAMP_TRUNC(CURRENT_TIMESTAMP, MONTH)'],
    ['a month, the unit as a word', "SELECT count(*) FROM app.case_file WHERE date_trunc('month', opened_at) = date_trunc('month', now())", 'SELECT count(*) FROM app.case_file WHERE DATE_TRUNC(month, opened_at) = DATE_TRUNC(month, getdate())'],
    ['a week from Monday', "SELECT count(*) FROM app.case_file WHERE date_trunc('week', opened_at) = date_trunc('week', now())", 'SELECT count(*) FROM app.case_file WHERE toMonday(opened_at) = DATE_TRUNC(now(), ISOWEEK)'],
    ['a year', 'SELECT count(*) FROM app.case_file WHERE extract(year FROM opened_at) = 2026', 'SELECT count(*) FROM app.case_file WHERE YEAR(opened_at) = 2026'],
    ['the last 30 days', "SELECT count(*) FROM app.case_file WHERE opened_at > now() - interval '30 days'", 'SELECT count(*) FROM app.case_file WHERE opened_at > DATEADD(day, -30, getdate())'],
    ['a share', "SELECT count(*) FILTER (WHERE closed_at IS NULL) / nullif(count(*), 0) FROM app.case_file", 'SELECT SAFE_DIVIDE(COUNTIF(closed_at IS NULL), COUNT(*)) FROM app.case_file'],
    ['a share, guarded by hand', "SELECT sum(fee) / nullif(sum(paid), 0) FROM app.case_file", 'SELECT CASE WHEN sum(paid) = 0 THEN NULL ELSE sum(fee) / sum(paid) END FROM app.case_file'],
  ])('%s', async (_name, one, other) => {
    expect(await compared(one, other)).toMatch(/^equal, 1 of 2$/);
  });

  it.each([
    ['an estimate is no count', 'SELECT count(DISTINCT officer_id) FROM app.case_file', 'SELECT uniq(officer_id) FROM app.case_file'],
    ['a week from Sunday is another', "SELECT count(*) FROM app.case_file WHERE date_trunc('week', opened_at) = date_trunc('week', now())", 'SELECT count(*) FROM app.case_file WHERE toStartOfWeek(opened_at) = toStartOfWeek(now())'],
    ['another condition', OPEN, "SELECT COUNTIF(status = 'CLOSED') FROM app.case_file"],
    ['ones and zeros counted are all rows', OPEN, "SELECT COUNT(IF(status = 'OPEN', 1, 0)) FROM app.case_file"],
    ['a quotient guarded by another value', 'SELECT sum(fee) / nullif(sum(paid), 0) FROM app.case_file', 'SELECT CASE WHEN sum(fee) = 0 THEN NULL ELSE sum(fee) / sum(paid) END FROM app.case_file'],
  ])('but %s', async (_name, one, other) => {
    expect(await compared(one, other)).not.toMatch(/equal/);
  });

  it('a unit that is a column elsewhere is decided by the dialect', async () => {
    const postgres = "SELECT count(*) FROM app.case_file WHERE date_trunc('week', opened_at) > now()";
    const bigquery = 'SELECT count(*) FROM app.case_file WHERE DATE_TRUNC(opened_at, WEEK) > now()';
    expect(await compared(postgres, bigquery, { dialect: 'bigquery' })).not.toMatch(/equal/);
    expect(await compared(bigquery.replace('WEEK', 'ISOWEEK'), postgres)).toMatch(/^equal/);
  });
});
