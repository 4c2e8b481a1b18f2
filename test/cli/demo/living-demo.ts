import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Fault } from '../../../src/cli/demo/live/faults.js';
import { program, tidemark } from '../tidemark.js';

const change = z.object({ type: z.literal('change'), id: z.string(), to: z.string().nullable(), sentence: z.string() });
const record = z.union([change, z.object({ type: z.literal('state'), sentence: z.string() })]);
type Change = z.infer<typeof change>;

/** Far beyond what it takes, on a machine that is busy with other tests. */
export const DEADLINE_MS = 400_000;
/** Fewer are there before everything has been looked at. */
const OBJECTIVES_MIN = 15;

interface Symptom {
  id: string;
  state: 'warning' | 'breach';
  sentence: RegExp;
}

/** What is said of each fault, and of which objective. */
export const SYMPTOMS: Record<Exclude<Fault, 'none'>, Symptom> = {
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
export class Demo {
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
export function familyOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = stdout.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const member of family) family.push(...parents.flatMap(([child = 0, parent]) => (parent === member ? [child] : [])));
  return family;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
