import type { DifferenceKind, RestsOn, SearchBound } from '../../model/metric-verdict.js';
import { count } from '../../text/quantity.js';
import type { Proof } from '../prove/index.js';

/** What was searched, as a sentence without a full stop; null where nothing was. */
export function searchWords(bound: SearchBound | null, [a, b]: readonly [string, string]): string | null {
  if (bound === null || bound.worlds === 0) return null;
  const worlds = `${count(bound.worlds, 'small database')} of at most ${count(bound.rows_per_table_max, 'row')} a table`;
  return `${worlds}; ${a} gave ${count(bound.answers[0], 'different answer')} and ${b} ${bound.answers[1].toLocaleString('en-US')}`;
}

export function equalWords(restsOn: readonly RestsOn[], bound: SearchBound | null, names: readonly [string, string]): string {
  const searched = searchWords(bound, names);
  const after = searched === null ? 'It was not searched against.' : `A search against it found no difference in ${searched}.`;
  if (restsOn.length === 0) return `Proved: ${names[0]} and ${names[1]} give the same on every database of these types. ${after}`;
  return `Proved: ${names[0]} and ${names[1]} give the same as long as ${listed(restsOn.map(({ text }) => text))} ${restsOn.length > 1 ? 'hold' : 'holds'}. ${after}`;
}

const SHOWN = 'The rows of the witness were run on real tables with the real constraints.';

/** The sentences of a difference in which rows count. */
export function rowsWords(rows: 'stricter' | 'looser' | 'overlapping', region: Proof['region'], [a, b]: readonly [string, string]): string {
  const onlyA = region?.onlyA ? ` where ${region.onlyA}` : '';
  const onlyB = region?.onlyB ? ` where ${region.onlyB}` : '';
  if (rows === 'overlapping') return `${a} alone counts ${onlyA === '' ? 'some rows' : `rows${onlyA}`}, ${b} alone ${onlyB === '' ? 'others' : `rows${onlyB}`}, and some are counted by both. ${SHOWN}`;
  const [narrow, wide, more] = rows === 'stricter' ? [a, b, onlyB] : [b, a, onlyA];
  return `Proved: every row that ${narrow} counts is counted by ${wide}, which also counts ${more === '' ? 'others' : `rows${more}`}. ${SHOWN}`;
}

/** What each kind of difference means, as the first sentence of a verdict. */
const KIND: Record<DifferenceKind, string> = {
  population: 'They count different rows',
  boundary: 'They end the range at different places',
  'time-column': 'They put rows on different clocks',
  'ingestion-time': 'One of them goes by the time at which rows were loaded, the other by the time of the event',
  'time-zone': 'Their days begin in different time zones',
  grain: 'They break the number down differently',
  measure: 'They compute different measures',
  distinctness: 'One of them counts what repeats once, the other each time',
  'fan-out': 'A join of one of them multiplies rows',
  'rows-lost': 'A join of one of them drops rows',
  'null-handling': 'They treat NULL differently',
  limit: 'They show different groups or rows of the result',
  empty: 'They part only where nothing matches',
  shape: 'They have different numbers of columns',
  source: 'They read no table in common',
  error: 'One of them fails where the other answers',
  dialect: 'The same text means another thing on another engine',
};

/** @param loses whether the rows of the witness are lost by the join, and not multiplied */
export function differentWords(kind: DifferenceKind, loses: boolean): string {
  const what = kind === 'fan-out' && loses ? 'A join of one of them drops rows without a partner, and multiplies others' : KIND[kind];
  return `${what}. ${SHOWN}`;
}

/** What stood in the way of a verdict. */
export interface Doubt {
  names: readonly [string, string];
  proof: Proof | null;
  bound: SearchBound | null;
  /** Sentences without a full stop. */
  doubts: readonly string[];
  /** A difference was found that could not be shown. */
  found: boolean;
}

export function undecidedWords({ names, proof, bound, doubts, found }: Doubt): string {
  const searched = searchWords(bound, names);
  const nothing = searched !== null && bound !== null && Math.max(...bound.answers) <= 1;
  const sentences = [
    ...doubts,
    ...(searched === null ? [] : [`${found ? 'The search looked at' : 'No difference was found in'} ${searched}`]),
    ...(nothing ? ['A query that never leaves its first answer has shown nothing'] : []),
    ...(proof?.why ? [`It was not proved: ${proof.why}`] : []),
  ];
  return sentences.length === 0 ? 'Neither a proof nor a difference was found.' : sentences.map((sentence) => `${sentence.replace(/\.$/, '')}.`).join(' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly string[]): string {
  return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}`;
}
