import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Where GitHub, GitLab and Bitbucket look for it, in their order. */
export const OWNER_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS', '.bitbucket/CODEOWNERS'];
const LEVELS_MAX = 16;
const LENGTH_MAX = 1_000_000;
const PATTERN_LENGTH_MAX = 500;

export interface CodeOwners {
  /** Of a file by its absolute path; empty where no line fits. The last line that fits wins. */
  ownersOf(path: string): string[];
}

/** The CODEOWNERS of the repository that a path lies in; null where it has none. */
export async function findCodeOwners(path: string): Promise<CodeOwners | null> {
  let folder = (await isFolder(path)) ? resolve(path) : dirname(resolve(path));
  for (let level = 0; level < LEVELS_MAX; level++) {
    for (const place of OWNER_FILES) {
      const text = await readFile(join(folder, place), 'utf8').catch(() => null);
      if (text !== null) return parseCodeOwners(text.slice(0, LENGTH_MAX), folder);
    }
    if ((await isFolder(join(folder, '.git'))) || dirname(folder) === folder) return null;
    folder = dirname(folder);
  }
  return null;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}

/** Lines of `pattern owner…`; sections of GitLab are headings, an owner-less line takes the owners away. */
export function parseCodeOwners(text: string, root: string): CodeOwners {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = line.replace(/(^|\s)#.*$/, '').trim().split(/(?<!\\)\s+/);
    if (pattern === undefined || pattern === '' || pattern.length > PATTERN_LENGTH_MAX || /^\^?\[/.test(pattern)) return [];
    return [{ form: matcher(pattern.replaceAll('\\ ', ' ')), owners }];
  });
  return {
    ownersOf(path) {
      const below = relative(root, path).split(sep).join('/');
      return rules.findLast(({ form }) => form.test(below))?.owners ?? [];
    },
  };
}

/** A pattern as gitignore reads it: with a slash inside it starts at the root, a folder stands for all below it. */
function matcher(pattern: string): RegExp {
  const anchored = pattern.replace(/\/$/, '').includes('/');
  const plain = pattern.replace(/^\//, '').replace(/\/$/, '/**');
  const body = plain.replace(/\*\*\/|\/\*\*$|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (found) => {
    switch (found) {
      case '**/':
        return '(?:[^/]+/)*';
      case '/**':
        return '/.*';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      default:
        return `\\${found}`;
    }
  });
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}${plain.endsWith('/**') || pattern.endsWith('/*') ? '' : '(?:/.*)?'}$`, 'u');
}
