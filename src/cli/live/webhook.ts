import { open, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../live/clock.js';
import { codeOf, meaningOf } from '../../live/journal/problem.js';
import { messagesFor, remembered, targetKey, type NotifyMemory, type NotifyMessage, type Told, type ToldByTarget } from '../../live/notify.js';
import type { NotifyTarget } from '../../model/configuration.js';
import { STATES, type LiveView } from '../../model/live.js';
import { plainText } from '../../text/plain-text.js';
import { postWebhook, webhookAddress, type WebhookAddress } from './webhook-post.js';

const SCHEMA_VERSION = 1;
const WAITING_MAX = 100;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;
/** Older messages are no news: what still stands by then is told anew. */
const MESSAGE_SECONDS_MAX = 3_600;
const CLOSE_MS = 3_000;
const OWNER_ONLY = 0o600;

const fileSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  told: z.record(z.string(), z.record(z.string(), z.object({ state: z.enum(STATES), open: z.boolean(), told_at: z.array(z.number()).max(10) }))),
});

export interface WebhookStatus {
  /** `hooks.example.com (slack)`. */
  name: string;
  sent: number;
  /** Messages that wait for their turn or for the next attempt. */
  waiting: number;
  /** Messages that were given up. */
  lost: number;
  /** One line; null while all is well. */
  problem: string | null;
}

export interface WebhookOptions {
  targets: readonly NotifyTarget[];
  /** Where it is kept what was told, so that a restart does not tell it again; null keeps nothing. */
  file: string | null;
  clock: Clock;
}

/** Tells the targets of `notify:` what has changed. Nothing here blocks, throws or shows an address. */
export class Webhooks {
  readonly #options: WebhookOptions;
  readonly #deliveries: Map<string, Delivery>;
  /** What was delivered, as the file has it. */
  readonly #delivered: ToldByTarget;
  #memory: NotifyMemory;
  #fileProblem: string | null;
  #saving: Promise<void> = Promise.resolve();

