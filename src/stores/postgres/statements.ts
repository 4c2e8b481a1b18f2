import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, StoreLost, type KnownStatements, type Reading, type StatementReading } from '../store.js';
import { errorCode, quoteName } from './failure.js';
import type { Session } from './session.js';
import { statementColumns } from './statement-columns.js';
import { StatementGaps } from './statement-gaps.js';
import { keyOf, merged, statementRow, withTexts } from './statement-rows.js';
import { readTexts } from './statement-texts.js';

/** pg_stat_statements.max is 5,000 by default; far beyond that the totals still tell, single entries do not. */
const ENTRIES_MAX = 100_000;

export const extensionRow = z.object({
  version: z.string(),
  schema: z.string(),
  may_use_schema: z.boolean(),
  may_execute: z.boolean(),
  columns: z.array(z.string()),
});

export const accessRow = z.object({
  entries_max: z.number().nullable(),
  track: z.string().nullable(),
  track_utility: z.string().nullish(),
  track_planning: z.string().nullable(),
  block_bytes: z.number(),
  reads_all: z.boolean(),
  preloaded: z.string().nullable(),
});
export type StatementAccess = z.infer<typeof accessRow>;

/** The same with what only a collection needs. */
const collectionAccessRow = accessRow.extend({
  read_at: z.string(),
  started_at: z.string(),
  shares_role: z.boolean(),
});

interface Server {
  version_num: number;
  database: string;
  role: string;
  role_id: number;
}

/**
 * Reads pg_stat_statements for this database: counters first, without texts, then all texts that are not known yet, at once
 * and within their own deadline. Which columns there are follows the version of the extension, not of the server: a server keeps the one that
 * it was upgraded with (seen on 18: 1.7 to 1.12). Tidemark's own statements are left out.
 * @throws the reason of an abort; StoreLost when the connection had been lost before.
 */
export async function readStatements(session: Session, store: string, server: Server, known: KnownStatements = { texts: new Map(), own: new Set() }): Promise<Reading<StatementReading>> {
  const nothing: StatementReading = { statements: [], own: [], window: null };
  const gaps = new StatementGaps(store, quoteName(server.role));
  const run = <T>(row: z.ZodType<T>, file: string, values: Record<string, string>): Promise<T[]> =>
    session.query(row, loadSql('postgres', file, server.version_num, values));

  let kept = nothing;
  try {
    const [access] = await run(collectionAccessRow, 'statements_access', {});
    const [extension] = await run(extensionRow, 'statements_extension', {});
    if (!access) throw new Error('the server answered with no row');
    if (!extension) return { value: nothing, gaps: [gaps.noExtension(access)] };
    if (access.entries_max === null) return { value: nothing, gaps: [gaps.notLoaded(access)] };
    gaps.look(access);
    const missingGrant = gaps.missingGrant(extension);
    if (missingGrant) return { value: nothing, gaps: [...gaps.all(), missingGrant] };

    const { schema } = extension;
    const columns = statementColumns(new Set(extension.columns), access.track_planning === 'on');
    const bounds = { schema, columns: columns.sql, row_max: String(ENTRIES_MAX + 1) };
    const found = await run(statementRow, 'statements', bounds);
    const [count] = await run(z.object({ entries: z.number() }), 'statements_count', { schema });
    const windowRow = z.object({ since: z.string().nullable(), evictions: z.number() });
    const [since] = columns.hasWindow
      ? await run(windowRow, 'statements_window', { schema }).catch((error: unknown) => {
          if (!(error instanceof PermissionGap)) throw error;
          gaps.windowDenied(schema);
          return [];
        })
      : [];
    const window = {
      since: since?.since ?? null,
      evictions: since?.evictions ?? null,
      entries: count?.entries ?? found.length,
      entries_max: access.entries_max,
      block_bytes: access.block_bytes,
      // From before the counters were read: a reset in between then belongs to the time after.
      until: access.read_at,
      startedAt: access.started_at,
      ...(access.track === null ? {} : { tracked: access.track }),
      ...((access.track_utility ?? null) === null ? {} : { tracksUtility: access.track_utility === 'on' }),
    };
    if (found.length > ENTRIES_MAX) gaps.tooMany(ENTRIES_MAX);
    const rows = merged(found.slice(0, ENTRIES_MAX));
    kept = { ...withTexts(rows, new Map(), new Set(), server), window };

    const source = { ...server, schema, toplevel: columns.toplevel, row_max: ENTRIES_MAX + 1, sharesRole: access.shares_role };
    const { texts, own, assumed } = await readTexts(session, source, rows, known, gaps);
    const others = rows.filter((row) => !assumed.has(keyOf(row)));
    return { value: { ...withTexts(others, texts, own, server), window }, gaps: gaps.all() };
  } catch (error) {
    if (error instanceof StoreLost && kept.window !== null) return { value: kept, gaps: [...gaps.all(), gaps.lost(error)] };
    session.rethrowFatal(error);
    const gap: Gap = error instanceof PermissionGap ? gaps.denied(error) : gaps.failed(error, errorCode(error));
    return { value: kept, gaps: [...gaps.all(), gap] };
  }
}
