import type { Call, Expression } from '../model/syntax-tree.js';
import type { Block } from './block.js';
import { offsetOf } from './expression-flows.js';
import { Lineage } from './lineage.js';
import type { Slot } from './scope.js';
import { withoutSpans } from './stored-relation.js';

/** Functions that run the SQL in one of their arguments here, with the position of that argument. */
const RUNS_HERE: Record<string, number> = {
  query_to_xml: 0, query_to_xmlschema: 0, query_to_xml_and_xmlschema: 0, ts_stat: 0, crosstab: 0, crosstab2: 0, crosstab3: 0, crosstab4: 0, query: 0,
};

/** Functions that read what lies outside of the database: another server, a file, an address. */
const READS_OUTSIDE: Record<string, string> = {};
for (const [what, names] of Object.entries({
  'runs SQL in another database':
    'dblink dblink_exec dblink_open dblink_send_query postgres_query postgres_execute postgres_scan postgres_scan_pushdown mysql_query mysql_scan mysql_execute sqlite_query sqlite_scan external_query openquery opendatasource remote remotesecure clusterallreplicas cluster postgresql mysql mongodb jdbc odbc',
  'reads files':
    'read_csv read_csv_auto read_parquet read_json read_json_auto read_ndjson read_ndjson_auto read_text read_blob parquet_scan iceberg_scan delta_scan sniff_csv read_xlsx st_read openrowset s3 s3cluster gcs file hdfs url azureblobstorage iceberg deltalake infer_schema read_files cloud_files pg_read_file pg_read_binary_file pg_ls_dir',
})) for (const name of names.split(' ')) READS_OUTSIDE[name] = what;

/** What is uncertain of a function that reads outside; null for every other. */
export function readsOutside({ name }: Call): string | null {
  const last = name.at(-1) ?? '';
  const what = Object.hasOwn(READS_OUTSIDE, last) ? READS_OUTSIDE[last] : undefined;
  return what === undefined ? null : `${last} ${what}: what it reads there is not known`;
}

/** The outputs of the SQL that stands as a literal in a call which runs it here; null for every other call. */
export function sqlArgument(call: Call, lineage: Lineage, block: Block): Slot[] | null {
  const last = call.name.at(-1) ?? '';
  const { context, within, result } = lineage;
  const position = Object.hasOwn(RUNS_HERE, last) ? RUNS_HERE[last] : undefined;
  if (position === undefined || (last === 'query' && context.dialect.id !== 'duckdb')) return null;
  const text = literal(call.arguments[position]);
  const statement = text === null ? undefined : context.parse(text).statements[0]?.statement;
  if (!statement) {
    lineage.diagnose(`${last} runs SQL that is built at run time: what it reads is not known`, offsetOf(call.span));
    return null;
  }
  const inner = new Lineage(context, within);
  inner.statement(statement);
  for (const use of inner.result.uses) lineage.noteUse({ ...use, span: null });
  for (const table of inner.result.base) result.base.add(table);
  for (const name of inner.result.unknownRelations) result.unknownRelations.add(name);
  for (const [key, columns] of inner.result.direct) result.direct.set(key, new Set([...(result.direct.get(key) ?? []), ...columns]));
  for (const { message } of inner.result.diagnostics) lineage.diagnose(`in the SQL given to ${last}: ${message}`, offsetOf(call.span));
  block.children.push(inner.result.block);
  return inner.result.outputs.map((slot) => ({ name: slot.name, flows: withoutSpans(slot.flows) }));
}

function literal(expression: Expression | undefined): string | null {
  if (expression?.type === 'literal' && expression.kind === 'string') return expression.value;
  return expression?.type === 'cast' ? literal(expression.operand) : null;
}
