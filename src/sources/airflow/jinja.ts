import { callable, object, unknown, type JinjaEnvironment, type JinjaValue } from '../../template/jinja.js';

const DATES = ['ds', 'yesterday_ds', 'tomorrow_ds', 'prev_ds', 'next_ds', 'prev_start_date_success'];
const TIMES = [
  'ts', 'data_interval_start', 'data_interval_end', 'logical_date', 'execution_date', 'next_execution_date', 'prev_execution_date', 'prev_data_interval_start_success',
  'prev_data_interval_end_success',
];
const NUMBERS = ['ds_nodash', 'yesterday_ds_nodash', 'tomorrow_ds_nodash', 'prev_ds_nodash', 'next_ds_nodash'];

/**
 * What Airflow gives its templates (Templates reference, 2.10): dates by their slot, `params` as the DAG states them, all else
 * as a value that only a run knows.
 */
export function airflowEnvironment(params: ReadonlyMap<string, string>, load: (name: string) => string | null): JinjaEnvironment {
  const globals = new Map<string, JinjaValue>();
  for (const name of DATES) globals.set(name, unknown(name, { type: 'date' }));
  for (const name of TIMES) globals.set(name, unknown(name, { type: 'timestamp' }));
  for (const name of NUMBERS) globals.set(name, unknown(name, { type: 'number', values: ['20240101'] }));
  for (const name of ['ts_nodash', 'ts_nodash_with_tz']) globals.set(name, unknown(name, { type: 'text', values: ['20240101T000000'] }));
  globals.set('params', object('', params));
  const dates = ['ds_add', 'ds_format', 'datetime_diff_for_humans'];
  globals.set('macros', object('', dates.map((name): [string, JinjaValue] => [name, callable(name, () => unknown(`macros.${name}`, { type: 'date' }))])));
  return {
    globals,
    unknownName: (name) => unknown(name),
    unknownCall: (path) => unknown(path, { type: /\b(ds_add|ds_format|date|datetime|strftime|to_date_string|isoformat|in_timezone|subtract|add)\b/.test(path) ? 'date' : 'unknown' }),
    load,
  };
}
