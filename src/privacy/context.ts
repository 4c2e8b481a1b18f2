import { isKnown, nameParts } from './compounds.js';
import { kinds } from './kinds/index.js';
import { LANGUAGES, type Words } from './kinds/kind.js';
import {
  animalWords,
  bookkeepingWords,
  clinicalWords,
  companyNameSiblings,
  companySiblings,
  contactSiblings,
  eventWords,
  foreignBookkeepingWords,
  listingWords,
  machineSiblings,
  machineWords,
  nameWords,
  neutralWords,
  programSiblings,
  servedWords,
  personSiblings,
  personWords,
  technicalWords,
  thingSiblings,
  thingWords,
} from './kinds/vocabulary.js';
import { Lexicon } from './lexicon.js';
import { gluedPrefix, isLettered } from './prefixes.js';
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
  /** The same where nothing stands between it and the name: `AL` of `ALADD1`, `ALCTY1`; upper case, empty where there is none. */
  gluedPrefix: string;
  /** The words of the table's name: in a column they say nothing new. */
  tableWords: readonly string[];
  /** Columns begin with a letter code for what they hold, as in `no_cidadao`, `nu_cpf`, `ds_email`: `no` is a name there. */
  lettered: boolean;
  /** Its rows are machines or programs, which have addresses and names of their own. */
  machine: boolean;
  /** Its rows are codes, or texts to be filled in: no datum of theirs is a person's. */
  listing: boolean;
  /** Its rows are beasts, which are born and ill as well. */
  animal: boolean;
  /** Its rows are about the health of one person: a visit, an observation, a prescription. */
  clinical: boolean;
  /** The columns are named in another language than English. */
  foreign: boolean;
  /** In words, for the reasons of a classification. Empty when nothing speaks for persons. */
  reasons: string[];
  /** The same for things. */
  against: string[];
}

const marked = (entries: string[][]): { words: string[]; payload: true }[] => entries.map((words) => ({ words, payload: true }));
const single = (entries: string[][]): Set<string> => new Set(entries.filter((words) => words.length === 1).flat());
const technical = new Lexicon(marked(entriesOf(technicalWords)));
const siblingsOfPersons = new Lexicon(marked(entriesOf(personSiblings)));
/** What only a person has: two of them make any table one of persons, whatever it is called. */
const PERSONAL = new Set(['first_name', 'last_name', 'date_of_birth', 'national_id', 'marital_status', 'gender', 'insurance_number', 'passport', 'driver_licence']);
const personal = new Lexicon(marked(kinds.filter(({ kind }) => PERSONAL.has(kind)).flatMap(({ strong }) => entriesOfAll(strong)).filter((words) => words.join('').length > 4)));
const siblingsOfThings = new Lexicon(marked(entriesOf(thingSiblings)));
const siblingsOfCompanies = new Lexicon(marked(entriesOf(companySiblings)));
/** A company's own name or number: more than a business's VAT number, which a sole trader has as well. */
const siblingsNamingACompany = new Lexicon(marked(entriesOf(companyNameSiblings)));
const siblingsOfMachines = new Lexicon(marked(entriesOf(machineSiblings)));
const events = single(entriesOfAll(eventWords));
const clinical = single(entriesOf(clinicalWords));
const patients = new Set(['patient', 'paciente', 'pasien', 'pacjent', 'hasta', 'paziente', 'pat', 'person', 'assistito', 'patienten', 'encounter', 'visit', 'subject', 'hadm']);
const siblingsOfPrograms = new Lexicon(marked(entriesOf(programSiblings)));
/** Words for persons that mean programs as well. */
const PROGRAMS = new Set(['client', 'clients', 'agent', 'agents', 'worker', 'workers', 'consumer', 'consumers', 'subscriber', 'subscribers', 'member', 'members']);
const machines = single(entriesOf(machineWords));
/** What a list of codes or of texts to send is called: its rows speak of nobody. */
const listings = single(entriesOf(listingWords));
const animals = new Set(entriesOf(animalWords).flat());
const siblingsOfBoth = new Lexicon(marked(entriesOf(contactSiblings)));

