import { kinds } from './kinds/index.js';
import { abbreviations, bookkeepingWords, nameWords, neutralWords, personWords, thingWords } from './kinds/vocabulary.js';
import { entriesOf, entriesOfAll, singularForms, wordsOf } from './words.js';

/** Parts shorter than three letters hide in too many words; these stand in names of eight characters. */
const SHORT_PARTS = new Set(['nm', 'nr', 'no', 'id', 'ip', 'dt', 'tx', 'cd']);
const PART_LENGTH_MIN = 3;
const COMPOUND_LENGTH_MIN = 5;
const COMPOUND_LENGTH_MAX = 40;
const PARTS_MAX = 4;
/** Words that happen to be made of two others. */
const WHOLE = new Set(['passage', 'passages', 'message', 'mileage', 'usage', 'package', 'average', 'percentage', 'mobility', 'personal', 'cellar', 'restore', 'classname', 'address', 'addresses', 'adresse', 'maildate', 'portfolio', 'ratings', 'company', 'restatus', 'codename', 'domainname', 'publicid', 'idcard', 'artist', 'partner', 'partners', 'telegram', 'telemetry', 'cashflow', 'database', 'timestamp', 'manager', 'carrier']);

const expansions = new Map(entriesOf(abbreviations).map(([short = '', ...long]) => [short, long]));
const attributeEntries = kinds.flatMap((kind) => [...entriesOfAll(kind.strong), ...entriesOfAll(kind.weak)]);
const glued = new Set(attributeEntries.filter(({ length }) => length > 1).map((words) => words.join('')));
const known = new Set(
  [...attributeEntries, ...entriesOfAll(personWords), ...entriesOfAll(thingWords), ...entriesOfAll(nameWords), ...entriesOf(bookkeepingWords), ...entriesOf(neutralWords)].flat(),
);

/** The words of a name as `wordsOf` has them, compounds and names of eight characters taken apart: `KUNDENNAME` → `kunden name`, `CUSTADR1` → `cust address 1`. */
export function nameParts(name: string): string[] {
  return wordsOf(name).flatMap(partsOf);
}

/** Names repeat: a catalogue has a hundred columns called `created_at`. */
const REMEMBERED_MAX = 20_000;
const remembered = new Map<string, string[]>();

function partsOf(word: string): string[] {
  const found = remembered.get(word);
  if (found !== undefined) return found;
  const parts = expanded(split(word) ?? [word]);
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(word, parts);
  return parts;
}

function expanded(parts: readonly string[]): string[] {
  return parts.flatMap((part) => (known.has(part) ? [part] : (expansions.get(part) ?? [part])));
}

/** The fewest known parts that make up a word; null for a word that is known itself, and where some of it is not. */
function split(word: string): string[] | null {
  if (word.length < COMPOUND_LENGTH_MIN || word.length > COMPOUND_LENGTH_MAX || glued.has(word) || WHOLE.has(word) || singularForms(word).some((form) => known.has(form))) return null;
  const best: (string[] | null)[] = [[]];
  for (let end = 1; end <= word.length; end++) {
    let shortest: string[] | null = null;
    for (let start = 0; start < end; start++) {
      const before = best[start];
      const part = word.slice(start, end);
      if (!before || before.length >= PARTS_MAX || (shortest !== null && before.length + 1 >= shortest.length) || !isPart(part)) continue;
      shortest = [...before, withoutLink(part)];
    }
    best[end] = shortest;
  }
  const parts = best[word.length] ?? null;
  return parts !== null && parts.length > 1 ? parts : null;
}

function isPart(part: string): boolean {
  if (part.length < PART_LENGTH_MIN) return SHORT_PARTS.has(part);
  return isWord(part) || isWord(withoutLink(part));
}

function isWord(part: string): boolean {
  return part.length >= PART_LENGTH_MIN && (known.has(part) || glued.has(part) || expansions.has(part));
}

/** German and Dutch join with an `s`: `Geburtsort`, `Versicherungsnummer`. */
function withoutLink(part: string): string {
  return !isWord(part) && part.length > PART_LENGTH_MIN + 1 && part.endsWith('s') ? part.slice(0, -1) : part;
}
