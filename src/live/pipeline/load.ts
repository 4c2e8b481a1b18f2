import type { EpochSeconds, PipelineView } from '../../model/live.js';
import type { PipelineRun } from '../../probes/pipeline-runs.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { Feed } from '../freshness/feed.js';
import { median } from '../freshness/quantile.js';
import { duration, utcTime } from '../freshness/words.js';
import { Series } from '../series.js';
import { validity_seconds } from '../staleness.js';
import { Cadence } from './cadence.js';
import { statusMeaning } from '../../probes/warehouse/status-word.js';
import { durationOf, outcomesOf, type Outcome } from './outcome.js';
import { type Charge, type Verdict, verdictOf } from './verdict.js';
import { covers, joinOf } from './watermark-text.js';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const RUNS_MIN = 5;
const LONG_FACTOR = 3;
const LONG_SECONDS = 300;
/** Where gaps are the rule, low and high do not mean what they say: the batch's own smallest and largest, for instance. */
const GAP_SHARE_MAX = 0.2;
/** More rows without a dimension member than this share of the batch, or than twice the usual and ten more. */
const UNKNOWN_SHARE_MAX = 0.01;
const UNKNOWN_FACTOR = 2;
const UNKNOWN_ROWS = 10;

/** The loads of one pipeline, as its control table records them. */
export class Load {
  readonly history = new Series();
  readonly #cadence = new Cadence();
  /** Newest first; then those that ended, and those that ended well. */
  #runs: readonly PipelineRun[] = [];
  #finished: readonly PipelineRun[] = [];
  #outcomes: ReadonlyMap<PipelineRun, Outcome> = new Map();
  #succeeded: readonly PipelineRun[] = [];
  #joins: Joins = { pairs: 0, gaps: [], overlaps: 0 };
  #looked_at: EpochSeconds = 0;
  #failed_24h = 0;
  #pushed_at: EpochSeconds = -Infinity;
  #relation = '';

  constructor(
    readonly key: string,
    readonly name: string,
    readonly feed: Feed,
  ) {}

