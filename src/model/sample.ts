import type { EpochSeconds } from './live.js';

/** What every run of a probe leaves. */
export interface SampleFrame {
  /** A file name in `src/probes/`. */
  probe: string;
  /** The store that was looked at; a file's path for probes that read files. */
  store: string;
  /** When the run ended, by this machine's clock. */
  at: EpochSeconds;
  /** From sending to the last row. */
  elapsed_ms: number;
  received_bytes: number;
  /** Pace in force when it ran, and why it was slower than planned; null when it was not. */
  pace_seconds: number;
  slowed: string | null;
}

/** A probe that got no answer. Its message is one line and names the thing and the cause. */
export interface SampleFailure {
  reason: 'deadline' | 'lost' | 'connect' | 'permission' | 'unsupported' | 'locked' | 'failed';
  message: string;
  next_step: string;
}
