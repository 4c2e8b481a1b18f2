import type { LiveConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, LongTransactionView, ObjectiveView, StatementView, WorkloadView } from '../../model/live.js';
import type { PayloadOf, Sample } from '../../probes/index.js';
import { count } from '../../text/quantity.js';
import { Series, SHORT } from '../series.js';
import { isStale } from '../staleness.js';
import { Recognition } from './recognition.js';
import { transactionObjective, workloadObjectives } from './objectives.js';
import { keyText, type StatementKey, type Work, WorkWindow } from './window.js';

/** A screen shows no more, and the rest is in the totals. */
const STATEMENTS_MAX = 500;
/** Part of the work that may be unrecognised before the share of the rest says nothing, as in an audit. */
const UNKNOWN_SHARE_MAX = 0.05;
/** Histories are kept for statements that were among the costliest lately. */
const HISTORIES_MAX = 1_000;

interface StoreWork {
  window: WorkWindow;
  at: EpochSeconds;
  pace_seconds: number;
  failure: string | null;
  first_seen: Map<string, EpochSeconds>;
  texts: Map<string, string>;
  histories: Map<string, Series>;
  share: Series;
}

interface StoreActivity {
  at: EpochSeconds;
  pace_seconds: number;
  payload: PayloadOf<'activity'> | null;
  failure: string | null;
  oldest: Series;
}

/** What production is working on: costliest statements, the share of analytical work, transactions that stay open. */
export class WorkloadTracker {
  readonly #stores = new Map<string, StoreWork>();
  readonly #activity = new Map<string, StoreActivity>();
  readonly #recognition = new Recognition();

  constructor(
    private readonly settings: LiveConfiguration,
    private readonly audits = true,
  ) {}

  accept(sample: Sample): void {
    if (sample.probe === 'audit' && sample.payload !== null) this.#recognition.accept(sample.payload);
    if (sample.probe === 'statements') this.#acceptStatements(sample);
    if (sample.probe === 'activity') this.#acceptActivity(sample);
  }

