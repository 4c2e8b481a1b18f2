import type { Impact } from '../model/impact-report.js';
import { nameMarkers } from '../text/marker.js';
import { plainText } from '../text/plain-text.js';
import { type CaseComparison, type Comparisons, type ListComparison } from './comparisons.js';
import type { Reader } from './readers.js';
import type { PlacedChange } from './situation.js';

/** What one condition does with values that are new, gone or renamed. */
export interface ValueEffect {
  sentence: string;
  remedy: string;
  confidence: number;
}

/** One value on one side is what a card is about, and a new one is none of its business, most often. */
const SINGLE = 0.35;
const LISTED = 0.7;
const SWEPT = 0.9;

/** What a change of the values of a column does to the conditions of a text; empty where every new value is named in it. */
export function valueEffects({ change, original }: PlacedChange, comparisons: Comparisons): ValueEffect[] {
  if (change.kind !== 'values-changed' || original.relation === null || original.column === null) return [];
  const column = `${original.relation}.${original.column}`;
  const lists = comparisons.lists.filter(({ columns }) => columns.has(column));
  const cases = comparisons.cases.filter(({ columns }) => columns.has(column));
  const gone = [...change.removed.map((value) => ({ value, now: null as string | null })), ...change.renamed.map(({ from, to }) => ({ value: from, now: to as string | null }))];
  // A new value that is compared somewhere in the text was thought of, though not everywhere.
  return [
    ...change.added.flatMap((value) => [...lists.flatMap((list) => addedToList(value, list)), ...cases.flatMap((one) => addedToCase(value, one))]),
    ...change.renamed.flatMap(({ from, to }) => lists.flatMap((list) => renamedInList(from, to, list))),
    ...gone.flatMap(({ value, now }) => [...lists, ...cases].flatMap((list) => (names(list, value) ? [goneFrom(value, now, list)] : []))),
  ];
}

/** Who only shows or groups by a value shows it by its new name: right, and worth a hint for charts that are coloured or sorted by it. */
export function renamedAsShown(renamed: readonly { from: string; to: string }[], uses: ReadonlySet<string> | undefined): ValueEffect[] {
  if (uses === undefined || !(uses.has('shown') || uses.has('grouping'))) return [];
  return renamed.map(({ from, to }) => ({ sentence: `it shows ${quoted(to)} where it showed ${quoted(from)}`, remedy: 'tell who looks at it', confidence: 0.4 }));
}

function addedToList(value: string, list: ListComparison): ValueEffect[] {
  if (names(list, value)) return [];
  const shown = quoted(value);
  if (list.positive) {
    return [{ sentence: `${shown} is not counted in: ${said(list.text)}`, remedy: `decide whether ${shown} belongs to it; then name it there`, confidence: list.values.length > 1 ? LISTED : SINGLE }];
  }
  return [{ sentence: `${shown} is counted in without being named: ${said(list.text)}`, remedy: `decide whether ${shown} belongs to it; if not, name it there`, confidence: SWEPT }];
}

function addedToCase(value: string, one: CaseComparison): ValueEffect[] {
  if (names(one, value)) return [];
  const becomes = one.otherwise === null ? 'NULL, since there is no ELSE' : said(one.otherwise, 60);
  return [{ sentence: `${quoted(value)} becomes ${becomes}: ${said(one.text)}`, remedy: `add a branch for ${quoted(value)}`, confidence: one.otherwise === null ? SWEPT : LISTED }];
}

/** Under its old name it was named; under the new one it is not. The other way round the list was written ahead. */
function renamedInList(from: string, to: string, list: ListComparison): ValueEffect[] {
  if (names(list, from) || !names(list, to)) return [];
  return [{ sentence: `${quoted(from)} is called ${quoted(to)} from now on, which this names already: ${said(list.text)}`, remedy: 'nothing, if it was written ahead', confidence: LISTED }];
}

function goneFrom(value: string, now: string | null, { text }: Pick<ListComparison, 'text'>): ValueEffect {
  return {
    sentence: `${quoted(value)} ${now === null ? 'no longer exists' : `is called ${quoted(now)} from now on`}, and this compares with it: ${said(text)}`,
    remedy: now === null ? `take ${quoted(value)} out of it` : `name both until the migration is deployed: ${quoted(value)}, ${quoted(now)}`,
    confidence: SWEPT,
  };
}

function names({ values, folded }: Pick<ListComparison, 'values' | 'folded'>, value: string): boolean {
  return folded ? values.some((one) => one.toLowerCase() === value.toLowerCase()) : values.includes(value);
}

export function quoted(value: string): string {
  return `'${plainText(nameMarkers(value), 60)}'`;
}

export function said(text: string, limit = 120): string {
  return plainText(nameMarkers(text), limit);
}

/** Effects of one reader as one impact: the surest leads. */
export function impactOfValues(reader: Reader, placed: PlacedChange, effects: readonly ValueEffect[], through: readonly string[]): Impact[] {
  const sorted = effects.toSorted((a, b) => b.confidence - a.confidence);
  const [first] = sorted;
  if (first === undefined) return [];
  const sentences = [...new Set(sorted.map(({ sentence }) => sentence))];
  const shown = sentences.slice(0, SENTENCES_MAX);
  const rest = sentences.length - shown.length;
  return [{
    effect: 'meaning', thing: reader.thing, changes: [placed.place], through: [...through],
    sentence: `${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`, remedy: first.remedy, confidence: first.confidence, calls: reader.calls,
  }];
}

const SENTENCES_MAX = 3;
