import type { Gap } from '../model/snapshot.js';
import type { ReadQuery, StoreBoundary } from './boundary.js';
import { consumerName } from './consumer-name.js';

const TEXT_LENGTH = 60;

/** Queries and statements that no parser could read in full, each with the thing, the cause and the next step. */
export function unreadGaps(queries: readonly ReadQuery[], boundaries: readonly StoreBoundary[]): Gap[] {
  return [...queries.flatMap(unreadQuery), ...boundaries.flatMap(unreadStatements)];
}

function unreadQuery({ query, variants }: ReadQuery): Gap[] {
  const causes = [...query.problems.map(({ message }) => message), ...variants.flatMap(({ status, problems }) => (status === 'parsed' ? [] : problems))];
  const [cause, ...more] = new Set(causes);
  if (cause === undefined) return [];
  const nothing = variants.every(({ status }) => status === 'unparsed');
  return [{
    subject: `${consumerName(query)} (${query.origin.file}:${query.origin.line})`,
    missing: nothing ? 'everything it reads' : 'a part of what it reads',
    cause: more.length === 0 ? cause : `${cause}; and ${more.length} more`,
    remedy: nothing ? 'Correct the query, or judge it by hand.' : null,
    severity: 'partial',
  }];
}

/** Statements whose text the server hides or has lost are told by the store that hides them. */
function unreadStatements({ store, readRows }: StoreBoundary): Gap[] {
  return readRows.flatMap(({ row, read }): Gap[] => {
    if (!read || read.status === 'parsed') return [];
    const text = read.text.slice(0, TEXT_LENGTH * 2).replace(/\s+/g, ' ').slice(0, TEXT_LENGTH);
    return [{
      subject: store.name,
      missing: `${read.status === 'unparsed' ? 'what' : 'a part of what'} a statement of role ${row.role} reads (${text}…)`,
      cause: row.textState === 'truncated' ? 'its text is cut' : (read.problems[0] ?? 'it is not understood'),
      remedy: row.textState === 'truncated' && store.engine === 'postgres' ? 'Raise track_activity_query_size if a monitor cuts it.' : null,
      severity: 'partial',
    }];
  });
}
