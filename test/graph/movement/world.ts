import { buildBoundary, type StoreBoundary } from '../../../src/graph/boundary.js';
import { movementsAndNotes, type Movements } from '../../../src/graph/movement/index.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { Configuration } from '../../../src/model/configuration.js';
import type { RelationMovement } from '../../../src/model/movement.js';
import type { CollectedQuery } from '../../../src/model/query.js';
import type { Snapshot, StoreSnapshot } from '../../../src/model/snapshot.js';
import { dialectOfEngine } from '../../../src/sql/dialect.js';
import type { Parsers } from '../../../src/sql/parse/parsers.js';
import { catalogFromDdl } from '../../../src/sql/parse/postgres/ddl.js';
import { configuration, role, statistics, store } from '../../support/estate.js';

/** One store of a small world, by its schema. */
export interface StoreOfWorld {
  name: string;
  role: StoreSnapshot['role'];
  ddl: string;
  /** Statements that ran, by role. */
  ran?: Record<string, string[]>;
  queries?: CollectedQuery[];
  more?: Partial<StoreSnapshot>;
  catalog?: Partial<Catalog>;
}

export interface World {
  boundaries: StoreBoundary[];
  snapshot: Snapshot;
  configuration: Configuration;
}

const DEFAULT = configuration({
  zones: [
    { zone: 'internal', patterns: ['shop.*', 'crm.*', 'app.*'] }, { zone: 'contract', patterns: ['integration.*'] }, { zone: 'raw', patterns: ['raw.*', 'raw_*.*'] },
    { zone: 'secure', patterns: ['analytics_secure.*'] }, { zone: 'mart', patterns: ['analytics.*'] },
  ],
  consumers: [{ match: { role: 'loader' }, owner: 'Data Platform Team', purpose: 'loader' }],
});

export async function world(parsers: Parsers, stores: readonly StoreOfWorld[], overrides: Partial<Configuration> = {}): Promise<World> {
  const settled = { ...DEFAULT, ...overrides };
  const boundaries: StoreBoundary[] = [];
  for (const { name, role: purpose, ddl, ran = {}, queries = [], more, catalog: extra } of stores) {
    const read = await catalogFromDdl(ddl);
    const roles = [...read.roles, ...Object.keys(ran).map((each) => role(each))];
    const statements = Object.entries(ran).flatMap(([by, texts]) => texts.map((text) => statistics(text, { role: by })));
    const snapshot = store({ ...read, roles, ...extra }, { name, role: purpose, statements, ...more });
    boundaries.push(buildBoundary(snapshot, queries, settled, parsers.parse(dialectOfEngine(snapshot.engine))));
  }
  const snapshot: Snapshot = { takenAt: '2026-06-30T00:00:00Z', stores: boundaries.map((boundary) => boundary.store), queries: [], sources: [], gaps: [] };
  return { boundaries, snapshot, configuration: settled };
}

export async function waysOfWorld(parsers: Parsers, stores: readonly StoreOfWorld[], overrides: Partial<Configuration> = {}): Promise<Movements> {
  return movementsAndNotes({ ...(await world(parsers, stores, overrides)), parsers });
}

/** `production shop.customer > warehouse raw.customer by role loader: email = lower(email)` as one line for each column. */
export function lines(movements: readonly RelationMovement[]): string[] {
  return movements.flatMap(({ from, to, via, by, columns }) =>
    columns.map((column) => `${from.store} ${from.relation}.${column.from} > ${to.store} ${to.relation}.${column.to} ${column.mask}${column.identity ? '' : ' changed'}, ${via} by ${by}`),
  );
}

/** The movements of one pair of relations. */
export function between(movements: readonly RelationMovement[], from: string, to: string): RelationMovement[] {
  return movements.filter((movement) => movement.from.relation === from && movement.to.relation === to);
}
