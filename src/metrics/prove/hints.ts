import type { Column } from '../../model/catalog.js';
import type { World } from '../definition.js';
import type { JointWorlds } from '../rows/joint.js';
import { instantText } from '../rows/instant.js';
import { valueText, type Value } from '../rows/point.js';
import type { Block, Session } from './block.js';
import type { TableFacts } from './facts.js';
import { aliasOf, columnPart, operation } from './expression.js';
import { ABSENT, type Obligations } from './obligation.js';

type Row = Record<string, string | null>;

/** A representative row as a small database: a row of each table that it is made of, with the parents that keys ask for. */
export function hintOf(joint: JointWorlds, row: number, block: Block, session: Session, obligations: Obligations): World | null {
  const { worlds, vocabulary } = joint;
  if (vocabulary.columns.some(({ moment }) => moment)) return null;
  const width = vocabulary.columns.length;
  const rows = new Map<string, Row>();
  const missing = new Set<string>();
  vocabulary.columns.forEach(({ name }, column) => {
    const place = worlds.places[row * width + column] ?? -1;
    const value = place < 0 ? null : worlds.context.classOf[column]?.points[place]?.value;
    const alias = aliasOf(name);
    if (columnPart(name) === ABSENT) {
      if (value?.kind === 'boolean' && value.boolean) missing.add(alias);
      return;
    }
    const table = session.sources.get(alias)?.table;
    const known = table?.byName.get(columnPart(name));
    if (!known) return;
    const own = rows.get(alias) ?? {};
    own[known.name] = value === null || value === undefined ? null : written(value, known);
    rows.set(alias, own);
  });
  const world: World = {};
  for (const source of block.sources) {
    if (source.table === null || missing.has(source.alias)) continue;
    addRow(world, source.table, rows.get(source.alias) ?? {}, session, obligations, 0);
  }
  return Object.keys(world).length === 0 ? null : world;
}

function addRow(world: World, table: TableFacts, given: Row, session: Session, obligations: Obligations, depth: number): void {
  const count = (world[table.key] ?? []).length;
  const row: Row = { ...baseRow(table, given, session, obligations) };
  for (const column of table.relation.columns) {
    if (row[column.name] === undefined && table.notNull.has(column.name)) row[column.name] = standIn(column, count);
  }
  for (const [name, value] of Object.entries(given)) row[name] = value;
  for (const name of Object.keys(row)) if (table.byName.get(name)?.generated !== undefined) delete row[name];
  for (const key of table.foreignKeys) {
    const parent = session.facts.tables.get(key.parent);
    const values = key.columns.map((name) => row[name] ?? null);
    if (parent === undefined || values.includes(null) || depth > 6) continue;
    const exists = (world[parent.key] ?? []).some((other) => key.parentColumns.every((name, place) => other[name] === values[place]));
    if (exists || (parent.key === table.key && key.parentColumns.every((name, place) => row[name] === values[place]))) continue;
    addRow(world, parent, Object.fromEntries(key.parentColumns.map((name, place) => [name, values[place] ?? null])), session, obligations, depth + 1);
  }
  const list = world[table.key] ?? [];
  const same = list.some((other) => table.keys.some((key) => key.columns.every((name) => other[name] !== null && other[name] === row[name])));
  if (!same) world[table.key] = [...list, row];
}

/** Values that satisfy the CHECKs about columns that the given row says nothing of. */
function baseRow(table: TableFacts, given: Row, session: Session, obligations: Obligations): Row {
  const open = table.checks.filter(({ columns }) => columns.some((name) => table.notNull.has(name)) && !columns.some((name) => name in given));
  if (open.length === 0) return {};
  const source = session.source({ table, node: null, opaque: null, columns: table.relation.columns });
  const names = [...new Set(open.flatMap(({ columns }) => columns))].filter((name) => table.byName.has(name));
  const joint = obligations.worlds([names.map((name) => operation('is_not_distinct', { type: 'column', parts: [`${source.alias}.${name}`], span: { start: 0, end: 0 } }, { type: 'column', parts: [`${source.alias}.${name}`], span: { start: 0, end: 0 } }))], { nullable: new Set(), premises: [] }, 'all');
  if (joint === null) return {};
  const { worlds, vocabulary } = joint;
  const width = vocabulary.columns.length;
  for (let row = 0; row < worlds.rows; row += 1) {
    if (worlds.broken[row * worlds.perRow] !== 0) continue;
    const found: Row = {};
    vocabulary.columns.forEach(({ name }, column) => {
      const known = table.byName.get(columnPart(name));
      const place = worlds.places[row * width + column] ?? -1;
      const value = worlds.context.classOf[column]?.points[place]?.value;
      if (known) found[known.name] = place < 0 || value === undefined ? null : written(value, known);
    });
    return found;
  }
  return {};
}

/** A value as its column reads it. */
function written(value: Value, column: Column): string {
  if (value.kind === 'other') return standIn(column, value.index + 7);
  if (value.kind === 'instant') return /with time zone|timestamptz/.test(column.type) ? `${instantText(value.micros)}+00` : instantText(value.micros);
  return valueText(value);
}

/** A value that stands for any other, a different one for each number. */
function standIn(column: Column, number: number): string {
  const type = column.type.toLowerCase();
  const [first] = column.enumValues ?? [];
  if (first !== undefined) return first;
  if (/^(?:smallint|integer|bigint|numeric|decimal|real|double)/.test(type)) return String(number + 1);
  if (type.startsWith('bool')) return 'false';
  if (type === 'date') return `2024-01-${String((number % 27) + 1).padStart(2, '0')}`;
  if (type.startsWith('timestamp')) return `2024-01-${String((number % 27) + 1).padStart(2, '0')} 10:00:00${/with time zone|tz/.test(type) ? '+00' : ''}`;
  if (type === 'uuid') return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  if (/^jsonb?$/.test(type) || type.endsWith('[]')) return '{}';
  if (type === 'interval') return `${number + 1} days`;
  if (type === 'inet' || type === 'cidr') return `10.0.0.${number % 250}`;
  return String.fromCharCode(97 + (number % 26));
}
