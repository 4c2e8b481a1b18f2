import { type Context, isDialect } from './context.js';
import { isAbsent, isRecord, items, list, member, text, variant } from './node.js';

/** Types by the names that `format_type` of PostgreSQL gives them, by the parser's names. */
const NAMES: Record<string, string> = {
  Int: 'integer', Integer: 'integer', Int4: 'integer', SmallInt: 'smallint', Int2: 'smallint', BigInt: 'bigint', Int8: 'bigint',
  Bool: 'boolean', Boolean: 'boolean', Varchar: 'character varying', CharacterVarying: 'character varying', CharVarying: 'character varying',
  Nvarchar: 'character varying', Char: 'character', Character: 'character', Decimal: 'numeric', Numeric: 'numeric', Dec: 'numeric',
  TimestampNtz: 'timestamp_ntz', IntUnsigned: 'integer unsigned', IntegerUnsigned: 'integer unsigned', BigIntUnsigned: 'bigint unsigned',
  SmallIntUnsigned: 'smallint unsigned', TinyIntUnsigned: 'tinyint unsigned', Float8: 'double precision', Double: 'double precision', DoublePrecision: 'double precision', Float4: 'real', Real: 'real',
};

/** Names that the parser does not know as types. */
const CUSTOM: Record<string, string> = { bpchar: 'character', int16: 'smallint' };

/** The text of a type: `numeric(10,2)`, `timestamp with time zone`, `integer[]`, `struct<a integer>`. */
export function typeText(node: unknown, at: Context): string {
  const { tag, content } = variant(node);
  switch (tag) {
    case 'Custom':
      return customType(content);
    case 'Array':
      return arrayType(content, at);
    case 'Timestamp':
    case 'Time':
      return momentType(tag.toLowerCase(), content, at);
    case 'Float':
      return floatType(content, at);
    case 'Struct':
    case 'Union':
      return structType(tag, content, at);
    case 'Enum':
    case 'Set':
      return tag.toLowerCase();
    default: {
      // ClickHouse names its integers by bytes' bits: Int8 is the smallest.
      const base = isDialect(at, 'clickhouse') ? tag.toLowerCase() : (NAMES[tag] ?? tag.toLowerCase());
      const size = argumentsOf(content, at);
      const plain = tag === 'Char' || tag === 'Character' ? '(1)' : '';
      return base + (size.length > 0 ? `(${size.join(',')})` : plain);
    }
  }
}

/** What stands in the parentheses: lengths, precisions, and types of ClickHouse's Nullable(…) and Map(…, …). */
function argumentsOf(content: unknown, at: Context): string[] {
  if (isAbsent(content)) return [];
  if (typeof content === 'number') return [String(content)];
  if (typeof content === 'string') return content === 'None' ? [] : [TYPE_WORD.test(content) ? typeText(content, at) : content];
  if (Array.isArray(content)) return items(content).flatMap((item) => argumentsOf(item, at));
  if (!isRecord(content)) return [];
  if ('length' in content) return argumentsOf(content['length'], at);
  const { tag, content: inner } = variant(content);
  if (tag === 'IntegerLength' || tag === 'Precision' || tag === 'PrecisionAndScale') return argumentsOf(inner, at);
  return /^[A-Z]/.test(tag) ? [typeText(content, at)] : [];
}

const TYPE_WORD = /^[A-Z][a-z]/;

function customType(content: unknown): string {
  const [name, modifiers] = items(content);
  const parts = items(name).map((part) => (text(member(member(part, 'Identifier'), 'value')) ?? '').toLowerCase());
  const shown = parts.length > 1 && parts[0] === 'pg_catalog' ? parts.slice(1) : parts;
  const base = shown.join('.');
  const sizes = items(modifiers).map((modifier) => text(modifier) ?? '');
  return (CUSTOM[base] ?? base) + (sizes.length > 0 ? `(${sizes.join(',')})` : '');
}

function arrayType(content: unknown, at: Context): string {
  const { tag, content: inner } = variant(content);
  const element = tag === 'SquareBracket' ? items(inner)[0] : inner;
  return isAbsent(element) ? 'array' : `${typeText(element, at)}[]`;
}

function momentType(base: string, content: unknown, at: Context): string {
  const [precision, zone] = items(content);
  const zoned = zone === 'Tz' || zone === 'WithTimeZone' || (zone === 'None' && base === 'timestamp' && isDialect(at, 'bigquery', 'databricks', 'spark'));
  return `${base} ${zoned ? 'with' : 'without'} time zone${typeof precision === 'number' ? `(${precision})` : ''}`;
}

/** FLOAT is the short one in some dialects, and by its precision in the standard. */
function floatType(content: unknown, at: Context): string {
  const [precision] = argumentsOf(content, at);
  if (precision !== undefined) return Number(precision) < 25 ? 'real' : 'double precision';
  return isDialect(at, 'duckdb', 'mysql', 'databricks', 'spark', 'hive') ? 'real' : 'double precision';
}

function structType(tag: string, content: unknown, at: Context): string {
  const fields = tag === 'Struct' ? items(items(content)[0]) : items(content);
  const shown = fields.map((field) => {
    const name = text(member(member(field, 'field_name'), 'value'));
    return `${name === null ? '' : `${name.toLowerCase()} `}${typeText(member(field, 'field_type'), at)}`;
  });
  return `${tag.toLowerCase()}<${shown.join(', ')}>`;
}

/** The names of a column's options: NotNull, PrimaryKey, Unique … */
export function optionNames(column: unknown): string[] {
  return list(column, 'options').map((option) => variant(member(option, 'option')).tag);
}
