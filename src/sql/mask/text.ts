import type { Call, Expression } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { rank } from '../flow.js';
import { type MaskContext, type MaskRules, rulesOf } from './context.js';
import { bare, columnNameIn, functionName, numberOf, some, textOf } from './literals.js';
import { readPattern, readReplacement } from './patterns.js';
import { judgeOnSamples, someSample, textKindOf, type TextKind } from './samples.js';
import { isDigest } from './secrets.js';

/** So many characters of a value of unknown kind are a part of it. */
const PART_LENGTH_MAX = 6;
/** From so many characters on, a piece of a digest tells people apart as well as the whole: 24 bits of hexadecimal digits. */
const DIGEST_PIECE_MIN = 6;

/** How the parts of a text are taken and replaced. Cutting is tried out where the column's name tells what it holds. */
export const textRules: MaskRules = {
  ...rulesOf('left lefttext leftutf8', (call, context) => leading(call, context)),
  ...rulesOf('right rightutf8', (call, context) => trailing(call, context)),
  ...rulesOf('lpad rpad leftpad rightpad leftpadutf8 rightpadutf8', (call, context) => leading(call, context)),
  ...rulesOf('substr substring substringutf8 mid substring_utf8 bytesubstring', (call, context) => middle(call, context)),
  ...rulesOf('overlay insert stuff', overlay),
  ...rulesOf('split_part splitpart', (call) => piece(call.arguments[0], textOf(call.arguments[1]), numberOf(call.arguments[2]))),
  ...rulesOf('substring_index substringindex', substringIndex),
  ...rulesOf('replace replaceall replaceone str_replace', replace),
  ...rulesOf('translate translateutf8', translate),
  ...rulesOf('regexp_replace replaceregexpall replaceregexpone regex_replace', regexpReplace),
  ...rulesOf(
    'regexp_substr regexp_extract regexp_match regexp_matches regexp_extract_all regexpextract extract_all extractall regexp_substr_all',
    (call) => extract(call.arguments[0], textOf(call.arguments[1])),
  ),
  ...rulesOf('chr ascii unicode ord ascii_value initials soundex metaphone dmetaphone dmetaphone_alt double_metaphone jarowinkler levenshtein', () => 'partial'),
};

function leading(call: Call, context: MaskContext): MaskLevel {
  return cut(call, numberOf(call.arguments[1]), context, (value, length) => value.slice(0, length));
}

function trailing(call: Call, context: MaskContext): MaskLevel {
  return cut(call, numberOf(call.arguments[1]), context, (value, length) => (length < 0 ? value.slice(-length) : value.slice(Math.max(0, value.length - length))));
}

function cut(call: Call, length: number | null, context: MaskContext, apply: (value: string, length: number) => string): MaskLevel {
  const [operand] = call.arguments;
  if (length === null) return 'raw';
  if (length === 0) return 'constant';
  return (
    whole(operand, length, context) ??
    ofDigest(operand, length) ??
    tried(operand, (value) => apply(value, length)) ??
    (length > 0 && length <= PART_LENGTH_MAX ? 'partial' : 'raw')
  );
}

/** `substring(x from 3 for 2)`, `substr(x, 3)`, `substring(x from 'pattern')`. A negative start counts from the end, except in PostgreSQL. */
function middle(call: Call, context: MaskContext): MaskLevel {
  const [operand, second, third] = call.arguments;
  const pattern = textOf(second);
  if (pattern !== null && numberOf(second) === null) return third === undefined ? extract(operand, pattern) : 'raw';
  if (isFromAt(second)) return judgeOnSamples('email', (value) => value.slice(value.indexOf('@')));
  const start = numberOf(second);
  const length = third === undefined ? Number.POSITIVE_INFINITY : numberOf(third);
  if (start === null || length === null) return third !== undefined && length !== null && length <= PART_LENGTH_MAX ? (ofDigest(operand, length) ?? 'partial') : 'raw';
  const fromEnd = start < 0 && context.dialect !== undefined && context.dialect !== 'postgres' && context.dialect !== 'redshift';
  const first = fromEnd ? start : Math.max(start, 1) - 1;
  const shown = fromEnd ? Math.min(length, -start) : length - (start < 1 ? 1 - start : 0);
  return (
    (fromEnd ? null : whole(operand, first === 0 ? shown : 0, context)) ??
    ofDigest(operand, shown) ??
    tried(operand, (value) => value.slice(first).slice(0, Math.max(shown, 0))) ??
    (shown <= PART_LENGTH_MAX ? 'partial' : 'raw')
  );
}

