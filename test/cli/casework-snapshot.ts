import type { Relation } from '../../src/model/catalog.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap, Snapshot, StoreSnapshot } from '../../src/model/snapshot.js';
import { emptyCatalog } from '../../src/sql/catalog.js';

const caseFile: Relation = {
  schema: 'app',
  name: 'case_file',
  kind: 'table',
  owner: 'case_app',
  comment: null,
  columns: ['id bigint', 'status text', 'opened_at timestamptz'].map((column) => {
    const [name = '', type = ''] = column.split(' ');
    return { name, type, nullable: false, comment: null, label: null, enumValues: null };
  }),
  definition: null,
  rows: 1_666_667,
  size_bytes: 412 * 2 ** 20,
  rowSecurity: false,
  rowSecurityForced: false,
  options: [],
  partitionOf: null, recordedColumns: null,
};

/** The operational store of a regulator's case work, with one table and no statistics. */
export const production: StoreSnapshot = {
  name: 'production',
  role: 'operational',
  engine: 'postgres',
  version: '16.4',
  database: 'casework',
  inRecovery: false,
  catalog: { ...emptyCatalog(), relations: [caseFile] },
  statements: [],
  statementWindow: null,
  cost: { elapsed_ms: 38, queries: 14, received_bytes: 20_480 },
};

/** A card that reads the table itself. */
export function card(sql: string): CollectedQuery {
  return {
    id: 'metabase:prod:118',
    kind: 'metabase',
    role: 'query',
    sqlKind: 'statement',
    title: 'Open cases',
    description: null,
    container: { kind: 'dashboard', id: '3', title: 'Casework operations' },
    owners: [],
    connection: { id: '1', name: 'Production', engine: 'postgres', host: null, database: 'casework' },
    origin: { file: 'dashboards/metabase/cards.json', pointer: '/0/dataset_query/native/query', line: 1, column: 1 },
    raw: sql,
    reconstructed: false,
    variants: [{ label: 'stored', sql, map: [], assumptions: [] }],
    isPublic: false,
    lifecycle: 'active',
    usage: null,
    schedule: null,
    problems: [],
  };
}

export const blindGap: Gap = {
  subject: 'replica',
  missing: 'everything',
  cause: 'nothing listens at replica.example:5432',
  remedy: 'start the server or mend the url',
  severity: 'blind',
};

export function snapshot(parts: Partial<Snapshot>): Snapshot {
  return { takenAt: '2026-03-02T08:15:41.120Z', stores: [production], queries: [], sources: [], gaps: [], ...parts };
}
