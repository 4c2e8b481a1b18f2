import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BundleError, readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { bundleSchema } from '../../src/snapshot/bundle-schema.js';
import { otherSystem } from '../../src/snapshot/bundle-system.js';
import { configuration } from '../support/estate.js';
import { collectedQuery, snapshotOf, storeSnapshot } from '../support/snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-promises-'));
const place = join(folder, 'casework.tidemark');
let whole: Buffer;
beforeAll(async () => {
  await writeBundle(place, snapshotOf());
  whole = readFileSync(place);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function refusal(content: string | Buffer): Promise<BundleError> {
  const file = join(folder, 'bad.tidemark');
  writeFileSync(file, content);
  const outcome = await readBundle(file).catch((error: unknown) => error);
  if (outcome instanceof BundleError) return outcome;
  throw new Error(`no BundleError: ${String(outcome)}`);
}

describe('the same snapshot', () => {
  it('gives these bytes on every machine and every version of Node', async () => {
    // The content changes with the form of a bundle; what packs it must not change with anything else.
    const content = gunzipSync(whole);
    expect(whole.subarray(0, 10).toString('hex')).toBe('1f8b0800000000000003');
    const fixed = join(folder, 'fixed.tidemark');
    await writeBundle(fixed, { takenAt: '2026-03-02T09:00:00.000Z', stores: [], queries: [], sources: [], gaps: [] });
    expect(createHash('sha256').update(readFileSync(fixed)).digest('hex')).toMatchInlineSnapshot(`"c886a66f75e7ea295218c8a2ac90b7e29d45629f1c7c4882e5184cea1462891e"`);
    expect(content.toString().endsWith('}\n')).toBe(true);
  });

  it('gives the same bytes whatever the order of its keys', async () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).toReversed().map(([key, inner]) => [key, reversed(inner)]));
    };
    const other = bundleSchema.shape.snapshot.parse(reversed(snapshotOf()));
    await writeBundle(join(folder, 'reversed.tidemark'), other);
    expect(readFileSync(join(folder, 'reversed.tidemark')).equals(whole)).toBe(true);
  });

  it('comes back whole where it is larger than what is packed at once', async () => {
    const queries = Array.from({ length: 400 }, (_, index) => collectedQuery({ id: `metabase:prod:card:${index}`, raw: `select ${index}, ${'x'.repeat(15_000)}` }));
    await writeBundle(join(folder, 'large.tidemark'), snapshotOf({ queries }));
    expect(await readBundle(join(folder, 'large.tidemark'))).toEqual(snapshotOf({ queries }));
  });
});

describe('a bundle of an earlier tidemark of the same form', () => {
  it('lacks what came later, and is read', async () => {
    // As it was before addresses, samples, pressure, contracts and declarations were collected.
    const store = storeSnapshot();
    const early = {
      name: store.name, role: store.role, engine: store.engine, version: store.version, database: store.database, inRecovery: store.inRecovery, catalog: store.catalog,
      statements: store.statements.map(({ role, database, queryId, toplevel, text, textState, calls, execution_ms, planning_ms, rows, sharedBlocksHit, sharedBlocksRead, tempBlocksRead, tempBlocksWritten, wal_bytes }) => (
        { role, database, queryId, toplevel, text, textState, calls, execution_ms, planning_ms, rows, sharedBlocksHit, sharedBlocksRead, tempBlocksRead, tempBlocksWritten, wal_bytes }
      )),
      statementWindow: { since: null, evictions: null, entries: 1, entries_max: 5_000, block_bytes: 8_192 },
      cost: store.cost,
      // A field that was tried and dropped.
      mood: 'calm',
    };
    const written = { format: 'tidemark snapshot', schemaVersion: 1, snapshot: { takenAt: '2026-01-01T00:00:00.000Z', stores: [early], queries: [], sources: [], gaps: [] } };
    const file = join(folder, 'early.tidemark');
    writeFileSync(file, gzipSync(JSON.stringify(written)));
    const { mood: _mood, ...kept } = early;
    expect((await readBundle(file)).stores).toEqual([kept]);
  });
});

describe('what is no whole bundle', () => {
  it('is refused wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        const { reason, message } = await refusal(whole.subarray(0, length));
        expect(reason).toBe(length < 2 ? 'not-a-bundle' : 'damaged');
        expect(message.split('\n')).toHaveLength(1);
      }),
      { numRuns: 60, examples: [[0], [1], [2], [9], [10], [17], [whole.length - 1]] },
    );
  });

  it('is refused, or is the same, whichever byte is another one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ by;
        const file = join(folder, 'changed.tidemark');
        writeFileSync(file, changed);
        const outcome: unknown = await readBundle(file).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(BundleError);
        else expect(outcome).toEqual(snapshotOf());
      }),
      { numRuns: 80 },
    );
  });

  it('is named by what stands in its place', async () => {
    const told = {
      empty: await refusal(''),
      report: await refusal('{\n  "schemaVersion": 1,\n  "findings": []\n}\n'),
      pointer: await refusal('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'),
      archive: await refusal(Buffer.from('PK\u0003\u0004')),
    };
    expect(Object.entries(told).map(([name, { message }]) => `${name}: ${message.replaceAll(folder, 'FOLDER')}`)).toMatchInlineSnapshot(`
      [
        "empty: FOLDER/bad.tidemark: it is empty. Collect it again, or copy it again.",
        "report: FOLDER/bad.tidemark: it is JSON, such as a report, and not a bundle. Give a file that tidemark collect wrote.",
        "pointer: FOLDER/bad.tidemark: it is a pointer of Git LFS and not the bundle. Run git lfs pull.",
        "archive: FOLDER/bad.tidemark: it is not a tidemark bundle (not gzip). Give a file that tidemark collect wrote.",
      ]
    `);
  });
});

describe('a bundle of another system', () => {
  const store = (name: string, url: string | null = null, engine: 'postgres' | 'duckdb' = 'postgres') => ({ name, role: 'operational' as const, engine, url, match: [] });
  const held = snapshotOf({ stores: [storeSnapshot()] });
  const told = (...stores: ReturnType<typeof store>[]) => otherSystem(configuration({ stores }), held);

  it('has nothing in common with the configuration', () => {
    expect(told(store('shop'), store('warehouse'))).toBe('it holds production, and the configuration names shop, warehouse');
    expect(told(store('production', null, 'duckdb'))).toBe('production is postgres in it, and duckdb in the configuration');
    expect(told(store('production', 'postgresql://audit_ro@db.example:5432/shop?sslmode=require'))).toBe('production is database casework in it, and shop in the configuration');
  });

  it('is none where one store is the same, or nothing tells', () => {
    expect(told(store('production'), store('warehouse'))).toBeNull();
    expect(told(store('production', 'postgresql://audit_ro@db.example:5432/casework'))).toBeNull();
    expect(told(store('production', 'service=casework'))).toBeNull();
    expect(told(store('production', 'postgresql://${env:HOST}/other'))).toBeNull();
    expect(told()).toBeNull();
    expect(otherSystem(configuration({ stores: [store('production')] }), snapshotOf({ stores: [] }))).toBeNull();
  });
});