const POSITIONS = new Set('position strpos instr charindex locate positioncaseinsensitive'.split(' '));

/** A start at the @ or behind it: `substr(email, strpos(email, '@') + 1)`. */
function isFromAt(start: Expression | undefined): boolean {
  const inner = bare(start);
  if (inner?.type === 'operation' && inner.operator === '+') return isFromAt(inner.operands[0]) && numberOf(inner.operands[1]) !== null;
  return inner?.type === 'call' && POSITIONS.has(functionName(inner)) && inner.arguments.some((argument) => textOf(argument) === '@');
}

/** `left(country_code, 3)` of a `varchar(2)` is the whole value. */
function whole(operand: Expression | undefined, length: number, { typeOf }: MaskContext): MaskLevel | null {
  const type = operand && typeOf ? typeOf(operand) : null;
  const limit = type === null ? null : /char(?:acter)?(?: varying)?\s*\((\d+)\)/i.exec(type)?.[1];
  return limit != null && length >= Number(limit) ? 'raw' : null;
}

/** A long enough piece of a digest is a digest. */
function ofDigest(operand: Expression | undefined, length: number): MaskLevel | null {
  return operand && length >= DIGEST_PIECE_MIN && some(operand, (inner) => inner.type === 'call' && isDigest(inner)) ? 'raw' : null;
}

function kindOf(operand: Expression | undefined): TextKind | null {
  return textKindOf(columnNameIn(operand));
}

/** Null where nothing says what the column holds, or where the operand is no longer what the column held. */
function tried(operand: Expression | undefined, apply: (value: string) => string, fits: (value: string) => boolean = () => true): MaskLevel | null {
  const kind = isStoredText(operand) ? kindOf(operand) : null;
  return kind === null || !someSample(kind, fits) ? null : judgeOnSamples(kind, apply);
}

/** Functions that leave the letters and digits of a text where they are. */
const KEEPS_TEXT = new Set('lower upper trim btrim ltrim rtrim coalesce tostring to_varchar to_text text lcase ucase initcap host abbrev'.split(' '));

function isStoredText(expression: Expression | undefined): boolean {
  const inner = bare(expression);
  if (inner?.type === 'column') return true;
  if (inner?.type === 'call') return KEEPS_TEXT.has(functionName(inner)) && isStoredText(inner.arguments[0]);
  return inner?.type === 'operation' && inner.operator === 'coalesce' && isStoredText(inner.operands[0]);
}

function overlay(call: Call): MaskLevel {
  const [operand, ...rest] = call.arguments;
  const text = rest.map(textOf).find((value) => value !== null && Number.isNaN(Number(value))) ?? null;
  const [start = null, length = text?.length ?? null] = rest.map(numberOf).filter((value) => value !== null);
  if (text === null || start === null || length === null) return 'raw';
  return tried(operand, (value) => value.slice(0, start - 1) + text + value.slice(start - 1 + length)) ?? 'partial';
}

/** One piece of a text that is split, counted from 1; negative ones from the end. The first piece of an e-mail address is the person. */
export function piece(operand: Expression | undefined, separator: string | null, position: number | null): MaskLevel {
  if (separator === null || position === null || position === 0) return 'raw';
  const take = (value: string): string => {
    const pieces = value.split(separator);
    return pieces[position > 0 ? position - 1 : pieces.length + position] ?? '';
  };
  if (separator === '@') return judgeOnSamples('email', take);
  return tried(operand, take, (value) => value.includes(separator)) ?? (position === 1 ? 'raw' : 'partial');
}

function substringIndex(call: Call): MaskLevel {
  const separator = textOf(call.arguments[1]);
  const count = numberOf(call.arguments[2]);
  if (separator === null || count === null) return 'raw';
  const take = (value: string): string => {
    const pieces = value.split(separator);
    return (count > 0 ? pieces.slice(0, count) : pieces.slice(count)).join(separator);
  };
  if (separator === '@') return judgeOnSamples('email', take);
  return tried(call.arguments[0], take, (value) => value.includes(separator)) ?? 'raw';
}

/** What carries meaning in a value; changing other characters only formats it. */
const LETTERS_OR_DIGITS = /[\p{L}\d@]/u;

