import type { ReconcilePair } from '../../model/configuration.js';
import type { PairReport, PeriodSummary } from '../../model/reconciliation.js';
import { plainText } from '../../text/plain-text.js';
import type { PairPlan } from '../keys/types.js';
import { watermarkReading } from '../position.js';
import type { PairProblem } from '../problem.js';
import { countsOf, nextStepOf, notesOf, stateOf, type Judged } from './notes.js';

export interface Findings {
  judged: Judged;
  periods: PeriodSummary[];
  buckets: PairReport['buckets'];
  /** What could not be read after the pass; one line each. What is left then is not equal. */
  failures: readonly string[];
  /** Further lines of the run. */
  notes: readonly string[];
}

/** What a report says whatever was found. */
export type Frame = Pick<PairReport, 'source' | 'target' | 'began_at' | 'took_ms' | 'resumed'>;

/** A pair whose keys were compared. */
export function keyReport({ judged, periods, buckets, failures, notes }: Findings, frame: Frame, list_max: number): PairReport {
  const { plan, watermark, differences } = judged;
  const found = stateOf(judged);
  const state = failures.length > 0 && found !== 'differs' ? 'undetermined' : found;
  const listed = differences.slice(0, list_max);
  return {
    ...planned(plan),
    ...frame,
    state,
    watermark: watermarkReading(watermark),
    as_of: watermark.at === null ? null : Math.min(watermark.at, judged.source_read_at),
    periods,
    buckets,
    counts: countsOf(differences),
    differences: listed,
    unlisted: differences.length - listed.length,
    ...(judged.more.at_least > 0 || judged.more.about > 0 ? { more_keys: judged.more } : {}),
    notes: [...failures, ...notesOf(judged), ...notes, ...plan.notes],
    next_step: failures.length > 0 && found !== 'differs' ? 'Run it again: what was seen is remembered.' : nextStepOf(found, judged),
  };
}

/** What the plan alone says of a pair. */
function planned(plan: PairPlan): Pick<PairReport, 'name' | 'key' | 'columns' | 'left_out'> {
  return {
    name: plan.pair.name,
    key: plan.key.map(({ source }) => source),
    columns: plan.columns.map(({ source, target, text }) => ({ source, target, form: text })),
    left_out: plan.leftOut,
  };
}

/** A pair that could not be compared, with what is known of it. */
export function undeterminedReport(
  { name }: ReconcilePair,
  plan: PairPlan | null,
  { problem, notes, periods, watermark }: { problem: PairProblem; notes: readonly string[]; periods: PeriodSummary[]; watermark: Judged['watermark'] },
  frame: Frame,
): PairReport {
  return {
    ...(plan === null ? { name, key: [], columns: [], left_out: [] } : planned(plan)),
    ...frame,
    state: 'undetermined',
    watermark: watermarkReading(watermark),
    as_of: null,
    periods,
    buckets: null,
    counts: [],
    differences: [],
    unlisted: 0,
    notes: [problem.message, ...notes],
    next_step: problem.nextStep,
  };
}

/** A pair of which only counts and sums by period were read. */
export function countReport(plan: PairPlan, level: { periods: PeriodSummary[]; notes: readonly string[] }, watermark: Judged['watermark'], frame: Frame): PairReport {
  const judgedPeriods = level.periods.filter(({ late }) => !late);
  const differ = judgedPeriods.some(({ equal }) => !equal);
  const state = judgedPeriods.length === 0 ? 'undetermined' : differ ? 'differs' : 'equal';
  return {
    ...planned(plan),
    ...frame,
    state: differ && watermark.from === 'none' ? 'unconfirmed' : state,
    watermark: watermarkReading(watermark),
    as_of: watermark.at,
    periods: level.periods,
    buckets: null,
    counts: [],
    differences: [],
    unlisted: 0,
    notes: [...(level.periods.length === 0 && level.notes.length === 0 ? ['the pair names no business time on both sides, so there are no periods to count'] : []), ...level.notes],
    next_step: differ ? `tidemark reconcile ${plainText(plan.pair.name, 60)} tells which keys differ.` : level.periods.length === 0 ? 'Name time_column on both sides, or compare keys (--level keys).' : null,
  };
}
