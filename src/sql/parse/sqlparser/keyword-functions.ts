import type { Expression } from '../../../model/syntax-tree.js';
import { call, composite, literal, operation } from './build.js';
import { type Context, expressions, optional } from './context.js';
import { lowerDictionary, lowerMap, lowerStruct } from './access.js';
import { lowerInterval, lowerTypedText } from './literal.js';
import { ident, isQuoted, nameParts, simpleName } from './names.js';
import { flag, isAbsent, list, member, text, variant } from './node.js';
import { typeText } from './types.js';

type Lower = (content: unknown, at: Context) => Expression;

/** A function of the standard that is written with words between its arguments: PostgreSQL's grammar makes it a call of this schema. */
function catalogCall(name: string, operands: Expression[]): Expression {
  return call(['pg_catalog', name], operands);
}

const lowerExtract: Lower = (content, at) => {
  const operand = at.expression(member(content, 'expr'));
  const { tag, content: custom } = variant(member(content, 'field'));
  const written = tag === 'Custom' ? (text(member(custom, 'value')) ?? '') : tag;
  return catalogCall('extract', [literal('string', fieldName(written), { start: operand.span.start, end: operand.span.start }), operand]);
};

function fieldName(written: string): string {
  return written.toLowerCase().replace(/^timezone(hour|minute|abbr|region)$/, 'timezone_$1');
}

/** CEIL and FLOOR, in some dialects to a unit of time. */
function lowerRounded(name: string): Lower {
  return (content, at) => {
    const operand = at.expression(member(content, 'expr'));
    const field = variant(member(content, 'field'));
    const unit = field.tag === 'DateTimeField' ? variant(field.content).tag : '';
    if (field.tag === 'Scale') return call([name], [operand, at.expression({ Value: field.content })]);
    return call([name], unit === '' || unit === 'NoDateTime' ? [operand] : [operand, literal('string', unit.toLowerCase(), operand.span)]);
  };
}

const lowerPosition: Lower = (content, at) => catalogCall('position', expressions([member(content, 'in'), member(content, 'expr')], at));

const lowerSubstring: Lower = (content, at) => {
  const base = at.expression(member(content, 'expr'));
  const from = optional(member(content, 'substring_from'), at);
  const length = optional(member(content, 'substring_for'), at);
  const operands = [base, ...(from ? [from] : []), ...(length ? [length] : [])];
  if (flag(content, 'special') || flag(content, 'shorthand')) return call([flag(content, 'shorthand') ? 'substr' : 'substring'], operands);
  if (from || !length) return catalogCall('substring', operands);
  // PostgreSQL's grammar reads FOR alone as from the first character.
  return catalogCall('substring', [base, literal('number', '1', base.span), { type: 'cast', operand: length, target: 'integer', span: length.span }]);
};

const TRIM: Record<string, string> = { Leading: 'ltrim', Trailing: 'rtrim' };

const lowerTrim: Lower = (content, at) => {
  const name = TRIM[variant(member(content, 'trim_where')).tag] ?? 'btrim';
  const base = at.expression(member(content, 'expr'));
  const what = optional(member(content, 'trim_what'), at);
  return catalogCall(name, [base, ...(what ? [what] : []), ...expressions(list(content, 'trim_characters'), at)]);
};

const lowerOverlay: Lower = (content, at) => {
  const length = optional(member(content, 'overlay_for'), at);
  const fixed = expressions([member(content, 'expr'), member(content, 'overlay_what'), member(content, 'overlay_from')], at);
  return catalogCall('overlay', length ? [...fixed, length] : fixed);
};

const lowerCast: Lower = (content, at) => {
  const operand = at.expression(member(content, 'expr'));
  return { type: 'cast', operand, target: typeText(member(content, 'data_type'), at), span: operand.span };
};

/** `CONVERT(type, value)` is a cast; `CONVERT(value USING charset)` is none. */
const lowerConvert: Lower = (content, at) => {
  const operand = at.expression(member(content, 'expr'));
  const type = member(content, 'data_type');
  if (isAbsent(type)) return call(['convert'], [operand]);
  return { type: 'cast', operand, target: typeText(type, at), span: operand.span };
};

const lowerCollate: Lower = (content, at) => operation(`collate ${collation(member(content, 'collation'))}`, [at.expression(member(content, 'expr'))]);

/** The names of collations are PostgreSQL's in all dialects that quote them. */
function collation(name: unknown): string {
  return nameParts(name).map((part) => (isQuoted(part) ? (text(member(part, 'value')) ?? '') : (text(member(part, 'value')) ?? '').toLowerCase())).join('.');
}

const lowerCase: Lower = (content, at) => ({
  type: 'case',
  operand: optional(member(content, 'operand'), at),
  branches: list(content, 'conditions').map((branch) => ({
    when: at.expression(member(branch, 'condition')),
    then: at.expression(member(branch, 'result')),
  })),
  otherwise: optional(member(content, 'else_result'), at),
  span: at.positions.around(content),
});

const lowerMatch: Lower = (content, at) => {
  const columns = list(content, 'columns').map((column): Expression => {
    const span = at.positions.around(column);
    return { type: 'column', parts: [simpleName(column, at)], span };
  });
  return operation('match_against', [...columns, at.expression({ Value: member(content, 'match_value') })]);
};

/** `_utf8'text'`, `CONNECT_BY_ROOT column`: the word matters for no column. */
const lowerPrefixed: Lower = (content, at) => {
  const inner = at.expression(member(content, 'value'));
  const prefix = ident(member(content, 'prefix'), at);
  return prefix.startsWith('_') ? inner : operation(prefix.toLowerCase(), [inner]);
};

/** Expressions that the grammar spells with words of its own, by the parser's names. */
export const KEYWORD_FUNCTIONS: Record<string, Lower> = {
  Extract: lowerExtract,
  Ceil: lowerRounded('ceil'),
  Floor: lowerRounded('floor'),
  Position: lowerPosition,
  Substring: lowerSubstring,
  Trim: lowerTrim,
  Overlay: lowerOverlay,
  Cast: lowerCast,
  Convert: lowerConvert,
  Collate: lowerCollate,
  AtTimeZone: (content, at) => operation('at_time_zone', expressions([member(content, 'timestamp'), member(content, 'time_zone')], at)),
  Interval: lowerInterval,
  TypedString: lowerTypedText,
  Case: lowerCase,
  MatchAgainst: lowerMatch,
  Prefixed: lowerPrefixed,
  Struct: lowerStruct,
  Dictionary: lowerDictionary,
  Map: lowerMap,
  Tuple: (content, at) => composite('row', expressions(Array.isArray(content) ? content : [], at)),
  Array: (content, at) => composite('array', expressions(list(content, 'elem'), at)),
};
