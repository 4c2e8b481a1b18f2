import { format, LENGTH_OF, orderOf } from './operators.js';
import { joined, replaced, stripped, titled } from './methods.js';
import { equal, isMarked, isTextual, itemsOf, truthOf, untouchedOf, type Runtime, type Truth } from './runtime.js';
import { isUnknown, JinjaText, unknown, type JinjaArguments, type JinjaKeywords, type JinjaValue } from './value.js';

/** What filters need of the evaluator: `map('upper')` and `select('even')` name others. */
export interface FilterHost {
  readonly runtime: Runtime;
  attribute(value: JinjaValue, name: string): JinjaValue;
  filter(name: string, value: JinjaValue, args: JinjaArguments, kwargs: JinjaKeywords): JinjaValue;
  test(name: string, value: JinjaValue, args: JinjaArguments): Truth;
}

type Filter = (value: JinjaValue, args: JinjaArguments, kwargs: JinjaKeywords, host: FilterHost) => JinjaValue;

function textFilter(change: (text: string, args: readonly string[], runtime: Runtime) => JinjaValue): Filter {
  return (value, args, _kwargs, { runtime }) => {
    if (isUnknown(value)) return value;
    return change(runtime.text(value), args.map((argument) => runtime.text(argument)), runtime);
  };
}

/** A filter of a list; an unknown list stays unknown, as its item or as itself. */
function listFilter(of: 'list' | 'item', change: (items: JinjaValue[], args: JinjaArguments, kwargs: JinjaKeywords, host: FilterHost) => JinjaValue): Filter {
  return (value, args, kwargs, host) => {
    const items = itemsOf(value, host.runtime);
    if (items !== null) return change(items, args, kwargs, host);
    if (!isUnknown(value)) return undefined;
    return of === 'list' ? value : unknown(value.name, { type: value.type, values: value.values });
  };
}

const pass: Filter = (value) => value;

