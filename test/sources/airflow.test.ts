import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { source } from '../../src/sources/airflow.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { FileSet } from '../../src/sources/reading/surroundings.js';
import { alone, fixtures, queriesOf, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('airflow');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`airflow:${id}`);
  if (found === undefined) throw new Error(`${id} was not read: ${[...queries.keys()].join(' ')}`);
  return found;
}

function sql(id: string): string | undefined {
  return query(id).variants[0]?.sql;
}

function read(...files: [string, string][]): CollectedQuery[] {
  return source.read(files.map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
}

const HEAD = 'from airflow import DAG\n';

describe('a DAG', () => {
  test('gives the SQL of its tasks and functions, each once', () => {
    expect([...queries.keys()].map((id) => id.slice('airflow:'.length))).toEqual([
      'airflow/dags/sql/unused.sql', 'case_extract:built', 'case_extract:extract_closed', 'case_extract:fee_checks', 'case_extract:fees', 'case_extract:fees#2', 'case_extract:lost',
      'case_extract:officer_load', 'case_extract:officers', 'case_extract:refresh', 'case_extract:warehouse_fees', 'order_totals:total', 'refund_report:refund_report.refunds',
    ]);
  });

  test('tells who owns it, when it runs, and what for', () => {
    expect(query('case_extract:extract_closed')).toMatchObject({
      container: { kind: 'dag', id: 'case_extract', title: 'case_extract' },
      title: 'extract_closed',
      description: 'Copies closed cases to the warehouse.',
      owners: [{ name: 'case-data-team', via: 'owner-field' }, { name: 'case-data@regulator.example', via: 'owner-field' }],
      schedule: '15 2 * * *',
    });
    expect(query('refund_report:refund_report.refunds')).toMatchObject({ schedule: '@daily', owners: [{ name: 'Mara Lindt' }], connection: { name: 'shop_orders', engine: 'postgresql' } });
  });

  test('names the connection that is read, of a transfer the one that is extracted from', () => {
    expect(query('case_extract:extract_closed').connection).toEqual({ id: null, name: 'casework_replica', engine: 'postgresql', host: null, database: null });
    expect(query('case_extract:officers').connection).toMatchObject({ name: 'casework_replica' });
    expect(query('case_extract:fees').connection).toMatchObject({ name: 'postgres_default', engine: 'postgresql' });
    expect(query('case_extract:warehouse_fees').connection).toMatchObject({ name: 'lake', engine: 'bigquery' });
  });

  test('renders constants, lists, f-strings around Jinja, and configurations', () => {
    expect(sql('case_extract:extract_closed')).toBe("SELECT c.reference, c.closed_at\nFROM app.case_file AS c\nWHERE c.closed_at::date = '2024-01-01'");
    expect(sql('case_extract:fees#2')).toBe("INSERT INTO staging.fee (office, amount) SELECT office, amount FROM app.fee WHERE booked_on = DATE '2024-01-01'");
    expect(sql('case_extract:refresh')).toBe("SELECT office FROM integration.fee_v1 WHERE month = '2024-01-01' AND office = 'north'");
    expect(query('case_extract:refresh').raw).toContain("month = '{{ data_interval_start.strftime('%Y-%m') }}'");
    expect(sql('case_extract:warehouse_fees')).toBe("SELECT office, SUM(amount) FROM dwh.fee WHERE day = '2024-01-01' GROUP BY office");
  });

  test('reads the file that a task names, there where it stands', () => {
    expect(query('case_extract:officer_load')).toMatchObject({ origin: { file: 'airflow/dags/sql/officer_load.sql', line: 1, column: 1 }, connection: { name: 'casework' } });
    expect(sql('case_extract:officer_load')).toBe("-- Officers who changed since the last run.\nINSERT INTO integration.officer_v1 (id, name)\nSELECT id, name\nFROM app.officer\nWHERE changed_at >= '2024-01-01'\n");
    expect(query('case_extract:lost').problems).toEqual([{ code: 'missing-reference', message: 'its SQL is the file gone.sql, which is not among the files that were read' }]);
  });

  test('says what only the running program knows', () => {
    expect(query('case_extract:built').problems).toEqual([{ code: 'dynamic-sql', message: 'the program builds the SQL of this task as it runs: make_sql("fee")' }]);
  });

  test('gives checks of a table as expressions over it', () => {
    expect(query('case_extract:fee_checks')).toMatchObject({ role: 'quality-check', sqlKind: 'expression', raw: 'COUNT(*) >= 100', title: 'enough_rows' });
    expect(sql('case_extract:fee_checks')).toBe('SELECT (\nCOUNT(*) >= 100\n) AS value FROM app.fee AS t');
  });

  test('of a factory is read like one of Python', () => {
    expect(query('order_totals:total')).toMatchObject({ owners: [{ name: 'shop-reporting' }], schedule: '0 4 * * *', connection: { name: 'shop_orders', engine: 'postgresql' }, origin: { pointer: '/order_totals/tasks/total/sql', line: 13 } });
    expect(sql('order_totals:total')).toBe("SELECT placed_on, sum(total)\nFROM shop.orders\nWHERE placed_on = '2024-01-01'\nGROUP BY placed_on\n");
  });

  test('with other forms of tasks', () => {
    const dag = `${HEAD}
dag = DAG(dag_id="nightly", schedule_interval=timedelta(hours=6), default_args=dict(owner="fees", postgres_conn_id="casework"))
other = DAG("other", schedule=None)
one = PostgresOperator(task_id="one", dag=dag, sql=open("sql/one.sql").read())
two = OracleOperator(task_id=f"two", dag=other, oracle_conn_id="ledger", sql="SELECT id FROM ledger.entry")
three = SQLExecuteQueryOperator.partial(task_id="three", conn_id="a", dag=dag).expand(sql=["SELECT 1 AS a FROM x", "SELECT 2 AS a FROM y"])
four = MyOwnOperator(task_id="four", owner="Ines", query=f"SELECT id FROM {table}", my_conn_id="b", dag=dag)
`;
    expect(read(['dags/n.py', dag], ['dags/sql/one.sql', 'SELECT one FROM app.fee']).map(({ id, raw, connection, owners, schedule, origin }) => [id, raw, connection?.name, owners.map(({ name }) => name).join(), schedule, origin.file])).toEqual([
      ['airflow:nightly:one', 'SELECT one FROM app.fee', 'casework', 'fees', 'timedelta(hours=6)', 'dags/sql/one.sql'],
      ['airflow:other:two', 'SELECT id FROM ledger.entry', 'ledger', '', null, 'dags/n.py'],
      ['airflow:nightly:three', 'SELECT 1 AS a FROM x', 'a', 'fees', 'timedelta(hours=6)', 'dags/n.py'],
      ['airflow:nightly:three#2', 'SELECT 2 AS a FROM y', 'a', 'fees', 'timedelta(hours=6)', 'dags/n.py'],
      ['airflow:nightly:four', 'SELECT id FROM {table}', 'b', 'Ines,fees', 'timedelta(hours=6)', 'dags/n.py'],
    ]);
  });
});

test('each text stands where its query says', async () => {
  for (const { id, raw, origin } of queries.values()) {
    if (raw === '') continue;
    expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).startsWith(raw.slice(0, 20)), id).toBe(true);
  }
});

