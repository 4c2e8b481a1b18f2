import type { Hole } from '../../template/holes.js';
import type { ValueType } from '../../template/placeholder.js';
import { isObject } from '../common/json.js';
import type { RedashParameter } from './shapes.js';

const TYPES: Readonly<Record<string, ValueType>> = { text: 'unknown', 'text-pattern': 'text', number: 'number', enum: 'unknown', query: 'unknown' };

/** What is known of a parameter: its type, what Redash pastes for its stored value, and the choices it has. */
export function parameterOf(name: string, parameters: readonly RedashParameter[]): Omit<Hole, 'start' | 'end' | 'name'> {
  const [base = name, part] = name.split('.');
  const found = parameters.find((parameter) => parameter.name === name) ?? parameters.find((parameter) => parameter.name === base);
  if (found === undefined) return /(^|_)(date|start|end|from|to)$/i.test(name) ? { type: 'unknown' } : {};
  const stored = storedText(found, part);
  const choices = found.type === 'enum' ? (found.enumOptions ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '') : [];
  const values = [...new Set([...(stored === null ? [] : [stored]), ...choices])];
  return {
    type: typeOf(found, part),
    ...(stored === null ? {} : { pasted: stored }),
    // Only a plain name may stand for a relation or column.
    ...(values.every((value) => /^[\w.$]+$/.test(value)) && values.length > 0 ? { values } : {}),
  };
}

/** Dates are pasted without quotes, which authors write around them: within a string a bare day stands for them. */
function typeOf({ type = '' }: RedashParameter, part: string | undefined): ValueType {
  if (part === 'start' || part === 'end' || type.startsWith('date')) return 'date';
  return TYPES[type] ?? 'unknown';
}

function storedText({ value, multiValuesOptions }: RedashParameter, part: string | undefined): string | null {
  const stored = part !== undefined && isObject(value) ? value[part] : value;
  if (Array.isArray(stored)) {
    const { prefix = '', suffix = '', separator = ',' } = multiValuesOptions ?? {};
    const texts = stored.filter((item): item is string | number => typeof item === 'string' || typeof item === 'number');
    return texts.length === 0 ? null : texts.map((item) => `${prefix}${item}${suffix}`).join(separator);
  }
  if (typeof stored === 'number') return String(stored);
  // `d_last_7_days` and its like are computed when the query runs.
  return typeof stored === 'string' && stored !== '' && !stored.startsWith('d_') ? stored : null;
}
