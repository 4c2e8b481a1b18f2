/** Words that say where a table stands or how it is made, not what it holds. */
const PLACE_WORDS: ReadonlySet<string> = new Set([
  'raw', 'landing', 'staging', 'stage', 'stg', 'src', 'source', 'bronze', 'silver', 'ods', 'dim', 'fact', 'fct', 'base', 'tbl', 'table', 'copy', 'replica', 'cdc', 'full', 'current', 'latest', 'snapshot',
]);

/** Columns that a loader adds of its own. */
const LOAD_COLUMN = /^(?:_fivetran_|_airbyte_|_ab_|_sdc_|_dlt_|_peerdb_|_dbt_|dbt_|__|etl_|dwh_)|^(?:loaded_at|load_ts|load_time|ingested_at|synced_at|batch_id|run_id|source_loaded_at|source_system)$/i;

/**
 * What a relation is called without words of place and in the singular: `raw_orders`, `stg_shop__orders` of source `shop` and
 * `order` → `order`. `schema` is that of the other side: loaders put it before the name.
 */
export function plainName(name: string, schema: string): string {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '' && !/^v?\d+$/.test(word)).map(singular);
  const own = new Set(schema.toLowerCase().split(/[^\p{L}\p{N}]+/u).map(singular));
  const telling = words.filter((word) => !PLACE_WORDS.has(word));
  const rest = telling.filter((word) => !own.has(word));
  return (rest.length > 0 ? rest : telling.length > 0 ? telling : words).join('_');
}

/** `customers` → `customer`, `companies` → `company`, `addresses` → `address`; what only looks like a plural stays. */
function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:s|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

export function isLoadColumn(column: string): boolean {
  return LOAD_COLUMN.test(column);
}

/** Columns of the source by the name of the target's column that is called alike, letters of either case. */
export function sameColumns(source: readonly string[], target: readonly string[]): { source: string; target: string }[] {
  const theirs = new Map(target.map((name) => [name.toLowerCase(), name]));
  return source.flatMap((name) => {
    const other = theirs.get(name.toLowerCase());
    return other === undefined ? [] : [{ source: name, target: other }];
  });
}
