import { readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from '../tidemark.js';
import { DEADLINE_MS, Demo, familyOf, isAlive, SYMPTOMS } from './living-demo.js';

describe('the loads of the living estate', () => {
  let demo: Demo;

  beforeAll(async () => {
    await build();
    demo = new Demo();
  }, DEADLINE_MS);

  afterAll(async () => {
    await demo.end('SIGKILL');
    rmSync(demo.folder, { recursive: true, force: true });
  });

  test('names the load that fails first, then the consumer that stopped', async () => {
    expect(await demo.unwell()).toEqual([]);
    for (const fault of ['schema-change', 'stall-cdc'] as const) {
      await demo.inject(fault);
      expect(await demo.sentenceOn(fault)).toMatch(SYMPTOMS[fault].sentence);
    }
    await demo.inject('none');
    expect(await demo.unwell(['workload/'])).toEqual([]);
  }, 4 * DEADLINE_MS);

  test('leaves nothing behind after SIGTERM', async () => {
    const family = familyOf(demo.pid);
    // Itself, the server's guard, the server and its processes, the applications and the loader.
    expect(family.length).toBeGreaterThan(4);
    expect(await demo.end('SIGTERM')).toBe(143);
    for (const deadline = Date.now() + 10_000; family.some(isAlive) && Date.now() < deadline; ) await sleep(50);
    expect({ alive: family.filter(isAlive), files: readdirSync(demo.folder) }).toEqual({ alive: [], files: [] });
  });
});
