import type { DifferenceKind, MetricVerdict } from '../../../src/model/metric-verdict.js';

/** Two queries, and what is true of them on every database of the schema. */
export interface Pair {
  title: string;
  a: string;
  b: string;
  verdict: MetricVerdict;
  kind?: DifferenceKind;
  cosmetic?: true;
  /** Parts of the texts that it rests on, one for each. */
  restsOn?: string[];
}

/** The case work of a regulator, with the constraints of its production database. */
export const CASEWORK = `
CREATE TYPE app.priority AS ENUM ('LOW', 'NORMAL', 'HIGH');
CREATE TABLE app.region (region_id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE app.officer (officer_id int PRIMARY KEY, full_name text NOT NULL, region_id int NOT NULL REFERENCES app.region);
CREATE TABLE app.case_file (
  case_id bigint PRIMARY KEY,
  reference varchar(12) NOT NULL UNIQUE,
  status text NOT NULL,
  priority app.priority NOT NULL,
  officer_id int REFERENCES app.officer,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  loaded_at timestamptz NOT NULL,
  penalty numeric(10,2),
  CONSTRAINT case_file_closed CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)),
  CONSTRAINT case_file_penalty CHECK (penalty >= 0)
);
CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint NOT NULL REFERENCES app.case_file, done boolean NOT NULL, hours int);
`.replace(/^\n/, 'CREATE SCHEMA app;\n');

const open = 'SELECT count(*) FROM app.case_file';
const closed = "status = 'CLOSED'";

