import { isObject } from '../common/json.js';
import { fieldShape, tableShape } from './shapes.js';

export interface MetabaseTable {
  id: string;
  schema: string | null;
  name: string;
  /** In the order of the table; without hidden ones. */
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
}

export function idKey(id: unknown): string | null {
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Tables and fields by Metabase's ids. Fields that only a card's result columns tell have a name but perhaps no table. */
export class FieldCatalog {
  readonly #tables = new Map<string, MetabaseTable>();
  readonly #fields = new Map<string, MetabaseField>();

  table(id: unknown): MetabaseTable | null {
    if (Array.isArray(id)) return portableTable(id);
    return this.#tables.get(idKey(id) ?? '') ?? null;
  }

  field(id: unknown): MetabaseField | null {
    if (Array.isArray(id)) return portableField(id);
    return this.#fields.get(idKey(id) ?? '') ?? null;
  }

  addTable(value: Record<string, unknown>): void {
    const shape = tableShape.parse(value);
    const id = idKey(shape.id);
    if (id === null || !shape.name) return;
    const known = this.#tables.get(id);
    const table = known ?? { id, schema: shape.schema ?? null, name: shape.name, fields: [] };
    this.#tables.set(id, table);
    for (const field of inTableOrder(shape.fields ?? [])) this.addField(field, table);
  }

  addField(value: Record<string, unknown>, table: MetabaseTable | null): void {
    const shape = fieldShape.parse(value);
    const id = idKey(shape.id);
    if (id === null || !shape.name) return;
    const owner = table ?? this.table(shape.table_id);
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
    };
    this.#fields.set(id, field);
    const hidden = shape.active === false || /^(sensitive|retired)$/.test(shape.visibility_type ?? '') || idKey(shape.parent_id) !== null;
    if (owner !== null && !hidden && !owner.fields.some((other) => other.id === id)) owner.fields.push(field);
  }

  /** The result columns of a card name the fields behind them, which helps where the metadata of the database is missing. */
  addResultColumns(columns: readonly unknown[], tableId: string | number | null): void {
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
  return { id: JSON.stringify(path), schema: typeof schema === 'string' ? schema : null, name, fields: [] };
}

/** `[database, schema, table, field]`. */
function portableField(path: readonly unknown[]): MetabaseField | null {
  const table = portableTable(path.slice(0, 3));
  const name = path[3];
  if (table === null || typeof name !== 'string') return null;
  return { id: JSON.stringify(path), name, table, databaseType: null, baseType: null, foreignKeyTarget: null, isPrimaryKey: false };
}
