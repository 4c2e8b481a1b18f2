import { isObject } from '../common/json.js';
import { fieldShape, tableShape } from './shapes.js';
import { identifier, stringLiteral } from './sql-text.js';

export interface MetabaseTable {
  id: string;
  schema: string | null;
  name: string;
  /** The id or, in the serialisation, the name of its database. */
  database: string | null;
  /** In the order of the table once all files are read; without hidden ones. */
  fields: MetabaseField[];
}

export interface MetabaseField {
  id: string;
  name: string;
  table: MetabaseTable | null;
  /** As the database names it, e.g. `timestamptz`; null where the export does not say. */
  databaseType: string | null;
  /** Metabase's own, e.g. `type/DateTime`. */
  baseType: string | null;
  foreignKeyTarget: string | null;
  isPrimaryKey: boolean;
  /** Of a key within a JSON column: the column, then the keys. */
  path: readonly string[];
  position: number;
}

/** An id as the key of a map; paths of the serialisation (`[database, schema, table]`) as JSON. */
export function idKey(id: unknown): string | null {
  if (typeof id === 'number') return String(id);
  if (Array.isArray(id)) return id.length > 0 ? JSON.stringify(id) : null;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Tables and fields by Metabase's ids. Fields that only a card's result columns tell have a name but perhaps no table. */
export class FieldCatalog {
  readonly #tables = new Map<string, MetabaseTable>();
  readonly #fields = new Map<string, MetabaseField>();
  /** The fields that stand among those of their table. */
  readonly #inTable = new Set<string>();

  table(id: unknown): MetabaseTable | null {
    const known = this.#tables.get(idKey(id) ?? '');
    return known ?? (Array.isArray(id) ? portableTable(id) : null);
  }

  field(id: unknown): MetabaseField | null {
    const known = this.#fields.get(idKey(id) ?? '');
    if (known !== undefined) return known;
    return Array.isArray(id) ? portableField(id, this.table(id.slice(0, 3))) : null;
  }

  addTable(value: Record<string, unknown>): void {
    const shape = tableShape.parse(value);
    const id = idKey(shape.id);
    if (id === null || !shape.name) return;
    const known = this.#tables.get(id);
    const table = known ?? { id, schema: shape.schema ?? null, name: shape.name, database: idKey(shape.db_id), fields: [] };
    this.#tables.set(id, table);
    for (const field of inTableOrder(shape.fields ?? [])) this.addField(field, table);
  }

  addField(value: Record<string, unknown>, table: MetabaseTable | null): void {
    const shape = fieldShape.parse(value);
    const id = idKey(shape.id);
    if (id === null || !shape.name) return;
    const owner = table ?? this.#owner(shape.table_id);
    const known = this.#fields.get(id);
    if (known?.table && owner !== known.table) return;
    const field: MetabaseField = {
      id,
      name: shape.name,
      table: owner,
      databaseType: shape.database_type ?? known?.databaseType ?? null,
      baseType: shape.effective_type ?? shape.base_type ?? known?.baseType ?? null,
      foreignKeyTarget: idKey(shape.fk_target_field_id),
      isPrimaryKey: shape.semantic_type === 'type/PK',
      path: shape.nfc_path ?? [],
      position: shape.position ?? Number.MAX_SAFE_INTEGER,
    };
    this.#fields.set(id, field);
    const hidden = shape.active === false || /^(sensitive|retired)$/.test(shape.visibility_type ?? '') || idKey(shape.parent_id) !== null;
    if (owner === null || hidden || this.#inTable.has(id)) return;
    this.#inTable.add(id);
    owner.fields.push(field);
  }

  /** The serialisation has a file for each field, which may come before that of its table. */
  #owner(id: unknown): MetabaseTable | null {
    const table = this.table(id);
    if (table !== null && Array.isArray(id) && !this.#tables.has(table.id)) this.#tables.set(table.id, table);
    return table;
  }

  /** Puts fields that came one by one in the order of their table. */
  arrange(): void {
    for (const { fields } of this.#tables.values()) fields.sort((one, other) => one.position - other.position);
  }

  /** The result columns of a card name the fields behind them, which helps where the metadata of the database is missing. */
  addResultColumns(columns: readonly unknown[], tableId: unknown): void {
    const shapes = columns.filter(isObject).map((column) => fieldShape.parse(column));
    const names = new Set(shapes.map(({ name }) => name));
    for (const shape of shapes) {
      const id = idKey(shape.id);
      if (id === null || !shape.name || this.#fields.has(id)) continue;
      this.#fields.set(id, {
        id,
        name: withoutNumber(shape.name, names),
        table: this.table(shape.table_id ?? (shape.table_id === undefined ? null : tableId)),
        databaseType: shape.database_type ?? null,
        baseType: shape.effective_type ?? shape.base_type ?? null,
        foreignKeyTarget: idKey(shape.fk_target_field_id),
        isPrimaryKey: shape.semantic_type === 'type/PK',
        path: shape.nfc_path ?? [],
        position: Number.MAX_SAFE_INTEGER,
      });
    }
  }
}

/** The second column of one name in a result is called `name_2`; its field is not. */
function withoutNumber(name: string, names: ReadonlySet<string | null | undefined>): string {
  const base = /^(.+)_\d+$/.exec(name)?.[1];
  return base !== undefined && names.has(base) ? base : name;
}

function inTableOrder(fields: readonly unknown[]): Record<string, unknown>[] {
  return fields
    .filter(isObject)
    .map((field) => ({ field, position: fieldShape.parse(field).position ?? Number.MAX_SAFE_INTEGER }))
    .toSorted((one, other) => one.position - other.position)
    .map(({ field }) => field);
}

/** `[database, schema, table]` of the serialisation format. */
function portableTable(path: readonly unknown[]): MetabaseTable | null {
  const [database, schema, name] = path;
  if (typeof database !== 'string' || typeof name !== 'string') return null;
  return { id: JSON.stringify(path), schema: typeof schema === 'string' ? schema : null, name, database, fields: [] };
}

/** `[database, schema, table, field, …]`: what follows are keys within a JSON column. */
function portableField(path: readonly unknown[], table: MetabaseTable | null): MetabaseField | null {
  const name = path[3];
  if (table === null || typeof name !== 'string') return null;
  return { id: JSON.stringify(path), name, table, databaseType: null, baseType: null, foreignKeyTarget: null, isPrimaryKey: false, path: [], position: 0 };
}

/**
 * A field as a column of `qualifier`. A key within a JSON column is what Metabase's driver for PostgreSQL writes for it
 * (`driver/postgres.clj`, `json-query`, v0.57): the column that is read is the one that holds the JSON.
 */
export function columnOf(qualifier: string | null, { name, path, databaseType, baseType }: Pick<MetabaseField, 'name' | 'path' | 'databaseType' | 'baseType'>): string {
  const below = qualifier === null ? '' : `${qualifier}.`;
  const [column, ...keys] = path;
  if (column === undefined || keys.length === 0) return below + identifier(name);
  return `(${below}${identifier(column)}#>> array[${keys.map(stringLiteral).join(', ')}]::text[])::${jsonTypeOf(databaseType, baseType)}`;
}

function jsonTypeOf(databaseType: string | null, baseType: string | null): string {
  if (databaseType !== null && /^[a-z][a-z ]*$/i.test(databaseType)) return databaseType;
  switch (baseType) {
    case 'type/Integer':
    case 'type/BigInteger':
      return 'bigint';
    case 'type/Float':
    case 'type/Number':
      return 'double precision';
    case 'type/Boolean':
      return 'boolean';
    default:
      return baseType?.startsWith('type/DateTime') === true ? 'timestamp' : 'text';
  }
}
