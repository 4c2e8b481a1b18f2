import { SAMPLE_DATE, SAMPLE_DATE_AFTER } from '../../template/placeholder.js';
import { isObject } from '../common/json.js';
import { idKey } from './field-catalog.js';
import { readFieldTarget, type Clause } from './mbql.js';
import { mappingShape, parameterShape, type MetabaseKey } from './shapes.js';

/** A condition that a dashboard's filter adds to a question of the query builder. */
export interface DashboardFilter {
  name: string;
  clause: Clause;
}

/** Filters of one card that are kept: each gives a text of its own. */
const FILTERS_MAX = 20;

/** What the filters of dashboards add to their cards, by the id of the card. */
export class DashboardFilters {
  readonly #byCard = new Map<string, Map<string, DashboardFilter>>();
  readonly #tagDefaults = new Map<string, Map<string, unknown>>();

  of(card: string): DashboardFilter[] {
    return [...(this.#byCard.get(card)?.values() ?? [])];
  }

  /** With what dashboards fill the tags of a native question unasked. */
  tagDefaults(card: string): ReadonlyMap<string, unknown> {
    return this.#tagDefaults.get(card) ?? new Map<string, unknown>();
  }

  /** `parameters` are the dashboard's, `mappings` those of one of its cards. */
  add(parameters: readonly unknown[], mappings: readonly unknown[], card: MetabaseKey): void {
    for (const value of mappings.filter(isObject)) {
      const mapping = mappingShape.parse(value);
      const owner = idKey(mapping.card_id) ?? idKey(card);
      const parameter = parameters.filter(isObject).map((one) => parameterShape.parse(one)).find(({ id }) => id === mapping.parameter_id);
      const field = readFieldTarget(mapping.target);
      if (owner !== null && parameter !== undefined && field === null) this.#tag(owner, mapping.target, parameter.default);
      if (owner === null || parameter === undefined || field === null) continue;
      const filters = this.#byCard.get(owner) ?? new Map<string, DashboardFilter>();
      this.#byCard.set(owner, filters);
      const key = JSON.stringify([parameter.type, field]);
      if (filters.size < FILTERS_MAX && !filters.has(key)) filters.set(key, { name: (parameter.name ?? parameter.slug ?? 'a filter').slice(0, 40), clause: conditionOf(field, parameter.type ?? '', parameter.default) });
    }
  }

  #tag(card: string, target: unknown, value: unknown): void {
    const name = tagOf(target);
    if (name === null || value === undefined || value === null) return;
    const defaults = this.#tagDefaults.get(card) ?? new Map<string, unknown>();
    this.#tagDefaults.set(card, defaults);
    if (!defaults.has(name) && defaults.size < FILTERS_MAX) defaults.set(name, value);
  }
}

/** `[variable, [template-tag, name]]`, `[dimension, [template-tag, name]]`. */
function tagOf(target: unknown): string | null {
  const inner: unknown = Array.isArray(target) ? target[1] : null;
  const [kind, name]: unknown[] = Array.isArray(inner) ? inner : [];
  return kind === 'template-tag' && typeof name === 'string' ? name : null;
}

/** The condition for the value with which the filter is saved, else for one of the filter's type (`string/=`, `date/range`, `number/between`, `id`, `category`). */
function conditionOf(field: Clause, type: string, saved: unknown): Clause {
  const [family, operator = '='] = type.split('/');
  const clause = (name: string, ...values: Clause['arguments']): Clause => ({ operator: name, options: {}, arguments: [field, ...values] });
  if (family === 'date') return clause('between', SAMPLE_DATE, SAMPLE_DATE_AFTER);
  if (family === 'temporal-unit') return clause('not-null');
  const value = family === 'number' || family === 'id' ? 1 : family === 'boolean' ? true : savedText(saved);
  if (operator === 'between') return clause('between', value, value);
  return clause(COMPARISONS.has(operator) ? operator : '=', value);
}

function savedText(saved: unknown): string {
  const first: unknown = Array.isArray(saved) ? saved[0] : saved;
  return typeof first === 'string' && first !== '' ? first : 'x';
}

const COMPARISONS = new Set(['=', '!=', '<=', '>=', 'contains', 'does-not-contain', 'starts-with', 'ends-with']);