const persons = single(entriesOfAll(personWords));
const things = single(entriesOfAll(thingWords));
const englishThings = single(entriesOf(thingWords.en ?? ''));

/** Words of bookkeeping and words for a name, as sets for the classifier too. */
export const bookkeeping: ReadonlySet<string> = single([...entriesOf(bookkeepingWords), ...entriesOf(foreignBookkeepingWords)]);
/** Words that change nothing about what a column holds. */
export const neutral: ReadonlySet<string> = new Set(entriesOf(neutralWords).flat());
export const nameSet: ReadonlySet<string> = single(entriesOfAll(nameWords));

export const isPersonWord = (word: string): boolean => singularForms(word).some((form) => persons.has(form));
/** A word of so many letters is hardly one of another language. */
export const UNMISTAKABLE = 7;
/** Among English names only English words for things count: `roll` is a role in Swedish. */
export const isThingWord = (word: string, foreign: boolean): boolean => singularForms(word).some((form) => (foreign || word.length >= UNMISTAKABLE ? things : englishThings).has(form));

const PREFIX_LENGTH_MAX = 4;
/** What warehouses and old systems put around the name of a table. */
const NOISE = new Set(entriesOf('dim, tbl, fact, fct, tab, vw, view, mv, stg, staging, src, raw, mart, hub, sat, satellite, snap, snapshot, hist, history, historie, int, base, cur, tmp, temp, bak, backup, copy, ods, dwh, edw, dw, landing, bronze, silver, gold, ext, mst, mstr, master, stamm, hdr, header, dtl, dtls, detail, details, info, infos, data, daten, gegevens, datos, dados, dati, dane, record, records, rec, tb, t, f, d, v, m, main, ref, scd, latest, active, archive, arc, arch, all, new, old, import, export, log, entity, entities, profile, profiles, account, accounts, identity, identities, demographic, demographics, personal, extended, extension, attributes, field, basic, kartoteka, kartei, fiche, ficha, scheda, registry, registro, register').flat());

/** Words of the dictionary that are not English. */
const foreignWords = wordsWithoutEnglish();
/** So many columns in another language make a table of it. */
const FOREIGN_COLUMNS_MIN = 2;

function wordsWithoutEnglish(): ReadonlySet<string> {
  const own = new Set<string>();
  const english = new Set([...bookkeeping, ...entriesOf(neutralWords).flat()]);
  const add = (lists: Words | undefined): void => {
    for (const language of LANGUAGES) {
      for (const word of entriesOf(lists?.[language] ?? '').flat()) if (word.length >= 3) (language === 'en' ? english : own).add(word);
    }
  };
  for (const kind of kinds) for (const lists of [kind.strong, kind.weak]) add(lists);
  for (const lists of [personWords, thingWords, nameWords]) add(lists);
  for (const word of entriesOf(foreignBookkeepingWords).flat()) own.add(word);
  return new Set([...own].filter((word) => !english.has(word)));
}

