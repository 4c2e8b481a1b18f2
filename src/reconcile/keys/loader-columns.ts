import type { DescribedColumn } from '../../stores/description.js';
import type { DeletedRule } from './types.js';

/**
 * Columns that loaders add to what they load, by the beginning of their names or the whole: Fivetran, Airbyte, PeerDB, Debezium
 * (the default prefix `__` of the SMT that flattens changes, and its usual fields), Stitch and Singer, dlt, Estuary, Hevo, Matillion,
 * Datastream, ClickHouse's own. From the documentation of each.
 */
const LOADERS: readonly (readonly [RegExp, string])[] = [
  [/^_fivetran_/i, 'Fivetran'],
  [/^_(airbyte|ab_cdc)_/i, 'Airbyte'],
  [/^_peerdb_/i, 'PeerDB'],
  [/^__(deleted|op|lsn|ts_(ms|us|ns)|source_(ts_ms|ts_us|ts_ns|lsn|txid|table|schema|db|name|snapshot)|table|db|txid)$/i, 'Debezium'],
  [/^_sdc_/i, 'Stitch'],
  [/^_dlt_/i, 'dlt'],
  [/^(_meta\/|flow_published_at$)/i, 'Estuary'],
  [/^__hevo_/i, 'Hevo'],
  [/^(datastream_metadata$|is_deleted_datastream$)/i, 'Datastream'],
  [/^_(sign|version)$/i, 'ClickHouse'],
  [/^(_tidemark_|_cdc_)/i, 'a loader'],
];

/** Who writes a column of this name; null for a column that carries data. */
export function loaderOf(name: string): string | null {
  return LOADERS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** How loaders mark deleted rows, best first. */
const MARKS: readonly string[] = ['__deleted', '_fivetran_deleted', '_peerdb_is_deleted', '_ab_cdc_deleted_at', '_sdc_deleted_at', '__hevo__marked_deleted'];

/** The column by which a loader marks deleted rows, by its name alone. */
export function deletedMark(columns: readonly DescribedColumn[]): { column: DescribedColumn; convention: NonNullable<DeletedRule['convention']> } | null {
  for (const mark of MARKS) {
    const column = columns.find(({ name }) => name.toLowerCase() === mark);
    if (column !== undefined) return { column, convention: loaderOf(column.name) ?? 'a loader' };
  }
  return null;
}
