import type { EpochSeconds } from '../model/live.js';

/** A look at the open period after the watermark has passed the last one judges it; the second confirms. */
const LOOKS_TO_JUDGE = 2;
const MARGIN_SECONDS = 1;

/**
 * Where both sides are cut, from pass to pass. The cut stands still until what lies below it has been judged: a period that is
 * cut elsewhere at each pass would be another one each time, and never be confirmed.
 */
export class HeldCut {
  #at: EpochSeconds | null = null;
  /** Server time of the source after the last look; the watermark must pass it before there is another one. */
  #fence: EpochSeconds | null = null;
  #looks = 0;

  /** The cut of this pass. @param wanted for its watermark; null without one. */
  move(wanted: EpochSeconds | null, watermark: EpochSeconds | null): EpochSeconds | null {
    const standing = this.#at;
    if (wanted === null || standing === null || wanted < standing || (wanted > standing && this.#looks >= LOOKS_TO_JUDGE)) {
      if (wanted !== standing) {
        this.#fence = null;
        this.#looks = 0;
      }
      this.#at = wanted;
    } else if (this.#isPassed(watermark)) this.#looks += 1;
    return this.#at;
  }

  /** @param equal whether the open period is: then it needs no further look. */
  note(equal: boolean, watermark: EpochSeconds | null, source_read_at: EpochSeconds): void {
    if (equal) this.#looks = LOOKS_TO_JUDGE;
    if (this.#fence === null || this.#isPassed(watermark)) this.#fence = source_read_at;
  }

  #isPassed(watermark: EpochSeconds | null): boolean {
    return watermark !== null && this.#fence !== null && watermark >= this.#fence + MARGIN_SECONDS;
  }
}
