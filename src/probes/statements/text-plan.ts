/** So many statements without a text are worth reading the server's whole file of texts. */
const GATHERED = 20;
/** Fewer wait at most so long. */
const WAIT_SECONDS = 60;
const INTERVAL_SECONDS_MIN = 120;
/** What texts may cost the server, on the average. */
const BUDGET_MS_PER_MINUTE = 10;
const WANTED_MAX = 500;

/** When the texts of which statements are fetched: rarely, all at once, and the more rarely the more time they take. */
export class TextPlan {
  /** Wanted since when. */
  readonly #wanted = new Map<string, number>();
  #next = Number.NEGATIVE_INFINITY;
  #now = 0;

  /** @param urgent so that it is not waited for more of them. */
  want(key: string, now: number, urgent = false): void {
    if (urgent) this.#wanted.set(key, Number.NEGATIVE_INFINITY);
    else if (!this.#wanted.has(key)) this.#wanted.set(key, now);
  }

  /** The statements to fetch now, oldest first; none where it is not yet time. `now` is the server's clock, which may jump. */
  due(now: number): string[] {
    if (now < this.#now) this.#rebase(now);
    this.#now = now;
    if (now < this.#next || this.#wanted.size === 0) return [];
    const list = [...this.#wanted].sort((a, b) => a[1] - b[1]);
    const [oldest] = list;
    if (this.#wanted.size < GATHERED && oldest && now - oldest[1] < WAIT_SECONDS) return [];
    return list.slice(0, WANTED_MAX).map(([key]) => key);
  }

  /** They have been read, or will never be. */
  settle(keys: Iterable<string>): void {
    for (const key of keys) this.#wanted.delete(key);
  }

  /** Drops what the server no longer has. */
  keep(known: ReadonlyMap<string, unknown>): void {
    for (const key of this.#wanted.keys()) if (!known.has(key)) this.#wanted.delete(key);
  }

  /** @returns after how many seconds texts may be fetched again. */
  fetched(now: number, took_ms: number): number {
    const interval = Math.max(INTERVAL_SECONDS_MIN, (took_ms / BUDGET_MS_PER_MINUTE) * 60);
    this.#next = now + interval;
    return interval;
  }

  #rebase(now: number): void {
    const back = this.#now - now;
    this.#next -= back;
    for (const [key, since] of this.#wanted) this.#wanted.set(key, since - back);
  }
}
