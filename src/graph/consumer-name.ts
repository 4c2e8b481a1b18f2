import type { CollectedQuery } from '../model/query.js';

/**
 * How reports name a query, in the words of its tool: `metabase card 118 Open cases`, `grafana panel Case operations /
 * Backlog`, `reports/monthly.sql monthly_cases`. It identifies the consumer in fingerprints, so that it holds no position.
 */
export function consumerName(query: CollectedQuery): string {
  const title = query.title ?? '';
  switch (query.kind) {
    case 'metabase': {
      const number = /:card:([^:]+)/.exec(query.id)?.[1] ?? '';
      return join(['metabase card', number, title]);
    }
    case 'grafana': {
      const what = query.role === 'query' ? 'panel' : query.role;
      return `grafana ${what} ${[query.container?.title, title || query.id].filter(Boolean).join(' / ')}`;
    }
    case 'sql-files': {
      // A file of one unnamed statement is its own name.
      const named = title !== '' && !query.origin.file.endsWith(title);
      return join([query.origin.file, named ? title : '']);
    }
    default:
      return join([query.kind, query.id, title]);
  }
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
