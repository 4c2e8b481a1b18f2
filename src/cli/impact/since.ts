import type { MigrationFile } from '../../model/migration.js';
import { plainText } from '../../text/plain-text.js';
import { UsageError } from '../usage-error.js';

/**
 * The files after a version, in the order of their tool: those that stand behind it, or whose version is higher where no file
 * has it. What has no version is run whenever it changed, and stays.
 *
 * @throws UsageError where no file has a version, and where none is left
 */
export function afterVersion(files: readonly MigrationFile[], since: string | undefined): readonly MigrationFile[] {
  if (since === undefined) return files;
  const versions = files.flatMap(({ version }) => version ?? []);
  if (versions.length === 0) throw new UsageError('--since needs migrations with versions, and these have none', 'name the files that are to be deployed');
  const at = files.findLastIndex(({ version }) => version === since || version === since.replace(/^[vV]/, ''));
  const left = at >= 0 ? files.slice(at + 1) : files.filter(({ version }) => version === null || numeric.compare(version.replace(/^[vV]/, ''), since.replace(/^[vV]/, '')) > 0);
  if (left.length === 0) throw new UsageError(`there is no migration after ${plainText(since, 60)}`, `the last version is ${plainText(versions.at(-1) ?? '', 60)}`);
  return left;
}

const numeric = new Intl.Collator('en', { numeric: true });
