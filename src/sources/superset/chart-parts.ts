import type { QueryRole, SqlKind } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { SourceFile } from '../common/source-file.js';
import type { ChartEntry } from './inventory.js';
import { adhocShape } from './shapes.js';

/** A piece of SQL that people wrote into a chart. */
export interface Fragment {
  role: QueryRole;
  kind: SqlKind;
  raw: string;
  title: string | null;
  /** What tells it from the others of its chart, the same in every export. */
  part: string;
  file: SourceFile;
  pointer: string;
}

/** An object of parameters, and where it stands. */
export interface Parameters {
  value: Record<string, unknown>;
  file: SourceFile;
  pointer: string;
}

/** Parameters nest at most so deep. */
const DEPTH_MAX = 12;
const FRAGMENTS_MAX = 2_000;

export const METRIC_KEY = /^(?:metric|metrics|percent_metrics|secondary_metric|size|x|y|timeseries_limit_metric|series_limit_metric|sort_by_metric|orderby|(?:metric|metrics|percent_metrics|secondary_metric)_\w{1,12}|\w{1,20}_metric)$/;
const FILTER_KEY = /^(?:adhoc_filters(?:_\w{1,12})?|filters?)$/;

/** `params` of a chart, an object or a JSON text; null where there are none that can be read. */
export function parametersOf(entry: ChartEntry, name: 'params' | 'query_context' | 'form_data'): Parameters | null {
  const value = entry.value[name];
  const pointer = `${entry.pointer}/${name}`;
  if (isObject(value)) return { value, file: entry.file, pointer };
  if (typeof value !== 'string') return null;
  const file = entry.file.embedded(pointer, value);
  return isObject(file.json) ? { value: file.json, file, pointer: '' } : null;
}

/** The query objects that Superset kept with the chart. */
export function savedQueries(context: Parameters | null): Parameters[] {
  const queries = context?.value['queries'];
  if (context === null || !Array.isArray(queries)) return [];
  return queries.flatMap((value: unknown, index) => (isObject(value) ? [{ value, file: context.file, pointer: `${context.pointer}/queries/${index}` }] : []));
}

/** Every free SQL text of a chart, once each though parameters and kept queries both have it. */
export function fragmentsOf(entry: ChartEntry): Fragment[] {
  const walk = new Walk();
  for (const name of ['params', 'form_data'] as const) walk.from(parametersOf(entry, name));
  for (const query of savedQueries(parametersOf(entry, 'query_context'))) {
    walk.from(query);
    walk.extras(query);
  }
  return walk.fragments;
}

/** Every free SQL text below an object of parameters. */
export function fragmentsBelow(parameters: Parameters): Fragment[] {
  const walk = new Walk();
  walk.from(parameters);
  return walk.fragments;
}

class Walk {
  readonly fragments: Fragment[] = [];
  readonly #seen = new Set<string>();
  readonly #parts = new Set<string>();

  from(parameters: Parameters | null): void {
    if (parameters !== null) this.#visit(parameters.value, parameters.file, parameters.pointer, '', 0);
  }

  extras({ value, file, pointer }: Parameters): void {
    const extras = isObject(value['extras']) ? value['extras'] : {};
    for (const clause of ['where', 'having']) {
      const raw = extras[clause];
      if (typeof raw === 'string') this.#add({ role: 'filter', kind: 'predicate', raw, title: null, part: `filter:${clause}`, file, pointer: `${pointer}/extras/${clause}` });
    }
  }

  #visit(value: unknown, file: SourceFile, pointer: string, key: string, depth: number): void {
    if (depth > DEPTH_MAX || this.fragments.length >= FRAGMENTS_MAX) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#visit(item, file, `${pointer}/${index}`, key, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    const { expressionType, sqlExpression } = value;
    if (typeof expressionType === 'string' && expressionType.toUpperCase() === 'SQL' && typeof sqlExpression === 'string') {
      return this.#sql(value, sqlExpression, file, pointer, key);
    }
    for (const [name, inner] of Object.entries(value)) {
      // What a chart was before its type was changed (`form_data_bak`, `queries_bak`) does not run.
      if (typeof inner === 'object' && inner !== null && !name.endsWith('_bak')) this.#visit(inner, file, pointer + pointerStep(name), name, depth + 1);
    }
  }

  #sql(value: Record<string, unknown>, raw: string, file: SourceFile, pointer: string, key: string): void {
    const { label, optionName, filterOptionName, clause, columnType } = adhocShape.parse(value);
    // Superset writes the column of an axis in the form of an expression.
    if (columnType === 'BASE_AXIS' && /^\w+$/.test(raw)) return;
    const isFilter = FILTER_KEY.test(key) || clause === 'WHERE' || clause === 'HAVING';
    const role = isFilter ? 'filter' : METRIC_KEY.test(key) ? 'metric' : 'dimension';
    const name = (role === 'filter' ? filterOptionName : (optionName ?? label)) ?? label ?? raw.replace(/\s+/g, ' ').slice(0, 60);
    this.#add({ role, kind: isFilter ? 'predicate' : 'expression', raw, title: label ?? null, part: `${role}:${name}`, file, pointer: `${pointer}/sqlExpression` });
  }

  #add(fragment: Fragment): void {
    const key = `${fragment.kind} ${fragment.raw.trim().replace(/\s+/g, ' ')}`;
    if (fragment.raw.trim() === '' || this.#seen.has(key)) return;
    // What parameters hold one by one, kept queries join with brackets and `AND`.
    if (fragment.part.startsWith('filter:') && this.fragments.length > 0 && this.#isJoined(fragment.raw)) return;
    this.#seen.add(key);
    let { part } = fragment;
    for (let count = 2; this.#parts.has(part); count++) part = `${fragment.part}#${count}`;
    this.#parts.add(part);
    this.fragments.push({ ...fragment, part });
  }

  /** `(a) AND (b)` of predicates that are known. */
  #isJoined(raw: string): boolean {
    let rest = raw.trim();
    for (const { kind, raw: known } of this.fragments) if (kind === 'predicate') rest = rest.replace(`(${known.trim()})`, ' ');
    return /^[\s()]*(?:AND[\s()]*)*$/i.test(rest);
  }
}
