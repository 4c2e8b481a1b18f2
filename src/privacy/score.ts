import { bookkeeping, columnWords, isPersonWord, isThingWord, nameSet, neutral, type TableContext } from './context.js';
import { nameParts } from './compounds.js';
import { kinds } from './kinds/index.js';
import { type KindDefinition, LANGUAGES } from './kinds/kind.js';
import { machineWords as machineWordList } from './kinds/vocabulary.js';
import { Lexicon, type Occurrence } from './lexicon.js';
import { type Match, WEIGHT } from './match.js';
import { matchFullName, matchRole } from './person-name.js';
import { typeLimits } from './types.js';
import { valueReason, valueWeight, type ValueEvidence } from './value-evidence.js';
import { entriesOf, singularForms } from './words.js';

export interface ColumnEvidence {
  schema: string;
  table: string;
  column: string;
  /** As the database declares it, e.g. `character varying(120)`. */
  type: string;
  comment: string | null;
  label: string | null;
  /** The names of all columns of the table; the column itself may be among them. */
  siblings: readonly string[];
  /** True for an enum type: such a column cannot hold a name or an address. */
  enumerated?: boolean;
  /** What samples of its values say, one entry a check that was run. */
  values?: readonly ValueEvidence[];
}

/** How much speaks for one kind. */
export interface Score {
  kind: KindDefinition;
  logOdds: number;
  /** What speaks for it, in words, the strongest first. */
  reasons: string[];
  against: string[];
}

interface Hit {
  kind: KindDefinition;
  strength: 'strong' | 'weak' | 'against';
  /** No word of English, in whose names what qualifies a head may stand behind it. */
  foreign: boolean;
}

const lexicon = new Lexicon<Hit>(
  kinds.flatMap((kind) =>
    (['strong', 'weak', 'against'] as const).flatMap((strength) =>
      LANGUAGES.flatMap((language) =>
        entriesOf(kind[strength]?.[language] ?? '').map((words) => ({ words, payload: { kind, strength, foreign: language !== 'en' } })),
      ),
    ),
  ),
);

export const kindOfId: ReadonlyMap<string, KindDefinition> = new Map(kinds.map((kind) => [kind.kind, kind]));

/** Kinds that an enum type may hold: an enum lists its members, so it cannot hold a name or a number. */
const ENUMERABLE = new Set(['gender', 'marital_status', 'nationality', 'health', 'special_category']);

/** Traits that are stored as codes: the code says the trait. */
const CODED = new Set([...ENUMERABLE, 'postal_code', 'city']);
const CODE_WORDS = new Set(['code', 'cod', 'cd', 'cde', 'codigo', 'codice', 'kod', 'kode', 'kodu', 'kz', 'id', 'key', 'desc', 'text', 'description', 'schluessel', 'flag', 'status', 'sts', 'type', 'tipo', 'typ']);

/** Pictures are kept elsewhere: where they lie is as good as they are. */
const PICTURES = new Set(['photo', 'signature']);
const STORED = new Set(['url', 'uri', 'path', 'link', 'file', 'filename', 'img', 'image', 'png', 'jpg', 'svg', 'blob', 'data', 'key', 's3', 'bin', 'binary', 'bytes', 'pfad', 'chemin', 'ruta', 'percorso', 'pad', 'sciezka', 'yolu', 'caminho', 'scan', 'src']);
/** The key of a diagnosis is a key; that of a religion says which. */
const isCode = (kind: KindDefinition, word: string): boolean => (PICTURES.has(kind.kind) && STORED.has(word)) || (CODED.has(kind.kind) && CODE_WORDS.has(word) && !(kind.kind === 'health' && (word === 'id' || word === 'key')));

/** Kinds that another person's key in the same row makes likely: an order has the address of its customer. */
const FOLLOWS_KEY = new Set(['street_address', 'postal_code', 'city', 'phone', 'full_name', 'insurance_number', 'photo', 'signature', 'geolocation', 'free_text']);

/** The kind that a word of a declaration means, `email_address` → `email`; null where it means none. */
export function kindOfWord(word: string): KindDefinition | null {
  const own = kindOfId.get(word.trim().toLowerCase().replace(/[\s-]+/g, '_'));
  if (own !== undefined) return own;
  const words = nameParts(word);
  const hits = lexicon.find(words).filter(({ payload }) => payload.strength !== 'against');
  const strong = hits.filter(({ payload }) => payload.strength === 'strong');
  const [found] = (strong.length > 0 || words.length > 1 ? strong : hits).toSorted((one, other) => other.words - one.words);
  return found?.payload.kind ?? (words.length === 1 && nameSet.has(words[0] ?? '') ? (kindOfId.get('full_name') ?? null) : null);
}