  private constructor(options: WebhookOptions, delivered: ToldByTarget, fileProblem: string | null) {
    this.#options = options;
    this.#delivered = delivered;
    this.#fileProblem = fileProblem;
    this.#memory = { told: structuredClone(delivered), candidates: {} };
    const outcome = { sent: (message: NotifyMessage) => this.#onSent(message), lost: (message: NotifyMessage) => this.#onLost(message) };
    this.#deliveries = new Map(options.targets.map((target) => [targetKey(target), new Delivery(target, options.clock, outcome)]));
  }

  /** Never rejects: a file that cannot be read is a problem in the status, and everything that is bad now is told. */
  static async open(options: WebhookOptions): Promise<Webhooks> {
    const keys = new Set(options.targets.map(targetKey));
    const { told, problem } = await readTold(options.file);
    const delivered = Object.fromEntries(Object.entries(told).filter(([key]) => keys.has(key)));
    return new Webhooks(options, delivered, problem);
  }

  /** To be called for every view, at least every few seconds. */
  accept(view: LiveView): void {
    const { memory, messages } = messagesFor(this.#memory, view, this.#options.targets);
    this.#memory = memory;
    for (const message of messages) this.#deliveries.get(message.key)?.push(message);
  }

  status(): WebhookStatus[] {
    return [...this.#deliveries.values()].map((delivery) => {
      const status = delivery.status();
      return { ...status, problem: status.problem ?? this.#fileProblem };
    });
  }

  /** Gives what waits three seconds. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#deliveries.values()].map((delivery) => delivery.close()));
    await this.#saving;
  }

  #onSent({ key, notices }: NotifyMessage): void {
    const told = { ...this.#delivered[key] };
    for (const notice of notices) told[notice.objective] = notice.told;
    this.#delivered[key] = remembered(told, this.#options.clock.now());
    const { file } = this.#options;
    if (file === null) return;
    this.#saving = this.#saving.then(async () => {
      this.#fileProblem = await writeTold(file, this.#delivered);
    });
  }

  /** As if it had never been told: what still stands is told anew. */
  #onLost({ key, notices }: NotifyMessage): void {
    const told: Record<string, Told> = { ...this.#memory.told[key] };
    for (const { objective } of notices) {
      const before = this.#delivered[key]?.[objective];
      if (before === undefined) delete told[objective];
      else told[objective] = before;
    }
    this.#memory = { ...this.#memory, told: { ...this.#memory.told, [key]: told } };
  }
}

interface Outcome {
  sent(message: NotifyMessage): void;
  lost(message: NotifyMessage): void;
}

/** The messages of one target, one after another in their order. */
class Delivery {
  readonly #address: WebhookAddress | null;
  readonly #name: string;
  readonly #waiting: { message: NotifyMessage; since_ms: number }[] = [];
  readonly #closing = new AbortController();
  #isClosed = false;
  #failures = 0;
  #sent = 0;
  #lost = 0;
  #problem: string | null = null;
  #work: Promise<void> | null = null;
  #cancelRetry: (() => void) | null = null;

  constructor(
    { format, url }: NotifyTarget,
    private readonly clock: Clock,
    private readonly outcome: Outcome,
  ) {
    this.#address = webhookAddress(url);
    this.#name = `${plainText(this.#address?.host ?? 'webhook', 100)} (${format})`;
    if (this.#address === null) this.#problem = `${this.#name} has no http or https address: correct url under notify`;
  }

  push(message: NotifyMessage): void {
    if (this.#isClosed || this.#address === null) return;
    this.#waiting.push({ message, since_ms: this.clock.monotonic_ms() });
    if (this.#waiting.length > WAITING_MAX) this.#drop(this.#work === null ? 0 : 1);
    if (this.#cancelRetry === null) this.#start();
  }

  status(): WebhookStatus {
    return { name: this.#name, sent: this.#sent, waiting: this.#waiting.length, lost: this.#lost, problem: this.#problem };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    const stop = this.clock.after(CLOSE_MS, () => this.#closing.abort());
    this.#start();
    await this.#work;
    stop();
    this.#closing.abort();
  }

  #start(): void {
    this.#work ??= this.#run().finally(() => {
      this.#work = null;
      // What came in the moment between the last look and here.
      if (this.#waiting.length > 0 && this.#cancelRetry === null && !this.#isClosed) this.#start();
    });
  }

  async #run(): Promise<void> {
    for (let first = this.#waiting[0]; first !== undefined && this.#address !== null; first = this.#waiting[0]) {
      // In their order: a recovery must not overtake its breach.
      // oxlint-disable-next-line no-await-in-loop
      const result = await postWebhook(this.#address, first.message.body, this.#closing.signal);
      if (result.kind === 'failed') {
        this.#problem = `${this.#name} ${result.problem}: ${this.#waiting.length} waiting`;
        if (this.#isClosed) return;
        this.#retryLater(Math.max(result.retry_after_ms, Math.min(RETRY_MS_MIN * 2 ** this.#failures, RETRY_MS_MAX)));
        return;
      }
      this.#failures = 0;
      this.#waiting.shift();
      this.#problem = result.kind === 'sent' ? null : `${this.#name} ${result.problem}`;
      if (result.kind === 'sent') this.#sent += 1;
      else this.#lost += 1;
      // What is refused would be refused again: it counts as told while this process lives.
      if (result.kind === 'sent') this.outcome.sent(first.message);
    }
  }

  #retryLater(delay_ms: number): void {
    this.#failures += 1;
    const oldest_ms = this.clock.monotonic_ms() - MESSAGE_SECONDS_MAX * 1000;
    while (this.#waiting[0] !== undefined && this.#waiting[0].since_ms < oldest_ms) this.#drop(0);
    this.#cancelRetry = this.clock.after(delay_ms, () => {
      this.#cancelRetry = null;
      this.#start();
    });
  }

  #drop(index: number): void {
    const [dropped] = this.#waiting.splice(index, 1);
    if (dropped === undefined) return;
    this.#lost += 1;
    this.outcome.lost(dropped.message);
  }
}

async function readTold(file: string | null): Promise<{ told: ToldByTarget; problem: string | null }> {
  if (file === null) return { told: {}, problem: null };
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    const parsed = fileSchema.safeParse(content);
    if (parsed.success) return { told: parsed.data.told, problem: null };
    return { told: {}, problem: `${plainText(file, 300)} is not what tidemark wrote there: what is bad now is told again` };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { told: {}, problem: null };
    const cause = error instanceof SyntaxError ? 'is damaged' : `cannot be read: ${meaningOf(error)}`;
    return { told: {}, problem: `${plainText(file, 300)} ${cause}: what is bad now is told again` };
  }
}

/** As a whole or not at all. Resolves to what failed, or null. */
async function writeTold(path: string, told: ToldByTarget): Promise<string | null> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w', OWNER_ONLY);
    try {
      await file.writeFile(`${JSON.stringify({ schemaVersion: SCHEMA_VERSION, told })}\n`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return null;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return `${plainText(path, 300)} cannot be written: ${meaningOf(error)}: a restart tells again what is bad then`;
  }
}
