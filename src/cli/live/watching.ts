import type { Catalog } from '../../model/catalog.js';
import type { Configuration, StoreConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, LiveView } from '../../model/live.js';
import type { SampleFailure } from '../../model/sample.js';
import type { Clock } from '../../live/clock.js';
import { LiveModel } from '../../live/model.js';
import { PassBook, type PassHost } from '../../live/passes.js';
import { Scheduler, type Use } from '../../live/scheduler.js';
import type { Sample } from '../../probes/index.js';
import { openLive } from '../../stores/index.js';
import { targetOf } from '../../stores/shared/target.js';
import type { LiveSession } from '../../stores/live.js';
import type { OpenContext } from '../../stores/store.js';
import { type AuditCost, type AuditOutcome, runAudit } from './audit-run.js';
import { readCatalog, shapeOf } from './catalogs.js';
import { LentSession } from './lent-session.js';
import { Turns } from './turns.js';

/** An audit reads catalogues and all statement texts: about a second of production's time at 5,000 statements. */
const AUDIT_PACE_SECONDS = 900;
const AUDIT_RETRY_SECONDS = 120;
/** Work that nobody recognises yet is worth an audit, first after this, and less often where audits do not help. */
const AUDIT_EARLY_SECONDS = 45;
const UNRECOGNISED_SHARE_MAX = 0.02;
/** What audits may cost a store, apart from the budget of the probes: an early one more, as it answers a question. */
const AUDIT_EARLY_MS_PER_SECOND = 4;
const AUDIT_MS_PER_SECOND = 0.5;
const AUDIT_PACE_SECONDS_MAX = 3_600;
const CATALOG_RETRY_SECONDS = 10;
/** Where only a person can mend it; more attempts may even lock an account. */
const CATALOG_RETRY_SLOWLY_SECONDS = 60;
const FIRST_CATALOGS_MS = 2_000;

export interface WatchingOptions {
  configuration: Configuration;
  /** Where relative paths of sources start from. */
  directory: string;
  version: string;
  environment: Readonly<Record<string, string | undefined>>;
  homeDirectory: string;
  clock: Clock;
  signal: AbortSignal;
  /** False leaves the audit out: statements then have no origin and nothing is analytical. */
  audits: boolean;
  /** Gets every sample in order: journal, recording. */
  onSample(sample: Sample): void;
  /** What must not appear in messages. */
  redact<T>(value: T): T;
  /** Where passes over keys keep what they leave for each other; without it no keys are compared. */
  passes?: Omit<PassHost, 'onKeys'> | undefined;
}

interface Watched {
  configured: StoreConfiguration;
  catalog: Catalog | null;
  /** Of the catalogue that is scheduled for. */
  shape: string | null;
  /** Beside the connection of the probes a store gets one more, for whoever needs it. */
  second: Turns;
  /** The next attempt to read its catalogue, while that waits for its time; `onAnswer` where it need not when the store answers. */
  retry: { cancel: () => void; onAnswer: boolean } | null;
}

/** Looks at all stores of a configuration at their paces, over at most two connections each, until it is stopped. */
export class Watching {
  readonly #options: WatchingOptions;
  readonly #model: LiveModel;
  readonly #stores: Watched[];
  #scheduler: Scheduler | null = null;
  #cancels = new Set<() => void>();
  readonly #signal: AbortSignal;
  #auditedAt: EpochSeconds | null = null;
  #auditing = false;
  #early_seconds = AUDIT_EARLY_SECONDS;
  #auditCost_ms = 0;
  #cancelAudit = (): void => undefined;
  #stopped = false;
  /** What is under way beside the schedule. */
  readonly #works = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #book = new PassBook();
  /** By pair, then by digest. They never leave this process but for its own screen. */
  readonly #keys = new Map<string, ReadonlyMap<string, readonly string[]>>();

  constructor(options: WatchingOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#ending.signal]);
    this.#model = new LiveModel(options.configuration.live, options.configuration.stores, options.audits);
    this.#stores = options.configuration.stores.map((configured) => ({ configured, catalog: null, shape: null, second: new Turns(), retry: null }));
  }

  /** What a journal or a recording knows of the time before; call it before `start`. */
  remember(sample: Sample): void {
    this.#model.accept(sample);
    this.#book.accept(sample);
  }

