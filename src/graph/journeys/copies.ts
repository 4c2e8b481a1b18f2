import type { ColumnPlace } from '../../model/movement.js';
import type { PersonalCopy } from '../../model/personal-column.js';
import type { MaskLevel } from '../../model/masking.js';
import { type ColumnGraph, type ColumnNode, placeKey } from '../../privacy/follow/column-graph.js';
import { rank } from '../../sql/flow.js';

/** A stop on the way of one column, with the way that leaves most of its values. */
export interface Stop {
  place: ColumnPlace;
  mask: MaskLevel;
  confidence: number;
  /** How it came from the stop before; null for the first. */
  step: Pick<PersonalCopy, 'via' | 'by' | 'from'> | null;
}

/**
 * Every place that values of one column come to, itself first: of several ways the one that leaves most, of these the surest,
 * of these the shortest.
 *
 * @param isFollowed whether a place is taken for personal data at all
 */
export function stopsFrom(origin: ColumnNode, isFollowed: (place: ColumnPlace) => boolean): Map<string, Stop> {
  const stops = new Map<string, Stop>();
  let front: { node: ColumnNode; stop: Stop }[] = [{ node: origin, stop: { place: origin.place, mask: 'raw', confidence: 1, step: null } }];
  while (front.length > 0) {
    const next: typeof front = [];
    for (const { node, stop } of front) {
      const known = stops.get(placeKey(node.place));
      if (known && !isBetter(stop, known)) continue;
      stops.set(placeKey(node.place), stop);
      for (const { to, mask, movement } of node.out) {
        if (to === origin || !isFollowed(to.place)) continue;
        const further: Stop = {
          place: to.place,
          mask: rank(mask) > rank(stop.mask) ? mask : stop.mask,
          confidence: stop.confidence * movement.confidence,
          step: { via: movement.via, by: movement.by, from: node.place },
        };
        next.push({ node: to, stop: further });
      }
    }
    front = next;
  }
  return stops;
}

/** Strictly better, so that circles come to an end: each time around leaves no more and is no surer. */
function isBetter(one: Stop, other: Stop): boolean {
  return rank(one.mask) < rank(other.mask) || (one.mask === other.mask && one.confidence > other.confidence);
}

/**
 * Where values stand first: columns into which nothing personal comes. Of columns that fill each other in circles and that
 * nothing else fills, the first in the order given is one.
 */
export function originNodes(graph: ColumnGraph, preferred: readonly ColumnPlace[], isFollowed: (place: ColumnPlace) => boolean): ColumnNode[] {
  const followed = preferred.filter(isFollowed).flatMap((place) => graph.nodes.get(placeKey(place)) ?? []);
  const reached = new Set<ColumnNode>();
  const origins: ColumnNode[] = [];
  const take = (origin: ColumnNode): void => {
    origins.push(origin);
    const waiting = [origin];
    for (const node of waiting) {
      if (reached.has(node)) continue;
      reached.add(node);
      for (const { to } of node.out) if (isFollowed(to.place)) waiting.push(to);
    }
  };
  for (const node of followed) if (node.into.every(({ from }) => !isFollowed(from.place))) take(node);
  for (const node of followed) if (!reached.has(node)) take(node);
  return origins;
}
