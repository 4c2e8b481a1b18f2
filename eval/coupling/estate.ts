import { configurationFromSnapshot } from '../../src/config/defaults.js';
import { consumerName } from '../../src/graph/consumer-name.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { DeclaredContract } from '../../src/model/contract.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Snapshot, StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source as dcs } from '../../src/sources/dcs.js';
import { source as odcs } from '../../src/sources/odcs.js';
import { catalogFromStatements } from '../../src/sql/ddl.js';
import { dialectOfEngine } from '../../src/sql/dialect.js';
import { createParsers } from '../../src/sql/parse/parsers.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { registryOf } from '../../src/stores/shared/contract-registry.js';
import type { CouplingCase } from './cases.js';

const STORE = 'store';

/** A labelled case as it would be collected: no store is opened, and nothing but its texts is read. */
export interface CaseEstate {
  snapshot: Snapshot;
  configuration: Configuration;
  /** How reports name consumers → how the case does. */
  labels: Map<string, string>;
}

export async function estateOf(one: CouplingCase): Promise<CaseEstate> {
  const queries = one.consumers.flatMap((consumer, at) => (consumer.card === undefined ? [] : [cardOf(consumer.card, consumer.sql, at, one)]));
  const statements = one.consumers.flatMap((consumer, at) => (consumer.role === undefined ? [] : [statisticsOf(consumer.role, consumer.sql, consumer.calls, at)]));
  const store: StoreSnapshot = {
    name: STORE, role: one.role, engine: one.engine, version: one.engine === 'postgres' ? '18.0' : '1.5.5', database: 'estate', inRecovery: one.role === 'replica',
    catalog: await catalogOf(one), statements,
    statementWindow: statements.length === 0 ? null : { since: '2026-09-01T00:00:00Z', evictions: 0, entries: statements.length, entries_max: 5000, block_bytes: 8192 },
    cost: { elapsed_ms: 0, queries: 0, received_bytes: 0 },
    ...registryIn(one),
  };
  const snapshot: Snapshot = { takenAt: one.taken_at, stores: [store], queries, sources: [], gaps: [], contracts: one.contracts.flatMap(contractsIn) };
  const { configuration } = configurationFromSnapshot(snapshot);
  const consumers = one.consumers.flatMap(({ role, purpose }) => (role === undefined || purpose === undefined ? [] : [{ match: { role }, purpose, owner: null }]));
  return {
    snapshot,
    configuration: {
      ...configuration,
      zones: Object.entries(one.zones).map(([zone, patterns]) => ({ zone: zoneNamed(zone), patterns: patterns ?? [] })),
      consumers: [...configuration.consumers, ...consumers],
    },
    labels: new Map(queries.map((query) => [consumerName(query), query.title ?? ''])),
  };
}

function zoneNamed(zone: string): Configuration['zones'][number]['zone'] {
  const found = (['internal', 'contract', 'read_model', 'raw', 'mart', 'semantic', 'secure', 'control'] as const).find((known) => known === zone);
  if (found === undefined) throw new Error(`${zone} is no zone that can be configured`);
  return found;
}

async function catalogOf({ id, engine, ddl, publications }: CouplingCase): Promise<Catalog> {
  const catalog = engine === 'postgres' ? await catalogFromDdl(ddl) : await duckdbCatalog(id, ddl);
  return {
    ...catalog,
    publications: [...catalog.publications, ...publications.map(({ name, all_tables, tables }) => ({
      name, allTables: all_tables,
      tables: Object.entries(tables).map(([key, columns]) => ({ schema: key.slice(0, key.indexOf('.')), relation: key.slice(key.indexOf('.') + 1), columns, rowFilter: null })),
    }))],
  };
}

async function duckdbCatalog(id: string, ddl: string): Promise<Catalog> {
  const parsers = await createParsers();
  try {
    const dialect = dialectOfEngine('duckdb');
    await parsers.prepare(dialect, [ddl]);
    const parse = parsers.parse(dialect);
    const { catalog, diagnostics } = catalogFromStatements(parse(ddl), ddl, dialect, parse);
    const [first] = diagnostics.filter(({ severity }) => severity === 'error');
    if (first) throw new Error(`${id}: ${first.message}`);
    return catalog;
  } finally {
    await parsers.close();
  }
}

function registryIn({ registry }: CouplingCase): Pick<StoreSnapshot, 'contractRegistry'> {
  if (registry === undefined) return {};
  const dot = registry.relation.indexOf('.');
  const relation = { schema: registry.relation.slice(0, dot), name: registry.relation.slice(dot + 1), rowSecurity: registry.partial };
  const rows = registry.rows.map(({ name, version, owner, policy, schema, deprecated_at }) => ({
    name, schema: null, version: version === null ? null : String(version), owner, policy, definition: schema === undefined ? null : JSON.stringify(schema), too_long: false, deprecated_seconds: null, deprecated_text: deprecated_at,
  }));
  return { contractRegistry: registryOf(STORE, { relation, columns: {} }, rows).value };
}

function contractsIn(text: string, at: number): DeclaredContract[] {
  const contracts: DeclaredContract[] = [];
  const file = new SourceFile(`contract-${at}.yaml`, text);
  for (const source of [odcs, dcs]) source.read([file], { connection: null, gap: () => undefined, contract: (contract) => contracts.push(contract) });
  return contracts;
}

function cardOf(title: string, sql: string, at: number, { engine }: CouplingCase): CollectedQuery {
  return {
    id: `metabase:case:card:${at + 1}`, kind: 'metabase', role: 'query', sqlKind: 'statement', title, description: null, container: { kind: 'dashboard', id: '1', title: 'Board' },
    owners: [], connection: { id: '1', name: 'Store', engine, host: null, database: 'estate' }, origin: { file: `card-${at + 1}.json`, pointer: '', line: 1, column: 1 },
    raw: sql, reconstructed: false, variants: [{ label: 'stored', sql, map: [], assumptions: [] }], isPublic: false, lifecycle: 'active', usage: null, schedule: null, problems: [],
  };
}

function statisticsOf(role: string, text: string, calls: number, at: number): StatementStatistics {
  return {
    role, database: 'estate', queryId: String(at + 1), toplevel: true, text, textState: 'full', calls, execution_ms: calls * 5, planning_ms: null, rows: calls * 10,
    sharedBlocksHit: calls * 100, sharedBlocksRead: 0, tempBlocksRead: 0, tempBlocksWritten: 0, wal_bytes: 0,
  };
}
