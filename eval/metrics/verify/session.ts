import type { Client, QueryArrayResult } from 'pg';

/** Numbers come as text, so that nothing is rounded on the way. */
const TEXTS = { getTypeParser: () => (value: string | Buffer): string => value.toString() };

export async function rowsOf(client: Client, sql: string): Promise<unknown[]> {
  return (await client.query<Record<string, unknown>>(sql)).rows;
}

type TextResult = QueryArrayResult<(string | null)[]>;

/** A text of several statements gives a list of results, which the types of pg do not say. */
function last(result: TextResult | TextResult[]): TextResult {
  const found = Array.isArray(result) ? result.at(-1) : result;
  if (found === undefined) throw new Error('a text without a statement has no result');
  return found;
}

const NUMBERS = new Set([20, 21, 23, 26, 700, 701, 1700]);
const NUMBER_DECIMALS = 6;

/** The text under which values of answers count as the same: numbers to six decimals, midnight as its date, NULL apart from every text. */
export function valueText(value: string | null, type: number): string {
  if (value === null) return '∅';
  if (NUMBERS.has(type)) {
    const number = Number(value);
    return Number.isFinite(number) && Math.abs(number) < 1e15 ? String(Number(number.toFixed(NUMBER_DECIMALS)) + 0) : value;
  }
  if (type === 1114 || type === 1184) return value.replace(/ 00:00:00(\+00|[+-]\d\d(:\d\d)?)?$/, '');
  return value;
}

/** An answer as one text: rows sorted, columns by position; `error: …` where the query fails. */
export async function answerOf(client: Client, sql: string): Promise<{ text: string; rows: string[][] | null }> {
  try {
    const { rows, fields } = last(await client.query<(string | null)[]>({ text: `savepoint ask; ${sql.replace(/;\s*$/, '')}`, rowMode: 'array', types: TEXTS }));
    const texts = rows.map((row) => row.map((value, index) => valueText(value, fields[index]?.dataTypeID ?? 0)));
    return { text: texts.map((row) => row.join(' | ')).sort().join('\n'), rows: texts };
  } catch (error) {
    await client.query('rollback to savepoint ask');
    return { text: `error: ${error instanceof Error ? error.message : String(error)}`, rows: null };
  }
}

const CLOCK = /\b(now\s*\(\s*\)|current_timestamp|current_date|localtimestamp)/gi;

/** The text with the clock stopped; texts of cases have no clock inside literals. */
export function freeze(sql: string, instant: string): string {
  return sql.replace(CLOCK, (word) => {
    const name = word.toLowerCase();
    if (name === 'current_date') return `((timestamptz '${instant}')::date)`;
    if (name === 'localtimestamp') return `((timestamptz '${instant}')::timestamp)`;
    return `(timestamptz '${instant}')`;
  });
}
