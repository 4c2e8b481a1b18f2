import type { Impact } from '../model/impact-report.js';
import type { RelationMovement } from '../model/movement.js';
import { subjectOf } from './breaks.js';
import { readersOf } from './readers.js';
import type { PlacedChange, Situation } from './situation.js';
import { typeEffect } from './types.js';

/** A copied column, or a copied relation as a whole, with the way it came. */
interface Copy {
  store: string;
  relation: string;
  column: string | null;
  through: string[];
  confidence: number;
}

/** Ways within a store are views, which its own readers are followed through. */
const FOLLOWED = new Set<RelationMovement['via']>(['replication', 'load', 'foreign-table', 'statement', 'model', 'declared', 'materialized-view', 'view']);
const HOPS_MAX = 12;

/** Readers of copies: in other stores, and of relations of this one that are filled from what is changed. */
export function copyImpacts(situation: Situation): Impact[] {
  const { input: { movements = [], others, boundary } } = situation;
  if (movements.length === 0) return [];
  const byStore = new Map([...others, boundary].map((one) => [one.store.name, readersOf(one)]));
  return situation.changes.flatMap((placed) => {
    const effect = effectOf(placed);
    if (effect === null || placed.original.relation === null) return [];
    return copiesOf(placed, situation, movements).flatMap((copy) => {
      const readers = byStore.get(copy.store) ?? [];
      return readers.flatMap(({ thing, uses, calls, relations, part }): Impact[] => {
        const used = copy.column === null ? relations.has(copy.relation) : uses.get(copy.relation)?.has(copy.column) === true;
        if (!used || part.resolution.writes.has(copy.relation) || (copy.store === situation.store && relations.has(placed.original.relation ?? ''))) return [];
        const place = copy.column === null ? copy.relation : `${copy.relation}.${copy.column}`;
        return [{ effect: 'meaning', thing, changes: [placed.place], through: copy.through, sentence: `${place} on ${copy.store}, which it reads, is filled from ${subjectOf(placed)}: ${effect}`, remedy: `move what fills ${place} first`, confidence: copy.confidence, calls }];
      });
    });
  });
}

/** What happens to the copy, in words; null where nothing does. */
function effectOf({ change }: PlacedChange): string | null {
  switch (change.kind) {
    case 'relation-dropped':
    case 'relation-renamed':
    case 'column-dropped':
    case 'column-renamed':
      return 'what fills it fails, or it gets no new values';
    case 'column-type': {
      const effect = typeEffect(change.from, change.to, change.using, new Set(['shown', 'compared']));
      return effect === null ? null : `it becomes ${change.to} at its source, where ${effect.sentence}`;
    }
    case 'values-changed':
      return change.added.length + change.renamed.length === 0 ? null : `${[...change.added, ...change.renamed.map(({ to }) => to)].map((value) => `'${value}'`).join(', ')} will arrive there`;
    default:
      return null;
  }
}

function copiesOf({ original }: PlacedChange, { store }: Situation, movements: readonly RelationMovement[]): Copy[] {
  const found = new Map<string, Copy>();
  let open: Copy[] = [{ store, relation: original.relation ?? '', column: original.column, through: [], confidence: 1 }];
  for (let hop = 0; hop < HOPS_MAX && open.length > 0; hop++) {
    open = open.flatMap((from) => movements.flatMap((movement) => nextOf(from, movement)).filter((copy) => {
      const key = `${copy.store}\n${copy.relation}\n${copy.column ?? ''}`;
      if (found.has(key)) return false;
      found.set(key, copy);
      return true;
    }));
  }
  return [...found.values()];
}

function nextOf(from: Copy, { from: source, to, via, by, columns, conditions, confidence }: RelationMovement): Copy[] {
  if (source.store !== from.store || source.relation !== from.relation || !FOLLOWED.has(via)) return [];
  if (source.store === to.store && (via === 'view')) return [];
  const next = { store: to.store, relation: to.relation, through: [...from.through, by, to.relation], confidence: Math.min(from.confidence, confidence) * 0.9 };
  if (from.column === null) return [{ ...next, column: null }];
  const carried = columns.filter((column) => column.from === from.column).map((column) => ({ ...next, column: column.to }));
  // A column that decides which rows arrive touches all of the copy.
  return conditions.includes(from.column) ? [...carried, { ...next, column: null }] : carried;
}
