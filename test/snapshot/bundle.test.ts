import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { BundleError, readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { collectedQuery, snapshotOf, storeSnapshot } from '../support/snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

async function refusal(file: string): Promise<BundleError> {
  const outcome = await readBundle(file).catch((error: unknown) => error);
  if (!(outcome instanceof BundleError)) throw new Error(`no BundleError: ${String(outcome)}`);
  return outcome;
}

const message = (error: Error): string => error.message.replaceAll(folder, 'FOLDER');

/** Bundle content as JSON, changed by hand. */
function rewritten(name: string, change: (bundle: { [key: string]: unknown }) => unknown): string {
  const content: unknown = JSON.parse(gunzipSync(readFileSync(path('casework.tidemark'))).toString());
  if (typeof content !== 'object' || content === null) throw new Error('no object');
  writeFileSync(path(name), gzipSync(JSON.stringify(change({ ...content }))));
  return path(name);
}

describe('a bundle', () => {
  it('gives back the snapshot that was written', async () => {
    const snapshot = snapshotOf({ queries: [collectedQuery({ title: 'Fälle “offen” \u{1f4c8}', usage: null, container: null, connection: null })] });
    await writeBundle(path('casework.tidemark'), snapshot);
    expect(await readBundle(path('casework.tidemark'))).toEqual(snapshot);
  });

  it('keeps the counters, looks at sessions and starts of a store', async () => {
    const seen = { role: 'reporting', application: 'Metabase', state: 'idle in transaction' as const, queryId: null, looks: 3 };
    const plain = storeSnapshot();
    const store = storeSnapshot({
      statements: plain.statements.map((statement) => ({ ...statement, sharedBlocksDirtied: 2, longest_ms: 9.5, deviation_ms: 1.25, jit_ms: 0, parallelWorkers: null, since: '2026-03-01T00:00:00.123Z' })),
      ownStatements: ['-12', '34'],
      statementWindow: { since: null, evictions: null, entries: 1, entries_max: 5000, block_bytes: 8192, until: '2026-03-02T09:00:00.000Z', startedAt: '2026-02-01T00:00:00.000Z', tracked: 'top', tracksUtility: true },
      starts: [{ queryId: '42', role: 'reporting', application: 'Metabase', startedAt_ms: [1_772_000_000_000, 1_772_000_300_000] }],
      relationStatistics: [
        {
          schema: 'app', name: 'officer', sequentialScans: 3, rowsReadBySequentialScans: 600, indexScans: 9, rowsInserted: 200, rowsUpdated: 4, rowsUpdatedInPlace: 1, rowsDeleted: 0,
          rowsLive: 200, rowsDead: 4, lastVacuumAt: null, heap_bytes: 16_384,
        },
      ],
      databaseStatistics: {
        since: null, blocksHit: 9, blocksRead: 1, rowsReturned: 5, rowsFetched: 4, tempFiles: 1, temp_bytes: 8_192, deadlocks: 0,
        conflicts: { tablespace: 0, lock: 1, snapshot: 2, bufferPin: 0, deadlock: 0 },
      },
      sessionLooks: {
        looks: 3,
        seconds: 4,
        sessions: [{ ...seen, transaction_seconds: 61.5, statement_seconds: null, horizon_transactions: 9, lockWaits: 1, lockWait_seconds: null, blockedBy: [{ ...seen, queryId: '7', looks: 1 }] }],
        holders: [{ kind: 'replication slot', name: 'warehouse', transactions: 12, age_seconds: null, catalogOnly: true }, { kind: 'standby', name: 'reports', transactions: 3, age_seconds: null }],
      },
    });
    const snapshot = snapshotOf({ stores: [store] });
    await writeBundle(path('pressure.tidemark'), snapshot);
    expect(await readBundle(path('pressure.tidemark'))).toEqual(snapshot);
    rmSync(path('pressure.tidemark'));
  });

  it('keeps where a store is, what was sampled of it and where its foreign tables lead', async () => {
    const store = storeSnapshot({
      address: { host: 'db.internal', port: 5432 },
      systemIdentifier: '7412900113377425151',
      foreignTables: [{ schema: 'linked', name: 'orders', server: 'shop', wrapper: 'postgres_fdw', host: null, port: null, database: 'shop', remoteSchema: 'shop', remoteName: 'orders' }],
      activity: [{ queryId: '-4417', role: 'metabase_ro', application: 'Metabase v0.57.4', seen: 9 }],
      sampling: { seconds: 60, samples: 238, elapsed_ms: 31.5 },
    });
    const snapshot = snapshotOf({ stores: [store] });
    await writeBundle(path('sampled.tidemark'), snapshot);
    expect(await readBundle(path('sampled.tidemark'))).toEqual(snapshot);
    rmSync(path('sampled.tidemark'));
  });

  it('is one file for its owner only, with nothing left beside it', async () => {
    expect(statSync(path('casework.tidemark')).mode & 0o777).toBe(0o600);
    await writeBundle(path('casework.tidemark'), snapshotOf());
    expect(readdirSync(folder)).toEqual(['casework.tidemark']);
  });

  it('is JSON with sorted keys that zcat opens', () => {
    const text = execFileSync('gzip', ['-dc', path('casework.tidemark')]).toString();
    const bundle: unknown = JSON.parse(text);
    expect(Object.keys(bundle ?? {})).toEqual(['format', 'schemaVersion', 'snapshot']);
    expect(bundle).toMatchObject({ schemaVersion: 1, snapshot: { takenAt: '2026-03-02T09:00:00.000Z' } });
    const keys: string[][] = [];
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) keys.push(Object.keys(value));
      return value;
    });
    expect(keys.every((own) => own.every((key, at) => at === 0 || (own[at - 1] ?? '') < key))).toBe(true);
    expect(text.split('\n').length).toBeGreaterThan(100);
  });

  it('is the same, byte by byte, for the same snapshot', async () => {
    await writeBundle(path('again.tidemark'), snapshotOf());
    expect(readFileSync(path('again.tidemark')).equals(readFileSync(path('casework.tidemark')))).toBe(true);
  });

  it('keeps the file that is there when it cannot be written', async () => {
    mkdirSync(path('taken.tidemark'));
    const error = await writeBundle(path('taken.tidemark'), snapshotOf()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'not-writable' });
    const missing = await writeBundle(path('no/such/folder.tidemark'), snapshotOf()).catch((reason: unknown) => reason);
    if (!(missing instanceof BundleError)) throw new Error('no BundleError');
    expect(message(missing)).toMatchInlineSnapshot(
      `"FOLDER/no/such/folder.tidemark: it cannot be written: there is no such file or folder. Choose another place with -o."`,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    rmSync(path('taken.tidemark'), { recursive: true });
  });

  it('ignores fields that a later version added', async () => {
    const file = rewritten('later.tidemark', (bundle) => ({ ...bundle, writtenBy: '9.9', snapshot: { ...Object(bundle['snapshot']), weather: 'fine' } }));
    expect(await readBundle(file)).toEqual(snapshotOf());
  });
});

