import type { Constant } from './facts.js';
import type { SearchColumn } from './tables.js';

const CASE_BLIND = /^(lower|upper|initcap|not_ilike|ilike|~\*|!~\*|~~\*|!~~\*|citext)$/;
const TRIMMING = /trim$/;
const LENGTHS = /^(char_length|character_length|length|octet_length|len)$/;
const TEXT_MAX = 60;

/** Values of a text column: those that definitions name, texts that match their patterns and texts that do not, and strangers. */
export function textValues(column: SearchColumn, constants: readonly Constant[], shared: boolean): string[] {
  const functions = new Set(constants.flatMap((constant) => constant.functions));
  const named = [...new Set(constants.flatMap(ofConstant))];
  const isKnown = named.length > 0;
  const values = [
    ...named,
    ...variants(named, functions, column),
    ...(isKnown ? ['other'] : []),
    ...lengths(constants, functions),
    ...(['split_part', 'concat', 'strpos', 'position'].some((name) => functions.has(name)) ? joined(named.slice(0, 4)) : []),
    ...(isKnown ? [''] : []),
    ...(!isKnown || shared ? ['a', 'b', 'c'] : ['unknown']),
    '',
  ];
  const fitting = values.filter((value) => !value.includes('\u0000')).map((value) => (column.length === null ? value : value.slice(0, column.length)));
  return [...new Set(column.padded ? fitting.map((value) => value.trimEnd()) : fitting)];
}

/** The same in other cases, and with blanks, where a definition makes no difference of them. */
function variants(named: readonly string[], functions: ReadonlySet<string>, column: SearchColumn): string[] {
  const names = [...functions];
  const isBlind = column.type === 'citext' || names.some((name) => CASE_BLIND.test(name));
  const isTrimmed = column.padded || names.some((name) => TRIMMING.test(name));
  return [
    ...(isBlind ? named.flatMap((value) => [value.toUpperCase(), value.toLowerCase(), capitalised(value)]) : []),
    ...(isTrimmed ? named.slice(0, 3).flatMap((value) => [` ${value}`, `${value} `]) : []),
  ];
}

function lengths(constants: readonly Constant[], functions: ReadonlySet<string>): string[] {
  if (![...functions].some((name) => LENGTHS.test(name))) return [];
  const numbers = constants.filter(({ isNumber }) => isNumber).map(({ value }) => Number(value));
  return numbers.flatMap((length) => [length, length + 1, length - 1]).filter((length) => length >= 0 && length < TEXT_MAX).map((length) => 'x'.repeat(length));
}

function joined(named: readonly string[]): string[] {
  return named.flatMap((one) => named.filter((other) => other !== one).flatMap((other) => [one + other, `x${one}${other}`]));
}

function ofConstant({ value, isNumber, meeting }: Constant): string[] {
  if (meeting === 'like') return likeSamples(value);
  if (meeting === 'regex') return regexSamples(value);
  if (meeting === 'function') return isNumber ? [] : [value, `${value}x`, `x${value}`];
  if (meeting === 'ordered' && value.length > 1) return [value, value.slice(0, -1), `${value}a`];
  return [value];
}

function capitalised(value: string): string {
  return value.slice(0, 1).toUpperCase() + value.slice(1).toLowerCase();
}

/** Texts that a pattern of LIKE takes, and near misses. */
export function likeSamples(pattern: string): string[] {
  const fill = (many: string, one: string): string => pattern.replace(/\\(.)|([%_])/gs, (_, escaped: string | undefined, wildcard) => escaped ?? (wildcard === '%' ? many : one));
  const shortest = fill('', 'a');
  const samples = [shortest, fill('zz', 'b'), `${shortest}x`, `x${shortest}`, ...(shortest.length > 1 ? [shortest.slice(0, -1), shortest.slice(1)] : [])];
  return [...new Set(samples)];
}

/** Texts that a simple regular expression takes, and near misses: anchors go, a class becomes one of its members. */
export function regexSamples(pattern: string): string[] {
  const plain = pattern
    .replace(/^\(\?[a-z]+\)/, '')
    .replace(/\\([.@\-_+*?()|[\]{}/])/g, (_, character: string) => `\u0001${character.charCodeAt(0)};`)
    .replace(/\[\^[^\]]*\]/g, 'q')
    .replace(/\[([^\]])[^\]]*\]/g, '$1')
    .replace(/\\d/g, '1').replace(/\\w/g, 'a').replace(/\\s/g, ' ').replace(/\\[bmMyAZ]/g, '')
    .replace(/(\u0001\d+;|[^\u0001)])\{(\d+)(?:,\d*)?\}/g, (_, unit: string, count: string) => unit.repeat(Math.min(Number(count), 20)))
    .replace(/\{(\d+)(?:,\d*)?\}/g, '')
    .replace(/\(\?:/g, '(')
    .replace(/[+*?^$]/g, '')
    .replace(/\./g, 'k');
  const alternatives = alternativesOf(plain).map((text) => text.replace(/\u0001(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))));
  return [...new Set(alternatives.slice(0, 6).flatMap((text) => [text, `${text}x`, `x${text}`]))];
}

function alternativesOf(text: string): string[] {
  const group = /\(([^()]*)\)/.exec(text);
  if (group === null) return text.split('|');
  const [whole, inner = ''] = group;
  return inner.split('|').slice(0, 3).flatMap((choice) => alternativesOf(text.replace(whole, () => choice)));
}
