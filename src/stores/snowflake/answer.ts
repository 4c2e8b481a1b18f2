import { z } from 'zod';

/** One column of a result (SQL API reference, ResultSet_resultSetMetaData). Types are told in lower or upper case. */
export const columnType = z.object({
  name: z.string(),
  type: z.string(),
  precision: z.number().nullish(),
  scale: z.number().nullish(),
  length: z.number().nullish(),
  nullable: z.boolean().nullish(),
});
export type ColumnType = z.infer<typeof columnType>;

const cells = z.array(z.array(z.string().nullable()));

export const resultSet = z.object({
  code: z.string().nullish(),
  statementHandle: z.string().nullish(),
  resultSetMetaData: z.object({
    numRows: z.number().nullish(),
    rowType: z.array(columnType),
    partitionInfo: z.array(z.object({ rowCount: z.number().nullish(), uncompressedSize: z.number().nullish() })).nullish(),
  }),
  data: cells.nullish(),
});
export type ResultSet = z.infer<typeof resultSet>;

export const partition = z.object({ data: cells });

/** QueryStatus of 202 and QueryFailureStatus of 408 and 422. */
export const queryStatus = z.object({
  code: z.string().nullish(),
  sqlState: z.string().nullish(),
  message: z.string().nullish(),
  statementHandle: z.string().nullish(),
});
export type QueryStatus = z.infer<typeof queryStatus>;

/** Integers of up to so many digits are numbers, as an `integer` of PostgreSQL is; wider ones stay texts, as its `bigint`. */
const NUMBER_DIGITS_MAX = 9;

/**
 * Rows by name of column. Snowflake writes names without quotes in upper case: these are given in lower case, as the
 * statement wrote them. Numbers with decimals and wide ones are texts; dates and times are texts as ISO 8601 writes them.
 */
export function rowsOf(columns: readonly ColumnType[], data: readonly (readonly (string | null)[])[]): Record<string, unknown>[] {
  const readers = columns.map((column) => [nameOf(column.name), valueReader(column)] as const);
  return data.map((cells) => Object.fromEntries(readers.map(([name, read], index) => {
    const cell = cells[index] ?? null;
    return [name, cell === null ? null : read(cell)];
  })));
}

function nameOf(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name.toLowerCase() : name;
}

/** Forms of cells: SQL API, Handling responses, "Determining how the data is encoded in the ResultSet". */
function valueReader({ type, scale, precision }: ColumnType): (cell: string) => unknown {
  switch (type.toLowerCase()) {
    case 'fixed':
    case 'number':
      return (scale ?? 0) === 0 && (precision ?? Number.POSITIVE_INFINITY) <= NUMBER_DIGITS_MAX ? Number : (cell) => cell;
    case 'real':
    case 'float':
    case 'double':
      return floatOf;
    case 'boolean':
      return (cell) => cell === 'true' || cell === '1' || cell === 'TRUE';
    case 'date':
      return (cell) => (/^-?\d+$/.test(cell) ? isoOf(BigInt(cell) * 86_400_000_000_000n).slice(0, 10) : cell);
    case 'time':
      return (cell) => (/^\d+(\.\d+)?$/.test(cell) ? isoOf(nanoseconds(cell)).slice(11, -1) : cell);
    case 'timestamp_ntz':
      return (cell) => (isSeconds(cell) ? isoOf(nanoseconds(cell)).slice(0, -1).replace('T', ' ') : cell);
    case 'timestamp_ltz':
    case 'timestamp_tz':
      // The offset behind it, in minutes plus 1440, is how it was written; the moment stands before it.
      return (cell) => { const [moment = ''] = cell.split(' ', 1); return isSeconds(moment) ? isoOf(nanoseconds(moment)) : cell; };
    default:
      return (cell) => cell;
  }
}

function floatOf(cell: string): number {
  const infinite: Record<string, number> = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };
  return infinite[cell.toLowerCase()] ?? Number(cell);
}

function isSeconds(cell: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(cell);
}

/** Seconds with nine decimals, or nanoseconds: the documentation shows both. */
function nanoseconds(seconds: string): bigint {
  if (/^-?\d{16,}$/.test(seconds)) return BigInt(seconds);
  const [whole = '0', decimals = ''] = seconds.replace('-', '').split('.');
  const value = BigInt(whole) * 1_000_000_000n + BigInt(decimals.padEnd(9, '0').slice(0, 9));
  return seconds.startsWith('-') ? -value : value;
}

/** `2024-02-29T12:00:00.123456789Z`; without trailing zeros. */
function isoOf(moment_ns: bigint): string {
  const ms = moment_ns / 1_000_000n - (moment_ns % 1_000_000n < 0n ? 1n : 0n);
  const rest = moment_ns - ms * 1_000_000n;
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return String(moment_ns);
  const [day = '', time = ''] = date.toISOString().slice(0, -1).split('T');
  const digits = `${time.slice(9)}${String(rest).padStart(6, '0')}`.replace(/0+$/, '');
  return `${day}T${time.slice(0, 8)}${digits === '' ? '' : `.${digits}`}Z`;
}

/** A type as DESCRIBE TABLE prints it, from the metadata of a result. */
export function printedType({ type, precision, scale, length }: ColumnType): string {
  const upper = type.toUpperCase();
  if (upper === 'FIXED' || upper === 'NUMBER') return `NUMBER(${precision ?? 38},${scale ?? 0})`;
  if (upper === 'TEXT' || upper === 'VARCHAR') return length == null ? 'VARCHAR' : `VARCHAR(${length})`;
  if (upper === 'BINARY') return length == null ? 'BINARY' : `BINARY(${length})`;
  if (upper === 'REAL') return 'FLOAT';
  if (upper === 'TIME' || upper.startsWith('TIMESTAMP')) return scale == null ? upper : `${upper}(${scale})`;
  return upper;
}
