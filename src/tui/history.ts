import { STATES, type EpochSeconds, type LiveView, type State } from '../model/live.js';

interface Stretch {
  from: EpochSeconds;
  to: EpochSeconds;
  state: State;
}

/**
 * The worst state of any objective in each of `cells` parts of the time from `from` to `to`, told by the changes of state; null
 * where nothing was watched. What was before the oldest known change counts only from when watching is known to have begun.
 */
export function worstOverTime(view: LiveView, from: EpochSeconds, to: EpochSeconds, cells: number): (State | null)[] {
  const begun = Math.min(view.at, ...view.objectives.map(({ since }) => since ?? view.at), ...view.events.map(({ at }) => at));
  const stretches = view.objectives.flatMap((objective) => stretchesOf(view, objective, begun));
  const width = (to - from) / cells;
  return Array.from({ length: cells }, (_, index) => {
    const start = from + index * width;
    const met = new Set<State>();
    for (const stretch of stretches) if (stretch.from < start + width && stretch.to > start) met.add(stretch.state);
    return STATES.find((state) => met.has(state)) ?? null;
  });
}

function stretchesOf(view: LiveView, { id, state, since }: LiveView['objectives'][number], begun: EpochSeconds): Stretch[] {
  const stretches: Stretch[] = [];
  let to = view.at;
  let present = state;
  // Newest first: each change ends the stretch before it.
  for (const event of view.events) {
    if (event.id !== id || event.at > to) continue;
    stretches.push({ from: event.at, to, state: present });
    to = event.at;
    present = event.from;
  }
  const first = stretches.length === 0 ? (since ?? to) : begun;
  if (first <= to) stretches.push({ from: first, to: Math.max(to, first), state: present });
  return stretches;
}
