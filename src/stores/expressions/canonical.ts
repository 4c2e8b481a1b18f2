import type { DecimalForm, Dialect, MomentForm } from './dialect.js';
import type { ColumnForm, CommonForm, EngineExpressions } from './expression.js';
import { floatText } from './float.js';
import { ARRAY_BEGIN, ARRAY_END, ARRAY_NEXT, MARK, NULL_MARK, NULL_TEXT, SEPARATOR } from './marks.js';
import { constantOf, momentOf } from './constants.js';

/** The expressions of one engine from what it writes in its own way. */
export function expressionsFrom(dialect: Dialect): EngineExpressions {
  return {
    engine: dialect.engine,
    ...(dialect.version_min === undefined ? {} : { version_min: dialect.version_min }),
    nullText: NULL_TEXT,
    name: (name) => dialect.name(name),
    relation: ({ schema, name }) => {
      const point = dialect.hasDatabases ? schema.indexOf('.') : -1;
      const schemas = point < 0 ? [schema] : [schema.slice(0, point), schema.slice(point + 1)];
      return [...schemas, name].map((part) => dialect.name(part)).join('.');
    },
    text: (text) => dialect.text(text),
    integer: (value) => dialect.integer(value),
    formOf: (type) => dialect.formOf(type),
    canonical: (expression, own, common) => canonical(dialect, expression, own, common, 0),
    rowText: (texts) => {
      const separator = dialect.text(MARK + SEPARATOR);
      return dialect.join(texts.flatMap((text, index) => (index === 0 ? [text] : [separator, text])));
    },
    digest: (text) => dialect.digest(text),
    digestSum: (digest) => dialect.sum(digest),
    exactSum: (expression, own) => {
      if (own.kind !== 'integer' && own.kind !== 'decimal') throw new Error(`a ${own.kind} has no exact sum`);
      return dialect.exactSum(expression, own);
    },
    floatSum: (expression) => dialect.floatSum(expression),
    // A cast binds more tightly than what may stand in an expression.
    digits: (expression) => dialect.print(/^[\w.*"`]+(\([\w.*"`]*\))?$|^\([^()]*\)$/.test(expression) ? expression : `(${expression})`),
    bucket: (expression, width) => `(${dialect.bucket(expression, width)})`,
    remainder: (digest, count) => `(${dialect.remainder(digest, count)})`,
    constant: (text, own, common) => constantOf(dialect, text, own, common),
    epochSeconds: (expression, own) => finiteOnly(dialect, expression, dialect.epoch(expression, momentForm(own))),
    periodStart: (unit, expression, own) => finiteOnly(dialect, expression, dialect.periodStart(unit, expression, momentForm(own))),
    moment: (epochSeconds, own) => momentOf(dialect, epochSeconds, momentForm(own)),
    now: () => dialect.now(),
  };
}

function momentForm(own: ColumnForm): MomentForm {
  if (own.kind === 'timestamp' || own.kind === 'date') return own;
  throw new Error(`a ${own.kind} is not a moment`);
}

function finiteOnly(dialect: Dialect, x: string, expression: string): string {
  return dialect.infinite === null ? `(${expression})` : `(case when ${dialect.infinite.isFinite(x)} then ${expression} end)`;
}

function canonical(dialect: Dialect, x: string, own: ColumnForm, common: CommonForm, depth: number): string {
  return `coalesce(${valueText(dialect, x, own, common, depth)}, ${dialect.text(MARK + NULL_MARK)})`;
}

/** NULL for NULL. */
function valueText(dialect: Dialect, x: string, own: ColumnForm, common: CommonForm, depth: number): string {
  if (own.kind === 'text') return textText(dialect, x, own, common);
  switch (common.kind) {
    case 'integer':
      return numberText(dialect, x, own, null);
    case 'decimal':
      return numberText(dialect, x, own, common.scale);
    case 'float':
      return floatText(dialect, x, own, common);
    case 'boolean':
      return dialect.truth(x);
    case 'uuid':
      return lowerCased(dialect.print(x));
    case 'bytes':
      return dialect.hex(x, own);
    case 'date':
      return own.kind === 'timestamp' ? momentText(dialect, x, own, null) : finiteOr(dialect, x, dialect.print(dialect.days(x)));
    case 'text':
      return finiteOr(dialect, x, dialect.isoDate(x));
    case 'timestamp':
      if (own.kind === 'date') return finiteOr(dialect, x, appendZeros(dialect, dialect.print(`(${dialect.days(x)} * 86400)`), common.digits));
      return momentText(dialect, x, momentForm(own), common.digits);
    case 'time':
      return own.kind === 'time' ? withDigits(dialect, common.digits, 6, (digits) => dialect.timeTicks(x, digits)) : impossible(own, common);
    case 'interval':
      return dialect.interval(x);
    case 'json':
      return doubledMarks(dialect, dialect.json(x, own));
    case 'array':
      return own.kind === 'array' ? arrayText(dialect, x, own, common, depth) : impossible(own, common);
  }
}

function impossible(own: ColumnForm, common: CommonForm): never {
  throw new Error(`a ${own.kind} has no common form ${common.kind}`);
}

function doubledMarks(dialect: Dialect, text: string): string {
  return dialect.replace(text, dialect.text(MARK), dialect.text(MARK + MARK));
}

function lowerCased(text: string): string {
  return `lower(${text})`;
}

function textText(dialect: Dialect, x: string, own: Extract<ColumnForm, { kind: 'text' }>, common: CommonForm): string {
  const text = dialect.textOf(x, own);
  switch (common.kind) {
    case 'text':
      return doubledMarks(dialect, common.padded ? dialect.trimEnd(text, ' ') : text);
    case 'json':
      return doubledMarks(dialect, dialect.json(x, own));
    case 'bytes':
      return dialect.hex(x, own);
    case 'uuid':
      return lowerCased(doubledMarks(dialect, text));
    case 'boolean':
      return `case when lower(${text}) in ('true', 't', '1') then '1' when lower(${text}) in ('false', 'f', '0') then '0' else ${doubledMarks(dialect, text)} end`;
    case 'decimal':
      return `case when ${text} like '%.%' then ${withoutZeros(dialect, text)} else ${doubledMarks(dialect, text)} end`;
    default:
      return doubledMarks(dialect, text);
  }
}

/** `1.500` → `1.5`, `1.000` → `1`, of a text with a point. A comma or a mark that stands in it stays. */
function withoutZeros(dialect: Dialect, text: string): string {
  return doubledMarks(dialect, dialect.trimEnd(dialect.trimEnd(text, '0'), '.'));
}

function numberText(dialect: Dialect, x: string, own: ColumnForm, scale: number | null): string {
  if (own.kind === 'boolean') return dialect.truth(x);
  if (own.kind !== 'integer' && own.kind !== 'decimal') return impossible(own, { kind: 'decimal', scale });
  if (scale !== null) return decimalText(dialect, x, own, scale);
  return own.kind === 'integer' ? dialect.print(x) : dialect.trimmed(x, own);
}

function decimalText(dialect: Dialect, x: string, own: DecimalForm, scale: number): string {
  if (own.kind === 'integer') return withZeros(dialect, dialect.print(x), 0, scale);
  if (own.scale === null || own.scale > scale) return dialect.rounded(x, own, scale);
  if (own.scale === scale) return dialect.printDecimal(x, own);
  if (dialect.decimalsMayBeWords) return dialect.rounded(x, own, scale);
  return withZeros(dialect, dialect.printDecimal(x, own), own.scale, scale);
}

/** Decimals are added to the text, not by a cast: that cannot overflow. */
function withZeros(dialect: Dialect, text: string, scale: number, wanted: number): string {
  const zeros = (scale === 0 && wanted > 0 ? '.' : '') + '0'.repeat(wanted - scale);
  return zeros === '' ? text : dialect.join([text, dialect.text(zeros)]);
}

/** A whole number times a power of ten without overflow: zeros after its digits, but 0 stays 0. */
function appendZeros(dialect: Dialect, text: string, count: number): string {
  return count <= 0 ? text : `coalesce(${dialect.join([`nullif(${text}, '0')`, dialect.text('0'.repeat(count))])}, ${text})`;
}

function finiteOr(dialect: Dialect, x: string, text: string): string {
  if (dialect.infinite === null) return text;
  return `case when ${dialect.infinite.isFinite(x)} then ${text} else ${dialect.infinite.print(x)} end`;
}

/** Ticks of what the engine keeps, and zeros for the digits that it does not. Null `digits` are whole days. */
function momentText(dialect: Dialect, x: string, own: MomentForm, digits: number | null): string {
  if (digits === null) return finiteOr(dialect, x, dialect.print(dialect.days(`cast(${x} as date)`)));
  const kept = own.kind === 'timestamp' ? Math.max(own.digits, 6) : 0;
  return withDigits(dialect, digits, kept, (cut) => finiteOr(dialect, x, dialect.ticks(x, own, cut)), (text) => finiteZeros(dialect, x, text, digits - kept));
}

function finiteZeros(dialect: Dialect, x: string, text: string, count: number): string {
  if (dialect.infinite === null) return appendZeros(dialect, text, count);
  return `case when ${dialect.infinite.isFinite(x)} then ${appendZeros(dialect, text, count)} else ${text} end`;
}

function withDigits(dialect: Dialect, digits: number, kept: number, ticks: (digits: number) => string, zeros?: (text: string) => string): string {
  if (digits <= kept) return ticks(digits);
  const text = ticks(kept);
  return zeros === undefined ? appendZeros(dialect, text, digits - kept) : zeros(text);
}

/** The mark stands before each element, not between them: an array of one empty text is not the empty array. */
function arrayText(dialect: Dialect, x: string, own: Extract<ColumnForm, { kind: 'array' }>, common: Extract<CommonForm, { kind: 'array' }>, depth: number): string {
  const mark = dialect.text(MARK + ARRAY_NEXT);
  const elements = dialect.elements(x, (element) => dialect.join([mark, canonical(dialect, element, own.element, common.element, depth + 1)]), depth);
  const isAsItIs = common.empty_for_null !== true || own.never_null === true;
  return dialect.join([dialect.text(MARK + ARRAY_BEGIN), isAsItIs ? elements : `coalesce(${elements}, '')`, dialect.text(MARK + ARRAY_END)]);
}
