import { z } from 'zod';
import type { DatabaseStatistics, RelationStatistics, SessionLooks } from '../../model/pressure.js';
import type { Gap } from '../../model/snapshot.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, StoreLost, type Pressure, type Reading } from '../store.js';
import { errorCode, errorText, quoteName } from './failure.js';
import type { Session } from './session.js';
import { lookAtSessions, ObservedSessions } from './session-looks.js';

const RELATIONS_MAX = 50_000;

const number = z.number();
/** Seconds since 1970. */
const time = z.number().nullable().transform((seconds) => (seconds === null ? null : new Date(seconds * 1000).toISOString()));

const relationRow = z
  .object({
    schema: z.string(),
    name: z.string(),
    sequential_scans: number,
    rows_read: number,
    index_scans: number,
    rows_inserted: number,
    rows_updated: number,
    rows_updated_in_place: number,
    rows_deleted: number,
    rows_live: number,
    rows_dead: number,
    last_vacuum: time,
    heap_bytes: z.number().nullable(),
  })
  .transform((row): RelationStatistics => ({
    schema: row.schema,
    name: row.name,
    sequentialScans: row.sequential_scans,
    rowsReadBySequentialScans: row.rows_read,
    indexScans: row.index_scans,
    rowsInserted: row.rows_inserted,
    rowsUpdated: row.rows_updated,
    rowsUpdatedInPlace: row.rows_updated_in_place,
    rowsDeleted: row.rows_deleted,
    rowsLive: row.rows_live,
    rowsDead: row.rows_dead,
    lastVacuumAt: row.last_vacuum,
    heap_bytes: row.heap_bytes,
  }));

const databaseRow = z
  .object({
    since: time,
    blocks_hit: number,
    blocks_read: number,
    rows_returned: number,
    rows_fetched: number,
    temp_files: number,
    temp_bytes: number,
    deadlocks: number,
    standby: z.boolean(),
    conflicts_tablespace: number,
    conflicts_lock: number,
    conflicts_snapshot: number,
    conflicts_buffer_pin: number,
    conflicts_deadlock: number,
  })
  .transform((row): DatabaseStatistics => ({
    since: row.since,
    blocksHit: row.blocks_hit,
    blocksRead: row.blocks_read,
    rowsReturned: row.rows_returned,
    rowsFetched: row.rows_fetched,
    tempFiles: row.temp_files,
    temp_bytes: row.temp_bytes,
    deadlocks: row.deadlocks,
    conflicts: !row.standby
      ? null
      : {
          tablespace: row.conflicts_tablespace,
          lock: row.conflicts_lock,
          snapshot: row.conflicts_snapshot,
          bufferPin: row.conflicts_buffer_pin,
          deadlock: row.conflicts_deadlock,
        },
  }));

/** What remains unseen without the right to see the sessions of others. */
export const SESSIONS_MISSING = 'sessions of other roles: long transactions, locks waited for, what holds vacuum back';

interface Server {
  version_num: number;
  role: string;
}

/**
 * Counters of tables and of the database, and one look at its sessions. A part that fails costs itself only.
 * @throws the reason of an abort; StoreLost when the connection had been lost before.
 */
export async function readPressure(session: Session, store: string, server: Server): Promise<Reading<Pressure>> {
  const { version_num } = server;
  const value: Pressure = {};
  const gaps: Gap[] = [];
  const gap = (missing: string, cause: string, remedy: string | null): Gap => ({ subject: store, missing, cause, remedy, severity: 'partial' });
  const unread: string[] = [];
  let begun = false;
  let loss: StoreLost | null = null;
  const attempt = async (missing: string, read: () => Promise<void>): Promise<void> => {
    if (loss) {
      unread.push(missing);
      return;
    }
    try {
      await read();
      begun = true;
    } catch (error) {
      if (error instanceof StoreLost && begun) {
        loss = error;
        unread.push(missing);
        return;
      }
      session.rethrowFatal(error);
      if (error instanceof PermissionGap) gaps.push(gap(missing, error.detail, `GRANT pg_monitor TO ${quoteName(server.role)};`));
      else gaps.push(gap(missing, errorText(error), errorCode(error) === '57014' ? 'Run it again when the server is less busy.' : null));
    }
  };
  await attempt('counters of tables', async () => {
    const found = await session.query(relationRow, loadSql('postgres', 'relation_statistics', version_num, { row_max: String(RELATIONS_MAX + 1) }));
    value.relationStatistics = sortedBy(found.slice(0, RELATIONS_MAX), ({ schema, name }) => [schema, name]);
    if (found.length > RELATIONS_MAX) gaps.push(gap('counters of the other tables', `there are more than ${RELATIONS_MAX} and tidemark reads no more`, null));
  });
  await attempt('counters of the database', async () => {
    const [row] = await session.query(databaseRow, loadSql('postgres', 'database_statistics', version_num));
    if (row) value.databaseStatistics = row;
  });
  await attempt(SESSIONS_MISSING, async () => {
    const looks = await readSessions(session, version_num);
    if (looks) value.sessionLooks = looks;
    else gaps.push(hiddenSessions(store, server.role));
  });
  const lost: StoreLost | null = loss;
  if (lost !== null) gaps.push({ ...gap(unread.join(', '), causeOf(lost), 'Run it again when the server is back.'), severity: 'blind' });
  return { value, gaps };
}

/** Null without the right to see the sessions of others: what is left would look like a quiet server. */
async function readSessions(session: Session, version: number): Promise<SessionLooks | null> {
  const [access] = await session.query(z.object({ reads_all: z.boolean() }), loadSql('postgres', 'session_access', version));
  if (access?.reads_all !== true) return null;
  const observed = new ObservedSessions();
  observed.add(await lookAtSessions(session, version), 0);
  return observed.result();
}

export function hiddenSessions(store: string, role: string): Gap {
  const name = quoteName(role);
  return { subject: store, missing: SESSIONS_MISSING, cause: `${name} is not a member of pg_read_all_stats`, remedy: `GRANT pg_monitor TO ${name};`, severity: 'partial' };
}

function causeOf({ detail }: StoreLost): string {
  return `the connection was lost: ${detail}`;
}
