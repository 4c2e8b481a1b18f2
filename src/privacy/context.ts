import { isKnown, nameParts } from './compounds.js';
import { kinds } from './kinds/index.js';
import { LANGUAGES, type Words } from './kinds/kind.js';
import {
  bookkeepingWords,
  clinicalWords,
  companySiblings,
  contactSiblings,
  eventWords,
  foreignBookkeepingWords,
  machineSiblings,
  machineWords,
  nameWords,
  neutralWords,
  programSiblings,
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
const siblingsOfMachines = new Lexicon(marked(entriesOf(machineSiblings)));
const events = single(entriesOfAll(eventWords));
const clinical = single(entriesOf(clinicalWords));
const patients = new Set(['patient', 'paciente', 'pasien', 'pacjent', 'hasta', 'paziente', 'pat', 'person', 'assistito', 'patienten', 'encounter', 'visit', 'subject', 'hadm']);
const siblingsOfPrograms = new Lexicon(marked(entriesOf(programSiblings)));
/** Words for persons that mean programs as well. */
const PROGRAMS = new Set(['client', 'clients', 'agent', 'agents', 'worker', 'workers', 'consumer', 'consumers', 'subscriber', 'subscribers', 'member', 'members']);
const machines = single(entriesOf(machineWords));
/** What a list of codes or of texts to send is called: its rows speak of nobody. */
const listings = single(entriesOf('template, templates, vorlage, vorlagen, plantilla, plantillas, modele, modeles, modelo, modello, modelli, sjabloon, sjablonen, templat, szablon, szablony, sablon, sablonlar, sablonu, mall, mallar, dictionary, dictionaries, slownik, slowniki, lookup, lookups, lkp, lkup, codes, codelist, nomenclature, nomenclator, taxonomy, enumeration, woordenlijst, kodlista, kodelist, codetabelle, schluesselverzeichnis, thesaurus, glossary, icd, snomed, loinc, atc'));
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
/** Among English names only English words for things count: `roll` is a role in Swedish. */
export const isThingWord = (word: string, foreign: boolean): boolean => singularForms(word).some((form) => (foreign ? things : englishThings).has(form));

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

  const beside = columns.filter((_, index) => speaksFor(names[index] ?? [], siblingsOfPersons));
  const against = columns.filter((_, index) => speaksFor(names[index] ?? [], siblingsOfThings));
  const company = columns.filter((_, index) => speaksFor(names[index] ?? [], siblingsOfCompanies));
  const machine = columns.filter((_, index) => speaksFor(names[index] ?? [], siblingsOfMachines));
  const contact = columns.filter((_, index) => speaksFor(names[index] ?? [], siblingsOfBoth));
  // A visitor's row names an operating system, too.
  const owned = columns.filter((_, index) => (names[index] ?? []).length > 0 && isWholly(names[index] ?? [], words));
  const isPersonal = owned.length > 1 && company.length === 0;
  const isOfPersons = head > 0 || beside.length > 0 || isPersonal;
  const isMachine = (machine.length > 1 || words.some((word) => singularForms(word).some((form) => machines.has(form)))) && !isOfPersons && !words.some((word) => events.has(word));
  const listing = head <= 0 && words.some((word) => listings.has(word));
  const score = (head < 1 && program === null && isPersonal ? 1 : head < 0 && program === null && beside.length > 1 ? 0 : head) + Math.min(1.5, beside.length * 0.5 + contact.length * (company.length > 0 ? 0 : 0.25)) - Math.min(1.5, against.length * 0.5) - Math.min(2, company.length * 1.5) - (isMachine ? 2 : 0);
  if (beside.length + contact.length > 1) reasons.push(`it stands beside ${columns.filter((column) => beside.includes(column) || contact.includes(column)).slice(0, 3).join(', ')}`);
  if (against.length + company.length > 0) speaksAgainst.push(`it stands beside ${[...company, ...against].slice(0, 3).join(', ')}`);
  return {
    score: Math.max(-3, Math.min(3, score)),
    belongsToPerson: (owned.length > 0 && company.length === 0) || names.some((name) => namesAPerson(name, program)) || words.some((word) => events.has(word)),
    machine: isMachine,
    listing,
    program,
    ...form,
    tableWords: words,
    clinical: words.some((word) => clinical.has(word)) && (head > 0 || names.some((name) => namesAPerson(name, program) || name.some((word) => patients.has(word)))),
    foreign,
    reasons,
    against: speaksAgainst,
  };
}

