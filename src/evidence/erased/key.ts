import type { AskedEngine } from '../asking.js';
import { literal, quoted } from '../quote.js';

/** How the values of a key column are written, so that equal keys have equal text in every engine. */
export type KeyForm = 'integer' | 'text' | 'uuid';

/** Null for a type whose values have no one text: binary floating point, decimals with a scale, times, documents. */
export function keyForm(type: string): KeyForm | null {
  if (/^(smallint|integer|int|bigint|(small|big)?serial|int[248]|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|(numeric|decimal)(\(\d+(,\s*0)?\))?)$/i.test(type)) return 'integer';
  if (/^uuid$/i.test(type)) return 'uuid';
  return /^(text|citext|name|varchar|char|bpchar|character( varying)?|string)(\(\d+\))?$/i.test(type) ? 'text' : null;
}

/**
 * The canonical text of a key column: digits of an integer, lower case of a UUID, a text without blanks at its end, which
 * `character(n)` has and others lose on the way. @param of the form of the key where it stands first
 */
function canonical(engine: AskedEngine, column: string, type: string, of: KeyForm): string {
  const kind = engine === 'duckdb' ? 'varchar' : 'text';
  // A numeric may have been written with zeros behind the point.
  const value = engine === 'postgres' && /^numeric/i.test(type) ? `trim_scale(${column})` : column;
  const text = `rtrim(${value}::${kind}, ' ')`;
  return of === 'uuid' ? `lower(${text})` : text;
}

export interface KeyColumn {
  name: string;
  type: string;
  /** Of the same column of the key where it stands first. */
  form: KeyForm;
}

const BITS = 60;

/**
 * 60 bits of md5 over the run's secret and the key: the one hash that both engines have. Without the secret nobody can try keys
 * out. The number is below 2^60. @param alias of the relation in the statement
 */
export function digestOf(engine: AskedEngine, secret: string, key: readonly KeyColumn[], alias: string): string {
  const parts = key.map(({ name, type, form }) => canonical(engine, `${alias}.${quoted(name)}`, type, form));
  const text = [literal(secret), parts.join(' || chr(31) || ')].join(' || ');
  if (engine === 'duckdb') return `('0x' || substr(md5(${text}), 1, ${BITS / 4}))::bigint`;
  return `('x' || substr(md5(convert_to(${text}, 'UTF8')), 1, ${BITS / 4}))::bit(${BITS})::bigint`;
}

/** Rows without a key are nobody's. */
export function hasKey(key: readonly KeyColumn[], alias: string): string {
  return key.map(({ name }) => `${alias}.${quoted(name)} is not null`).join(' and ');
}
