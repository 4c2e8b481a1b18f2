import { dialectOfQuery, storeOf } from '../../graph/connection.js';
import type { Configuration } from '../../model/configuration.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Gap, SourceSummary } from '../../model/snapshot.js';
import { Pseudonyms } from '../../snapshot/pseudonym.js';
import { redactQuery } from '../../snapshot/redact-query.js';
import type { Dialect } from '../../sql/dialect.js';
import { createParsers } from '../../sql/parse/parsers.js';

/** A query with what the list adds to it. */
export interface ListedQuery {
  query: CollectedQuery;
  /** The store of the configuration that its connection leads to, and the guess in words where it is one. */
  store: { name: string; guess: string | null } | null;
  /** `parsed`: every variant; `partial`: some. `none`: it has no text to parse. */
  reading: 'parsed' | 'partial' | 'unparsed' | 'none';
}

export interface Listing {
  queries: ListedQuery[];
  sources: readonly SourceSummary[];
  gaps: readonly Gap[];
}

/** Every query with its store and whether parsers read it; personal data in its texts as in a bundle. @throws the signal's reason. */
export async function listingOf(
  read: { queries: readonly CollectedQuery[]; sources: readonly SourceSummary[]; gaps: readonly Gap[] },
  configuration: Configuration,
  signal: AbortSignal,
): Promise<Listing> {
  const parsers = await createParsers({ signal });
  try {
    const byDialect = new Map<Dialect, Set<string>>();
    for (const query of read.queries) {
      const dialect = dialectOfQuery(query);
      const texts = byDialect.get(dialect) ?? new Set();
      for (const { sql } of query.variants) texts.add(sql);
      byDialect.set(dialect, texts);
    }
    for (const [dialect, texts] of byDialect) await parsers.prepare(dialect, texts);
    const pseudonyms = new Pseudonyms();
    const queries = read.queries.map((query): ListedQuery => {
      const parse = parsers.parse(dialectOfQuery(query));
      const parsed = query.variants.filter(({ sql }) => {
        const { statements, diagnostics } = parse(sql);
        return statements.length > 0 && !diagnostics.some(({ severity }) => severity === 'error');
      }).length;
      return { query: redactQuery(query, pseudonyms), store: storeOfQuery(query, configuration), reading: readingOf(parsed, query.variants.length) };
    });
    return { queries, sources: read.sources, gaps: read.gaps };
  } finally {
    await parsers.close();
  }
}

function readingOf(parsed: number, total: number): ListedQuery['reading'] {
  if (total === 0) return 'none';
  return parsed === total ? 'parsed' : parsed > 0 ? 'partial' : 'unparsed';
}

function storeOfQuery(query: CollectedQuery, configuration: Configuration): ListedQuery['store'] {
  const { name, guess } = storeOf(query, [], configuration);
  return name === null ? null : { name, guess };
}
