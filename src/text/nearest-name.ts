/**
 * The candidate that a misspelt name most likely means, or null where none is near: at most a third of the letters may
 * differ. Distance is optimal string alignment (a swap of neighbours counts once), letters compared without case.
 */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  const given = name.slice(0, LENGTH_MAX).toLowerCase();
  const allowed = Math.max(1, Math.floor(given.length / 3));
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = alignmentDistance(given, candidate.slice(0, LENGTH_MAX).toLowerCase());
    if (distance <= allowed && (best === null || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

/** `; did you mean 'x'?`, or nothing where no candidate is near. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const nearest = nearestName(name, candidates);
  return nearest === null ? '' : `; did you mean '${nearest}'?`;
}

/** Names from outside are compared up to here: the distance costs the product of both lengths. */
const LENGTH_MAX = 64;

function alignmentDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = at(previous, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1);
      let cheapest = Math.min(replaced, at(previous, column) + 1, at(current, column - 1) + 1);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cheapest = Math.min(cheapest, at(beforePrevious, column - 2) + 1);
      }
      current.push(cheapest);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
