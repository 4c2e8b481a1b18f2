import type { SampleFailure } from '../model/sample.js';
import { RunExpired, sampleFailure, sqlState } from '../probes/failure.js';
import type { ProbeId, Sample } from '../probes/index.js';
import type { LiveSession, ProbeInput } from '../probes/probe.js';
import type { LaneContext } from './file-lane.js';
import type { Governor, RunReport } from './governor.js';
import type { StoreJob } from './job.js';
import { withDeadline, type Run } from './run.js';
import { answered, failed, type Frame } from './sample.js';
import type { Acquired, StoreConnection } from './sessions.js';

/** A connection that is not used for so long is closed: servers, poolers and networks end such ones unseen. */
const IDLE_SECONDS_MAX = 120;
/** How often a probe that waits says that it does. */
const WAITING_FACTOR = 4;
/** After so many runs in which nothing came back at all, the session itself is at fault. */
const SILENT_RUNS_MAX = 3;

export interface StoreLaneOptions extends LaneContext {
  store: string;
  jobs: readonly StoreJob[];
  governor: Governor;
  /** The connection to a store for the use of this lane. @throws where no such store is known. */
  connectionOf(store: string): StoreConnection;
}

/** How one run ended. */
interface Outcome {
  sample: Sample;
  /** Null where it got an answer. */
  error: unknown;
}

/** The probes that share one connection. One runs after the other, so that the time of each can be told. */
export class StoreLane {
  readonly #options: StoreLaneOptions;
  readonly #connection: StoreConnection;
  /** Stores that its probes asked for besides their own. */
  readonly #others = new Set<string>();
  #running = false;
  /** A statement has been asked and not been answered. */
  #waiting = false;
  #silentRuns = 0;
  #cancel = (): void => undefined;

  constructor(options: StoreLaneOptions) {
    this.#options = options;
    this.#connection = options.connectionOf(options.store);
  }

  uses(store: string): boolean {
    return store === this.#options.store || this.#others.has(store);
  }

