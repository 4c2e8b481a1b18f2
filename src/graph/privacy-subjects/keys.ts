import type { RelationMovement } from '../../model/movement.js';
import { relationKey } from '../../sql/schema-index.js';
import type { StoreBoundary } from '../boundary.js';

/** Ways between relations one after the other along which keys are followed. */
const STOPS_MAX = 8;
/** Keys of one relation that are kept. */
const KEYS_MAX = 8;

/** What tells single rows apart: keys that relations have, and keys that came along with the rows into relations that declare none. */
export class Keys {
  readonly #keys = new Map<string, string[][]>();

  constructor(boundaries: readonly Pick<StoreBoundary, 'store'>[], movements: readonly RelationMovement[]) {
    for (const { store } of boundaries) {
      for (const { kind, schema, relation, columns } of store.catalog.constraints) {
        if (kind === 'primary_key' || kind === 'unique') this.#add(placeOf({ store: store.name, relation: relationKey({ schema, name: relation }) }), columns);
      }
    }
    let last = movements;
    for (let stops = 0; stops < STOPS_MAX && last.length > 0; stops++) last = last.filter((movement) => this.#carry(movement));
  }

  /** Whether a key of the source arrives as it was, so that single rows do. */
  arriveBy({ from, columns }: RelationMovement): boolean {
    const kept = new Set(columns.filter(({ identity }) => identity).map((column) => column.from));
    return (this.#keys.get(placeOf(from)) ?? []).some((key) => key.every((column) => kept.has(column)));
  }

  /** Carries keys over; whether the source may still get more. */
  #carry({ from, to, columns }: RelationMovement): boolean {
    const names = new Map(columns.flatMap((column) => (column.identity ? [[column.from, column.to] as const] : [])));
    for (const key of this.#keys.get(placeOf(from)) ?? []) {
      const carried = key.flatMap((column) => names.get(column) ?? []);
      if (carried.length === key.length) this.#add(placeOf(to), carried);
    }
    return names.size > 0;
  }

  #add(place: string, key: readonly string[]): void {
    const known = this.#keys.get(place) ?? [];
    if (known.length >= KEYS_MAX || known.some((other) => other.length === key.length && other.every((column) => key.includes(column)))) return;
    this.#keys.set(place, [...known, [...key]]);
  }
}

function placeOf({ store, relation }: { store: string; relation: string }): string {
  return `${store}\n${relation}`;
}
