/** Lets one work at a time have something, in the order of asking. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #onWanted: (() => void) | null = null;

  /**
   * Resolves when it is this caller's turn, with what ends it.
   * @param onWanted called when another one asks for it meanwhile, for who can end early
   */
  async take(onWanted: (() => void) | null = null): Promise<() => void> {
    const before = this.#last;
    let resolveNext: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      resolveNext = resolve;
    });
    this.#waiting++;
    this.#onWanted?.();
    await before;
    this.#waiting--;
    this.#onWanted = onWanted;
    if (this.#waiting > 0) onWanted?.();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#onWanted = null;
      resolveNext();
    };
  }
}
