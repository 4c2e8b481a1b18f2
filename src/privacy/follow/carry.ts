import { MASK_LEVELS, type MaskLevel } from '../../model/masking.js';
import type { ColumnPlace, RelationMovement } from '../../model/movement.js';
import { rank } from '../../sql/flow.js';
import type { Classification } from '../classify.js';
import { type ColumnEdge, ColumnGraph, type ColumnNode, columnName, placeKey } from './column-graph.js';
import { endedColumns, EXPLAINS_MIN } from './ended.js';

/** By the name of the store, then by `schema.table.column`. */
export type ClassifiedStores = Map<string, Map<string, Classification>>;

export interface CarryOptions {
  /** Columns that somebody declared to hold nothing personal: they are believed, and nothing is carried on from them. */
  isHarmless?: (place: ColumnPlace) => boolean;
  /** Columns into which the SQL that makes them lets nothing of any stored value. */
  emptied?: readonly ColumnPlace[];
}

/** Below this a column by itself is not taken for personal data, and nothing is carried from it. */
const CARRIED_MIN = 0.5;
/** Names of ways that are listed for one column. */
const WAYS_MAX = 3;

/**
 * Follows personal data along the movements: what a column holds, and what is left of the persons' values in it, over the whole
 * way. Of several ways the one that leaves most counts. An aggregate, a test or a constant ends a way.
 *
 * A column that is known by its own name or declaration keeps its kind; how much is left is said by the ways that lead there, if
 * these are sure. Where columns fill each other in circles, one that is filled unchanged is an origin.
 */
export function carry(movements: readonly RelationMovement[], classified: ReadonlyMap<string, ReadonlyMap<string, Classification>>, { isHarmless = () => false, emptied = [] }: CarryOptions = {}): ClassifiedStores {
  const declared = (store: string, name: string): boolean => classified.get(store)?.get(name)?.declaredBy !== undefined;
  const own = ownPlaces(classified, endedColumns(movements, emptied, (place) => declared(place.store, columnName(place))));
  const graph = new ColumnGraph(movements, [...own.values()].map(({ place }) => place), isHarmless);
  const arrived = spread(graph, own);
  const result: ClassifiedStores = new Map([...classified].map(([store, columns]) => [store, new Map([...columns].filter(([name, known]) => known.confidence < CARRIED_MIN || own.has(`${store}\n${name}`)))]));
  for (const [node, state] of arrived) {
    const { place } = node;
    const before = node.into.filter((edge) => arrived.has(edge.from));
    if (before.length === 0 || isHarmless(place)) continue;
    const columns = result.get(place.store) ?? new Map<string, Classification>();
    result.set(place.store, columns);
    columns.set(columnName(place), combined(columns.get(columnName(place)), state, before, arrived));
  }
  return result;
}

interface Own {
  place: ColumnPlace;
  classification: Classification;
}

/** What is known to be in a column once every way was followed. */
interface Arrived {
  mask: MaskLevel;
  kind: string;
  class: Classification['class'];
  confidence: number;
  /** The edge by which it came; null for what stands here first. */
  by: ColumnEdge | null;
}

function ownPlaces(classified: ReadonlyMap<string, ReadonlyMap<string, Classification>>, ended: ReadonlySet<string>): Map<string, Own> {
  const own = new Map<string, Own>();
  for (const [store, columns] of classified) {
    for (const [name, classification] of columns) {
      if (classification.confidence < CARRIED_MIN) continue;
      const point = name.lastIndexOf('.');
      const place = { store, relation: name.slice(0, point), column: name.slice(point + 1) };
      if (ended.has(placeKey(place))) continue;
      own.set(placeKey(place), { place, classification });
    }
  }
  return own;
}

const CLASSES: readonly Classification['class'][] = ['secret', 'direct', 'quasi'];

interface Arrival {
  node: ColumnNode;
  state: Arrived;
}

/** Arrivals by what is left of the value, and among these by class: what says most of a person comes first. */
class Arrivals {
  readonly #queues: Arrival[][] = Array.from({ length: MASK_LEVELS.length * CLASSES.length }, () => []);
  readonly #taken = this.#queues.map(() => 0);

  add(arrival: Arrival): void {
    this.#queues[rank(arrival.state.mask) * CLASSES.length + CLASSES.indexOf(arrival.state.class)]?.push(arrival);
  }

