import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultLive } from '../../src/config/live-defaults.js';
import { probe } from '../../src/probes/dbt.js';
import { relationKey } from '../../src/probes/warehouse/dbt-artefacts.js';
import { at } from '../support/warehouse-probe.js';

const FIXTURE = fileURLToPath(new URL('../../fixtures/live/dbt/', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-test-dbt-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signal = new AbortController().signal;
const look = () => probe.create(folder)({ signal });
const write = (name: string, text: string | Buffer): void => writeFileSync(join(folder, name), text);
/** What is thrown, without the temporary folder. */
const said = async (): Promise<unknown> => {
  const error: unknown = await look().catch((thrown: unknown) => thrown);
  return error instanceof Error ? [error.message.replaceAll(folder, '…'), 'nextStep' in error ? error.nextStep : null] : error;
};

describe('the artefacts of dbt', () => {
  test('tell freshness and runs, and nothing that stands in messages or code', async () => {
    const payload = await probe.create(FIXTURE)({ signal });
    expect(probe.payload.parse(payload)).toEqual(payload);
    expect(payload).toEqual({
      sources: {
        generated_at: at('2026-06-30T23:59:05.120Z'),
        results: [
          {
            name: 'raw.case_opened', unique_id: 'source.estate.raw.case_opened', status: 'pass',
            max_loaded_at: at('2026-06-30T23:50:00Z'), snapshotted_at: at('2026-06-30T23:59:01.500Z'), warn_after_seconds: 1_800, error_after_seconds: 7_200,
          },
          {
            name: 'raw.order_placed', unique_id: 'source.estate.raw.order_placed', status: 'error',
            max_loaded_at: at('2026-06-30T11:10:00Z'), snapshotted_at: at('2026-06-30T23:59:02Z'), warn_after_seconds: null, error_after_seconds: 86_400,
          },
          {
            name: 'source.estate.raw.customer', unique_id: 'source.estate.raw.customer', status: 'runtime error',
            max_loaded_at: null, snapshotted_at: null, warn_after_seconds: null, error_after_seconds: null,
          },
        ],
      },
      runs: {
        generated_at: at('2026-06-30T23:58:44Z'),
        results: [
          { name: 'fact_case_opened', unique_id: 'model.estate.fact_case_opened', relation: 'analytics.fact_case_opened', status: 'success', finished_at: at('2026-06-30T23:58:09.800Z'), execution_seconds: 8.8 },
          { name: 'dim_customer_history', unique_id: 'snapshot.estate.dim_customer_history', relation: 'analytics_secure.customer_history', status: 'error', finished_at: null, execution_seconds: 0.4 },
        ],
      },
    });
    expect(JSON.stringify(payload)).not.toMatch(/Ada|CF-2026|TRADE/);
  });

  test('may lie in the folder itself, and one may be missing', async () => {
    cpSync(join(FIXTURE, 'target/sources.json'), join(folder, 'sources.json'));
    const payload = await look();
    expect(payload.runs).toBe(null);
    expect(payload.sources?.results[0]?.name).toBe('source.estate.raw.case_opened');
  });

  test('are read again when they have changed', async () => {
    const run = probe.create(folder);
    const results = (status: string): string => JSON.stringify({ metadata: { generated_at: '2026-06-30T23:58:44Z' }, results: [{ unique_id: 'model.estate.case', status, timing: [] }] });
    write('run_results.json', results('success'));
    expect((await run({ signal })).runs?.results).toMatchObject([{ status: 'success' }]);
    expect((await run({ signal })).runs?.results).toMatchObject([{ status: 'success' }]);
    write('run_results.json', results('error'));
    expect((await run({ signal })).runs?.results).toMatchObject([{ status: 'error' }]);
    // Half written, then whole.
    write('run_results.json', results('skipped').slice(0, -20));
    await expect(run({ signal })).rejects.toThrow('run_results.json is no whole JSON');
    write('run_results.json', results('skipped'));
    expect((await run({ signal })).runs?.results).toMatchObject([{ status: 'skipped' }]);
  });

  test('of ten megabytes are read', async () => {
    const results = Array.from({ length: 2_000 }, (_, n) => ({ unique_id: `model.estate.m${n}`, status: 'success', timing: [], compiled_code: 'x'.repeat(5_000) }));
    write('run_results.json', JSON.stringify({ metadata: { generated_at: '2026-06-30T23:58:44Z' }, results }));
    expect((await look()).runs?.results).toHaveLength(2_000);
  });

  test('carry no control sequence', async () => {
    write('run_results.json', JSON.stringify({ metadata: { generated_at: '2026-06-30T23:58:44Z' }, results: [{ unique_id: 'model.estate.\u001b[31mcase', status: 'suc\u0007cess', timing: [] }] }));
    expect((await look()).runs?.results).toMatchObject([{ name: 'case', status: 'success', relation: null }]);
  });

  test('whose manifest is broken keep the names that they have', async () => {
    cpSync(join(FIXTURE, 'target'), join(folder, 'target'), { recursive: true });
    write('target/manifest.json', '{');
    expect((await look()).sources?.results[0]?.name).toBe('source.estate.raw.case_opened');
  });
});

describe('what is wrong is said with the file and the next step', () => {
  test('where there is nothing', async () => {
    expect(await said()).toMatchInlineSnapshot(`
      [
        "…: dbt has left neither sources.json nor run_results.json there or in its target",
        "Run dbt source freshness or dbt build there, or correct the folder under dbt.",
      ]
    `);
  });

  test('where a file is no JSON, and nothing of its text is said', async () => {
    write('sources.json', '{"metadata": {"generated_at": "Ada Byron');
    expect(await said()).toMatchInlineSnapshot(`
      [
        "…/sources.json is no whole JSON",
        "If dbt is writing it now, the next look finds it whole; else write it anew.",
      ]
    `);
  });

  test('where a file is no text', async () => {
    write('sources.json', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(await said()).toMatchInlineSnapshot(`
      [
        "…/sources.json is no UTF-8 text",
        "Write it anew.",
      ]
    `);
  });

  test('where a file is of another form', async () => {
    write('run_results.json', JSON.stringify({ metadata: { generated_at: 'Ada Byron' }, results: [] }));
    expect(await said()).toMatchInlineSnapshot(`
      [
        "…/run_results.json is not what dbt writes: metadata.generated_at is missing or of another type",
        "Write it anew with a current dbt.",
      ]
    `);
    write('run_results.json', '[]');
    expect(await said()).toMatchObject([expect.stringContaining('run_results.json is not what dbt writes'), expect.any(String)]);
  });

  test('where a file is too large', async () => {
    write('sources.json', '');
    truncateSync(join(folder, 'sources.json'), 65 * 1024 * 1024);
    expect(await said()).toMatchInlineSnapshot(`
      [
        "…/sources.json has 68157440 bytes, and tidemark reads at most 67108864",
        "Leave compiled code out of the artefacts, or take the folder out of dbt.",
      ]
    `);
  });

  test('where a folder or a pipe has the name of a file', async () => {
    mkdirSync(join(folder, 'sources.json'));
    expect(await said()).toMatchInlineSnapshot(`
      [
        "…/sources.json is not a file",
        "Correct the folder under dbt.",
      ]
    `);
    rmSync(join(folder, 'sources.json'), { recursive: true });
    spawnSync('mkfifo', [join(folder, 'sources.json')]);
    expect(await said()).toMatchObject([expect.stringContaining('is not a file'), expect.any(String)]);
    rmSync(join(folder, 'sources.json'));
    symlinkSync(join(folder, 'sources.json'), join(folder, 'sources.json'));
    expect(await said()).toMatchObject([expect.stringContaining('cannot be opened'), expect.any(String)]);
  });
});

test('folders are those of the configuration', () => {
  expect(probe.paths({ ...defaultLive, dbt: ['/srv/dbt', '/srv/more'] })).toEqual(['/srv/dbt', '/srv/more']);
  expect(probe.paths(defaultLive)).toEqual([]);
});

test.each([
  ['"warehouse"."analytics"."fact_case"', 'analytics.fact_case'], ['`project.dataset.fact_case`', 'dataset.fact_case'], ['`project`.`dataset`.`fact_case`', 'dataset.fact_case'],
  ['[db].[dbo].[fact case]', 'dbo.fact case'], ['ANALYTICS.MARTS.FACT_CASE', 'MARTS.FACT_CASE'], ['"odd ""name"".x"."a.b"', 'odd "name".x.a.b'], ['fact_case', null], ['', null],
])('the relation of %s is %s', (text, expected) => {
  expect(relationKey(text)).toBe(expected);
});
