import { sampleFailure } from '../probes/failure.js';
import type { ProbeId, Sample } from '../probes/index.js';
import type { Clock } from './clock.js';
import type { FileJob } from './job.js';
import { withDeadline } from './run.js';
import { answered, failed, type Frame } from './sample.js';

export interface LaneContext {
  clock: Clock;
  signal: AbortSignal;
  emit(sample: Sample): void;
}

/** Runs one probe of files at its pace. */
export class FileLane {
  readonly #options: LaneContext & { job: FileJob };
  #running = false;
  #cancel = (): void => undefined;

  constructor(options: LaneContext & { job: FileJob }) {
    this.#options = options;
  }

  wake(): void {
    const { job, clock, signal } = this.#options;
    this.#cancel();
    if (this.#running || signal.aborted) return;
    const wait_ms = job.times.due_ms - clock.monotonic_ms();
    if (wait_ms > 0) this.#cancel = clock.after(wait_ms, () => this.wake());
    else void this.#run();
  }

  hasten(probe?: ProbeId): void {
    const { job, clock } = this.#options;
    if (probe === undefined || probe === job.id) job.times.hasten(clock.monotonic_ms());
    this.wake();
  }

  stop(): void {
    this.#cancel();
  }

  async #run(): Promise<void> {
    const { job, clock, signal, emit } = this.#options;
    this.#running = true;
    const started_ms = clock.monotonic_ms();
    const frame = (): Frame => ({
      probe: job.id,
      store: job.path,
      at: clock.now(),
      elapsed_ms: clock.monotonic_ms() - started_ms,
      received_bytes: 0,
      pace_seconds: job.times.pace_seconds,
      slowed: null,
    });
    try {
      const payload = await withDeadline({ deadline_ms: job.deadline_ms, clock, signal }, (run) => job.run({ signal: run.signal }));
      emit(answered(frame(), payload));
    } catch (error) {
      const failure = sampleFailure(error, { probe: job.id, store: job.path, role: null, deadline_ms: job.deadline_ms });
      emit(failed(frame(), failure));
    } finally {
      this.#running = false;
      job.times.next(clock.monotonic_ms(), 1);
      this.wake();
    }
  }
}
