/** Governs statements over rows of one store: one at a time, with pauses, and none while the store is under load. */
export interface Pace {
  /** What one chunk should take. */
  readonly target_ms: number;
  /** Why it waits at this moment; null where it does not. */
  readonly paused_because: string | null;
  /**
   * Waits for its turn, for the pause after the last chunk and for a calm store, then runs one chunk.
   * @param run gets the deadline of its statement.
   * @returns what it took as well.
   * @throws what `run` throws, an abort's reason, PairProblem where the store does not calm down or says that it has no
   * resources left; after the latter every later call throws it too.
   */
  chunk<T>(run: (deadline_ms: number) => Promise<T>): Promise<{ value: T; took_ms: number }>;
}
