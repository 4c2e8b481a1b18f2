import { describe, expect, test } from 'vitest';
import type { CollectedQuery, QueryVariant } from '../../src/model/query.js';
import { neutraliseMetabase } from '../../src/template/metabase.js';
import { cardOf, CASEWORK, consumerOf, proposed } from './support.js';

/** The one rewrite of one query, or why there is none. */
async function rewritten(sql: string, more: Partial<CollectedQuery> = {}, ddl = CASEWORK): Promise<string> {
  const { after, unchanged } = consumerOf(await proposed({ ddl, queries: [cardOf('The card', sql, more)] }), 'The card');
  return after ?? `unchanged: ${unchanged}`;
}

describe('only what must change does', () => {
  test.each([
    ['the name of the relation, letters and layout kept', 'select  status,\n\tcount(*) -- all of them\nfrom app.case_file\ngroup by STATUS', 'select  status,\n\tcount(*) -- all of them\nfrom integration.v_case_state_v1\ngroup by STATUS'],
    ['an alias stays', 'SELECT c.status FROM app.case_file AS c', 'SELECT c.status FROM integration.v_case_state_v1 AS c'],
    ['columns written with the name of the relation', 'SELECT case_file.status FROM app.case_file', 'SELECT case_file.status FROM integration.v_case_state_v1 AS case_file'],
    ['and with its schema', 'SELECT app.case_file.status FROM app.case_file', 'SELECT case_file.status FROM integration.v_case_state_v1 AS case_file'],
    ['quoted as the text quotes', 'SELECT "app"."case_file"."status" FROM "app"."case_file"', 'SELECT "case_file"."status" FROM "integration"."v_case_state_v1" AS "case_file"'],
    ['every place, each by itself', 'SELECT a.status FROM app.case_file a JOIN app.case_file b ON a.case_id = b.case_id', 'SELECT a.status FROM integration.v_case_state_v1 a JOIN integration.v_case_state_v1 b ON a.case_id = b.case_id'],
    ['within a common table and a sub-query', "WITH o AS (SELECT case_id FROM app.case_file) SELECT count(*) FROM o WHERE case_id IN (SELECT case_id FROM app.case_file WHERE status = 'OPEN')", "WITH o AS (SELECT case_id FROM integration.v_case_state_v1) SELECT count(*) FROM o WHERE case_id IN (SELECT case_id FROM integration.v_case_state_v1 WHERE status = 'OPEN')"],
    ['a common table of the same name is another thing', 'WITH case_file AS (SELECT status FROM app.case_file) SELECT status FROM case_file', 'WITH case_file AS (SELECT status FROM integration.v_case_state_v1) SELECT status FROM case_file'],
    ['each branch of a union', 'SELECT status FROM app.case_file UNION ALL SELECT region_code FROM app.case_file', 'SELECT status FROM integration.v_case_state_v1 UNION ALL SELECT region_code FROM integration.v_case_state_v1'],
    ['a query that is copied out', 'COPY (SELECT status FROM app.case_file) TO STDOUT', 'COPY (SELECT status FROM integration.v_case_state_v1) TO STDOUT'],
    ['behind a table that is only joined', 'SELECT c.status FROM app.note n JOIN app.case_file c USING (case_id)', 'SELECT c.status FROM integration.v_note_v1 n JOIN integration.v_case_state_v1 c USING (case_id)'],
  ])('%s', async (_, before, after) => {
    expect(await rewritten(before)).toBe(after);
  });
});

