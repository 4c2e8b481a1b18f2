import { type Verdict, analytical, operational, unknown } from './verdict.js';

/** Groups and buckets that stand in a report before any condition can be seen. */
const COMPUTES = /\b(?:date_trunc|percentile_(?:cont|disc)|grouping\s+sets|rollup|cube|group\s+by|time_bucket)\b|\b(?:count|sum|avg)\s*\(/i;
const KEYED = /\bwhere\b[^;]*?[\s(.`"[](?:id|\w+_id|uuid|email|token)[`"\]]?\s*(?:=|in\b)/i;
const LIMITED = /\b(?:limit|fetch\s+(?:first|next))\s+(?:\d{1,3}|[$:?@{]\S*)(?:\s|;|$)/i;
/** Statements that set something up, or look at the server. */
const UTILITIES = /^(?:set|show|use|kill|begin|start|commit|rollback|savepoint|release|analyze|vacuum|optimize|alter|grant|revoke|drop|truncate|lock|unlock|flush|describe|desc|explain|pragma|checkpoint|reset|discard|listen|unlisten|notify)$/;

const CUT = 'its text is cut off';
const UNREAD = 'its text could not be parsed';

/** What the beginning of a text that is cut off still tells. */
export function verdictOfBeginning(text: string): Verdict {
  return verdictOfWords(text, CUT);
}

/** What the words of a text tell that no parser reads: a guess. */
export function verdictOfUnparsed(text: string): Verdict {
  return verdictOfWords(text, UNREAD);
}

function verdictOfWords(text: string, why: string): Verdict {
  const start = /^[\s(]*(?:\/\*[\s\S]*?\*\/\s*|--[^\n]*\n\s*)*\(*(\w+)/.exec(text.slice(0, WORDS_MAX))?.[1]?.toLowerCase() ?? '';
  const head = text.slice(0, WORDS_MAX);
  if (UTILITIES.test(start)) return operational(0.6, 'a utility statement', why);
  if ((start === 'update' || start === 'delete') && /\b(?:set|from)\s+\S/i.test(head)) return operational(0.5, 'changes rows in place', why);
  if ((start === 'insert' || start === 'replace' || start === 'upsert') && /\bvalues\b/i.test(head)) return operational(0.6, 'writes the rows that the client sends', why);
  const reads = (start === 'select' || start === 'with' || start === 'insert' || start === 'create') && /\bfrom\s+[\w"`[(.]/i.test(head);
  if (!reads) return unknown(why);
  if (KEYED.test(head)) return operational(0.5, 'compares what reads like a key', why);
  if (COMPUTES.test(head)) return analytical(0.55, 'aggregates, and no key is seen', why);
  if (LIMITED.test(head)) return operational(0.5, 'a page of rows', why);
  return unknown(why);
}

/** So many characters are looked at. */
const WORDS_MAX = 4000;
