import type { EpochSeconds, Measured, State, StreamView } from '../../model/live.js';
import { plainText } from '../../text/plain-text.js';
import { diagnose, type Verdict } from './diagnose.js';
import { inactiveSince, isLost, type SlotEvidence } from './evidence.js';
import { hopsOf } from './hops.js';
import { isWorse, level } from './judgement.js';
import type { Landings, Stage } from './landed.js';
import type { Surroundings } from './pending.js';
import * as say from './sentences.js';
import { lagObjective, NOTHING, streamOf, type Shown, type Stream } from './stream.js';
import { judgeWal, walObjective } from './wal-objective.js';

const WARNING_SHARE = 0.8;
/** Loading in batches takes its time. */
const LANDED_SECONDS_MIN = 60;

export interface LogicalInput {
  e: SlotEvidence;
  around: Surroundings;
  landings: Landings;
  /** True where no other logical slot could feed the warehouse. */
  isOnly: boolean;
  tables: () => StreamView['tables'];
  store: string;
  /** What a failover would cost now; null where nothing is known of it. */
  failover: string | null;
  /** Of the sample, by this machine's clock. */
  at: EpochSeconds;
  pace_seconds: number;
}

/** One logical slot at the moment of one sample, judged. */
export function logicalStream(input: LogicalInput): Stream {
  const { e, landings, around, isOnly, at } = input;
  const isDead = isLost(e.slot);
  const landed = isDead ? null : landings.landed(e, around, isOnly, at);
  const transformed = isDead ? null : landings.transformed(e, around, isOnly, at);
  const wal = judgeWal(e, e.memory.walJudgement);
  const lag = isDead ? null : furthest(e.unconfirmed?.lag ?? null, landed?.lag ?? null);
  const verdict = withFailover(input.failover, beyondTheSlot(e, landed, transformed, diagnose(e), at));
  const state = judgeLag(e, verdict, lag);
  const { memory } = e;
  memory.lag.push(at, lag?.value ?? null);
  memory.retained.push(at, e.retained_bytes);
  const copy_seconds = landed === null && transformed === null ? null : landings.copy_seconds(at);
  return streamOf(at, input.pace_seconds, () => shownOf(input, { verdict, lag, state, wal, hops: () => (isDead ? [] : hopsOf(e, landed, transformed, copy_seconds)) }));
}

interface Judged {
  verdict: Verdict;
  lag: Measured | null;
  state: State;
  wal: State;
  hops: () => StreamView['hops'];
}

function shownOf({ e, store, tables }: LogicalInput, { verdict, lag, state, wal, hops }: Judged): Shown {
  const { memory, slot, settings } = e;
  const name = plainText(settings.name, 80);
  const view: StreamView = {
    ...NOTHING,
    ...numbersOf(e),
    name,
    store,
    kind: 'logical slot',
    plugin: plainText(slot.plugin ?? '', 60),
    state: isWorse(wal, state) ? wal : state,
    diagnosis: verdict.diagnosis,
    status: verdict.status,
    cause: `${name}: ${verdict.cause()}`,
    lag,
    hops: hops(),
    tables: slot.plugin === 'pgoutput' ? tables() : [],
    history: memory.lag,
    limit_seconds: settings.lag_seconds_max,
  };
  // A slot of an initial copy lives for minutes and is nobody's stream.
  const isJudged = (!slot.temporary && slot.synced !== true) || settings.isConfigured;
  const walView = walObjective(view, e, wal, memory.retained);
  const objectives = [lagObjective(view, 'lag', { state, since: memory.lagJudgement.since }), ...(walView === null ? [] : [walView])];
  return { view, objectives: isJudged ? objectives : [] };
}

