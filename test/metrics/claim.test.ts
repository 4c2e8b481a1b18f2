import { describe, expect, it } from 'vitest';
import { extractClaims, type Claim } from '../../src/metrics/claim/claim.js';
import { measureText } from '../../src/metrics/claim/measure.js';
import { Reduction } from '../../src/metrics/claim/reduce.js';
import { parameterSpans } from '../../src/metrics/claim/scope.js';
import { expressionText } from '../../src/sql/expression-text.js';
import type { Segment } from '../../src/model/query.js';
import { card, caseworkCatalog } from './support/cards.js';

const casework = new Reduction(caseworkCatalog);

async function claimsOf(sql: string): Promise<Claim[]> {
  return extractClaims(await card('Cases', sql), casework);
}

/** `count of rows where a, b` or `count of rows: it joins …`. */
async function read(sql: string): Promise<string[]> {
  return (await claimsOf(sql)).map(({ measure, rows }) =>
    rows.kind === 'simple' ? `${measureText(measure)} where ${rows.conditions.map(expressionText).join(', ') || 'true'}` : `${measureText(measure)}: it ${rows.reason}`,
  );
}

describe('measures', () => {
  it.each([
    ["SELECT count(*) FROM app.case_file WHERE status = 'OPEN'", ["count of rows where status = 'OPEN'"]],
    ["SELECT count(*) FILTER (WHERE status = 'OPEN') FROM app.case_file", ["count of rows where status = 'OPEN'"]],
    ["SELECT sum(CASE WHEN status = 'OPEN' THEN 1 ELSE 0 END) FROM app.case_file", ["count of rows where status = 'OPEN'"]],
    ["SELECT count(CASE WHEN status = 'OPEN' THEN 1 END) FROM app.case_file", ["count of rows where status = 'OPEN'"]],
    ["SELECT sum((status = 'OPEN')::int) FROM app.case_file", ["count of rows where status = 'OPEN'"]],
    ['SELECT count(1) FROM app.case_file', ['count of rows where true']],
    ['SELECT count(officer_id) FROM app.case_file', ['count of rows where officer_id is not null']],
    ['SELECT count(DISTINCT officer_id) FROM app.case_file', ['count of distinct officer_id where officer_id is not null']],
    ['SELECT count(DISTINCT case_id) FROM app.case_file', ['count of rows where true']],
    ['SELECT coalesce(round(sum(fee), 2), 0)::float FROM app.case_file', ['sum of fee where fee is not null, fee <> 0']],
    ["SELECT sum(CASE WHEN status = 'OPEN' THEN fee ELSE 0 END) FROM app.case_file", ["sum of fee where status = 'OPEN', fee is not null, fee <> 0"]],
    ['SELECT sum(fee - paid) FROM app.case_file', ['sum of fee - paid where fee is not null, paid is not null']],
    ['SELECT avg(fee), min(fee), max(DISTINCT fee) FROM app.case_file', ['average of fee where fee is not null', 'least of fee where fee is not null', 'greatest of fee where fee is not null']],
    ['SELECT 100.0 * count(*) / sum(fee) FROM app.case_file', ['value of (100.0 * count(*)) / sum(fee): it computes its value from several aggregates']],
    ['SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY fee) FROM app.case_file', ['value of 0.5: it computes percentile_cont, which is not compared']],
    ['SELECT case_id, status FROM app.case_file', []],
    ['SELECT case_id, count(*) OVER () FROM app.case_file', []],
    ["INSERT INTO app.case_file SELECT count(*) FROM app.case_file", []],
  ])('%s', async (sql, expected) => {
    expect(await read(sql)).toEqual(expected);
  });
});

describe('what is unwrapped', () => {
  it.each([
    ["SELECT s.region_code, count(*) FROM (SELECT * FROM app.case_file WHERE status = 'OPEN') AS s GROUP BY 1", "status = 'OPEN'"],
    ["SELECT count(*) FROM (SELECT status AS state FROM app.case_file) AS s WHERE s.state = 'OPEN'", "status = 'OPEN'"],
    ["SELECT * FROM (SELECT count(*) AS n FROM app.case_file WHERE status = 'OPEN') AS virtual_table LIMIT 1000", "status = 'OPEN'"],
    ["WITH open AS (SELECT * FROM app.case_file WHERE status = 'OPEN') SELECT count(*) FROM open", "status = 'OPEN'"],
    ["WITH a AS (SELECT * FROM case_file c WHERE c.status = 'OPEN'), b AS (SELECT * FROM a) SELECT count(*) FROM b AS x WHERE x.priority > 1", "status = 'OPEN', priority > 1"],
    ["SELECT count(*) FROM case_file WHERE case_file.status = 'OPEN'", "status = 'OPEN'"],
    ["SELECT count(*) FROM app.case_file WHERE app.case_file.status = 'OPEN'", "status = 'OPEN'"],
  ])('%s', async (sql, conditions) => {
    expect(await read(sql)).toEqual([`count of rows where ${conditions}`]);
  });
});

