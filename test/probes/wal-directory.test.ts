import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { probe } from '../../src/probes/wal-directory.js';
import type { LiveSession } from '../../src/stores/live.js';
import { loadSqlFrom } from '../../src/stores/sql/load.js';
import { openProduction, runsOf } from '../support/live-session.js';
import { lsnOf } from '../support/logical-consumer.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

describe('the WAL directory', () => {
  let server: TestServer;
  let session: LiveSession;

  beforeAll(async () => {
    server = await startServer(bundledServer(), { settings: { wal_keep_size: '1GB' } });
    for (let segment = 0; segment < 14; segment++) await server.run(["select pg_logical_emit_message(false, 'tide', 'high')", 'select pg_switch_wal()']);
    session = await openProduction(server.url());
  });
  afterAll(async () => {
    await session.close();
    await server.stop();
  });

  it('is thinned with age, and keeps its newest and its oldest', async () => {
    const folder = new URL('../../src/probes/sql/postgres/', import.meta.url);
    const row = z.object({ segments: z.array(z.tuple([z.number(), z.number()])) });
    const numbers = async (newest_max: number, older_max: number): Promise<number[]> => {
      const values = { timeline: '1', newest_max: String(newest_max), older_max: String(older_max) };
      const [found] = await session.query(row, loadSqlFrom(folder, 'wal_directory', session.version_num, values));
      return found?.segments.map(([number]) => number) ?? [];
    };
    const all = await numbers(1_000, 1_000);
    expect(all.length).toBeGreaterThanOrEqual(14);
    expect(all).toEqual(all.map((_, index) => (all[0] ?? 0) + index));
    const thinned = await numbers(4, 3);
    expect(thinned.slice(-4)).toEqual(all.slice(-4));
    expect(thinned[0]).toBe(all[0]);
    expect(thinned.length).toBeGreaterThan(5);
    expect(thinned.length).toBeLessThanOrEqual(4 + 3);
  });

  it('leaves out a file whose time runs backwards, as a copy of it would have', async () => {
    const look = runsOf(probe, session);
    const before = await look();
    const third = before.segments[2];
    if (third === undefined) throw new Error('too few segments');
    const number = lsnOf(third.end_lsn) / BigInt(before.segment_bytes) - 1n;
    const file = join(server.dataFolder, 'pg_wal', `0000000100000000${number.toString(16).toUpperCase().padStart(8, '0')}`);
    const { atime, mtime } = statSync(file);
    utimesSync(file, atime, new Date(mtime.getTime() + 3_600_000));
    const after = await look();
    expect(after.segments.map(({ end_lsn }) => end_lsn)).toEqual(before.segments.filter((each) => each !== third).map(({ end_lsn }) => end_lsn));
  });
});
