import type { Node, TypeName } from '@pgsql/types';

/** The text of a String node, or an empty text. */
export function text(node: Node | undefined): string {
  return node && 'String' in node ? (node.String.sval ?? '') : '';
}

/** The texts of a list of String nodes, such as a dotted name. */
export function texts(nodes: Node[] | undefined): string[] {
  return (nodes ?? []).map(text);
}

/** A node of the parser is an object with one key, the capitalised name of its type. */
export function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '');
}

/** Every node directly below a value of the parser, whatever its shape. */
export function childNodes(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isNode(value)) return [value];
  return Object.values(value).flatMap(childNodes);
}

/** The members of a List node, or the node itself. */
export function items(node: Node | undefined): Node[] {
  if (!node) return [];
  return 'List' in node ? (node.List.items ?? []) : [node];
}

/** The names that `format_type` of PostgreSQL gives to the types that the grammar calls by their internal names. */
const TYPE_NAMES: Record<string, string> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  bpchar: 'character',
  varchar: 'character varying',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
};

const INTERNAL_NAMES = new Map(Object.entries(TYPE_NAMES).map(([internal, shown]) => [shown, internal]));

/** The last part of a type's name as the catalogue has it: `int4` for `integer`, `numeric` for `numeric(10,2)[]`. */
export function internalTypeName(shown: string): string {
  const base = shown.replace(/(\[\])+$/, '').replace(/\([^)]*\)$/, '');
  return INTERNAL_NAMES.get(base) ?? base.replace(/^.*\./, '');
}

/** The bits of an interval's first modifier, from the widest field (PostgreSQL 18, utils/timestamp.h and datetime.h). */
const INTERVAL_FIELDS = [['year', 1 << 2], ['month', 1 << 1], ['day', 1 << 3], ['hour', 1 << 10], ['minute', 1 << 11], ['second', 1 << 12]] as const;

/** ` day` of `interval '1' day`, ` hour to minute`; empty for an interval of all fields. */
function intervalFields(modifier: string | undefined): string {
  const mask = Number(modifier ?? 0);
  const fields = INTERVAL_FIELDS.filter(([, bit]) => (mask & bit) !== 0).map(([field]) => field);
  if (fields.length === 0 || fields.length === INTERVAL_FIELDS.length) return '';
  return fields.length === 1 ? ` ${fields[0]}` : ` ${fields[0]} to ${fields.at(-1)}`;
}

/** The type as `format_type` would print it, array brackets included. */
export function typeText(type: TypeName | undefined): string {
  const names = texts(type?.names);
  const last = names.at(-1) ?? '';
  const base = names.length > 1 && names[0] !== 'pg_catalog' ? names.join('.') : (TYPE_NAMES[last] ?? last);
  const modifiers = (type?.typmods ?? []).flatMap((node) =>
    'A_Const' in node && node.A_Const.ival ? [String(node.A_Const.ival.ival ?? 0)] : [],
  );
  const shown = last === 'interval' ? intervalFields(modifiers[0]) : modifiers.length > 0 ? `(${modifiers.join(',')})` : '';
  return base + shown + '[]'.repeat(type?.arrayBounds?.length ?? 0);
}