describe('joins', () => {
  it('looks up a parent by its key without adding or losing rows', async () => {
    const [left] = await claimsOf('SELECT o.region, count(*) FROM app.case_file c LEFT JOIN app.officer o ON o.officer_id = c.officer_id GROUP BY 1');
    expect(left?.rows).toMatchObject({ kind: 'simple', conditions: [], assumes: ['PRIMARY KEY officer_pkey on app.officer'] });
    const [inner] = await claimsOf('SELECT u.name, count(*) FROM app.unit u JOIN app.case_file c USING (unit_id) GROUP BY 1');
    expect(inner?.rows).toMatchObject({
      kind: 'simple',
      assumes: ['PRIMARY KEY unit_pkey on app.unit', 'FOREIGN KEY case_file_unit_fk on app.case_file'],
    });
    expect(inner?.relations).toEqual(['app.case_file', 'app.unit']);
  });

  it('keeps rows with a foreign key that is null apart in an inner join', async () => {
    expect(await read('SELECT count(*) FROM app.case_file c JOIN app.officer o ON c.officer_id = o.officer_id')).toEqual(['count of rows where officer_id is not null']);
  });

  it.each([
    ['SELECT count(*) FROM app.case_file c JOIN app.task t ON t.case_id = c.case_id', 'joins app.task, which may multiply rows'],
    ['SELECT count(*) FROM app.case_file c LEFT JOIN app.task t ON t.case_id = c.case_id', 'joins app.task, which may multiply rows'],
    ["SELECT count(*) FROM app.case_file c JOIN app.officer o ON o.officer_id = c.officer_id AND o.region = 'N'", 'joins app.officer by more than equal columns'],
    ["SELECT count(*) FROM app.case_file c LEFT JOIN app.officer o ON o.officer_id = c.officer_id WHERE o.region = 'N'", 'depends on o.region of a joined relation'],
    ['SELECT count(*) FROM app.case_file c JOIN app.officer o ON o.officer_id = c.priority', 'joins app.officer, which may leave rows out'],
    ['SELECT count(*) FROM app.case_file CROSS JOIN app.unit', 'has a cross join'],
    ['SELECT count(*) FROM app.case_file c FULL JOIN app.unit u ON u.unit_id = c.unit_id', 'has a full join'],
    ['SELECT count(*) FROM app.case_file NATURAL JOIN app.unit', 'joins relations by the names of their columns'],
    ['SELECT count(*) FROM app.case_file, app.unit', 'reads several relations side by side'],
  ])('%s', async (sql, reason) => {
    expect(await read(sql)).toEqual([`count of rows: it ${reason}`]);
  });
});

describe('what is more than conditions on rows', () => {
  it.each([
    ['SELECT count(*) FROM app.case_file WHERE case_id IN (SELECT case_id FROM app.task)', 'has a sub-query in its conditions'],
    ['SELECT count(*) FROM app.case_file c WHERE EXISTS (SELECT 1 FROM app.task t WHERE t.case_id = c.case_id)', 'has a sub-query in its conditions'],
    ['SELECT count(*) FROM app.case_file GROUP BY region_code HAVING count(*) > 5', 'has a HAVING'],
    ['SELECT DISTINCT count(*) FROM app.case_file GROUP BY region_code', 'takes distinct groups'],
    ['SELECT count(*) FROM (SELECT DISTINCT ON (officer_id) * FROM app.case_file) AS s', 'reads distinct rows'],
    ['SELECT count(*) FROM (SELECT * FROM app.case_file LIMIT 10) AS s', 'reads a limited number of rows'],
    ['SELECT count(*) FROM (SELECT officer_id FROM app.case_file GROUP BY 1) AS s', 'reads rows that a sub-query has aggregated'],
    ['SELECT count(*) FROM (SELECT case_id FROM app.case_file UNION SELECT case_id FROM app.task) AS s', 'reads a set operation or a list of values'],
    ["SELECT count(*) FROM (SELECT case_id, regexp_split_to_table(status, '_') FROM app.case_file) AS s", 'calls regexp_split_to_table(), which may give several rows for one'],
    ['SELECT count(*) FROM (SELECT case_id, row_number() OVER () AS n FROM app.case_file) AS s WHERE n = 1', 'looks at other rows through a window'],
    ['SELECT count(*) FROM generate_series(1, 3)', 'reads the function generate_series()'],
    ['SELECT count(*) FROM app.closed_case', 'reads app.closed_case, which is not in the catalogue'],
    ["SELECT count(*) FROM app.case_file WHERE stat = 'OPEN'", 'uses stat, which is no column that the catalogue knows'],
    ['SELECT count(*) FROM ONLY app.case_file', 'reads ONLY app.case_file'],
    ['SELECT count(*) FROM app.case_file UNION ALL SELECT count(*) FROM app.task', 'combines several queries by a set operation'],
    ['WITH RECURSIVE r AS (SELECT 1) SELECT count(*) FROM app.case_file', 'is recursive'],
  ])('%s', async (sql, reason) => {
    expect(await read(sql)).toEqual([`count of rows: it ${reason}`]);
  });
});

