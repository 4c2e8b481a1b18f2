import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileChange } from '../../model/check.js';
import { type Git, gitRefused } from './git.js';

/** A file, link or submodule as a commit holds it. */
export interface OldFile {
  /** From the root of the repository, with forward slashes. */
  path: string;
  kind: 'file' | 'link' | 'submodule';
  /** The name of its content in git. */
  object: string;
}

/** One difference between a commit and the working tree, with what is not committed and not even added. */
export interface GitChange {
  /** From the root of the repository, with forward slashes; of a deleted file where it was. */
  path: string;
  change: FileChange;
  /** Null where it was not there before. */
  before: OldFile | null;
  /** What it is now; null where it is gone. */
  now: OldFile['kind'] | null;
}

/** Larger files that git does not know yet are not looked at for where they came from. */
const MOVED_BYTES_MAX = 10_000_000;

/**
 * What differs between a commit and the working tree of the clone at `root`, sorted by path. Ignored files are left out. A moved file is one
 * change, also where its move is not added yet, as long as it was not edited.
 *
 * @throws UsageError
 */
export async function changedFiles(git: Git, root: string, commit: string): Promise<GitChange[]> {
  const difference = await git(root, ['diff', '--raw', '-z', '--no-abbrev', '--find-renames', '-l2000', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', commit, '--']);
  if (difference.code !== 0) throw gitRefused(`compare the working tree with ${commit.slice(0, 12)}`, difference);
  const others = await git(root, ['ls-files', '--others', '--exclude-standard', '-z']);
  if (others.code !== 0) throw gitRefused('list the files that are not added', others);
  const untracked = others.stdout.toString('utf8').split('\0').filter((name) => name !== '' && !name.endsWith('/'));
  const changes = withMoves(parseRaw(difference.stdout.toString('utf8')), await contents(root, untracked));
  return changes.toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

/** The output of `git diff --raw -z` (git-diff(1), "Raw output format"). */
export function parseRaw(text: string): GitChange[] {
  const changes: GitChange[] = [];
  const parts = text.split('\0');
  for (let at = 0; at < parts.length; at += 1) {
    const [, oldMode, newMode, object, status] = /^:(\d{6}) (\d{6}) ([0-9a-f]+) [0-9a-f]+ ([A-Z])\d*$/.exec(parts[at] ?? '') ?? [];
    if (oldMode === undefined || newMode === undefined || object === undefined || status === undefined) continue;
    const from = parts[(at += 1)] ?? '';
    const to = status === 'R' || status === 'C' ? (parts[(at += 1)] ?? '') : from;
    const before = status === 'A' || status === 'C' ? null : { path: from, kind: kindOf(oldMode), object };
    const now = status === 'D' ? null : kindOf(newMode);
    changes.push({ path: to, change: before === null ? 'added' : now === null ? 'deleted' : status === 'R' ? 'renamed' : 'modified', before, now });
  }
  return changes;
}

function kindOf(mode: string): OldFile['kind'] {
  if (mode === '160000') return 'submodule';
  return mode === '120000' ? 'link' : 'file';
}

interface NewFile {
  path: string;
  kind: OldFile['kind'];
  /** By the hash functions of git's two formats; null where the file was not read. */
  objects: string[] | null;
}

async function contents(root: string, paths: readonly string[]): Promise<NewFile[]> {
  const files: NewFile[] = [];
  for (const name of paths) {
    const file = path.join(root, name);
    const found = await lstat(file).catch(() => null);
    // A name that is no UTF-8 opens nothing, and yet the file is there.
    if (found === null && name.includes('\uFFFD')) files.push({ path: name, kind: 'file', objects: null });
    if (found === null || found.isDirectory()) continue;
    const isFile = found.isFile();
    const content = isFile && found.size <= MOVED_BYTES_MAX ? await readFile(file).catch(() => null) : null;
    files.push({ path: name, kind: isFile ? 'file' : 'link', objects: content === null ? null : ['sha1', 'sha256'].map((algorithm) => objectName(algorithm, content)) });
  }
  return files;
}

/** How git names a content: by the hash of it behind a heading. */
function objectName(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** Files that nobody added yet, each as where it was moved from if a deleted file had its content. */
function withMoves(tracked: readonly GitChange[], untracked: readonly NewFile[]): GitChange[] {
  const gone = new Map(tracked.filter(({ change }) => change === 'deleted').map((change) => [change.path, change]));
  const added: GitChange[] = [];
  // What left the index and is still there (`git rm --cached`) is no move.
  for (const file of untracked) {
    const before = gone.get(file.path)?.before ?? null;
    gone.delete(file.path);
    if (before === null) continue;
    if (file.objects?.includes(before.object) !== true) added.push({ path: file.path, change: 'modified', before, now: file.kind });
  }
  const known = new Set(tracked.map(({ path: name }) => name));
  for (const file of untracked.filter(({ path: name }) => !known.has(name))) {
    const from = [...gone.values()].find(({ before }) => before?.kind === 'file' && file.objects?.includes(before.object) === true);
    if (from !== undefined) gone.delete(from.path);
    added.push({ path: file.path, change: from === undefined ? 'added' : 'renamed', before: from?.before ?? null, now: file.kind });
  }
  return [...tracked.filter(({ change, path: name }) => change !== 'deleted' || gone.has(name)), ...added];
}
