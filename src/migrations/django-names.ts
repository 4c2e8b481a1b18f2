import { createHash } from 'node:crypto';

/** PostgreSQL's limit, which Django keeps (`get_max_name_length`, db/backends/postgresql/operations.py, 5.1). */
const NAME_LENGTH_MAX = 63;

/** `_create_index_name` of django/db/backends/base/schema.py, 5.1: for keys and uniqueness of several columns. */
export function constraintName(table: string, columns: readonly string[], suffix: string): string {
  const hash = createHash('md5');
  for (const part of [table, ...columns]) hash.update(part);
  const ending = `${hash.digest('hex').slice(0, 8)}${suffix}`;
  const whole = `${table}_${columns.join('_')}_${ending}`;
  if (whole.length <= NAME_LENGTH_MAX) return whole;
  const cut = ending.length > NAME_LENGTH_MAX / 3 ? ending.slice(0, Math.floor(NAME_LENGTH_MAX / 3)) : ending;
  const other = Math.floor((NAME_LENGTH_MAX - cut.length) / 2) - 1;
  const name = `${table.slice(0, other)}_${columns.join('_').slice(0, other)}_${cut}`;
  return /^[_\d]/.test(name) ? `D${name.slice(0, -1)}` : name;
}
