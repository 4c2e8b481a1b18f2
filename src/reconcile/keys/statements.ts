import type { Engine } from '../../model/store.js';
import { keepsValue, NULL_TEXT } from '../../stores/expressions/common.js';
import type { ColumnForm } from '../../stores/expressions/expression.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import type { PairPlan, PlannedColumn, PlannedSide, Which } from './types.js';
import { NO_KEY, rangesOf } from './units.js';

/** pg_stat_activity shows it while a session sleeps between two chunks, so that two runs do not read one server at a time. */
export const RECONCILE_MARKER = '/* tidemark reconcile */';

/** Engines whose integers may be wider than 64 bits. */
const WIDE: ReadonlySet<Engine> = new Set(['clickhouse', 'duckdb', 'snowflake']);
const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;

/** What the statements of one side of a plan are made of. Each member gives SQL text. */
export class SideSql {
  readonly #x;
  readonly side: PlannedSide;

  constructor(
    private readonly plan: PairPlan,
    readonly which: Which,
  ) {
    this.side = plan[which];
    this.#x = expressionsOf(this.side.engine);
  }

  /**
   * Rows and the sum of their digests by group: `bucket`, `row_count`, `row_digest`.
   * @param conditions of the piece that is read.
   */
  groups(unit: bigint, conditions: readonly string[]): string {
    const x = this.#x;
    const group = this.plan.order === 'range' ? x.digits(`(${x.bucket(this.#key(0), unit)})`) : x.digits(`(${x.remainder(this.#keyDigest(), Number(unit))})`);
    return this.#select([[group, 'bucket'], ...this.#sums()], conditions, 1);
  }

  /** The same by single keys, with their canonical texts as `key_1` and following. */
  keys(conditions: readonly string[]): string {
    return this.#select([...this.#keyTexts(), ...this.#sums()], conditions, this.plan.key.length);
  }

