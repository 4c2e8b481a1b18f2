import { isLoadColumn, isPlainColumn, isPlainName, nameWords } from './landing-name.js';

/** What may have come over: a relation of an operational store, or what a loader asks of one. */
export interface Offer<T> {
  /** `schema` and `name` of the relation that it is named after. */
  schema: string;
  name: string;
  /** Names of its columns, in lower case. */
  columns: ReadonlySet<string>;
  what: T;
}

/** How well a relation fits an offer. */
export interface Fit<T> {
  offer: Offer<T>;
  /** 0 to 1 and above: by which the best is told. */
  score: number;
  /** Part of the target's own columns that the offer has, 0 to 1. */
  share: number;
  /** Names of the two, without words of place, are the same. */
  sameName: boolean;
}

/** A name or a word that more relations have than this tells nothing: looking at all of them would cost more than it finds. */
const RELATIONS_OF_WORD_MAX = 40;
const SHARE_MIN = 0.5;
/** Of names that are only alike, nearly all columns must be the same, and enough of them. */
const ALIKE_NAME_MIN = 0.4;
const ALIKE_SHARE_MIN = 0.85;
const ALIKE_COLUMNS_MIN = 4;

/** An offer with the words of its names. */
interface Known<T> {
  offer: Offer<T>;
  words: readonly string[];
  ofSchema: readonly string[];
}

/** Finds what a landed relation may have come from, by the words of its name and by its columns. */
export class OfferIndex<T> {
  readonly #byName = new Map<string, Known<T>[]>();
  readonly #byWord = new Map<string, Known<T>[]>();

  constructor(offers: readonly Offer<T>[]) {
    for (const offer of offers) {
      const known = { offer, words: nameWords(offer.name), ofSchema: nameWords(offer.schema) };
      // Loaders put the schema before the name: `shop_customer`.
      for (const name of new Set([known.words.join(' '), [...known.ofSchema, ...known.words].join(' ')])) append(this.#byName, name, known);
      for (const word of new Set(known.words)) append(this.#byWord, word, known);
    }
  }

  /** Everything that fits, the best first. Names alone, or columns alone, fit nothing. */
  fits({ schema, name, columns }: { schema: string; name: string; columns: readonly string[] }): Fit<T>[] {
    const words = nameWords(name);
    const own = columns.map((column) => column.toLowerCase()).filter((column) => !isLoadColumn(column));
    if (own.length === 0) return [];
    const around = new Set([...nameWords(schema), ...words]);
    const candidates = new Set<Known<T>>();
    for (const offers of [this.#byName.get(words.join(' ')), ...[...new Set(words)].map((word) => this.#byWord.get(word))]) {
      if (offers !== undefined && offers.length <= RELATIONS_OF_WORD_MAX) for (const known of offers) candidates.add(known);
    }
    return [...candidates].flatMap((known) => fitOf(known, words, own, around) ?? []).sort((one, other) => other.score - one.score || (one.offer.name < other.offer.name ? -1 : 1));
  }
}

function fitOf<T>({ offer, words: theirs, ofSchema }: Known<T>, words: readonly string[], own: readonly string[], around: ReadonlySet<string>): Fit<T> | null {
  const sameName = theirs.every((word) => words.includes(word)) && words.every((word) => theirs.includes(word) || ofSchema.includes(word));
  const alike = jaccard(words, theirs);
  if (!sameName && alike < ALIKE_NAME_MIN) return null;
  const shared = own.filter((column) => offer.columns.has(column));
  const telling = shared.filter((column) => !isPlainColumn(column)).length;
  const share = shared.length / own.length;
  const fits = sameName
    ? share >= SHARE_MIN && telling >= (isPlainName(words) ? 3 : 1) && (shared.length >= 2 || own.length === 1)
    : share >= ALIKE_SHARE_MIN && telling >= ALIKE_COLUMNS_MIN;
  if (!fits) return null;
  const inSchema = ofSchema.some((word) => around.has(word));
  return { offer, share, sameName, score: 0.5 * (sameName ? 1 : alike * 0.8) + 0.5 * share + (inSchema ? 0.1 : 0) };
}

function jaccard(one: readonly string[], other: readonly string[]): number {
  const all = new Set([...one, ...other]);
  return one.filter((word) => other.includes(word)).length / all.size;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}
