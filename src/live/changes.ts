import type { EpochSeconds, EventView, ObjectiveView, State } from '../model/live.js';

const EVENTS_MAX = 500;

interface Standing {
  state: State;
  since: EpochSeconds;
  /** False until the first answer: before it, unknown is no news. */
  isKnown: boolean;
}

/** Since when each objective stands as it does, and what has changed. */
export class Changes {
  readonly #standings = new Map<string, Standing>();
  #events: EventView[] = [];

  /**
   * The objectives with `since` filled in. What turned out other than before becomes an event; so does what is bad at the
   * first look, where `unknown` only means that nothing has been seen yet.
   */
  judge(objectives: readonly ObjectiveView[], now: EpochSeconds): ObjectiveView[] {
    const judged = objectives.map((objective) => {
      const before = this.#standings.get(objective.id);
      // Who can compute since when it is so knows better than when it was first seen.
      if (before?.state === objective.state) return { ...objective, since: objective.since ?? before.since };
      const wasKnown = before?.isKnown ?? false;
      this.#standings.set(objective.id, { state: objective.state, since: now, isKnown: wasKnown || objective.state !== 'unknown' });
      const isBad = objective.state === 'warning' || objective.state === 'breach';
      if (wasKnown || isBad) this.#tell(objective, before?.state ?? 'unknown', now);
      return { ...objective, since: objective.since ?? now };
    });
    const present = new Set(objectives.map(({ id }) => id));
    for (const id of this.#standings.keys()) if (!present.has(id)) this.#standings.delete(id);
    return judged;
  }

  /** Newest first. */
  events(): EventView[] {
    return this.#events;
  }

  #tell({ id, name, state, sentence }: ObjectiveView, from: State, at: EpochSeconds): void {
    this.#events = [{ at, id, name, from, to: state, text: sentence }, ...this.#events].slice(0, EVENTS_MAX);
  }
}
