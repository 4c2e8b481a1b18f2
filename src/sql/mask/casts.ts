import type { Cast, Composite } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import type { MaskContext } from './context.js';
import { numberOf } from './literals.js';
import { isCutNetwork } from './network.js';
import { numberRules } from './numbers.js';
import { maskOfElement } from './plain.js';
import { textRules } from './text.js';

/**
 * What a cast leaves. A type shorter than the value cuts it as left() and round() do (PostgreSQL 18 "Character Types": an explicit cast
 * truncates without an error); inet to cidr zeroes the bits behind the mask.
 */
export function maskOfCast({ operand, target, span }: Cast, context: MaskContext = {}): MaskLevel {
  const type = target.toLowerCase();
  if (type.startsWith('bool')) return 'predicate';
  if (type === 'cidr') return isCutNetwork(operand) ? 'partial' : 'raw';
  const length = /^(?:n?(?:var)?char(?:acter)?(?: varying)?|bpchar|string|varchar2|nvarchar2)\s*\(\s*(\d+)\s*\)$/.exec(type)?.[1] ?? (/^char(?:acter)?$/.test(type) ? '1' : null);
  const scale = /^(?:numeric|decimal|number)\s*\(\s*\d+\s*(?:,\s*(-?\d+)\s*)?\)$/.exec(type);
  const size = length ?? (scale ? (scale[1] ?? '0') : null);
  if (size === null) return 'raw';
  const rule = length === null ? numberRules['round'] : textRules['left'];
  const cut = rule?.(
    {
      type: 'call', name: [length === null ? 'round' : 'left'], arguments: [operand, { type: 'literal', kind: 'number', value: size, span }],
      distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span,
    },
    context,
  );
  return typeof cut === 'string' ? cut : 'raw';
}

const JSON_PREDICATES = new Set(['json_exists', 'is_json', 'is_document']);
/** Dialects whose arrays begin at 1. */
const ONE_BASED = new Set(['postgres', 'redshift', 'duckdb', 'clickhouse', 'trino', 'athena']);

const isText = (type: string): boolean => /^(?:character varying|varchar|text|string|char)\b[^[]*$/i.test(type);

/** More characters of a text are taken to be the whole of it. */
const SLICE_LENGTH_MAX = 8;

/** `phone[1:3]`, `phone[-4:]` (DuckDB, "Slicing"); of `phone[3:]` alone nobody sees that it is no single character. */
function maskOfSlice(start: number | null, end: number | null): MaskLevel {
  if (start === null) return 'raw';
  const length = end === null ? (start < 0 ? -start : Infinity) : Math.sign(start) * Math.sign(end) < 0 ? Infinity : end - start + 1;
  return length <= SLICE_LENGTH_MAX ? 'partial' : 'raw';
}

/** What a value made of others leaves of them: all, but for one element of a text that was split, and for tests of a document. */
export function maskOfComposite({ kind, elements, field }: Composite, context: MaskContext = {}): MaskLevel {
  const [array, position, end] = elements;
  if (kind === 'json') return JSON_PREDICATES.has(field ?? '') ? 'predicate' : 'raw';
  if (kind === 'subscript' && context.dialect === 'duckdb' && array !== undefined && isText(context.typeOf?.(array) ?? '')) return maskOfSlice(numberOf(position), numberOf(end));
  if (kind !== 'subscript' || end !== undefined) return 'raw';
  const named = position?.type === 'call' ? (position.name.at(-1) ?? '').toLowerCase() : '';
  const index = numberOf(named === '' ? position : position?.type === 'call' ? position.arguments[0] : undefined);
  if (index === null) return 'raw';
  const fromOne = named === '' ? ONE_BASED.has(context.dialect ?? 'postgres') : named.endsWith('ordinal');
  return maskOfElement(array, fromOne || index < 0 ? index : index + 1);
}