describe('a column that the view calls otherwise', () => {
  test.each([
    ['keeps its name in the output', 'SELECT updated_at FROM app.case_file', 'SELECT source_record_updated_at AS updated_at FROM integration.v_case_state_v1'],
    ['has the name that the text gives it', 'SELECT c.updated_at AS changed FROM app.case_file c', 'SELECT c.source_record_updated_at AS changed FROM integration.v_case_state_v1 c'],
    ['within a call, which names the output itself', "SELECT date_trunc('day', updated_at), count(*) FROM app.case_file GROUP BY date_trunc('day', updated_at)", "SELECT date_trunc('day', source_record_updated_at), count(*) FROM integration.v_case_state_v1 GROUP BY date_trunc('day', source_record_updated_at)"],
    ['in conditions and joins', 'SELECT a.status FROM app.case_file a JOIN app.case_file b ON a.updated_at < b.updated_at WHERE b.updated_at > now()', 'SELECT a.status FROM integration.v_case_state_v1 a JOIN integration.v_case_state_v1 b ON a.source_record_updated_at < b.source_record_updated_at WHERE b.source_record_updated_at > now()'],
    ['is ordered by under the name of the output', 'SELECT updated_at FROM app.case_file ORDER BY updated_at', 'SELECT source_record_updated_at AS updated_at FROM integration.v_case_state_v1 ORDER BY updated_at'],
    ['in a common table, whose reader sees the old name', 'WITH c AS (SELECT updated_at FROM app.case_file) SELECT max(c.updated_at) FROM c', 'WITH c AS (SELECT source_record_updated_at AS updated_at FROM integration.v_case_state_v1) SELECT max(c.updated_at) FROM c'],
    ['even where nobody reads it', 'WITH c AS (SELECT status, updated_at FROM app.case_file) SELECT status FROM c', 'WITH c AS (SELECT status, source_record_updated_at AS updated_at FROM integration.v_case_state_v1) SELECT status FROM c'],
    ['as the name of an output of its own kind is refused', 'SELECT updated_at::date FROM app.case_file', 'unchanged: the output updated_at has no name of its own and would take that of the column in the view: give it one first'],
    ['from a sub-query around the one that names it', 'SELECT c.status FROM app.case_file c WHERE EXISTS (SELECT 1 FROM app.note n WHERE n.case_id = c.case_id AND c.updated_at > now())', 'SELECT c.status FROM integration.v_case_state_v1 c WHERE EXISTS (SELECT 1 FROM integration.v_note_v1 n WHERE n.case_id = c.case_id AND c.source_record_updated_at > now())'],
    ['beside a derived table with a column of that name', 'SELECT x.updated_at, c.updated_at AS changed FROM (SELECT now() AS updated_at) AS x, app.case_file c', 'SELECT x.updated_at, c.source_record_updated_at AS changed FROM (SELECT now() AS updated_at) AS x, integration.v_case_state_v1 c'],
    ['in USING is refused', 'SELECT a.status FROM app.case_file a JOIN app.case_file b USING (updated_at)', 'unchanged: it joins USING (updated_at), which the view calls otherwise'],
  ])('%s', async (_, before, after) => {
    expect(await rewritten(before)).toBe(after);
  });
});

describe('*', () => {
  const ALL = 'note_id, case_id, body, deleted_at';
  test.each([
    ['is spelled out', 'SELECT * FROM app.note', `SELECT ${ALL} FROM integration.v_note_v1`],
    ['of one side of a join', 'SELECT n.*, c.status FROM app.note n JOIN app.case_file c ON c.case_id = n.case_id', 'SELECT n.note_id, n.case_id, n.body, n.deleted_at, c.status FROM integration.v_note_v1 n JOIN integration.v_case_state_v1 c ON c.case_id = n.case_id'],
    ['of both', 'SELECT * FROM app.note n CROSS JOIN (SELECT 1 AS one) AS x', 'SELECT n.note_id, n.case_id, n.body, n.deleted_at, x.* FROM integration.v_note_v1 n CROSS JOIN (SELECT 1 AS one) AS x'],
    ['of a derived table stays', 'SELECT * FROM (SELECT body FROM app.note) AS n', 'SELECT * FROM (SELECT body FROM integration.v_note_v1) AS n'],
    ['that counts rows stays', 'SELECT count(*) FROM app.note', 'SELECT count(*) FROM integration.v_note_v1'],
    ['over columns that a join merges is refused', 'SELECT * FROM app.note JOIN app.case_file USING (case_id)', 'unchanged: its * stands for columns that a join merges'],
  ])('%s', async (_, before, after) => {
    expect(await rewritten(before)).toBe(after);
  });
});