  /** Part of the present work that no audit has seen, 0 to 1; what the server hides is none of it, as no audit would see it. */
  unrecognisedShare(now: EpochSeconds): number {
    const works = this.#current(now);
    const total_ms = works.reduce((sum, { sum: work }) => sum + work.total_ms, 0);
    const unrecognised = works.flatMap(({ store, sum }) => [...sum.statements.values()].filter((key) => key.query_id !== null && this.#recognition.of(store, key) === null));
    return total_ms === 0 ? 0 : unrecognised.reduce((sum, { execution_ms }) => sum + execution_ms, 0) / total_ms;
  }

  /** Costliest first. */
  statements(now: EpochSeconds): StatementView[] {
    const views = [...this.#stores].flatMap(([store, work]) => (isStale(work.at, work.pace_seconds, now) || work.failure !== null ? [] : this.#statementsOf(store, work)));
    return views.sort((a, b) => b.cost_ms_per_second - a.cost_ms_per_second).slice(0, STATEMENTS_MAX);
  }

  view(now: EpochSeconds): WorkloadView {
    const works = this.#current(now);
    const totals = works.map(({ store, sum }) => ({ ...this.#shares(store, sum), seconds: sum.seconds, total_ms: sum.total_ms }));
    const total_ms = totals.reduce((sum, part) => sum + part.total_ms, 0);
    const analytical_ms = totals.reduce((sum, part) => sum + part.analytical_ms, 0);
    const known_ms = totals.reduce((sum, part) => sum + part.known_ms, 0);
    return {
      analytical_share: isEnoughKnown(known_ms, total_ms) ? analytical_ms / total_ms : null,
      history: [...this.#stores.values()][0]?.share ?? new Series(SHORT),
      database_ms_per_second: works.length === 0 ? null : works.reduce((sum, { sum: { total_ms: ms, seconds } }) => sum + ms / seconds, 0),
      new_statements: works.reduce((sum, { store, sum: work }) => sum + this.#newOf(store, work).length, 0),
      long_transactions: this.#transactions(now),
      notes: this.#notes(works, totals),
    };
  }

  objectives(now: EpochSeconds): ObjectiveView[] {
    return [
      ...(this.audits ? [...this.#stores] : []).flatMap(([store, work]) => {
        const sum = work.failure === null && !isStale(work.at, work.pace_seconds, now) ? work.window.sum() : null;
        const shares = sum === null ? null : this.#shares(store, sum);
        const fresh = sum === null ? [] : this.#newOf(store, sum);
        const analytical = fresh.filter((key) => this.#recognition.classOf(store, key) === 'analytical');
        const unrecognised = fresh.filter((key) => this.#recognition.of(store, key) === null);
        return workloadObjectives({
          store,
          looked: sum !== null,
          failure: work.failure,
          hasAudit: this.#recognition.hasBaseline,
          analytical_share: sum !== null && shares !== null && isEnoughKnown(shares.known_ms, sum.total_ms) ? shares.analytical_ms / sum.total_ms : null,
          share_max: this.settings.analytical_share_max,
          newAnalytical: analytical.map((key) => this.#recognition.of(store, key)?.origin ?? key.role),
          newUnrecognised: sum === null ? [] : unrecognised.filter((key) => (sum.statements.get(keyText(key))?.execution_ms ?? 0) > UNKNOWN_SHARE_MAX * sum.total_ms).map(({ role }) => role),
          history: work.share,
        });
      }),
      ...[...this.#activity].map(([store, activity]) => {
        const current = activity.failure === null && !isStale(activity.at, activity.pace_seconds, now) ? activity.payload : null;
        return transactionObjective({ store, activity: current, failure: activity.failure, seconds_max: this.settings.transaction_seconds_max, history: activity.oldest });
      }),
    ];
  }

  #acceptStatements(sample: Extract<Sample, { probe: 'statements' }>): void {
    const work = this.#storeWork(sample.store);
    work.at = sample.at;
    work.pace_seconds = sample.pace_seconds;
    work.failure = sample.failure?.message ?? null;
    if (sample.payload === null) return;
    const { payload } = sample;
    work.window.add(sample.at, payload);
    for (const text of payload.texts) if (text.text !== null) work.texts.set(keyText(text), text.text);
    for (const entry of payload.work) {
      if (!entry.entered || entry.query_id === null) continue;
      const key = keyText(entry);
      if (!work.first_seen.has(key)) work.first_seen.set(key, sample.at);
    }
    this.#remember(sample.store, work, payload, sample.at);
  }

  #remember(store: string, work: StoreWork, payload: PayloadOf<'statements'>, at: EpochSeconds): void {
    if (payload.first || payload.over_seconds === 0) return;
    const costliest = [...payload.work].sort((a, b) => b.execution_ms - a.execution_ms).slice(0, STATEMENTS_MAX);
    for (const entry of costliest) {
      const key = keyText(entry);
      const series = work.histories.get(key) ?? new Series(SHORT);
      series.push(at, entry.execution_ms / payload.over_seconds);
      // Last used last, so that the first is the one that matters least.
      work.histories.delete(key);
      work.histories.set(key, series);
    }
    for (const key of work.histories.keys()) {
      if (work.histories.size <= HISTORIES_MAX) break;
      work.histories.delete(key);
      work.texts.delete(key);
    }
    const sum = work.window.sum();
    if (sum === null) return;
    const { known_ms, analytical_ms } = this.#shares(store, sum);
    if (isEnoughKnown(known_ms, sum.total_ms)) work.share.push(at, analytical_ms / sum.total_ms);
  }

  #acceptActivity(sample: Extract<Sample, { probe: 'activity' }>): void {
    const known = this.#activity.get(sample.store);
    const oldest = known?.oldest ?? new Series();
    const { at, pace_seconds, payload } = sample;
    this.#activity.set(sample.store, { at, pace_seconds, payload, failure: sample.failure?.message ?? null, oldest });
    if (payload !== null) oldest.push(at, Math.max(0, ...payload.transactions.map(({ age_seconds }) => age_seconds)));
  }

  #storeWork(store: string): StoreWork {
    const known = this.#stores.get(store);
    if (known !== undefined) return known;
    const fresh: StoreWork = {
      window: new WorkWindow(), at: 0, pace_seconds: 0, failure: null, first_seen: new Map(), texts: new Map(), histories: new Map(), share: new Series(),
    };
    this.#stores.set(store, fresh);
    return fresh;
  }

  #current(now: EpochSeconds): { store: string; sum: Work }[] {
    return [...this.#stores].flatMap(([store, work]) => {
      const sum = work.failure === null && !isStale(work.at, work.pace_seconds, now) ? work.window.sum() : null;
      return sum === null ? [] : [{ store, sum }];
    });
  }

  #shares(store: string, { statements }: Work): { analytical_ms: number; known_ms: number } {
    let analytical_ms = 0;
    let known_ms = 0;
    for (const work of statements.values()) {
      const kind = this.#recognition.classOf(store, work);
      if (kind !== 'unknown') known_ms += work.execution_ms;
      if (kind === 'analytical') analytical_ms += work.execution_ms;
    }
    return { analytical_ms, known_ms };
  }

  #newOf(store: string, { statements }: Work): StatementKey[] {
    return [...statements.values()].filter((key) => this.#recognition.isNew(store, key) === true);
  }

  #statementsOf(store: string, work: StoreWork): StatementView[] {
    const sum = work.window.sum();
    if (sum === null) return [];
    return [...sum.statements].map(([key, { role, query_id, toplevel, calls, execution_ms }]) => {
      const recognised = this.#recognition.of(store, { role, query_id, toplevel });
      return {
        store,
        role,
        query_id,
        origin: recognised?.origin ?? role,
        owner: recognised?.owner ?? null,
        class: recognised?.class ?? 'unknown',
        calls_per_second: calls / sum.seconds,
        mean_ms: calls === 0 ? null : execution_ms / calls,
        cost_ms_per_second: execution_ms / sum.seconds,
        share: sum.total_ms === 0 ? 0 : execution_ms / sum.total_ms,
        is_new: this.#recognition.isNew(store, { role, query_id, toplevel }) ?? false,
        first_seen_at: work.first_seen.get(key) ?? null,
        text: work.texts.get(key) ?? null,
        history: work.histories.get(key) ?? new Series(SHORT),
        finding: recognised?.finding ?? null,
      };
    });
  }

  #transactions(now: EpochSeconds): LongTransactionView[] {
    return [...this.#activity]
      .flatMap(([store, { at, pace_seconds, payload }]) =>
        isStale(at, pace_seconds, now) || payload === null
          ? []
          : payload.transactions.map((transaction) => ({
              pid: transaction.pid,
              store,
              role: transaction.role,
              application: transaction.application_name,
              age_seconds: transaction.age_seconds,
              session_state: transaction.session_state,
              holds_back_vacuum: transaction.holds_xmin,
            })),
      )
      .sort((a, b) => b.age_seconds - a.age_seconds);
  }

  #notes(works: readonly { sum: Work }[], totals: readonly { known_ms: number; total_ms: number }[]): string[] {
    const unknown = totals.reduce((sum, { known_ms, total_ms }) => sum + total_ms - known_ms, 0);
    const total = totals.reduce((sum, { total_ms }) => sum + total_ms, 0);
    const hidden = works.reduce((sum, { sum: { statements } }) => sum + [...statements.values()].filter(({ query_id }) => query_id === null).length, 0);
    return [
      ...(works.some(({ sum }) => sum.incomplete) ? ['entries were evicted or reset meanwhile: the numbers are lower bounds'] : []),
      ...(total > 0 && unknown / total > UNKNOWN_SHARE_MAX ? [`${Math.round((100 * unknown) / total)} % of the work is not recognised yet`] : []),
      ...(hidden > 0 ? [`the statements of ${count(hidden, 'role')} are hidden: GRANT pg_read_all_stats shows them`] : []),
    ];
  }
}

/** False where what is not recognised could be all the other way. */
function isEnoughKnown(known_ms: number, total_ms: number): boolean {
  return total_ms > 0 && total_ms - known_ms <= UNKNOWN_SHARE_MAX * total_ms;
}
