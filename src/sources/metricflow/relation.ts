import { quoteIdentifier } from '../../template/placeholder.js';

/** A name that stands in SQL as it is; others are quoted. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_$]*$/;

function part(name: string): string {
  return PLAIN.test(name) ? name : quoteIdentifier(name);
}

/** A relation as SQL: plain names as they are, others quoted. A part that is a template or variable is left out. */
export function relationName(...names: (string | null | undefined)[]): string {
  const known = names.filter((name): name is string => typeof name === 'string' && name.trim() !== '' && !/^[$@]|[{}]/.test(name));
  return known.length === 0 ? 'unknown_relation' : known.map(part).join('.');
}

export function isPlainName(text: string): boolean {
  return PLAIN.test(text.trim());
}

/** `ref('orders')`, `ref('shop', 'orders', v=2)`, `source('shop', 'orders')`, also within `{{ }}`. */
export interface Reference {
  kind: 'ref' | 'source';
  names: string[];
  version: string | null;
}

/** Null where the text is no such call. */
export function readReference(text: string): Reference | null {
  const head = text.slice(0, 1_000);
  const call = /^\s*(?:\{\{-?)?\s*(ref|source)\s*\(([^()]{0,500})\)/.exec(head);
  if (call?.[2] === undefined) return null;
  const version = /\b(?:v|version)\s*=\s*['"]?([\w.]{1,40})/.exec(call[2])?.[1] ?? null;
  const names = [...call[2].matchAll(/(?:^|,)\s*(['"])([^'"]{1,200})\1/g)].flatMap((match) => match[2] ?? []);
  return names.length === 0 ? null : { kind: call[1] === 'ref' ? 'ref' : 'source', names, version };
}
