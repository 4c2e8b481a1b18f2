import type { CollectedQuery, QueryVariant } from '../../src/model/query.js';
import type { Snapshot, StoreSnapshot } from '../../src/model/snapshot.js';

/** A dashboard's query with believable defaults. */
export function collectedQuery(overrides: Partial<CollectedQuery> = {}): CollectedQuery {
  const raw = overrides.raw ?? 'select status, count(*) from app.case_file group by status';
  return {
    id: 'metabase:dash.example.org:card-7',
    kind: 'metabase',
    role: 'query',
    sqlKind: 'statement',
    title: 'Open cases',
    description: null,
    container: { kind: 'dashboard', id: '3', title: 'Case load' },
    owners: [{ name: 'anna@example.org', via: 'author' }],
    connection: { id: '1', name: 'production', engine: 'postgres', host: 'db', database: 'casework' },
    origin: { file: 'cards.json', pointer: '/0', line: 1, column: 1 },
    raw,
    reconstructed: false,
    variants: [plainVariant(raw)],
    isPublic: false,
    lifecycle: 'active',
    usage: { views: 12, lastUsedAt: '2026-03-01T08:00:00Z' },
    schedule: null,
    problems: [],
    ...overrides,
  };
}

export function plainVariant(sql: string): QueryVariant {
  return { label: 'stored defaults', sql, map: [], assumptions: [] };
}

export function storeSnapshot(overrides: Partial<StoreSnapshot> = {}): StoreSnapshot {
  return {
    name: 'production',
    role: 'operational',
    engine: 'postgres',
    version: '18.4',
    database: 'casework',
    inRecovery: false,
    catalog: {
      relations: [
        {
          schema: 'app',
          name: 'officer',
          kind: 'table',
          owner: 'postgres',
          comment: 'Questions to anna@example.org.',
          columns: [{ name: 'email', type: 'text', nullable: false, comment: 'like ben@example.org', label: 'MASKED', enumValues: null }],
          definition: null,
          rows: 200,
          size_bytes: 16_384,
          rowSecurity: false,
          rowSecurityForced: false,
          options: ['fillfactor=90'],
          partitionOf: null, recordedColumns: null,
        },
      ],
      constraints: [
        {
          schema: 'app',
          relation: 'officer',
          name: 'not_the_author',
          kind: 'check',
          columns: ['email'],
          expression: "email <> 'anna@example.org'::text",
          references: null,
          validated: true,
          enforced: true,
        },
      ],
      indexes: [],
      roles: [],
      grants: [{ grantee: 'public', schema: 'app', relation: 'officer', privileges: ['SELECT'] }],
      policies: [],
      extensions: [{ name: 'plpgsql', version: '1.0', schema: 'pg_catalog' }],
      publications: [], functions: [],
      settings: { statement_timeout: '0', 'casework.api_key': 'not for others' },
    },
    statements: [
      {
        role: 'metabase',
        database: 'casework',
        queryId: '-4711',
        toplevel: true,
        text: "copy (select email from app.officer where display_name = 'Anna') to stdout",
        textState: 'full',
        calls: 3,
        execution_ms: 12.5,
        planning_ms: null,
        rows: 600,
        sharedBlocksHit: 9,
        sharedBlocksRead: 1,
        tempBlocksRead: 0,
        tempBlocksWritten: 0,
        wal_bytes: 0,
      },
    ],
    statementWindow: { since: '2026-03-01T00:00:00.000Z', evictions: 0, entries: 1, entries_max: 5000, block_bytes: 8192 },
    cost: { elapsed_ms: 40.5, queries: 24, received_bytes: 30_000 },
    ...overrides,
  };
}

export function snapshotOf(overrides: Partial<Snapshot> = {}): Snapshot {
  return {
    takenAt: '2026-03-02T09:00:00.000Z',
    stores: [storeSnapshot()],
    queries: [collectedQuery()],
    sources: [{ path: 'dashboards', files: 1, ignored: 0, queries: { metabase: 1 } }],
    gaps: [{ subject: 'production', missing: 'the texts of 12 statements', cause: 'they are longer than the limit', remedy: null, severity: 'partial' }],
    ...overrides,
  };
}
