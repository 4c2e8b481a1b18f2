import { createHash } from 'node:crypto';
import { constants, copyFileSync, linkSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FILE_BYTES_MAX, UnreachablePathError, walk } from '../../sources/reading/walk.js';
import type { GitChange, OldFile } from './changed-files.js';
import { type Git, gitRefused } from './git.js';

/** What of the state before could not be written, each in words that follow its path. */
export interface Unwritten {
  path: string;
  cause: string;
  remedy: string;
}

interface Given {
  git: Git;
  root: string;
  changes: readonly GitChange[];
  signal: AbortSignal;
}

/**
 * Writes files and folders of the clone into a folder, in the same places, as they stood before the changes: what did not change is copied
 * from the working tree, what did comes out of git. Links are written as what they lead to, those of before not at all.
 *
 * @param paths from the root, with forward slashes; the empty one is all of it
 */
export async function writeOldFiles({ git, root, changes, signal }: Given, paths: readonly string[], folder: string): Promise<Unwritten[]> {
  const changed = new Set(changes.flatMap(({ path: now, before }) => (before === null ? [now] : [now, before.path])));
  for (const given of paths) await copyUnchanged(path.join(root, given), path.join(folder, given), (below) => !changed.has(path.posix.join(given, below)), signal);
  const old = changes.flatMap(({ before }) => (before !== null && paths.some((given) => isWithin(before.path, given)) ? [before] : []));
  const contents = await objectContents(git, root, old.filter(({ kind }) => kind === 'file').map(({ object }) => object));
  const unwritten: Unwritten[] = [];
  for (const file of old) {
    const problem = await writeOld(file, contents.get(file.object), { root, folder });
    if (problem !== null) unwritten.push({ path: file.path, ...problem });
  }
  return unwritten;
}

/** Whether a path is a file or folder, or lies in it. The empty path holds all but what leads out. */
export function isWithin(file: string, folder: string): boolean {
  return folder === '' || file === folder || file.startsWith(`${folder}/`);
}

const FILES_A_TURN = 200;

async function copyUnchanged(from: string, to: string, isUnchanged: (below: string) => boolean, signal: AbortSignal): Promise<void> {
  const found = await walk(from).catch((error: unknown) => {
    // It is new, or deleted by the change: then git has what it held.
    if (error instanceof UnreachablePathError) return null;
    throw error;
  });
  for (const [index, file] of (found?.files ?? []).entries()) {
    if (index % FILES_A_TURN === 0) await setImmediate();
    signal.throwIfAborted();
    const below = path.relative(found?.root ?? from, file.path).split(path.sep).join('/');
    if (!isUnchanged(below)) continue;
    const target = path.join(to, below);
    mkdirSync(path.dirname(target), { recursive: true });
    place(file.path, target);
  }
}

/** A second name costs a tenth of a copy, and nobody writes to the state before; other file systems and other people's files need the copy. */
function place(from: string, to: string): void {
  try {
    // A second name for a link would be a link.
    if (!lstatSync(from).isSymbolicLink()) return linkSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string' && NO_SECOND_NAME.has(error.code))) throw error;
  }
  // Never over what is there already, which may be a second name of the file in the clone.
  copyFileSync(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}

const NO_SECOND_NAME = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

async function writeOld(file: OldFile, content: Buffer | undefined, { root, folder }: { root: string; folder: string }): Promise<Omit<Unwritten, 'path'> | null> {
  if (file.kind === 'submodule') return { cause: 'it is a submodule that the change moves, and what it held before is not in this clone', remedy: 'Judge the change where the submodule is a repository of its own.' };
  if (file.kind === 'link') return { cause: 'it was a symbolic link before the change, which is not followed', remedy: 'Name its target as a source.' };
  if (content === undefined) return { cause: 'git does not have what it held before', remedy: 'Fetch the whole history: git fetch --unshallow or --refetch.' };
  const target = path.join(folder, file.path);
  const write = (text: Buffer): void => {
    mkdirSync(path.dirname(target), { recursive: true });
    // What was there could be a second name of the file in the clone.
    rmSync(target, { force: true });
    writeFileSync(target, text);
  };
  const stored = largeFileDigest(content);
  if (stored === null) {
    if (content.length > FILE_BYTES_MAX) return { cause: `it had ${content.length} bytes before the change, more than the ${FILE_BYTES_MAX} that are read`, remedy: 'Split it.' };
    write(content);
    return null;
  }
  const now = await readFile(path.join(root, file.path)).catch(() => null);
  if (now === null || createHash('sha256').update(now).digest('hex') !== stored) {
    return { cause: 'git holds only its pointer of Git LFS: what it held before the change is not in this clone', remedy: 'Keep what is to be judged outside of Git LFS.' };
  }
  write(now);
  return null;
}

/** The SHA-256 that a pointer of Git LFS names (git-lfs/docs/spec.md, "The Pointer"); null where the content is none. */
export function largeFileDigest(content: Buffer): string | null {
  if (content.length > 1_024 || !content.subarray(0, 42).toString('latin1').startsWith('version https://git-lfs.github.com/spec/v1')) return null;
  return /^oid sha256:([0-9a-f]{64})$/m.exec(content.toString('latin1'))?.[1] ?? null;
}

/** The contents of blobs by their names in git, read by one process (git-cat-file(1), "BATCH OUTPUT"). What is missing is left out. */
export async function objectContents(git: Git, root: string, objects: readonly string[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (objects.length === 0) return contents;
  const answer = await git(root, ['cat-file', '--batch'], [...new Set(objects)].map((object) => `${object}\n`).join(''));
  if (answer.code !== 0) throw gitRefused('read what files held before', answer);
  const { stdout } = answer;
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf(10, at);
    const [object = '', type, size] = stdout.subarray(at, end).toString('latin1').split(' ');
    if (end < 0) break;
    at = end + 1;
    if (type !== 'blob') continue;
    contents.set(object, stdout.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return contents;
}
