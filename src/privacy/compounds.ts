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
const WHOLE = new Set(['maillot', 'backend', 'frontend', 'weekend', 'lifespan', 'timespan', 'japan', 'passage', 'passages', 'message', 'mileage', 'usage', 'package', 'average', 'percentage', 'mobility', 'personal', 'cellar', 'restore', 'classname', 'address', 'addresses', 'adresse', 'maildate', 'portfolio', 'ratings', 'company', 'restatus', 'codename', 'domainname', 'publicid', 'idcard', 'artist', 'partner', 'partners', 'telegram', 'telemetry', 'cashflow', 'database', 'timestamp', 'manager', 'carrier']);

const expansions = new Map(entriesOf(abbreviations).map(([short = '', ...long]) => [short, long]));
const attributeEntries = kinds.flatMap((kind) => [...entriesOfAll(kind.strong), ...entriesOfAll(kind.weak)]);
const glued = new Set(attributeEntries.filter(({ length }) => length > 1).map((words) => words.join('')));
const known = new Set(
  [...attributeEntries, ...entriesOfAll(personWords), ...entriesOfAll(thingWords), ...entriesOfAll(nameWords), ...entriesOf(bookkeepingWords), ...entriesOf(neutralWords)].flat(),
);

/** The words of a name as `wordsOf` has them, compounds and names of eight characters taken apart: `KUNDENNAME` → `kunden name`, `CUSTADR1` → `cust address 1`. */
export function nameParts(name: string): string[] {
  const found = rememberedNames.get(name);
  if (found !== undefined) return found;
  const parts = wordsOf(name).flatMap(partsOf);
  if (rememberedNames.size >= REMEMBERED_MAX) rememberedNames.clear();
  rememberedNames.set(name, parts);
  return parts;
}

/** Names repeat: a catalogue has a hundred columns called `created_at`. */
const REMEMBERED_MAX = 20_000;
const remembered = new Map<string, string[]>();
const rememberedNames = new Map<string, string[]>();

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

/** True for a word of the dictionary. */
export function isKnown(word: string): boolean {
  return known.has(word) || glued.has(word) || singularForms(word).some((form) => known.has(form));
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
  return parts !== null && parts.length > 1 ? parts : withEnding(word);
}

/** Words that hardly any other word ends or begins with. */
const ENDINGS = entriesOf('emailaddress, emailaddr, email, phonenumber, phone, telephone, telefon, telefono, telefone, mobile, mobileno, firstname, lastname, fname, lname, surname, givenname, familyname, middlename, fullname, username, userid, password, passwd, pwd, passwort, address, addr, adresse, adres, adress, zipcode, postcode, postalcode, zip, city, birthdate, birthday, dateofbirth, geburtsdatum, vorname, nachname, nazwisko, cognome, apellido, sobrenome, latitude, longitude, gender, iban, ssn, passport, token, secret, apikey, salary, strasse, straat, street, epost, naam, namn, nachn, vorna').flat().toSorted((one, other) => other.length - one.length);
const BEGINNINGS = ENDINGS.filter((ending) => ending.length >= 5 && !['secret', 'token', 'address', 'mobile'].includes(ending));
const REST_MIN = 2;

/** `ccfname`, `emailpro`: a word that ends or begins with one that says enough, whatever the rest means. */
function withEnding(word: string): string[] | null {
  const ending = ENDINGS.find((one) => word.endsWith(one) && word.length - one.length >= REST_MIN);
  if (ending !== undefined) return [word.slice(0, -ending.length), ...expandedEnding(ending)];
  const beginning = BEGINNINGS.find((one) => word.startsWith(one) && word.length - one.length >= REST_MIN);
  return beginning === undefined ? null : [...expandedEnding(beginning), word.slice(beginning.length)];
}

function expandedEnding(ending: string): string[] {
  return known.has(ending) || glued.has(ending) ? [ending] : (split(ending) ?? [ending]);
}

function isPart(part: string): boolean {
  // It ends far more words than it stands in.
  if (part === 'idade' || part === 'pan') return false;
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
