import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConnectError } from '../../store.js';

/** So many files are read as tables, and so many entries of folders are looked at to find them. */
const FILES_MAX = 10_000;
const ENTRIES_MAX = 200_000;
const GLOB = /[*?[]/;

/** Parquet files that are one table together. */
export interface ParquetTable {
  name: string;
  /** Absolute, sorted. */
  files: string[];
  bytes: number;
  /** Why its rows cannot be told by its files alone; null where they can. */
  refused: string | null;
}

export interface ParquetListing {
  /** Sorted by name. */
  tables: ParquetTable[];
  /** Changes when a file comes, goes or is written anew. */
  stamp: string;
}

/** Whether a path means Parquet: a file of that ending, a pattern, or a folder by the stroke at its end. */
export function meansParquet(file: string): boolean {
  return GLOB.test(file) || /\.parquet$/i.test(file) || /[\\/]$/.test(file);
}

/**
 * The Parquet files that a path means, as tables. A file is a table of its name. Of a folder, each file in it is one, and each folder
 * in it is one with everything below (`day=2026-03-01/` are its partitions). Of a pattern, all files that lie in the last folder
 * without a mark are parts of one table of that folder's name; those below in folders are tables as in a folder.
 * @throws ConnectError where there is none, or too many
 */
export async function listParquet(store: string, place: string): Promise<ParquetListing> {
  const segments = place.split(/[\\/]/);
  const marked = segments.findIndex((segment) => GLOB.test(segment));
  const isPattern = marked >= 0;
  const isFile = !isPattern && /\.parquet$/i.test(place);
  const base = isPattern ? segments.slice(0, marked).join(path.sep) || (path.isAbsolute(place) ? path.sep : '.') : isFile ? path.dirname(place) : place;
  const walked = isFile ? { files: [path.basename(place)], links: [] } : await walk(store, place, base, isPattern ? depthOf(segments.slice(marked)) : Number.POSITIVE_INFINITY);
  const matches = isPattern ? matcher(segments.slice(marked)) : isData;
  const found = isFile ? walked.files : walked.files.filter(matches);
  const tables = new Map<string, ParquetTable>();
  const stamps: string[] = [];
  for (const relative of found.sort()) {
    const file = path.join(base, relative);
    const state = await stat(file).catch((error: unknown) => {
      if (isFile) throw error;
      // Gone since the folder was read.
      return null;
    });
    if (state === null || !state.isFile()) continue;
    const name = tableName(relative, isPattern ? path.basename(base) : null);
    const table = tables.get(name) ?? { name, files: [], bytes: 0, refused: null };
    table.files.push(file);
    table.bytes += state.size;
    tables.set(name, table);
    stamps.push(`${file} ${state.ino} ${state.size} ${state.mtimeMs}`);
  }
  if (tables.size === 0) throw refusal(store, place, 'not-found', 'there is no Parquet file', 'Correct the path; it counts from the working folder. A folder ends in /.');
  const listed: ParquetTable[] = await Promise.all([...tables.values()].map(async (table) => ({ ...table, refused: await tableFormat(base, table, isFile) })));
  for (const link of walked.links) listed.push({ name: link, files: [], bytes: 0, refused: 'it is a link out of the folder, or to a folder, and such links are not followed' });
  return { tables: listed.sort((left, right) => (left.name < right.name ? -1 : 1)), stamp: stamps.join('\n') };
}

interface Walked {
  /** Paths from the folder on. */
  files: string[];
  /** Links that are not followed: they could lead anywhere, and in circles. */
  links: string[];
}

/** Files so many folders below one. */
async function walk(store: string, place: string, base: string, depth: number): Promise<Walked> {
  const found: string[] = [];
  const links: string[] = [];
  const root = await realpath(base);
  const waiting = [''];
  for (let seen = 0, folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries: Dirent[] = await readdir(path.join(base, folder), { withFileTypes: true });
    seen += entries.length;
    if (seen > ENTRIES_MAX) throw refusal(store, place, 'unsupported', `there are more than ${ENTRIES_MAX} files and folders`, 'Name the folder of fewer tables.');
    for (const entry of entries) {
      // As engines of lakes do: what begins so is not data yet, or not any more.
      if (/^[._]/.test(entry.name)) continue;
      const relative = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (relative.split(path.sep).length < depth) waiting.push(relative);
      } else if (entry.isSymbolicLink() && (await leadsAway(root, path.join(base, relative)))) links.push(relative);
      else if (/\.parquet$/i.test(entry.name)) found.push(relative);
    }
    if (found.length > FILES_MAX) throw refusal(store, place, 'unsupported', `there are more than ${FILES_MAX} Parquet files`, 'Name the folder of fewer tables, or load them into a DuckDB file.');
  }
  return { files: found, links: links.sort() };
}

/** Whether a link leads to a folder, or to Parquet outside of this one. One that leads nowhere is no data. */
async function leadsAway(root: string, link: string): Promise<boolean> {
  try {
    const target = await realpath(link);
    if ((await stat(target)).isDirectory()) return true;
    return /\.parquet$/i.test(link) && !target.startsWith(root.endsWith(path.sep) ? root : `${root}${path.sep}`);
  } catch {
    return false;
  }
}

/** A pattern without `**` looks so deep only. */
function depthOf(segments: readonly string[]): number {
  return segments.includes('**') ? Number.POSITIVE_INFINITY : segments.length;
}

function isData(): boolean {
  return true;
}

/** `*` and `?` stay within a folder, `**` does not, as in DuckDB. */
function matcher(segments: readonly string[]): (relative: string) => boolean {
  const source = segments.map((segment) => (segment === '**' ? '(?:[^/]+/)*' : `${segmentSource(segment)}/`)).join('');
  const form = new RegExp(`^${source.replace(/\/$/, '')}$`);
  return (relative) => form.test(relative.split(path.sep).join('/'));
}

function segmentSource(segment: string): string {
  return segment.replace(/\*+|\?|\[!?[^\]]*\]|[.+^${}()|\\[\]]/g, (mark) => {
    if (mark.startsWith('*')) return '[^/]*';
    if (mark === '?') return '[^/]';
    if (mark.length > 2 && mark.startsWith('[')) return mark.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${mark}`;
  });
}

/** @param whole the table that files without a folder of their own are parts of; null where each is one. */
function tableName(relative: string, whole: string | null): string {
  const [first = '', ...rest] = relative.split(path.sep);
  if (rest.length > 0 && !first.includes('=')) return first;
  return whole ?? (rest.length > 0 ? 'data' : first.replace(/\.parquet$/i, ''));
}

/** Formats that keep rows in Parquet which are not rows of the table any more. */
async function tableFormat(base: string, { name, files }: ParquetTable, isFile: boolean): Promise<string | null> {
  if (isFile) return null;
  for (const folder of [base, path.join(base, name)]) {
    const entries = await namesIn(folder);
    if (entries.includes('_delta_log')) return 'it is a Delta table, whose files also hold rows that were deleted';
    if (!entries.includes('metadata') || !files.some((file) => file.startsWith(folder))) continue;
    const metadata = await namesIn(path.join(folder, 'metadata'));
    if (metadata.some((entry) => entry.endsWith('.metadata.json'))) return 'it is an Iceberg table, whose files also hold rows that were deleted';
  }
  return null;
}

/** Empty where there is no such folder. */
function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => []);
}

function refusal(store: string, place: string, reason: 'not-found' | 'unsupported', detail: string, nextStep: string): ConnectError {
  return new ConnectError({ reason, store, place, detail, nextStep });
}
