import type { Hole } from '../../template/holes.js';
import { HEAD_LENGTH, Words } from './sql-words.js';

/** `certain` by its own structure; `likely` only where it stands as the argument of a database call or under such a name. */
export type Likeness = 'certain' | 'likely' | 'no';

/** Words that begin a noun in English and no relation or column in practice. */
const ENGLISH = new Set(['the', 'a', 'an', 'this', 'that', 'these', 'those', 'your', 'our', 'my', 'their', 'its', 'his', 'her', 'one', 'which', 'what', 'how', 'whether', 'it', 'them', 'us', 'you', 'me', 'each', 'every', 'some', 'several', 'many', 'more', 'here', 'there', 'where', 'if', 'of', 'with', 'for', 'to', 'at', 'all', 'any', 'both', 'other', 'another', 'only', 'multiple', 'two', 'zero', 'no', 'and', 'or', 'both', 'either', 'multiple']);
const AFTER_RELATION = new Set([
  'where', 'join', 'left', 'right', 'inner', 'full', 'cross', 'natural', 'group', 'order', 'limit', 'offset', 'fetch', 'having', 'union', 'intersect',
  'except', 'minus', 'window', 'for', 'on', 'using', 'tablesample', 'as', 'qualify', 'lateral', 'with', 'set', 'select', 'unnest', 'pivot', 'unpivot', 'sample', 'final', 'prewhere', 'settings', 'format', 'at', 'straight_join', 'force', 'use', 'ignore', 'returning', 'asof', 'anti', 'semi', 'into', 'option', 'outer', 'and', 'match_recognize', 'partition', 'then', 'else', 'end',
]);
/** Keywords that may stand between words of one item of a select list. */
const IN_ITEM = new Set([
  'case', 'when', 'then', 'else', 'end', 'as', 'and', 'or', 'not', 'is', 'null', 'between', 'in', 'like', 'ilike', 'over', 'filter', 'interval', 'at', 'time', 'zone', 'collate',
  'distinct', 'all', 'on', 'by', 'true', 'false', 'top', 'exists', 'array', 'struct', 'date', 'timestamp', 'any', 'some', 'row', 'from', 'rlike', 'regexp', 'similar', 'escape', 'within', 'group', 'respect', 'ignore', 'nulls', 'div', 'mod', 'except', 'exclude', 'replace', 'sql_calc_found_rows', 'straight_join', 'sql_no_cache', 'high_priority', 'no_index', 'value', 'unique',
]);
const OBJECTS = /^(table|view|index|schema|function|procedure|type|sequence|trigger|extension|database|policy|role|user|stage|stream|task|materialized|temporary|temp|unlogged|unique|external|transient|or|global|local|recursive|foreign|domain|aggregate|server|publication|subscription|statistics|event|rule|secure|dictionary|concurrently|fulltext|clustered|nonclustered|virtual)$/;
const CREATE_MODIFIERS = new Set(['or', 'replace', 'temporary', 'temp', 'unlogged', 'unique', 'external', 'transient', 'global', 'local', 'recursive', 'materialized', 'foreign', 'secure', 'concurrently', 'fulltext', 'clustered', 'nonclustered', 'virtual', 'live', 'streaming', 'dynamic', 'alter']);
const ALTERATIONS = new Set(['add', 'drop', 'alter', 'rename', 'owner', 'set', 'enable', 'disable', 'modify', 'attach', 'detach', 'cluster', 'validate', 'inherit', 'no', 'replica', 'reset', 'change', 'convert', 'force', 'comment', 'if', 'partition', 'only', 'delete', 'update', 'replace', 'exchange', 'auto_increment', 'engine']);

