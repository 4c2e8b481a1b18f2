import type { Rhythm } from '../../model/workload.js';
import type { Extent } from './extent.js';
import type { Verdict } from './verdict.js';

/** Below it a rhythm is a guess. */
const SURE = 0.6;
const MOVE = 0.05;
/** Applications poll faster than reports are refreshed. */
const REFRESH_SECONDS_MIN = 30;

/** Work over whole tables by the clock is a report or a load; what a key reaches is as operational at every full minute. */
export function settleByRhythm(verdict: Verdict, rhythm: Rhythm | null, extent: Extent): Verdict {
  if (rhythm === null || rhythm.period_seconds === null || rhythm.confidence < SURE) return verdict;
  const reasons = [...verdict.reasons, rhythm.words];
  if (verdict.class === 'analytical') return { ...verdict, confidence: Math.min(0.99, verdict.confidence + MOVE), reasons };
  if (verdict.class !== 'mixed' || extent.computations.length === 0 || rhythm.period_seconds < REFRESH_SECONDS_MIN) return verdict;
  return { class: 'analytical', confidence: 0.6, reasons };
}
