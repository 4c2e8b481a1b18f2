import type { MigrationFile } from '../model/migration.js';
import type { OrderedMigration } from './reading.js';

/**
 * Files in the order in which their tools run them: by version, number by number; what runs again whenever it changed (Flyway's
 * `R__`) comes last. Plain files stay where they were given, and so do files of one version.
 */
export function inOrder(files: readonly OrderedMigration[]): MigrationFile[] {
  const ordered = files.filter(({ order }) => order !== null).toSorted((a, b) => compareVersions(a.order ?? '', b.order ?? ''));
  let next = 0;
  return files.map((file) => (file.order === null ? file : (ordered[next++] ?? file)).migration);
}

/** `R` of Flyway after all others; numbers as numbers, however long; the rest as text. */
export function compareVersions(a: string, b: string): number {
  const repeatable = Number(a.startsWith('R')) - Number(b.startsWith('R'));
  if (repeatable !== 0) return repeatable;
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const one = left[at] ?? '';
    const other = right[at] ?? '';
    const order = /^\d/.test(one) && /^\d/.test(other) ? compareNumbers(one, other) : compareTexts(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

function compareNumbers(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return one.length - other.length || compareTexts(one, other);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