/** `comment` in `comments` says nothing new. */
const isOfTable = (word: string, tableWords: readonly string[]): boolean => tableWords.some((own) => own === word || (word.length >= 4 && own.startsWith(word)));

/** In `email_addresses`, an `address` is one for mail. */
function meaningOf(words: string[], tableWords: readonly string[]): string[] {
  const [only = ''] = words;
  if (words.length !== 1 || !['address', 'addr', 'number', 'no', 'nr', 'value'].includes(only)) return words;
  const whose = tableWords.find((word) => ['email', 'phone', 'telephone', 'mobile', 'emails', 'phones'].includes(word));
  return whose === undefined ? words : [whose.replace(/s$/, ''), only === 'value' ? 'address' : only];
}

/** In `email_adr`, an `adr` is none of a street. */
const isPartOf = (one: Occurrence<Hit>, other: Occurrence<Hit>): boolean =>
  other.payload.strength === 'strong' && other.payload.kind !== one.payload.kind && other.length > one.length && other.start <= one.start && other.start + other.length >= one.start + one.length;

/** What speaks for each kind that anything speaks for. */
export function scoreKinds(evidence: ColumnEvidence, context: TableContext): Score[] {
  const words = meaningOf(columnWords(evidence.column, context), context.tableWords);
  // `nombre_trab` in `trabajador` is that of the worker.
  const ofTable = (word: string): boolean => word.length >= 3 && context.tableWords.some((whole) => whole.startsWith(word) && isPersonWord(whole));
  const person = (word: string): boolean => context.program?.startsWith(word) !== true && (isPersonWord(word) || ofTable(word));
  const matches = new Map<KindDefinition, Match>();
  const against = new Set<KindDefinition>();
  const offer = (kind: KindDefinition, match: Match): void => {
    const best = matches.get(kind);
    if (best === undefined || match.weight > best.weight || (kind.kind === 'full_name' && match.ofPerson && !best.ofPerson && match.weight >= WEIGHT.strong.qualifiedSome)) matches.set(kind, match);
  };
  const occurrences = lexicon.find(words);
  for (const occurrence of occurrences) {
    const { kind, strength, foreign } = occurrence.payload;
    if (strength !== 'against' && occurrences.some((other) => isPartOf(occurrence, other))) continue;
    if (strength === 'against') against.add(kind);
    else offer(kind, matchOf(occurrence, { kind, strength, foreign: foreign || context.foreign, tableWords: context.tableWords }, words, person));
  }
  const fullName = kindOfId.get('full_name');
  // `last_name` and `username` hold a word for a name too, and say more.
  const said = [...matches].some(([kind, match]) => match.weight >= (kind.kind === 'first_name' || kind.kind === 'last_name' ? WEIGHT.strong.full : WEIGHT.strong.qualifiedSome) && kind.kind !== 'full_name');
  const named = said ? null : (matchFullName(words, person, context) ?? matchRole(words, evidence.type, context));
  if (fullName !== undefined && named !== null) offer(fullName, named);

  const { group } = typeLimits(evidence.type);
  const sampled = new Set((evidence.values ?? []).map(({ kind }) => kind));
  const candidates = new Set([...matches.keys(), ...kinds.filter((kind) => kind.typical === group || sampled.has(kind.kind))]);
  return [...candidates].map((kind) => {
    const score = scoreKind(kind, matches.get(kind) ?? null, evidence, context);
    if (!against.has(kind)) return score;
    return { ...score, logOdds: score.logOdds + WEIGHT.against, against: [`${evidence.column} is named like something that is not ${kind.title}`, ...score.against] };
  });
}

