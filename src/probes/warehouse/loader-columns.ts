import type { Column, Relation } from '../../model/catalog.js';
import type { Engine } from '../../model/store.js';
import type { Meaning } from '../landed.js';
import { keyOf } from './name.js';
import { isZoned, kindOf, type ColumnKind } from './time.js';

/** A column that tells how far a relation is loaded. */
export interface LoaderColumn {
  column: string;
  kind: ColumnKind;
  /** For times: with a time zone. */
  zoned: boolean;
  meaning: Meaning;
  origin: string;
}

type Known = readonly [name: string, meaning: Meaning, origin: string];

/**
 * Columns that loaders leave, and what they tell, the best first. Only positions and commit times speak of the source; when a
 * loader touched a row says nothing of it (PeerDB: time of staging; Fivetran: also re-syncs without a change; Airbyte:
 * time of reading; Debezium's `ts`: time of the connector).
 *
 * Debezium 2.7, event flattening with `add.fields`; Airbyte, CDC metadata columns and its raw tables; PeerDB, `_peerdb_synced_at`;
 * Fivetran, system columns.
 */
const KNOWN: readonly Known[] = [
  ['__source_lsn', 'lsn', 'Debezium'],
  ['__lsn', 'lsn', 'Debezium'],
  ['_ab_cdc_lsn', 'lsn', 'Airbyte'],
  ['source_lsn', 'lsn', 'loader'],
  ['_source_lsn', 'lsn', 'loader'],
  ['commit_lsn', 'lsn', 'loader'],
  ['__source_ts_ns', 'commit-time', 'Debezium'],
  ['__source_ts_us', 'commit-time', 'Debezium'],
  ['__source_ts_ms', 'commit-time', 'Debezium'],
  ['_ab_cdc_updated_at', 'commit-time', 'Airbyte'],
  ['source_committed_at', 'commit-time', 'loader'],
  ['_commit_timestamp', 'commit-time', 'loader'],
  ['source_record_updated_at', 'event-time', 'loader'],
  ['source_updated_at', 'event-time', 'loader'],
  ['source_modified_at', 'event-time', 'loader'],
  ['__ts_ns', 'load-time', 'Debezium'],
  ['__ts_us', 'load-time', 'Debezium'],
  ['__ts_ms', 'load-time', 'Debezium'],
  ['_airbyte_extracted_at', 'load-time', 'Airbyte'],
  ['_airbyte_emitted_at', 'load-time', 'Airbyte'],
  ['_peerdb_synced_at', 'load-time', 'PeerDB'],
  ['_fivetran_synced', 'load-time', 'Fivetran'],
  ['source_loaded_at', 'load-time', 'loader'],
  ['_loaded_at', 'load-time', 'loader'],
  ['loaded_at', 'load-time', 'loader'],
  ['ingested_at', 'load-time', 'loader'],
  ['_ingested_at', 'load-time', 'loader'],
];
const RANK = new Map(KNOWN.map(([name], index) => [name, index]));

/** A table that a heartbeat writes at the source and the loader brings along, such as `debezium_heartbeat`. */
const HEARTBEAT_TABLE = /heartbeat/;
const HEARTBEAT_COLUMNS = ['ts', 'heartbeat_at', 'heartbeat_ts', 'last_heartbeat', 'last_heartbeat_at', 'beat_at', 'heartbeat', 'last_updated', 'updated_at', 'created_at', 'at', 'time'];

const KINDS: Readonly<Record<'position' | 'time', readonly ColumnKind[]>> = {
  position: ['position', 'number', 'text'],
  time: ['time', 'number', 'text'],
};

/** At most two for a relation: its best position, and its best time, for where the source's clock of positions is not seen. */
export function loaderColumns(relation: Relation, engine: Engine = 'postgres'): LoaderColumn[] {
  const found = relation.columns.flatMap((column) => knownColumn(column, engine) ?? []).sort((a, b) => rankOf(a) - rankOf(b));
  const position = found.find(({ meaning }) => meaning === 'lsn');
  const time = heartbeatColumn(relation, engine) ?? sequinColumn(relation, engine) ?? found.find(({ meaning }) => meaning !== 'lsn');
  return [position, time].filter((column) => column !== undefined);
}

/** What a column's name tells by itself; null for a name that no loader uses. */
export function knownColumn({ name, type }: Pick<Column, 'name' | 'type'>, engine: Engine = 'postgres'): LoaderColumn | null {
  const folded = name.toLowerCase();
  const known = KNOWN[RANK.get(folded) ?? -1];
  if (!known) return null;
  const [, meaning, origin] = known;
  const kind = kindOf(type, engine);
  return KINDS[meaning === 'lsn' ? 'position' : 'time'].includes(kind) ? { column: name, kind, zoned: isZoned(type), meaning, origin } : null;
}

function rankOf({ column }: LoaderColumn): number {
  return RANK.get(column.toLowerCase()) ?? KNOWN.length;
}

function heartbeatColumn(relation: Relation, engine: Engine): LoaderColumn | undefined {
  if (!HEARTBEAT_TABLE.test(relation.name.toLowerCase())) return undefined;
  for (const name of HEARTBEAT_COLUMNS) {
    const column = relation.columns.find((candidate) => candidate.name.toLowerCase() === name);
    const kind = column === undefined ? 'other' : kindOf(column.type, engine);
    if (column && KINDS.time.includes(kind)) return { column: column.name, kind, zoned: isZoned(column.type), meaning: 'heartbeat', origin: 'heartbeat table' };
  }
  return undefined;
}

/** The table in which Sequin keeps changes: `committed_at` beside the table and key that a change is of. */
function sequinColumn(relation: Relation, engine: Engine): LoaderColumn | undefined {
  const named = (name: string) => relation.columns.find((column) => column.name.toLowerCase() === name);
  const committed = named('committed_at');
  if (!committed || !named('source_table_name') || !named('record_pk')) return undefined;
  return { column: committed.name, kind: kindOf(committed.type, engine), zoned: isZoned(committed.type), meaning: 'commit-time', origin: 'Sequin' };
}

/** The better of a relation's columns comes first; among equals the order of names. */
export function byWorth(a: { relation: Relation; found: LoaderColumn }, b: { relation: Relation; found: LoaderColumn }): number {
  const worth = ({ found }: { found: LoaderColumn }): number => (found.meaning === 'heartbeat' ? -1 : rankOf(found));
  return worth(a) - worth(b) || (keyOf(a.relation) < keyOf(b.relation) ? -1 : 1);
}
