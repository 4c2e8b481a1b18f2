import type { CollectedQuery } from '../../model/query.js';

/** Who wrote lines of a file, by line number from 1. */
export type Blame = (file: string, ranges: readonly { from: number; to: number }[]) => Promise<Map<number, string>>;

/** Each file is a process of git: who has more files without an owner needs CODEOWNERS. */
const FILES_MAX = 200;
const FILES_AT_ONCE = 4;

/**
 * Gives queries that nobody is known to own the person who wrote most of their lines.
 *
 * @param pathOf the path on disk of a file by the name that reports give it
 */
export async function withBlame(queries: readonly CollectedQuery[], pathOf: (file: string) => string | undefined, blame: Blame): Promise<CollectedQuery[]> {
  const orphans = new Map<string, CollectedQuery[]>();
  for (const query of queries) {
    const path = query.owners.length > 0 || query.origin.file.includes('!/') ? undefined : pathOf(query.origin.file);
    if (path === undefined) continue;
    const known = orphans.get(path);
    if (known !== undefined) known.push(query);
    else if (orphans.size < FILES_MAX) orphans.set(path, [query]);
  }
  const owners = new Map<CollectedQuery, string>();
  const files = [...orphans];
  for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
    await Promise.all(
      files.slice(at, at + FILES_AT_ONCE).map(async ([path, own]) => {
        const authors = await blame(path, own.map(linesOf));
        for (const query of own) {
          const name = mostFrequent(query, authors);
          if (name !== null) owners.set(query, name);
        }
      }),
    );
  }
  return queries.map((query) => {
    const name = owners.get(query);
    return name === undefined ? query : { ...query, owners: [{ name, via: 'git-blame' }] };
  });
}

/** Where a text has its line breaks as escapes, all of it stands on one line. */
function linesOf({ origin, raw }: CollectedQuery): { from: number; to: number } {
  const spread = origin.pointer === '' || /\.(ya?ml|lkml|md|py)$/i.test(origin.file);
  return { from: origin.line, to: origin.line + (spread ? raw.trimEnd().split('\n').length - 1 : 0) };
}

function mostFrequent(query: CollectedQuery, authors: ReadonlyMap<number, string>): string | null {
  const { from, to } = linesOf(query);
  const counts = new Map<string, number>();
  for (let line = from; line <= to; line++) {
    const author = authors.get(line);
    if (author !== undefined) counts.set(author, (counts.get(author) ?? 0) + 1);
  }
  const [first] = [...counts].toSorted(([one, many], [other, more]) => more - many || (one < other ? -1 : 1));
  return first?.[0] ?? null;
}