describe('a file that is no good bundle', () => {
  it('names a missing file and a folder', async () => {
    expect(message(await refusal(path('missing.tidemark')))).toMatchInlineSnapshot(
      `"FOLDER/missing.tidemark: it cannot be read: there is no such file or folder. Correct the path, or write it with tidemark collect -o."`,
    );
    expect(await refusal(folder)).toMatchObject({ reason: 'not-found' });
  });

  it('does not wait for a writer at a pipe', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    expect(message(await refusal(path('pipe')))).toMatchInlineSnapshot(
      `"FOLDER/pipe: it is not a file. Give a file that tidemark collect wrote."`,
    );
    rmSync(path('pipe'));
  });

  it('names a file that is something else', async () => {
    writeFileSync(path('notes.txt'), 'case work');
    expect(message(await refusal(path('notes.txt')))).toMatchInlineSnapshot(
      `"FOLDER/notes.txt: it is not a tidemark bundle (not gzip). Give a file that tidemark collect wrote."`,
    );
    writeFileSync(path('notes.gz'), gzipSync('case work'));
    expect((await refusal(path('notes.gz'))).reason).toBe('not-a-bundle');
    writeFileSync(path('other.gz'), gzipSync('{"format":"something"}'));
    expect((await refusal(path('other.gz'))).reason).toBe('not-a-bundle');
    writeFileSync(path('null.gz'), gzipSync('null'));
    expect((await refusal(path('null.gz'))).reason).toBe('not-a-bundle');
    writeFileSync(path('empty'), '');
    expect((await refusal(path('empty'))).reason).toBe('not-a-bundle');
  });

  it('names a bundle that is cut off', async () => {
    const whole = readFileSync(path('casework.tidemark'));
    writeFileSync(path('cut.tidemark'), whole.subarray(0, whole.length / 2));
    expect(message(await refusal(path('cut.tidemark')))).toMatchInlineSnapshot(
      `"FOLDER/cut.tidemark: it is cut off or damaged: unexpected end of file. Copy it again, or collect it again."`,
    );
  });

  it('names what is wrong in it, without a value', async () => {
    const wrong = (change: object): ((bundle: { [key: string]: unknown }) => unknown) => (bundle) => ({ ...bundle, snapshot: { ...Object(bundle['snapshot']), ...change } });
    expect(message(await refusal(rewritten('wrong.tidemark', wrong({ gaps: [{ subject: 7, missing: 'anna@example.org' }] }))))).toMatchInlineSnapshot(
      `"FOLDER/wrong.tidemark: the bundle is not valid: snapshot.gaps[0].subject: expected string (and 3 more). Collect it again."`,
    );
    const strange = { ...snapshotOf().stores[0], engine: 'anna@example.org' };
    expect(message(await refusal(rewritten('wrong.tidemark', wrong({ stores: [strange] }))))).toMatchInlineSnapshot(
      `"FOLDER/wrong.tidemark: the bundle is not valid: snapshot.stores[0].engine: expected bigquery, clickhouse, databricks, duckdb, postgres, redshift, snowflake, trino. Collect it again."`,
    );
    const [store] = snapshotOf().stores;
    const negative = { ...store, statements: store?.statements.map((statement) => ({ ...statement, calls: -5 })) };
    expect(message(await refusal(rewritten('wrong.tidemark', wrong({ stores: [negative] }))))).toContain('snapshot.stores[0].statements[0].calls: expected at least 0');
  });

  it('names a newer and an older form', async () => {
    expect(message(await refusal(rewritten('new.tidemark', (bundle) => ({ ...bundle, schemaVersion: 2, snapshot: 'of another form' }))))).toMatchInlineSnapshot(
      `"FOLDER/new.tidemark: it was written by a newer tidemark: schemaVersion 2, this one reads 1. Update tidemark."`,
    );
    expect(message(await refusal(rewritten('old.tidemark', (bundle) => ({ ...bundle, schemaVersion: 0 }))))).toMatchInlineSnapshot(
      `"FOLDER/old.tidemark: it was written by an older tidemark: schemaVersion 0, this one reads 1. Collect it again with this one."`,
    );
    expect(await refusal(rewritten('odd.tidemark', (bundle) => ({ ...bundle, schemaVersion: 'one' })))).toMatchObject({ reason: 'not-a-bundle' });
  });

  it('refuses a bomb without filling memory', async () => {
    // 300 MB of blanks in some 300 kB.
    writeFileSync(path('bomb.tidemark'), gzipSync(Buffer.alloc(300_000_000, 32), { level: 9 }));
    expect(statSync(path('bomb.tidemark')).size).toBeLessThan(1_000_000);
    expect(message(await refusal(path('bomb.tidemark')))).toMatchInlineSnapshot(
      `"FOLDER/bomb.tidemark: it holds more than 200000000 bytes. A bundle is never so large; collect it again."`,
    );
  });

  it('refuses nesting without end', async () => {
    writeFileSync(path('deep.tidemark'), gzipSync(`{"format":"tidemark snapshot","schemaVersion":1,"snapshot":${'['.repeat(5_000_000)}`));
    expect((await refusal(path('deep.tidemark'))).reason).toBe('not-a-bundle');
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    writeFileSync(path('deep.tidemark'), gzipSync(`{"format":"tidemark snapshot","schemaVersion":1,"snapshot":${nested}}`));
    expect((await refusal(path('deep.tidemark'))).reason).toBe('damaged');
  });
});
