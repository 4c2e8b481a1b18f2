import type { EpochSeconds } from '../../model/live.js';
import type { SampleOf } from '../../probes/index.js';

/** What a statement is told by. */
export interface StatementKey {
  role: string;
  query_id: string | null;
  toplevel: boolean;
}

export function keyText({ role, query_id, toplevel }: StatementKey): string {
  return `${role} ${query_id ?? '-'}${toplevel ? '' : ' nested'}`;
}

export interface StatementWork extends StatementKey {
  calls: number;
  execution_ms: number;
}

/** What ran over a stretch of time. */
export interface Work {
  seconds: number;
  statements: Map<string, StatementWork>;
  total_ms: number;
  /** True where counters were reset or entries evicted meanwhile: then all of it are lower bounds. */
  incomplete: boolean;
}

/** Long enough for dashboards that refresh every few minutes, short enough for "now". */
const WINDOW_SECONDS = 300;

type StatementsSample = SampleOf<'statements'>;

/** The samples of the last minutes of one store, summed. */
export class WorkWindow {
  readonly #samples: { at: EpochSeconds; payload: NonNullable<StatementsSample['payload']> }[] = [];
  #sum: Work | null = null;

  add(at: EpochSeconds, payload: NonNullable<StatementsSample['payload']>): void {
    this.#samples.push({ at, payload });
    while (this.#samples[0] !== undefined && this.#samples[0].at <= at - WINDOW_SECONDS) this.#samples.shift();
    this.#sum = null;
  }

  /** Null before two answers could be compared. */
  sum(): Work | null {
    const compared = this.#samples.filter(({ payload }) => !payload.first && payload.over_seconds > 0);
    if (compared.length === 0) return null;
    this.#sum ??= summed(compared.map(({ payload }) => payload));
    return this.#sum;
  }
}

function summed(payloads: readonly NonNullable<StatementsSample['payload']>[]): Work {
  const statements = new Map<string, StatementWork>();
  const work: Work = { seconds: 0, statements, total_ms: 0, incomplete: false };
  for (const payload of payloads) {
    work.seconds += payload.over_seconds;
    work.incomplete ||= payload.reset || (payload.evictions ?? 0) > 0;
    for (const { role, query_id, toplevel, calls, execution_ms } of payload.work) {
      work.total_ms += execution_ms;
      const key = keyText({ role, query_id, toplevel });
      const known = statements.get(key);
      if (known === undefined) {
        statements.set(key, { role, query_id, toplevel, calls, execution_ms });
      } else {
        known.calls += calls;
        known.execution_ms += execution_ms;
      }
    }
  }
  return work;
}