function scoreKind(kind: KindDefinition, match: Match | null, evidence: ColumnEvidence, context: TableContext): Score {
  const reasons: string[] = [];
  const type = typeWeight(kind, evidence);
  const against = [...type.against, ...(context.listing ? context.against : [])];
  let logOdds = WEIGHT.prior + type.weight + (context.listing && kind.class !== 'secret' ? LISTING : 0) + (context.animal && match?.ofPerson !== true && OF_ANIMALS.has(kind.kind) ? LISTING : 0);
  if (match === null) {
    logOdds += 0.3 * context.score + (context.machine || context.score <= -1 ? MACHINE : 0);
  } else {
    logOdds += match.weight + contextWeight(kind, match, context);
    const kept = match.rest.find((word) => bookkeeping.has(word) && !neutral.has(word) && !isCode(kind, word) && !(isOfTable(word, context.tableWords) && !nameSet.has(word)));
    if (kept !== undefined) {
      logOdds += WEIGHT.bookkeeping;
      against.push(`'${kept}' in its name says that it holds something about ${kind.title}`);
    }
    reasons.push(`${evidence.column} is named like ${kind.title}`);
    if (context.score > 0 && kind.context !== 'little') reasons.push(...context.reasons);
    if (match.ofThing !== null) against.push(`'${match.ofThing}' in its name is a thing`);
    if (context.score < 0 && kind.context !== 'little' && !match.ofPerson) against.push(...context.against);
  }
  if (kind.typical !== undefined && typeLimits(evidence.type).group === kind.typical) {
    // Machines have network addresses of their own.
    logOdds += context.machine || (context.score <= -1.5 && match?.ofPerson !== true) || (match !== null && isOfMachine(kind, match, context)) ? 0 : WEIGHT.typicalType;
    reasons.push(`its type is ${evidence.type}`);
  }
  for (const sample of (evidence.values ?? []).filter((one) => one.kind === kind.kind)) {
    const weight = valueWeight(sample, match !== null);
    logOdds += weight;
    if (weight !== 0) (weight > 0 ? reasons : against).push(valueReason(sample, kind));
  }
  return { kind: refineName(kind, evidence, context), logOdds, reasons, against };
}

function matchOf(found: Occurrence<unknown>, { kind, strength, foreign, tableWords }: Omit<Hit, 'strength'> & Pick<Match, 'strength'> & Pick<TableContext, 'tableWords'>, words: readonly string[], person: (word: string) => boolean): Match {
  const end = found.start + found.length;
  const rest = words.filter((_, index) => index < found.start || index >= end);
  const isLoose = (word: string): boolean =>
    !neutral.has(word) && !person(word) && !isOfTable(word, tableWords) && !/^\d+$/.test(word) && !isCode(kind, word) && !(kind.kind !== 'full_name' && nameSet.has(word));
  // The head of a name stands last: whatever comes before `token` or `secret`, it is one.
  const loose = (kind.class === 'secret' ? words.slice(end) : rest).filter(isLoose);
  const trailing = words.slice(end).some((word) => isLoose(word) && (!foreign || bookkeeping.has(word)));
  // `account_manager` names a person by itself; `legal_name` may be a company's.
  const ofPerson = rest.some(person) || words.some((word) => word.length > 3 && !COMMON_PERSONS.has(word) && person(word)) || (kind.kind === 'ip_address' && words.some((word) => OF_CALLERS.has(word))) || (kind.context === 'needed' && words.some(person)) || (kind.kind === 'email' && words.includes('contact')) || (kind.kind === 'full_name' && strength === 'strong' && !words.slice(found.start, end).some((word) => nameSet.has(word) || /n[ao]me?n?$/.test(word)));
  const ofThing = kind.context === 'little' || ofPerson ? null : (rest.find((word) => isThingWord(word, foreign) && !neutral.has(word) && !isOfTable(word, tableWords)) ?? null);
  // `client_first`, `passenger_last`: said of a person, half of a name is one.
  const isHalfName = strength === 'weak' && HALF_NAMES.has(kind.kind) && rest.length > 0 && rest.every(person);
  const weight =
    isHalfName ? WEIGHT.strong.qualified : strength === 'strong' ? strongWeight(kind, found.words, loose.length, trailing) : loose.length === 0 ? WEIGHT.weak.full : WEIGHT.weak.part;
  return { weight: weight + (trailing ? WEIGHT.notAtEnd : 0) + (ofThing === null ? 0 : WEIGHT.ofThing), strength: isHalfName ? 'strong' : strength, rest, bare: false, ofPerson, ofThing };
}

/** Words for who calls a server. */
const OF_CALLERS = new Set(['client', 'remote', 'login', 'logon', 'signin', 'signup', 'sign', 'register', 'registration', 'forwarded', 'requester', 'request', 'browser', 'caller', 'creation', 'created', 'opt', 'session', 'by', 'from', 'signed', 'booked', 'user', 'submitted', 'accepted', 'consent', 'vote', 'last', 'rc']);
/** Words for persons that stand for companies and programs as often. */
const COMMON_PERSONS = new Set(['contact', 'user', 'client', 'account', 'partner', 'party', 'agent', 'host', 'owner', 'operator', 'provider', 'profile', 'identity', 'person', 'contacto', 'contato', 'contatto', 'kontakt', 'actor', 'member', 'reader', 'admin', 'holder', 'caller', 'sender', 'poster', 'author', 'worker', 'subject', 'staff']);
const HALF_NAMES = new Set(['first_name', 'last_name']);

