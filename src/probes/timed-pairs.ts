import type { ReconcilePair, ReconcileSide, TimedPair, TimedSide } from '../model/configuration.js';

/** The pairs whose counts and sums can be compared by business period: those whose sides both tell it, and are relations. */
export function timedPairs(pairs: readonly ReconcilePair[]): TimedPair[] {
  return pairs.filter(isTimed);
}

export function isTimed(pair: ReconcilePair): pair is TimedPair {
  return tellsTime(pair.source) && tellsTime(pair.target);
}

function tellsTime(side: ReconcileSide): side is TimedSide {
  return side.time_column !== null && side.query === null;
}
