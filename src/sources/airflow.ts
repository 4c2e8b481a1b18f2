import type { CollectedQuery } from '../model/query.js';
import { isFactory, readFactory } from './airflow/factory.js';
import { SqlFiles } from './airflow/files.js';
import { airflowEnvironment } from './airflow/jinja.js';
import { readDagFile } from './airflow/read.js';
import { isDag } from './airflow/recognise.js';
import { isPython } from './code/code-file.js';
import { codeQuery, Ids, renderText } from './code/record.js';
import { sqlLikeness } from './code/sql-text.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { titleOf } from './common/words.js';
import type { ReadContext, Source } from './source.js';

const ID = 'airflow';

/** What only Airflow's templates hold. */
const MACROS = /\{[{%][^{}]{0,200}\b(ds|ds_nodash|ts_nodash|data_interval_(start|end)|execution_date|logical_date|next_ds|prev_ds|dag_run|ti\.xcom_pull|task_instance|macros\.(ds_add|ds_format|datetime)|var\.(value|json)|conn\.\w+|params\.\w+)\b/;

/**
 * Airflow: the tasks of DAGs that are written in Python, those of YAML factories, and the SQL files beside them. Programs are
 * parsed, never run.
 */
export const source: Source = {
  id: ID,
  recognises(file, surroundings) {
    const { path, text } = file;
    if (isPython(path)) return isDag(text) ? 0.95 : 0;
    if (/\.ya?ml$/i.test(path)) return /\boperator\s*:/.test(text) && isFactory(file.yaml) ? 0.8 : 0;
    if (!/\.(sql|hql|bql)$/i.test(path) || surroundings.nearest('dbt_project.yml', path) !== null) return 0;
    const isBesideDags = /(^|\/)dags\//.test(path) || MACROS.test(text);
    return isBesideDags && sqlLikeness(text) !== 'no' ? 0.92 : 0;
  },
  read(files, context) {
    const sqlFiles = new SqlFiles(files.filter(({ path }) => /\.(sql|hql|bql)$/i.test(path)));
    const origins = new Origins();
    const ids = new Ids();
    const queries: CollectedQuery[] = [];
    for (const file of files) {
      const found = isPython(file.path) ? readDagFile(file, sqlFiles, ids, context) : /\.ya?ml$/i.test(file.path) ? readFactory(file, sqlFiles, ids, origins, context) : [];
      for (const query of found) queries.push(query);
    }
    for (const file of sqlFiles.unused) queries.push(fileQuery(file, ids, sqlFiles, context));
    origins.resolve();
    return queries;
  },
};

/** A file that no DAG names by a text that is written down: which one runs it, only the running program knows. */
function fileQuery(file: SourceFile, ids: Ids, sqlFiles: SqlFiles, context: ReadContext): CollectedQuery {
  const folder = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
  return codeQuery({
    id: ids.unused(`${ID}:${file.path}`),
    kind: ID,
    title: titleOf(file.path.slice(file.path.lastIndexOf('/') + 1)),
    description: null,
    container: folder === '' ? null : { kind: 'folder', id: folder, title: folder },
    owners: [],
    connection: context.connection,
    origin: { file: file.path, pointer: '', line: 1, column: 1 },
    ...renderText(file.text, [], airflowEnvironment(new Map(), (name) => sqlFiles.resolve(name, file.path, [])?.text ?? null)),
  });
}