/** Jinja's own filters (`jinja2/filters.py`, version 3.1), those of dbt that change the type only, and none that reaches outside. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['upper', textFilter((text, _, runtime) => runtime.string(text.toUpperCase()))],
  ['lower', textFilter((text, _, runtime) => runtime.string(text.toLowerCase()))],
  ['title', textFilter((text, _, runtime) => runtime.string(titled(text)))],
  ['capitalize', textFilter((text, _, runtime) => runtime.string(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()))],
  ['trim', trim],
  ['strip', trim],
  ['replace', textFilter((text, [from = '', to = ''], runtime) => replaced(text, from, to, runtime))],
  ['truncate', (value, [length]) => (typeof value === 'string' && typeof length === 'number' && !isMarked(value) ? value.slice(0, length) : value)],
  ['indent', indent],
  ['wordcount', textFilter((text) => text.split(/\s+/).filter((word) => word !== '').length)],
  ['urlencode', textFilter((text, _, runtime) => runtime.string(text.replace(/[^\w.\-~/\ue000-\ue00b\ud800-\udfff]/gu, (character) => encodeURIComponent(character))))],
  ['string', (value, _args, _kwargs, { runtime }) => (isUnknown(value) ? { ...value, type: 'text' } : value instanceof JinjaText ? value : runtime.text(value))],
  ['tojson', (value, _args, _kwargs, { runtime }) => (isUnknown(value) ? value : json(value, runtime))],
  ['format', (value, args, kwargs, { runtime }) => (isUnknown(value) ? value : format(runtime.text(value), args.length > 0 ? args : [new Map(kwargs)], runtime))],
  ['int', (value, [preset]) => number(value, preset, true)],
  ['float', (value, [preset]) => number(value, preset, false)],
  ['abs', (value) => (typeof value === 'number' ? Math.abs(value) : value)],
  ['round', round],
  ['default', preset],
  ['d', preset],
  ['length', length],
  ['count', length],
  ['list', listFilter('list', (items) => [...items])],
  ['first', listFilter('item', ([first]) => first)],
  ['last', listFilter('item', (items) => items.at(-1))],
  ['random', listFilter('item', ([first]) => first)],
  ['min', listFilter('item', (items, _args, _kwargs, { runtime }) => extreme(items, -1, runtime))],
  ['max', listFilter('item', (items, _args, _kwargs, { runtime }) => extreme(items, 1, runtime))],
  ['sum', listFilter('item', (items) => items.reduce((sum: number, item) => sum + (Number(typeof item === 'number' ? item : 0) || 0), 0))],
  ['reverse', (value, args, kwargs, host) => (isTextual(value) ? [...host.runtime.text(value)].toReversed().join('') : reverse(value, args, kwargs, host))],
  ['sort', listFilter('list', sort)],
  ['unique', listFilter('list', (items, _args, _kwargs, { runtime }) => unique(items, runtime))],
  ['join', join],
  ['map', listFilter('list', map)],
  ['select', listFilter('list', (items, args, _kwargs, host) => chosen(items, args, true, false, host))],
  ['reject', listFilter('list', (items, args, _kwargs, host) => chosen(items, args, false, false, host))],
  ['selectattr', listFilter('list', (items, args, _kwargs, host) => chosen(items, args, true, true, host))],
  ['rejectattr', listFilter('list', (items, args, _kwargs, host) => chosen(items, args, false, true, host))],
  ['batch', listFilter('list', (items, [size], _kwargs, { runtime }) => batches(items, Number(size) || 1, runtime))],
  ['slice', listFilter('list', (items, [count], _kwargs, { runtime }) => batches(items, Math.ceil(items.length / (Number(count) || 1)), runtime))],
  ['items', (value, _args, _kwargs, { runtime }) => (value instanceof Map ? runtime.list([...value].map(([key, item]) => [key, item])) : value)],
  ['dictsort', (value, _args, _kwargs, { runtime }) => (value instanceof Map ? runtime.list([...value].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([key, item]) => [key, item])) : value)],
  ['attr', (value, [name], _kwargs, host) => host.attribute(value, host.runtime.text(name))],
  ...['safe', 'e', 'escape', 'forceescape', 'pprint', 'as_text', 'as_bool', 'as_native', 'as_number', 'striptags'].map((name): [string, Filter] => [name, pass]),
]);

const reverse = listFilter('list', (items) => items.toReversed());

function preset(value: JinjaValue, [instead, ifFalse]: JinjaArguments, kwargs: JinjaKeywords): JinjaValue {
  const given = instead ?? kwargs.get('default_value') ?? '';
  if (value === undefined || (isUnknown(value) && value.isUndefined === true)) return given;
  const isFalseToo = ifFalse === true || kwargs.get('boolean') === true;
  return isFalseToo && !isUnknown(value) && !untouchedOf(truthOf(value)) ? given : value;
}

/** Captured text keeps its places: only its ends are shortened. */
function trim(value: JinjaValue, [characters]: JinjaArguments, _kwargs: JinjaKeywords, { runtime }: FilterHost): JinjaValue {
  if (isUnknown(value)) return value;
  const of = characters === undefined || characters === null ? null : runtime.text(characters);
  if (!(value instanceof JinjaText) || of !== null) return stripped(runtime.text(value), of, true, true);
  const pieces = [...value.pieces];
  for (let first = pieces[0]; first !== undefined && first.kind !== 'hole'; first = pieces[0]) {
    const text = first.text.trimStart();
    const lost = first.text.length - text.length;
    if (text !== '') {
      pieces[0] = first.kind === 'copy' ? { ...first, text, start: first.start + lost } : { ...first, text };
      break;
    }
    pieces.shift();
  }
  for (let last = pieces.at(-1); last !== undefined && last.kind !== 'hole'; last = pieces.at(-1)) {
    pieces.pop();
    const text = last.text.trimEnd();
    if (text === '') continue;
    pieces.push(last.kind === 'copy' ? { ...last, text, end: last.start + text.length } : { ...last, text });
    break;
  }
  return new JinjaText(pieces);
}

function indent(value: JinjaValue, [width]: JinjaArguments, _kwargs: JinjaKeywords, { runtime }: FilterHost): JinjaValue {
  // White space says nothing in SQL, and text that is not touched keeps its places.
  if (isUnknown(value) || value instanceof JinjaText) return value;
  const text = runtime.text(value);
  const by = ' '.repeat(Math.max(0, Math.min(80, typeof width === 'number' ? width : 4)));
  runtime.reserve(text.length + text.split('\n').length * by.length);
  return text.replaceAll('\n', `\n${by}`);
}