/** What qualifies a head takes little from it: `guarantor_email` is an e-mail address whoever a guarantor is. */
function strongWeight(kind: KindDefinition, words: number, loose: number, trailing: boolean): number {
  if (loose === 0) return WEIGHT.strong.full;
  if (!trailing && loose <= 2) return kind.context === 'little' ? WEIGHT.strong.qualified : WEIGHT.strong.qualifiedSome;
  return words / (words + loose) >= 0.5 ? WEIGHT.strong.half : WEIGHT.strong.part;
}

/** Kinds that places, companies and machines have as well: without a person in the table they are theirs. */
const OF_PLACES = new Set(['phone', 'street_address']);
const OF_MACHINES = new Set(['ip_address', 'device_id', 'user_agent', 'email', 'username', 'phone', 'street_address']);
/** Whose rows are what persons say. */
const opinions = new Set(entriesOf('review, rating, feedback, survey, answer, response, complaint, testimonial, nps, csat, opinion, avis, sondage, reclamation, plainte, bewertung, umfrage, beschwerde, rezension, valoracion, resena, encuesta, queja, reclamacion, avaliacao, pesquisa, ouvidoria, recensione, sondaggio, reclamo, segnalazione, beoordeling, enquete, klacht, melding, reparatieverzoek, ulasan, survei, keluhan, pengaduan, ocena, opinia, ankieta, reklamacja, skarga, zgloszenie, yorum, anket, sikayet, degerlendirme, omdome, enkat, klagomal, felanmalan').flat());
const machineWords = new Set(entriesOf(machineWordList).flat());
const ADDRESSES_OF_MACHINES = new Set(['ip_address', 'device_id']);
/** What a company has as well, and gives out. */
const OF_COMPANIES = new Set(['email', 'bank_account', 'iban', 'tax_id', 'geolocation']);
const NO_PERSON_IN_SIGHT = -2.5;
const MACHINE = -3.5;
const MAIL_OF_A_THING = -2.5;
const LISTING = -4;
const OF_ANIMALS = new Set(['date_of_birth', 'gender', 'age', 'health', 'photo', 'full_name', 'special_category', 'biometric']);

function contextWeight(kind: KindDefinition, match: Match, context: TableContext): number {
  const ofThing = OF_COMPANIES.has(kind.kind) && !match.ofPerson && context.score <= -1 && !context.belongsToPerson;
  const nobody = OF_PLACES.has(kind.kind) && !match.ofPerson && context.score <= 0 && !context.belongsToPerson;
  return ownContextWeight(kind, match, context) + (isOfMachine(kind, match, context) ? MACHINE : 0) + (ofThing ? MAIL_OF_A_THING : 0) + (nobody ? NO_PERSON_IN_SIGHT : 0);
}

function isOfMachine(kind: KindDefinition, match: Match, context: TableContext): boolean {
  if (!OF_MACHINES.has(kind.kind) || match.ofPerson) return false;
  return context.machine || (ADDRESSES_OF_MACHINES.has(kind.kind) && (match.rest.some((word) => machineWords.has(word)) || (context.score <= 0 && !context.belongsToPerson)));
}

function ownContextWeight(kind: KindDefinition, match: Match, context: TableContext): number {
  // A warehouse has a manager's name and an address of its own.
  const followsKey = context.belongsToPerson && context.score > -1 && FOLLOWS_KEY.has(kind.kind) && !match.bare;
  const clinical = (kind.kind === 'health' || kind.kind === 'special_category') && context.clinical;
  const isTrait = match.strength === 'strong' && kind.kind === 'health' && context.belongsToPerson;
  const isSaid = kind.kind === 'free_text' && context.belongsToPerson && context.tableWords.some((word) => singularForms(word).some((form) => opinions.has(form)));
  const score = clinical || isSaid ? Math.max(context.score, 1.5) : isTrait ? Math.max(context.score, 0.5) : followsKey ? Math.max(context.score, 0) + 1 : context.score;
  if (match.strength === 'weak' && kind.kind === 'health' && !clinical) return WEIGHT.noPerson;
  if (match.strength === 'weak') return 1.6 * score + (score <= 0 ? WEIGHT.thing : 0);
  if (kind.context === 'little' || match.ofPerson) return 0.3 * score;
  const weight = 0.8 * score + (score < -0.4 ? WEIGHT.thing : 0);
  return kind.context === 'needed' && score <= 0 ? weight + WEIGHT.noPerson : weight;
}