  take(): Arrival | undefined {
    for (const [position, queue] of this.#queues.entries()) {
      const at = this.#taken[position] ?? 0;
      if (at >= queue.length) continue;
      this.#taken[position] = at + 1;
      return queue[at];
    }
    return undefined;
  }
}

/** Goes from what leaves most to what leaves least, so that each column is settled when it is first reached. */
function spread(graph: ColumnGraph, own: ReadonlyMap<string, Own>): Map<ColumnNode, Arrived> {
  const arrived = new Map<ColumnNode, Arrived>();
  const arrivals = new Arrivals();
  for (const node of originsOf(graph, own)) {
    const known = own.get(placeKey(node.place))?.classification;
    if (known) arrivals.add({ node, state: { mask: 'raw', kind: known.kind, class: known.class, confidence: known.confidence, by: null } });
  }
  for (let next = arrivals.take(); next !== undefined; next = arrivals.take()) {
    const { node, state } = next;
    if (arrived.has(node)) continue;
    arrived.set(node, state);
    for (const edge of node.out) if (!arrived.has(edge.to)) arrivals.add({ node: edge.to, state: after(state, edge, own.get(placeKey(edge.to.place))?.classification) });
  }
  return arrived;
}

function after(state: Arrived, edge: ColumnEdge, known: Classification | undefined): Arrived {
  const mask = rank(edge.mask) > rank(state.mask) ? edge.mask : state.mask;
  const confidence = Math.max(state.confidence * edge.movement.confidence, known?.confidence ?? 0);
  return { mask, kind: known?.kind ?? state.kind, class: classAt(mask, known?.class ?? state.class), confidence, by: edge };
}

/** A domain or a year tells persons apart only together with others. */
function classAt(mask: MaskLevel, given: Classification['class']): Classification['class'] {
  return mask === 'partial' && given === 'direct' ? 'quasi' : given;
}

/**
 * Columns that hold values which no followed way brings: those that are known by themselves and that no sure way explains. A way
 * within a circle explains only what it changes; a circle without any origin has one in each of its columns.
 */
function originsOf(graph: ColumnGraph, own: ReadonlyMap<string, Own>): ColumnNode[] {
  const isExplained = (node: ColumnNode): boolean => node.into.some(({ from, mask, movement }) => movement.confidence >= EXPLAINS_MIN && (from.circle !== node.circle || mask !== 'raw'));
  const known = [...graph.nodes.values()].filter(({ place }) => own.has(placeKey(place)));
  const origins = known.filter((node) => !isExplained(node));
  const fed = new Set(origins.map(({ circle }) => circle));
  for (const node of graph.nodes.values()) if (node.into.some(({ from }) => from.circle !== node.circle)) fed.add(node.circle);
  return [...origins, ...known.filter((node) => !fed.has(node.circle))];
}

function combined(known: Classification | undefined, state: Arrived, before: readonly ColumnEdge[], arrived: ReadonlyMap<ColumnNode, Arrived>): Classification {
  const ways = before.toSorted((one, other) => rank(one.mask) - rank(other.mask) || other.movement.confidence - one.movement.confidence || (placeKey(one.from.place) < placeKey(other.from.place) ? -1 : 1));
  const first = ways.find((edge) => edge === state.by) ?? ways[0];
  const told = [...new Set([...(first ? wayInWords(first, arrived) : []), ...ways.filter((edge) => edge !== first).slice(0, WAYS_MAX - 1).map(inWords)])];
  const reasons = known === undefined ? told : [...known.reasons, ...told];
  return {
    ...known,
    kind: state.kind,
    class: state.class,
    confidence: Math.round(state.confidence * 1000) / 1000,
    reasons,
    mask: state.mask,
    carriedFrom: ways.map(({ from }) => from.place),
  };
}

/** The way back to where a value stands first, at most so many stops. */
function wayInWords(edge: ColumnEdge, arrived: ReadonlyMap<ColumnNode, Arrived>): string[] {
  const words: string[] = [];
  const passed = new Set<ColumnEdge>();
  for (let at: ColumnEdge | null = edge; at !== null && words.length < WAYS_MAX && !passed.has(at); at = arrived.get(at.from)?.by ?? null) {
    passed.add(at);
    words.push(inWords(at));
  }
  return words;
}

function inWords({ from, mask, movement }: ColumnEdge): string {
  const store = movement.from.store === movement.to.store ? '' : `${movement.from.store} `;
  return `comes from ${store}${columnName(from.place)} by ${movement.by}${mask === 'raw' ? '' : `, where it becomes ${mask}`}`;
}
