import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { injectIntoRunningDemo } from '../../../src/cli/demo/live/control.js';
import type { Fault } from '../../../src/cli/demo/live/faults.js';
import { UsageError } from '../../../src/cli/usage-error.js';
import { build, program, tidemark } from '../tidemark.js';

const change = z.object({ type: z.literal('change'), id: z.string(), to: z.string().nullable(), sentence: z.string() });
const record = z.union([change, z.object({ type: z.literal('state'), sentence: z.string() })]);
type Change = z.infer<typeof change>;

/** Far beyond what it takes, on a machine that is busy with other tests. */
const DEADLINE_MS = 180_000;
/** Fewer are there before everything has been looked at. */
const OBJECTIVES_MIN = 15;

interface Symptom {
  id: string;
  state: 'warning' | 'breach';
  sentence: RegExp;
}

/** What is said of each fault, and of which objective. */
const SYMPTOMS: Record<Exclude<Fault, 'none'>, Symptom> = {
  'stall-cdc': {
    id: 'lag/warehouse_cdc',
    state: 'breach',
    sentence: /^warehouse_cdc: the consumer warehouse-loader has confirmed nothing since .* behind: it receives changes and does not finish loading them/,
  },
  'drop-rows': {
    id: 'reconciliation/orders',
    state: 'breach',
    sentence: /^orders: warehouse raw\.order_placed lacks \d+ rows of production shop\.orders for .*: load that period again/,
  },
  duplicate: {
    id: 'pipeline/facts/raw.order_placed',
    state: 'breach',
    sentence: /^raw\.order_placed: \d+ rows .* repeat the id of an event that is there already/,
  },
  'late-dimension': {
    id: 'pipeline/load_cases',
    state: 'warning',
    sentence: /^load_cases: its run of .* loaded \d+ rows? with an unknown dimension member/,
  },
  'heavy-report': {
    id: 'workload/new/production',
    state: 'warning',
    sentence: /^production: 1 analytical statement since the baseline, from .*metabase_ro: move it to the warehouse/,
  },
  'schema-change': {
    id: 'pipeline/load_orders',
    state: 'breach',
    sentence: /^load_orders: its last \d+ runs failed, .*; read the error in analytics_control\.pipeline_run/,
  },
};

/** A live demo that prints its changes of state as JSON. */
class Demo {
  readonly #changes: Change[] = [];
  readonly #states = new Map<string, string>();
  readonly #child: ChildProcess;
  /** A folder of its own, so that no other demo of this machine hears of the faults. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tidemark-live-'));

  constructor() {
    // The server runs as another user when tests run as root.
    chmodSync(this.folder, 0o755);
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(process.execPath, [program, 'demo', '--live', '--format', 'ndjson'], { env: { PATH, HOME, TMPDIR: this.folder }, stdio: ['ignore', 'pipe', 'ignore'] });
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on('line', (line) => this.#accept(line));
  }

  #accept(line: string): void {
    const read = record.parse(JSON.parse(line));
    if (read.type !== 'change') return;
    this.#changes.push(read);
    if (read.to === null) this.#states.delete(read.id);
    else this.#states.set(read.id, read.to);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** As another terminal does it. */
  async inject(fault: string): Promise<void> {
    const { code, stderr } = await tidemark(['demo', '--break', fault], { env: { TMPDIR: this.folder } });
    if (code !== 0 || !stderr.includes(`${fault}: `)) throw new Error(`${fault} was not injected: ${stderr}`);
  }

  /** The sentence by which the objective of a fault became bad since all objectives held; where none fits, the last. */
  async sentenceOn(fault: keyof typeof SYMPTOMS): Promise<string | undefined> {
    const { id, state, sentence: expected } = SYMPTOMS[fault];
    const sentences = (): string[] => this.#changes.filter((each) => each.id === id && each.to === state).map(({ sentence }) => sentence);
    const fits = (): string | undefined => sentences().find((sentence) => expected.test(sentence));
    await this.#until(() => fits() !== undefined);
    return fits() ?? sentences().at(-1);
  }

  /** What does not hold, of all objectives but those whose ids begin like this. Waits for nothing, and forgets what was heard. */
  async unwell(except: string[] = []): Promise<string[]> {
    const bad = (): string[] => [...this.#states].flatMap(([id, state]) => (state === 'ok' || except.some((start) => id.startsWith(start)) ? [] : [`${id} ${state}`]));
    await this.#until(() => this.#states.size > OBJECTIVES_MIN && bad().length === 0);
    this.#changes.splice(0);
    return bad();
  }

  /** Waits for something, no longer than the deadline and the life of the demo. */
  async #until(holds: () => boolean): Promise<void> {
    for (const deadline = Date.now() + DEADLINE_MS; !holds() && Date.now() < deadline; await sleep(200)) {
      if (this.#child.exitCode !== null) throw new Error(`the demo ended with ${this.#child.exitCode}`);
    }
  }

  /** @returns how it ended: a code, or 128 and the signal. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}

/** The process and all that it has started, by id. */
function familyOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = stdout.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const member of family) family.push(...parents.flatMap(([child = 0, parent]) => (parent === member ? [child] : [])));
  return family;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

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

  test('names the load that fails first, then the consumer that stopped', async () => {
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
