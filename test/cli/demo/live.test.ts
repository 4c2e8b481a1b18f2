import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectIntoRunningDemo } from '../../../src/cli/demo/live/control.js';
import { UsageError } from '../../../src/cli/usage-error.js';
import { build, tidemark } from '../tidemark.js';
import { DEADLINE_MS, Demo, SYMPTOMS } from './living-demo.js';

describe('the living estate', () => {
  let demo: Demo;

  beforeAll(async () => {
    await build();
    demo = new Demo();
  }, DEADLINE_MS);

  afterAll(async () => {
    await demo.end('SIGKILL');
    rmSync(demo.folder, { recursive: true, force: true });
  });

  test('holds all its objectives', async () => {
    expect(await demo.unwell()).toEqual([]);
  }, DEADLINE_MS);

  test('names each cause where several things go wrong at once, and is well again after them', async () => {
    const faults = ['heavy-report', 'late-dimension', 'drop-rows', 'duplicate'] as const;
    for (const fault of faults) await demo.inject(fault);
    for (const fault of faults) expect(await demo.sentenceOn(fault)).toMatch(SYMPTOMS[fault].sentence);
    await demo.inject('none');
    // What ran on production within the last five minutes is new for so long.
    expect(await demo.unwell(['workload/'])).toEqual([]);
  }, 4 * DEADLINE_MS);
});

describe('a fault without a running demo', () => {
  test('is refused with the way out', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'tidemark-live-'));
    try {
      const expected = new UsageError('no live demo of this user runs on this machine', 'start one in another terminal: tidemark demo --live');
      await expect(injectIntoRunningDemo('stall-cdc', [empty])).rejects.toThrow(expected);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  test('that there is not is refused with those that there are', async () => {
    const { code, stderr } = await tidemark(['demo', '--break', 'meteor']);
    expect({ code, stderr }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "stderr": "tidemark: option '--break <fault>' argument 'meteor' is invalid. Allowed choices are stall-cdc, drop-rows, duplicate, late-dimension, heavy-report, schema-change, none.
        tidemark demo --help lists its flags
      ",
      }
    `);
  });
});
