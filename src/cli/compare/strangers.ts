import { UsageError } from '../usage-error.js';
import { refuseStrangers } from '../workload/bundles.js';
import type { ReadFile } from './read-side.js';

/**
 * Refuses two files of different systems: no store in common, or stores of one name that are different databases. Files without any
 * store hold dashboards alone and can be compared.
 *
 * @throws UsageError
 */
export function refuseStrangeStores(first: ReadFile, second: ReadFile): void {
  const [names, others] = [namesOf(first), namesOf(second)];
  if (names.length === 0 || others.length === 0) return;
  if (!names.some((name) => others.includes(name))) {
    throw new UsageError(`${first.file} and ${second.file} hold no store in common: ${names.join(', ')} and ${others.join(', ')}`, 'give two files of the same system, the earlier one first');
  }
  if ('snapshot' in first && 'snapshot' in second) refuseStrangers([first, second]);
}

function namesOf(read: ReadFile): string[] {
  return 'snapshot' in read ? read.snapshot.stores.map(({ name }) => name) : read.side.report.stores.map(({ name }) => name);
}
