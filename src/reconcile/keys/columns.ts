import type { ColumnPair, ComparedColumn, ReconcilePair } from '../../model/configuration.js';
import type { Engine } from '../../model/store.js';
import type { DescribedColumn, DescribedRelation } from '../../stores/description.js';
import { commonForm, formText } from '../../stores/expressions/common.js';
import type { ColumnForm } from '../../stores/expressions/expression.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import { suggestion } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import { PairProblem } from '../problem.js';
import { loaderOf } from './loader-columns.js';
import type { PlannedColumn } from './types.js';

/** One side as its store describes it. */
export interface Described {
  place: string;
  store: string;
  engine: Engine;
  relation: DescribedRelation;
}

export interface ChosenColumns {
  columns: PlannedColumn[];
  leftOut: { column: string; because: string }[];
}

/** Kinds whose canonical text names a row exactly. */
const KEY_KINDS: ReadonlySet<ColumnForm['kind']> = new Set(['integer', 'decimal', 'boolean', 'text', 'uuid', 'bytes', 'date', 'time', 'timestamp']);

/** A column by its name, or by its name in other letters where the engine folds them; null where there is none, or several. */
export function columnNamed(columns: readonly DescribedColumn[], name: string): DescribedColumn | null {
  const exact = columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const like = columns.filter((column) => column.name.toLowerCase() === name.toLowerCase());
  return like.length === 1 ? (like[0] ?? null) : null;
}

/** @throws PairProblem where there is none. */
export function requiredColumn(side: Described, name: string): DescribedColumn {
  const column = columnNamed(side.relation.columns, name);
  if (column !== null) return column;
  const near = suggestion(name, side.relation.columns.map((candidate) => candidate.name));
  throw new PairProblem(`${side.place} has no column ${plainText(name, 63)}${near}`, 'Correct the name in tidemark.yaml, letters by case.');
}

/**
 * The columns that name a row: those of the configuration, or of the source's first key that the target has as well.
 * @throws PairProblem where there is none, or it cannot be compared.
 */
export function chooseKey(pair: ReconcilePair, source: Described, target: Described): { key: PlannedColumn[]; unique: boolean } {
  const names = pair.key ?? keyByName(source, target);
  if (names === null) throw withoutKey(source, target);
  const key = names.map((column) => planned(source, target, { ...column, decimals: null }));
  const found = key.map((column): PlannedColumn => {
    if ('because' in column) throw new PairProblem(`${source.place}: the key ${plainText(column.source, 63)} cannot be compared: ${column.because}`, 'Name another key in tidemark.yaml, or compare views that cast it.');
    if (!KEY_KINDS.has(column.form.kind)) {
      throw new PairProblem(`${source.place}: the key ${plainText(column.source, 63)} is ${column.text}, which names no row exactly`, 'Name another key in tidemark.yaml.');
    }
    return column;
  });
  const members = new Set(found.map((column) => column.source));
  return { key: found, unique: source.relation.keys.some(({ columns, enforced }) => enforced && columns.every((name) => members.has(name))) };
}

function keyByName(source: Described, target: Described): ColumnPair[] | null {
  const keys = [...source.relation.keys].sort((a, b) => Number(b.enforced) - Number(a.enforced));
  for (const { columns } of keys) {
    const pairs = columns.map((name) => ({ source: name, target: columnNamed(target.relation.columns, name)?.name }));
    if (pairs.every((pair): pair is ColumnPair => pair.target !== undefined)) return pairs;
  }
  return null;
}

function withoutKey(source: Described, target: Described): PairProblem {
  const [first] = source.relation.keys;
  const what =
    first === undefined
      ? `${source.place} has no primary key, so nothing tells its rows apart`
      : `${target.place} lacks the key of ${source.place} (${first.columns.map((name) => plainText(name, 63)).join(', ')})`;
  return new PairProblem(what, 'Name the columns that tell rows apart as `key` of the pair in tidemark.yaml.');
}

/**
 * What is compared besides the key, and why the rest is not. Deleted marks and columns of loaders say nothing of the source.
 * @throws PairProblem where the configuration names a column that is missing or cannot be compared.
 */
export function chooseColumns(pair: ReconcilePair, source: Described, target: Described, key: readonly PlannedColumn[], marks: readonly string[]): ChosenColumns {
  const columns: PlannedColumn[] = [];
  const leftOut: ChosenColumns['leftOut'] = [];
  const taken = new Set(key.map((column) => column.target));
  if (pair.columns !== null) {
    for (const asked of pair.columns) {
      const column = planned(source, target, asked);
      if ('because' in column) leftOut.push({ column: column.source, because: column.because });
      else columns.push(column);
    }
    return { columns, leftOut };
  }
  const keyNames = new Set(key.map((column) => column.source));
  for (const { name } of source.relation.columns.filter((column) => !keyNames.has(column.name))) {
    const other = columnNamed(target.relation.columns, name)?.name;
    if (other !== undefined) taken.add(other);
    const column = whyNot(pair, source, target, name, other, marks) ?? planned(source, target, { source: name, target: other ?? name, decimals: null });
    if ('because' in column) leftOut.push({ column: name, because: column.because });
    else columns.push(column);
  }
  for (const { name } of target.relation.columns.filter((column) => !taken.has(column.name) && !marks.includes(column.name))) {
    const loader = loaderOf(name);
    leftOut.push({ column: name, because: loader === null ? `only ${plainText(target.store, 60)} has it` : `${loader} adds it` });
  }
  return { columns, leftOut };
}

function whyNot(pair: ReconcilePair, source: Described, target: Described, name: string, other: string | undefined, marks: readonly string[]): { because: string } | null {
  if (pair.except.includes(name)) return { because: 'the configuration leaves it out' };
  if (marks.includes(name)) return { because: 'it marks deleted rows' };
  const loader = loaderOf(name);
  if (loader !== null) return { because: `${loader} adds it` };
  if (other === undefined) return { because: `${plainText(target.store, 60)} does not have it` };
  return source.relation.columns.filter((column) => column.name.toLowerCase() === name.toLowerCase()).length > 1 && other !== name
    ? { because: `${plainText(source.store, 60)} has several columns of that name, by case` }
    : null;
}

/** A column with what both sides write it as, or why there is no such form. @throws PairProblem where a side lacks it. */
export function planned(source: Described, target: Described, asked: ComparedColumn): PlannedColumn | (ColumnPair & { because: string }) {
  const [own, other] = [requiredColumn(source, asked.source), requiredColumn(target, asked.target)];
  const names = { source: own.name, target: other.name };
  const masked = own.masked === true ? source : other.masked === true ? target : null;
  if (masked !== null) return { ...names, because: `a masking policy of ${plainText(masked.store, 60)} changes what this role reads` };
  const [sourceForm, targetForm] = [expressionsOf(source.engine).formOf(own.type), expressionsOf(target.engine).formOf(other.type)];
  if (sourceForm === null) return { ...names, because: `${plainText(source.store, 60)} has it as ${plainText(own.type, 63)}, which is not compared` };
  if (targetForm === null) return { ...names, because: `${plainText(target.store, 60)} has it as ${plainText(other.type, 63)}, which is not compared` };
  const form = commonForm(sourceForm, targetForm, { decimals: asked.decimals });
  if ('because' in form) return { ...names, because: form.because };
  return { ...names, decimals: asked.decimals, sourceForm, targetForm, form, text: formText(form) };
}
