import { splitStatements } from '../../sql/lexer/statements.js';

/** What is done with a statement of a schema. */
export type Replayed =
  | { kind: 'run'; sql: string }
  /** A search_path: what follows depends on it. */
  | { kind: 'path'; sql: string }
  /** May fail without a word: an extension that the engine has not. */
  | { kind: 'try'; sql: string };

/**
 * Statements that make nothing that an answer or an admissible row depends on: rights, owners, comments, settings, rows,
 * maintenance, indexes that are not unique, transactions. Triggers, rules and row security would change what stands in a
 * table while rows are put there; a definition is compared on the rows that stand there in the end.
 */
const PASSED_OVER: readonly RegExp[] = [
  /^(?:set|reset|grant|revoke|comment|security|insert|update|delete|merge|copy|truncate|select|with|values|table|analyze|vacuum|cluster|reindex|refresh|lock|notify|listen|unlisten|begin|start|commit|end|rollback|savepoint|release|abort|explain|show|discard|checkpoint|load|call|prepare|execute|deallocate|declare|fetch|move|close|reassign|import)\b/,
  /^(?:create|alter|drop) (?:or replace )?(?:constraint )?(?:event )?(?:trigger|rule|policy|role|user|group|tablespace|database|subscription|publication|server|foreign data|statistics|default privileges|system|access method|language|trusted|procedural|text search|transform|large object)\b/,
  /^alter default privileges\b/,
  /^create (?:(?:global |local )?temp(?:orary)?|index)\b/,
  /^drop index\b.*\b(?:cascade)?$/,
  /^alter (?:[\w ]+ )?.*\bowner to\b/s,
  /^alter table\b.*\b(?:(?:enable|disable|force|no force)\b[\w ]*\b(?:row level security|trigger|rule)|cluster on|set without cluster|replica identity)\b/s,
  /^alter extension\b/,
];

/** Settings that decide what a name means. */
const SEARCH_PATH = /^(?:set (?:session |local )?search_path\b|select (?:pg_catalog\.)?set_config\s*\(\s*'search_path'|set schema\b)/;

/** The statements of a script in order, those without a meaning for answers left out. */
export function replayedStatements(script: string): Replayed[] {
  return splitStatements(script, { backticks: false }).flatMap(({ start, end, command }): Replayed[] => {
    if (command !== null) return [];
    const sql = script.slice(start, end);
    const words = sql.slice(0, 4_000).toLowerCase().replace(/\s+/g, ' ');
    if (SEARCH_PATH.test(words)) return [{ kind: 'path', sql: sql.replace(/^(set)\s+local\b/i, '$1') }];
    if (/^create extension\b/.test(words)) return [{ kind: 'try', sql }];
    if (PASSED_OVER.some((pattern) => pattern.test(words))) return [];
    return [{ kind: 'run', sql: mended(sql) }];
  });
}

const NAME = String.raw`((?:"(?:[^"]|"")*"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+))?)`;

/** What would change what stands in a table, or what is seen of it: of each its name, if it has one, and its table. */
const LEFT_OUT: readonly [RegExp, (first: string, second: string) => string][] = [
  [new RegExp(String.raw`^create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+${NAME}\s+[\s\S]*?\son\s+(?:only\s+)?${NAME}`, 'i'), (trigger, table) => `the trigger ${trigger} on ${table}`],
  [new RegExp(String.raw`^create\s+(?:or\s+replace\s+)?rule\s+${NAME}\s+as\s+on\s+\w+\s+to\s+${NAME}`, 'i'), (rule, table) => `the rule ${rule} on ${table}`],
  [new RegExp(String.raw`^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?${NAME}\s+enable\s+row\s+level\s+security\b`, 'i'), (table) => `row level security of ${table}`],
];

/** Of the statements that are passed over, those that a reader of an answer must know of, in words. */
export function leftOutBy(script: string): string[] {
  if (!/\b(?:trigger|rule|row\s+level\s+security)\b/i.test(script)) return [];
  const found = splitStatements(script, { backticks: false }).flatMap(({ start, end }) => {
    const sql = script.slice(start, Math.min(end, start + 4_000));
    return LEFT_OUT.flatMap(([pattern, words]) => {
      const match = pattern.exec(sql);
      return match === null ? [] : [words(match[1] ?? '', match[2] ?? '')];
    });
  });
  return [...new Set(found)];
}

/** What differs in a space: its schemas may stand already, it has no roles, and it is one transaction. */
function mended(sql: string): string {
  if (/^create\s+schema\b/i.test(sql)) {
    return sql
      .replace(/^(create\s+schema)\s+(?!if\b)(?!authorization\b)/i, '$1 if not exists ')
      .replace(/\sauthorization\s+(?:"(?:[^"]|"")*"|\w+)(?=\s*$|\s+create\b|\s+grant\b)/i, ' ')
      .trim();
  }
  return sql.replace(/^((?:create\s+unique|drop)\s+index)\s+concurrently\b/i, '$1');
}