describe('scope', () => {
  it('sets parameters and time ranges apart from the definition', async () => {
    const [claim] = await claimsOf(
      `SELECT date_trunc('month', opened_at) AS month, count(*) FROM app.case_file
       WHERE opened_at BETWEEN '2026-01-01' AND '2026-03-31' AND (region_code = $1 OR $1 IS NULL) AND status = 'OPEN' GROUP BY month`,
    );
    expect(claim?.scope).toEqual(["opened_at between '2026-01-01' and '2026-03-31'", '(region_code = $1) or ($1 is null)']);
    expect(claim?.rows).toMatchObject({ kind: 'simple' });
    expect(await read("SELECT count(*) FROM app.case_file WHERE opened_at >= '2026-01-01' AND opened_at::date < now() AND status = 'OPEN'")).toEqual([
      "count of rows where status = 'OPEN'",
    ]);
    expect(claim?.dimensions).toEqual(["date_trunc('month', opened_at)"]);
    expect(claim?.timeColumn).toBe('opened_at');
  });

  it('knows the values that a template put in, but not the cards that it included', async () => {
    const raw = "SELECT count(*) FROM {{#12}} AS c WHERE status = 'OPEN' AND region_code = {{region}}";
    const included = "(SELECT * FROM app.case_file WHERE priority > 1)";
    const sql = raw.replace('{{#12}}', included).replace('{{region}}', "'x'");
    const generated = (text: string, out: number): Segment => ({ out, src: 0, length: text.length, srcEnd: 0, copy: false });
    const map = [generated(included, sql.indexOf(included)), generated("'x'", sql.indexOf("'x'"))];
    const input = await card('Cases', sql, { generated: parameterSpans({ label: 'default', sql, map, assumptions: [] }) });
    const [claim] = extractClaims(input, casework);
    expect(claim?.rows.kind === 'simple' && claim.rows.conditions.map(expressionText)).toEqual(['priority > 1', "status = 'OPEN'"]);
    expect(claim?.scope).toEqual(["region_code = 'x'"]);
  });

  it('takes a range with one end, or over no time, for a definition', async () => {
    expect(await read("SELECT count(*) FROM app.case_file WHERE opened_at > now() - interval '30 days' AND priority BETWEEN 1 AND 2")).toEqual([
      "count of rows where opened_at > (now() - '30 days'::interval), priority between 1 and 2",
    ]);
  });
});

describe('names', () => {
  it('takes the alias of the query before the name that the tool shows, and none that says nothing', async () => {
    const aliases = async (sql: string, outputAliases: string[]): Promise<(string | null)[]> =>
      extractClaims(await card('Cases', sql, { outputAliases }), casework).map(({ alias }) => alias);
    expect(await aliases('SELECT region_code, count(*) AS open_cases FROM app.case_file GROUP BY 1', ['region', 'Open'])).toEqual(['open_cases']);
    expect(await aliases('SELECT region_code, count(*) FROM app.case_file GROUP BY 1', ['region', 'Open'])).toEqual(['Open']);
    expect(await aliases('SELECT count(*) AS cnt FROM app.case_file', [])).toEqual([null]);
  });
});

describe('hostile statements', () => {
  it('leaves a statement of a thousand levels alone', async () => {
    const deep = `SELECT count(*) FROM app.case_file WHERE ${'NOT ('.repeat(1_000)}status = 'OPEN'${')'.repeat(1_000)}`;
    expect(await claimsOf(deep)).toEqual([]);
  });
});