describe('what is left as it is, with the reason', () => {
  test.each([
    ['rows as values', 'SELECT row_to_json(n) FROM app.note n', 'it uses whole rows of app.note as values'],
    ['counted rows as values', 'SELECT count(n) FROM app.note n', 'it uses whole rows of app.note as values'],
    ['locks', 'SELECT body FROM app.note FOR UPDATE', 'it locks the rows that it reads'],
    ['the table alone', 'SELECT body FROM ONLY app.note', 'it reads ONLY the table itself'],
    ['columns named by position', 'SELECT a FROM app.note AS n (a)', 'it gives the columns of app.note other names by their position'],
    ['the hidden columns of a row', 'SELECT ctid FROM app.note', 'it uses ctid, which is no column of app.note'],
    ['a NATURAL JOIN', 'SELECT body FROM app.note NATURAL JOIN app.case_file', 'a NATURAL JOIN joins by all names that both sides have'],
  ])('%s', async (_, sql, reason) => {
    expect(await rewritten(sql)).toBe(`unchanged: ${reason}`);
  });

  test('a partition by itself', async () => {
    const ddl = `CREATE SCHEMA app; CREATE TABLE app.reading (meter_id bigint, read_on date NOT NULL) PARTITION BY RANGE (read_on);
      CREATE TABLE app.reading_2026 PARTITION OF app.reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`;
    expect(await rewritten('SELECT count(*) FROM app.reading_2026 WHERE meter_id = 7', {}, ddl)).toBe('unchanged: it names app.reading_2026, a partition of app.reading: read the contract of the whole table with the range of the partition as a condition');
  });
});

describe('templates', () => {
  const RAW = 'SELECT status, count(*) FROM app.case_file\nWHERE true [[AND region_code = {{region}}]] [[AND case_id IN (SELECT case_id FROM app.note WHERE body = {{words}})]]\nGROUP BY status';

  test('are changed where their author wrote, optional clauses too', async () => {
    const { variants } = neutraliseMetabase(RAW, () => ({ kind: 'value', type: 'text', defaults: [] }));
    expect(variants.length).toBeGreaterThan(1);
    expect(await rewritten(RAW, { raw: RAW, variants })).toBe(RAW.replace('app.case_file', 'integration.v_case_state_v1').replace('app.note', 'integration.v_note_v1'));
  });

  test('that make the name of the relation themselves are left, and that is said', async () => {
    const sql = 'SELECT body FROM app.note';
    const variant: QueryVariant = { label: 'default', sql, map: [{ out: 0, src: 0, length: 17, srcEnd: 17, copy: true }, { out: 17, src: 17, length: 8, srcEnd: 33, copy: false }], assumptions: [] };
    expect(await rewritten(sql, { raw: "SELECT body FROM {{ ref('note') }}", variants: [variant] })).toBe('unchanged: its template makes the text that names the relation');
  });

  test('of a question that its tool builds say where to change it', async () => {
    const sql = 'SELECT "app"."note"."body" FROM "app"."note"';
    const consumer = consumerOf(await proposed({ queries: [cardOf('The card', sql, { raw: '', reconstructed: true })] }), 'The card');
    expect(consumer).toMatchObject({ before: sql, after: 'SELECT "note"."body" FROM "integration"."v_note_v1" AS "note"' });
    expect(consumer.sentence).toContain('Metabase builds this SQL from a question: choose the view as its table there.');
  });

  test('with a value of a person keep the one that stands there', async () => {
    const consumer = consumerOf(await proposed({ queries: [cardOf('The card', "SELECT note_id FROM app.note WHERE body = 'tm#email#0b68'")] }), 'The card');
    expect(consumer.sentence).toContain('keep the one that stands there');
  });
});
