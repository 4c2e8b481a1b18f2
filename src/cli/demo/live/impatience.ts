const LOOK_MS = 15_000;
const LOOKS = 12;

/**
 * Comparisons and facts are looked at once in one or two minutes, which is right for production. Who has broken something waits
 * for them: for three minutes everything is looked at more often, as if the key for it were pressed again and again.
 */
export class Impatience {
  #left = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly refresh: () => void) {}

  begin(): void {
    this.#left = LOOKS;
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    this.refresh();
    this.#left -= 1;
    if (this.#left <= 0) this.end();
  }
}
