/** The settings of a session that the two queries run in. */
export interface SessionSettings {
  timeZone: string | null;
  /** Null for that of the schema. */
  searchPath: string[] | null;
}

/** Settings that change nothing of what a query answers. */
const WITHOUT_EFFECT = new Set([
  'application_name', 'client_encoding', 'client_min_messages', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'work_mem', 'jit', 'role',
  'default_transaction_read_only', 'transaction_isolation', 'default_transaction_isolation', 'max_parallel_workers_per_gather', 'enable_seqscan', 'random_page_cost',
  'log_statement', 'row_security', 'threads', 'memory_limit',
]);

/** Settings that are as they always are in a session that tidemark opens. */
const AS_EVER: Record<string, RegExp> = {
  datestyle: /^iso(?:, ?(?:mdy|us))?$/i,
  intervalstyle: /^postgres$/i,
  extra_float_digits: /^1$/,
  bytea_output: /^hex$/i,
  standard_conforming_strings: /^(?:on|true|1)$/i,
  transform_null_equals: /^(?:off|false|0)$/i,
  weekstart: /^1$/,
  week_start: /^1$/,
};

const ZONE = /^[A-Za-z0-9_+\-/:]{1,64}$/;

/** Settings by name, as a line or the command line gives them; or what is wrong with one of them, in words. */
export function sessionSettings(given: Readonly<Record<string, unknown>>): SessionSettings | { fault: string } {
  const settings: SessionSettings = { timeZone: null, searchPath: null };
  for (const [written, value] of Object.entries(given)) {
    if (value === null) continue;
    if (!['string', 'number', 'boolean'].includes(typeof value)) return { fault: `the session setting ${written} is no text` };
    const name = written.toLowerCase();
    const text = String(value).trim();
    if (name === 'timezone' || name === 'time_zone') {
      if (!ZONE.test(text)) return { fault: `the session's time zone ${JSON.stringify(text.slice(0, 80))} is no name of a time zone` };
      settings.timeZone = text;
    } else if (name === 'search_path') {
      settings.searchPath = schemasOf(text);
    } else if (!WITHOUT_EFFECT.has(name) && AS_EVER[name]?.test(text) !== true) {
      return { fault: `the session setting ${written} can change what a query answers and is not reproduced: only TimeZone and search_path are` };
    }
  }
  return settings;
}

/** `app, "$user", public` as names; the user's own schema does not exist here. */
function schemasOf(text: string): string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return parts.map((part) => part.trim()).flatMap((part) => {
    const name = part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase();
    return name === '' || name === '$user' ? [] : [name];
  });
}
