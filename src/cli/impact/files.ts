import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMigration, MIGRATION_ENDINGS } from '../../migrations/looks-like-migration.js';
import type { Gap } from '../../model/snapshot.js';
import { plainText } from '../../text/plain-text.js';
import { Pseudonyms } from '../../snapshot/pseudonym.js';
import { redactSql } from '../../snapshot/redact-text.js';
import type { CommandContext } from '../command.js';
import { readText } from '../inspect/input.js';
import { UsageError } from '../usage-error.js';

/** More are no migrations of one product. */
const FILES_MAX = 5_000;
const DEPTH_MAX = 12;

export interface MigrationTexts {
  files: { path: string; text: string }[];
  /** Files of a folder that could not be read. */
  gaps: Gap[];
}

/** The texts of migrations by their names as given; folders are expanded, with what no tool takes for a migration left out. */
export async function migrationTexts(context: CommandContext, given: readonly string[]): Promise<MigrationTexts> {
  const found: MigrationTexts['files'] = [];
  const gaps: Gap[] = [];
  const pseudonyms = new Pseudonyms();
  for (const name of given) {
    if (/\.tidemark$/i.test(name)) throw new UsageError(`${plainText(name, 200)} is a bundle, and no migration`, `as in tidemark impact migration.sql --bundle ${plainText(name, 200)}`);
    const isFolder = name !== '-' && (await isDirectory(context, name));
    const names = isFolder ? await filesBelow(context.host.directory, name, 0) : [name];
    for (const file of names) {
      if (found.length >= FILES_MAX) throw new UsageError(`there are more than ${FILES_MAX} files of migrations`, 'name the ones that are to be deployed');
      const text = isFolder ? await textIn(context, file, gaps) : (await readText(context, file)).text;
      if (text === null) continue;
      // Answers quote statements, and a comment on a pull request leaves the machine: personal values and passwords do not.
      if (!isFolder || isMigration(file, text)) found.push({ path: file === '-' ? 'standard input' : file, text: redactSql(text, pseudonyms) });
    }
  }
  if (found.length === 0 && gaps.length === 0) throw new UsageError(`there is no migration in ${given.join(', ')}`, 'name files of SQL, or the folder of a tool such as db/migrate or migrations');
  return { files: found, gaps };
}

async function isDirectory({ host }: CommandContext, name: string): Promise<boolean> {
  try {
    return (await stat(path.resolve(host.directory, name))).isDirectory();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new UsageError(`there is no file or folder ${plainText(name, 200)}`, 'name migrations that are there, or - for standard input');
  }
}

/** One file of a folder that is no text costs itself, and is told; one that was named ends the command. */
async function textIn(context: CommandContext, file: string, gaps: Gap[]): Promise<string | null> {
  try {
    return (await readText(context, file)).text;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    gaps.push({ subject: plainText(file, 200), missing: 'what the migration changes', cause: plainText(error.message, 300), remedy: 'Give it as text in UTF-8.', severity: 'blind' });
    return null;
  }
}

async function filesBelow(directory: string, folder: string, depth: number): Promise<string[]> {
  if (depth > DEPTH_MAX) return [];
  const entries = (await readdir(path.resolve(directory, folder), { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const name = path.join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === '__pycache__') continue;
    if (entry.isDirectory()) found.push(...(await filesBelow(directory, name, depth + 1)));
    else if (entry.isFile() && MIGRATION_ENDINGS.test(entry.name)) found.push(name);
  }
  return found;
}
