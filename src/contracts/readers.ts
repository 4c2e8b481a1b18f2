import type { Access, StoreBoundary } from '../graph/boundary.js';
import type { PlacedQuery } from '../graph/placed-query.js';
import type { ReadPart } from '../graph/statement-reader.js';
import type { QueryVariant } from '../model/query.js';

/** One text of a consumer, as it may reach the store. */
export interface ReaderText {
  text: string;
  parts: readonly ReadPart[];
  /** Null for a statement of the statistics. */
  variant: QueryVariant | null;
}

/** One query of a consumer that names internal relations. */
export interface Reader {
  consumer: string;
  owner: string | null;
  tool: string;
  query: PlacedQuery | null;
  texts: ReaderText[];
  /** Database roles that run it, as the statistics saw them. Sorted. */
  roles: string[];
  /** What the role that runs it is for; `unknown` where nothing tells. */
  purpose: string;
  /** `schema.name` of the internal relations that it names and reads. Sorted. */
  relations: string[];
}

/** Who reads under these purposes is the application itself, or keeps the store in order. */
const INSIDERS: ReadonlySet<string> = new Set(['application', 'administration']);

/** Stores whose tables are internal to an application; a warehouse's own layers are not. */
const OF_APPLICATIONS: ReadonlySet<string> = new Set(['operational', 'replica']);

export function isOperational({ store }: StoreBoundary): boolean {
  return OF_APPLICATIONS.has(store.role);
}

/** Everyone outside the application who names its internal relations: cards, reports, loaders, persons, roles that nobody knows. */
export function readersOf(boundary: StoreBoundary): Reader[] {
  if (!isOperational(boundary)) return [];
  const groups = new Map<unknown, Access[]>();
  for (const access of boundary.accesses) {
    if (!isOutside(access)) continue;
    const key = access.query ?? access;
    groups.set(key, [...(groups.get(key) ?? []), access]);
  }
  return [...groups.values()].flatMap((accesses) => readerOf(accesses, boundary) ?? []);
}

function isOutside({ consumer }: Access): boolean {
  if (consumer.kind === 'card') return true;
  return consumer.kind === 'role' && !INSIDERS.has(consumer.role_purpose);
}

function readerOf(accesses: readonly Access[], boundary: StoreBoundary): Reader | null {
  const [first] = accesses;
  if (first === undefined) return null;
  const { query, consumer } = first;
  const texts = query === null
    ? [{ text: first.text, parts: first.part === null ? [] : [first.part], variant: null }]
    : query.variants.map((variant): ReaderText => ({ text: variant.sql, parts: boundary.reader.read(variant.sql, null).parts, variant }));
  const relations = new Set(texts.flatMap(({ parts }) => parts.flatMap((part) => internalOf(part, boundary))));
  if (relations.size === 0) return null;
  return {
    consumer: consumer.name,
    owner: consumer.owner === '' ? null : consumer.owner,
    tool: consumer.tool,
    query,
    texts,
    roles: [...new Set(accesses.flatMap(({ rows }) => rows.map(({ role }) => role)))].sort(),
    purpose: consumer.role_purpose,
    relations: [...relations].sort(),
  };
}

/** What a statement changes is no reading that a contract could serve. */
function internalOf({ resolution }: ReadPart, { zones }: StoreBoundary): string[] {
  return [...resolution.direct.keys()].filter((key) => zones.get(key)?.zone === 'internal' && !resolution.writes.has(key));
}

/** The partitioned table of a partition, else the relation itself. */
export function wholeTable(key: string, { reader }: StoreBoundary): string {
  let table = key;
  for (let parent = reader.index.get(key)?.partitionOf; parent; parent = reader.index.get(parent)?.partitionOf) table = parent;
  return table;
}
