import type { EpochSeconds } from '../model/live.js';
import type { ColumnForm } from '../stores/expressions/expression.js';
import { expressionsOf } from '../stores/expressions/index.js';
import type { LiveSession } from '../stores/live.js';
import type { PlannedSide } from './keys/types.js';

/** A column of the target that tells how far it is. */
export interface TargetColumn {
  kind: 'time' | 'lsn' | 'version';
  column: string;
  form: ColumnForm;
}

/** Seconds that a column cuts off, and what versions of one engine differ by where they make seconds of a moment. */
export function resolutionOf(form: ColumnForm): number {
  return form.kind === 'timestamp' && form.digits < 6 ? 10 ** -form.digits : 1e-6;
}

/** The largest moment up to now, in seconds since 1970. */
export function timeStatement({ engine }: LiveSession, { from }: PlannedSide, { column, form }: { column: string; form: ColumnForm }, now: EpochSeconds): string {
  const { name, epochSeconds, moment } = expressionsOf(engine);
  const time = `t.${name(column)}`;
  return `select ${epochSeconds(`max(${time})`, form)} as newest from ${from} where ${time} <= ${moment(now, form)}`;
}

/** The largest version, as digits. */
export function versionStatement({ engine }: LiveSession, { from }: PlannedSide, column: string): string {
  const { name, digits } = expressionsOf(engine);
  return `select ${digits(`max(t.${name(column)})`)} as newest from ${from}`;
}

/** Text does not sort as positions do: `0/9` is before `0/16B3748`. The longer half is the larger one. */
export function lsnStatement({ engine }: LiveSession, { from }: PlannedSide, { column, form }: TargetColumn): string {
  const { name, digits } = expressionsOf(engine);
  const value = `t.${name(column)}`;
  if (form.kind !== 'text') return `select ${digits(`max(${value})`)} as newest from ${from}`;
  const part = (index: 1 | 2): string => {
    if (engine === 'clickhouse') return `splitByChar('/', toString(${value}))[${index}]`;
    if (engine === 'bigquery') return `split(${value}, '/')[safe_offset(${index - 1})]`;
    return `split_part(${value}, '/', ${index})`;
  };
  const order = ([1, 2] as const).flatMap((index) => [`length(${part(index)}) desc`, `upper(${part(index)}) desc`]);
  return `select ${value} as newest from ${from} where ${value} is not null order by ${order.join(', ')} limit 1`;
}
