import type { FoundColumn } from './columns.js';
import { keyOf, type FoundTable } from './find.js';

/** How an engine writes what is asked of control tables. Every expression gives a text or null; `column` is its SQL. */
export interface ControlDialect {
  name(identifier: string): string;
  /** Epoch seconds; null for infinity. */
  epoch(column: string): string;
  /** At most so many characters. */
  text(column: string, length_max: number): string;
  /** Of texts that are never null. */
  digest(texts: readonly string[]): string;
}

export const POSTGRES_CONTROL: ControlDialect = {
  name: quoted,
  epoch: (column) => `case when isfinite(${column}) then extract(epoch from ${column})::float8::text end`,
  text: (column, length_max) => `left(${column}::text, ${length_max})`,
  digest: (texts) => `encode(sha256(convert_to(concat_ws(chr(31), ${texts.join(', ')}), 'UTF8')), 'hex')`,
};

export const DUCKDB_CONTROL: ControlDialect = {
  name: quoted,
  epoch: (column) => `cast(epoch(${column}) as varchar)`,
  text: (column, length_max) => `left(cast(${column} as varchar), ${length_max})`,
  digest: (texts) => `sha256(concat_ws(chr(31), ${texts.join(', ')}))`,
};

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

const NAME_LENGTH_MAX = 200;
/** A list of products, or a document: longer ones are cut. */
const LIST_LENGTH_MAX = 4_000;
/** Longer values are equal by their beginning. */
const DIGEST_LENGTH_MAX = 100_000;

/** What a row gives of one column. */
export type Asked =
  /** Its text; of a time epoch seconds. */
  | { as: 'value' | 'list'; part: string }
  /** `1` where nothing stands there; in braces, whether `{}` and `[]` are nothing too. */
  | { as: 'missing'; part: string; braces: boolean }
  /** What only tells whether two are equal: no value leaves the store. */
  | { as: 'digest'; parts: readonly string[]; folded: boolean };

/** One bounded statement: the newest rows of a control table, of each what is asked. */
export function controlSql(dialect: ControlDialect, table: FoundTable, asked: Readonly<Record<string, Asked>>, order: string | null, row_max: number): string {
  const outputs = Object.entries(asked).map(([output, each]) => `${expression(dialect, table, each)} as ${dialect.name(output)}`);
  const column = order === null ? undefined : table.columns[order];
  const ordered = column === undefined ? '' : ` order by t.${dialect.name(column.name)} desc nulls last`;
  return `select ${outputs.join(', ')} from ${dialect.name(table.schema)}.${dialect.name(table.name)} as t${ordered} limit ${row_max}`;
}

function expression(dialect: ControlDialect, { columns }: FoundTable, asked: Asked): string {
  const sql = (column: FoundColumn): string => `t.${dialect.name(column.name)}`;
  if (asked.as === 'digest') {
    const found = asked.parts.map((part) => columns[part]);
    const known = found.filter((column) => column !== undefined);
    if (known.length < found.length) return NOTHING;
    return dialect.digest(known.map((column) => {
      const text = dialect.text(sql(column), DIGEST_LENGTH_MAX);
      return `coalesce(${asked.folded ? `lower(trim(${text}))` : text}, '')`;
    }));
  }
  const column = columns[asked.part];
  if (column === undefined) return NOTHING;
  if (asked.as === 'missing') {
    const nothing = ["''", "'null'", "'\"\"'", ...(asked.braces ? ["'{}'", "'[]'"] : [])];
    return `case when ${sql(column)} is null or trim(${dialect.text(sql(column), NAME_LENGTH_MAX)}) in (${nothing.join(', ')}) then '1' else '0' end`;
  }
  if (column.kind === 'time') return dialect.epoch(sql(column));
  return dialect.text(sql(column), asked.as === 'list' ? LIST_LENGTH_MAX : NAME_LENGTH_MAX);
}

const NOTHING = 'null';

/** `control.pipeline_run`, and the columns of it that are read, for a grant. */
export function columnsRead({ columns }: FoundTable): string[] {
  return [...new Set(Object.values(columns).flatMap((column) => column?.name ?? []))].toSorted();
}

export { keyOf };