  /** What `KeyState` holds of each key. */
  states(conditions: readonly string[]): string {
    const x = this.#x;
    const { columns, changed, time, key } = this.plan;
    const each = columns.map((column, at): [string, string] => [x.digestSum(x.digest(this.#canonical(column))), `column_${at + 1}`]);
    const moments: [string, string][] = [];
    if (changed !== null) moments.push([`max(${this.#canonical(changed)})`, 'changed']);
    if (time !== null) moments.push([`max(${x.epochSeconds(this.#column(time), this.#own(time))})`, 'period_at']);
    // The transaction that wrote a row (15's documentation, 5.5): rows of PostgreSQL's own tables have it.
    if (this.side.scan.by === 'pages') moments.push(['max(t.xmin::text)', 'version']);
    return this.#select([...this.#keyTexts(), ...this.#sums(), ...each, ...moments], conditions, key.length);
  }

  /** How many groups there are in each of several units, and rows and the smallest and largest key: without any digest. */
  spread(units: readonly bigint[]): string {
    const x = this.#x;
    const key = this.#key(0);
    const counts = units.map((unit, at): [string, string] => [x.digits(`count(distinct (${x.bucket(key, unit)}))`), `groups_${at + 1}`]);
    return this.#select([[x.digits('count(*)'), 'row_count'], [x.digits(`min(${key})`), 'low'], [x.digits(`max(${key})`), 'high'], ...counts], [], 0);
  }

  /** The smallest key from a given one on. */
  nextKey(from: bigint | null): string {
    return this.#select([[this.#x.digits(`min(${this.#key(0)})`), 'low']], from === null ? [] : [this.keyRange(from, null)], 0);
  }

  clock(): string {
    return `select ${this.#x.now()} as ${this.#x.name('now')}`;
  }

  /** For EXPLAIN: every row, or those of one key that is not known. */
  rows(conditions: readonly string[]): string {
    return `select 1 from ${this.side.from}${whereOf([...conditions, ...this.#living()])}`;
  }

  oneKey(): string {
    const other = this.side.from.replace(/ as t$/, ' as u');
    return this.rows(this.plan.key.map((column) => `${this.#column(column)} = (select u.${this.#x.name(column[this.which])} from ${other} limit 1)`));
  }

  pages(from: number, to: number | null): string {
    const { scan } = this.side;
    if (scan.by !== 'pages') throw new Error('this side is not read by pages');
    if (!scan.array) return `t.ctid >= '(${from},0)'::tid${to === null ? '' : ` and t.ctid < '(${to},0)'::tid`}`;
    // Before version 14 only single row addresses lead to pages; those that do not exist cost next to nothing.
    const last = (to ?? from + 1) - 1;
    return `t.ctid = any (array(select format('(%s,%s)', page, line)::tid from generate_series(${from}, ${last}) as page, generate_series(1, ${scan.rows_per_page_max}) as line))`;
  }

  /** Both ends included. */
  keyRange(from: bigint | null, to: bigint | null): string {
    const x = this.#x;
    const wide = WIDE.has(this.side.engine);
    const low = from === null || (!wide && from <= INT64_MIN) ? [] : [`${this.#key(0)} >= ${x.integer(from)}`];
    const high = to === null || (!wide && to >= INT64_MAX) ? [] : [`${this.#key(0)} <= ${x.integer(to)}`];
    return [...low, ...high].join(' and ') || `${this.#key(0)} is not null`;
  }

  /** Rows of these groups. */
  inGroups(ids: readonly string[], unit: bigint): string {
    const x = this.#x;
    if (this.plan.order === 'digest') return `(${x.remainder(this.#keyDigest(), Number(unit))}) in (${ids.map((id) => x.integer(BigInt(id))).join(', ')})`;
    const ranges = rangesOf(ids, unit).map(({ from, to }) => this.keyRange(from, to));
    if (ids.includes(NO_KEY)) ranges.push(`${this.#key(0)} is null`);
    return ranges.length === 1 ? (ranges[0] ?? '') : `(${ranges.map((range) => `(${range})`).join(' or ')})`;
  }

  /** Rows of these keys, by their canonical texts. */
  ofKeys(keys: readonly (readonly string[])[]): string {
    if (this.plan.key.length === 1) return this.#ofSingleKeys(keys.map(([text = '']) => text));
    const each = keys.map((key) => `(${this.plan.key.map((column, at) => this.#equals(column, key[at] ?? '')).join(' and ')})`);
    return `(${each.join(' or ')})`;
  }

  #ofSingleKeys(texts: readonly string[]): string {
    const [column] = this.plan.key;
    if (column === undefined) throw new Error('a plan without a key');
    const [given, none] = [texts.filter((text) => text !== NULL_TEXT), texts.some((text) => text === NULL_TEXT)];
    const parts = none ? [`${this.#column(column)} is null`] : [];
    if (given.length > 0) parts.push(`${this.#searched(column)} in (${given.map((text) => this.#constant(column, text)).join(', ')})`);
    return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' or ')})`;
  }

  #equals(column: PlannedColumn, text: string): string {
    return text === NULL_TEXT ? `${this.#column(column)} is null` : `${this.#searched(column)} = ${this.#constant(column, text)}`;
  }

  /** The column itself where its canonical text holds all of it, so that an index serves; else that text. */
  #searched(column: PlannedColumn): string {
    return keepsValue(this.#own(column), column.form) ? this.#column(column) : this.#canonical(column);
  }

  #constant(column: PlannedColumn, text: string): string {
    return keepsValue(this.#own(column), column.form) ? this.#x.constant(text, this.#own(column)) : this.#x.text(text);
  }

  #select(list: readonly (readonly [string, string])[], conditions: readonly string[], grouped: number): string {
    const items = list.map(([expression, alias]) => `${expression} as ${this.#x.name(alias)}`);
    const by = grouped === 0 ? '' : ` group by ${Array.from({ length: grouped }, (_, at) => at + 1).join(', ')}`;
    return `${RECONCILE_MARKER} select ${items.join(', ')} from ${this.side.from}${whereOf([...conditions, ...this.#living()])}${by}`;
  }

  #living(): string[] {
    return this.side.living === null ? [] : [this.side.living];
  }

  #sums(): [string, string][] {
    const x = this.#x;
    const row = x.digest(x.rowText([...this.plan.key, ...this.plan.columns].map((column) => this.#canonical(column))));
    return [
      [x.digits('count(*)'), 'row_count'],
      [x.digestSum(row), 'row_digest'],
    ];
  }

  #keyTexts(): [string, string][] {
    return this.plan.key.map((column, at) => [this.#canonical(column), `key_${at + 1}`]);
  }

  #keyDigest(): string {
    return this.#x.digest(this.#x.rowText(this.plan.key.map((column) => this.#canonical(column))));
  }

  #key(at: number): string {
    const column = this.plan.key[at];
    if (column === undefined) throw new Error('a plan without a key');
    return this.#column(column);
  }

  #own(column: PlannedColumn): ColumnForm {
    return this.which === 'source' ? column.sourceForm : column.targetForm;
  }

  #column(column: PlannedColumn): string {
    return `t.${this.#x.name(column[this.which])}`;
  }

  #canonical(column: PlannedColumn): string {
    return this.#x.canonical(this.#column(column), this.#own(column), column.form);
  }
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
}
