import type { ColumnForm, CommonForm, Incomparable } from './expression.js';

export { NULL_TEXT, unmarked } from './marks.js';

/**
 * What a column of the source and one of the target are compared as.
 *
 * @param options.decimals a tolerance: numbers are rounded to so many decimals on both sides.
 */
export function commonForm(source: ColumnForm, target: ColumnForm, options: { decimals?: number | null } = {}): CommonForm | Incomparable {
  const decimals = options.decimals ?? null;
  if (isNumber(source) && isNumber(target)) return commonNumber(source, target, decimals);
  // A boolean that is kept as a number is 0 or 1.
  if ((source.kind === 'boolean' && target.kind === 'integer') || (source.kind === 'integer' && target.kind === 'boolean')) return { kind: 'integer' };
  if (source.kind === 'array' && target.kind === 'array') return commonArray(source, target, options);
  if (source.kind === 'timestamp' || target.kind === 'timestamp') return commonMoment(source, target);
  if (source.kind === 'text' && target.kind === 'text') return { kind: 'text', padded: source.padded || target.padded };
  if (source.kind === 'json' || target.kind === 'json') return commonDocument(source, target);
  if (source.kind === 'time' && target.kind === 'time') return { kind: 'time', digits: target.digits };
  if (source.kind === target.kind) {
    const { kind } = source;
    if (kind === 'boolean' || kind === 'uuid' || kind === 'bytes' || kind === 'date' || kind === 'interval') return { kind };
  }
  if (source.kind === 'text') return besideText(target, source);
  if (target.kind === 'text') return besideText(source, target);
  return { because: apart(source, target) };
}

/** The same for a column by itself: everything that it holds. */
export function ownCommonForm(own: ColumnForm): CommonForm {
  if (own.kind === 'json') return { kind: 'json' };
  const common = commonForm(own, own);
  if ('because' in common) throw new Error(`a ${own.kind} is not comparable with itself: ${common.because}`);
  return common;
}

/**
 * Whether a canonical text stands for one value only, so that `constant` finds its rows again: not where it was rounded, cut or folded. Of
 * numbers and moments the side that is coarser keeps its values.
 */
export function keepsValue(own: ColumnForm, common: CommonForm): boolean {
  switch (own.kind) {
    case 'integer':
      return common.kind === 'integer' || (common.kind === 'decimal' && common.scale !== null && common.scale >= 0);
    case 'decimal':
      return common.kind === 'decimal' && (common.scale === null || (own.scale !== null && own.scale <= common.scale));
    case 'boolean':
      return common.kind === 'boolean' || common.kind === 'integer';
    case 'text':
      return common.kind === 'text' && common.padded === own.padded && own.by === undefined;
    case 'uuid':
    case 'bytes':
      return common.kind === own.kind;
    case 'date':
      return common.kind === 'date' || common.kind === 'text';
    case 'timestamp':
    case 'time':
      return common.kind === own.kind && own.digits <= common.digits;
    default:
      return false;
  }
}

/** In words for a reader: `numeric with 2 decimals`, `timestamp to the millisecond`. */
export function formText(form: CommonForm): string {
  switch (form.kind) {
    case 'decimal':
      return form.scale === null ? 'numeric with all decimals' : form.scale === 0 ? 'whole number' : `numeric with ${counted(form.scale, 'decimal')}`;
    case 'float': {
      const rounded = form.decimals === null ? 'to ten significant digits' : `rounded to ${counted(form.decimals, 'decimal')}`;
      return `${form.bits === 32 ? 'single-precision ' : ''}floating point ${rounded}`;
    }
    case 'timestamp':
    case 'time':
      return `${form.kind} to the ${UNITS[form.digits] ?? `${form.digits}th digit of a second`}`;
    case 'text':
      return form.padded ? 'text without blanks at the end' : 'text';
    case 'bytes':
      return 'bytes in hexadecimal';
    case 'json':
      return 'JSON as written, without blanks between its parts';
    case 'array':
      return `array of ${formText(form.element)}${form.empty_for_null === true ? ', NULL as an empty one' : ''}`;
    default:
      return form.kind;
  }
}

const UNITS: Readonly<Record<number, string>> = { 0: 'second', 3: 'millisecond', 6: 'microsecond', 9: 'nanosecond' };

type NumberForm = Extract<ColumnForm, { kind: 'integer' | 'decimal' | 'float' }>;

function isNumber(form: ColumnForm): form is NumberForm {
  return form.kind === 'integer' || form.kind === 'decimal' || form.kind === 'float';
}

