import type { PersonalColumn } from '../../model/personal-column.js';
import { like } from '../../text/glob.js';
import { nearestName } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import type { Filters } from './options.js';
import { REACHES, reachOf } from './reach.js';

const NAMES_MAX = 12;

/** Names are written by people: case does not matter. */
function fits(text: string, pattern: string): boolean {
  return like(text.toLowerCase(), pattern.toLowerCase());
}

type Named = 'kind' | 'class' | 'store' | 'relation' | 'consumer';

const CHOICES: Record<Named, (column: PersonalColumn) => readonly string[]> = {
  kind: ({ kind }) => [kind],
  class: ({ class: columnClass }) => [columnClass],
  store: ({ place, copies }) => [place.store, ...copies.map((copy) => copy.place.store)],
  relation: ({ place, copies }) => [place.relation, ...copies.map((copy) => copy.place.relation)],
  consumer: ({ uses }) => uses.map(({ consumer }) => consumer),
};

function chosen(column: PersonalColumn, filters: Filters): boolean {
  if (filters.reach !== undefined && reachOf(column) !== filters.reach) return false;
  return named(filters).every(([name, pattern]) => CHOICES[name](column).some((text) => fits(text, pattern)));
}

function named(filters: Filters): [Named, string][] {
  return (['kind', 'class', 'store', 'relation', 'consumer'] as const).flatMap((name): [Named, string][] => {
    const pattern = filters[name];
    return pattern === undefined ? [] : [[name, pattern]];
  });
}

/** The columns that all filters fit, those that get furthest first. */
export function viewOf(columns: readonly PersonalColumn[], filters: Filters): PersonalColumn[] {
  const order = new Map(columns.map((column) => [column, REACHES.indexOf(reachOf(column))]));
  return columns.filter((column) => chosen(column, filters)).toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0) || b.uses.length - a.uses.length || byText(keyOf(a), keyOf(b)));
}

function keyOf({ place }: PersonalColumn): string {
  return `${place.store} ${place.relation}.${place.column}`;
}

function byText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Why nothing is left of what was found, with what there is; null where something is left, or nothing was there before. */
export function nothingMatches(columns: readonly PersonalColumn[], filters: Filters): string | null {
  if (columns.length === 0 || columns.some((column) => chosen(column, filters))) return null;
  for (const [name, pattern] of named(filters)) {
    const names = [...new Set(columns.flatMap(CHOICES[name]))].sort();
    if (names.some((one) => fits(one, pattern))) continue;
    const nearest = pattern.includes('*') ? null : nearestName(pattern, names);
    const meant = nearest === null ? '.' : `; did you mean '${plainText(nearest, 80)}'?`;
    const rest = names.length - NAMES_MAX;
    return `No ${name} matches '${plainText(pattern, 60)}'${meant} There are: ${names.slice(0, NAMES_MAX).map((one) => plainText(one, 80)).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
  }
  if (filters.reach !== undefined) {
    const found = REACHES.filter((reach) => columns.some((column) => reachOf(column) === reach));
    return `No column is ${filters.reach}. There are: ${found.map((reach) => `${columns.filter((column) => reachOf(column) === reach).length} ${reach}`).join(', ')}.`;
  }
  return 'No column fits all filters at once, though each of them alone fits some.';
}
