/**
 * Access to the parser's tree, which is data from outside: every step is checked. The tree is what serde writes for Rust's types:
 * a struct is an object, an enum is its variant's name alone or an object with that name as its only key.
 */

/** One variant of an enum; `tag` is empty where the value is none. */
export interface Variant {
  tag: string;
  content: unknown;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function member(node: unknown, name: string): unknown {
  return isRecord(node) ? node[name] : undefined;
}

/** The elements of a list, or none. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function list(node: unknown, name: string): readonly unknown[] {
  return items(member(node, name));
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function flag(node: unknown, name: string): boolean {
  return member(node, name) === true;
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function variant(value: unknown): Variant {
  if (typeof value === 'string') return { tag: value, content: undefined };
  if (!isRecord(value)) return NOTHING;
  for (const tag in value) return { tag, content: value[tag] };
  return NOTHING;
}

const NOTHING: Variant = { tag: '', content: undefined };

/** The content of one variant, or undefined where the value is another one. */
export function when(value: unknown, tag: string): unknown {
  const found = variant(value);
  return found.tag === tag ? found.content : undefined;
}