  /** `runs` in any order. */
  accept(runs: readonly PipelineRun[], { looked_at, failed_24h, relation }: { looked_at: EpochSeconds; failed_24h: number; relation: string }): void {
    this.#runs = [...runs].sort((a, b) => b.started_at - a.started_at);
    this.#looked_at = looked_at;
    this.#failed_24h = failed_24h;
    this.#relation = plainText(relation, 80);
    for (const { started_at } of this.#runs.toReversed()) this.#cadence.start(started_at);
    const outcomes = outcomesOf(this.#runs);
    this.#outcomes = outcomes;
    // A run that had nothing to do says neither that loading works nor that it does not.
    this.#finished = this.#runs.filter((run) => outcomes.get(run) !== 'running' && outcomes.get(run) !== 'skipped');
    this.#succeeded = this.#runs.filter((run) => outcomes.get(run) === 'succeeded');
    this.#joins = joinsOf(this.#succeeded);
    const ended = this.#runs.filter((run) => run.finished_at !== null && run.finished_at > this.#pushed_at);
    for (const run of ended.sort((a, b) => (a.finished_at ?? 0) - (b.finished_at ?? 0))) {
      this.#pushed_at = run.finished_at ?? this.#pushed_at;
      this.history.push(this.#pushed_at, durationOf(run));
    }
  }

  /** True when its last finished run succeeded. */
  get succeeds(): boolean {
    return this.#finished[0] !== undefined && this.#finished[0] === this.#succeeded[0];
  }

  verdict(now: EpochSeconds): Verdict {
    const name = plainText(this.name, 80);
    const silence = this.feed.silence(now);
    if (silence !== null) return { state: 'unknown', detail: '', cause: `${name}: ${silence}` };
    const [newest] = this.#runs;
    if (newest === undefined) return { state: 'unknown', detail: '', cause: `${name}: ${this.#relation} has no run of it` };
    // What a copy of the store does not show yet may have happened.
    const at = now - this.#looked_at <= validity_seconds(this.feed.pace_seconds) ? now : this.#looked_at;
    const charges = [this.#failing(at), this.#unclear(at), this.#slow(newest, at), this.#overdue(newest, at), ...this.#rows(at), this.#gap(at)].filter((charge) => charge !== null);
    return verdictOf(name, charges, this.#fine(newest, at));
  }

  view(now: EpochSeconds): PipelineView {
    const { state, detail, cause } = this.verdict(now);
    const silent = this.feed.silence(now) !== null;
    const newest = silent ? undefined : this.#runs[0];
    const finished = silent ? undefined : this.#finished[0];
    const running = newest !== undefined && this.#isRunning(newest);
    return {
      name: plainText(this.name),
      store: this.feed.store,
      state,
      detail,
      cause,
      last_started_at: newest?.started_at ?? null,
      last_status: newest === undefined ? null : plainText(newest.status, 40),
      duration_seconds: newest === undefined ? null : running ? Math.max(0, now - newest.started_at) : durationOf(newest),
      duration_median_seconds: this.#usualDuration(newest),
      rows_read: finished?.rows_read ?? null,
      rows_rejected: finished?.rows_rejected ?? null,
      unknown_dimension_rows: finished?.unknown_dimension_rows ?? null,
      failed_runs_24h: this.#failed_24h,
      history: this.history,
    };
  }

  /** Of the succeeded runs before `than`. */
  #usualDuration(than: PipelineRun | undefined): number | null {
    if (than === undefined) return null;
    const before = this.#succeeded.filter((run) => run.started_at < than.started_at);
    return median(before.map(durationOf).filter((seconds) => seconds !== null));
  }

  /** One failure in a pipeline that tries again soon is a warning. */
  #failing(now: EpochSeconds): Charge | null {
    const [good] = this.#succeeded;
    const since = good === undefined ? this.#finished : this.#finished.slice(0, this.#finished.indexOf(good));
    const failed = since.filter((run) => this.#outcomes.get(run) === 'failed');
    const first = failed.at(-1);
    if (first === undefined) return null;
    const retries = (this.#cadence.usual_seconds() ?? Infinity) < HOUR_SECONDS || this.#runs[0] !== failed[0];
    const runs = failed.length === 1 ? 'its last run' : `its last ${failed.length} runs`;
    return {
      state: failed.length === 1 && retries ? 'warning' : 'breach',
      detail: failed.length === 1 ? 'failed' : `failed ${failed.length} times`,
      text: `${runs} failed${failed.length === 1 ? '' : ', the first'} at ${utcTime(first.started_at, now)}; read the error in ${this.#relation}`,
    };
  }

  /** Its last run ended with a word that is neither success nor failure. */
  #unclear(now: EpochSeconds): Charge | null {
    const [last] = this.#finished;
    if (last === undefined || this.#outcomes.get(last) !== 'unclear') return null;
    const word = plainText(last.status, 40);
    const what = statusMeaning(last.status) === 'partial' ? '' : ', which says neither that it succeeded nor that it failed';
    return {
      state: 'warning',
      detail: word === '' ? 'no status' : `says ${word}`,
      text: `its run of ${utcTime(last.started_at, now)} ended ${word === '' ? 'without a status' : `with ${word}`}${what}; look at what it loaded`,
    };
  }

  #slow(newest: PipelineRun, now: EpochSeconds): Charge | null {
    const usual = this.#usualDuration(newest);
    if (!this.#isRunning(newest) || usual === null || this.#succeeded.length < RUNS_MIN) return null;
    const seconds = now - newest.started_at;
    if (seconds <= usual * LONG_FACTOR || seconds <= usual + LONG_SECONDS) return null;
    return {
      state: 'warning',
      detail: `running ${duration(seconds)}`,
      text: `it has been running for ${duration(seconds)} where ${duration(usual)} are usual; look at what it waits for`,
    };
  }

  #overdue(newest: PipelineRun, now: EpochSeconds): Charge | null {
    if (this.#isRunning(newest) || !this.#cadence.isOverdue(now)) return null;
    const usual = this.#cadence.usual_seconds() ?? 0;
    return {
      state: 'warning',
      detail: `not started for ${duration(now - newest.started_at)}`,
      text: `it has not started since ${utcTime(newest.started_at, now)} (${duration(now - newest.started_at)}), its pauses are up to ${duration(usual)}; look at its scheduler`,
    };
  }

  #rows(now: EpochSeconds): Charge[] {
    const [last, ...earlier] = this.#succeeded;
    if (last === undefined) return [];
    const when = utcTime(last.started_at, now);
    const charges: Charge[] = [];
    if ((last.duplicate_rows ?? 0) > 0) {
      const rows = count(last.duplicate_rows ?? 0, 'duplicate row');
      charges.push({ state: 'breach', detail: rows, text: `its run of ${when} loaded ${rows}; look at the key by which it tells events apart` });
    }
    if ((last.rows_rejected ?? 0) > 0) {
      const rejected = last.rows_rejected ?? 0;
      const of = last.rows_read === null || last.rows_read === 0 ? '' : ` (${formatQuantity(rejected / last.rows_read, 'share') ?? ''} of what it read)`;
      charges.push({ state: 'warning', detail: `${count(rejected, 'row')} rejected`, text: `its run of ${when} rejected ${count(rejected, 'row')}${of}; look at what it rejects, the facts lack it` });
    }
    const usual = median(earlier.flatMap((run) => run.unknown_dimension_rows ?? [])) ?? 0;
    const unknown = last.unknown_dimension_rows ?? 0;
    const many = unknown > UNKNOWN_SHARE_MAX * (last.rows_read ?? Infinity) || usual === 0 || unknown > usual * UNKNOWN_FACTOR + UNKNOWN_ROWS;
    if (unknown > usual && many) {
      charges.push({
        state: 'warning',
        detail: `${count(unknown, 'row')} without dimension`,
        text: `its run of ${when} loaded ${count(unknown, 'row')} with an unknown dimension member, usually ${formatQuantity(usual, 'count') ?? '0'}; look at dimensions that load late`,
      });
    }
    return charges;
  }

  /** Of the last day, where gaps are the exception and no later run has closed them. */
  #gap(now: EpochSeconds): Charge | null {
    const { pairs, gaps } = this.#joins;
    if (gaps.length === 0 || gaps.length > pairs * GAP_SHARE_MAX) return null;
    const open = gaps.find(({ before, after }) => after.started_at > now - DAY_SECONDS && !this.#succeeded.some((run) => run.started_at > after.started_at && covers(run, before, after)));
    if (open === undefined) return null;
    return {
      state: 'warning',
      detail: 'gap between runs',
      text: `its run of ${utcTime(open.after.started_at, now)} began after the place where the run of ${utcTime(open.before.started_at, now)} had ended; load what lies between again`,
    };
  }

  #isRunning(run: PipelineRun): boolean {
    return this.#outcomes.get(run) === 'running';
  }

  /** What is seen when nothing is wrong, and what is odd but no harm. */
  #fine(newest: PipelineRun, now: EpochSeconds): string {
    const [last] = this.#succeeded;
    if (last === undefined) return `its first run began at ${utcTime(newest.started_at, now)}`;
    const took = durationOf(last);
    const read = last.rows_read === null ? '' : ` and read ${count(last.rows_read, 'row')}`;
    const { pairs, gaps, overlaps } = this.#joins;
    const notes = [
      isUneven(last) ? 'rows read are not those inserted, updated and rejected, which updates without a change explain' : null,
      gaps.length > 0 && gaps.length > pairs * GAP_SHARE_MAX ? `its watermarks do not join in ${gaps.length} of ${pairs} runs, so gaps are not judged` : null,
      overlaps > 0 ? `${overlaps} of ${pairs} runs loaded a part again` : null,
    ].filter((note) => note !== null);
    return [`its run of ${utcTime(last.started_at, now)}${took === null ? '' : ` took ${duration(took)}`}${read}`, ...notes].join('; ');
  }
}

interface Joins {
  /** That could be compared. */
  pairs: number;
  gaps: { before: PipelineRun; after: PipelineRun }[];
  overlaps: number;
}

/** How runs that succeeded one after another follow each other; newest first. */
function joinsOf(succeeded: readonly PipelineRun[]): Joins {
  const joins: Joins = { pairs: 0, gaps: [], overlaps: 0 };
  for (const [index, before] of succeeded.slice(1).entries()) {
    const after = succeeded[index] ?? before;
    const join = joinOf(before, after);
    if (join !== 'unknown') joins.pairs += 1;
    if (join === 'gap') joins.gaps.push({ before, after });
    if (join === 'overlap') joins.overlaps += 1;
  }
  return joins;
}

function isUneven({ rows_read, rows_inserted, rows_updated, rows_rejected }: PipelineRun): boolean {
  return rows_read !== null && rows_inserted !== null && rows_read !== rows_inserted + (rows_updated ?? 0) + (rows_rejected ?? 0);
}