function json(value: JinjaValue, runtime: Runtime): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (isTextual(value)) return runtime.string(JSON.stringify(runtime.text(value)));
  return runtime.text(value);
}

function number(value: JinjaValue, presetValue: JinjaValue, isWhole: boolean): JinjaValue {
  if (isUnknown(value)) return { ...value, type: 'number' };
  const read = typeof value === 'boolean' || typeof value === 'number' ? Number(value) : typeof value === 'string' ? Number.parseFloat(value) : Number.NaN;
  if (Number.isNaN(read)) return presetValue ?? 0;
  return isWhole ? Math.trunc(read) : read;
}

function round(value: JinjaValue, [digits]: JinjaArguments): JinjaValue {
  if (typeof value !== 'number') return value;
  const factor = 10 ** (typeof digits === 'number' ? Math.max(-15, Math.min(15, digits)) : 0);
  return Math.round(value * factor) / factor;
}

function length(value: JinjaValue, _args: JinjaArguments, _kwargs: JinjaKeywords, { runtime }: FilterHost): JinjaValue {
  if (isUnknown(value)) return unknown(`${LENGTH_OF}${value.name}`, { type: 'number' });
  if (isTextual(value)) return runtime.text(value).length;
  return itemsOf(value, runtime)?.length ?? 0;
}

function extreme(items: readonly JinjaValue[], sign: number, runtime: Runtime): JinjaValue {
  return items.reduce((best, item) => ((orderOf(item, best, runtime) ?? 0) * sign > 0 ? item : best), items[0]);
}

function sort(items: JinjaValue[], [isReversed]: JinjaArguments, kwargs: JinjaKeywords, host: FilterHost): JinjaValue {
  const by = kwargs.get('attribute');
  const keyOf = (item: JinjaValue): JinjaValue => (by === undefined ? item : host.attribute(item, host.runtime.text(by)));
  const sign = isReversed === true || kwargs.get('reverse') === true ? -1 : 1;
  return items.toSorted((one, other) => {
    host.runtime.step();
    return sign * (orderOf(keyOf(one), keyOf(other), host.runtime) ?? 0);
  });
}

function unique(items: readonly JinjaValue[], runtime: Runtime): JinjaValue[] {
  const kept: JinjaValue[] = [];
  for (const item of items) if (!kept.some((one) => equal(one, item, runtime) === true)) kept.push(item);
  return kept;
}

function join(value: JinjaValue, args: JinjaArguments, kwargs: JinjaKeywords, host: FilterHost): JinjaValue {
  const by = args[1] ?? kwargs.get('attribute');
  const separator = host.runtime.text(args[0] ?? kwargs.get('d') ?? '');
  if (by === undefined) return joined(value, separator, host.runtime);
  return joined(map(itemsOf(value, host.runtime) ?? [], [], new Map([['attribute', by]]), host), separator, host.runtime);
}

function map(items: readonly JinjaValue[], [name, ...args]: JinjaArguments, kwargs: JinjaKeywords, host: FilterHost): JinjaValue {
  const attribute = kwargs.get('attribute');
  host.runtime.step(items.length);
  if (attribute !== undefined) return items.map((item) => host.attribute(item, host.runtime.text(attribute)) ?? kwargs.get('default'));
  return items.map((item) => host.filter(host.runtime.text(name), item, args, kwargs));
}

/** `select('even')`, `selectattr('x', '==', 1)`: what is in doubt is kept. */
function chosen(items: readonly JinjaValue[], args: JinjaArguments, isWanted: boolean, byAttribute: boolean, host: FilterHost): JinjaValue[] {
  const [test, ...rest] = byAttribute ? args.slice(1) : args;
  return items.filter((item) => {
    const value = byAttribute ? host.attribute(item, host.runtime.text(args[0])) : item;
    const truth = test === undefined ? truthOf(value) : host.test(host.runtime.text(test), value, rest);
    return typeof truth !== 'boolean' || truth === isWanted;
  });
}

function batches(items: readonly JinjaValue[], size: number, runtime: Runtime): JinjaValue[] {
  const whole = Math.max(1, Math.floor(size));
  const lists: JinjaValue[] = [];
  for (let at = 0; at < items.length; at += whole) lists.push(items.slice(at, at + whole));
  return runtime.list(lists);
}
