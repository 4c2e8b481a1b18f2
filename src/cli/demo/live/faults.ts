/** What can go wrong in the living estate, several things at once too. */
export const FAULTS = {
  'stall-cdc': 'the consumer of changes stops: nothing is loaded or acknowledged any more',
  'drop-rows': 'the loader loses every third order, of the last two hours too, and says nothing',
  duplicate: 'the loader replays orders and writes every fifth one twice, as one without a merge key does',
  'late-dimension': 'cases arrive whose type the warehouse does not know yet',
  'heavy-report': 'somebody runs a report over all orders on production, again and again',
  'schema-change': 'a migration renames a column of orders in production, and the loader does not know',
  none: 'everything works again, and what was damaged is repaired',
} as const;

export type Fault = keyof typeof FAULTS;

export function isFault(text: string): text is Fault {
  return Object.hasOwn(FAULTS, text);
}

/** What is wrong at the moment. */
export class Faults {
  readonly #present = new Set<Fault>();

  inject(fault: Fault): void {
    if (fault === 'none') this.#present.clear();
    else this.#present.add(fault);
  }

  has(fault: Fault): boolean {
    return this.#present.has(fault);
  }
}
