import type { SourceConfiguration } from '../../model/configuration.js';
import type { DeclaredContract } from '../../model/contract.js';
import type { ColumnDeclaration } from '../../model/personal-column.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Gap, SourceSummary } from '../../model/snapshot.js';
import type { Blame } from './blame.js';
import { ConfiguredSource } from './configured-source.js';
import type { RemoteOptions } from './remote.js';

export interface ReadProgress {
  /** As configured. */
  path: string;
  files: number;
  /** Null while a tool is asked, which does not say how much it has. */
  filesTotal: number | null;
}

export interface ReadOptions extends RemoteOptions {
  /** Paths are relative to it, and reported so. */
  baseDirectory: string;
  /** Tells who wrote lines of a file; without it queries that nobody is known to own stay so. */
  blame?: Blame | undefined;
  onProgress?: ((progress: ReadProgress) => void) | undefined;
}

export interface Reading {
  /** Sorted by id; ids are unique. */
  queries: CollectedQuery[];
  /** In the order of the configuration. */
  sources: SourceSummary[];
  gaps: Gap[];
  /** What data contracts among the files declare. */
  contracts: DeclaredContract[];
  /** What the files say of columns, that they hold personal data or none. */
  columnDeclarations: ColumnDeclaration[];
}

/**
 * Reads every configured file, folder or tool. A path that does not exist, an unknown tool, one that lets nobody in, and a
 * folder without a file that is understood are `blind` gaps; a broken file is a `partial` one and costs only itself.
 *
 * @throws the signal's reason when it is aborted; DumpError when answers cannot be kept.
 */
export async function readSources(configured: readonly SourceConfiguration[], options: ReadOptions): Promise<Reading> {
  const gaps: Gap[] = [];
  const sources: SourceSummary[] = [];
  const contracts: DeclaredContract[] = [];
  const columnDeclarations: ColumnDeclaration[] = [];
  const queries = new Map<string, CollectedQuery>();
  for (const configuration of configured) {
    const reader = new ConfiguredSource(configuration, options, (gap) => gaps.push(gap));
    for (const query of await reader.read()) keep(query, configuration, queries);
    sources.push(reader.summary);
    contracts.push(...reader.contracts);
    for (const declared of reader.columnDeclarations) columnDeclarations.push(declared);
  }
  return { queries: [...queries.values()].toSorted((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)), sources, gaps, contracts, columnDeclarations };
}

/** One text under one id. Another text with the same id comes from another instance and gets the path as its mark. */
function keep(query: CollectedQuery, { path }: SourceConfiguration, queries: Map<string, CollectedQuery>): void {
  const known = queries.get(query.id);
  if (known !== undefined && known.raw === query.raw && known.origin.file === query.origin.file) return;
  if (known !== undefined && known.raw === query.raw && known.raw !== '') {
    known.container ??= query.container;
    return;
  }
  let id = query.id;
  for (let count = 1; queries.has(id); count++) id = count === 1 ? `${query.id}@${path}` : `${query.id}@${path}#${count}`;
  queries.set(id, { ...query, id });
}
