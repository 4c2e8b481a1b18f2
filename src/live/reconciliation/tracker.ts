import type { LiveConfiguration, ReconcilePair } from '../../model/configuration.js';
import { STATES, type EpochSeconds, type ObjectiveView, type ReconciliationView } from '../../model/live.js';
import type { Sample, SampleOf } from '../../probes/index.js';
import { isScheduled } from '../../probes/keys.js';
import { isTimed } from '../../probes/timed-pairs.js';
import { plainText } from '../../text/plain-text.js';
import { formatQuantity } from '../../text/quantity.js';
import { KeysRecord } from './keys-record.js';
import { keysStatusOf } from './keys-status.js';
import { PairRecord, periodView } from './pair-record.js';
import { statusOf, type PairStatus } from './status.js';

/** One configured pair: by business period, by key, by both, or by neither here. */
interface Pair {
  pair: ReconcilePair;
  periods: PairRecord | null;
  keys: KeysRecord | null;
}

/** Differences between the two sides of the configured pairs: seen, confirmed or dropped, and told in words. */
export class ReconciliationTracker {
  readonly #pairs: Pair[];

  constructor(settings: LiveConfiguration) {
    this.#pairs = settings.reconcile.map((pair) => ({
      pair,
      periods: isTimed(pair) ? new PairRecord(pair) : null,
      keys: isScheduled(pair) ? new KeysRecord(pair) : null,
    }));
  }

  /** Takes failures, and passes over samples of other probes, repeated ones and those out of order. Never throws. */
  accept(sample: Sample): void {
    if (sample.probe === 'keys') this.#acceptKeys(sample);
    if (sample.probe === 'reconciliation') this.#acceptPeriods(sample);
  }

  #acceptPeriods(sample: SampleOf<'reconciliation'>): void {
    for (const { periods: record, pair } of this.#pairs) {
      if (record === null || pair.source.store !== sample.store) continue;
      if (sample.failure !== null) {
        record.acceptFailure(sample.at, sentenceOf(`${sample.failure.message}. ${sample.failure.next_step}`));
        continue;
      }
      const pass = sample.payload.pairs.find(({ name }) => name === pair.name);
      if (pass === undefined) continue;
      if (pass.unread !== null) {
        record.acceptFailure(sample.at, sentenceOf(pass.unread));
      } else if (record.accept(pass, sample.at, sample.pace_seconds)) {
        const status = statusOf(record, sample.at);
        record.note(status.state);
        record.history.push(sample.at, status.state === 'unknown' ? null : status.missing_rows + status.extra_rows);
      }
    }
  }

  #acceptKeys(sample: SampleOf<'keys'>): void {
    for (const { keys: record, pair } of this.#pairs) {
      if (record === null || pair.source.store !== sample.store) continue;
      if (sample.failure !== null) record.acceptFailure(sample.at, sentenceOf(`${sample.failure.message}. ${sample.failure.next_step}`));
      const entry = sample.payload?.pairs.find(({ name }) => name === pair.name);
      if (entry !== undefined) record.accept(entry, sample.at, sample.pace_seconds);
    }
  }

  /** One for each configured pair, in the order of the configuration. */
  view(now: EpochSeconds): ReconciliationView[] {
    return this.#pairs.map((one) => {
      const { pair, periods: record, keys } = one;
      const { state, detail, cause, missing_rows, extra_rows, late_rows } = standingOf(one, now);
      const periods = record?.periods(now).map(periodView) ?? [];
      const pass = record !== null && !record.isStale(now) ? record.pass : null;
      const report = keys !== null && !keys.isStale(now) ? keys.report : null;
      const total = (side: 'source_rows' | 'target_rows') => (pass === null ? null : periods.reduce((sum, period) => sum + (period[side] ?? 0), 0));
      return {
        name: plainText(pair.name, 60),
        source: plainText(`${pair.source.store} ${pair.source.relation}`, 120),
        target: plainText(`${pair.target.store} ${pair.target.relation}`, 120),
        method: methodOf(one),
        as_of: pass === null ? (report?.as_of ?? null) : pass.as_of,
        source_rows: record === null ? (report?.source.rows ?? null) : total('source_rows'),
        target_rows: record === null ? (report?.target.rows ?? null) : total('target_rows'),
        missing_rows,
        extra_rows,
        late_rows,
        state,
        detail,
        cause: cause(),
        took_ms: record === null ? (report?.took_ms ?? null) : (pass?.took_ms ?? null),
        periods,
        passes: [...(record?.passes ?? keys?.states ?? [])],
        ...(keys === null ? {} : { keys: keys.view(now) }),
      };
    });
  }

  /** Of the pairs that something looks at. */
  objectives(now: EpochSeconds): ObjectiveView[] {
    return this.#pairs.flatMap((one) => {
      const { pair, periods, keys } = one;
      if (periods === null && keys === null) return [];
      const status = standingOf(one, now);
      const name = plainText(pair.name, 60);
      return [
        {
          id: `reconciliation/${name}`,
          kind: 'reconciliation',
          name,
          target: periods === null ? '= 0 keys' : pair.tolerance_ratio === 0 ? '= 0 rows' : `≤ ${formatQuantity(pair.tolerance_ratio, 'share') ?? ''} apart`,
          now: status.now,
          state: status.state,
          detail: status.detail,
          since: null,
          history: (periods ?? keys)?.history ?? null,
          limit: null,
          budget: null,
          sentence: status.cause(),
          screen: 'reconciliation',
          subject: name,
        },
      ];
    });
  }
}

