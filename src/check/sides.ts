import { compareText } from '../findings/order.js';
import type { SourceReading } from '../model/check.js';
import type { CollectedQuery } from '../model/query.js';
import type { Snapshot } from '../model/snapshot.js';

/**
 * What a bundle would hold had it been collected with these files: what it has of the sources that were read again gives way to what
 * was read.
 *
 * @param paths of the sources that were read on either side, as the configuration names them
 */
export function withReading(bundle: Snapshot, reading: SourceReading, paths: readonly string[], others: Pick<SourceReading, 'queries' | 'columnDeclarations'>): Snapshot {
  const isCovered = covering(paths);
  const ids = new Set([...reading.queries, ...others.queries].map(({ id }) => id));
  const kept = bundle.queries.filter(({ id, origin }) => !ids.has(id) && !isCovered(origin.file));
  const contracts = [...(bundle.contracts ?? []).filter(({ origin }) => !isCovered(origin.file)), ...reading.contracts];
  // Declarations do not say from which file they are: those of the other side that are not repeated were taken back.
  const takenBack = new Set(others.columnDeclarations.map((declared) => JSON.stringify(declared)));
  const declarations = new Map([...(bundle.columnDeclarations ?? []).filter((declared) => !takenBack.has(JSON.stringify(declared))), ...reading.columnDeclarations].map((declared) => [JSON.stringify(declared), declared]));
  return {
    ...bundle,
    queries: [...kept, ...reading.queries].sort((a, b) => compareText(a.id, b.id)),
    sources: [...bundle.sources.filter(({ path }) => !isCovered(path)), ...reading.sources],
    gaps: [...bundle.gaps.filter(({ subject }) => !isCovered(subject)), ...reading.gaps],
    ...(contracts.length > 0 ? { contracts } : {}),
    ...(declarations.size > 0 ? { columnDeclarations: [...declarations].sort(([a], [b]) => compareText(a, b)).map(([, declared]) => declared) } : {}),
  };
}

/** Whether a file, or what a gap names first, lies in one of these folders or archives or is one of these files. */
export function covering(paths: readonly string[]): (file: string) => boolean {
  const plain = paths.map((path) => path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, ''));
  if (plain.some((path) => path === '' || path === '.')) return (file) => !/^(?:\/|\.\.\/|[a-z][a-z0-9+]*:\/\/)/i.test(file) || plain.some((path) => under(path, file));
  return (file) => plain.some((path) => under(path, file));
}

function under(path: string, file: string): boolean {
  return path !== '' && (file === path || file.startsWith(`${path}/`) || file.startsWith(`${path}!/`));
}

/** The queries of each side that the other one does not have as they are. */
export interface ChangedQueries {
  before: CollectedQuery[];
  after: CollectedQuery[];
}

/**
 * Queries whose counterpart by id is missing or is another one in anything but how often it was used: text, connection, title, owner,
 * audience, place.
 */
export function changedQueries(before: readonly CollectedQuery[], after: readonly CollectedQuery[]): ChangedQueries {
  return { before: without(before, after), after: without(after, before) };
}

function without(queries: readonly CollectedQuery[], others: readonly CollectedQuery[]): CollectedQuery[] {
  const [own, objects] = [new Set(queries), new Set(others)];
  // Most queries are the very same on both sides.
  const open = queries.filter((query) => !objects.has(query));
  const sayings = new Set(others.filter((query) => !own.has(query)).map(saying));
  return open.filter((query) => !sayings.has(saying(query)));
}

function saying(query: CollectedQuery): string {
  return JSON.stringify({ ...query, usage: null });
}