function numbersOf(e: SlotEvidence): Partial<StreamView> {
  const { slot, memory } = e;
  const isDead = isLost(slot);
  return {
    retained_bytes: isDead ? null : e.retained_bytes,
    unconfirmed_bytes: isDead ? null : e.unconfirmed_bytes,
    safe_wal_bytes: isDead ? null : slot.safe_wal_bytes,
    wal_status: slot.wal_status,
    invalidation_reason: slot.invalidation_reason,
    restart_lsn: slot.restart_lsn,
    confirmed_lsn: slot.confirmed_flush_lsn,
    active: slot.active,
    inactive_since: inactiveSince(e),
    xmin_age: slot.xmin_age,
    catalog_xmin_age: slot.catalog_xmin_age,
    spill_bytes_per_second: memory.spilled.per_second(),
    transactions_per_second: memory.transactions.per_second(),
    wal_bytes_per_second: e.wal_bytes_per_second,
    lost_at: e.lost_at,
  };
}

function furthest(a: Measured | null, b: Measured | null): Measured | null {
  if (a === null || b === null) return a ?? b;
  return b.value > a.value ? b : a;
}

/** After a load has caught up, the run that builds on it and the look at its watermark come some seconds later. */
const TRANSFORM_GRACE_SECONDS = 30;

/** What the warehouse tells where the slot itself is well. */
function beyondTheSlot(e: SlotEvidence, landed: Stage | null, transformed: Stage | null, verdict: Verdict, at: EpochSeconds): Verdict {
  const { transform_behind_since } = e.memory;
  e.memory.transform_behind_since = null;
  if (!['flowing', 'idle-source', 'nothing-pending'].includes(verdict.diagnosis)) return verdict;
  const unconfirmed = e.unconfirmed?.lag.value ?? 0;
  const landing = landed?.lag?.value ?? 0;
  if (landed !== null && landing > Math.max(LANDED_SECONDS_MIN, 2 * unconfirmed)) {
    const isLate = landing > WARNING_SHARE * e.settings.lag_seconds_max;
    return {
      diagnosis: 'stalled-load',
      status: isLate ? 'stalled at load' : 'slow at load',
      cause: () => `the consumer has confirmed everything up to ${say.amount(unconfirmed, 'seconds')} ago, but rows in ${plainText(landed.subject, 100)} are ${say.amount(landing, 'seconds')} behind by ${plainText(landed.evidence, 60)}; look at what lies between the consumer and the warehouse`,
      at_least: 'ok',
      at_most: 'breach',
    };
  }
  const transforming = transformed?.lag?.value ?? 0;
  if (transformed !== null && transformed.within_seconds !== null && transforming - Math.max(landing, unconfirmed) > transformed.within_seconds) {
    e.memory.transform_behind_since = transform_behind_since ?? at;
    if (at - e.memory.transform_behind_since < TRANSFORM_GRACE_SECONDS) return verdict;
    return {
      diagnosis: 'stalled-transform',
      status: 'stalled at transform',
      cause: () => `rows are in the warehouse up to ${say.amount(Math.max(landing, unconfirmed), 'seconds')} ago, but ${plainText(transformed.subject, 100)} is ${say.amount(transforming, 'seconds')} behind; look at the run that builds it`,
      at_least: 'warning',
      at_most: 'breach',
    };
  }
  return verdict;
}

function withFailover(trouble: string | null, verdict: Verdict): Verdict {
  if (trouble === null || verdict.at_least !== 'ok' || verdict.diagnosis === 'disconnected') return verdict;
  return { ...verdict, status: 'no failover copy', cause: () => `${trouble} (${verdict.cause()})`, at_least: 'warning' };
}

function judgeLag({ memory, look, settings, unconfirmed }: SlotEvidence, verdict: Verdict, lag: Measured | null): State {
  const { lagJudgement } = memory;
  if (verdict.at_most === 'unknown') return lagJudgement.see('unknown', look.at);
  if (verdict.diagnosis === 'lost') return lagJudgement.see('breach', look.at, true);
  const limit = settings.lag_seconds_max;
  // Counters that are quiet do not prove that nothing is late.
  const value = unconfirmed?.pending === 'quiet' ? Math.max(lag?.value ?? 0, unconfirmed.position_seconds) : (lag?.value ?? 0);
  let state = level(value, WARNING_SHARE * limit, limit, lagJudgement.state);
  if (isWorse(state, verdict.at_most)) state = verdict.at_most;
  if (isWorse(verdict.at_least, state)) state = verdict.at_least;
  return lagJudgement.see(state, look.at);
}
