import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Relation } from '../../src/model/catalog.js';
import { writeBundle } from '../../src/snapshot/bundle.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { blindGap, card, production, snapshot } from './casework-snapshot.js';
import { tidemarkHere as tidemark } from './in-process.js';

const estate = fileURLToPath(new URL('../../fixtures/estate', import.meta.url));
const ESTATE = [path.join(estate, 'estate.tidemark'), '-c', path.join(estate, 'tidemark.yaml')];

const text = z.string();
const share = z.number().min(0).max(1);
const place = z.strictObject({ store: text, relation: text, column: text });
const MASKS = ['raw', 'reversible', 'pseudonymous-weak', 'pseudonymous-keyed', 'partial', 'aggregate', 'predicate', 'constant'] as const;
const VIAS = ['view', 'materialized-view', 'model', 'statement', 'replication', 'load', 'foreign-table', 'declared'] as const;
const declaration = z.strictObject({ schema: text.nullable(), relation: text, column: text, verdict: z.enum(['personal', 'secret', 'harmless']), kind: text.nullable(), words: text, by: text, store: text.nullable() });
const column = z.strictObject({
  place, zone: text, dataType: text, kind: text, class: z.enum(['direct', 'quasi', 'secret']), confidence: share, reasons: z.array(text).min(1), against: z.array(text), declarations: z.array(declaration),
  copies: z.array(z.strictObject({ place, zone: text, mask: z.enum(MASKS), via: z.enum(VIAS), by: text, from: place, confidence: share, readers: z.int() })),
  uses: z.array(z.strictObject({
    consumer: text, owner: text.nullable(), kind: text, dashboard: text.nullable(), audience: z.enum(['public', 'embedded', 'inside']), use: z.enum(['shown', 'grouping', 'condition']), output: text.nullable(),
    mask: z.enum(MASKS), place, exported: text.nullable(), purpose: text.optional(), labelsGroups: z.boolean().optional(),
  })),
});
const disagreement = z.strictObject({ place, declarations: z.array(declaration), inferred: z.strictObject({ kind: text, confidence: share, reasons: z.array(text) }).nullable() });
const gap = z.looseObject({ subject: text, missing: text, cause: text, severity: z.enum(['blind', 'partial']) });
/** The object of docs/privacy.md: nothing more, nothing less. */
const answer = z.strictObject({
  schemaVersion: z.literal(1), tool: z.strictObject({ name: text, version: text }), takenAt: text, stores: z.array(z.strictObject({ name: text, role: text, engine: text })), looked: z.int(),
  columns: z.array(column), disagreements: z.array(disagreement), gaps: z.array(gap), assumptions: z.array(text),
});

const applicant: Relation = {
  schema: 'app', name: 'applicant', kind: 'table', owner: 'case_app', comment: null, definition: null, rows: 900, size_bytes: 1_000_000, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  columns: ['applicant_id bigint', 'full_name text', 'email text', 'ha\u001b[31mndy_phone text', 'status text'].map((given) => {
    const [name = '', type = ''] = given.split(' ');
    return { name, type, nullable: true, comment: null, label: null, enumValues: null };
  }),
};
const people = { ...production, catalog: { ...emptyCatalog(), relations: [applicant] } };

