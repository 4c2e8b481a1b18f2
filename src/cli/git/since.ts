import type { Host } from '../host.js';
import { changedFiles, type GitChange } from './changed-files.js';
import { gitRefused, openGit } from './git.js';
import { type Clone, cloneAt, mergeBase } from './merge-base.js';
import { objectContents, type Unwritten, writeOldFiles } from './old-files.js';

/** What differs between the working tree of a clone and the commit from which it and another one have both grown. */
export interface Since {
  clone: Clone;
  /** The merge base. */
  commit: string;
  /** Of the whole clone, also outside of the folder that was asked for; sorted by path. */
  changes: GitChange[];
  /** Writes files and folders as of the commit into a folder, in the same places. */
  writeBefore: (paths: readonly string[], folder: string) => Promise<Unwritten[]>;
  /** What a file held at the commit; null where it was not there. */
  fileBefore: (path: string) => Promise<Buffer | null>;
}

/**
 * Asks git what changed since `ref`: against the merge base of `ref` and HEAD, with what is not committed yet. Paths are from the root of the
 * clone that `directory` lies in, with forward slashes.
 *
 * @throws UsageError for whatever keeps git from answering
 */
export async function changeSince(host: Host, signal: AbortSignal, { ref, directory }: { ref: string; directory: string }): Promise<Since> {
  const git = await openGit(host, signal, directory);
  const clone = await cloneAt(git, directory);
  const commit = await mergeBase(git, clone, ref);
  const changes = await changedFiles(git, clone.root, commit);
  return {
    clone,
    commit,
    changes,
    writeBefore: (paths, folder) => writeOldFiles({ git, root: clone.root, changes, signal }, paths, folder),
    fileBefore: async (path) => {
      const listed = await git(clone.root, ['ls-tree', '-z', '--full-tree', commit, '--', path]);
      if (listed.code !== 0) throw gitRefused('look at the commit before the change', listed);
      const object = /^100\d{3} blob ([0-9a-f]+)\t/.exec(listed.stdout.toString('utf8'))?.[1];
      return object === undefined ? null : ((await objectContents(git, clone.root, [object])).get(object) ?? null);
    },
  };
}
