import { beforeAll, describe, expect, test } from 'vitest';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { normalConditions } from '../../src/sql/predicate.js';

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

function of(sql: string): string[] {
  const statement = parse(sql).statements[0]?.statement;
  if (!statement) throw new Error(`not parsed: ${sql}`);
  return normalConditions(statement);
}

function where(condition: string): string[] {
  return of(`SELECT 1 FROM app.case_file c WHERE ${condition}`);
}

describe('a condition in normal form', () => {
  test.each([
    ['a constant stands to the right', "'OPEN' = c.status", ["status = 'OPEN'"]],
    ['of two columns the smaller one stands to the left', 'c.closed_at > c.opened_at', ['opened_at < closed_at']],
    ['AND is split, sorted, each part once', "priority > 3 AND (status = 'OPEN' AND priority > 3)", ['priority > 3', "status = 'OPEN'"]],
    ['BETWEEN is two', 'priority BETWEEN 1 AND 3', ['priority <= 3', 'priority >= 1']],
    ['a negated BETWEEN is one of two', 'priority NOT BETWEEN 1 AND 3', ['(priority < 1) or (priority > 3)']],
    ['a list is sorted, each item once', "status IN ('OPEN', 'CLOSED', 'OPEN')", ["status in ('CLOSED', 'OPEN')"]],
    ['a list of one', "status NOT IN ('CLOSED')", ["status <> 'CLOSED'"]],
    ['a list as an array', "status = ANY (ARRAY['OPEN', 'CLOSED'])", ["status in ('CLOSED', 'OPEN')"]],
    ['a list as alternatives', "status = 'OPEN' OR 'CLOSED' = status OR status IN ('X')", ["status in ('CLOSED', 'OPEN', 'X')"]],
    ['a list as exclusions', "status <> 'CLOSED' AND NOT status = 'OPEN'", ["status not in ('CLOSED', 'OPEN')"]],
    ['a negation goes inwards', "NOT (status = 'OPEN' OR closed_at IS NOT NULL)", ['closed_at is null', "status <> 'OPEN'"]],
    ['two negations are none', "NOT NOT (priority > 3)", ['priority > 3']],
    ['a negated test', 'NOT (closed_at IS NULL)', ['closed_at is not null']],
    ['a comparison with true', 'urgent = true AND late = false', ['not late', 'urgent']],
    ['what templates leave behind', "true AND status = 'OPEN'", ["status = 'OPEN'"]],
    ['another spelling', "ifnull(status, 'X') != 'OPEN'", ["coalesce(status, 'X') <> 'OPEN'"]],
    ['the values of constants stay', "opened_at > now() - interval '30 day' AND due_on >= DATE '2026-01-01'", ["due_on >= '2026-01-01'::date", "opened_at > (now() - '30 days'::interval)"]],
    ['a sub-query by what it asks', "EXISTS (SELECT 1 FROM app.task t WHERE c.case_id = t.case_id AND NOT t.done)", ['exists (select 1 from task where case_file.case_id = task.case_id and not task.done)']],
    ['a list from a sub-query', 'c.officer_id NOT IN (SELECT o.officer_id FROM app.officer o WHERE o.active)', ['not officer_id in (select officer.officer_id from officer where officer.active)']],
  ])('%s', (_name, condition, expected) => {
    expect(where(condition)).toEqual(expected);
  });
});

describe('where conditions stand', () => {
  test('in WHERE, HAVING and joins that leave rows out; with the names of relations', () => {
    expect(of(`
      SELECT o.name, count(*) FROM app.case_file c
      JOIN app.officer AS o ON o.officer_id = c.officer_id AND o.active
      LEFT JOIN app.unit u ON u.unit_id = o.unit_id AND u.closed
      WHERE c.closed_at IS NULL GROUP BY o.name HAVING 10 < count(*)
    `)).toEqual(['case_file.closed_at is null', 'case_file.officer_id = officer.officer_id', 'count(*) > 10', 'officer.active']);
  });

  test('within the wrapper of a dashboard', () => {
    expect(of("SELECT * FROM (SELECT status FROM app.case_file WHERE status = 'OPEN') AS source LIMIT 2000")).toEqual(["status = 'OPEN'"]);
  });

  test('of a relation that stands twice by its aliases', () => {
    expect(of('SELECT 1 FROM app.unit a, app.unit b WHERE a.parent_id = b.unit_id')).toEqual(['a.parent_id = b.unit_id']);
  });

  test('in changes', () => {
    expect(of("UPDATE app.case_file AS c SET status = 'CLOSED' WHERE c.case_id = 5")).toEqual(['case_id = 5']);
    expect(of('DELETE FROM app.task t USING app.case_file c WHERE c.case_id = t.case_id')).toEqual(['case_file.case_id = task.case_id']);
    expect(of("COPY (SELECT * FROM app.task WHERE done) TO STDOUT")).toEqual(['done']);
    expect(of('VACUUM app.task')).toEqual([]);
  });
});
