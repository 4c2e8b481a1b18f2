import type { SyntaxNode } from '@lezer/common';
import { engineOfWord } from '../code/connections.js';
import { textOf } from '../code/program.js';
import { argumentsOf, dictionaryEntries } from '../code/python.js';
import type { ProgramScan } from '../code/scan.js';

/** A task of Airflow as its operator is called. */
export interface Task {
  id: string | null;
  operator: string;
  node: SyntaxNode;
  named: ReadonlyMap<string, SyntaxNode>;
  sql: { argument: string; node: SyntaxNode }[];
  /** The connection that the SQL runs on: of a transfer the one that is extracted from. */
  connection: string | null;
  engine: string | null;
}

/** Arguments that hold SQL, of the operators of the providers `common.sql`, postgres, google, amazon, snowflake, databricks, mysql and others. */
const SQL_ARGUMENTS = ['sql', 'query', 'bql', 'hql', 'sql_query', 'select_query', 'sql_statements', 'statement', 'statements', 'pass_sql', 'follow_task_sql', 'pre_sql', 'preoperator', 'postoperator', 'postgres_preoperator', 'mysql_preoperator', 'mysql_postoperator', 'oracle_preoperator', 'cassandra_query', 'cql', 'source_sql'];
/** Operators whose `query` is another language, or the name of something. */
const NOT_SQL = /^(Cassandra|Mongo|Elasticsearch|Http|Bash|Python|Email|Slack|Salesforce|Neo4j|Influx|Prometheus|GoogleAnalytics|CloudWatch|Docker|Kubernetes)/;
const TASK_NAME = /(Operator|Sensor|Transfer|Task|ToGCS|ToS3|ToBigQuery|OperatorAsync)$/;

/** The tasks that a program declares: calls of operators, known or of the organisation's own, that name a `task_id` or hold SQL. */
export function tasksOf(scan: ProgramScan): Task[] {
  const tasks: Task[] = [];
  scan.tree.iterate({
    enter: (cursor) => {
      if (cursor.name !== 'CallExpression') return undefined;
      const task = taskOf(cursor.node, scan);
      if (task !== null) tasks.push(task);
      return undefined;
    },
  });
  return tasks;
}

function taskOf(node: SyntaxNode, scan: ProgramScan): Task | null {
  const { firstChild } = node;
  // `Operator.partial(task_id=…).expand(sql=…)`
  const callee = textOf(firstChild, scan.source);
  if (callee.length > 2_000 || firstChild === null) return null;
  const isExpanded = /\.(expand|expand_kwargs)$/.test(callee);
  const partial = isExpanded ? (firstChild.firstChild ?? null) : null;
  const name = (isExpanded ? textOf(partial?.firstChild ?? null, scan.source).replace(/\.partial$/, '') : callee.replace(/\.partial$/, '')).replace(/^.*\./s, '');
  if (!isExpanded && callee.endsWith('.partial')) return null;
  const named = new Map([...(partial === null ? [] : argumentsOf(partial, scan.source).named), ...argumentsOf(node, scan.source).named]);
  const taskId = named.get('task_id');
  if (taskId === undefined && !TASK_NAME.test(name)) return null;
  const sql = NOT_SQL.test(name) ? [] : sqlArguments(named, scan.source);
  return {
    id: scan.evaluator.constant(taskId),
    operator: name,
    node,
    named,
    sql,
    connection: connectionId(name, named, scan),
    engine: engineOf(name),
  };
}

function sqlArguments(named: ReadonlyMap<string, SyntaxNode>, source: string): Task['sql'] {
  const found = SQL_ARGUMENTS.flatMap((argument) => {
    const node = named.get(argument);
    return node === undefined ? [] : [{ argument, node }];
  });
  // BigQueryInsertJobOperator(configuration={"query": {"query": …}})
  const configuration = named.get('configuration');
  const job = configuration?.name === 'DictionaryExpression' ? dictionaryEntries(configuration, source).find(([key]) => key === 'query')?.[1] : undefined;
  const query = job?.name === 'DictionaryExpression' ? dictionaryEntries(job, source).find(([key]) => key === 'query')?.[1] : undefined;
  if (query !== undefined) found.push({ argument: 'query', node: query });
  return found;
}

/** The engine that an operator reads: the first one that its name tells (`PostgresToGCSOperator`, `RedshiftSQLOperator`). */
export function engineOf(operator: string): string | null {
  if (operator.startsWith('S3ToRedshift')) return 'redshift';
  if (operator.startsWith('GCSToBigQuery')) return 'bigquery';
  return engineOfWord(operator) ?? engineOfWord(operator.replace(/^(MySql|MySQL)/, 'mysql').replace(/^MsSql/, 'mssql'));
}

function connectionId(operator: string, named: ReadonlyMap<string, SyntaxNode>, scan: ProgramScan): string | null {
  const ids = [...named.keys()].filter((key) => /(^|_)conn_id$|^gcp_conn_id$|^conn$/.test(key));
  const own = engineOf(operator);
  const wanted = [
    ...ids.filter((key) => /^(source|src|sql)_/.test(key)),
    ...ids.filter((key) => own !== null && key.startsWith(own.slice(0, 5))),
    ...ids.filter((key) => key === 'conn_id'),
    ...ids.filter((key) => !/^(gcp|google|aws|dest|destination|http|ssh|slack|s3)_/.test(key)),
    ...ids.filter((key) => !/^(dest|destination|http|ssh|slack|s3)/.test(key)),
  ];
  for (const key of wanted) {
    const text = scan.evaluator.constant(named.get(key));
    if (text !== null) return text;
  }
  return null;
}

/** The connection that an operator uses unasked (`PostgresHook.default_conn_name` and the like); null where nobody can tell. */
export function defaultConnection(operator: string): string | null {
  const engine = engineOf(operator);
  if (engine === null) return null;
  return { postgresql: 'postgres_default', bigquery: 'google_cloud_default', athena: 'aws_default', redshift: 'redshift_default', mssql: 'mssql_default' }[engine] ?? `${engine}_default`;
}
