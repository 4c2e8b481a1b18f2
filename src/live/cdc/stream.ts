import type { EpochSeconds, Measured, ObjectiveView, State, StreamView } from '../../model/live.js';
import { formatQuantity } from '../../text/quantity.js';
import { isStale } from '../staleness.js';
import { momentText } from './moment.js';

/** A stream with what it is judged by. */
export interface Shown {
  view: StreamView;
  objectives: ObjectiveView[];
}

/** A stream as of one sample. Most samples are never looked at: what is shown is made when somebody looks. */
export interface Stream {
  /** The sample's time by this machine's clock, and how long it holds. */
  at: EpochSeconds;
  pace_seconds: number;
  shown(): Shown;
}

/** Calls `make` once, when it is first needed. */
export function streamOf(at: EpochSeconds, pace_seconds: number, make: () => Shown): Stream {
  let made: Shown | null = null;
  return { at, pace_seconds, shown: () => (made ??= make()) };
}

interface Silence {
  message: string;
  next_step: string;
}

/** What may be said of it at `now`: itself, or that nothing is known and why. */
export function presentOf(stream: Stream, failure: Silence | null, now: EpochSeconds): Shown {
  return isStale(stream.at, stream.pace_seconds, now) ? unknownOf(stream, failure, now) : stream.shown();
}

function unknownOf({ at, shown }: Stream, failure: Silence | null, now: EpochSeconds): Shown {
  const { view, objectives } = shown();
  const why = failure === null ? `nothing was seen since ${momentText(at, now)}` : `${failure.message}; ${failure.next_step}`;
  const cause = `${view.name}: ${why}`;
  const unknown: Partial<ObjectiveView> = { now: null, state: 'unknown', detail: '', since: at, sentence: cause };
  return {
    view: { ...view, ...NOTHING, state: 'unknown', diagnosis: 'unknown', status: 'unknown', cause },
    objectives: objectives.map((objective) => ({ ...objective, ...unknown })),
  };
}

/** The parts of a view that hold numbers, without any. */
export const NOTHING: Omit<StreamView, 'name' | 'store' | 'kind' | 'plugin' | 'state' | 'diagnosis' | 'status' | 'cause' | 'history' | 'limit_seconds'> = {
  lag: null,
  retained_bytes: null,
  unconfirmed_bytes: null,
  safe_wal_bytes: null,
  wal_status: null,
  invalidation_reason: null,
  restart_lsn: null,
  confirmed_lsn: null,
  active: false,
  inactive_since: null,
  xmin_age: null,
  catalog_xmin_age: null,
  spill_bytes_per_second: null,
  transactions_per_second: null,
  wal_bytes_per_second: null,
  lost_at: null,
  hops: [],
  tables: [],
};

interface Judged {
  state: State;
  since: EpochSeconds | null;
}

/** `lag/<name>` or `standby/<name>`. */
export function lagObjective(view: StreamView, kind: 'lag' | 'standby', { state, since }: Judged): ObjectiveView {
  return {
    id: `${kind}/${view.name}`,
    kind,
    name: kind === 'lag' ? `${view.name} lag` : `${view.name} replay lag`,
    target: `≤ ${formatQuantity(view.limit_seconds, 'seconds') ?? ''}`,
    now: view.lag === null ? null : lagText(view.lag),
    state,
    detail: view.status === 'flowing' ? '' : view.status,
    since,
    history: view.history,
    limit: view.limit_seconds,
    budget: null,
    sentence: view.cause,
    screen: 'cdc',
    subject: view.name,
  };
}

export function lagText({ value, at_least }: Measured): string {
  return `${at_least ? '≥ ' : ''}${formatQuantity(value, 'seconds') ?? ''}`;
}
