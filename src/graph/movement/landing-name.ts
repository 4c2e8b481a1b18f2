import { wordsOf } from '../../privacy/words.js';

/** Words that say where a table stands or how it is made, not what it holds. */
const PLACE_WORDS: ReadonlySet<string> = new Set([
  'raw', 'landing', 'staging', 'stage', 'stg', 'src', 'source', 'bronze', 'silver', 'gold', 'ods', 'psa', 'dim', 'dimension', 'fact', 'fct', 'mart', 'int', 'tbl', 'table', 'view', 'vw',
  'v', 'mv', 'airbyte', 'fivetran', 'stitch', 'cdc', 'full', 'copy', 'replica', 'latest', 'current', 'base', 'delta', 'incremental', 'public', 'scd', 'snapshot',
]);

/** Words that so many tables are called by that equal names tell little. */
const PLAIN_WORDS: ReadonlySet<string> = new Set(['data', 'event', 'log', 'item', 'entry', 'record', 'detail', 'history', 'type', 'status', 'setting', 'config', 'list', 'info', 'result', 'value', 'file', 'message', 'queue', 'job', 'task', 'state', 'attribute']);

/** Columns that a load adds of its own. */
const LOAD_COLUMNS = /^(?:_fivetran_|_airbyte_|_sdc_|_dlt_|_peerdb_|_dbt_|dbt_|__|_ab_|etl_|dwh_|dw_|cdc_|meta_)|^(?:loaded_at|load_date|load_ts|load_time|inserted_at|ingested_at|ingestion_time|extracted_at|synced_at|batch_id|run_id|row_hash|record_source|source_system|source_file|valid_from|valid_to|effective_from|effective_to|is_current|is_deleted|deleted)$/i;

/** Columns that tables of anything have. */
const PLAIN_COLUMNS: ReadonlySet<string> = new Set(['id', 'uuid', 'name', 'title', 'code', 'type', 'status', 'state', 'description', 'comment', 'note', 'created_at', 'updated_at', 'modified_at', 'created_by', 'updated_by', 'created', 'updated', 'version', 'active', 'is_active', 'enabled', 'position', 'sort_order', 'tenant_id']);

/** The words of a relation's name that say what it holds, each in the singular, without its version: `stg_crm__customers_v2` → `crm`, `customer`. */
export function nameWords(name: string): string[] {
  const words = wordsOf(name).filter((word, position, all) => !/^\d+$/.test(word) || all[position - 1] !== 'v').map(singular);
  const telling = words.filter((word) => !PLACE_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/** `customers` → `customer`, `companies` → `company`, `addresses` → `address`; what only looks like a plural stays. */
function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:s|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

export function isPlainName(words: readonly string[]): boolean {
  return words.every((word) => PLAIN_WORDS.has(word));
}

export function isLoadColumn(column: string): boolean {
  return LOAD_COLUMNS.test(column);
}

export function isPlainColumn(column: string): boolean {
  return PLAIN_COLUMNS.has(column.toLowerCase());
}
