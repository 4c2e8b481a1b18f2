import type { StoreBoundary } from '../graph/boundary.js';
import type { Column, Relation } from '../model/catalog.js';
import { relationKey } from '../sql/schema-index.js';
import { plainText } from '../text/plain-text.js';
import { sqlIdentifier, sqlQualified } from '../text/sql-name.js';

/** What a row of a registry says of one contract. */
export interface RegistryEntry {
  schema: string;
  view: string;
  version: number;
  owner: string | null;
  columns: readonly { name: string; type: string; nullable: boolean }[];
}

export interface RegistryStatements {
  row: string;
  /** The table to make; null where the store has one. */
  table: string | null;
  notes: string[];
}

type Field = 'name' | 'schema' | 'version' | 'owner' | 'policy' | 'definition' | 'created';

/** What registries call their columns; the first names are those of a table that is made anew. */
const NAMES: Record<Field, readonly string[]> = {
  name: ['contract_name', 'view_name', 'contract', 'contract_id', 'relation_name', 'dataset_name', 'name'],
  schema: ['schema_name', 'view_schema', 'table_schema', 'contract_schema'],
  version: ['version', 'contract_version', 'version_number', 'major_version'],
  owner: ['owner_team', 'owner', 'owned_by', 'owning_team', 'team', 'contract_owner', 'owner_name', 'producer_team', 'producer'],
  policy: ['compatibility_policy', 'compatibility', 'compatibility_mode', 'policy', 'evolution_policy'],
  definition: ['schema_definition', 'schema_json', 'json_schema', 'contract_schema_definition', 'column_definitions', 'columns', 'fields', 'definition', 'schema'],
  created: ['created_at', 'registered_at'],
};
const FIELDS: readonly Field[] = ['name', 'schema', 'version', 'owner', 'policy', 'definition', 'created'];
/** A table that is made anew tells the schema by its own place. */
const FIELDS_OF_NEW = FIELDS.filter((field) => field !== 'schema');

const POLICY = 'BACKWARD';
const OWNER_OPEN = 'the team that owns it';

/** The INSERT that registers a view, in the shape of the registry that the store has. */
export function registryStatements(entry: RegistryEntry, boundary: StoreBoundary): RegistryStatements {
  const registry = registryOf(boundary);
  if (registry === null) {
    const name = sqlQualified({ schema: entry.schema, name: 'data_contract_registry' });
    return { row: insertOf(name, FIELDS_OF_NEW.map((field) => [NAMES[field][0] ?? field, valueOf(field, entry, { type: field === 'version' ? 'integer' : 'jsonb', qualifiedNames: false })])), table: tableOf(name), notes: [] };
  }
  const qualifiedNames = columnFor('schema', registry) === undefined && areMostQualified(boundary);
  const filled = new Map<string, string>();
  for (const field of FIELDS) {
    const column = columnFor(field, registry);
    if (column !== undefined && !filled.has(column.name)) filled.set(column.name, valueOf(field, entry, { type: column.type, qualifiedNames }));
  }
  const open = registry.columns.filter(({ name, nullable, default: given }) => !filled.has(name) && !nullable && given === undefined).map(({ name }) => name);
  const notes = open.length === 0 ? [] : [`${relationKey(registry)} also wants ${open.join(', ')}, which nothing here tells`];
  return { row: insertOf(sqlQualified(registry), [...filled]), table: null, notes };
}

/** The table that the collection found, else one that is named and shaped as one. */
function registryOf({ store }: StoreBoundary): Relation | null {
  const { relations } = store.catalog;
  const known = relations.find((relation) => relationKey(relation) === store.contractRegistry?.relation);
  const isOne = (relation: Relation): boolean =>
    relation.kind === 'table' && /contract|registry/i.test(relation.name) && columnFor('name', relation) !== undefined && columnFor('version', relation) !== undefined && columnFor('definition', relation) !== undefined;
  return known ?? relations.find(isOne) ?? null;
}

/** How the rows that are there name their views. */
function areMostQualified({ store }: StoreBoundary): boolean {
  const rows = store.contractRegistry?.rows ?? [];
  return rows.filter(({ name }) => name.includes('.')).length * 2 > rows.length;
}

function columnFor(field: Field, { columns }: Relation): Column | undefined {
  for (const wanted of NAMES[field]) {
    const column = columns.find(({ name }) => name.toLowerCase() === wanted);
    if (column !== undefined) return column;
  }
  return undefined;
}

function valueOf(field: Field, { schema, view, version, owner, columns }: RegistryEntry, { type, qualifiedNames }: { type: string; qualifiedNames: boolean }): string {
  switch (field) {
    case 'name':
      return literal(qualifiedNames ? `${schema}.${view}` : view);
    case 'schema':
      return literal(schema);
    case 'version':
      return /int|numeric/i.test(type) ? String(version) : literal(String(version));
    case 'owner':
      return literal(plainText(owner ?? OWNER_OPEN));
    case 'policy':
      return literal(POLICY);
    case 'definition':
      return literal(`{"columns": [\n${columns.map(({ name, type: ofColumn }) => `  ${JSON.stringify({ name, type: ofColumn })}`).join(',\n')}\n]}`);
    case 'created':
      return 'now()';
  }
}

function insertOf(table: string, values: readonly (readonly [string, string])[]): string {
  return `INSERT INTO ${table} (${values.map(([name]) => sqlIdentifier(name)).join(', ')}) VALUES (${values.map(([, value]) => value).join(', ')})`;
}

/** A registry as it is usually laid out: who promises which columns, since when and until when. */
function tableOf(name: string): string {
  return `CREATE TABLE IF NOT EXISTS ${name} (contract_name text PRIMARY KEY, version integer NOT NULL, owner_team text NOT NULL, compatibility_policy text NOT NULL, schema_definition jsonb NOT NULL, created_at timestamptz NOT NULL, deprecated_at timestamptz)`;
}

function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
