import { equal, isTextual, itemsOf, type Runtime } from './runtime.js';
import { format } from './operators.js';
import { isUnknown, unknown, type JinjaArguments, type JinjaDict, type JinjaKeywords, type JinjaValue } from './value.js';

type Method = (args: JinjaArguments, kwargs: JinjaKeywords) => JinjaValue;

/** A method of Python's strings, lists and dicts that templates use; null for another one. */
export function methodOf(value: JinjaValue, name: string, runtime: Runtime): Method | null {
  if (Array.isArray(value)) return listMethod(value, name, runtime);
  if (value instanceof Map) return dictMethod(value, name, runtime);
  return isTextual(value) ? stringMethod(runtime.text(value), name, runtime) : null;
}

function stringMethod(text: string, name: string, runtime: Runtime): Method | null {
  const of = (value: JinjaValue): string => runtime.text(value);
  switch (name) {
    case 'upper':
      return () => runtime.string(text.toUpperCase());
    case 'lower':
    case 'casefold':
      return () => runtime.string(text.toLowerCase());
    case 'title':
      return () => runtime.string(titled(text));
    case 'capitalize':
      return () => runtime.string(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase());
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return ([characters]) => runtime.string(stripped(text, characters === undefined || characters === null ? null : of(characters), name !== 'rstrip', name !== 'lstrip'));
    case 'split':
    case 'rsplit':
      return ([separator, count]) => runtime.list(split(text, separator === undefined || separator === null ? null : of(separator), typeof count === 'number' ? count : -1));
    case 'splitlines':
      return () => runtime.list(text.split(/\r?\n/));
    case 'join':
      return ([list]) => joined(list, text, runtime);
    case 'replace':
      return ([from, to]) => replaced(text, of(from), of(to), runtime);
    case 'startswith':
      return ([start]) => text.startsWith(of(start));
    case 'endswith':
      return ([end]) => text.endsWith(of(end));
    case 'find':
    case 'index':
      return ([part]) => text.indexOf(of(part));
    case 'count':
      return ([part]) => (of(part) === '' ? 0 : text.split(of(part)).length - 1);
    case 'isdigit':
    case 'isnumeric':
      return () => /^\d+$/.test(text);
    case 'isupper':
      return () => text === text.toUpperCase() && text !== text.toLowerCase();
    case 'islower':
      return () => text === text.toLowerCase() && text !== text.toUpperCase();
    case 'zfill':
      return ([width]) => runtime.string(text.padStart(Math.min(1_000, Number(width) || 0), '0'));
    case 'format':
      return (args, kwargs) => braces(text, args, kwargs, runtime);
  }
  return null;
}

export function titled(text: string): string {
  return text.toLowerCase().replace(/(^|[^\p{L}\p{N}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** `'{} of {name}'.format(…)`. */
function braces(text: string, args: JinjaArguments, kwargs: JinjaKeywords, runtime: Runtime): string {
  let next = 0;
  const values: JinjaValue[] = [];
  const pattern = text.replace(/%/g, '%%').replace(/\{\{|\}\}|\{(\w{0,80})[^{}]{0,40}\}/g, (found, key: string | undefined) => {
    if (key === undefined) return found.charAt(0);
    values.push(key === '' ? args[next++] : /^\d+$/.test(key) ? args[Number(key)] : kwargs.get(key));
    return '%s';
  });
  return format(pattern, values, runtime);
}

export function stripped(text: string, characters: string | null, atStart: boolean, atEnd: boolean): string {
  const isStripped = (character: string): boolean => (characters === null ? character.trim() === '' : characters.includes(character));
  let start = 0;
  let end = text.length;
  if (atStart) while (start < end && isStripped(text.charAt(start))) start++;
  if (atEnd) while (end > start && isStripped(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function split(text: string, separator: string | null, count: number): string[] {
  const parts = separator === null || separator === '' ? text.trim().split(/\s+/).filter((part) => part !== '') : text.split(separator);
  if (count < 0 || parts.length <= count + 1) return parts;
  return [...parts.slice(0, count), parts.slice(count).join(separator ?? ' ')];
}

export function replaced(text: string, from: string, to: string, runtime: Runtime): string {
  if (from === '') return text;
  const parts = text.split(from);
  runtime.reserve(text.length + (parts.length - 1) * to.length);
  return parts.join(to);
}

/** The items of a list in one string; the one item of an unknown list stands for them. */
export function joined(list: JinjaValue, separator: string, runtime: Runtime): JinjaValue {
  const items = itemsOf(list, runtime);
  if (items === null) return isUnknown(list) ? runtime.mark(list) : '';
  const texts = items.map((item) => runtime.text(item));
  runtime.reserve(texts.reduce((length, text) => length + text.length + separator.length, 0));
  return texts.join(separator);
}

function listMethod(list: JinjaValue[], name: string, runtime: Runtime): Method | null {
  const grow = (items: readonly JinjaValue[]): null => {
    runtime.list([...list, ...items]);
    list.push(...items);
    return null;
  };
  switch (name) {
    case 'append':
      return ([item]) => grow([item]);
    case 'extend':
      return ([items]) => grow(itemsOf(items, runtime) ?? [unknown('item')]);
    case 'insert':
      return ([at, item]) => {
        runtime.list([...list, item]);
        list.splice(Number(at) || 0, 0, item);
        return null;
      };
    case 'pop':
      return ([at]) => (at === undefined ? list.pop() : list.splice(Number(at) || 0, 1)[0]);
    case 'remove':
      return ([item]) => {
        const at = list.findIndex((one) => equal(one, item, runtime) === true);
        if (at >= 0) list.splice(at, 1);
        return null;
      };
    case 'index':
      return ([item]) => list.findIndex((one) => equal(one, item, runtime) === true);
    case 'count':
      return ([item]) => list.filter((one) => equal(one, item, runtime) === true).length;
    case 'copy':
      return () => runtime.list([...list]);
    case 'reverse':
      return () => {
        list.reverse();
        return null;
      };
    case 'clear':
      return () => {
        list.length = 0;
        return null;
      };
  }
  return null;
}

function dictMethod(dict: JinjaDict, name: string, runtime: Runtime): Method | null {
  const put = (key: string, value: JinjaValue): void => {
    runtime.list([...dict.values()]);
    dict.set(key, value);
  };
  switch (name) {
    case 'items':
      return () => runtime.list([...dict].map(([key, value]) => [key, value]));
    case 'keys':
      return () => runtime.list([...dict.keys()]);
    case 'values':
      return () => runtime.list([...dict.values()]);
    case 'get':
      return ([key, preset]) => (dict.has(runtime.text(key)) ? dict.get(runtime.text(key)) : (preset ?? null));
    case 'update':
      return ([other], kwargs) => {
        for (const [key, value] of [...(other instanceof Map ? other : []), ...kwargs]) put(key, value);
        return null;
      };
    case 'setdefault':
      return ([key, preset]) => {
        if (!dict.has(runtime.text(key))) put(runtime.text(key), preset ?? null);
        return dict.get(runtime.text(key));
      };
    case 'pop':
      return ([key, preset]) => {
        const value = dict.get(runtime.text(key));
        return dict.delete(runtime.text(key)) ? value : (preset ?? null);
      };
    case 'copy':
      return () => new Map(dict);
  }
  return null;
}