/** What is replaced decides only whether it is: `replace(note, name, '***')` tells of the name that it occurs. */
function replace(call: Call): MaskLevel[] {
  const from = textOf(call.arguments[1]);
  const to = textOf(call.arguments[2]) ?? '';
  const isEncoding = from !== null && to !== '' && LETTERS_OR_DIGITS.test(from + to);
  return [isEncoding ? 'reversible' : 'raw', 'predicate', 'raw'];
}

function translate(call: Call): MaskLevel[] {
  const [operand] = call.arguments;
  const from = textOf(call.arguments[1]);
  const to = textOf(call.arguments[2]);
  if (from === null || to === null) return ['reversible', 'predicate', 'predicate'];
  const targets = [...to];
  const mapping = new Map([...from].map((character, index) => [character, targets[index] ?? '']));
  const apply = (value: string): string => [...value].map((character) => mapping.get(character) ?? character).join('');
  if (to === '' && !LETTERS_OR_DIGITS.test(from)) return ['raw'];
  if (new Set(mapping.values()).size === mapping.size) return ['reversible'];
  const level = triedOrGuessed(operand, from, apply);
  return [level === 'raw' ? 'reversible' : level];
}

function regexpReplace(call: Call, context: MaskContext): MaskLevel {
  const pattern = textOf(call.arguments[1]);
  const replacement = call.arguments.length === 2 ? '' : textOf(call.arguments[2]);
  if (pattern === null || replacement === null) return 'raw';
  const options = call.arguments.slice(3);
  const flags = options.map(textOf).filter((value) => value !== null && !/^\d+$/.test(value)).join('');
  const expression = readPattern(pattern, { global: replacesAll(call, flags, context), ignoreCase: flags.includes('i') });
  if (!expression) return 'raw';
  const target = readReplacement(replacement, DOLLAR_GROUPS.has(context.dialect ?? 'postgres') ? 'dollar' : 'backslash');
  return triedOrGuessed(call.arguments[0], pattern, (value) => value.replace(expression, target));
}

const DOLLAR_GROUPS = new Set(['mysql', 'spark', 'databricks', 'hive', 'trino', 'athena', 'redshift']);
/** PostgreSQL ("POSIX Regular Expressions") and DuckDB replace the first match unless told `g`; all others replace all. */
const REPLACES_FIRST = new Set(['postgres', 'duckdb']);

function replacesAll(call: Call, flags: string, { dialect = 'postgres' }: MaskContext): boolean {
  if (functionName(call) === 'replaceregexpall') return true;
  if (functionName(call) === 'replaceregexpone') return false;
  // PostgreSQL 15's `start, N`: N = 0 means all.
  return !REPLACES_FIRST.has(dialect) || flags.includes('g') || numberOf(call.arguments[4]) === 0;
}

/** What a pattern picks out of a text: its first group, or all that matches. */
function extract(operand: Expression | undefined, pattern: string | null): MaskLevel {
  const expression = pattern === null ? null : readPattern(pattern, { global: false, ignoreCase: false });
  if (!expression || pattern === null) return 'raw';
  const pick = (value: string): string => {
    const match = expression.exec(value);
    return match?.[1] ?? match?.[0] ?? '';
  };
  return triedOrGuessed(operand, pattern, pick, (value) => expression.test(value));
}

const NUMBER_KINDS: readonly TextKind[] = ['phone', 'identity_number', 'account_number'];
const ALL_KINDS: readonly TextKind[] = [...NUMBER_KINDS, 'email', 'name', 'address', 'postcode', 'date', 'network_address'];

/**
 * The level on the kind that the column's name tells; without a telling name on the kinds that the pattern is made for (an @: e-mail
 * addresses; digits only: numbers), and then the most revealing of them.
 */
function triedOrGuessed(operand: Expression | undefined, pattern: string, apply: (value: string) => string, fits: (value: string) => boolean = () => true): MaskLevel {
  const known = isStoredText(operand) ? kindOf(operand) : null;
  const isDigits = /\\d|0-9|digit|0123456789/.test(pattern) && !/\\w|\\S|a-z|\./i.test(pattern.replaceAll(/\\[dsDb]|\[:\w+:\]/g, ''));
  const kinds = known !== null ? [known] : pattern.includes('@') ? (['email'] as const) : isDigits ? NUMBER_KINDS : ALL_KINDS;
  // What fits none of the invented values was made for others, of which nothing is known.
  const levels = kinds.filter((kind) => someSample(kind, fits)).map((kind) => judgeOnSamples(kind, apply));
  return levels.length === 0 ? 'raw' : levels.reduce((lowest, level) => (rank(level) < rank(lowest) ? level : lowest));
}