/** The shortest value of a kind, in characters: what is declared shorter holds a flag or a code. */
const LENGTH_MIN: Readonly<Record<string, number>> = { email: 6, phone: 5, street_address: 3, iban: 15, password: 4, national_id: 4, token: 12, full_name: 3, bank_account: 4, payment_card: 3, passport: 5, api_key: 6, secret: 3, username: 2, photo: 3 };
/** The same of numbers, in digits. */
const DIGITS_MIN: Readonly<Record<string, number>> = { national_id: 7, tax_id: 7, phone: 6, bank_account: 5 };
const ENCRYPTED = new Set(['enc', 'encr', 'encrypted', 'cipher', 'ciphertext', 'crypt', 'crypted', 'hash', 'hashed', 'token', 'tokenized']);
/** Kinds that no number is. */
const NEVER_NUMBERS = new Set(['full_name', 'photo', 'signature', 'free_text', 'email']);
/** Kinds whose numbers have fractions; no telephone number has. */
const FRACTIONAL = new Set(['salary', 'geolocation', 'age', 'biometric', 'health']);

function typeWeight(kind: KindDefinition, evidence: ColumnEvidence): { weight: number; against: string[] } {
  const { group, length, fraction, enumerated } = typeLimits(evidence.type);
  const cannot = (weight: number): { weight: number; against: string[] } => ({ weight, against: [`its type ${evidence.type} can hardly hold ${kind.title}`] });
  if (evidence.enumerated === true || enumerated) return ENUMERABLE.has(kind.kind) ? { weight: 0, against: [] } : cannot(WEIGHT.impossibleType);
  if (group === 'boolean' && !kind.types.includes(group)) return cannot(WEIGHT.booleanType);
  if (length !== null && length < (LENGTH_MIN[kind.kind] ?? 0)) return cannot(WEIGHT.tooShort);
  if (group === 'number' && length !== null && length < (DIGITS_MIN[kind.kind] ?? 0)) return cannot(WEIGHT.tooShort);
  // Encrypted, any value is bytes.
  if (group === 'binary' && nameParts(evidence.column).some((word) => ENCRYPTED.has(word))) return { weight: 0, against: [] };
  if (fraction && !FRACTIONAL.has(kind.kind)) return cannot(WEIGHT.impossibleType);
  if (kind.types.includes(group)) return { weight: kind.kind === 'date_of_birth' && group === 'timestamp' ? -1 : 0, against: [] };
  if (group !== 'other') return cannot(group === 'number' && NEVER_NUMBERS.has(kind.kind) ? WEIGHT.booleanType : WEIGHT.impossibleType);
  const says = lexicon.find(nameParts(evidence.type)).some(({ payload }) => payload.kind === kind && payload.strength === 'strong');
  return { weight: says ? WEIGHT.domainSays : WEIGHT.unknownType, against: [] };
}

/** Words for a name that mean the first one where both are there; `nom` and `Name` mean the family name. */
const FIRST_NAME_WORDS = new Set(['nombre', 'nome', 'ad', 'adi', 'isim', 'nombres']);

/** Beside a column for the family name, a bare `nombre` is the first name, and the other way round. */
function refineName(kind: KindDefinition, { column, siblings }: ColumnEvidence, context: TableContext): KindDefinition {
  if (kind.kind !== 'full_name') return kind;
  const words = columnWords(column, context).filter((word) => !isPersonWord(word) && !neutral.has(word));
  const [word = ''] = words;
  if (words.length !== 1 || !nameSet.has(word)) return kind;
  const beside = (other: string): boolean =>
    siblings.some(
      (sibling) =>
        sibling !== column &&
        lexicon.find(columnWords(sibling, context)).some(({ payload, length }) => payload.kind.kind === other && payload.strength === 'strong' && length >= columnWords(sibling, context).length),
    );
  const order = FIRST_NAME_WORDS.has(word) ? ['last_name', 'first_name'] : ['first_name', 'last_name'];
  const found = order.find(beside);
  if (found === undefined) return kind;
  return kindOfId.get(found === 'last_name' ? 'first_name' : 'last_name') ?? kind;
}
