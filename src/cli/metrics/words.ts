import type { Answer, DifferenceKind, MetricComparison, RestsOn, SearchBound, WitnessValue } from '../../model/metric-verdict.js';
import type { MetricClaim, MetricGroup } from '../../model/metric-report.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { unbroken } from '../../report/layout/wrap.js';
import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';

export const OWNER_UNKNOWN = 'no known owner';

const NAME_LENGTH_MAX = 80;
const OWNERS_MAX = 3;
const ANSWER_ROWS_MAX = 4;
const ANSWER_LENGTH_MAX = 160;
const SENTENCE_LENGTH_MAX = 600;

/** A text for the page: one line, personal data by its kind. */
export function clean(text: string, limit = NAME_LENGTH_MAX): string {
  return plainText(nameMarkers(text), limit);
}

/** Where a card stands: its dashboard, or who declares it. */
export function placeOf({ declared, container, consumer }: MetricClaim): string {
  if (declared === null) return clean(container ?? consumer);
  const version = declared.version === null ? '' : ` ${declared.version}`;
  const deprecated = declared.deprecated === null ? '' : `, deprecated: ${declared.deprecated}`;
  return clean(`declared by ${declared.by}${version}${deprecated}`, 160);
}

/** Who must act: the owners of its cards, those without one among them. */
export function ownersOf(members: readonly MetricClaim[]): string[] {
  const known = [...new Set(members.flatMap(({ owner }) => (owner === null ? [] : [clean(owner, 60)])))].sort();
  return members.some(({ owner }) => owner === null) ? [...known, OWNER_UNKNOWN] : known;
}

export function shortOwners(members: readonly MetricClaim[]): string {
  const owners = ownersOf(members);
  const rest = owners.length - OWNERS_MAX;
  return rest > 0 ? `${owners.slice(0, OWNERS_MAX).join(', ')} and ${amount(rest)} more` : owners.join(', ');
}

/** Cards, dashboards and declarations that show it: one may show several measures. */
export function consumersOf(group: MetricGroup): number {
  return new Set(group.members.map(({ consumer }) => consumer)).size;
}

const KINDS: Record<DifferenceKind, string> = {
  population: 'which rows count',
  boundary: 'the end of a range',
  'time-column': 'another time column',
  'ingestion-time': 'time of loading against time of the event',
  'time-zone': 'the time zone',
  grain: 'another breakdown',
  measure: 'another measure',
  distinctness: 'rows against distinct values',
  'fan-out': 'a join multiplies rows',
  'rows-lost': 'a join drops rows',
  'null-handling': 'what NULL counts as',
  limit: 'only some groups are shown',
  empty: 'only where nothing matches',
  shape: 'another number of columns',
  source: 'no table in common',
  error: 'one of them fails',
  dialect: 'one text, another meaning on another engine',
};

export function kindInWords(kind: DifferenceKind | null): string | null {
  return kind === null ? null : KINDS[kind];
}

/** What a verdict says of two definitions that are called by their letters. */
export function verdictInWords({ verdict, cosmetic }: MetricComparison, first: string, second: string): string {
  switch (verdict) {
    case 'equal':
      return `${first} and ${second} are equal on every database`;
    case 'equal-under':
      return `${first} and ${second} are equal, and only while constraints hold`;
    case 'stricter':
      return `${first} counts only some of the rows that ${second} counts`;
    case 'looser':
      return `${first} counts all rows that ${second} counts, and more`;
    case 'overlapping':
      return `${first} and ${second} each count rows that the other leaves out`;
    case 'different':
      return cosmetic ? `${first} and ${second} differ only where nothing matches` : `${first} and ${second} differ`;
    case 'undecided':
      return `${first} and ${second} are neither proved equal nor told apart`;
  }
}

const BY: Record<MetricComparison['by'], string | null> = {
  proof: 'proved for every database that the schema admits',
  replay: 'shown on rows, replayed on tables with the real constraints',
  search: 'searched, not proved',
  none: null,
};

export function basisOf({ by }: MetricComparison): string | null {
  return BY[by];
}

export function boundInWords({ worlds, rows_per_table_max, answers: [first, second] }: SearchBound): string {
  return `searched: ${counted(worlds, 'small database')} of at most ${counted(rows_per_table_max, 'row')} a table; ${amount(first)} and ${counted(second, 'different answer')} reached`;
}

export function constraintsInWords(constraints: readonly RestsOn[]): string {
  return constraints.map(({ text, enforced }) => `${clean(text, 300)}${enforced ? '' : ' (asserted, nobody enforces it)'}`).join('; ');
}

export function valueText(value: WitnessValue): string {
  if (value === null) return 'NULL';
  return value === '' ? "''" : clean(String(value), ANSWER_LENGTH_MAX);
}

/** What a definition answers, on one line. */
export function answerText(answer: Answer): string {
  if (Array.isArray(answer)) {
    if (answer.length === 0) return 'no row';
    const shown = answer.slice(0, ANSWER_ROWS_MAX).map((row) => `(${row.map(valueText).join(', ')})`);
    const rest = answer.length - shown.length;
    return clean(`${counted(answer.length, 'row')}: ${shown.join(' ')}${rest > 0 ? ` and ${amount(rest)} more` : ''}`, 2 * ANSWER_LENGTH_MAX);
  }
  if (typeof answer === 'object' && answer !== null) return `an error: ${clean(answer.error, ANSWER_LENGTH_MAX)}`;
  return valueText(answer);
}

/** The difference of two definitions in one sentence, from what says most. */
export function differenceInWords(comparison: MetricComparison, first: string, second: string): string {
  const { verdict, witness, region, why, restsOn } = comparison;
  if (verdict === 'equal') return 'all definitions mean the same on every database';
  if (verdict === 'equal-under') return `equal only while ${constraintsInWords(restsOn)}`;
  if (verdict === 'undecided') return why === '' ? verdictInWords(comparison, first, second) : clean(why, SENTENCE_LENGTH_MAX);
  if (witness !== null && witness.words !== '') return clean(witness.words, SENTENCE_LENGTH_MAX);
  const alone = [region?.onlyA ? `only ${first} counts ${clean(region.onlyA, 200)}` : '', region?.onlyB ? `only ${second} counts ${clean(region.onlyB, 200)}` : ''].filter((part) => part !== '');
  return alone.length > 0 ? alone.join('; ') : why === '' ? verdictInWords(comparison, first, second) : clean(why, SENTENCE_LENGTH_MAX);
}

/** Today's value of a definition, as its cards were given it; null where nobody asked. */
export function todayOf(group: MetricGroup, definition: number): string | null {
  const values = (group.definitions[definition]?.members ?? []).flatMap((member) => group.members[member]?.value ?? []);
  const [value] = values;
  if (value === undefined) return null;
  return 'error' in value ? `not known: ${clean(value.error, 200)}` : unbroken(grouped(clean(value.text, 80)));
}

/** Whole parts of numbers with their thousands parted; decimals stay as they are: rounding could hide a difference. */
function grouped(text: string): string {
  return text.replace(/(?<![\d.:-])\d{4,}(?![\d:-])/g, (digits) => digits.replace(/\B(?=(?:\d{3})+$)/g, ','));
}
