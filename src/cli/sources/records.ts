import { withoutCredentials } from '../../sql/lexer.js';
import type { ListedQuery } from './listing.js';

/** What `--format ndjson` says of one query. Its form is a contract (docs/sources.md). */
export function recordOf({ query, store, reading }: ListedQuery): Record<string, unknown> {
  const { id, kind, role, sqlKind, title, description, container, owners, connection, origin, raw, reconstructed, variants, lifecycle, isPublic, usage, schedule, problems } = query;
  return {
    id, kind, role, sqlKind, title, description, container,
    owner: owners[0]?.name ?? null,
    owners: owners.map(({ name, via, inactive }) => ({ name, via, ...(inactive === true ? { inactive } : {}) })),
    connection,
    store: store?.name ?? null,
    storeGuess: store?.guess ?? null,
    origin, raw: withoutCredentials(raw), reconstructed,
    variants: variants.map(({ label, sql, assumptions }) => ({ label, sql: withoutCredentials(sql), assumptions })),
    lifecycle, isPublic, usage, schedule, reading,
    problems: problems.map(({ code, message }) => ({ code, message })),
  };
}
