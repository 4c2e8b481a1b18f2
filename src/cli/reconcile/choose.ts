import type { ReconcilePair } from '../../model/configuration.js';
import { like } from '../../text/glob.js';
import { nearestName } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import { UsageError } from '../usage-error.js';

const NAMES_MAX = 12;

/**
 * The pairs that the names or globs of a command line choose, in the order of the configuration; all without a name.
 *
 * @throws UsageError for a name that chooses nothing, and where there is nothing to choose from
 */
export function choosePairs(pairs: readonly ReconcilePair[], wanted: readonly string[]): ReconcilePair[] {
  const names = pairs.map(({ name }) => name);
  if (pairs.length === 0) {
    throw new UsageError(
      wanted.length === 0 ? 'there is no pair to reconcile: the configuration has no reconcile:' : `there is no pair '${plainText(wanted[0] ?? '', 80)}': the configuration has no reconcile:`,
      'tidemark reconcile --suggest proposes pairs\nor name two relations, as in --pair production:shop.orders=warehouse:raw.orders',
    );
  }
  for (const pattern of wanted) {
    if (names.some((name) => like(name, pattern))) continue;
    const nearest = pattern.includes('*') ? null : nearestName(pattern, names);
    const meant = nearest === null ? '' : `; did you mean '${plainText(nearest, 80)}'?`;
    const rest = names.length - NAMES_MAX;
    const there = names.slice(0, NAMES_MAX).map((name) => plainText(name, 80)).join(', ');
    throw new UsageError(`no pair ${pattern.includes('*') ? 'matches' : 'is called'} '${plainText(pattern, 80)}'${meant}`, `pairs: ${there}${rest > 0 ? ` and ${rest} more` : ''}`);
  }
  return wanted.length === 0 ? [...pairs] : pairs.filter(({ name }) => wanted.some((pattern) => like(name, pattern)));
}
