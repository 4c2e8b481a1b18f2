import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { MigrationTool } from '../../model/migration.js';
import type { Gap } from '../../model/snapshot.js';
import { isMigration, looksLikeMigration, MIGRATION_ENDINGS } from '../../migrations/looks-like-migration.js';
import { Pseudonyms } from '../../snapshot/pseudonym.js';
import { redactSql } from '../../snapshot/redact-text.js';
import { decode } from '../../sources/common/decode.js';
import type { GitChange } from '../git/changed-files.js';
import { isWithin } from '../git/old-files.js';
import type { Places } from './places.js';

/** A text of this length is data. */
const TEXT_BYTES_MAX = 32 * 2 ** 20;
/** Programs are looked through for SQL up to here. */
const PROGRAM_BYTES_MAX = 2 ** 20;
const PROGRAMS = /\.(?:py|ipynb|rb|[cm]?[jt]sx?|java|kt|go|php|cs|scala|r|ya?ml|json|xml)$/i;
const HOLDS_SQL = /\b(?:SELECT\b[^;]{1,2000}?\bFROM\s+["`[\w]|INSERT\s+INTO\s+["`[\w]|CREATE\s+(?:OR\s+REPLACE\s+)?(?:TABLE|VIEW)\s+["`[\w])/;

export interface ChangedTexts {
  /** As sources name files, with personal values and passwords taken out. */
  migrations: { path: string; text: string }[];
  /** What stands in comments, which nothing is taken out of. */
  written: { path: string; text: string }[];
  deletedMigrations: string[];
  /** Files of SQL that no source and no migration covers. */
  uncovered: string[];
  gaps: Gap[];
}

interface Given {
  changes: readonly GitChange[];
  places: Places;
  migrations: readonly { path: string; store: string | null; tool: MigrationTool | null }[];
  /** Where sources lie in the clone. */
  covered: readonly string[];
  /** What a file held before. */
  before: (inClone: string) => Promise<Buffer | null>;
}

/** Sorts the changed files that are no source's: migrations, and SQL of which nothing is known. */
export async function changedTexts({ changes, places, migrations, covered, before }: Given): Promise<ChangedTexts> {
  const found: ChangedTexts = { migrations: [], written: [], deletedMigrations: [], uncovered: [], gaps: [] };
  const folders = migrations.flatMap(({ path: folder }) => places.inClone(folder) ?? []);
  const pseudonyms = new Pseudonyms();
  for (const { path: file, change, now, before: old } of changes) {
    const isNamed = folders.some((folder) => isWithin(file, folder));
    const isCovered = covered.some((source) => isWithin(file, source));
    if (!(MIGRATION_ENDINGS.test(file) || PROGRAMS.test(file)) || (isCovered && !isNamed && !MIGRATION_ENDINGS.test(file))) continue;
    const takes = (text: string): boolean => (isNamed ? MIGRATION_ENDINGS.test(file) && isMigration(file, text) : looksLikeMigration(file, text));
    if (change === 'deleted') {
      if (old?.kind === 'file' && (isNamed || looksLikeMigration(file, '') || /\.(?:rb|py)$/i.test(file)) && takes(textOf(await before(file)))) found.deletedMigrations.push(places.shown(file));
      continue;
    }
    if (now !== 'file') continue;
    const text = await readChanged(places, file, isNamed, found.gaps);
    if (text === null) continue;
    if (takes(text)) {
      found.migrations.push({ path: places.shown(file), text: redactSql(text, pseudonyms) });
      found.written.push({ path: places.shown(file), text });
    } else if (!isCovered && isOurs(file, places) && (/\.sql$/i.test(file) || (text.length <= PROGRAM_BYTES_MAX && HOLDS_SQL.test(text)))) {
      found.uncovered.push(places.shown(file));
    }
  }
  return found;
}

/** Beside the folder of the configuration others keep what is theirs. */
function isOurs(file: string, { clone }: Places): boolean {
  return isWithin(file, clone.prefix.replace(/\/$/, ''));
}

function textOf(content: Buffer | null): string {
  const decoded = content === null ? null : decode(content);
  return decoded === null || decoded.kind === 'binary' ? '' : decoded.text;
}

/** Null for what is no text; of a migration that is told. */
async function readChanged(places: Places, file: string, isNamed: boolean, gaps: Gap[]): Promise<string | null> {
  const absolute = path.join(places.clone.root, file);
  const size = (await stat(absolute).catch(() => null))?.size ?? 0;
  const isMigrationByName = isNamed || looksLikeMigration(file, '');
  const refuse = (cause: string, remedy: string): null => {
    if (isMigrationByName) gaps.push({ subject: places.shown(file), missing: 'what the migration changes', cause, remedy, severity: 'partial' });
    return null;
  };
  if (size > TEXT_BYTES_MAX) return refuse(`it has ${size} bytes, more than the ${TEXT_BYTES_MAX} that are read`, 'Load data by other means than a migration.');
  // A name that is no UTF-8, or no right to read: one file is not worth the run.
  const content = await readFile(absolute).catch(() => null);
  if (content === null) return refuse('it cannot be opened', 'Check its name, which has to be UTF-8, and the right to read it.');
  const decoded = decode(content);
  return decoded.kind === 'binary' ? refuse('it is no text', 'Give it as text in UTF-8.') : decoded.text;
}