/** The words of a column's name without the prefix that the table's columns share. */
export function columnWords(column: string, { prefix, gluedPrefix, lettered }: Pick<TableContext, 'prefix' | 'gluedPrefix' | 'lettered'>): string[] {
  const whole = nameParts(column);
  const isStrange = gluedPrefix !== '' && column.toUpperCase().startsWith(gluedPrefix) && whole.some((word) => !isKnown(word) && !/^\d+$/.test(word));
  const words = isStrange ? nameParts(column.slice(gluedPrefix.length)) : whole;
  const rest = prefix !== null && words.length > 1 && words[0] === prefix ? words.slice(1) : words;
  if (!lettered || rest.length < 2) return rest;
  const [first = '', ...others] = rest;
  return [LETTERED[first] ?? first, ...others];
}

const LETTERED: Readonly<Record<string, string>> = { no: 'nome', nm: 'nome', co: 'codigo', cd: 'codigo', st: 'status', fl: 'flag', vl: 'valor', tp: 'tipo', qt: 'qtd' };

/** Letter codes of Brazilian names; so many different ones make a habit of them. */
const LETTER_CODES = new Set(['no', 'nm', 'nr', 'nu', 'cd', 'co', 'ds', 'dt', 'st', 'tp', 'qt', 'vl', 'sg', 'in', 'fl']);
const LETTER_CODES_MIN = 4;

function isLettered(columns: readonly string[]): boolean {
  const firsts = new Set(columns.map((column) => column.slice(0, 3).toLowerCase()).filter((first) => first.endsWith('_') && LETTER_CODES.has(first.slice(0, 2))));
  return firsts.size >= LETTER_CODES_MIN;
}

const GLUED_PREFIX_LENGTH = 2;
const GLUED_COLUMNS_MIN = 5;
const GLUED_SHARE = 0.6;

/** Names of such systems are short and stand without a separator. */
function gluedPrefix(columns: readonly string[]): string {
  if (columns.length < GLUED_COLUMNS_MIN) return '';
  const firsts = columns.map((column) => column.slice(0, GLUED_PREFIX_LENGTH).toUpperCase());
  const prefix = firsts.find((first) => firsts.filter((other) => other === first).length > columns.length * GLUED_SHARE) ?? '';
  const isGlued = (column: string): boolean => column.length > GLUED_PREFIX_LENGTH + 1 && column.length <= 14 && /^[A-Z0-9]+$/i.test(column) && column.toUpperCase().startsWith(prefix);
  return /^[A-Z]{2}$/.test(prefix) && columns.filter(isGlued).length > columns.length * GLUED_SHARE ? prefix : '';
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
function headScore(words: readonly string[], foreign: boolean): number {
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  if (isPersonWord(last)) return 2;
  // An event is a thing in which persons have a part.
  if (isThingWord(last, foreign)) return events.has(last) || (foreign && events.has(first)) ? 0 : -2;
  if (words.some(isPersonWord)) return 1;
  if (foreign && isThingWord(first, foreign) && !events.has(first)) return -2;
  return words.some((word) => isThingWord(word, foreign)) ? -1 : 0;
}

function namesAPerson(name: readonly string[], program: string | null): boolean {
  const last = name.at(-1) ?? '';
  if (name.length === 1 && last.endsWith('id') && last !== 'paid') return isPersonWord(last.slice(0, -2));
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
