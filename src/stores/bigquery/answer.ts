import { z } from 'zod';
import { errorProto } from './failure.js';

/** One field of a result's schema (REST, TableFieldSchema). */
export interface FieldSchema {
  name: string;
  type: string;
  mode?: string | null | undefined;
  fields?: FieldSchema[] | null | undefined;
  maxLength?: string | null | undefined;
  precision?: string | null | undefined;
  scale?: string | null | undefined;
  policyTags?: { names?: string[] | null | undefined } | null | undefined;
  dataPolicies?: unknown[] | null | undefined;
}

export const fieldSchema: z.ZodType<FieldSchema> = z.lazy(() =>
  z.object({
    name: z.string(), type: z.string(), mode: z.string().nullish(), fields: z.array(fieldSchema).nullish(),
    maxLength: z.string().nullish(), precision: z.string().nullish(), scale: z.string().nullish(),
    policyTags: z.object({ names: z.array(z.string()).nullish() }).nullish(), dataPolicies: z.array(z.unknown()).nullish(),
  }),
);

/** A dry run has no id. */
const jobReference = z.object({ projectId: z.string(), jobId: z.string().nullish(), location: z.string().nullish() });

/** The answer of jobs.query and of jobs.getQueryResults. */
export const queryResponse = z.object({
  jobComplete: z.boolean().nullish(),
  jobReference: jobReference.nullish(),
  schema: z.object({ fields: z.array(fieldSchema).nullish() }).nullish(),
  rows: z.array(z.unknown()).nullish(),
  pageToken: z.string().nullish(),
  totalRows: z.string().nullish(),
  totalBytesProcessed: z.string().nullish(),
  errors: z.array(errorProto).nullish(),
});
export type QueryResponse = z.infer<typeof queryResponse>;

const cell = z.object({ v: z.unknown() });
const cells = z.object({ f: z.array(cell) });

/**
 * Rows by name of column. An INT64 is a text, as a `bigint` of PostgreSQL is; FLOAT64 a number, BOOL a boolean, NUMERIC a text,
 * TIMESTAMP a text as ISO 8601 writes it in UTC; STRUCT an object and REPEATED an array.
 * @throws ZodError for another form than `{ f: [{ v }] }`.
 */
export function rowsOf(fields: readonly FieldSchema[], rows: readonly unknown[]): Record<string, unknown>[] {
  return rows.map((row) => objectOf(fields, row));
}

function objectOf(fields: readonly FieldSchema[], row: unknown): Record<string, unknown> {
  const { f } = cells.parse(row);
  return Object.fromEntries(fields.map((field, index) => [field.name, fieldValue(field, f[index]?.v ?? null)]));
}

function fieldValue(field: FieldSchema, value: unknown): unknown {
  if (field.mode?.toUpperCase() !== 'REPEATED') return valueOf(field, value);
  return z.array(cell).parse(value ?? []).map(({ v }) => valueOf(field, v));
}

function valueOf(field: FieldSchema, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const type = field.type.toUpperCase();
  if (type === 'RECORD' || type === 'STRUCT') return objectOf(field.fields ?? [], value);
  const text = z.union([z.string(), z.boolean().transform(String), z.number().transform(String)]).parse(value);
  if (type === 'FLOAT' || type === 'FLOAT64') return floatOf(text);
  if (type === 'BOOLEAN' || type === 'BOOL') return text === 'true';
  return type === 'TIMESTAMP' ? isoOf(text) : text;
}

function floatOf(text: string): number {
  const special: Record<string, number> = { Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };
  return special[text] ?? Number(text);
}

/** Microseconds since 1970, as `formatOptions.useInt64Timestamp` gives them; other forms stay. */
function isoOf(text: string): string {
  if (!/^-?\d+$/.test(text)) return text;
  const micros = BigInt(text);
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((micros - rest) / 1000n));
  if (Number.isNaN(date.getTime())) return text;
  const digits = String(rest).padStart(6, '0').replace(/0+$/, '');
  return `${date.toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`;
}

const STANDARD: Readonly<Record<string, string>> = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL', RECORD: 'STRUCT' };

/** A type as INFORMATION_SCHEMA.COLUMNS prints it, from a schema. */
export function printedType(field: FieldSchema): string {
  const upper = field.type.toUpperCase();
  const type = STANDARD[upper] ?? upper;
  const inner = (field.fields ?? []).map((part) => `${part.name} ${printedType(part)}`).join(', ');
  const bounds = field.precision != null ? `(${field.precision}${field.scale == null ? '' : `, ${field.scale}`})` : field.maxLength != null ? `(${field.maxLength})` : '';
  const own = type === 'STRUCT' ? `STRUCT<${inner}>` : `${type}${bounds}`;
  return field.mode?.toUpperCase() === 'REPEATED' ? `ARRAY<${own}>` : own;
}