/** Judges a table once; the result serves all of its columns. */
export function tableContext(table: string, columns: readonly string[]): TableContext {
  const all = nameParts(table).filter((word) => !/^[0-9]+$/.test(word));
  const telling = all.filter((word) => !NOISE.has(word));
  const words = telling.length === 0 ? all : telling;
  const form = { prefix: sharedPrefix(columns), gluedPrefix: gluedPrefix(columns), lettered: isLettered(columns) };
  const names = columns.map((column) => columnWords(column, form));
  const reasons: string[] = [];
  const speaksAgainst: string[] = [];
  const program = programWord(words) ?? (PROGRAMS.has(words.at(-1) ?? '') && names.filter((name) => speaksFor(name, siblingsOfPrograms)).length > 1 ? (words.at(-1) ?? null) : null);
  const foreign = names.filter((name) => name.some((word) => foreignWords.has(word))).length >= FOREIGN_COLUMNS_MIN;
  const head = program === null ? headScore(words, foreign) : -2;
  if (head > 0) reasons.push(`the table ${table} is named after persons`);
  if (head < 0) speaksAgainst.push(`the table ${table} is named after things`);

  const found = siblingsIn(columns, names, words);
  const { beside, against, company, contact, owned } = found;
  const isPersonal = owned.length > 1 && company.length === 0;
  const isNamedMachine = beside.length < 2 && !isPersonal && isAmong(words, machines);
  const isMachine = ((found.machine.length > 1 && beside.length === 0) || isNamedMachine) && head <= 0 && !words.some((word) => events.has(word));
  const score = whoseRows(found, head, program) + weightOf(found) - (isMachine ? 2 : 0);
  if (beside.length + contact.length > 1) reasons.push(`it stands beside ${columns.filter((column) => beside.includes(column) || contact.includes(column)).slice(0, 3).join(', ')}`);
  if (against.length + company.length > 0) speaksAgainst.push(`it stands beside ${[...company, ...against].slice(0, 3).join(', ')}`);
  return {
    score: Math.max(-3, Math.min(3, score)),
    belongsToPerson: (owned.length > 0 && company.length === 0) || names.some((name) => namesAPerson(name, program)) || words.some((word) => events.has(word)),
    machine: isMachine,
    listing: head <= 0 && !words.some(isPersonWord) && words.some((word) => listings.has(word)),
    animal: isAmong(words, animals),
    program,
    ...form,
    tableWords: words,
    clinical: words.some((word) => clinical.has(word)) && (head > 0 || names.some((name) => namesAPerson(name, program) || name.some(isPatient))),
    foreign,
    reasons,
    against: speaksAgainst,
  };
}

const isAmong = (words: readonly string[], list: ReadonlySet<string>): boolean => words.some((word) => singularForms(word).some((form) => list.has(form)));
const isPatient = (word: string): boolean => patients.has(word) || patients.has(word.slice(0, -1));

interface Siblings {
  beside: string[];
  against: string[];
  company: string[];
  machine: string[];
  contact: string[];
  /** What only a person has, and of whom the table is about. */
  owned: string[];
  namesACompany: boolean;
}

function siblingsIn(columns: readonly string[], names: readonly string[][], words: readonly string[]): Siblings {
  const speaking = (list: Lexicon<true>): string[] => columns.filter((_, index) => speaksFor(names[index] ?? [], list));
  const company = speaking(siblingsOfCompanies);
  return {
    beside: speaking(siblingsOfPersons),
    against: speaking(siblingsOfThings),
    company,
    machine: speaking(siblingsOfMachines),
    contact: speaking(siblingsOfBoth),
    // A visitor's row names an operating system, too.
    owned: columns.filter((_, index) => (names[index] ?? []).length > 0 && isWholly(names[index] ?? [], words)),
    // A person has a legal name as well, and no VAT number beside it.
    namesACompany: names.some((name) => speaksFor(name, siblingsNamingACompany) || (company.length > 0 && name.join(' ') === 'legal name')),
  };
}

/** Of a table named after persons whose rows are companies. */
const COMPANY_HEAD = -0.5;

/** What the name of the table says, corrected by siblings that leave no doubt. */
function whoseRows({ beside, company, owned, namesACompany }: Siblings, head: number, program: string | null): number {
  // Who has a company's name or number and nothing that only a person has, is one.
  if (head > 0 && namesACompany && beside.length === 0 && owned.length === 0) return COMPANY_HEAD;
  if (program !== null || head >= 1) return head;
  if (owned.length > 1 && company.length === 0) return 1;
  return head < 0 && beside.length > 1 ? 0 : head;
}

function weightOf({ beside, against, company, contact }: Siblings): number {
  const inFavour = Math.min(1.5, beside.length * 0.5 + contact.length * (company.length > 0 ? 0 : 0.25));
  return inFavour - Math.min(1.5, against.length * 0.5) - Math.min(2, company.length * 1.5);
}

