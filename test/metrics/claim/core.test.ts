import { describe, expect, it } from 'vitest';
import { extractClaims } from '../../../src/metrics/claim/claim.js';
import { CoreCutter, PLAIN_CORE, type CoreShape } from '../../../src/metrics/claim/core.js';
import { coreDefinition, type CoreDefinition } from '../../../src/metrics/claim/definition.js';
import { detailsOf, type ClaimDetails } from '../../../src/metrics/claim/details.js';
import { Reduction } from '../../../src/metrics/claim/reduce.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';
import { card, caseworkCatalog } from '../support/cards.js';

const casework = new Reduction(caseworkCatalog);

interface Cut {
  core: CoreDefinition | null;
  details: ClaimDetails;
  notes: string[];
  nullAs: string | null;
}

async function cut(sql: string, shape: Partial<CoreShape> = {}, carried: readonly string[] = []): Promise<Cut[]> {
  const claims = extractClaims(await card('Cases', sql), casework);
  return Promise.all(
    claims.map(async (claim) => {
      const details = detailsOf(claim, caseworkCatalog.relations, new Set(carried));
      const cutter = new CoreCutter(claim, details);
      const core = await coreDefinition(claim, cutter, { ...PLAIN_CORE, ...shape }, parsePostgres);
      return { core, details, notes: cutter.parts.bare?.notes ?? [], nullAs: cutter.parts.bare?.nullAs ?? null };
    }),
  );
}

async function textOf(sql: string, shape: Partial<CoreShape> = {}, carried: readonly string[] = []): Promise<string | undefined> {
  return (await cut(sql, shape, carried))[0]?.core?.core.text;
}

describe('the core of a claim', () => {
  it.each([
    ['the breakdown and its order go', "SELECT region_code, count(*) AS n FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW') GROUP BY 1 ORDER BY 2 DESC LIMIT 10", "SELECT count(*) FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW')"],
    ['letters and spaces of the author stay', "select  COUNT( * )  AS n from App.Case_File where Status<>'CLOSED'", "SELECT COUNT( * ) FROM App.Case_File WHERE Status<>'CLOSED'"],
    ['rounding, casts and formats go', "SELECT to_char(round(avg(fee)::numeric, 2), '999') FROM app.case_file", 'SELECT avg(fee) FROM app.case_file'],
    ['a wrapper of the tool goes', 'SELECT * FROM (SELECT region_code, CAST(sum(fee) AS integer) fee FROM app.case_file GROUP BY region_code) AS virtual_table LIMIT 1000', 'SELECT sum(fee) FROM app.case_file'],
    ['a common table stays, its parameter goes', "WITH open AS (SELECT * FROM app.case_file WHERE status = 'OPEN' AND region_code = $1), shown AS (SELECT count(*) AS n FROM open) SELECT * FROM shown", "WITH open AS (SELECT * FROM app.case_file WHERE status = 'OPEN' ) SELECT count(*) FROM open"],
    ['the only condition of a sub-query goes with its WHERE', 'SELECT avg(n) FROM (SELECT officer_id, count(*) AS n FROM app.case_file WHERE region_code = $1 GROUP BY 1) AS t', 'SELECT avg(n) FROM (SELECT officer_id, count(*) AS n FROM app.case_file GROUP BY 1) AS t'],
    ['BETWEEN, CASE and OR do not split a condition', "SELECT count(*) FROM app.case_file WHERE priority BETWEEN 1 AND 3 AND CASE WHEN fee > 1 AND paid > 1 THEN true ELSE false END AND (status = 'OPEN' OR region_code = $1)", 'SELECT count(*) FROM app.case_file WHERE priority BETWEEN 1 AND 3 AND CASE WHEN fee > 1 AND paid > 1 THEN true ELSE false END'],
    ['a join and what it is by stay', 'SELECT u.name, count(*) FROM app.unit u JOIN app.case_file c USING (unit_id) WHERE u.active GROUP BY 1', 'SELECT count(*) FROM app.unit u JOIN app.case_file c USING (unit_id) WHERE u.active'],
    ['what stands for nothing stays', 'SELECT coalesce(sum(fee), 0) AS fees FROM app.case_file', 'SELECT coalesce(sum(fee), 0) FROM app.case_file'],
    ['IS DISTINCT FROM is no FROM', "SELECT count(*) FROM app.case_file WHERE status IS DISTINCT FROM 'X' -- all\n;", "SELECT count(*) FROM app.case_file WHERE status IS DISTINCT FROM 'X'"],
    ['HAVING adds up the groups that stay', 'SELECT region_code, count(*) FROM app.case_file GROUP BY region_code HAVING count(*) > 5', 'SELECT sum(kept.measure) FROM (SELECT count(*) AS measure FROM app.case_file GROUP BY region_code HAVING count(*) > 5) AS kept'],
    ['a share is its two halves', 'SELECT round(100.0 * count(*) FILTER (WHERE closed_at IS NULL) / NULLIF(count(*), 0), 1) FROM app.case_file', 'SELECT count(*) FILTER (WHERE closed_at IS NULL), count(*) FROM app.case_file'],
    ['a share of integers loses its fraction and stays whole', 'SELECT count(closed_at) / count(*) FROM app.case_file', 'SELECT count(closed_at) / count(*) FROM app.case_file'],
    ['a set operation stays as it is', 'SELECT count(*) FROM app.case_file UNION ALL SELECT count(*) FROM app.task;', 'SELECT count(*) FROM app.case_file UNION ALL SELECT count(*) FROM app.task'],
    ['a window stays as it is', 'SELECT sum(count(*)) OVER (ORDER BY region_code) FROM app.case_file GROUP BY region_code', 'SELECT sum(count(*)) OVER (ORDER BY region_code) FROM app.case_file GROUP BY region_code'],
  ])('%s', async (_name, sql, core) => {
    expect(await textOf(sql)).toBe(core);
  });

  it('is read again: its tree has the positions of its own text', async () => {
    const [found] = await cut("SELECT region_code, count(*) FROM app.case_file WHERE region_code = $1 AND status = 'OPEN' GROUP BY 1");
    const statement = found?.core?.definition.statement;
    const body = statement?.type === 'query_statement' ? statement.query.body : null;
    const table = body?.type === 'select' ? body.from[0] : null;
    expect(table?.type === 'table' && found?.core?.definition.text.slice(table.span.start, table.span.end)).toBe('app.case_file');
  });

  it('leaves out what most cards of the dashboard carry', async () => {
    expect(await textOf("SELECT count(*) FROM app.case_file c WHERE c.region_code = 'N' AND c.closed_at IS NULL", {}, ["region_code = 'N'"])).toBe('SELECT count(*) FROM app.case_file c WHERE c.closed_at IS NULL');
  });

  it('of a share can be each of its halves', async () => {
    const share = 'SELECT sum(paid) * 100.0 / sum(fee) FROM app.case_file';
    expect([await textOf(share, { ratio: 'numerator' }), await textOf(share, { ratio: 'denominator' }), await textOf(share, { ratio: 'whole' })]).toEqual([
      'SELECT sum(paid) FROM app.case_file', 'SELECT sum(fee) FROM app.case_file', 'SELECT sum(paid) * 100.0 / sum(fee) FROM app.case_file',
    ]);
  });

  it('can keep its time bucket, or be one month of its time range', async () => {
    const monthly = "SELECT date_trunc('month', c.opened_at) AS month, count(*) FROM app.case_file c GROUP BY month";
    expect(await textOf(monthly, { bucketed: true })).toBe("SELECT date_trunc('month', c.opened_at), count(*) FROM app.case_file c GROUP BY date_trunc('month', c.opened_at)");
    expect(await textOf(monthly, { bounded: true })).toBe("SELECT count(*) FROM app.case_file c WHERE c.opened_at >= '2024-01-01' AND c.opened_at < '2024-02-01'");
  });
});

