import type { MetricGroup } from '../../model/metric-report.js';
import { amount } from '../../report/layout/amounts.js';
import { like } from '../../text/glob.js';
import { nearestName } from '../../text/nearest-name.js';
import { byConsequence } from './consequence.js';
import type { Filters } from './options.js';
import { clean, OWNER_UNKNOWN, ownersOf } from './words.js';

const NAMES_MAX = 12;

/** Names are written by people: case does not matter. */
function fits(text: string, pattern: string): boolean {
  return like(text.toLowerCase(), pattern.toLowerCase());
}

const CHOICES: { filter: 'name' | 'store' | 'owner'; of: (group: MetricGroup) => readonly string[] }[] = [
  { filter: 'name', of: ({ name }) => [name] },
  { filter: 'store', of: ({ store }) => [store] },
  { filter: 'owner', of: ({ members }) => ownersOf(members) },
];

/** The groups that all filters fit, the gravest first. */
export function viewOf(groups: readonly MetricGroup[], filters: Filters): MetricGroup[] {
  return byConsequence(groups.filter((group) => chosen(group, filters)));
}

function chosen(group: MetricGroup, filters: Filters): boolean {
  if (filters.verdict !== undefined && group.verdict !== filters.verdict) return false;
  return CHOICES.every(({ filter, of }) => {
    const pattern = filters[filter];
    return pattern === undefined || of(group).some((text) => fits(text, pattern));
  });
}

/** Why nothing is left of what was found, with what there is; null where something is left, or nothing was there before. */
export function nothingMatches(groups: readonly MetricGroup[], filters: Filters): string | null {
  if (groups.length === 0 || groups.some((group) => chosen(group, filters))) return null;
  for (const { filter, of } of CHOICES) {
    const pattern = filters[filter];
    const names = [...new Set(groups.flatMap(of))].sort();
    if (pattern !== undefined && !names.some((name) => fits(name, pattern))) return absent(filter === 'name' ? 'metric' : filter, pattern, names);
  }
  if (filters.verdict !== undefined && !groups.some(({ verdict }) => verdict === filters.verdict)) {
    const verdicts = [...new Set(groups.map(({ verdict }) => verdict))].sort();
    return `No metric is ${filters.verdict}. There are: ${verdicts.map((verdict) => `${amount(groups.filter((group) => group.verdict === verdict).length)} ${verdict}`).join(', ')}.`;
  }
  return 'No metric fits all filters at once, though each of them alone fits some.';
}

function absent(what: string, pattern: string, names: readonly string[]): string {
  const nearest = pattern.includes('*') ? null : nearestName(pattern, names.filter((name) => name !== OWNER_UNKNOWN));
  const shown = names.slice(0, NAMES_MAX).map((name) => clean(name, 60));
  const rest = names.length - shown.length;
  const meant = nearest === null ? '.' : `; did you mean '${clean(nearest, 60)}'?`;
  return `No ${what} matches '${clean(pattern, 60)}'${meant} ${what.slice(0, 1).toUpperCase()}${what.slice(1)}s: ${shown.join(', ')}${rest > 0 ? ` and ${amount(rest)} more` : ''}.`;
}
