/** SQL behind a magic of IPython: where it stands in the text of its cell, and what the magic says. */
export interface MagicSql {
  start: number;
  end: number;
  /** `sql`, `bigquery`, `redshift` … */
  magic: string;
  /** An address, an alias, `@section` or the name of a variable; null where it says none. */
  connection: string | null;
  /** JupySQL: the name that the query is kept under, and those that it is put in front of. */
  save: string | null;
  uses: string[];
  /** True where the query is kept and not run. */
  isOnlyKept: boolean;
  /** The data frame that takes the result. */
  result: string | null;
}

export interface CellMagics {
  /** The cell as Python: magics and shell commands blanked, lengths kept. */
  program: string;
  sql: MagicSql[];
  /** Connections that a magic opens or chooses, in order. */
  connects: string[];
}

const SQL_MAGICS = /^(sql|sqlcmd|read_sql|bigquery|bq|snowflake|redshift|sparksql|spark_sql|trino|presto|athena|duckdb|dql|dml|clickhouse|postgres|oracle|mssql|teradata|hive|impala|mysql)$/;
/** Cell magics whose body is Python all the same. */
const PASSES = /^(time|timeit|capture|prun|memit|mprun|lprun|local|track|skip|heat|snakeviz|px|autopx|spark|pyspark|python|python3|ipytest|with_table_printing|wandb)$/;
const STATEMENT = /^\(*\s*(select|with|insert|update|delete|merge|create|alter|drop|truncate|show|describe|explain|from|values|copy|call|exec|execute|refresh|grant|revoke|use|set|begin|commit|rollback|analyze|vacuum|pragma|attach|detach|install|load|summarize|pivot|unpivot|table|desc|do|comment|replace|--|\/\*)/i;
/** Options with a value, of JupySQL, BigQuery, Redshift and Snowflake. */
const VALUED = /^(--?(save|S|with|w|alias|A|section|s|connection_string|x|connection_arguments|a|creator|c|file|f|interact|i|displaylimit|project|params|max_results|location|job_id|maximum_bytes_billed|destination_table|result|connection|conn|output|o|variable|engine|name|as|to|out))$/;

/** Takes the magics out of a cell of Python. */
export function readMagics(cell: string): CellMagics {
  const first = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*%%(\w+)([^\n]*)/.exec(cell);
  if (first?.[1] === undefined) return lineMagics(cell);
  const lineEnd = first[0].length;
  if (SQL_MAGICS.test(first[1])) {
    const found = readMagic(first[1], cell, lineEnd - (first[2] ?? '').length, lineEnd, cell.length);
    return { program: blank(cell), sql: found.sql === null ? [] : [found.sql], connects: found.connects === null ? [] : [found.connects] };
  }
  if (!PASSES.test(first[1])) return { program: blank(cell), sql: [], connects: [] };
  const rest = lineMagics(' '.repeat(lineEnd) + cell.slice(lineEnd));
  return { ...rest, program: rest.program };
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function lineMagics(cell: string): CellMagics {
  const sql: MagicSql[] = [];
  const connects: string[] = [];
  let program = '';
  let at = 0;
  for (const match of cell.matchAll(/^[ \t]*(?:([\w.]{1,80}(?:[ \t]*,[ \t]*\w{1,80}){0,10})[ \t]*=[ \t]*)?([%!?]{1,2})(\w*)([^\n]*)$/gm)) {
    const [whole, target, sign, magic = '', rest = ''] = match;
    const start = match.index;
    if (sign === undefined || (sign === '%' && magic === '' && target === undefined)) continue;
    program += cell.slice(at, start) + blank(whole);
    at = start + whole.length;
    if (sign.startsWith('%') && SQL_MAGICS.test(magic)) {
      const found = readMagic(magic, cell, at - rest.length, at, at);
      if (found.connects !== null) connects.push(found.connects);
      if (found.sql !== null) sql.push({ ...found.sql, result: target ?? found.sql.result });
    }
  }
  return { program: program + cell.slice(at), sql, connects };
}

interface ReadMagic {
  sql: MagicSql | null;
  connects: string | null;
}

/** The arguments of a magic from `start` on; SQL may begin on its line and reaches to `end`. */
function readMagic(magic: string, cell: string, start: number, lineEnd: number, end: number): ReadMagic {
  const found: MagicSql = { start, end, magic, connection: null, save: null, uses: [], isOnlyKept: false, result: null };
  let at = start;
  let words = 0;
  while (at < lineEnd) {
    const blanks = /^[ \t\r]+/.exec(cell.slice(at, lineEnd))?.[0].length ?? 0;
    at += blanks;
    const rest = cell.slice(at, lineEnd);
    if (rest === '' || STATEMENT.test(rest) && !/^--[a-z]/i.test(rest)) break;
    const token = /^("[^"]*"|'[^']*'|[^\s]+)/.exec(rest)?.[0] ?? rest;
    const assigned = /^([A-Za-z_]\w*)\s*=?\s*<<\s*/.exec(rest);
    if (assigned?.[1] !== undefined) {
      found.result = assigned[1];
      at += assigned[0].length;
      continue;
    }
    if (token.startsWith('-')) {
      at += option(token, rest, found);
      continue;
    }
    if (isConnection(token) || words === 0) {
      if (/^(bigquery|bq|redshift|snowflake)$/.test(magic) && !isConnection(token)) found.result = token;
      else found.connection = token.replace(/^["']|["']$/g, '');
      at += token.length;
      words++;
      continue;
    }
    break;
  }
  found.start = at + (/^\s*/.exec(cell.slice(at, end))?.[0].length ?? 0);
  found.end = found.start + cell.slice(found.start, end).trimEnd().length;
  if (found.start < found.end) return { sql: magic === 'sqlcmd' ? null : found, connects: found.connection };
  return { sql: null, connects: found.connection };
}

function isConnection(token: string): boolean {
  return /^@\w|:\/\/|^\$\w|^\{\{?/.test(token);
}

/** Reads an option with its value; returns how much of the line it takes. */
function option(token: string, rest: string, found: MagicSql): number {
  const [name = token, inline] = token.split('=', 2);
  const value = inline ?? (VALUED.test(name) ? /^\S+[ \t]+("[^"]*"|'[^']*'|\S+)/.exec(rest)?.[1] : undefined);
  const length = inline !== undefined || value === undefined ? token.length : rest.indexOf(value, token.length) + value.length;
  const text = value?.replace(/^["']|["']$/g, '');
  if (text === undefined) found.isOnlyKept ||= name === '--no-execute' || name === '-N';
  else if (name === '--save' || name === '-S') found.save = text;
  else if (name === '--with' || name === '-w') found.uses.push(text);
  else if (/^(--section|-s|--connection_string|-x|--connection|--conn|--engine)$/.test(name)) found.connection = text;
  return length;
}