/** The words of a column's name without the prefix that the table's columns share. */
export function columnWords(column: string, { prefix, gluedPrefix, lettered }: Pick<TableContext, 'prefix' | 'gluedPrefix' | 'lettered'>): string[] {
  const whole = nameParts(column);
  const isStrange = gluedPrefix !== '' && column.length > gluedPrefix.length + 2 && /^[A-Za-z0-9]+$/.test(column) && column.toUpperCase().startsWith(gluedPrefix) && (whole.some((word) => !isKnown(word) && !/^\d+$/.test(word)) || nameParts(column.slice(gluedPrefix.length)).every(isKnown));
  const words = isStrange ? nameParts(column.slice(gluedPrefix.length)) : whole;
  const rest = prefix !== null && words.length > 1 && words[0] === prefix ? words.slice(1) : words;
  if (!lettered || rest.length < 2) return rest;
  const [first = '', ...others] = rest;
  return [LETTERED[first] ?? first, ...others];
}

const LETTERED: Readonly<Record<string, string>> = { no: 'nome', nm: 'nome', co: 'codigo', cd: 'codigo', st: 'status', fl: 'flag', vl: 'valor', tp: 'tipo', qt: 'qtd' };

/** `bene` in `bene_acct` says whose account it is, where `pat` of a table of patients says nothing new. */
const saysWhose = (word: string): boolean => word.length === PREFIX_LENGTH_MAX && isPersonWord(word);

function sharedPrefix(columns: readonly string[]): string | null {
  if (columns.length < 4) return null;
  const counts = new Map<string, number>();
  for (const column of columns) {
    const [first, second] = wordsOf(column);
    if (first === undefined || second === undefined || first.length > PREFIX_LENGTH_MAX || saysWhose(first)) continue;
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
function headScore(words: readonly string[], foreign: boolean): number {
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  if (isPersonWord(last)) return 2;
  // An event is a thing in which persons have a part.
  if (isThingWord(last, foreign)) return singularForms(last).some((form) => events.has(form)) || (foreign && events.has(first)) ? 0 : -2;
  if (words.some(isPersonWord)) return 1;
  if (foreign && isThingWord(first, foreign) && !events.has(first)) return -2;
  return words.some((word) => isThingWord(word, foreign)) ? -1 : 0;
}

/** Whom a row is for: a caretaker's name does not make a house his. */
const served = new Set(entriesOf(servedWords).flat());
const KEYS_FIRST = new Set(['id', 'fk', 'idn', 'cod', 'cve', 'kod', 'kd']);

function namesAPerson(name: readonly string[], program: string | null): boolean {
  const last = name.at(-1) ?? '';
  if (name.length === 1 && last.endsWith('id') && last !== 'paid') return isPersonWord(last.slice(0, -2));
  // `id_cliente`, `id_pacjenta`: Romance and Slavic names begin with what it is.
  if (name.length > 1 && KEYS_FIRST.has(name[0] ?? '')) return isPersonWord(last) || (last.length > 4 && isPersonWord(last.slice(0, -1)));
  // `recipient` in a row of a stop: it is that person's.
  if (name.length === 1 && last !== program && served.has(last)) return true;
  if (name.length < 2 || !(['id', 'key', 'nr', 'no'].includes(last) || nameSet.has(last))) return false;
  return name.slice(0, -1).some((word) => word !== program && isPersonWord(word));
}

/** A datum that only a person has, and of whom the table is about: not the `contact_first_name` of a supplier. */
function isWholly(name: readonly string[], tableWords: readonly string[]): boolean {
  const says = (word: string): boolean => neutral.has(word) || /^\d+$/.test(word) || (isPersonWord(word) && tableWords.some((own) => own.startsWith(word)));
  return personal.find(name).some(({ start, length }) => name.every((word, index) => (index >= start && index < start + length) || says(word)));
}

/** A sibling counts only as a datum of its own: `email` speaks for a person, `email_count` does not. */
function speaksFor(name: readonly string[], list: Lexicon<true>): boolean {
  return list
    .find(name)
    .some(({ start, length }) => !name.some((word, index) => (index < start || index >= start + length) && bookkeeping.has(word)));
}
