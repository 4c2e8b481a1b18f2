import { z } from 'zod';
import { isObject, parsedJson } from '../common/json.js';
import { splitField } from './names.js';
import type { CustomMeasure, QueryRequest } from './query.js';
import { words, type Question } from './shapes.js';

/** Looker's own bound of the rows of a query that states none. */
const LIMIT_DEFAULT = 500;
const CUSTOM_MAX = 200;

const text = z.string().nullish().catch(null);
const customShape = z.object({ measure: text, dimension: text, table_calculation: text, based_on: text, type: text, expression: text, filters: z.unknown().optional(), args: z.array(z.unknown()).nullish().catch(null) });

/**
 * What a dashboard's element or a Look asks for. Fields without a view are those of the explore's base; filters of the
 * dashboard that it listens to come with their stored values. `omitted` names what is calculated from an expression of Looker's own.
 */
export function requestOf(question: Question, base: string, listened: readonly (readonly [string, string])[]): { request: QueryRequest; omitted: string[] } {
  const qualified = (name: string): string => (name.includes('.') ? name : `${base}.${name}`);
  const { custom, omitted, calculations } = customOf(question.dynamic_fields, qualified);
  const asked = [...words(question.fields), ...words(question.dimensions), ...words(question.measures)];
  const isOwn = (name: string): boolean => custom.has(name) || calculations.has(name);
  const fields = asked.filter((name) => !calculations.has(name)).map((name) => (isOwn(name) ? name : qualified(name)));
  const limit = Number(question.limit ?? Number.NaN);
  const filters = [...filtersOf(question.filters), ...listened].map(([name, value]) => [qualified(name), value] as const);
  return {
    request: {
      fields: [...new Set(fields)],
      filters: [...new Map(filters)],
      sorts: words(question.sorts),
      limit: Number.isSafeInteger(limit) && limit > 0 ? limit : LIMIT_DEFAULT,
      custom,
    },
    omitted,
  };
}

/** `{ field: value }`, or a list of such, or of `{ field, value }`. */
export function filtersOf(value: unknown): [string, string][] {
  if (Array.isArray(value)) {
    return value.flatMap((item): [string, string][] => {
      if (!isObject(item)) return [];
      const { field, value: filter } = item;
      return typeof field === 'string' ? [[field, String(filter ?? '')]] : filtersOf(item);
    });
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, filter]): [string, string][] => (typeof filter === 'object' ? [] : [[name, String(filter ?? '')]]));
}

interface Custom {
  custom: Map<string, CustomMeasure>;
  omitted: string[];
  /** Everything else that is calculated: no fields of the explore. */
  calculations: Set<string>;
}

function customOf(value: unknown, qualified: (name: string) => string): Custom {
  const found: Custom = { custom: new Map(), omitted: [], calculations: new Set() };
  for (const item of listOf(value).slice(0, CUSTOM_MAX)) {
    const parsed = customShape.safeParse(item);
    if (!parsed.success) continue;
    const { measure, dimension, table_calculation, based_on, type, filters, args } = parsed.data;
    const basedOn = based_on ?? words(args)[0] ?? null;
    if (measure && basedOn && splitField(qualified(basedOn)) !== null) {
      const name = based_on === null || based_on === undefined ? 'count' : (type ?? 'count_distinct');
      found.custom.set(measure, { basedOn: qualified(basedOn), type: name, filters: filtersOf(filters).map(([field, text]) => [qualified(field), text] as const) });
      continue;
    }
    const name = measure ?? dimension ?? table_calculation;
    if (!name) continue;
    found.calculations.add(name);
    // Looker calculates over the result of the query: nothing of that is sent.
    if (!table_calculation) found.omitted.push(name);
  }
  return found;
}

/** The interface gives it as a text of JSON. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return [];
  const list = parsedJson(value);
  return Array.isArray(list) ? list : [];
}
