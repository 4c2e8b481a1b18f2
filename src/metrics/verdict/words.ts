import type { Catalog, Relation } from '../../model/catalog.js';
import type { DifferenceKind } from '../../model/metric-verdict.js';
import type { ReplayedAnswer } from '../schema/replay.js';
import { plainText } from '../../text/plain-text.js';
import type { World } from '../definition.js';
import { isEmptyAnswer } from './answer.js';
import type { Features } from './features.js';
import { apart } from './kind.js';
import { answerWords, periodWords, valueWords } from './value-words.js';

/** What a witness is told from. */
export interface Told {
  names: readonly [string, string];
  catalog: Catalog;
  world: World;
  /** Relations of the world, parents before children. */
  order: readonly string[];
  features: readonly [Features, Features];
  answers: readonly [ReplayedAnswer, ReplayedAnswer];
  kind: DifferenceKind;
  /** Both measure the same, and differ in which rows they count. */
  countsOtherRows: boolean;
  /** The two definitions as they are written. */
  texts: readonly [string, string];
  instant: string | null;
}

/** More kinds of rows are only counted. */
const GROUPS_MAX = 4;
const COLUMNS_MAX = 4;
const WORDS_LENGTH_MAX = 600;

/** One sentence: `a case_file with status DUPLICATE is counted by Backlog weekly and not by Open cases`. Without a full stop. */
export function witnessWords(told: Told): string {
  const [nameA, nameB] = told.names.map((name) => plainText(name, 80));
  const [a, b] = told.answers;
  const rows = rowWords(told);
  const at = told.instant === null ? '' : ` at ${valueWords(told.instant, 'timestamp')}`;
  const sentence = (): string => {
    const [answerA, answerB] = answerWords(a, b);
    if (rows.text === null) return `on empty tables${at} ${nameA} gives ${answerA} and ${nameB} gives ${answerB}`;
    const counted = countedBy(told);
    if (counted !== null) return `${rows.counted} counted by ${counted === 'a' ? nameA : nameB} and not by ${counted === 'a' ? nameB : nameA}${at}`;
    const period = told.kind === 'time-zone' ? zoneWords(told) : null;
    if (period !== null) return `${period.moment} is ${period.a} for ${nameA} and ${period.b} for ${nameB}`;
    return `${rows.text} ${rows.many ? 'give' : 'gives'} ${answerA} in ${nameA} and ${answerB} in ${nameB}${at}`;
  };
  return plainText(sentence(), WORDS_LENGTH_MAX);
}

/** Which of the two counts the rows, where it is one of them alone: the other shows nothing. */
function countedBy({ answers: [a, b], countsOtherRows }: Told): 'a' | 'b' | null {
  if (!countsOtherRows) return null;
  if ('error' in a || 'error' in b || isEmptyAnswer(a) === isEmptyAnswer(b)) return null;
  return isEmptyAnswer(b) ? 'a' : 'b';
}

/** The one moment that falls into two periods. */
function zoneWords(told: Told): { moment: string; a: string; b: string } | null {
  const { world, catalog, answers: [a, b] } = told;
  const matters = mattering(told);
  const moments = Object.entries(world).flatMap(([name, rows]) =>
    rows.flatMap((row) => (relationOf(catalog, name)?.columns ?? []).flatMap((column) => {
      const value = row[column.name];
      return typeof value === 'string' && matters.has(column.name) && /^timestamp.*with time zone|^timestamptz/i.test(column.type) ? [{ column: column.name, value, type: column.type }] : [];
    })),
  );
  const [only, another] = moments;
  if (!only || another || 'error' in a || 'error' in b) return null;
  const [rowA, rowB] = [a.rows, b.rows].map((rows) => (rows.length === 1 ? rows[0] : undefined));
  const at = rowA && rowB ? rowA.findIndex((value, index) => value !== rowB[index]) : -1;
  const period = periodWords(rowA?.[at] ?? '', rowB?.[at] ?? '');
  return period === null || period[0] === period[1] ? null : { moment: `${only.column} ${valueWords(only.value, only.type)}`, a: period[0], b: period[1] };
}

interface RowWords {
  /** Null where no row is there. */
  text: string | null;
  many: boolean;
  /** The same before `counted by`: what stands beside the rows that count is told apart. */
  counted: string;
}

