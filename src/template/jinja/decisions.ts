import type { Doubt } from './runtime.js';

/** How conditions that only the running tool knows come out in one rendering: equal ones equally. */
export class Decisions {
  /** The conditions that were asked for, with what each came out as, before `not`. */
  readonly asked = new Map<string, boolean>();

  /**
   * @param choices what was chosen for this rendering
   * @param isMaximal true where a condition holds as it is asked first; else each is what it is untouched
   */
  constructor(
    readonly choices: ReadonlyMap<string, boolean>,
    readonly isMaximal: boolean,
  ) {}

  decide({ key, untouched, isNegated }: Doubt): boolean {
    const value = this.asked.get(key) ?? this.choices.get(key) ?? (this.isMaximal ? !isNegated : untouched);
    this.asked.set(key, value);
    return value !== isNegated;
  }

  /** Renderings in which one of the conditions that are not `known` yet comes out otherwise; they are known from then on. */
  alternatives(known: Set<string>): { label: string; choices: Map<string, boolean> }[] {
    const fresh = [...this.asked].filter(([key]) => !known.has(key));
    for (const [key] of fresh) known.add(key);
    return fresh.map(([key, value]) => ({ label: labelOf(key, !value), choices: new Map([...this.choices, [key, !value]]) }));
  }
}

function labelOf(key: string, value: boolean): string {
  const shown = key.replace(/[\ue000-\ue00b]/g, '').replace(/\s+/g, ' ').trim();
  const short = shown.length > 80 ? `${shown.slice(0, 79)}…` : shown;
  return value ? `if ${short}` : `if not ${short}`;
}
