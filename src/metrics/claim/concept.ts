/** Words that say nothing about which metric it is, in the languages that dashboards are titled in. */
const STOP_WORDS = new Set(
  `a an the of in for on to and our all with from at is are number numbers no nr total totals count counts amount how many kpi metric
   chart table card panel graph dashboard report overview summary widget copy live now currently current value values figure figures
   anzahl gesamt der die das nombre de des du le la les numero total cantidad el los quantidade numero aantal jumlah liczba antal sayisi`.split(/\s+/),
);

/**
 * Words that people use for the same thing in titles. The first of a line stands for the others. Few on purpose: two
 * cards that are compared wrongly cost more trust than two that are not compared.
 */
const SYNONYMS: readonly (readonly string[])[] = [
  ['open', 'backlog', 'outstanding', 'unresolved', 'unclosed', 'offen', 'offene', 'ouvert', 'abierto', 'aberto'],
  ['revenue', 'turnover', 'umsatz'],
  ['customer', 'client'],
  ['cancelled', 'canceled'],
  ['average', 'avg', 'mean'],
];

const SYNONYM = new Map(SYNONYMS.flatMap(([first = '', ...others]) => others.map((other) => [other, first])));

/** Words for a period. With a time bucket they say how the metric is drawn, not what it is. */
const PERIODS = new Set('hourly daily weekly monthly quarterly yearly annual hour day week month quarter year trend timeline history time over'.split(' '));

export interface Concept {
  /** As written, without stop-words and dimensions: the title's own words. */
  words: string[];
  /** After synonyms and without the words of the relation's name: what is compared. Empty for all rows of the relation. */
  key: string[];
}

/**
 * What a title or alias names. Null when nothing is left of it.
 *
 * @param relation the name of the relation, whose words name the thing counted and not the metric: “open cases” on
 *   case_file is “open”.
 * @param grouped whether the claim is broken down, so that `by region` and `monthly` are dimensions; of distinct things
 *   they are not, since the active users of a month are not the sum of those of its days.
 */
export function conceptOf(title: string, relation: string, grouped: { dimensions: boolean; additive: boolean }): Concept | null {
  const words = titleWords(title, grouped);
  if (words.length === 0) return null;
  const things = wordsOfRelation(relation);
  const meant = words.map((word) => SYNONYM.get(word) ?? word).filter((word) => !things.has(word));
  return { words: unique(words), key: unique(meant) };
}

/** The words that name the thing which is counted: those of the relation's name. */
export function wordsOfRelation(relation: string): Set<string> {
  return new Set(wordsOf(relation).flatMap((word) => [word, singular(word)]));
}

const unique = (words: string[]): string[] => [...new Set(words)].toSorted();

function titleWords(title: string, grouped: { dimensions: boolean; additive: boolean }): string[] {
  let words = wordsOf(title.slice(0, 300).replace(/^\s*[0-9]+\s*[.)]\s*/, ''));
  if (grouped.dimensions) {
    const tail = words.findIndex((word, index) => index > 0 && (word === 'by' || word === 'per' || word === 'nach' || word === 'par' || word === 'por'));
    if (tail > 0) words = words.slice(0, tail);
    if (grouped.additive) words = words.filter((word) => !PERIODS.has(word));
  }
  return words.filter((word) => !STOP_WORDS.has(word)).map(singular);
}

/** English plurals only; a verb keeps its form, since “opened” is not “open”. */
function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

/** Aliases that every query has and that name nothing. */
const GENERIC = new Set('count cnt n total sum num value result metric c avg min max x y name'.split(' '));

export function isGenericAlias(alias: string): boolean {
  return wordsOf(alias).every((word) => GENERIC.has(word) || STOP_WORDS.has(word));
}

/** A title or name as lower-case words without accents; camelCase and snake_case apart. Empty for other scripts' signs alone. */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
