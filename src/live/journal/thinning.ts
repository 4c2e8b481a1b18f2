import type { EpochSeconds } from '../../model/live.js';
import { readFrame } from './format.js';
import { SEGMENT_SECONDS_MAX } from './segment-name.js';

/** By age: what is older keeps one good sample of each probe and store in so many seconds. */
const STEPS = [
  { older_than_seconds: 86_400, step_seconds: 60 },
  { older_than_seconds: 3_600, step_seconds: 10 },
] as const;

/** How far the samples of a segment are to be thinned now; 0 for not at all. */
export function stepFor(started_at: EpochSeconds, now: EpochSeconds): number {
  const age_seconds = now - started_at - SEGMENT_SECONDS_MAX;
  return STEPS.find(({ older_than_seconds }) => age_seconds > older_than_seconds)?.step_seconds ?? 0;
}

/**
 * Decides line by line what stays: every failure and the answer that ended it, one good sample of each probe and store in
 * `step_seconds`, what is not looked at more often than that anyway, and what was fetched once and is not in any later sample (texts
 * of statements).
 */
export class Thinner {
  readonly #last = new Map<string, { step: number; failed: boolean }>();

  constructor(private readonly step_seconds: number) {}

  keeps(line: string): boolean {
    const frame = readFrame(line);
    if (frame === null) return false;
    if (this.step_seconds === 0 || frame.pace_seconds >= this.step_seconds) return true;
    const key = JSON.stringify([frame.probe, frame.store]);
    const step = Math.floor(frame.at / this.step_seconds);
    const last = this.#last.get(key);
    const isFirst = last === undefined || last.failed || last.step !== step;
    const stays = frame.failed || isFirst || holdsTexts(frame.payload);
    if (stays) this.#last.set(key, { step: frame.failed ? (last?.step ?? Number.NEGATIVE_INFINITY) : step, failed: frame.failed });
    return stays;
  }
}

function holdsTexts(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'texts' in payload && Array.isArray(payload.texts) && payload.texts.length > 0;
}
