import type { Catalog, Relation } from '../model/catalog.js';

/** The name by which one relation is known everywhere: `schema.name`, as folded, never quoted. */
export function relationKey(relation: { schema: string; name: string }): string {
  return `${relation.schema}.${relation.name}`;
}

/** Schemas of the engines themselves. Reading them is neither coupling nor load on the business's relations. */
const SYSTEM_SCHEMAS = new Set(['pg_catalog', 'information_schema', 'pg_toast', 'pg_temp', 'main.information_schema']);

export function isSystemSchema(schema: string): boolean {
  return SYSTEM_SCHEMAS.has(schema) || schema.startsWith('pg_temp_') || schema.startsWith('pg_toast');
}

/** Finds relations, keys and indexes of one store by name. Holds no copy of the catalogue. */
export class SchemaIndex {
  readonly #relations = new Map<string, Relation>();
  readonly #byName = new Map<string, Relation[]>();
  readonly #uniqueKeys = new Map<string, string[][]>();
  readonly #leading = new Map<string, Set<string>>();
  readonly #references = new Map<string, string>();

  constructor(catalog: Catalog) {
    for (const relation of catalog.relations) {
      this.#relations.set(relationKey(relation), relation);
      const same = this.#byName.get(relation.name);
      if (same) same.push(relation);
      else this.#byName.set(relation.name, [relation]);
    }
    for (const constraint of catalog.constraints) {
      const [column, another] = constraint.columns;
      if (constraint.references && column !== undefined && another === undefined) {
        this.#references.set(`${constraint.schema}.${constraint.relation}.${column}`, `${constraint.references.schema}.${constraint.references.relation}`);
      }
      if (constraint.kind !== 'primary_key' && constraint.kind !== 'unique') continue;
      this.#addKey(`${constraint.schema}.${constraint.relation}`, constraint.columns);
    }
    for (const index of catalog.indexes) {
      const key = `${index.schema}.${index.relation}`;
      const leading = index.columns[0];
      if (!index.valid) continue;
      if (leading) this.#addLeading(key, leading);
      const columns = index.columns.filter((column) => column !== null);
      if (index.unique && index.predicate === null && columns.length === index.columns.length) this.#addKey(key, columns);
    }
  }

  #addKey(relation: string, columns: string[]): void {
    const keys = this.#uniqueKeys.get(relation);
    if (keys) keys.push(columns);
    else this.#uniqueKeys.set(relation, [columns]);
    if (columns[0]) this.#addLeading(relation, columns[0]);
  }

  #addLeading(relation: string, column: string): void {
    const columns = this.#leading.get(relation);
    if (columns) columns.add(column);
    else this.#leading.set(relation, new Set([column]));
  }

  get(key: string): Relation | undefined {
    return this.#relations.get(key);
  }

  relations(): IterableIterator<Relation> {
    return this.#relations.values();
  }

  /**
   * The relation that a name means. Without a schema the search path decides; a name that stands in no schema of the path
   * but in exactly one other is taken for that one, since statistics do not tell the path of the session.
   */
  find(schema: string | null, name: string, searchPath: readonly string[]): Relation | null {
    if (schema !== null) return this.#relations.get(`${schema}.${name}`) ?? null;
    for (const candidate of searchPath) {
      const relation = this.#relations.get(`${candidate}.${name}`);
      if (relation) return relation;
    }
    const same = this.#byName.get(name) ?? [];
    return same.length === 1 ? (same[0] ?? null) : null;
  }

  /** The column lists of primary keys and of whole (not partial) unique indexes. */
  uniqueKeys(key: string): readonly string[][] {
    return this.#uniqueKeys.get(key) ?? [];
  }

  /** Whether some valid index begins with the column. */
  leadsAnIndex(key: string, column: string): boolean {
    return this.#leading.get(key)?.has(column) ?? false;
  }

  /**
   * How many rows one value of a column is expected to have: known for keys of one column and, by the planner's estimates of
   * both tables, for foreign keys of one column. Null where nothing tells.
   */
  rowsPerValue(key: string, column: string): number | null {
    if (this.uniqueKeys(key).some((columns) => columns.length === 1 && columns[0] === column)) return 1;
    const referenced = this.#references.get(`${key}.${column}`);
    const rows = this.get(key)?.rows ?? null;
    const values = referenced === undefined ? null : (this.get(referenced)?.rows ?? null);
    return rows === null || values === null || values < 1 ? null : rows / values;
  }
}