let folder = '';
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-privacy-command-'));
  const hostile = { ...card('SELECT full_name, email FROM app.applicant'), title: 'Who\u001b]0;owned\u0007 applied' };
  await writeBundle(file('shown.tidemark'), snapshot({ stores: [people], queries: [hostile] }));
  await writeBundle(file('kept.tidemark'), snapshot({ stores: [people] }));
  await writeBundle(file('none.tidemark'), snapshot({}));
  await writeBundle(file('blind.tidemark'), snapshot({ gaps: [blindGap] }));
  writeFileSync(file('empty.tidemark'), '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const privacy = (args: readonly string[], env: Record<string, string> = {}) => tidemark(['privacy', ...args], { cwd: folder, env });

describe('the list', () => {
  test('is the object that the documentation promises, over the whole estate', async () => {
    const { stdout, stderr, code } = await privacy([...ESTATE, '--format', 'json', '--no-progress']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const { columns, looked } = answer.parse(JSON.parse(stdout));
    expect(columns.length).toBeLessThan(looked);
    const email = columns.find((one) => one.place.relation === 'shop.customer' && one.place.column === 'email');
    expect(email).toMatchObject({ kind: 'email', class: 'direct', zone: 'internal' });
    expect(email?.copies.map((copy) => copy.place.store)).toContain('warehouse');
    const names = columns.map((one) => `${one.place.store} ${one.place.relation}.${one.place.column}`);
    expect(names).toEqual(names.toSorted());
  });

  test('is the same a line each as NDJSON', async () => {
    const { stdout } = await privacy(['shown.tidemark', '--format', 'ndjson']);
    const records = stdout.trimEnd().split('\n').map((line) => z.looseObject({ type: text }).parse(JSON.parse(line)));
    expect([...new Set(records.map(({ type }) => type))]).toEqual(['privacy', 'column', 'assumption']);
    expect(records.filter(({ type }) => type === 'column').map((record) => column.extend({ type: text }).parse(record).place.column)).toEqual(['email', 'full_name', expect.stringContaining('ndy_phone')]);
    expect(stdout).not.toContain('\u001b');
  });

  test.each([
    [['--kind', 'email'], ['email']],
    [['--kind', '*name'], ['full_name']],
    [['--reach', 'kept'], ['ha\u001b[31mndy_phone']],
    [['--reach', 'shown', '--kind', 'EMAIL'], ['email']],
    [['--consumer', '*applied'], ['email', 'full_name']],
    [['--relation', 'app.*', '--class', 'direct', '--store', 'production'], ['email', 'full_name', 'ha\u001b[31mndy_phone']],
  ])('%j chooses columns', async (filters, expected) => {
    const { stdout } = await privacy(['shown.tidemark', '--format', 'json', ...filters]);
    expect(answer.parse(JSON.parse(stdout)).columns.map((one) => one.place.column).sort()).toEqual(expected);
  });

  test('says what there is where a filter chooses nothing', async () => {
    const { stdout, code } = await privacy(['shown.tidemark', '--kind', 'emial', '-q']);
    expect({ stdout, code }).toEqual({ stdout: "No kind matches 'emial'; did you mean 'email'? There are: email, full_name, phone.\n", code: 0 });
  });

  test.each([80, 120])('fits %d columns, and nothing of a name reaches the terminal as a command', async (columns) => {
    const { stdout } = await privacy(['shown.tidemark'], { COLUMNS: String(columns) });
    expect(stdout.split('\n').filter((line) => stringWidth(line) > columns)).toEqual([]);
    expect([...stdout].filter((sign) => (sign < ' ' && sign !== '\n') || sign === '\u007f')).toEqual([]);
  });
});

describe('one column', () => {
  test('is drawn by its name, by a part of it, and by that of a copy', async () => {
    for (const name of ['shop.customer.email', 'customer.email']) {
      const { stdout, stderr, code } = await privacy(['show', name, ...ESTATE, '--format', 'json']);
      expect({ name, stderr, code }).toEqual({ name, stderr: '', code: 1 });
      expect(answer.parse(JSON.parse(stdout)).columns.map((one) => `${one.place.relation}.${one.place.column}`)).toEqual(['shop.customer.email']);
    }
    const { stdout } = await privacy(['show', 'email', 'shown.tidemark', '-q'], { COLUMNS: '80' });
    expect(stdout).toMatch(/Who\S* applied/);
    expect(stdout.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
  });

  test('that is none of personal data, or one of several, is refused with what there is', async () => {
    const [missing, several] = await Promise.all([privacy(['show', 'applicant.emial', 'kept.tidemark']), privacy(['show', 'a', 'kept.tidemark'])]);
    expect(missing).toEqual({ stdout: '', code: 2, stderr: expect.stringContaining("tidemark: there is no column of personal data 'applicant.emial'") });
    expect(missing.stderr).toContain('columns: app.applicant.email, app.applicant.full_name');
    expect(several).toMatchObject({ stdout: '', code: 2 });
    expect(several.stderr).toContain("'a' fits 3 columns");
    expect(several.stderr).not.toContain('\u001b');
  });

  test('is unknown, and not absent, where a store could not be seen', async () => {
    expect(await privacy(['show', 'customer.email', 'blind.tidemark'])).toEqual({ stdout: '', code: 3, stderr: "tidemark: there is no column of personal data 'customer.email'; nothing could be seen of replica\n" });
  });
});

describe('the exit code', () => {
  test.each([
    ['shown.tidemark', [], 1],
    ['shown.tidemark', ['--fail-on', 'never'], 0],
    ['shown.tidemark', ['--reach', 'kept'], 0],
    ['kept.tidemark', [], 0],
    ['none.tidemark', [], 0],
    ['blind.tidemark', [], 3],
  ])('of %s %j is %d', async (bundle, flags, expected) => {
    expect((await privacy([bundle, ...flags, '-q'])).code).toBe(expected);
  });
});

describe('a wrong call names the thing and the next step', () => {
  test.each([
    [['show'], "tidemark: missing required argument 'column'\n  tidemark privacy show --help lists its flags\n"],
    [['show', 'kept.tidemark'], 'tidemark: kept.tidemark is a bundle, and no column is named\n  as in tidemark privacy show customer.email kept.tidemark\n'],
    [['kept.tidemark', 'show'], 'tidemark: show stands before all else\n  as in tidemark privacy show customer.email kept.tidemark\n'],
    [['kept.tidemark', 'none.tidemark'], 'tidemark: personal data is followed within one bundle, and several were given\n  tidemark collect writes all stores and dashboards of a configuration into one bundle\n'],
    [['kept.tidemark', '--reach', 'publik'], "tidemark: --reach does not take 'publik'; did you mean 'public'?\n  --reach takes: public, exported, shown, secret-read, pseudonym, copied, used, kept\n"],
    [['kept.tidemark', '--limit', '-1'], "tidemark: --limit takes a number of rows, not '-1'\n  as in --limit 50, or --limit all\n"],
    [['kept.tidemark', '--format', 'sarif'], "tidemark: privacy has no format 'sarif'\n  formats: text, json, ndjson\n"],
    [['kept.tidemark', '--dialect', 'mysql'], 'tidemark: --dialect tells how --ddl is written, and there is none\n'],
  ])('%j', async (args, stderr) => {
    expect(await privacy(args)).toEqual({ stdout: '', stderr, code: 2 });
  });

  test.each([
    ['nowhere.tidemark', 'there is no such file or folder. Correct the path'],
    ['empty.tidemark', 'it is empty. Collect it again, or copy it again'],
    ['.', 'it is a folder'],
  ])('the bundle %s', async (bundle, words) => {
    const { stdout, stderr, code } = await privacy([bundle]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([['--sample-values'], ['--erased'], ['--small-groups']])('%s asks stores, and a bundle has none', async (flag) => {
    const { stdout, stderr, code } = await privacy(['kept.tidemark', flag]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(/^tidemark: .*bundle/);
  });
});
