import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { packTar, unpackTar } from 'modern-tar';

/** Raised with whatever changes the prepared data directory. */
const RECIPE = 2;
const PGLITE_VERSION = '0.5.16';

export const DATA_FILE_NAME = `pglite-${PGLITE_VERSION}-${RECIPE}.tar.gz`;

/**
 * Small buffers, and no large temporary files, which are memory too, since the tables of a space hold a few thousand rows at most;
 * no work in the background, since there is one process only; and locks for some thousand tables, which one transaction holds until its space is closed.
 */
export const START_PARAMETERS = [
  ...PGlite.defaultStartParams,
  ...[
    'shared_buffers=4MB', 'max_connections=2', 'max_locks_per_transaction=4096', 'fsync=off', 'full_page_writes=off', 'jit=off',
    'autovacuum=off', 'temp_file_limit=32MB', 'wal_level=minimal', 'max_wal_senders=0', 'wal_buffers=64kB', 'max_wal_size=2MB', 'min_wal_size=2MB',
  ].flatMap((setting) => ['-c', setting]),
];

const INITDB_PARAMETERS = ['--wal-segsize=1', '--no-sync'];

/**
 * The data directory that the build has prepared; null where there is none. Where this module runs from its source, as under a
 * test runner, it is that of what was built.
 */
export function preparedData(): Uint8Array | null {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/scratch/' : './';
  const file = new URL(folder + DATA_FILE_NAME, import.meta.url);
  return existsSync(file) ? readFileSync(file) : null;
}

/** The databases that new ones are copied from: none are made. */
const TEMPLATES = ['template0', 'template1'];

/**
 * Makes the data directory, in seconds: a gzipped tar of 1 MB. What initdb makes is 40 MB, of which the template databases, empty
 * log segments and the free space of catalogues take four fifths; each megabyte is memory of every thread.
 */
export async function makeData(): Promise<Uint8Array> {
  const database = await PGlite.create({ initDbStartParams: INITDB_PARAMETERS, startParams: START_PARAMETERS });
  try {
    await database.exec('update pg_database set datistemplate = false');
    for (const name of TEMPLATES) await database.exec(`drop database ${name}`);
    await database.exec('vacuum full');
    // The checkpoint from which the server starts is then in the segment that is kept.
    await database.exec('select pg_switch_wal()');
    await database.exec('checkpoint');
    const { rows } = await database.query<{ segment: string }>('select pg_walfile_name(pg_current_wal_lsn()) as segment');
    const dump = await database.dumpDataDir('none');
    return gzipSync(await withoutOldSegments(new Uint8Array(await dump.arrayBuffer()), rows[0]?.segment ?? ''), { level: 9 });
  } finally {
    await database.close();
  }
}

async function withoutOldSegments(tar: Uint8Array, current: string): Promise<Uint8Array> {
  const entries = await unpackTar(tar);
  const kept = entries.filter(({ header: { name, type } }) => type !== 'file' || !/\/pg_wal\/[0-9A-F]{24}$/.test(name) || name.endsWith(current));
  return await packTar(kept.map(({ header, data }) => (data === undefined ? { header } : { header, body: data })));
}