  /** A key of the newest pass over a pair as a person reads it; null where this process did not see it. */
  readonly keyText = (pair: string, digest: string): readonly string[] | null => this.#keys.get(pair)?.get(digest) ?? null;

  /** Begins to look; what cannot be looked at becomes a sample that says so. */
  start(): void {
    this.#work(this.#begin());
  }

  view(): LiveView {
    return this.#model.view(this.#options.clock.now());
  }

  /** Everything at once, now. */
  refresh(): void {
    this.#scheduler?.refresh();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ending.abort(new Error('stopped'));
    for (const cancel of this.#cancels) cancel();
    // Copies that are being read are removed before the process ends.
    await Promise.all([this.#scheduler?.stop(), ...this.#works]);
  }

  /** A store that does not answer must not keep the others waiting. */
  async #begin(): Promise<void> {
    const all = Promise.all(this.#stores.map((store) => this.#readCatalog(store)));
    await Promise.race([all, new Promise<void>((resolve) => this.#after(FIRST_CATALOGS_MS, resolve))]);
    await this.#schedule();
    await all;
    await this.#scheduleAnew();
    if (this.#options.audits) await this.#audit();
  }

  /** The catalogue tells what there is to look at. */
  async #readCatalog(store: Watched): Promise<void> {
    const end = await store.second.take();
    try {
      const reading = await readCatalog(store.configured, this.#context());
      if (this.#stopped) return;
      // One that cannot be read any more is better known as it was.
      store.catalog = reading.catalog ?? store.catalog;
      if (reading.failure === null || store.catalog !== null) return;
      const seconds = reading.needsPerson ? CATALOG_RETRY_SLOWLY_SECONDS : CATALOG_RETRY_SECONDS;
      const blind = this.#blindSample(store.configured, reading.failure, seconds);
      if (blind !== null) this.#accept(blind);
      const onAnswer = reading.failure.reason === 'connect' || reading.failure.reason === 'lost';
      store.retry = { cancel: this.#after(seconds * 1000, () => this.#retryCatalog(store)), onAnswer };
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    } finally {
      end();
    }
  }

  #retryCatalog(store: Watched): void {
    store.retry?.cancel();
    store.retry = null;
    this.#work(this.#readCatalog(store).then(() => this.#scheduleAnew()));
  }

  /** Only where a catalogue says something else than before: what probes remember is lost by it. */
  async #scheduleAnew(): Promise<void> {
    if (this.#stores.every(({ catalog, shape }) => catalog === null || shapeOf(catalog) === shape)) return;
    await this.#schedule();
  }

  async #schedule(): Promise<void> {
    const before = this.#scheduler;
    const { configuration, clock, signal, passes } = this.#options;
    for (const store of this.#stores) store.shape = store.catalog === null ? null : shapeOf(store.catalog);
    const settings = configuration.live;
    this.#scheduler = new Scheduler({
      targets: this.#stores.map(({ configured: { name, role, engine }, catalog }) => ({ store: name, role, engine, settings, catalog })),
      settings,
      clock,
      signal,
      open: (name, stopped, use) => this.#open(name, stopped, use),
      passes: passes === undefined ? undefined : { book: this.#book, host: { ...passes, onKeys: (pair, keys) => void this.#keys.set(pair, keys) } },
      onSample: (sample) => this.#accept(sample),
    });
    await before?.stop();
    if (!this.#stopped) this.#scheduler.start();
  }

  async #open(name: string, signal: AbortSignal, use: Use): Promise<LiveSession> {
    const store = this.#stores.find(({ configured }) => configured.name === name);
    if (store === undefined || store.configured.url === null) throw new Error(`${name}: the configuration gives no connection`);
    const { engine } = store.configured;
    const target = targetOf(store.configured);
    const open = (): Promise<LiveSession> => openLive(engine, target, { ...this.#context(), signal });
    // A file has no connections to count.
    if (use === 'probes' || engine === 'duckdb') return open();
    return LentSession.open(store.second, this.#options.clock, open);
  }

  #context(): OpenContext {
    const { environment, homeDirectory } = this.#options;
    return { environment, homeDirectory, signal: this.#signal, lockFree: true };
  }

  #accept(sample: Sample): void {
    if (this.#stopped) return;
    // Notes of a pass quote what a store said, as failures do.
    const visible = sample.failure === null && sample.probe !== 'keys' ? sample : this.#options.redact(sample);
    this.#model.accept(visible);
    this.#options.onSample(visible);
    if (sample.probe === 'statements') this.#auditEarly();
    const answering = sample.failure === null ? this.#stores.find(({ configured }) => configured.name === sample.store) : undefined;
    if (answering?.retry?.onAnswer === true) this.#retryCatalog(answering);
  }

  /** Without a catalogue no probe looks at products, so none of them says why. A server that is out of reach says so by itself. */
  #blindSample({ engine, name, role }: StoreConfiguration, failure: SampleFailure, pace_seconds: number): Sample | null {
    const holdsProducts = role === 'warehouse' || role === 'projection';
    if (engine === 'postgres' && !holdsProducts && (failure.reason === 'connect' || failure.reason === 'lost')) return null;
    const frame = { store: name, at: this.#options.clock.now(), elapsed_ms: 0, received_bytes: 0, pace_seconds, slowed: null };
    return { ...frame, probe: 'watermarks', payload: null, failure };
  }

  #auditEarly(): void {
    if (this.#auditing || this.#auditedAt === null) return;
    const now = this.#options.clock.now();
    if (now - this.#auditedAt >= this.#early_seconds && this.#model.unrecognisedShare(now) > UNRECOGNISED_SHARE_MAX) this.#work(this.#audit());
  }

  async #audit(): Promise<void> {
    if (this.#auditing || this.#stopped) return;
    this.#auditing = true;
    const { configuration, directory, version, environment, clock } = this.#options;
    const ends = await Promise.all(this.#stores.map(({ second }) => second.take()));
    const started_ms = clock.monotonic_ms();
    const giveBack = (): void => ends.splice(0).forEach((end) => end());
    const onCollected = (cost_ms: AuditCost): void => {
      giveBack();
      for (const [store, elapsed_ms] of Object.entries(cost_ms)) this.#scheduler?.alsoWaited(store, elapsed_ms);
      this.#auditCost_ms = Math.max(0, ...Object.values(cost_ms));
    };
    const outcome = await runAudit({ configuration, directory, version }, { environment, signal: this.#signal, onCollected }).catch((): null => null);
    giveBack();
    this.#auditing = false;
    if (outcome === null || this.#stopped) return;
    this.#auditedAt = clock.now();
    this.#accept(auditSample(outcome, clock, clock.monotonic_ms() - started_ms));
    const helped = this.#model.unrecognisedShare(clock.now()) <= UNRECOGNISED_SHARE_MAX;
    const worth_seconds = Math.max(AUDIT_EARLY_SECONDS, this.#auditCost_ms / AUDIT_EARLY_MS_PER_SECOND);
    this.#early_seconds = helped ? worth_seconds : Math.min(Math.max(2 * this.#early_seconds, worth_seconds), AUDIT_PACE_SECONDS_MAX);
    const pace_seconds = Math.max(AUDIT_PACE_SECONDS, this.#auditCost_ms / AUDIT_MS_PER_SECOND);
    this.#cancelAudit();
    this.#cancelAudit = this.#after((outcome.error === null ? pace_seconds : AUDIT_RETRY_SECONDS) * 1000, () => this.#work(this.#audit()));
    // A relation that came or went changes what there is to look at.
    await Promise.all(this.#stores.map((store) => this.#readCatalog(store)));
    await this.#scheduleAnew();
  }

  #work(work: Promise<void>): void {
    const known = work.finally(() => this.#works.delete(known));
    this.#works.add(known);
  }

  #after(delay_ms: number, act: () => void): () => void {
    const cancel = this.#options.clock.after(delay_ms, () => {
      this.#cancels.delete(cancel);
      if (!this.#stopped) act();
    });
    this.#cancels.add(cancel);
    return cancel;
  }
}

function auditSample({ payload, error }: AuditOutcome, clock: Clock, elapsed_ms: number): Sample {
  const frame = { probe: 'audit' as const, store: '', at: clock.now(), elapsed_ms, received_bytes: 0, pace_seconds: AUDIT_PACE_SECONDS, slowed: null };
  return error === null
    ? { ...frame, payload, failure: null }
    : { ...frame, payload: null, failure: { reason: 'failed', message: `the audit failed: ${error}`, next_step: 'It is tried again in two minutes. tidemark audit says more.' } };
}