  hasten(probe?: ProbeId): void {
    const now_ms = this.#options.clock.monotonic_ms();
    for (const job of this.#options.jobs) if (probe === undefined || probe === job.id) job.times.hasten(now_ms);
    this.wake();
  }

  stop(): void {
    this.#cancel();
  }

  /** Runs what is due, the weightiest first, then waits for what will be. */
  wake(): void {
    const { clock, signal, jobs } = this.#options;
    this.#cancel();
    if (this.#running || signal.aborted) return;
    const now_ms = clock.monotonic_ms();
    const due = jobs.find(({ times }) => times.due_ms <= now_ms);
    if (due) {
      void this.#run(due);
      return;
    }
    const wait_ms = Math.min(...jobs.map(({ times }) => times.due_ms)) - now_ms;
    if (wait_ms > IDLE_SECONDS_MAX * 1000) this.#connection.release();
    this.#cancel = clock.after(wait_ms, () => this.wake());
  }

  async #run(job: StoreJob): Promise<void> {
    const { clock, governor } = this.#options;
    this.#running = true;
    try {
      const { factor, reason } = governor.slowdown(job.weight, clock.monotonic_ms() / 1000);
      if (factor === null) this.#wait(job, reason);
      else await this.#look(job);
    } finally {
      this.#running = false;
      this.wake();
    }
  }

  /** A probe that waits is seen to wait. */
  #wait(job: StoreJob, slowed: string | null): void {
    const { clock, store, emit } = this.#options;
    job.times.next(clock.monotonic_ms(), WAITING_FACTOR);
    const failure: SampleFailure = {
      reason: 'failed',
      message: `${store}: ${job.id} waits while the server is under pressure (${slowed})`,
      next_step: 'It goes on by itself after a minute of calm.',
    };
    emit({ ...failed(this.#frame(job, 0, 0), failure), slowed });
  }

  async #look(job: StoreJob): Promise<void> {
    const { clock, governor, signal, emit } = this.#options;
    const outcome = await this.#attempt(job);
    if (signal.aborted) return;
    const now_ms = clock.monotonic_ms();
    governor.accept(reportOf(job, outcome), now_ms / 1000);
    const { factor, reason } = governor.slowdown(job.weight, now_ms / 1000);
    job.times.next(now_ms, factor ?? WAITING_FACTOR);
    emit({ ...outcome.sample, pace_seconds: job.times.pace_seconds, slowed: reason });
  }

  async #attempt(job: StoreJob): Promise<Outcome> {
    const { clock, signal } = this.#options;
    const { deadline_ms } = job;
    const started_ms = clock.monotonic_ms();
    let session: LiveSession | null = null;
    let before = { elapsed_ms: 0, received_bytes: 0 };
    const sent = (): [elapsed_ms: number, received_bytes: number] => {
      const now = session?.cost() ?? before;
      return [now.elapsed_ms - before.elapsed_ms, now.received_bytes - before.received_bytes];
    };
    try {
      const acquired = await this.#connection.acquire();
      ({ session } = acquired);
      before = session.cost();
      const payload = await withDeadline({ deadline_ms, clock, signal }, (run) => this.#runner(job, acquired)(this.#input(run, acquired)));
      this.#connection.noteAnswer(acquired.session);
      return { sample: answered(this.#frame(job, ...sent()), payload), error: null };
    } catch (error) {
      const [elapsed_ms, received_bytes] = sent();
      // What is still under way has not been added up yet.
      const waited_ms = error instanceof RunExpired ? clock.monotonic_ms() - started_ms : elapsed_ms;
      if (error instanceof RunExpired) this.#noteExpired(job, session, error);
      const role = session?.identity().role ?? null;
      const failure = sampleFailure(error, { probe: job.id, store: this.#options.store, role, deadline_ms, engine: job.target.engine });
      return { sample: failed(this.#frame(job, waited_ms, received_bytes), failure), error };
    }
  }

  /** What a probe remembers belongs to one connection. */
  #runner(job: StoreJob, { generation }: Acquired): (input: ProbeInput) => Promise<unknown> {
    if (job.runner?.generation !== generation) job.runner = { run: job.create(), generation };
    return job.runner.run;
  }

  #input(run: Run, own: Acquired): ProbeInput {
    const { clock, store, connectionOf } = this.#options;
    const bound = (connection: StoreConnection, session: LiveSession): LiveSession =>
      run.bound(session, {
        asked: () => (this.#waiting = true),
        ended: (error) => {
          this.#waiting = false;
          this.#silentRuns = 0;
          if (error !== null) connection.noteError(session, error);
        },
      });
    return {
      session: bound(this.#connection, own.session),
      signal: run.signal,
      now: () => clock.now(),
      sessionOf: async (name) => {
        if (name === store) return bound(this.#connection, own.session);
        const connection = connectionOf(name);
        this.#others.add(name);
        return bound(connection, (await connection.acquire()).session);
      },
    };
  }

  /** The run goes on somewhere, so it may not be started again: the next one begins anew. */
  #noteExpired(job: StoreJob, session: LiveSession | null, error: RunExpired): void {
    job.runner = null;
    if (session === null || !this.#waiting || ++this.#silentRuns < SILENT_RUNS_MAX) return;
    this.#silentRuns = 0;
    this.#waiting = false;
    this.#connection.drop(session, error);
  }

  #frame(job: StoreJob, elapsed_ms: number, received_bytes: number): Frame {
    const { clock, store } = this.#options;
    return { probe: job.id, store, at: clock.now(), elapsed_ms, received_bytes, pace_seconds: job.times.pace_seconds, slowed: null };
  }
}

function reportOf(job: StoreJob, { sample, error }: Outcome): RunReport {
  const { id, weight, times } = job;
  return { probe: id, weight, pace_seconds: times.planned_seconds, elapsed_ms: sample.elapsed_ms, answer: answerOf(sample), sqlstate: sqlState(error) };
}

function answerOf(sample: Sample): RunReport['answer'] {
  if (sample.failure !== null) return null;
  if (sample.probe === 'activity') return { activity: sample.payload, own: null };
  if (sample.probe !== 'statements') return { activity: null, own: null };
  return { activity: null, own: { ms: sample.payload.own_ms, over_seconds: sample.payload.over_seconds } };
}
