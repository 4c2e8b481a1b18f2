import type { MaskLevel } from '../../model/masking.js';
import type { ColumnPlace, RelationMovement } from '../../model/movement.js';
import { rank } from '../../sql/flow.js';

/** A value that comes from one column into another. */
export interface ColumnEdge {
  from: ColumnNode;
  to: ColumnNode;
  mask: MaskLevel;
  movement: RelationMovement;
}

export interface ColumnNode {
  place: ColumnPlace;
  into: ColumnEdge[];
  out: ColumnEdge[];
  /** Columns that reach each other in circles have the same number. */
  circle: number;
}

/** From this level on nothing of a single person is left. */
const NOBODY = rank('aggregate');

/** Columns as nodes, and every value that still says something of a person as an edge. */
export class ColumnGraph {
  readonly nodes = new Map<string, ColumnNode>();

  /**
   * @param sources the columns from which ways are followed; what none of them reaches is left out
   * @param ends columns that no way leaves
   */
  constructor(movements: readonly RelationMovement[], sources: Iterable<ColumnPlace>, ends: (place: ColumnPlace) => boolean) {
    const bySource = new Map<string, RelationMovement[]>();
    for (const movement of movements) append(bySource, `${movement.from.store}\n${movement.from.relation}`, movement);
    const outgoing = new Map<RelationMovement, ReadonlyMap<string, RelationMovement['columns']>>();
    const columnsFrom = (movement: RelationMovement, column: string): RelationMovement['columns'] => {
      const known = outgoing.get(movement) ?? groupedByFrom(movement);
      outgoing.set(movement, known);
      return known.get(column) ?? [];
    };
    const waiting = [...sources].map((place) => this.#node(place));
    const done = new Set<ColumnNode>();
    for (const node of waiting) {
      if (done.has(node)) continue;
      done.add(node);
      if (ends(node.place)) continue;
      const { store, relation, column } = node.place;
      for (const movement of bySource.get(`${store}\n${relation}`) ?? []) {
        for (const { to, mask } of columnsFrom(movement, column)) {
          if (rank(mask) >= NOBODY) continue;
          const target = this.#node({ ...movement.to, column: to });
          if (target === node) continue;
          const edge = { from: node, to: target, mask, movement };
          node.out.push(edge);
          target.into.push(edge);
          waiting.push(target);
        }
      }
    }
    numberCircles([...this.nodes.values()]);
  }

  #node(place: ColumnPlace): ColumnNode {
    const key = placeKey(place);
    const known = this.nodes.get(key);
    if (known) return known;
    const node: ColumnNode = { place, into: [], out: [], circle: 0 };
    this.nodes.set(key, node);
    return node;
  }
}

export function placeKey({ store, relation, column }: ColumnPlace): string {
  return `${store}\n${relation}.${column}`;
}

/** `schema.table.column`. */
export function columnName({ relation, column }: ColumnPlace): string {
  return `${relation}.${column}`;
}

function groupedByFrom({ columns }: RelationMovement): Map<string, RelationMovement['columns']> {
  const groups = new Map<string, RelationMovement['columns']>();
  for (const column of columns) append(groups, column.from, column);
  return groups;
}

/** Strongly connected components (Tarjan, Depth-first search and linear graph algorithms, 1972), without recursion: ways may be long. */
function numberCircles(nodes: readonly ColumnNode[]): void {
  const index = new Map<ColumnNode, number>();
  const low = new Map<ColumnNode, number>();
  const open: ColumnNode[] = [];
  const isOpen = new Set<ColumnNode>();
  let circles = 0;
  const enter = (node: ColumnNode): { node: ColumnNode; next: number } => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, next: 0 };
  };
  const lower = (node: ColumnNode, to: number): void => void low.set(node, Math.min(low.get(node) ?? to, to));
  for (const root of nodes) {
    if (index.has(root)) continue;
    const path = [enter(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top;
      const target = node.out[top.next++]?.to;
      if (target !== undefined) {
        if (!index.has(target)) path.push(enter(target));
        else if (isOpen.has(target)) lower(node, index.get(target) ?? 0);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent) lower(parent.node, low.get(node) ?? 0);
      if (low.get(node) !== index.get(node)) continue;
      circles++;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        member.circle = circles;
        isOpen.delete(member);
        if (member === node) break;
      }
    }
  }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}
