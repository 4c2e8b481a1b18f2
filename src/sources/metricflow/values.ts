import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { Fragment, MetricInput, Place } from './model.js';
import { inputShape } from './shapes.js';

/** Longer lists were made to exhaust the reader. */
const ITEMS_MAX = 10_000;

export function below(place: Place, ...steps: (string | number)[]): Place {
  return { file: place.file, pointer: place.pointer + steps.map((step) => pointerStep(step)).join('') };
}

/** The objects of a list with the places where they stand. */
export function itemsOf(value: unknown, place: Place): { value: Record<string, unknown>; place: Place }[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, ITEMS_MAX).flatMap((item: unknown, index) => (isObject(item) ? [{ value: item, place: below(place, index) }] : []));
}

export function fragment(text: string | null | undefined, place: Place): Fragment | null {
  return text === null || text === undefined || text.trim() === '' ? null : { text, place };
}

/** A filter is a text, a list of them, or as manifests write it `{ where_filters: [{ where_sql_template }] }`. */
export function filtersOf(value: unknown, place: Place): Fragment[] {
  if (typeof value === 'string') return fragmentsOf([value], place, true);
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).flatMap((item: unknown, index) => filtersOf(item, below(place, index)));
  if (!isObject(value)) return [];
  const { where_filters: filters, where_sql_template: template } = value;
  if (typeof template === 'string') return fragmentsOf([template], below(place, 'where_sql_template'), true);
  return Array.isArray(filters) ? filters.slice(0, ITEMS_MAX).flatMap((item: unknown, index) => (isObject(item) ? filtersOf(item, below(place, 'where_filters', index)) : [])) : [];
}

function fragmentsOf(texts: readonly string[], place: Place, single: boolean): Fragment[] {
  return texts.flatMap((text, index) => fragment(text, single ? place : below(place, index)) ?? []);
}

/** A measure or metric named alone or with its filter and alias. */
export function inputOf(value: unknown, place: Place): MetricInput | null {
  if (typeof value === 'string' && value !== '') return { name: value, alias: null, offset: null, fillNullsWith: null, filters: [] };
  if (!isObject(value)) return null;
  const { name, alias, filter, offset_window: offset, offset_to_grain: grain, fill_nulls_with: fill } = inputShape.parse(value);
  return name ? { name, alias: alias ?? null, offset: windowOf(offset, grain), fillNullsWith: fillOf(fill), filters: filtersOf(filter, below(place, 'filter')) } : null;
}

/** A number as SQL; other words stand for no value that could be put into a statement. */
export function fillOf(written: string | null | undefined): string | null {
  return written && /^-?\d{1,30}(?:\.\d{1,30})?$/.test(written.trim()) ? written.trim() : null;
}

export function inputsOf(value: unknown, place: Place): MetricInput[] {
  return Array.isArray(value) ? value.slice(0, ITEMS_MAX).flatMap((item: unknown, index) => inputOf(item, below(place, index)) ?? []) : [];
}

/** `2 month`, also from `{ count: 2, granularity: month }`. */
export function windowOf(window: unknown, grain: string | null | undefined): string | null {
  if (typeof window === 'string' && window !== '') return window.slice(0, 60);
  if (isObject(window) && typeof window['count'] === 'number' && typeof window['granularity'] === 'string') return `${window['count']} ${window['granularity'].slice(0, 40)}`;
  return grain ? `to date of the ${grain.slice(0, 40)}` : null;
}
