import type { Slot } from './slot.js';

/** What the tool says a parameter holds. */
export type ValueType = 'text' | 'number' | 'date' | 'timestamp' | 'boolean' | 'unknown';

/** The day that stands for every unknown day. */
export const SAMPLE_DATE = '2024-01-01';
export const SAMPLE_DATE_AFTER = '2024-01-02';

/** A single-quoted literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A double-quoted identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name that stands for a relation or column that only the running tool knows. */
export function dynamicName(name: string): string {
  return `tpl_${name.replace(/[^A-Za-z0-9_]+/g, '_').toLowerCase()}`;
}

function isNamedLikeDate(name: string): boolean {
  return /(^|_)(date|start|end|from|to|since|until)(_|$)|date$|^date|Date|(start|end|from|since)$/.test(name);
}

/** A literal of a type. `unknown` gives what the caller finds least wrong. */
export function literalOf(type: ValueType, unknown: string): string {
  switch (type) {
    case 'text':
      return "'x'";
    case 'number':
      return '1';
    case 'date':
      return `DATE '${SAMPLE_DATE}'`;
    case 'timestamp':
      return `TIMESTAMP '${SAMPLE_DATE} 00:00:00'`;
    case 'boolean':
      return 'TRUE';
    case 'unknown':
      return unknown;
  }
}

/** A text for a parameter that stands as a quoted string of its own. */
export function sampleText(name: string): string {
  return isNamedLikeDate(name) ? SAMPLE_DATE : 'x';
}

function bareText(name: string, type: ValueType): string {
  if (type === 'text') return 'x';
  if (type === 'date' || type === 'timestamp' || (type === 'unknown' && isNamedLikeDate(name))) return SAMPLE_DATE;
  return '1';
}

/**
 * What stands for a parameter of unknown value in a slot; null where nothing may be put because the tool does not look
 * there (comments). `unknown` is the literal for a value of unknown type.
 */
export function placeholder(slot: Slot, name: string, type: ValueType, unknown: string): string | null {
  switch (slot) {
    case 'comment':
      return null;
    case 'in-string':
    case 'in-dollar':
      return bareText(name, type);
    case 'in-identifier':
    case 'in-word':
      return 'v';
    case 'relation':
    case 'name':
    case 'group-key':
      return dynamicName(name);
    case 'list':
      return `(${literalOf(type, unknown)})`;
    case 'interval':
      return "'1'";
    case 'typed-literal':
      return quote(SAMPLE_DATE);
    case 'count':
      return '1';
    case 'predicate':
      return 'TRUE';
    case 'in-list':
    case 'value':
      return literalOf(type, unknown);
  }
}
