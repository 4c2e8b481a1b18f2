import type { SourceFile } from './source-file.js';

/** The files of one installation of a tool. */
export interface Instance {
  /** The folder that parts it from the others, such as `retail`; null where there is one installation only. */
  name: string | null;
  files: SourceFile[];
}

/** What a file says of its installation: a key that is unique there, such as `database:2`, and what it stands for. */
export type Landmarks = (file: SourceFile) => Iterable<readonly [key: string, meaning: string]>;

/**
 * Parts the exports of several installations in one folder, whose numbers mean different things: where files of different
 * folders contradict each other, each of these folders is an installation of its own. Files that agree stay together.
 */
export function instancesOf(files: readonly SourceFile[], landmarks: Landmarks): Instance[] {
  const marks = new Map(files.map((file) => [file, [...landmarks(file)] as const]));
  const contradict = (group: readonly SourceFile[]): boolean => {
    const known = new Map<string, string>();
    for (const file of group) {
      for (const [key, meaning] of marks.get(file) ?? []) {
        if ((known.get(key) ?? meaning) !== meaning) return true;
        known.set(key, meaning);
      }
    }
    return false;
  };
  const found: Instance[] = [];
  const open: Instance[] = [{ name: null, files: [...files] }];
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    const parts = contradict(group.files) ? byFolder(group.files) : null;
    if (parts === null || parts.size < 2) {
      found.push(group);
      continue;
    }
    for (const [folder, own] of parts) open.push({ name: [group.name, folder].filter(Boolean).join('/') || null, files: own });
  }
  return found.toSorted((one, other) => ((one.name ?? '') < (other.name ?? '') ? -1 : 1));
}

/** Files by the first folder in which their paths differ. */
function byFolder(files: readonly SourceFile[]): Map<string, SourceFile[]> {
  const paths = files.map(({ path }) => path.split(/!?\//).slice(0, -1));
  const first = paths[0] ?? [];
  let shared = 0;
  while (shared < first.length && paths.every((path) => path[shared] === first[shared])) shared++;
  const groups = new Map<string, SourceFile[]>();
  for (const [index, file] of files.entries()) {
    const folder = paths[index]?.[shared] ?? '';
    const known = groups.get(folder);
    if (known === undefined) groups.set(folder, [file]);
    else known.push(file);
  }
  return groups;
}
