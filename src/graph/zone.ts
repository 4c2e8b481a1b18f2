import type { Configuration } from '../model/configuration.js';
import type { Relation } from '../model/catalog.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { Zone } from '../model/store.js';
import { like } from '../text/glob.js';
import { relationKey } from '../sql/schema-index.js';

export interface ZoneAssignment {
  zone: Zone;
  /** `configured`, or why it was guessed. */
  reason: string;
  guessed: boolean;
}

/** Names that teams give to schemas, by what these are for. Tested in this order against the words of the name. */
const SCHEMA_WORDS: readonly (readonly [Zone, readonly string[]])[] = [
  ['secure', ['secure', 'pii', 'vault', 'sensitive', 'restricted']],
  ['control', ['control', 'audit', 'metadata', 'monitoring']],
  ['semantic', ['semantic', 'metrics', 'semantics']],
  ['contract', ['integration', 'contract', 'contracts', 'api', 'published', 'interface']],
  ['read_model', ['readmodel', 'projection', 'projections', 'read', 'view', 'views']],
  ['raw', ['raw', 'landing', 'staging', 'stage', 'stg', 'bronze', 'ingest', 'source', 'sources']],
  ['mart', ['mart', 'marts', 'analytics', 'reporting', 'report', 'reports', 'dwh', 'warehouse', 'gold', 'dim', 'fact', 'bi']],
];

/** A view such as `v_case_opened_v1` promises its shape by its version. */
const VERSIONED_VIEW = /(?:^|_)v\d+$/;

/** Tables that a tool keeps for itself beside those of the business: migrations that ran, heartbeats, marks of a load. */
const TOOL_TABLES: ReadonlySet<string> = new Set([
  'schema_migrations', 'ar_internal_metadata', 'django_migrations', 'flyway_schema_history', 'schema_version', 'databasechangelog',
  'databasechangeloglock', 'alembic_version', '_prisma_migrations', 'knex_migrations', 'knex_migrations_lock', 'goose_db_version',
  '__efmigrationshistory', 'doctrine_migration_versions', 'debezium_heartbeat', 'debezium_signal',
]);
const TOOL_PREFIXES = ['awsdms_'];

/**
 * The zone of a relation: as configured, else as a registry of contracts or a data contract declares it, else by a guess that
 * says so. What gives no hint stays `unknown`.
 */
export function zoneOf(relation: Relation, store: Pick<StoreSnapshot, 'role' | 'contracted' | 'registered' | 'contractRegistry'>, configuration: Configuration): ZoneAssignment {
  const key = relationKey(relation);
  for (const { zone, patterns } of configuration.zones) {
    const pattern = patterns.find((candidate) => like(key, candidate));
    if (pattern !== undefined) return { zone, reason: `configured by ${pattern}`, guessed: false };
  }
  const registry = store.contractRegistry?.relation ?? '';
  if (key === registry) return { zone: 'control', reason: 'it is the registry of contracts', guessed: false };
  if (store.registered?.has(key) === true) return { zone: 'contract', reason: `declared by the registry ${registry}`, guessed: false };
  const contract = store.contracted?.get(key);
  if (contract !== undefined) return { zone: 'contract', reason: `declared by the data contract ${contract}`, guessed: false };
  return { ...guess(relation, store), guessed: true };
}

function guess(relation: Relation, store: Pick<StoreSnapshot, 'role'>): { zone: Zone; reason: string } {
  if (isToolTable(relation)) return { zone: 'control', reason: 'guessed: named as the bookkeeping of a tool is' };
  const words = relation.schema.toLowerCase().split(/[^a-z0-9]+/);
  for (const [zone, names] of SCHEMA_WORDS) {
    const word = words.find((candidate) => names.includes(candidate));
    if (word === undefined) continue;
    if (zone === 'read_model' && (word === 'read' || word.startsWith('view')) && !words.includes('model')) continue;
    // A table in a contract schema is the contract's own bookkeeping, not a contract.
    if (zone === 'contract' && relation.definition === null) return { zone: 'control', reason: `guessed: a table in schema ${relation.schema}` };
    return { zone, reason: `guessed from the name of schema ${relation.schema}` };
  }
  if (store.role === 'warehouse') return { zone: 'unknown', reason: 'nothing tells what it is for' };
  if (relation.kind === 'view' && VERSIONED_VIEW.test(relation.name)) return { zone: 'contract', reason: 'guessed from the version in its name' };
  if (relation.kind === 'foreign_table') return { zone: 'unknown', reason: 'a foreign table' };
  return { zone: 'internal', reason: 'guessed: a relation of the operational store that nothing declares for outsiders' };
}

function isToolTable({ name }: Relation): boolean {
  const folded = name.toLowerCase();
  return TOOL_TABLES.has(folded) || TOOL_PREFIXES.some((prefix) => folded.startsWith(prefix));
}
