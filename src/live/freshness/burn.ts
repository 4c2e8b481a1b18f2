import type { EpochSeconds } from '../../model/live.js';
import type { ErrorBudget } from './budget.js';

const MINUTE = 60;
const HOUR = 3600;
const COVERAGE_MIN = 0.5;
/** A rule is over when its short window has been below half the factor for two short windows: one late refresh in twenty would else sound again and again. */
const CALM_FACTOR = 0.5;
const CALM_WINDOWS = 2;

export interface BurnRule {
  long_seconds: number;
  short_seconds: number;
  factor: number;
  severity: 'page' | 'ticket';
}

/** Google, The Site Reliability Workbook (2018), chapter 5, table 5-8, and its rule of three days. */
export const RULES: readonly BurnRule[] = [
  { long_seconds: HOUR, short_seconds: 5 * MINUTE, factor: 14.4, severity: 'page' },
  { long_seconds: 6 * HOUR, short_seconds: 30 * MINUTE, factor: 6, severity: 'page' },
  { long_seconds: 24 * HOUR, short_seconds: 2 * HOUR, factor: 3, severity: 'ticket' },
  { long_seconds: 72 * HOUR, short_seconds: 6 * HOUR, factor: 1, severity: 'ticket' },
];

export interface Burning {
  rule: BurnRule;
  since: EpochSeconds;
}

interface Standing extends Burning {
  /** Since when the short window is calm; null while it is not. */
  calm_since: EpochSeconds | null;
}

/** Whether a budget is being spent too fast, by long and short windows together. */
export class BurnAlarm {
  readonly #rules: readonly BurnRule[];
  readonly #standing = new Map<BurnRule, Standing>();

  constructor(private readonly budget: ErrorBudget) {
    this.#rules = RULES.filter(({ long_seconds }) => long_seconds <= budget.objective.window_seconds);
  }

  /** `late`: the data is later than promised at this moment. An alarm does not begin after the trouble is over. */
  look(at: EpochSeconds, late: boolean): void {
    for (const rule of this.#rules) {
      const standing = this.#standing.get(rule);
      if (standing !== undefined) this.#calm(standing, at);
      else if (late && this.#burns(rule, at)) this.#standing.set(rule, { rule, since: at, calm_since: null });
    }
  }

  /** The gravest that stands: pages before tickets, fast before slow. */
  burning(): Burning | null {
    const rule = this.#rules.find((each) => this.#standing.has(each));
    return rule === undefined ? null : (this.#standing.get(rule) ?? null);
  }

  #burns({ long_seconds, short_seconds, factor }: BurnRule, at: EpochSeconds): boolean {
    if (this.budget.last(at, long_seconds).coverage <= COVERAGE_MIN) return false;
    return (this.budget.burn(at, long_seconds) ?? 0) >= factor && (this.budget.burn(at, short_seconds) ?? 0) >= factor;
  }

  #calm(standing: Standing, at: EpochSeconds): void {
    const { rule } = standing;
    const burn = this.budget.burn(at, rule.short_seconds);
    // Time that was not looked at is no proof of calm.
    if (burn === null || burn >= rule.factor * CALM_FACTOR) standing.calm_since = null;
    else standing.calm_since ??= at;
    if (standing.calm_since !== null && at - standing.calm_since >= CALM_WINDOWS * rule.short_seconds) this.#standing.delete(rule);
  }
}
