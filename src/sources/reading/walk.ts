import { lstatSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

export const FILE_BYTES_MAX = 50_000_000;
export const FILES_MAX = 100_000;
export const DEPTH_MAX = 32;

export interface WalkedFile {
  /** Absolute. */
  path: string;
  size_bytes: number;
}

export interface WalkProblem {
  /** Absolute path of the file or folder. */
  path: string;
  cause: string;
  remedy: string;
}

export interface Walk {
  /** The root with its own links resolved; every path begins with it. */
  root: string;
  /** Sorted by path. */
  files: WalkedFile[];
  problems: WalkProblem[];
}

/** The path is neither a file nor a folder that can be listed. */
export class UnreachablePathError extends Error {
  override readonly name = 'UnreachablePathError';

  constructor(
    readonly path: string,
    /** `ENOENT`, `EACCES` … */
    readonly code: string,
    cause: unknown,
  ) {
    super(`${path}: ${code}`, { cause });
  }
}

/**
 * The file at `root`, or every file below it: sorted, without hidden folders and node_modules. A symbolic link is followed
 * to a file within the root that is not read under its own name; one that leads out or nowhere is a problem, as is what
 * exceeds the limits (50 MB a file, 100,000 files, 32 levels).
 *
 * @throws UnreachablePathError when the root cannot be looked at.
 */
export async function walk(root: string): Promise<Walk> {
  const reached = await reach(root);
  const walker = new Walker(reached.path);
  if (reached.isFile) return walker.single(reached.path, reached.size_bytes);
  await walker.folder(reached.path, 0);
  return walker.result();
}

async function reach(root: string): Promise<{ path: string; isFile: boolean; size_bytes: number }> {
  try {
    const path = await realpath(root);
    const found = await stat(path);
    if (!found.isFile()) await readdir(path);
    return { path, isFile: found.isFile(), size_bytes: found.size };
  } catch (error) {
    throw new UnreachablePathError(root, errorCode(error), error);
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

class Walker {
  readonly #files: WalkedFile[] = [];
  /** By what they lead to. */
  readonly #links = new Map<string, WalkedFile>();
  readonly #problems: WalkProblem[] = [];
  #isFull = false;

  constructor(readonly realRoot: string) {}

  single(path: string, size_bytes: number): Walk {
    this.#add(path, size_bytes);
    return this.result();
  }

  result(): Walk {
    const read = new Set(this.#files.map(({ path }) => path));
    for (const [target, { path, size_bytes }] of this.#links) if (!read.has(target)) this.#add(path, size_bytes);
    const byPath = (one: { path: string }, other: { path: string }): number => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0);
    return { root: this.realRoot, files: this.#files.toSorted(byPath), problems: this.#problems.toSorted(byPath) };
  }

  async folder(path: string, depth: number): Promise<void> {
    if (depth > DEPTH_MAX) {
      this.#problem(path, `it lies more than ${DEPTH_MAX} folders deep`, 'name the folder itself as a source');
      return;
    }
    let names: string[];
    try {
      names = (await readdir(path)).toSorted();
    } catch (error) {
      this.#problem(path, `the folder cannot be listed (${errorCode(error)})`, 'grant read access to it');
      return;
    }
    for (const name of names) {
      if (this.#isFull) return;
      await this.#entry(join(path, name), name, depth);
    }
  }

  async #entry(path: string, name: string, depth: number): Promise<void> {
    try {
      const entry = lstatSync(path);
      if (entry.isDirectory()) {
        if (!name.startsWith('.') && name !== 'node_modules') await this.folder(path, depth + 1);
      } else if (entry.isFile()) {
        this.#add(path, entry.size);
      } else if (entry.isSymbolicLink()) {
        await this.#link(path);
      }
    } catch (error) {
      this.#problem(path, `it cannot be looked at (${errorCode(error)})`, 'grant read access to it');
    }
  }

  async #link(path: string): Promise<void> {
    const target = await realpath(path).catch(() => null);
    if (target === null) return this.#problem(path, 'the symbolic link leads nowhere', 'mend or remove the link');
    const inside = relative(this.realRoot, target);
    if (inside.startsWith(`..${sep}`) || inside === '..' || isAbsolute(inside)) {
      return this.#problem(path, 'the symbolic link leads out of the folder', 'name its target as a source of its own');
    }
    const found = await stat(target);
    // A mounted Kubernetes ConfigMap shows its files only as links into a hidden folder.
    if (found.isFile() && !this.#links.has(target)) this.#links.set(target, { path, size_bytes: found.size });
  }

  #add(path: string, size_bytes: number): void {
    if (this.#files.length >= FILES_MAX) {
      if (!this.#isFull) this.#problem(path, `the folder holds more than ${FILES_MAX} files; this one and the rest are not read`, 'name smaller folders');
      this.#isFull = true;
    } else if (size_bytes > FILE_BYTES_MAX) {
      this.#problem(path, `the file has ${size_bytes} bytes, more than the ${FILE_BYTES_MAX} that are read`, 'split it, or export less at once');
    } else {
      this.#files.push({ path, size_bytes });
    }
  }

  #problem(path: string, cause: string, remedy: string): void {
    this.#problems.push({ path, cause, remedy });
  }
}