/** Whether a text is a statement of SQL: by more than its first word, since prose begins with "select", "update" and "with" too. */
export function sqlLikeness(text: string, holes: readonly Hole[] = []): Likeness {
  // No statement that reads or writes a relation is shorter; most strings of a program are refused here.
  if (text.length < 6 || !/^[\s(;]*(?:--|\/\*|#|\{|[A-Za-z])/.test(text)) return 'no';
  if (!/\b(select|with|insert|update|delete|merge|create|alter|drop|truncate|refresh|copy|call|exec|execute|explain|grant|revoke|values|do|replace|comment|from|analyze|vacuum|unload|upsert|table|show|begin|declare)\b/i.test(text.slice(0, HEAD_LENGTH))) return 'no';
  const words = new Words(text, holes);
  let at = 0;
  while (words.at(at) === '(' || words.at(at) === ';') at++;
  // What a session is told first: `SET search_path TO app; SELECT …`.
  for (let count = 0; SESSION.has(words.at(at)) && count < 20; count++) {
    const end = words.list.indexOf(';', at);
    if (end < 0 || end + 1 >= words.list.length) break;
    at = end + 1;
  }
  if (words.at(at) === 'explain') at = skipExplain(words, at + 1);
  // No statement ends as a sentence does.
  if (/^[.!…]$/.test(words.at(words.list.length - 1))) return 'no';
  const judged = judge(words, at);
  return judged === 'likely' && /[\p{L})][?:]\s*$/u.test(text.slice(-40)) ? 'no' : judged;
}

const SESSION = new Set(['set', 'use', 'begin', 'start', 'commit', 'reset', 'pragma']);

function skipExplain(words: Words, index: number): number {
  let at = index;
  if (words.at(at) === '(') at = words.closing(at) + 1;
  while (['analyze', 'verbose', 'extended'].includes(words.at(at))) at++;
  return at;
}

function judge(words: Words, at: number): Likeness {
  switch (words.at(at)) {
    case 'select':
      return select(words, at);
    case 'with':
      return commonTables(words, at);
    case 'insert':
    case 'replace':
      return insert(words, at);
    case 'update':
      return update(words, at);
    case 'delete':
      return remove(words, at);
    case 'merge':
      return words.at(at + 1) === 'into' && !ENGLISH.has(words.at(at + 2)) && words.find(at, new Set(['using', 'when'])) > 0 ? 'certain' : 'no';
    case 'create':
      return create(words, at);
    case 'alter':
      return alter(words, at);
    case 'drop':
      return drop(words, at);
    case 'truncate':
      return truncate(words, at);
    case 'refresh':
      return words.at(at + 1) === 'materialized' && words.at(at + 2) === 'view' ? 'certain' : 'no';
    case 'copy':
    case 'unload':
      return copyTable(words, at);
    case 'call':
    case 'exec':
    case 'execute':
      return isProcedureCall(words, at) ? 'likely' : 'no';
    case 'do':
      return words.at(at + 1) === "'" ? 'certain' : 'no';
    case 'values':
      return words.at(at + 1) === '(' && words.closing(at + 1) < words.list.length && words.list.some((word) => /^['\d%?$:]|^hx*$/.test(word)) ? 'likely' : 'no';
    case 'grant':
    case 'revoke':
      return words.find(at, new Set(['on'])) > 0 && words.find(at, new Set(['to', 'from'])) > 0 && words.isUpper(at) ? 'certain' : 'no';
    case 'comment':
      return words.at(at + 1) === 'on' && OBJECTS.test(words.at(at + 2).replace('column', 'table')) && words.find(at, new Set(['is'])) > 0 ? 'certain' : 'no';
    case 'declare':
    case 'begin':
      return words.find(at, new Set(['select', 'insert', 'update', 'delete', 'merge'])) > 0 && words.list.includes('end') && words.list.includes(';') ? 'likely' : 'no';
    case 'analyze':
    case 'vacuum':
      return words.list.length <= 6 && words.isUpper(at) ? 'likely' : 'no';
    default:
      return 'no';
  }
}

/** `CALL close_month(…)`, `EXEC close_month @year = 2024`. */
function isProcedureCall(words: Words, at: number): boolean {
  const after = words.afterName(at + 1);
  if (after < 0 || ENGLISH.has(words.at(at + 1))) return false;
  return words.at(at) === 'call' ? words.at(after) === '(' : /^(|;|\(|@|'|\d.*|\?|%|hx*)$/.test(words.at(after));
}

const FROM = new Set(['from']);
const CLAUSES = new Set(['where', 'join', 'group', 'order', 'limit', 'having', 'union', 'returning']);

function select(words: Words, at: number): Likeness {
  const from = words.find(at + 1, FROM);
  const listEnd = from < 0 ? words.list.length : from;
  if (!isSelectList(words, at + 1, listEnd, from < 0)) return 'no';
  if (from < 0) return selectWithoutFrom(words, at);
  if (!isRelation(words, from + 1)) return 'no';
  const isTechnical = words.isUpper(at) && words.isUpper(from);
  const listSigns = words.list.slice(at + 1, from).some((word) => /^[*(.,='"\d]|_|^hx*$/.test(word));
  const relationSigns = /["_(]|^hx*$/.test(words.at(from + 1)) || words.at(from + 2) === '.';
  return isTechnical || listSigns || relationSigns || words.find(from, CLAUSES) > 0 ? 'certain' : 'likely';
}

/** Items between commas of which none is a row of plain words: `a, b c, count(*) AS d`. */
function isSelectList(words: Words, start: number, end: number, isAll: boolean): boolean {
  let at = start;
  if (['distinct', 'all', 'sql_calc_found_rows'].includes(words.at(at))) at++;
  if (words.at(at) === 'top') at += words.at(at + 1) === '(' ? 4 : 2;
  if (at >= end) return false;
  if (ENGLISH.has(words.at(at)) && words.isWord(at + 1) && words.at(at + 1) !== 'as' && at + 1 < end) return false;
  let run = 0;
  let depth = 0;
  for (; at < end; at++) {
    const word = words.at(at);
    if (word === '(') depth++;
    else if (word === ')') depth--;
    if (depth < 0 && isAll) return true;
    const isPlain = depth === 0 && /^[\p{L}_]/u.test(word) && !IN_ITEM.has(word) && !/^hx*$/.test(word);
    run = isPlain ? run + 1 : 0;
    if (run > 2) return false;
  }
  return true;
}

/** `SELECT now()`, `SELECT 1`: no relation, or one behind a function. */
function selectWithoutFrom(words: Words, at: number): Likeness {
  const first = words.at(at + 1);
  const isCall = words.isWord(at + 1) && (words.at(at + 2) === '(' || words.at(at + 2) === '.');
  if (isCall && words.isUpper(at) && !ENGLISH.has(first)) return words.list.length > 3 ? 'certain' : 'no';
  if (isCall || /^['\d@*$:?%]/.test(first) || /^current_|^hx*$/.test(first)) return 'likely';
  return 'no';
}

function isRelation(words: Words, at: number): boolean {
  const word = words.at(at);
  if (word === '(') return /^(select|with|values|table|\(|h|[a-z_"])/.test(words.at(at + 1));
  if (/^[%?$'{]$/.test(word)) return true;
  // `FROM a` and `FROM a.b`, not "from a list".
  if (word === 'a' && words.isWord(at + 1) && !isBehindRelation(words, at + 1)) return false;
  if (word !== 'a' && ENGLISH.has(word) && word !== 'only' && word !== 'lateral') return false;
  let next = words.afterName(word === 'only' || word === 'lateral' ? at + 1 : at);
  if (next < 0) return false;
  if (words.at(next) === '(') next = words.closing(next) + 1;
  if (words.at(next) === 'as') return words.isWord(next + 1) || words.at(next + 1) === '(';
  if (isBehindRelation(words, next)) return true;
  return words.isWord(next) && (words.at(next) === 'a' || !ENGLISH.has(words.at(next))) && (isBehindRelation(words, next + 1) || words.at(next + 1) === '(');
}

function isBehindRelation(words: Words, at: number): boolean {
  const word = words.at(at);
  return word === '' || /^[,);|@[%{?:]$/.test(word) || AFTER_RELATION.has(word) || /^hx*$/.test(word);
}

function commonTables(words: Words, at: number): Likeness {
  let next = words.at(at + 1) === 'recursive' ? at + 2 : at + 1;
  if (/^hx*$/.test(words.at(next)) && words.list.includes('select')) return 'likely';
  if (!words.isWord(next)) return 'no';
  next++;
  if (words.at(next) === '(') next = words.closing(next) + 1;
  if (words.at(next) !== 'as') return 'no';
  next++;
  if (words.at(next) === 'not') next++;
  if (words.at(next) === 'materialized') next++;
  return words.at(next) === '(' ? 'certain' : 'no';
}

function insert(words: Words, at: number): Likeness {
  let next = at + 1;
  while (['or', 'replace', 'ignore', 'rollback', 'abort', 'overwrite', 'delayed', 'low_priority', 'all'].includes(words.at(next))) next++;
  const isOverwrite = words.at(next - 1) === 'overwrite';
  if (words.at(next) === 'into') next++;
  else if (!isOverwrite) return 'no';
  if (words.at(next) === 'table') next++;
  if (/^[%?${]$/.test(words.at(next))) return 'certain';
  if (ENGLISH.has(words.at(next))) return 'no';
  next = words.afterName(next);
  if (next < 0) return 'no';
  if (words.at(next) === 'as') next += 2;
  if (/^(\(|select|with|values|default|overriding|partition|h|set|table|exec|output)/.test(words.at(next))) return 'certain';
  return words.at(next) === '' && words.isUpper(at) ? 'likely' : 'no';
}

function update(words: Words, at: number): Likeness {
  const start = words.at(at + 1) === 'only' ? at + 2 : at + 1;
  if (ENGLISH.has(words.at(start))) return 'no';
  const after = /^[%?${]$/.test(words.at(start)) ? start + 2 : words.afterName(start);
  if (after < 0) return 'no';
  const set = words.find(after, new Set(['set']));
  if (set < 0 || (set > after + 2 && words.find(after, new Set(['join', 'from', ','])) < 0)) return 'no';
  const column = words.at(set + 1) === '(' ? words.closing(set + 1) + 1 : words.afterName(set + 1);
  return column > 0 && (words.at(column) === '=' || /^hx*$/.test(words.at(set + 1)) || (words.at(set + 1) === '' && words.isUpper(at))) ? 'certain' : words.at(set + 1) === '' ? 'likely' : 'no';
}

function remove(words: Words, at: number): Likeness {
  if (words.at(at + 1) !== 'from' || ENGLISH.has(words.at(at + 2))) return 'no';
  if (/^[%?${]$/.test(words.at(at + 2))) return 'certain';
  const after = words.afterName(words.at(at + 2) === 'only' ? at + 3 : at + 2);
  if (after < 0) return 'no';
  if (words.find(after, new Set(['where', 'using', 'returning'])) > 0 && words.find(after, new Set(['where', 'using', 'returning'])) <= after + 2) return 'certain';
  const isEnd = words.at(after) === '' || words.at(after) === ';';
  return isEnd ? (words.isUpper(at) || words.at(after - 2) === '.' || words.at(at + 2).includes('_') ? 'certain' : 'likely') : 'no';
}

function create(words: Words, at: number): Likeness {
  let next = at + 1;
  while (CREATE_MODIFIERS.has(words.at(next))) next++;
  const kind = words.at(next);
  if (!OBJECTS.test(kind)) return 'no';
  next++;
  if (words.at(next) === 'concurrently') next++;
  const isConditional = words.at(next) === 'if' && words.at(next + 1) === 'not';
  if (isConditional) next += 3;
  if (kind === 'index' && words.at(next) === 'on') return 'certain';
  const after = words.afterName(next);
  if (after < 0 || (ENGLISH.has(words.at(next)) && !isConditional)) return isConditional ? 'likely' : 'no';
  if (isConditional) return 'certain';
  const behind = words.at(after);
  switch (kind) {
    case 'table':
      return /^(\(|as|like|partition|using|of|clone|h)/.test(behind) ? 'certain' : 'no';
    case 'view':
      return behind === 'as' || behind === '(' || words.find(after, new Set(['as'])) > 0 ? 'certain' : 'no';
    case 'index':
      return behind === 'on' ? 'certain' : 'no';
    case 'function':
    case 'procedure':
    case 'aggregate':
      return behind === '(' && (words.list.includes('returns') || words.list.includes('as') || words.list.includes('begin')) ? 'certain' : 'no';
    case 'trigger':
      return /^(before|after|instead)$/.test(behind) ? 'certain' : 'no';
    default:
      return words.isUpper(at) || (behind === '' && /^(schema|database|extension)$/.test(kind)) ? 'likely' : 'no';
  }
}

function alter(words: Words, at: number): Likeness {
  if (!/^(table|view|index|sequence|schema|type|function|materialized|role|user|database|default|foreign|domain|policy|extension|system|session|publication)$/.test(words.at(at + 1))) return 'no';
  let next = words.at(at + 2) === 'view' ? at + 3 : at + 2;
  if (words.at(next) === 'if') next += 2;
  if (words.at(next) === 'only') next++;
  if (/^[%?${]$/.test(words.at(next))) return 'certain';
  const after = words.afterName(next);
  return after > 0 && (ALTERATIONS.has(words.at(after)) || words.at(after) === '(' || /^hx*$/.test(words.at(after))) ? 'certain' : 'no';
}

function drop(words: Words, at: number): Likeness {
  let next = at + 1;
  if (words.at(next) === 'materialized' || words.at(next) === 'temporary' || words.at(next) === 'external') next++;
  if (!OBJECTS.test(words.at(next)) || words.at(next) === 'or') return 'no';
  next++;
  if (words.at(next) === 'concurrently') next++;
  if (words.at(next) === 'if' && words.at(next + 1) === 'exists') return 'certain';
  const after = words.afterName(next);
  if (after < 0 || ENGLISH.has(words.at(next)) || !/^(|;|,|cascade|restrict|on|\()$/.test(words.at(after))) return 'no';
  return words.isUpper(at) ? 'certain' : 'likely';
}

function truncate(words: Words, at: number): Likeness {
  const next = words.at(at + 1) === 'table' ? at + 2 : at + 1;
  const after = words.afterName(next);
  if (after < 0 || ENGLISH.has(words.at(next)) || !/^(|;|,|cascade|restart|continue|restrict)$/.test(words.at(after))) return 'no';
  return next === at + 2 || words.isUpper(at) ? 'certain' : 'likely';
}

function copyTable(words: Words, at: number): Likeness {
  if (words.at(at) === 'unload') return words.at(at + 1) === '(' && words.list.includes('to') ? 'certain' : 'no';
  if (words.at(at + 1) === '(') return /^(to)$/.test(words.at(words.closing(at + 1) + 1)) ? 'certain' : 'no';
  if (words.at(at + 1) === 'into') return words.list.includes('from') ? 'certain' : 'no';
  let after = words.afterName(at + 1);
  if (after < 0 || ENGLISH.has(words.at(at + 1))) return 'no';
  if (words.at(after) === '(') after = words.closing(after) + 1;
  if (words.at(after) !== 'from' && words.at(after) !== 'to') return 'no';
  return /^('|stdin|stdout|program|h|%|\$|"|@)/.test(words.at(after + 1)) ? 'certain' : 'no';
}
