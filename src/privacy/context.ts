import {
  bookkeepingWords,
  nameWords,
  personSiblings,
  personWords,
  technicalWords,
  thingSiblings,
  thingWords,
} from './kinds/vocabulary.js';
import { Lexicon } from './lexicon.js';
import { entriesOf, entriesOfAll, singularForms, wordsOf } from './words.js';

/** What a table's name and its other columns say about whether its rows describe persons. */
export interface TableContext {
  /** From -3 (things) to 3 (persons). */
  score: number;
  /** A sibling such as `customer_id` or `recipient_name` ties a row to a person although the table is not one of persons. */
  belongsToPerson: boolean;
  /** A word for a person that means a program here: `client` in `oauth_client`. */
  program: string | null;
  /** A prefix that most columns share, `c` or `pat`; null where there is none. */
  prefix: string | null;
  /** In words, for the reasons of a classification. Empty when nothing speaks for persons. */
  reasons: string[];
}

const marked = (entries: string[][]): { words: string[]; payload: true }[] => entries.map((words) => ({ words, payload: true }));
const technical = new Lexicon(marked(entriesOf(technicalWords)));
const siblingsOfPersons = new Lexicon(marked(entriesOf(personSiblings)));
const siblingsOfThings = new Lexicon(marked(entriesOf(thingSiblings)));

const single = (entries: string[][]): Set<string> => new Set(entries.filter((words) => words.length === 1).flat());
const persons = single(entriesOfAll(personWords));
const things = single(entriesOfAll(thingWords));

/** Words of bookkeeping and words for a name, as sets for the classifier too. */
export const bookkeeping: ReadonlySet<string> = single(entriesOf(bookkeepingWords));
export const nameSet: ReadonlySet<string> = single(entriesOfAll(nameWords));

export const isPersonWord = (word: string): boolean => singularForms(word).some((form) => persons.has(form));
export const isThingWord = (word: string): boolean => singularForms(word).some((form) => things.has(form));

const PREFIX_LENGTH_MAX = 4;
const NOISE = new Set(['dim', 'tbl', 'fact', 'tab', 'vw', 'view', 'stg', 'raw', 'mart']);

/** Judges a table once; the result serves all of its columns. */
export function tableContext(table: string, columns: readonly string[]): TableContext {
  const words = wordsOf(table).filter((word) => !/^[0-9]+$/.test(word) && !NOISE.has(word));
  const prefix = sharedPrefix(columns);
  const names = columns.map((column) => withoutPrefix(wordsOf(column), prefix));
  const reasons: string[] = [];
  const program = programWord(words);
  const head = program === null ? headScore(words) : -2;
  if (head > 0) reasons.push(`the table ${table} is named after persons`);

  const beside = columns.filter((_, index) => speaksFor(names[index] ?? [], siblingsOfPersons));
  const against = columns.filter((_, index) => speaksFor(names[index] ?? [], siblingsOfThings));
  const score = head + Math.min(1.5, beside.length * 0.5) - Math.min(1.5, against.length * 0.5);
  if (beside.length > 1) reasons.push(`it stands beside ${beside.slice(0, 3).join(', ')}`);
  return {
    score: Math.max(-3, Math.min(3, score)),
    belongsToPerson: names.some((name) => namesAPerson(name, program)),
    program,
    prefix,
    reasons,
  };
}

/** The words of a column's name without the prefix that the table's columns share. */
export function withoutPrefix(words: string[], prefix: string | null): string[] {
  return prefix !== null && words.length > 1 && words[0] === prefix ? words.slice(1) : words;
}

function sharedPrefix(columns: readonly string[]): string | null {
  if (columns.length < 4) return null;
  const counts = new Map<string, number>();
  for (const column of columns) {
    const [first, second] = wordsOf(column);
    if (first === undefined || second === undefined || first.length > PREFIX_LENGTH_MAX) continue;
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return [...counts].find(([, count]) => count / columns.length > 0.6)?.[0] ?? null;
}

/** `client` in `oauth_client`: the last word of a table that a technical word stands before. */
function programWord(words: readonly string[]): string | null {
  const last = words.at(-1);
  if (last === undefined || words.length < 2 || !isPersonWord(last)) return null;
  return technical.find(words.slice(0, -1)).length > 0 ? last : null;
}

/** The last word names what a row is in Germanic and Turkic names, the first in Romance ones; both are asked, the last one first. */
function headScore(words: readonly string[]): number {
  const last = words.at(-1) ?? '';
  if (isPersonWord(last)) return 2;
  if (isThingWord(last)) return -2;
  if (words.some(isPersonWord)) return 1;
  return words.some(isThingWord) ? -1 : 0;
}

function namesAPerson(name: readonly string[], program: string | null): boolean {
  const last = name.at(-1) ?? '';
  if (name.length < 2 || !(['id', 'key', 'nr', 'no'].includes(last) || nameSet.has(last))) return false;
  return name.slice(0, -1).some((word) => word !== program && isPersonWord(word));
}

/** A sibling counts only as a datum of its own: `email` speaks for a person, `email_count` does not. */
function speaksFor(name: readonly string[], list: Lexicon<true>): boolean {
  return list
    .find(name)
    .some(({ start, length }) => !name.some((word, index) => (index < start || index >= start + length) && bookkeeping.has(word)));
}
