import type { LiveConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, ObjectiveView, ReconciliationView } from '../../model/live.js';
import type { Sample } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import { formatQuantity } from '../../text/quantity.js';
import { PairRecord, periodView } from './pair-record.js';
import { statusOf } from './status.js';

/** Differences between the two sides of the configured pairs: seen, confirmed or dropped, and told in words. */
export class ReconciliationTracker {
  readonly #records: PairRecord[];

  constructor(settings: LiveConfiguration) {
    this.#records = settings.reconcile.map((pair) => new PairRecord(pair));
  }

  /** Takes failures, and passes over samples of other probes, repeated ones and those out of order. Never throws. */
  accept(sample: Sample): void {
    if (sample.probe !== 'reconciliation') return;
    const records = this.#records.filter(({ pair }) => pair.source.store === sample.store);
    for (const record of records) {
      if (sample.failure !== null) {
        record.acceptFailure(sample.at, sentenceOf(`${sample.failure.message}. ${sample.failure.next_step}`));
        continue;
      }
      const pass = sample.payload.pairs.find(({ name }) => name === record.pair.name);
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

  /** One for each configured pair, in the order of the configuration. */
  view(now: EpochSeconds): ReconciliationView[] {
    return this.#records.map((record) => {
      const { pair, pass } = record;
      const known = pass !== null && !record.isStale(now);
      const { state, detail, cause, missing_rows, extra_rows, late_rows } = statusOf(record, now);
      const periods = record.periods(now).map(periodView);
      const total = (side: 'source_rows' | 'target_rows') => (known ? periods.reduce((sum, period) => sum + (period[side] ?? 0), 0) : null);
      return {
        name: plainText(pair.name, 60),
        source: plainText(`${pair.source.store} ${pair.source.relation}`, 120),
        target: plainText(`${pair.target.store} ${pair.target.relation}`, 120),
        method: `${pair.sums.length === 0 ? 'counts' : 'counts and sums'} by ${pair.period}`,
        as_of: known ? pass.as_of : null,
        source_rows: total('source_rows'),
        target_rows: total('target_rows'),
        missing_rows,
        extra_rows,
        late_rows,
        state,
        detail,
        cause: cause(),
        took_ms: known ? pass.took_ms : null,
        periods,
        passes: [...record.passes],
      };
    });
  }

  objectives(now: EpochSeconds): ObjectiveView[] {
    return this.#records.map((record) => {
      const { pair } = record;
      const status = statusOf(record, now);
      const name = plainText(pair.name, 60);
      return {
        id: `reconciliation/${name}`,
        kind: 'reconciliation',
        name,
        target: pair.tolerance_ratio === 0 ? '= 0 rows' : `≤ ${formatQuantity(pair.tolerance_ratio, 'share') ?? ''} apart`,
        now: status.now,
        state: status.state,
        detail: status.detail,
        since: null,
        history: record.history,
        limit: null,
        budget: null,
        sentence: status.cause(),
        screen: 'reconciliation',
        subject: name,
      };
    });
  }
}

function sentenceOf(message: string): string {
  return plainText(message, 400).replace(/\.$/, '');
}
