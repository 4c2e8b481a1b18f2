import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { writeBundle } from '../../../src/snapshot/bundle.js';
import { blindGap, card, production, snapshot } from '../casework-snapshot.js';
import { tidemarkHere as tidemark } from '../in-process.js';
import type { Ended } from '../tidemark.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-test-compare-'));
const compare = (...args: string[]): Promise<Ended> => tidemark(['compare', ...args], { cwd: folder });

const backlog = card('select status, count(*) from app.case_file group by status');
const second = { ...card('select count(*) from app.case_file where opened_at > now() - interval \'90 days\''), id: 'metabase:prod:119', title: 'Opened lately' };
const elsewhere: Snapshot['stores'][number] = { ...production, name: 'shop', database: 'shop' };
const zones = 'stores: [{ name: production, engine: postgres, role: operational, url: "postgresql://db.example/casework" }]\nzones: { internal: [app.*] }\n';

beforeAll(async () => {
  const sources = [{ path: 'dashboards', files: 1, ignored: 0, queries: { metabase: 2 } }];
  const bundles: Record<string, Partial<Snapshot>> = {
    march: { queries: [backlog, second], sources },
    june: { queries: [second], sources, takenAt: '2026-06-01T08:00:00.000Z' },
    blind: { queries: [backlog], sources, stores: [], gaps: [{ ...blindGap, subject: 'production' }] },
    shop: { stores: [elsewhere] },
  };
  for (const [name, parts] of Object.entries(bundles)) await writeBundle(path.join(folder, `${name}.tidemark`), snapshot(parts));
  mkdirSync(path.join(folder, 'exports'));
  writeFileSync(path.join(folder, 'empty.tidemark'), '');
  writeFileSync(path.join(folder, 'newer.json'), '{"schemaVersion":7,"tool":{"name":"tidemark","version":"9.0.0"}}');
  writeFileSync(path.join(folder, 'newer.tidemark'), gzipSync('{"format":"tidemark snapshot","schemaVersion":7}'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sides = z.object({ before: z.number().nullable(), after: z.number().nullable() });
const answer = z.object({
  schemaVersion: z.literal(1), direction: z.string(), unseen: z.array(z.string()),
  before: z.object({ file: z.string(), kind: z.string() }), after: z.object({ file: z.string(), kind: z.string() }),
  counts: z.record(z.string(), z.number()),
  findings: z.array(z.object({ change: z.string(), finding: z.object({ ruleId: z.string(), consumer: z.string() }) })),
  stores: z.array(z.object({ store: z.string(), cards: z.object({ by: z.string(), readers: sides, ofInternal: sides }).nullable() })),
});

describe('two bundles', () => {
  test('of one state differ in nothing', async () => {
    const { stdout, stderr, code } = await compare('march.tidemark', 'march.tidemark', '--format', 'json');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(answer.parse(JSON.parse(stdout))).toMatchObject({ direction: 'same', findings: [], unseen: [] });
  });

  test('tell what is fixed one way and what is new the other way', async () => {
    const there = await compare('march.tidemark', 'june.tidemark', '--format', 'json:june.json', '--format', 'markdown:june.md', '--format', 'ndjson');
    expect(there.code).toBe(0);
    const { direction, findings, stores } = answer.parse(JSON.parse(readFileSync(path.join(folder, 'june.json'), 'utf8')));
    expect(direction).toBe('better');
    expect([...new Set(findings.map(({ change, finding }) => `${change} ${finding.consumer}`))]).toEqual(['fixed metabase card Open cases']);
    expect(stores[0]?.cards).toEqual({ by: 'queries', readers: { before: 2, after: 1 }, ofInternal: { before: 2, after: 1 } });
    expect(readFileSync(path.join(folder, 'june.md'), 'utf8')).toContain('- cards that read production: 2 → 1');
    expect(there.stdout.trimEnd().split('\n').map((line) => z.object({ type: z.string() }).parse(JSON.parse(line)).type)).toEqual(expect.arrayContaining(['comparison', 'area', 'finding', 'store', 'coverage']));
    const back = await compare('june.tidemark', 'march.tidemark', '--fail-on', 'note');
    expect(back.code).toBe(1);
    expect(back.stdout).toContain('New (');
    expect((await compare('june.tidemark', 'march.tidemark', '--fail-on', 'never')).code).toBe(0);
  });

  test('of which the second saw less end with 3', async () => {
    const { stdout, code } = await compare('march.tidemark', 'blind.tidemark', '--fail-on', 'never');
    expect(code).toBe(3);
    expect(stdout).toContain('Not seen by blind.tidemark');
    expect(stdout).not.toContain('Fixed (');
  });
});

test('a report is compared with a bundle of a later day, by what it says', async () => {
  writeFileSync(path.join(folder, 'tidemark.yaml'), zones);
  const audited = await tidemark(['audit', 'march.tidemark', '--format', 'json:march.json'], { cwd: folder });
  expect(audited.stderr).toBe('');
  const { stdout } = await compare('march.json', 'june.tidemark', '--format', 'json');
  const comparison = answer.parse(JSON.parse(stdout));
  expect(comparison).toMatchObject({ before: { file: 'march.json', kind: 'report' }, after: { file: 'june.tidemark', kind: 'bundle' }, direction: 'better' });
  expect(comparison.stores[0]?.cards?.by).toBe('findings');
  rmSync(path.join(folder, 'tidemark.yaml'));
});

test('what cannot be compared is refused in words', async () => {
  const told: Record<string, string> = {};
  for (const [before, after] of [['march.tidemark', 'shop.tidemark'], ['march.tidemark', 'empty.tidemark'], ['newer.tidemark', 'march.tidemark'], ['march.tidemark', 'newer.json'], ['march.tidemark', 'exports'], ['gone.json', 'march.tidemark']] as const) {
    const { stderr, stdout, code } = await compare(before, after);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    told[`${before} ${after}`] = stderr.replaceAll(folder, 'FOLDER');
  }
  told['a format that does not exist'] = (await compare('march.tidemark', 'june.tidemark', '--format', 'sarif')).stderr;
  expect(told).toMatchInlineSnapshot(`
    {
      "a format that does not exist": "tidemark: compare has no format 'sarif'
      formats: text, json, ndjson, markdown
    ",
      "gone.json march.tidemark": "tidemark: FOLDER/gone.json: it cannot be read: there is no such file or folder. Correct the path, or write it with tidemark collect -o.
    ",
      "march.tidemark empty.tidemark": "tidemark: FOLDER/empty.tidemark: it is empty. Collect it again, or copy it again.
    ",
      "march.tidemark exports": "tidemark: FOLDER/exports: it cannot be read: it is a folder. Correct the path, or write it with tidemark collect -o.
    ",
      "march.tidemark newer.json": "tidemark: newer.json: it was written by a newer tidemark: schemaVersion 7, this one reads 1. Update tidemark.
    ",
      "march.tidemark shop.tidemark": "tidemark: march.tidemark and shop.tidemark hold no store in common: production and shop
      give two files of the same system, the earlier one first
    ",
      "newer.tidemark march.tidemark": "tidemark: FOLDER/newer.tidemark: it was written by a newer tidemark: schemaVersion 7, this one reads 1. Update tidemark.
    ",
    }
  `);
});