function methodOf({ pair, periods, keys }: Pair): string {
  const counts = periods === null ? [] : [`${pair.sums.length === 0 ? 'counts' : 'counts and sums'} by ${pair.period}`];
  const compared = keys === null ? [] : [`keys every ${formatQuantity(keys.pair.every_seconds, 'seconds') ?? ''}`];
  return [...counts, ...compared].join(', ') || 'by tidemark reconcile only';
}

/** The worse of what periods and keys say; of two that are alike bad, keys tell more. */
function standingOf({ pair, periods, keys }: Pair, now: EpochSeconds): PairStatus {
  const [byPeriod, byKey] = [periods === null ? null : statusOf(periods, now), keys === null ? null : keysStatusOf(keys, now)];
  if (byPeriod === null || byKey === null) return byPeriod ?? byKey ?? unwatched(pair);
  // Before the first pass, which may take hours, periods tell what is known.
  const leads = keys?.report !== null && STATES.indexOf(byKey.state) <= STATES.indexOf(byPeriod.state) ? byKey : byPeriod;
  if (leads.state !== 'ok' || keys?.report == null) return leads === byKey ? { ...numbersOf(byPeriod, byKey), ...worded(byKey) } : byPeriod;
  const cause = (): string => `${byPeriod.cause()}; ${byKey.cause().replace(/^[^:]*: /, '')}`;
  return { ...byPeriod, detail: byKey.detail === '' ? byPeriod.detail : byKey.detail, cause };
}

function worded({ state, detail, cause, now }: PairStatus): Pick<PairStatus, 'state' | 'detail' | 'cause' | 'now'> {
  return { state, detail, cause, now };
}

function numbersOf(a: PairStatus, b: PairStatus): Pick<PairStatus, 'missing_rows' | 'extra_rows' | 'late_rows'> {
  const larger = (name: 'missing_rows' | 'extra_rows' | 'late_rows'): number => Math.max(a[name], b[name]);
  return { missing_rows: larger('missing_rows'), extra_rows: larger('extra_rows'), late_rows: larger('late_rows') };
}

function unwatched(pair: ReconcilePair): PairStatus {
  const cause = (): string => `${plainText(pair.name, 60)}: no watch compares it, as it has no time_column on both sides and no every: give it one of them, or run tidemark reconcile`;
  return { state: 'unknown', detail: 'not watched', cause, now: null, missing_rows: 0, extra_rows: 0, late_rows: 0 };
}

function sentenceOf(message: string): string {
  return plainText(message, 400).replace(/\.$/, '');
}
