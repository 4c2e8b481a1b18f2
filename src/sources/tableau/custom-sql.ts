import { regionAt, regions } from '../../sql/lexer.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import { quote, type ValueType } from '../../template/placeholder.js';
import type { Neutralised } from '../../template/result.js';
import { refuseLength } from '../../template/result.js';
import { compose, Rewriter } from '../../template/rewrite.js';
import type { Parameter } from './workbook.js';

/** What initial SQL may name (Tableau help, "Run Initial SQL"): the user, the program and the content, as texts. */
const SYSTEM_PARAMETER = /\[(TableauServerUser|TableauServerUserFull|TableauApp|TableauVersion|WorkbookName)\]/g;
/** `<[Parameters].[Name]>` with `]` in a name doubled; bounded, so that an open one stays cheap. */
const PARAMETER = /^<\[[^\][<>]{1,100}\]\.(\[(?:[^\]]|\]\]){1,300}\])>/;
/** As long as a parameter may be written. */
const PARAMETER_LENGTH_MAX = 800;

/**
 * Custom SQL as Tableau sends it: `<<` and `>>`, which its dialogue doubles, are single again, and parameters are the
 * literals that they were saved with. A parameter that the file does not define is a sample.
 */
export function neutraliseCustomSql(raw: string, parameters: ReadonlyMap<string, Parameter>): Neutralised {
  return refuseLength(raw) ?? neutralise(raw, parameters, true);
}

/** Initial SQL, where nothing is doubled and Tableau's own names stand for texts. */
export function neutraliseInitialSql(raw: string, parameters: ReadonlyMap<string, Parameter>): Neutralised {
  return refuseLength(raw) ?? neutralise(raw, parameters, false);
}

interface ParameterPlace {
  start: number;
  end: number;
  name: string;
}

function neutralise(raw: string, parameters: ReadonlyMap<string, Parameter>, doubled: boolean): Neutralised {
  const { sql, map, places } = undouble(raw, doubled && isDoubled(raw));
  const view = regions(withoutParameters(sql, places));
  const isQuoted = (at: number): boolean => regionAt(view, at)?.kind === 'string';
  const holes: Hole[] = places.map((place) => parameterHole(place, parameters.get(place.name), isQuoted(place.start)));
  if (!doubled) {
    for (const match of sql.matchAll(SYSTEM_PARAMETER)) {
      if (isQuoted(match.index)) continue;
      holes.push({ start: match.index, end: match.index + match[0].length, name: match[1] ?? '', type: 'text' });
    }
  }
  const { variants, problems } = fillHoles(sql, holes);
  return { variants: variants.map((variant) => ({ ...variant, map: compose(variant.map, map) })), problems };
}

/** Whether every bracket is doubled: a text with a single one was written by another program, or by hand. */
function isDoubled(raw: string): boolean {
  for (let at = 0; at < raw.length; at++) {
    const character = raw.charAt(at);
    if (character !== '<' && character !== '>') continue;
    let end = at + 1;
    while (raw.charAt(end) === character) end++;
    const parameter = character === '<' ? parameterAt(raw, end - 1) : null;
    const length = parameter === null ? end - at : end - at - 1;
    if (length % 2 === 1) return false;
    at = (parameter === null ? end : end - 1 + parameter[0].length) - 1;
  }
  return true;
}

function parameterAt(raw: string, at: number): RegExpExecArray | null {
  return raw.charAt(at + 1) === '[' ? PARAMETER.exec(raw.slice(at, at + PARAMETER_LENGTH_MAX)) : null;
}

/** The text with single angle brackets, and where its parameters stand in it. */
function undouble(raw: string, doubled: boolean): { sql: string; map: ReturnType<Rewriter['finish']>['map']; places: ParameterPlace[] } {
  const rewriter = new Rewriter(raw);
  const places: ParameterPlace[] = [];
  let copied = 0;
  let dropped = 0;
  for (let at = 0; at < raw.length; at++) {
    const character = raw.charAt(at);
    if (character !== '<' && character !== '>') continue;
    if (doubled && raw.charAt(at + 1) === character) {
      rewriter.copy(copied, at + 1);
      copied = at + 2;
      dropped++;
      at++;
      continue;
    }
    const match = character === '<' ? parameterAt(raw, at) : null;
    if (match === null) continue;
    const [written, name = ''] = match;
    places.push({ start: at - dropped, end: at - dropped + written.length, name });
    at += written.length - 1;
  }
  rewriter.copy(copied, raw.length);
  return { ...rewriter.finish(), places };
}

function withoutParameters(sql: string, places: readonly ParameterPlace[]): string {
  let text = '';
  let at = 0;
  for (const { start, end } of places) {
    text += sql.slice(at, start) + 'x'.repeat(end - start);
    at = end;
  }
  return text + sql.slice(at);
}

function parameterHole({ start, end, name }: ParameterPlace, parameter: Parameter | undefined, isQuoted: boolean): Hole {
  const shown = parameter?.caption ?? name.slice(1, -1);
  if (parameter === undefined) return { start, end, name: shown };
  const literal = literalOf(parameter);
  const type = typeOf(parameter.datatype);
  if (literal === null) return { start, end, name: shown, type };
  const text = isQuoted ? literal.bare.replaceAll("'", "''") : literal.sql;
  return { start, end, name: shown, type, text, assumption: `the parameter ${shown.slice(0, 80)} is ${text.slice(0, 80)}, as it was saved` };
}

function typeOf(datatype: string): ValueType {
  switch (datatype) {
    case 'string':
      return 'text';
    case 'integer':
    case 'real':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'datetime':
      return 'timestamp';
    default:
      return 'unknown';
  }
}

/** A saved value as SQL, and as it stands within quotes; null where it is not of its type. */
function literalOf({ datatype, value }: Parameter): { sql: string; bare: string } | null {
  const trimmed = value.trim();
  switch (typeOf(datatype)) {
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? { sql: trimmed, bare: trimmed } : null;
    case 'boolean':
      return /^(true|false)$/i.test(trimmed) ? { sql: trimmed.toUpperCase(), bare: trimmed } : null;
    case 'date':
      return day(trimmed, /^#?(\d{4}-\d\d-\d\d)/, 'DATE');
    case 'timestamp':
      return day(trimmed, /^#?(\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?)/, 'TIMESTAMP');
    case 'text': {
      const bare = /^"[^]*"$/.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1).replaceAll('""', '"') : value;
      return { sql: quote(bare), bare };
    }
    case 'unknown':
      return null;
  }
}

function day(value: string, pattern: RegExp, keyword: string): { sql: string; bare: string } | null {
  const bare = pattern.exec(value)?.[1];
  return bare === undefined ? null : { sql: `${keyword} '${bare}'`, bare };
}
