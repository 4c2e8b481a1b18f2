import type { Catalog, Column, Relation, StoredFunction } from '../model/catalog.js';
import { type Dialect, POSTGRES } from './dialect.js';

/**
 * The name by which one relation is known everywhere: `schema.name`, in the spelling of the catalogue, never quoted. Where
 * nothing tells the schema (`''`: a MySQL or BigQuery table that is named without its dataset) it is the bare name.
 */
export function relationKey(relation: { schema: string; name: string }): string {
  return relation.schema === '' ? relation.name : `${relation.schema}.${relation.name}`;
}

/** Schemas of the engines themselves. Reading them is neither coupling nor load on the business's relations. */
const SYSTEM_SCHEMAS = new Set(['pg_catalog', 'information_schema', 'pg_toast', 'pg_temp', 'main.information_schema']);

export function isSystemSchema(schema: string): boolean {
  return SYSTEM_SCHEMAS.has(schema) || schema.startsWith('pg_temp_') || schema.startsWith('pg_toast');
}

/**
 * Finds relations, functions, keys and indexes of one store by name. Holds no copy of the catalogue. Names to look for are
 * those of the tree, as the dialect folds them; what is found keeps the spelling of the catalogue, and so do all keys.
 */
export class SchemaIndex {
  readonly #relations = new Map<string, Relation>();
  /** By folded `schema.name`. */
  readonly #folded = new Map<string, Relation>();
  readonly #byName = new Map<string, Relation[]>();
  readonly #functions = new Map<string, StoredFunction[]>();
  /** Functions and procedures of the business. */
  readonly functions: readonly StoredFunction[];
  readonly #uniqueKeys = new Map<string, string[][]>();
  readonly #leading = new Map<string, Set<string>>();
  readonly #byExpression = new Set<string>();
  readonly #references = new Map<string, string>();
  readonly #referring = new Map<string, Set<string>>();
  readonly #insensitive: boolean;
  /** Some index is known that is no key: what is not indexed then is known too. */
  tellsIndexes = false;

  /** @param dialect that the store speaks; PostgreSQL where nothing is said */
  constructor(catalog: Catalog, dialect: Dialect = POSTGRES) {
    this.#insensitive = dialect.folding === 'insensitive';
    this.functions = catalog.functions;
    for (const relation of catalog.relations) this.addRelation(relation);
    for (const stored of catalog.functions) this.addFunction(stored);
    for (const constraint of catalog.constraints) {
      const [column, another] = constraint.columns;
      if (constraint.references && column !== undefined && another === undefined) {
        const parent = ownerKey(constraint.references);
        this.#references.set(`${ownerKey(constraint)}.${column}`, parent);
        this.#referring.set(parent, (this.#referring.get(parent) ?? new Set()).add(ownerKey(constraint)));
      }
      if (constraint.kind !== 'primary_key' && constraint.kind !== 'unique') continue;
      this.#addKey(ownerKey(constraint), constraint.columns);
    }
    for (const index of catalog.indexes) {
      const key = ownerKey(index);
      const leading = index.columns[0];
      if (!index.valid) continue;
      if (leading) this.#addLeading(key, leading);
      if (leading === null) this.#byExpression.add(key);
      this.tellsIndexes ||= !index.unique;
      const columns = index.columns.filter((column) => column !== null);
      if (index.unique && index.predicate === null && columns.length === index.columns.length) this.#addKey(key, columns);
    }
  }

  /** For a catalogue that grows while it is read. Its name must be new. */
  addRelation(relation: Relation): void {
    const key = relationKey(relation);
    this.#relations.set(key, relation);
    const folded = this.fold(key);
    // Of two that differ in case only, the one that is spelt as it is looked for.
    if (folded === key || !this.#folded.has(folded)) this.#folded.set(folded, relation);
    append(this.#byName, this.fold(relation.name), relation);
  }

  addFunction(stored: StoredFunction): void {
    append(this.#functions, this.fold(stored.name), stored);
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

  /** A stored name as names of the tree are compared with it. */
  fold(name: string): string {
    return this.#insensitive ? name.toLowerCase() : name;
  }

  /** The relation of a key, in any spelling that the dialect takes for the same. */
  get(key: string): Relation | undefined {
    return this.#relations.get(key) ?? this.#folded.get(this.fold(key));
  }

  relations(): IterableIterator<Relation> {
    return this.#relations.values();
  }

  /**
   * The relation that a name means. Without a schema the search path decides; a name that stands in no schema of the path
   * but in exactly one other is taken for that one, since statistics do not tell the path of the session. A relation of which
   * the catalogue does not tell the schema is found under any.
   */
  find(schema: string | null, name: string, searchPath: readonly string[]): Relation | null {
    const candidates = schema === null ? [...searchPath, ''] : [schema, ''];
    for (const candidate of candidates) {
      const relation = this.#folded.get(this.fold(relationKey({ schema: candidate, name })));
      if (relation && (candidate !== '' || relation.schema === '')) return relation;
    }
    if (schema !== null) return null;
    const same = this.#byName.get(this.fold(name)) ?? [];
    return same.length === 1 ? (same[0] ?? null) : null;
  }

  /** The column of a relation by its folded name. */
  column(relation: Relation, name: string): Column | null {
    const folded = this.fold(name);
    return relation.columns.find((column) => column.name === name) ?? relation.columns.find((column) => this.fold(column.name) === folded) ?? null;
  }

  /**
   * The functions that a name can mean, one for each overload, in the order of the search path. A name that stands in no
   * schema of the path is taken for that of the only schema that has it.
   */
  functionsNamed(schema: string | null, name: string, searchPath: readonly string[]): StoredFunction[] {
    const same = this.#functions.get(this.fold(name)) ?? [];
    const within = (wanted: string): StoredFunction[] => same.filter((stored) => this.fold(stored.schema) === this.fold(wanted));
    if (schema !== null) return within(schema);
    const onPath = [...new Set([...searchPath, ''])].flatMap(within);
    if (onPath.length > 0) return onPath;
    return new Set(same.map((stored) => stored.schema)).size === 1 ? same : [];
  }

  /** The column lists of primary keys and of whole (not partial) unique indexes. */
  uniqueKeys(key: string): readonly string[][] {
    return this.#uniqueKeys.get(key) ?? [];
  }

  /** Whether some valid index begins with the column. */
  leadsAnIndex(key: string, column: string): boolean {
    return this.#leading.get(key)?.has(column) ?? false;
  }

  /** Whether some valid index begins with an expression, of which the catalogue does not say which. */
  hasExpressionIndex(key: string): boolean {
    return this.#byExpression.has(key);
  }

  /** The relation to which a foreign key of this one column leads. */
  refersTo(key: string, column: string): string | null {
    return this.#references.get(`${key}.${column}`) ?? null;
  }

  /** What part of the tables that have a foreign key refers to a relation, 0 to 1, and how many they are. */
  referring(parent: string): { tables: number; share: number } {
    const tables = this.#referring.get(parent)?.size ?? 0;
    const all = new Set([...this.#referring.values()].flatMap((names) => [...names])).size;
    return { tables, share: all === 0 ? 0 : tables / all };
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

/** The key of the relation that a constraint or an index is of. */
function ownerKey({ schema, relation }: { schema: string; relation: string }): string {
  return relationKey({ schema, name: relation });
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}
