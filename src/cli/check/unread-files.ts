import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourceReading } from '../../model/check.js';
import type { Gap } from '../../model/snapshot.js';
import { decode } from '../../sources/common/decode.js';
import { SourceFile } from '../../sources/common/source-file.js';
import { beginsOtherwise } from '../../sources/sql-files.js';
import { FILE_BYTES_MAX } from '../../sources/reading/walk.js';
import { count } from '../../text/quantity.js';
import { largeFileDigest } from '../git/old-files.js';
import type { GitChange } from '../git/changed-files.js';
import type { Places } from './places.js';

interface Given {
  /** Changes of files that lie in a source. */
  changes: readonly GitChange[];
  places: Places;
  before: SourceReading;
  after: SourceReading;
}

/**
 * Changed files that no source took for its own though they are meant for one. In a folder of exports such a file passes for a note beside
 * them; where a change makes it so, what it held before would pass for mended.
 */
export async function unreadFiles({ changes, places, before, after }: Given): Promise<Gap[]> {
  const gaps: Gap[] = [];
  const told = new Set(after.gaps.map(({ subject }) => subject));
  for (const { path: file, before: old, now } of changes) {
    const shown = places.shown(file);
    if (told.has(shown)) continue;
    const absolute = path.join(places.clone.root, file);
    const unreachable = now === null ? null : await unreachableBecause(file, now, absolute);
    if (unreachable !== null) gaps.push({ subject: shown, missing: 'the queries of this file', ...unreachable, severity: 'partial' });
    if (now !== 'file' || unreachable !== null) continue;
    const size = (await stat(absolute).catch(() => null))?.size;
    // What is larger is told by who reads the folder.
    if (size === undefined || size > FILE_BYTES_MAX) continue;
    const content = await readFile(absolute).catch(() => null);
    if (content === null) {
      gaps.push({ subject: shown, missing: 'the queries of this file', cause: 'it cannot be opened', remedy: 'Grant the right to read it.', severity: 'partial' });
      continue;
    }
    const queriesBefore = old === null ? 0 : queriesIn(before, places.shown(old.path));
    const problem = problemOf(shown, content, { queries: queriesIn(after, shown), queriesBefore });
    if (problem !== null) gaps.push({ subject: shown, missing: 'the queries of this file', ...problem, severity: 'partial' });
  }
  return gaps;
}

type Problem = Pick<Gap, 'cause' | 'remedy'>;

/** What stands for bytes of a name that are no UTF-8: no file can be opened by it. */
const NO_CHARACTER = '\uFFFD';

/** Why nothing reads it, whatever it holds: git names it, and the folder has nothing to read under that name. */
async function unreachableBecause(file: string, now: 'file' | 'link' | 'submodule', absolute: string): Promise<Problem | null> {
  if (now === 'submodule' && (await readdir(absolute).catch(() => [])).length === 0) {
    return { cause: 'it is a submodule that is not checked out here', remedy: 'Fetch it: git submodule update --init, or submodules: true of actions/checkout.' };
  }
  if (file.includes(NO_CHARACTER) && (await stat(absolute).catch(() => null)) === null) {
    return { cause: 'its name is no UTF-8, by which no file can be opened', remedy: 'Rename it.' };
  }
  return null;
}

/** What sources read as text. */
const MEANT_AS_TEXT = /\.(?:sql|json|ya?ml)$/i;

function problemOf(file: string, content: Buffer, { queries, queriesBefore }: { queries: number; queriesBefore: number }): Problem | null {
  if (largeFileDigest(content) !== null) return { cause: 'only its pointer of Git LFS is in this clone', remedy: 'Fetch it: git lfs pull, or lfs: true of actions/checkout.' };
  const decoded = decode(content);
  if (decoded.kind === 'binary') return MEANT_AS_TEXT.test(file) ? { cause: 'it is no text, though its name ends as text does', remedy: 'Save it as UTF-8, or give it the ending of what it is.' } : null;
  const { text } = decoded;
  if (/^<{7} /m.test(text) && /^>{7} /m.test(text)) return { cause: 'it holds marks of a merge conflict', remedy: 'Resolve the conflict, and commit what both sides meant.' };
  if (queries > 0 || isEmpty(text)) return null;
  const syntax = /\.(?:json|ya?ml)$/i.test(file) ? new SourceFile(file, text).syntaxProblem : null;
  if (syntax !== null) return { cause: `the ${syntax.format} is malformed at line ${syntax.line}, column ${syntax.column}: ${syntax.message}`, remedy: 'Export the file again, or mend it.' };
  const word = /\.(?:sql|psql|pgsql)$/i.test(file) ? beginsOtherwise(text) : null;
  if (word !== null) return { cause: `it begins with '${word}', which begins no statement that is known`, remedy: 'Correct the word, or give the file another ending where it is no SQL.' };
  if (queriesBefore === 0) return null;
  return { cause: `it held ${count(queriesBefore, 'query', 'queries')} before the change, and none that can be read now`, remedy: 'Export it again; a file that is not needed any more is deleted.' };
}

/** What holds nothing but comments of SQL is meant to hold nothing. */
function isEmpty(text: string): boolean {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*--.*$/gm, '').trim() === '';
}

function queriesIn({ queries }: SourceReading, file: string): number {
  return queries.filter(({ origin }) => origin.file === file || origin.file.startsWith(`${file}!/`)).length;
}
