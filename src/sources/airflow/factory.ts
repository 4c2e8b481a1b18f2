import { z } from 'zod';
import type { CollectedQuery } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { titleOf } from '../common/words.js';
import { codeQuery, type Ids, namedConnection, renderText } from '../code/record.js';
import type { ReadContext } from '../source.js';
import type { SqlFiles } from './files.js';
import { airflowEnvironment } from './jinja.js';
import { defaultConnection, engineOf } from './operators.js';

const text = z.string().nullish().catch(undefined);
const dagShape = z.object({
  dag_id: text,
  description: text,
  schedule: text,
  schedule_interval: text,
  default_args: z.object({ owner: text, email: z.union([z.string(), z.array(z.string().catch(''))]).optional().catch(undefined) }).optional().catch(undefined),
});

const SQL_KEYS = ['sql', 'query', 'bql'];
const DEFAULTS = 'default';

/** A file of a DAG factory: DAGs by name, their tasks by name or in a list, each with its operator. */
export function isFactory(value: unknown): boolean {
  return isObject(value) && Object.values(value).slice(0, 50).some((dag) => tasksOf(dag).some(({ task }) => typeof task['operator'] === 'string'));
}

function tasksOf(dag: unknown): { name: string; task: Record<string, unknown>; step: string }[] {
  const tasks = isObject(dag) ? dag['tasks'] : null;
  if (Array.isArray(tasks)) return tasks.flatMap((task: unknown, index) => (isObject(task) ? [{ name: typeof task['task_id'] === 'string' ? task['task_id'] : String(index + 1), task, step: `/tasks/${index}` }] : []));
  if (!isObject(tasks)) return [];
  return Object.entries(tasks).flatMap(([name, task]) => (isObject(task) ? [{ name, task, step: `/tasks${pointerStep(name)}` }] : []));
}

export function readFactory(file: SourceFile, sqlFiles: SqlFiles, ids: Ids, origins: Origins, context: ReadContext): CollectedQuery[] {
  const { value } = file;
  if (!isObject(value)) return [];
  const shared = dagShape.catch({}).parse(value[DEFAULTS] ?? {});
  return Object.entries(value).flatMap(([name, dag]) => {
    if (!isObject(dag) || name === DEFAULTS) return [];
    const own = dagShape.catch({}).parse(dag);
    const id = own.dag_id ?? name;
    const args = { ...shared.default_args, ...own.default_args };
    const people = [args.owner, ...[args.email ?? []].flat()].filter((person) => typeof person === 'string' && person !== '' && person !== 'airflow');
    return tasksOf(dag).flatMap(({ name: task, task: settings, step }) =>
      textsOf(settings).map(({ sql, step: inner }) => {
        const pointer = `${pointerStep(name)}${step}${inner}`;
        const path = /\.(sql|hql|bql)\s*$/i.test(sql) && !/\s/.test(sql.trim()) ? sql.trim() : null;
        const found = path === null ? null : sqlFiles.resolve(path, file.path, []);
        if (found !== null) sqlFiles.use(found);
        const environment = airflowEnvironment(new Map(), (other) => sqlFiles.resolve(other, file.path, [])?.text ?? null);
        const rendered =
          path !== null && found === null
            ? { raw: '', variants: [], problems: [{ code: 'missing-reference' as const, message: `its SQL is the file ${path.slice(0, 200)}, which is not among the files that were read` }] }
            : renderText(found?.text ?? sql, [], environment);
        const connection = connectionOf(settings);
        return codeQuery({
          id: ids.unused(`airflow:${id}:${task}`),
          kind: 'airflow',
          title: titleOf(task),
          description: own.description ?? null,
          container: { kind: 'dag', id, title: titleOf(id) },
          owners: people.map((person) => ({ name: String(person), via: 'owner-field' as const })),
          connection: connection ?? context.connection,
          origin: found === null ? origins.add(file, pointer) : { file: found.path, pointer: '', line: 1, column: 1 },
          schedule: own.schedule ?? own.schedule_interval ?? shared.schedule ?? shared.schedule_interval ?? null,
          ...rendered,
        });
      }),
    );
  });
}

function textsOf(task: Record<string, unknown>): { sql: string; step: string }[] {
  const found: { sql: string; step: string }[] = [];
  for (const key of SQL_KEYS) {
    const value = task[key];
    if (typeof value === 'string' && value.trim() !== '') found.push({ sql: value, step: pointerStep(key) });
    if (Array.isArray(value)) for (const [index, item] of value.entries()) if (typeof item === 'string') found.push({ sql: item, step: `${pointerStep(key)}/${index}` });
  }
  const { configuration } = task;
  const job = isObject(configuration) ? configuration['query'] : null;
  if (isObject(job) && typeof job['query'] === 'string') found.push({ sql: job['query'], step: '/configuration/query/query' });
  return found;
}

function connectionOf(task: Record<string, unknown>): ReturnType<typeof namedConnection> | null {
  const operator = typeof task['operator'] === 'string' ? task['operator'].replace(/^.*\./, '') : '';
  const ids = Object.entries(task).filter(([key, value]) => /(^|_)conn_id$/.test(key) && typeof value === 'string');
  const chosen = ids.find(([key]) => !/^(gcp|google|aws|dest|destination|s3)/.test(key)) ?? ids[0];
  const name = typeof chosen?.[1] === 'string' ? chosen[1] : defaultConnection(operator);
  return name === null ? null : namedConnection(name, engineOf(operator));
}