export const PAIRS: readonly Pair[] = [
  { title: 'spelling, aliases and the order of conditions', a: `${open} WHERE status <> 'CLOSED' AND penalty > 10`, b: `SELECT COUNT(*) AS n FROM app.case_file AS c WHERE 10 < c.penalty AND NOT (c.status = 'CLOSED')`, verdict: 'equal' },
  { title: 'a common table', a: `${open} WHERE closed_at IS NULL`, b: 'WITH open AS (SELECT * FROM app.case_file WHERE closed_at IS NULL) SELECT count(*) FROM open', verdict: 'equal' },
  { title: 'FILTER and CASE', a: `SELECT count(*) FILTER (WHERE ${closed}) FROM app.case_file`, b: `SELECT count(CASE WHEN ${closed} THEN 1 END) FROM app.case_file`, verdict: 'equal' },
  { title: 'BETWEEN and two comparisons', a: `${open} WHERE penalty BETWEEN 10 AND 20`, b: `${open} WHERE penalty >= 10 AND penalty <= 20`, verdict: 'equal' },
  { title: 'the step of a number', a: `${open} WHERE penalty > 9.99`, b: `${open} WHERE penalty >= 10`, verdict: 'equal' },
  { title: 'a mean and its parts', a: 'SELECT avg(penalty) FROM app.case_file', b: 'SELECT sum(penalty) / count(penalty) FROM app.case_file', verdict: 'equal' },
  { title: 'a closed case and its CHECK', a: `${open} WHERE status <> 'CLOSED'`, b: `${open} WHERE closed_at IS NULL`, verdict: 'equal-under', restsOn: ['CHECK', 'NOT NULL on app.case_file.status'] },
  { title: 'rows and their key', a: open, b: 'SELECT count(DISTINCT case_id) FROM app.case_file', verdict: 'equal-under', restsOn: ['PRIMARY KEY'] },
  { title: 'a value that is never NULL', a: open, b: 'SELECT count(opened_at) FROM app.case_file', verdict: 'equal-under', restsOn: ['NOT NULL on app.case_file.opened_at'] },
  { title: 'a join along a foreign key', a: 'SELECT count(*) FROM app.officer', b: 'SELECT count(*) FROM app.officer o JOIN app.region r ON r.region_id = o.region_id', verdict: 'equal-under', restsOn: ['FOREIGN KEY', 'NOT NULL on app.officer.region_id'] },
  { title: 'an outer join to a key', a: open, b: 'SELECT count(*) FROM app.case_file c LEFT JOIN app.officer o USING (officer_id)', verdict: 'equal-under', restsOn: ['PRIMARY KEY'] },
  { title: 'all members of an enum', a: open, b: `${open} WHERE priority IN ('LOW', 'NORMAL', 'HIGH')`, verdict: 'equal-under', restsOn: ['NOT NULL on app.case_file.priority', 'TYPE'] },
  { title: 'a CHECK that passes on NULL', a: `${open} WHERE penalty IS NULL OR penalty >= 0`, b: open, verdict: 'equal-under', restsOn: ['CHECK'] },
  { title: 'one status more', a: `${open} WHERE status = 'OPEN'`, b: `${open} WHERE status IN ('OPEN', 'DUPLICATE')`, verdict: 'stricter', kind: 'population' },
  { title: 'one status less', a: `${open} WHERE status NOT IN ('CLOSED')`, b: `${open} WHERE status NOT IN ('CLOSED', 'DUPLICATE')`, verdict: 'looser', kind: 'population' },
  { title: 'two lists that share a member', a: `${open} WHERE status IN ('OPEN', 'REVIEW')`, b: `${open} WHERE status IN ('REVIEW', 'DUPLICATE')`, verdict: 'overlapping', kind: 'population' },
  { title: 'two lists that share none', a: `${open} WHERE status = 'OPEN'`, b: `${open} WHERE status = 'REVIEW'`, verdict: 'different', kind: 'population' },
  { title: 'the end of a range', a: `${open} WHERE opened_at > '2024-01-01'`, b: `${open} WHERE opened_at >= '2024-01-01'`, verdict: 'stricter', kind: 'boundary' },
  { title: 'another end', a: `${open} WHERE penalty < 100`, b: `${open} WHERE penalty < 200`, verdict: 'stricter', kind: 'boundary' },
  { title: 'NULL in a negated list', a: `${open} WHERE officer_id <> 7`, b: `${open} WHERE officer_id IS DISTINCT FROM 7`, verdict: 'stricter' },
  { title: 'a join that drops cases without officer', a: open, b: 'SELECT count(*) FROM app.case_file JOIN app.officer USING (officer_id)', verdict: 'looser', kind: 'rows-lost' },
  { title: 'a join that multiplies cases', a: open, b: 'SELECT count(*) FROM app.case_file LEFT JOIN app.task USING (case_id)', verdict: 'different', kind: 'fan-out' },
  { title: 'another function', a: 'SELECT sum(penalty) FROM app.case_file', b: 'SELECT max(penalty) FROM app.case_file', verdict: 'different', kind: 'measure' },
  { title: 'another argument', a: 'SELECT sum(hours) FROM app.task', b: 'SELECT sum(task_id) FROM app.task', verdict: 'different', kind: 'measure' },
  { title: 'rows and distinct values', a: 'SELECT count(officer_id) FROM app.case_file', b: 'SELECT count(DISTINCT officer_id) FROM app.case_file', verdict: 'different', kind: 'distinctness' },
  { title: 'another breakdown', a: 'SELECT status, count(*) FROM app.case_file GROUP BY status', b: 'SELECT priority::text, count(*) FROM app.case_file GROUP BY priority', verdict: 'different', kind: 'grain' },
  { title: 'months and weeks', a: "SELECT date_trunc('month', opened_at), count(*) FROM app.case_file GROUP BY 1", b: "SELECT date_trunc('week', opened_at), count(*) FROM app.case_file GROUP BY 1", verdict: 'different', kind: 'grain' },
  { title: 'another clock in the breakdown', a: "SELECT date_trunc('month', opened_at), count(*) FROM app.case_file GROUP BY 1", b: "SELECT date_trunc('month', closed_at), count(*) FROM app.case_file GROUP BY 1", verdict: 'different', kind: 'time-column' },
  { title: 'the clock of loading in the filter', a: `${open} WHERE opened_at >= '2024-01-01'`, b: `${open} WHERE loaded_at >= '2024-01-01'`, verdict: 'different', kind: 'ingestion-time' },
  { title: 'a zone that is written', a: "SELECT date_trunc('day', opened_at AT TIME ZONE 'UTC'), count(*) FROM app.case_file GROUP BY 1", b: "SELECT date_trunc('day', opened_at AT TIME ZONE 'Asia/Jakarta'), count(*) FROM app.case_file GROUP BY 1", verdict: 'different', kind: 'time-zone' },
  { title: 'a value that may be NULL', a: open, b: 'SELECT count(penalty) FROM app.case_file', verdict: 'different', kind: 'null-handling' },
  { title: 'NULL as nothing in a mean', a: 'SELECT avg(penalty) FROM app.case_file', b: 'SELECT avg(coalesce(penalty, 0)) FROM app.case_file', verdict: 'different', kind: 'null-handling' },
  { title: 'NULL and 0 where nothing matches', a: 'SELECT sum(hours) FROM app.task', b: 'SELECT coalesce(sum(hours), 0) FROM app.task', verdict: 'different', kind: 'empty', cosmetic: true },
  { title: 'only some groups', a: 'SELECT officer_id, count(*) FROM app.case_file GROUP BY 1', b: 'SELECT officer_id, count(*) FROM app.case_file GROUP BY 1 HAVING count(*) > 1', verdict: 'different', kind: 'limit' },
  { title: 'another number of columns', a: open, b: 'SELECT count(*), count(penalty) FROM app.case_file', verdict: 'different', kind: 'shape' },
  { title: 'no table in common', a: open, b: 'SELECT count(*) FROM app.task', verdict: 'different', kind: 'source' },
  { title: 'a condition in ON and in WHERE', a: `SELECT c.case_id, count(t.task_id) FROM app.case_file c LEFT JOIN app.task t ON t.case_id = c.case_id AND t.done GROUP BY 1`, b: `SELECT c.case_id, count(t.task_id) FROM app.case_file c LEFT JOIN app.task t ON t.case_id = c.case_id WHERE t.done GROUP BY 1`, verdict: 'different' },
  { title: 'EXISTS and IN', a: `${open} c WHERE EXISTS (SELECT 1 FROM app.task t WHERE t.case_id = c.case_id)`, b: `${open} WHERE case_id IN (SELECT case_id FROM app.task)`, verdict: 'equal' },
  { title: 'UNION and UNION ALL', a: 'SELECT count(*) FROM (SELECT status FROM app.case_file UNION SELECT full_name FROM app.officer) s', b: 'SELECT count(*) FROM (SELECT status FROM app.case_file UNION ALL SELECT full_name FROM app.officer) s', verdict: 'different', kind: 'distinctness' },
  { title: 'the last thirty days', a: `${open} WHERE opened_at >= now() - interval '30 days'`, b: `${open} WHERE opened_at > now() - interval '30 days'`, verdict: 'looser', kind: 'boundary' },
  { title: 'a division that fails', a: 'SELECT sum(100 / hours) FROM app.task WHERE hours IS NOT NULL', b: 'SELECT sum(100 / nullif(hours, 0)) FROM app.task WHERE hours IS NOT NULL', verdict: 'different', kind: 'error', cosmetic: true },
  { title: 'chance', a: `${open} WHERE random() < 0.5`, b: open, verdict: 'undecided' },
  { title: 'the first of an order that has ties', a: 'SELECT case_id FROM app.case_file ORDER BY opened_at LIMIT 1', b: 'SELECT case_id FROM app.case_file ORDER BY opened_at, case_id LIMIT 1', verdict: 'undecided' },
];