describe('what a claim says besides', () => {
  it('is its scope, its bucket and the zone of it', async () => {
    const [found] = await cut(
      `SELECT date_trunc('week', opened_at AT TIME ZONE 'Europe/Berlin') AS week, count(*) FROM app.case_file
       WHERE opened_at BETWEEN '2026-01-01' AND '2026-03-31' AND (region_code = $1 OR $1 IS NULL) AND status = 'OPEN' GROUP BY week`,
    );
    expect(found?.details).toMatchObject({
      scopeTexts: ["opened_at between '2026-01-01' and '2026-03-31'", '(region_code = $1) or ($1 is null)'],
      filters: ["status = 'OPEN'"],
      grain: 'week', timeColumn: 'opened_at', timeZone: 'Europe/Berlin', clock: 'event', limits: null,
    });
  });

  it.each([
    ["date_trunc('month', opened_at)", 'month'],
    ['opened_at::date', 'day'],
    ["to_char(opened_at, 'YYYY-MM')", 'month'],
    ['extract(year FROM opened_at)', 'year'],
    ['region_code', null],
  ])('is the grain: %s', async (expression, grain) => {
    expect((await cut(`SELECT ${expression}, count(*) FROM app.case_file GROUP BY ${expression}`))[0]?.details.grain).toBe(grain);
  });

  it('is what is shown of it, and what stands for nothing', async () => {
    const [found] = await cut('SELECT region_code, round(coalesce(sum(fee), 0), 2) FROM app.case_file GROUP BY 1 HAVING sum(fee) > 100 ORDER BY 2 DESC LIMIT 5');
    expect([found?.details.limits, found?.notes, found?.nullAs]).toEqual(['HAVING sum(fee) > 100, the first 5', ['rounded'], '0']);
  });

  it('is a condition with a sub-query in the words of its author', async () => {
    const [found] = await cut('SELECT count(*) FROM app.case_file c WHERE EXISTS (SELECT 1 FROM app.task t WHERE t.case_id = c.case_id)');
    expect(found?.details.filters).toEqual(['EXISTS (SELECT 1 FROM app.task t WHERE t.case_id = c.case_id)']);
  });
});
