import type { SettingRow } from './identity.js';

/** What a session asks of the server, with the value as a text. */
type Settings = Record<string, string>;

/** Threads of one statement: a scan of ours leaves most of a warehouse to others. */
const THREADS_MAX = 4;

/**
 * What an answer rests on. Profiles may say otherwise, and then the server would give a part of the rows, or an approximation,
 * without a word (Settings.cpp of 26.7: the overflow modes `break` and `any`, `limit`, `skip_unavailable_shards`, the query cache),
 * or the same expression would mean something else.
 */
export const NEEDED: Readonly<Settings> = {
  timeout_overflow_mode: 'throw',
  read_overflow_mode: 'throw',
  read_overflow_mode_leaf: 'throw',
  result_overflow_mode: 'throw',
  group_by_overflow_mode: 'throw',
  sort_overflow_mode: 'throw',
  distinct_overflow_mode: 'throw',
  join_overflow_mode: 'throw',
  set_overflow_mode: 'throw',
  transfer_overflow_mode: 'throw',
  skip_unavailable_shards: '0',
  limit: '0',
  offset: '0',
  use_query_cache: '0',
  join_use_nulls: '0',
  aggregate_functions_null_for_empty: '0',
  transform_null_in: '0',
  cast_keep_nullable: '0',
  group_by_use_nulls: '0',
};

/** What is good to have; a session works without. */
const WISHED: Readonly<Settings> = {
  log_comment: 'tidemark',
  max_threads: String(THREADS_MAX),
  // The digests of each of two thousand columns make a long text.
  max_query_size: '4194304',
  max_ast_elements: '1000000',
  max_result_rows: '2000000',
  max_result_bytes: '268435456',
  cancel_http_readonly_queries_on_client_close: '1',
  output_format_json_quote_64bit_integers: '1',
  output_format_json_quote_decimals: '1',
  output_format_json_quote_denormals: '1',
  // Reading from a queue takes its messages away.
  stream_like_engine_allow_direct_select: '0',
  session_timezone: 'UTC',
  date_time_output_format: 'simple',
};

/** Statements end with the connection only in a read-only session. */
const READONLY = '2';

/** Of what is asked about. */
export const SETTING_NAMES: readonly string[] = [...Object.keys(NEEDED), ...Object.keys(WISHED), 'readonly', 'max_execution_time', 'max_bytes_to_read'];

export interface SessionSettings {
  /** Sent with every statement. */
  sent: Settings;
  /** The server refuses whatever changes anything. */
  isReadOnly: boolean;
  /** 64-bit integers and decimals come in quotes. */
  isQuoted: boolean;
  /** A statement may say how long it may take and how much it may read. */
  takesBounds: boolean;
  /** The value of a setting as near to what is wished as this user's constraints let it be. */
  within(name: string, value: number): string;
  /** Names among `NEEDED` that have another value, which this user may not change. */
  adverse: { name: string; value: string }[];
}

/**
 * What may be set, of what the server knows. A user whose profile is read-only (`readonly = 1`) may set nothing at all; others
 * may be forbidden single settings, or have bounds for them.
 */
export function sessionSettings(rows: readonly SettingRow[]): SessionSettings {
  const known = new Map(rows.map((row) => [row.name, row]));
  const readonly = known.get('readonly')?.value ?? '0';
  const changeable = (name: string): boolean => readonly !== '1' && known.has(name) && known.get(name)?.fixed !== 1;
  const sent: Settings = {};
  for (const [name, value] of Object.entries({ ...NEEDED, ...WISHED })) {
    const row = known.get(name);
    if (row !== undefined && !isSame(row.value, value) && changeable(name)) sent[name] = bounded(value, row);
  }
  if (readonly === '0' && changeable('readonly')) sent['readonly'] = READONLY;
  const has = (name: string): boolean => (sent[name] ?? known.get(name)?.value) === '1';
  return {
    sent,
    isReadOnly: readonly !== '0' || sent['readonly'] !== undefined,
    isQuoted: has('output_format_json_quote_64bit_integers') && has('output_format_json_quote_decimals'),
    takesBounds: changeable('max_execution_time'),
    within: (name, value) => {
      const row = known.get(name);
      return row === undefined ? String(value) : bounded(String(value), row);
    },
    adverse: Object.entries(NEEDED).flatMap(([name, value]) => {
      const row = known.get(name);
      return row === undefined || isSame(row.value, value) || sent[name] === value ? [] : [{ name, value: row.value }];
    }),
  };
}

/** `false` and `0` are the same; an overflow mode that is not said is `throw`. */
function isSame(one: string, other: string): boolean {
  const plain = (value: string): string => (value === 'false' || value === '' ? '0' : value === 'true' ? '1' : value);
  return plain(one) === plain(other);
}

function bounded(value: string, { least, most }: SettingRow): string {
  const number = Number(value);
  if (Number.isNaN(number)) return value;
  if (most !== null && most !== '' && number > Number(most)) return most;
  return least !== null && least !== '' && number < Number(least) ? least : value;
}
