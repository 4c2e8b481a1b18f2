import { z } from 'zod';
import type { LiveSession } from '../stores/live.js';
import { PermissionGap } from '../stores/store.js';
import type { StoreProbe } from './probe.js';
import { readOne, readServerFacts, timelineSql, type ServerFacts } from './replication.js';

/** A server whose slot was forgotten has thousands of segments: the last hours are told closely, days before in steps. */
const NEWEST_MAX = 256;
const OLDER_MAX = 240;

export const payload = z.object({
  server_time: z.number(),
  timeline: z.number(),
  segment_bytes: z.number(),
  /**
   * Segments of the present timeline, oldest first, thinned to some hundreds: where each ends and when it was last written.
   * The newest is the current one, which ends where WAL ends. Neither number ever goes back. The server cuts the times to
   * whole seconds: the truth is up to a second later.
   */
  segments: z.array(z.object({ end_lsn: z.string(), written_at: z.number() })),
  /** Of the whole directory: with recycled and preallocated segments, other timelines and their histories. */
  files: z.number(),
  total_bytes: z.number(),
});
export type WalDirectoryPayload = z.output<typeof payload>;

const rightsRow = z.object({ listing: z.boolean(), role: z.string() });
const directoryRow = payload.omit({ timeline: true, segments: true }).extend({
  lsn: z.string(),
  timeline: z.number().nullable(),
  segment_bytes: z.coerce.number(),
  /** Number and time of each. */
  segments: z.array(z.tuple([z.number(), z.number()])),
});
type Directory = z.output<typeof directoryRow>;

/** When WAL was written, from the files' times: what the clock of positions knows of the time before the first look. */
export const probe: StoreProbe<WalDirectoryPayload> = {
  kind: 'store',
  id: 'wal-directory',
  pace_seconds: 60,
  deadline_ms: 2_000,
  weight: 'light',
  payload,
  applies: ({ engine }) => engine === 'postgres',
  create: () => {
    let facts: ServerFacts | null = null;
    return async ({ session }) => {
      // Asked before: a statement that is refused would stand in the server's log once a minute.
      if (facts === null) await demandRights(session);
      facts ??= await readServerFacts(session);
      const values = { timeline: timelineSql(session, facts), newest_max: String(NEWEST_MAX), older_max: String(OLDER_MAX) };
      const { lsn, timeline, segments, ...directory } = await readOne(session, directoryRow, 'wal_directory', values);
      if (timeline === null) {
        // Or a pooler leads to a standby by now: then the next run knows.
        facts = null;
        throw new PermissionGap(session.store, 'the timeline of this standby is hidden: GRANT EXECUTE ON FUNCTION pg_control_checkpoint(), pg_control_recovery()');
      }
      return { ...directory, timeline, segments: ends(segments, directory.segment_bytes, positionOf(lsn)) };
    };
  },
};

/** @throws PermissionGap */
async function demandRights(session: LiveSession): Promise<void> {
  const { listing, role } = await readOne(session, rightsRow, 'wal_directory_rights');
  if (!listing) throw new PermissionGap(session.store, `${role} may not list the WAL directory`);
}

/**
 * Where each segment ends. Files that were copied, as a restored backup's are, have times that run backwards: of two such
 * neighbours the older file tells nothing.
 */
function ends(segments: Directory['segments'], segment_bytes: number, last: bigint): WalDirectoryPayload['segments'] {
  const found: WalDirectoryPayload['segments'] = [];
  let later = Infinity;
  for (const [number, written_at] of segments.toReversed()) {
    if (written_at > later) continue;
    later = written_at;
    const end = (BigInt(number) + 1n) * BigInt(segment_bytes);
    found.push({ end_lsn: lsnText(end < last ? end : last), written_at });
  }
  return found.reverse();
}

function positionOf(lsn: string): bigint {
  const [high = '', low = ''] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

function lsnText(position: bigint): string {
  const part = (value: bigint): string => value.toString(16).toUpperCase();
  return `${part(position >> 32n)}/${part(position & 0xffffffffn)}`;
}
