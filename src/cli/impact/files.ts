import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Pseudonyms } from '../../snapshot/pseudonym.js';
import { redactSql } from '../../snapshot/redact-text.js';
import type { CommandContext } from '../command.js';
import { readText } from '../inspect/input.js';
import { UsageError } from '../usage-error.js';

/** More are no migrations of one product. */
const FILES_MAX = 5_000;
const DEPTH_MAX = 12;

/** The texts of migrations by their names as given; folders are expanded, with what no tool takes for a migration left out. */
export async function migrationTexts(context: CommandContext, given: readonly string[]): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  const pseudonyms = new Pseudonyms();
  for (const name of given) {
    const isFolder = name !== '-' && (await stat(path.resolve(context.host.directory, name))).isDirectory();
    const names = isFolder ? await filesBelow(context.host.directory, name, 0) : [name];
    for (const file of names) {
      if (found.length >= FILES_MAX) throw new UsageError(`there are more than ${FILES_MAX} files of migrations`, 'name the ones that are to be deployed');
      const { text } = await readText(context, file);
      // Answers quote statements, and a comment on a pull request leaves the machine: personal values and passwords do not.
      if (!isFolder || isMigration(file, text)) found.push({ path: file === '-' ? 'standard input' : file, text: redactSql(text, pseudonyms) });
    }
  }
  if (found.length === 0) throw new UsageError(`there is no migration in ${given.join(', ')}`, 'name files of SQL, or the folder of a tool such as db/migrate or migrations');
  return found;
}

const ENDINGS = /\.(?:sql|rb|py|xml|ya?ml|json|[cm]?[jt]s)$/i;

async function filesBelow(directory: string, folder: string, depth: number): Promise<string[]> {
  if (depth > DEPTH_MAX) return [];
  const entries = (await readdir(path.resolve(directory, folder), { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const name = path.join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === '__pycache__') continue;
    if (entry.isDirectory()) found.push(...(await filesBelow(directory, name, depth + 1)));
    else if (entry.isFile() && ENDINGS.test(entry.name)) found.push(name);
  }
  return found;
}

/** What lies beside migrations in their folder is none: `__init__.py`, settings, lock files. */
function isMigration(file: string, text: string): boolean {
  const name = path.basename(file);
  if (/\.sql$/i.test(name)) return true;
  if (/\.rb$/i.test(name)) return /ActiveRecord::(?:Migration|Schema)/.test(text);
  if (/\.py$/i.test(name)) return /\bclass\s+Migration\b|\bdef\s+upgrade\s*\(/.test(text);
  if (/\.(?:xml|ya?ml|json)$/i.test(name)) return /databaseChangeLog/.test(text);
  return /\bexports\.up\b|\bexport\s+(?:async\s+)?(?:const|function)\s+up\b|\bmodule\.exports\b.*\bup\b/s.test(text);
}
