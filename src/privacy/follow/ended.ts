import type { ColumnPlace, MovementKind, RelationMovement } from '../../model/movement.js';
import { rank } from '../../sql/flow.js';
import { placeKey } from './column-graph.js';

/** A way that is surer than this tells what is left of a value; one that is not may only add to what is known. */
export const EXPLAINS_MIN = 0.75;

/** Ways whose SQL is all that ever fills a column. */
const WHOLE: ReadonlySet<MovementKind> = new Set(['view', 'materialized-view', 'model']);
/** Ways that bring a column as it is where they come from, and no other value. */
const COPIES: ReadonlySet<MovementKind> = new Set([...WHOLE, 'load', 'replication', 'foreign-table']);

/**
 * Columns, by `placeKey`, of which the SQL that makes them shows that no person's value arrives, whatever they are called:
 * `count(email) AS email`, `NULL AS email`; and what is filled from such columns only.
 *
 * @param isDeclared what people wrote down of a column is believed first
 */
export function endedColumns(movements: readonly RelationMovement[], emptied: readonly ColumnPlace[], isDeclared: (place: ColumnPlace) => boolean): Set<string> {
  /** How many ways bring a value into a column, of those that were not seen to end. */
  const live = new Map<string, number>();
  const candidates = new Map(emptied.map((place) => [placeKey(place), place]));
  /** From a column to those that are copies of it. */
  const onward = new Map<string, ColumnPlace[]>();
  for (const { from, to, via, confidence, columns } of movements) {
    for (const { from: source, to: column, mask } of columns) {
      const place = { ...to, column };
      const key = placeKey(place);
      // What a model keeps of its own rows comes from nowhere else.
      if (key === placeKey({ ...from, column: source })) continue;
      const sure = confidence >= EXPLAINS_MIN;
      if (rank(mask) >= rank('aggregate') && WHOLE.has(via) && sure) {
        candidates.set(key, place);
        continue;
      }
      live.set(key, (live.get(key) ?? 0) + 1);
      if (!COPIES.has(via) || !sure) continue;
      const start = placeKey({ ...from, column: source });
      const known = onward.get(start);
      if (known) known.push(place);
      else onward.set(start, [place]);
    }
  }
  const ended = new Set<string>();
  const waiting = [...candidates.values()];
  for (const place of waiting) {
    const key = placeKey(place);
    if (ended.has(key) || (live.get(key) ?? 0) > 0 || isDeclared(place)) continue;
    ended.add(key);
    for (const next of onward.get(key) ?? []) {
      live.set(placeKey(next), (live.get(placeKey(next)) ?? 0) - 1);
      waiting.push(next);
    }
  }
  return ended;
}
