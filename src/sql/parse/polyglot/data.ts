/** The parser's tree is data from outside: these look at a value and never assume. */
export type Fields = Readonly<Record<string, unknown>>;

/** A node of the tree: an object with one key, the name of its kind. */
export interface Tagged {
  kind: string;
  /** Empty for nodes without content, such as `{"row_number": null}`. */
  fields: Fields;
  body: unknown;
}

const NO_FIELDS: Fields = {};

export function fieldsOf(value: unknown): Fields | null {
  return isFields(value) ? value : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an array; none for any other value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** True for `true`, and for a node that holds it. */
export function flagOf(value: unknown): boolean {
  if (value === true) return true;
  const node = taggedOf(value);
  return node?.kind === 'boolean' && node.fields['value'] === true;
}

export function taggedOf(value: unknown): Tagged | null {
  if (!isFields(value)) return null;
  const [entry, more] = Object.entries(value);
  if (!entry || more) return null;
  const [kind, body] = entry;
  return { kind, fields: isFields(body) ? body : NO_FIELDS, body };
}

/** The content of a node of that kind, and null for nodes of other kinds. */
export function nodeOf(value: unknown, kind: string): Fields | null {
  const node = taggedOf(value);
  return node?.kind === kind ? node.fields : null;
}

/** Whether nothing stands in a field: null, false, an empty text or list. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}

/** `{ "this": … }`, as WHERE, LIMIT and their kin hold their expression, or the expression itself. */
export function held(value: unknown): unknown {
  const fields = fieldsOf(value);
  return fields && 'this' in fields ? fields['this'] : value;
}

/** Keys that hold what is no part of the statement's meaning. */
const REMARKS = new Set(['span', 'inferred_type', 'leading_comments', 'trailing_comments', 'comments', 'pre_alias_comments', 'post_select_comments', 'hint', 'hints']);

/** The fields with something in them, in the order of the tree, remarks left out. */
export function presentFields(fields: Fields): [string, unknown][] {
  return Object.entries(fields).filter(([key, value]) => !REMARKS.has(key) && !isAbsent(value));
}
