import type { Catalog, Relation } from '../../model/catalog.js';
import type { ControlTableKind } from '../../model/control-record.js';
import type { Engine, StoreRole } from '../../model/store.js';
import { matchColumns, missingParts, partIds, type FoundColumn } from './columns.js';
import { KNOWN_TABLES, type KnownTable } from './conventions.js';

/** What the configuration says of control tables. */
export interface ControlSettings {
  /** The role of the store: in one that is not for analytics, only the article's names count. */
  role: StoreRole;
  /** `schema.name` by kind. */
  named: Partial<Record<ControlTableKind, string>>;
  /** The article's column → its name here. */
  columns: Readonly<Record<string, string>>;
}

export interface FoundTable {
  kind: ControlTableKind;
  schema: string;
  name: string;
  columns: Readonly<Record<string, FoundColumn | undefined>>;
  /** Columns of the article that it lacks. */
  lacking: string[];
  rowSecurity: boolean;
}

/** More of one kind in one store are business data that looks alike. */
const EACH_MAX = 4;

/** The control tables of a catalogue, by kind and name. Of each kind those that the configuration names, else all that look like one. */
export function findControlTables({ relations }: Pick<Catalog, 'relations'>, engine: Engine, settings: ControlSettings): FoundTable[] {
  return KNOWN_TABLES.flatMap((known) => {
    const named = settings.named[known.kind];
    const candidates = relations.filter((relation) => (named === undefined ? looksLike(relation, known, engine, settings) : keyOf(relation).toLowerCase() === named.toLowerCase()));
    return candidates
      .map((relation) => tableOf(relation, known, engine, settings))
      .filter(({ columns }) => missingParts(columns, known.parts).length === 0)
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
      .slice(0, EACH_MAX);
  });
}

function looksLike(relation: Relation, known: KnownTable, engine: Engine, { role, columns: mapped }: ControlSettings): boolean {
  // What a view computes has no bound.
  if (relation.kind !== 'table' && relation.kind !== 'partitioned_table') return false;
  const columns = matchColumns(relation.columns, known.parts, engine, mapped);
  if (missingParts(columns, known.parts).length > 0) return false;
  const { parts, named, alike, otherwise } = known.telling;
  const telling = parts.filter((id) => columns[id] !== undefined).length;
  const name = relation.name.toLowerCase();
  // An application may be about pipelines and reports itself.
  if (role !== 'warehouse' && role !== 'projection') return name === known.name && telling >= alike;
  if (name === known.name) return telling >= named;
  return telling >= (known.likeName.test(name) ? alike : otherwise);
}

function tableOf(relation: Relation, { kind, parts }: KnownTable, engine: Engine, { columns: mapped }: ControlSettings): FoundTable {
  const columns = matchColumns(relation.columns, parts, engine, mapped);
  const lacking = partIds(parts).filter((id) => columns[id] === undefined && !OPTIONAL[kind]?.includes(id)).flatMap((id) => parts[id]?.names[0] ?? []);
  return { kind, schema: relation.schema, name: relation.name, columns, lacking: lacking.toSorted(), rowSecurity: relation.rowSecurity };
}

/** Parts that the article's table has not. */
const OPTIONAL: Partial<Record<ControlTableKind, readonly string[]>> = { 'report-run': ['approver', 'approved'], watermark: ['error'] };

export function keyOf({ schema, name }: { schema: string; name: string }): string {
  return `${schema}.${name}`;
}