function rowWords(told: Told): RowWords {
  const { world, order } = told;
  const filled = order.filter((name) => (world[name]?.length ?? 0) > 0);
  const read = new Set(told.features.flatMap(({ relations }) => relations));
  const named = filled.filter((name) => read.has(bareName(name)));
  const [a, b] = told.features.map(({ relations }) => new Set(relations));
  const isCommon = (name: string): boolean => a?.has(bareName(name)) === true && b?.has(bareName(name)) === true;
  // What both count comes first, and a child before its parent.
  const chosen = (named.length > 0 ? named : filled).toReversed().sort((left, right) => Number(isCommon(right)) - Number(isCommon(left)));
  const matters = mattering(told);
  const isNamed = namedIn(told);
  const groups: { text: (times: number) => string; times: number }[] = [];
  for (const name of chosen) {
    const relation = relationOf(told.catalog, name);
    const byWords = new Map<string, number>();
    for (const row of world[name] ?? []) {
      const words = columnWords(relation, row, { matters, several: filled.length > 1, isNamed });
      byWords.set(words, (byWords.get(words) ?? 0) + 1);
    }
    for (const [words, times] of byWords) groups.push({ text: (number) => nounWords(bareName(name), number) + words, times });
  }
  if (groups.length === 0) return { text: null, many: false, counted: '' };
  const rows = groups.reduce((sum, { times }) => sum + times, 0);
  if (groups.length > GROUPS_MAX) return { text: `the ${rows} rows`, many: true, counted: `the ${rows} rows are` };
  const missing = told.kind === 'rows-lost' ? [...read].filter((name) => !filled.some((one) => bareName(one) === name)) : [];
  const texts = groups.map(({ text, times }) => text(times));
  const isBare = (texts[0]?.includes(' with') ?? false) === false;
  const absent = missing.slice(0, 1).map((name) => `no row of ${plainText(name, 80)}`);
  const [first = '', ...beside] = texts;
  const lacking = absent.map((words) => (isBare ? ` with ${words}` : ` and ${words}`)).join('');
  const verb = (groups[0]?.times ?? 0) > 1 ? 'are' : 'is';
  return { text: listed([...texts, ...absent]), many: rows > 1, counted: `${first}${beside.length === 0 ? '' : `, beside ${listed(beside)},`}${lacking} ${verb}` };
}

function nounWords(name: string, times: number): string {
  const shown = plainText(name, 80);
  if (times > 1) return `${times} rows of ${shown}`;
  if (shown.endsWith('s')) return `a row of ${shown}`;
  return `${/^[aeio]/i.test(shown) ? 'an' : 'a'} ${shown}`;
}

/** Names of columns in which the two definitions differ; all that they mention where nothing of the kind is seen. */
function mattering({ features: [a, b] }: Told): ReadonlySet<string> {
  const all = new Set([...a.columns, ...b.columns]);
  const parts = [
    ...apart(a.conditions, b.conditions), ...apart(a.aggregates, b.aggregates), ...apart(a.grouping, b.grouping), ...apart(a.limits, b.limits), ...apart(a.defaults, b.defaults),
  ];
  const words = new Set(parts.flatMap((text) => text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []));
  const some = [...all].filter((column) => words.has(column));
  return some.length > 0 ? new Set(some) : all;
}

/** ` with status DUPLICATE and no closed_at`; nothing where no column matters. */
function columnWords(relation: Relation | null, row: Record<string, string | null>, { matters, several, isNamed }: ColumnsTold): string {
  const columns = relation?.columns ?? Object.keys(row).map((name) => ({ name, type: 'text' }));
  const shown = columns.filter(({ name }) => matters.has(name)).slice(0, COLUMNS_MAX);
  const picked = shown.length > 0 || !several ? shown : columns.filter(({ name }) => row[name] != null).slice(0, 1);
  if (picked.length === 0) return '';
  const missing = picked.filter(({ name }) => (row[name] ?? null) === null);
  if (missing.length === picked.length) return ` without ${listed(missing.map(({ name }) => name), 'or')}`;
  return ` with ${listed(picked.map(({ name, type }) => oneColumn(name, type, row[name] ?? null, isNamed)))}`;
}

function oneColumn(name: string, type: string, value: string | null, isNamed: ColumnsTold['isNamed']): string {
  if (value === null) return `no ${name}`;
  // A text that stands for any other is told as such, so that nobody looks for it.
  const isText = /^(?:text|character varying|varchar)/i.test(type);
  return isText && value !== '' && !isNamed(value) ? `another ${name} (${valueWords(value, type)})` : `${name} ${valueWords(value, type)}`;
}

interface ColumnsTold {
  matters: ReadonlySet<string>;
  several: boolean;
  isNamed: (value: string) => boolean;
}

/** Whether a value stands in one of the two texts or in the schema; always where it does not matter which value it is. */
function namedIn({ texts, catalog, countsOtherRows }: Told): (value: string) => boolean {
  if (!countsOtherRows) return () => true;
  const places = [...texts, ...catalog.constraints.flatMap(({ expression }) => expression ?? []), ...catalog.relations.flatMap(({ definition }) => definition ?? [])];
  return (value) => places.some((text) => text.includes(`'${value.replaceAll("'", "''")}'`));
}

function listed(texts: readonly string[], word = 'and'): string {
  return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1) ?? ''}`;
}

function bareName(relation: string): string {
  return relation.slice(relation.indexOf('.') + 1);
}

function relationOf(catalog: Catalog, name: string): Relation | null {
  return catalog.relations.find((relation) => `${relation.schema}.${relation.name}` === name) ?? null;
}
