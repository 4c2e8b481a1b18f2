import type { ValueType } from '../../template/placeholder.js';
import type { MetabaseTag, TagResolver } from '../../template/metabase.js';
import { columnOf, idKey, type MetabaseField } from './field-catalog.js';
import type { Inventory } from './inventory.js';
import { isObject } from '../common/json.js';
import { templateTagShape, type TemplateTag } from './shapes.js';
import { identifier } from './sql-text.js';
import { bucket } from './temporal.js';

/** The definitions of a native question's tags: a map by name, or in MBQL 5 a list. */
export function tagDefinitions(value: unknown): Map<string, TemplateTag> {
  const entries = Array.isArray(value) ? value.map((tag: unknown) => ['', tag] as const) : isObject(value) ? Object.entries(value) : [];
  const definitions = new Map<string, TemplateTag>();
  for (const [key, tag] of entries) {
    if (!isObject(tag)) continue;
    const definition = templateTagShape.parse(tag);
    definitions.set(definition.name ?? key, definition);
    if (key !== '') definitions.set(key, definition);
  }
  return definitions;
}

/** The definitions with the values of dashboards where they have none of their own. */
export function withDefaults(definitions: Map<string, TemplateTag>, defaults: ReadonlyMap<string, unknown>): Map<string, TemplateTag> {
  for (const [name, value] of defaults) {
    const definition = definitions.get(name);
    if (definition !== undefined && defaultsOf(definition.default).length === 0) definitions.set(name, { ...definition, default: value });
  }
  return definitions;
}

/** What a tag stands for, by its definition and what the export says of the field, card, snippet or table behind it. */
export function tagResolver(
  definitions: ReadonlyMap<string, TemplateTag>,
  inventory: Inventory,
  /** Says why where it gives null. */
  cardSql: (id: string) => string | null,
  /** Collects the ids of the snippets that are asked for. */
  usedSnippets: Set<string>,
): TagResolver {
  const ofSnippets = new Map<string, TemplateTag>();
  return (name) => {
    const definition = definitions.get(name) ?? ofSnippets.get(name);
    const card = /^#(\d+|[\w-]{21})(?=-|$)/.exec(name)?.[1];
    if (card !== undefined || definition?.type === 'card') {
      const id = idKey(definition?.['card-id']) ?? card ?? '';
      return { kind: 'card', id, sql: cardSql(id), isExplained: true };
    }
    const snippet = /^snippet:\s*(.*)$/s.exec(name)?.[1]?.trim();
    if (snippet !== undefined || definition?.type === 'snippet') {
      const found = inventory.snippet(idKey(definition?.['snippet-id']), definition?.['snippet-name'] ?? snippet ?? null);
      if (found !== undefined) usedSnippets.add(found.id);
      for (const [inner, tag] of tagDefinitions(found?.snippet.template_tags)) ofSnippets.set(inner, tag);
      return { kind: 'snippet', content: found?.snippet.content ?? null };
    }
    return definition === undefined ? { kind: 'undefined' } : definedTag(definition, inventory);
  };
}

function definedTag(definition: TemplateTag, inventory: Inventory): MetabaseTag {
  const defaults = defaultsOf(definition.default);
  switch (definition.type) {
    case 'dimension': {
      const field = fieldOf(definition, inventory);
      const type = field === null ? 'unknown' : valueTypeOf(field);
      return { kind: 'field-filter', column: columnSql(definition, field), type, widget: definition['widget-type'] ?? '', defaults };
    }
    case 'temporal-unit':
      return { kind: 'temporal-unit', sql: bucketSql(definition, fieldOf(definition, inventory), defaults[0] ?? 'month'), defaults };
    case 'table': {
      const table = inventory.fields.table(definition['table-id']);
      const relation = table === null ? null : identifier(table.schema, table.name);
      return { kind: 'table', relation: relation !== null && definition.alias ? `${relation} AS ${identifier(definition.alias)}` : relation };
    }
    case 'text':
    case 'number':
    case 'date':
    case 'boolean':
      return { kind: 'value', type: definition.type, defaults };
    default:
      return { kind: 'undefined' };
  }
}

function defaultsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values
    .filter((one): one is string | number | boolean => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
    .map(String)
    .filter((one) => one !== '');
}

/** `[field, {}, id]`, `[field, id, {}]` or the old `[field-id, id]`. */
function fieldOf(definition: TemplateTag, inventory: Inventory): MetabaseField | null {
  const [, second, third] = definition.dimension ?? [];
  return inventory.fields.field(isObject(second) ? third : second);
}

function columnSql(definition: TemplateTag, field: MetabaseField | null): string | null {
  if (definition.alias) return definition.alias;
  if (field === null) return null;
  return columnOf(field.table === null ? null : identifier(field.table.schema, field.table.name), field);
}

function bucketSql(definition: TemplateTag, field: MetabaseField | null, unit: string): string | null {
  const column = columnSql(definition, field);
  if (column === null) return null;
  const databaseType = field?.databaseType ?? (field?.baseType === 'type/Date' ? 'date' : 'timestamptz');
  return bucket(unit, { sql: column, databaseType, baseType: field?.baseType ?? null }, 'sunday').sql;
}

function valueTypeOf(field: MetabaseField): ValueType {
  const type = field.baseType ?? '';
  if (type === 'type/Date') return 'date';
  if (/^type\/(DateTime|Instant)/.test(type)) return 'timestamp';
  if (/^type\/(Integer|BigInteger|Float|Decimal|Number)/.test(type)) return 'number';
  return type === 'type/Boolean' ? 'boolean' : 'text';
}