test('all of them parse as PostgreSQL', () => {
  for (const { id, variants } of queries.values()) for (const { sql: text } of variants) expect(() => parseSync(text), `${id} ${text}`).not.toThrow();
});

test('files are recognised by what they hold', () => {
  const certainty = (text: string, path: string, around = alone): number => source.recognises(new SourceFile(path, text), around);
  expect(certainty(`${HEAD}with DAG("x"):\n    pass`, 'x.py')).toBeGreaterThan(0.9);
  expect(certainty('# airflow\nDAG = nx.DiGraph()', 'x.py')).toBe(0);
  expect(certainty('from airflow.models import BaseOperator', 'x.py')).toBe(0);
  expect(certainty("SELECT id FROM app.fee WHERE day = '{{ ds }}'", 'x.sql')).toBeGreaterThan(0.9);
  expect(certainty('SELECT id FROM app.fee', 'x.sql')).toBe(0);
  expect(certainty("SELECT id FROM {{ ref('fee') }}", 'dags/dbt/models/x.sql', new FileSet(['dags/dbt/dbt_project.yml']))).toBe(0);
  expect(certainty('operator: none', 'x.yml')).toBe(0);
});

test('broken programs cost nothing but themselves', () => {
  for (const text of [`${HEAD}with DAG(`, `${HEAD}DAG(dag_id=DAG(dag_id=DAG(`, `${HEAD}a = a\nwith DAG(a, default_args=a, params=a) as d:\n  X(task_id=a, sql=a)`, `${HEAD}DAG("x")\n${'XOperator(task_id="a", sql=['.repeat(2_000)}`, `${HEAD}DAG("x")\nXOperator(task_id="a", sql="${'{{ '.repeat(5_000)}")`]) {
    expect(() => read(['a.py', text])).not.toThrow();
  }
  expect(() => read(['a.yml', 'x:\n  tasks:\n    - operator: 7\n      sql: [1, {a: 2}]\n    - 7\n  default_args: 7'])).not.toThrow();
});