function commonNumber(source: NumberForm, target: NumberForm, decimals: number | null): CommonForm {
  if (source.kind === 'float' || target.kind === 'float') {
    const single = (source.kind === 'float' && source.bits === 32) || (target.kind === 'float' && target.bits === 32);
    return { kind: 'float', bits: single ? 32 : 64, decimals: keptDecimals(target, decimals) };
  }
  if (source.kind === 'integer' && target.kind === 'integer') return { kind: 'integer' };
  const scale = scaleOf(target);
  return { kind: 'decimal', scale: decimals === null ? scale : Math.min(decimals, scale ?? decimals) };
}

/** Where the target is a decimal it cannot hold more than its scale of a float; ten significant digits see no more than nine decimals. */
function keptDecimals(target: NumberForm, decimals: number | null): number | null {
  const scale = target.kind === 'float' ? null : scaleOf(target);
  return scale === null || scale > 9 ? decimals : Math.min(scale, decimals ?? scale);
}

function scaleOf(form: NumberForm): number | null {
  return form.kind === 'decimal' ? form.scale : 0;
}

type ArrayForm = Extract<ColumnForm, { kind: 'array' }>;

function commonArray(source: ArrayForm, target: ArrayForm, options: { decimals?: number | null }): CommonForm | Incomparable {
  const element = commonForm(source.element, target.element, options);
  if ('because' in element) return { because: `their elements differ: ${element.because}` };
  return { kind: 'array', element, ...(source.never_null === true || target.never_null === true ? { empty_for_null: true } : {}) };
}

function commonMoment(source: ColumnForm, target: ColumnForm): CommonForm | Incomparable {
  if (source.kind === 'timestamp' && target.kind === 'timestamp') return { kind: 'timestamp', digits: target.digits };
  if (source.kind === 'date' && target.kind === 'timestamp') return { kind: 'timestamp', digits: target.digits };
  if (source.kind === 'timestamp' && target.kind === 'date') {
    if (!source.zoned) return { kind: 'date' };
    return { because: 'the day of a moment depends on the time zone in which it was cut; compare through a `query` that cuts it the same way' };
  }
  if (source.kind === 'text') return besideText(target, source);
  return target.kind === 'text' ? besideText(source, target) : { because: apart(source, target) };
}

function commonDocument(source: ColumnForm, target: ColumnForm): CommonForm | Incomparable {
  const documents = [source, target];
  if (!documents.every((form) => form.kind === 'json' || form.kind === 'text')) return { because: apart(source, target) };
  if (documents.every((form) => form.kind !== 'json' || form.kept)) return { kind: 'json' };
  return { because: 'one side orders the members of JSON anew and rewrites its numbers; compare chosen paths through a `query`' };
}

/** A column of text beside one of another kind: only where that kind has one way to be written. */
function besideText(other: ColumnForm, text: Extract<ColumnForm, { kind: 'text' }>): CommonForm | Incomparable {
  switch (other.kind) {
    case 'integer':
    case 'uuid':
    case 'boolean':
      return { kind: other.kind };
    case 'decimal':
      return { kind: 'decimal', scale: null };
    case 'date':
      return { kind: 'text', padded: text.padded };
    case 'bytes':
      if (text.bytes === true) return { kind: 'bytes' };
      return { because: 'text may hold bytes as base64 or in hexadecimal; compare through a `query` that decodes it' };
    default:
      return { because: `a ${NAMES[other.kind]} is written as text in many ways; compare through a \`query\` that casts it` };
  }
}

const NAMES: Readonly<Record<ColumnForm['kind'], string>> = {
  integer: 'whole number', decimal: 'decimal number', float: 'floating-point number', boolean: 'boolean', text: 'text', uuid: 'uuid', bytes: 'bytes',
  date: 'date', time: 'time of day', timestamp: 'timestamp', interval: 'interval', json: 'JSON document', array: 'array',
};

function apart(source: ColumnForm, target: ColumnForm): string {
  const kinds = new Set([source.kind, target.kind]);
  if ((kinds.has('integer') || kinds.has('decimal')) && (kinds.has('timestamp') || kinds.has('date') || kinds.has('time'))) {
    return 'a number does not say in which unit and from when it counts; compare through a `query` that casts it';
  }
  return `the source has ${article(NAMES[source.kind])}, the target ${article(NAMES[target.kind])}; compare through a \`query\` that casts one of them`;
}

function article(name: string): string {
  return name === 'text' || name === 'bytes' ? name : `${/^[aeiou]/.test(name) && name !== 'uuid' ? 'an' : 'a'} ${name}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
