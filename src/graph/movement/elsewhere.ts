import type { Configuration } from '../../model/configuration.js';
import type { Relation } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import type { ForeignTable, StoreSnapshot } from '../../model/snapshot.js';
import { relationKey } from '../../sql/schema-index.js';
import type { StoreBoundary } from '../boundary.js';
import { destinationOf } from '../federation/place.js';
import { type CarriedColumn, sortedColumns } from './way.js';

/** A pair is compared because one is made of the other; how, it does not say. */
const CONFIDENCE_OF_PAIR = 0.8;

/** Tables that are read from another server each time. */
export function foreignMovements({ store }: Pick<StoreBoundary, 'store'>, stores: readonly StoreSnapshot[], configuration: Configuration): RelationMovement[] {
  return (store.foreignTables ?? []).flatMap((table): RelationMovement[] => {
    const remote = remoteOf(table, store, stores, configuration);
    const own = relationNamed(store, table.schema, table.name);
    if (!remote || !own) return [];
    const columns = sameColumns(remote.relation, own);
    if (columns.length === 0) return [];
    return [{
      from: { store: remote.store.name, relation: relationKey(remote.relation) },
      to: { store: store.name, relation: relationKey(own) },
      via: 'foreign-table', by: `server ${table.server}`, rowFilter: null, columns, conditions: [], confidence: 1,
      evidence: `${relationKey(own)} is a foreign table of server ${table.server}`,
    }];
  });
}

function remoteOf(table: ForeignTable, store: StoreSnapshot, stores: readonly StoreSnapshot[], configuration: Configuration): { store: StoreSnapshot; relation: Relation } | null {
  const { wrapper, server, host, port, database, remoteSchema, remoteName } = table;
  const engine = /^(?:postgres|dblink)/.test(wrapper) ? 'postgres' : wrapper.startsWith('mysql') ? 'mysql' : wrapper.startsWith('tds') ? 'tsql' : null;
  const place = host === null ? null : port === null ? host : `${host}:${port}`;
  const side = { engine, connection: database === null && host === null ? server : null, host: place, database } as const;
  const found = destinationOf(side, store, stores, configuration)?.store;
  const relation = found && relationNamed(found, remoteSchema ?? table.schema, remoteName);
  return found && relation ? { store: found, relation } : null;
}

function relationNamed({ catalog }: StoreSnapshot, schema: string, name: string): Relation | undefined {
  return catalog.relations.find((relation) => relation.name === name && relation.schema === schema);
}

/** What brings a physical standby its rows. */
export const PHYSICAL_REPLICATION = 'physical replication';

/** A physical standby has every table of its primary, byte by byte. */
export function standbyMovements(boundaries: readonly Pick<StoreBoundary, 'store'>[]): RelationMovement[] {
  const primaries = boundaries.filter(({ store }) => store.role === 'operational' && !store.inRecovery);
  return boundaries.flatMap(({ store }) => {
    if (store.role !== 'replica') return [];
    const same = primaries.filter((primary) => primary.store.database === store.database && (store.systemIdentifier === undefined || primary.store.systemIdentifier === store.systemIdentifier));
    const [primary, another] = same;
    if (!primary || another) return [];
    const known = new Map(primary.store.catalog.relations.map((relation) => [relationKey(relation), relation]));
    return store.catalog.relations.flatMap((relation): RelationMovement[] => {
      const key = relationKey(relation);
      const source = known.get(key);
      if (!source || relation.definition !== null) return [];
      return [{
        from: { store: primary.store.name, relation: key }, to: { store: store.name, relation: key }, via: 'replication', by: PHYSICAL_REPLICATION, rowFilter: null,
        columns: sameColumns(source, relation), conditions: [], confidence: 1, evidence: `${store.name} is a physical replica of ${primary.store.name}`,
      }];
    });
  });
}

/** Pairs that the configuration reconciles, where nothing else tells how the rows of one come into the other. */
export function reconciledMovements({ live }: Pick<Configuration, 'live'>, boundaries: readonly Pick<StoreBoundary, 'store'>[], isFilled: (store: string, relation: string) => boolean): RelationMovement[] {
  const relationOf = (store: string, key: string): Relation | undefined =>
    boundaries.find((boundary) => boundary.store.name === store)?.store.catalog.relations.find((relation) => relationKey(relation) === key);
  return live.reconcile.flatMap(({ name, source, target }): RelationMovement[] => {
    const [from, to] = [relationOf(source.store, source.relation), relationOf(target.store, target.relation)];
    if (!from || !to || isFilled(target.store, target.relation)) return [];
    const columns = sameColumns(from, to);
    if (columns.length === 0) return [];
    return [{
      from: { store: source.store, relation: source.relation }, to: { store: target.store, relation: target.relation }, via: 'declared', by: `reconciliation ${name} of the configuration`,
      rowFilter: null, columns, conditions: [], confidence: CONFIDENCE_OF_PAIR, evidence: 'the configuration reconciles the two',
    }];
  });
}

function sameColumns(from: Relation, to: Relation): CarriedColumn[] {
  const theirs = new Map(from.columns.map(({ name }) => [name.toLowerCase(), name]));
  return sortedColumns(to.columns.flatMap(({ name }): CarriedColumn[] => {
    const source = theirs.get(name.toLowerCase());
    return source === undefined ? [] : [{ from: source, to: name, mask: 'raw', identity: true }];
  }));
}
