import type { History, ObjectiveView, State, StreamView } from '../../model/live.js';
import { formatQuantity } from '../../text/quantity.js';
import { lossState } from './diagnose.js';
import { inactiveSince, isLost, type SlotEvidence } from './evidence.js';
import { isWorse, level, type Judgement } from './judgement.js';
import { momentText } from './moment.js';
import { amount } from './sentences.js';

/** A slot that fills so much of what it may retain deserves a look. */
const WARNING_SHARE = 0.8;
/** With less than this of its limit left, one burst is enough. */
const SAFE_SHARE_MIN = 0.1;

/** What a slot may retain: as configured, else by max_slot_wal_keep_size; null without either. */
export function retainedLimit({ settings, slot, retained_bytes }: SlotEvidence): number | null {
  if (settings.retained_bytes_max !== null) return settings.retained_bytes_max;
  return slot.safe_wal_bytes === null || retained_bytes === null ? null : Math.max(0, slot.safe_wal_bytes + retained_bytes);
}

/** Judges what the slot retains, against its limit and by when it will be lost. */
export function judgeWal(e: SlotEvidence, judgement: Judgement): State {
  const { retained_bytes, settings, slot, look } = e;
  if (isLost(slot)) return judgement.see('breach', look.at, true);
  let state = lossState(e.lost_at, look.at, judgement.state);
  const take = (other: State): void => {
    if (isWorse(other, state)) state = other;
  };
  if (settings.retained_bytes_max !== null && retained_bytes !== null) {
    take(level(retained_bytes, WARNING_SHARE * settings.retained_bytes_max, settings.retained_bytes_max, judgement.state));
  }
  const limit = slot.safe_wal_bytes === null ? null : retainedLimit({ ...e, settings: { ...settings, retained_bytes_max: null } });
  if (limit !== null && slot.safe_wal_bytes !== null && slot.safe_wal_bytes < SAFE_SHARE_MIN * limit) take('warning');
  return judgement.see(state, look.at, (slot.safe_wal_bytes ?? 1) <= 0);
}

/** `wal/<name>`; null for a slot without any limit. */
export function walObjective(view: StreamView, e: SlotEvidence, state: State, history: History): ObjectiveView | null {
  const limit = retainedLimit(e);
  if (limit === null && !isLost(e.slot)) return null;
  return {
    id: `wal/${view.name}`,
    kind: 'wal',
    name: `${view.name} retained WAL`,
    target: limit === null ? 'not lost' : `≤ ${formatQuantity(limit, 'bytes') ?? ''}`,
    now: view.retained_bytes === null ? null : formatQuantity(view.retained_bytes, 'bytes'),
    state,
    detail: detailOf(e, state),
    since: e.memory.walJudgement.since,
    history,
    limit,
    budget: null,
    sentence: sentenceOf(view, e, state, limit),
    screen: 'cdc',
    subject: view.name,
  };
}

function detailOf(e: SlotEvidence, state: State): string {
  if (isLost(e.slot)) return 'slot lost';
  if (e.lost_at !== null && state !== 'ok') return e.lost_at <= e.look.at ? 'may be lost now' : `lost in ${amount(e.lost_at - e.look.at, 'seconds')}`;
  const growth = e.memory.retained_per_second() ?? 0;
  return state === 'ok' || growth < 1024 ? '' : `rising ${amount(growth * 60, 'bytes')}/min`;
}

function sentenceOf(view: StreamView, e: SlotEvidence, state: State, limit: number | null): string {
  if (view.diagnosis === 'lost' || view.diagnosis === 'will-be-lost' || view.diagnosis === 'held-by-transaction') return view.cause;
  const head = `${view.name}: the slot retains ${amount(view.retained_bytes ?? 0, 'bytes')} of ${limit === null ? 'unlimited' : `${amount(limit, 'bytes')} of`} WAL`;
  if (state === 'ok') return head;
  const since = inactiveSince(e);
  if (!e.slot.active) return `${head} and no consumer ${since === null ? 'is connected' : `has been connected since ${momentText(since, e.look.at)}`}; start the consumer, or drop the slot if it is not needed any more`;
  if (view.diagnosis === 'nothing-pending') return `${head} although nothing is pending for it; let its consumer confirm without changes, by a heartbeat`;
  return `${head}; look at its consumer, or raise what it may retain`;
}
