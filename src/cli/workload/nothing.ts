import type { WorkloadClass, WorkloadReport, WorkloadStatement } from '../../model/workload.js';
import { amount } from '../../report/layout/amounts.js';
import { CLASS_ORDER } from '../../report/layout/workload.js';
import { like } from '../../text/glob.js';
import { nearestName } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import type { Filters } from './options.js';
import { chooserOf } from './view.js';

const NAMES_MAX = 12;
const NAME_LENGTH_MAX = 60;

const NAMES: { filter: 'consumer' | 'role' | 'relation'; of: (statement: WorkloadStatement) => readonly string[] }[] = [
  { filter: 'consumer', of: ({ consumer }) => [consumer] },
  { filter: 'role', of: ({ roles }) => roles },
  { filter: 'relation', of: ({ relations }) => relations },
];

/** Why nothing is left of what was looked at, with what there is; null where something is left, or nothing was there before. */
export function nothingMatches(report: WorkloadReport, filters: Filters): string | null {
  const stores = report.stores.filter(({ store }) => filters.store === undefined || like(store, filters.store));
  if (filters.store !== undefined && report.stores.length > 0 && stores.length === 0) return absent('store', filters.store, report.stores.map(({ store }) => store));
  const statements = stores.flatMap((store) => store.statements);
  const chooses = chooserOf(filters);
  if (chooses === null || statements.length === 0 || statements.some(chooses)) return null;
  for (const { filter, of } of NAMES) {
    const pattern = filters[filter];
    const names = [...new Set(statements.flatMap(of))].sort();
    if (pattern !== undefined && !names.some((name) => like(name, pattern))) return absent(filter, pattern, names);
  }
  if (filters.class !== undefined && !statements.some((statement) => statement.class === filters.class)) {
    return `No statement is ${filters.class}. There are: ${CLASS_ORDER.flatMap((name) => counts(statements, name)).join(', ')}.`;
  }
  return 'No statement fits all filters at once, though each of them alone fits some.';
}

function counts(statements: readonly WorkloadStatement[], name: WorkloadClass): string[] {
  const number = statements.filter((statement) => statement.class === name).length;
  return number === 0 ? [] : [`${amount(number)} ${name}`];
}

function absent(what: string, pattern: string, names: readonly string[]): string {
  const nearest = pattern.includes('*') ? null : nearestName(pattern, names);
  const shown = names.slice(0, NAMES_MAX).map((name) => plainText(name, NAME_LENGTH_MAX));
  const rest = names.length - shown.length;
  const meant = nearest === null ? '.' : `; did you mean '${plainText(nearest, NAME_LENGTH_MAX)}'?`;
  const list = shown.length === 0 ? `No ${what} is known.` : `${what.slice(0, 1).toUpperCase()}${what.slice(1)}s: ${shown.join(', ')}${rest > 0 ? ` and ${amount(rest)} more` : ''}.`;
  return `No ${what} matches '${plainText(pattern, NAME_LENGTH_MAX)}'${meant} ${list}`;
}
