import type { Catalog, Column, Relation } from '../model/catalog.js';
import type { Engine } from '../model/store.js';

/** PostgreSQL and DuckDB refuse what breaks a key; the other warehouses at most record keys. */
const ENFORCES_KEYS: ReadonlySet<Engine> = new Set<Engine>(['postgres', 'duckdb']);

/** Whether the engine refuses rows that break a key. */
export function enforcesKeys(engine: Engine): boolean {
  return ENFORCES_KEYS.has(engine);
}

/** The columns of each key of one store's tables, asked many times. Expressions stand as an empty name. */
export class Keys {
  readonly #byRelation = new Map<string, string[][]>();

  /** What the engine enforces and what it only records, with unique indexes over all rows. */
  constructor({ constraints, indexes }: Catalog) {
    for (const { schema, relation, kind, columns } of constraints) {
      if (kind === 'primary_key' || kind === 'unique' || kind === 'exclusion') this.#add(schema, relation, columns);
    }
    for (const { schema, relation, unique, predicate, valid, columns } of indexes) {
      if (unique && valid && predicate === null) this.#add(schema, relation, columns.map((column) => column ?? ''));
    }
  }

  of({ schema, name }: Pick<Relation, 'schema' | 'name'>): readonly string[][] {
    return this.#byRelation.get(`${schema}.${name}`) ?? [];
  }

  #add(schema: string, relation: string, columns: string[]): void {
    const key = `${schema}.${relation}`;
    this.#byRelation.set(key, [...(this.#byRelation.get(key) ?? []), columns]);
  }
}

const WHOLE = /^(?:small|big)?(?:int|serial)|^integer/i;

/**
 * Whether the database itself gives the value, so that no two rows can ever have the same one, whatever they say. Where the catalogue
 * tells no default, a whole number that is named after its table is such a value.
 */
export function isGenerated({ name, type, default: given }: Column, relation: string): boolean {
  if (given === undefined) return WHOLE.test(type) && ['id', `${relation}_id`.toLowerCase()].includes(name.toLowerCase());
  return given === 'identity' || /nextval|gen_random_uuid|uuid_generate|uuidv7/i.test(given);
}
