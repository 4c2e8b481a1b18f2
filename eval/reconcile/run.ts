import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { commonForm } from '../../src/stores/expressions/common.js';
import { expressionsOf } from '../../src/stores/expressions/index.js';
import { type EngineName, loadTable, type LoadedEngine, type Row, writeRows } from './engines.js';
import { KINDS, type Kind } from './kinds.js';
import { Random } from './random.js';

/** Rows of every kind, the same for the same seed; about one value in twelve is NULL. */
export function* randomRows(count: number, seed: number): Generator<Row> {
  const random = new Random(seed);
  for (let id = 0; id < count; id++) {
    yield { id, values: KINDS.map((kind) => (kind.nullable !== false && random.next() < 0.08 ? null : kind.random(random))) };
  }
}

/** Every value of every row another one: by the kind's least change, or from and to NULL. */
export function* changedRows(count: number, seed: number): Generator<Row> {
  for (const { id, values } of randomRows(count, seed)) yield { id, values: values.map((value, at) => changed(value, at, id, seed)) };
}

/** One value of every row another one, of each kind by turns. */
export function* plantedRows(count: number, seed: number): Generator<Row> {
  for (const { id, values } of randomRows(count, seed)) {
    yield { id, values: values.map((value, at) => (at === id % KINDS.length ? changed(value, at, id, seed) : value)) };
  }
}

function changed(value: string | null, at: number, id: number, seed: number): string | null {
  const kind = KINDS[at];
  if (kind === undefined) return value;
  if (value === null) return kind.random(new Random(seed + id));
  return kind.nullable !== false && id % 10 === 0 ? null : kind.changed(value);
}

/** The same rows in every engine: each kind of engine has a file, and all of them are written in one pass over the rows. */
export async function load(engines: readonly LoadedEngine[], table: string, rows: Iterable<Row>, folder: string): Promise<void> {
  const file = (engine: EngineName): string => join(folder, `${table}_${engine}.csv`);
  const names = [...new Set(engines.map(({ engine }) => engine))];
  await writeRows(new Map(names.map((name) => [name, file(name)])), KINDS, rows);
  await Promise.all(engines.map((target) => loadTable(target, table, KINDS, file(target.engine))));
  for (const name of names) rmSync(file(name));
}

export interface Pair {
  source: LoadedEngine;
  target: LoadedEngine;
}

/** Every engine beside every one after it. */
export function everyPair(engines: readonly LoadedEngine[]): Pair[] {
  return engines.flatMap((source, at) => engines.slice(at + 1).map((target) => ({ source, target })));
}

export interface PairFigures {
  source: string;
  target: string;
  kinds: number;
  /** In how many groups of rows the digests of a kind, or of the whole row, differ. */
  differing: Record<string, number>;
}

/** Kinds that both engines have. */
export function kindsOf({ source, target }: Pair): Kind[] {
  return KINDS.filter(({ types }) => types[source.engine] !== null && types[target.engine] !== null);
}

/**
 * Groups of `width` rows whose digests differ. Each engine reads a table once for all of its pairs: a text that several pairs compare is computed
 * once a row. With `by: 'row'` only the digest of whole rows is computed.
 */
export async function compare(pairs: readonly Pair[], width: number, by: 'row' | 'kind', tables = { source: 'cases', target: 'cases' }): Promise<PairFigures[]> {
  const reads = new Map<string, Promise<Digests>>();
  const read = (side: 'source' | 'target', engine: LoadedEngine): Promise<Digests> => {
    const table = tables[side];
    const key = `${engine.label}.${table}`;
    const found = reads.get(key) ?? digests(pairs.filter((pair) => (['source', 'target'] as const).some((one) => pair[one] === engine && tables[one] === table)), engine, table, width, by);
    reads.set(key, found);
    return found;
  };
  const engines = [...new Set(pairs.flatMap(({ source, target }) => [source, target]))];
  // What fails is told after every engine has ended its statement: none is left running when the engines are closed.
  await Promise.allSettled(engines.flatMap((engine) => (['source', 'target'] as const).filter((side) => pairs.some((pair) => pair[side] === engine)).map((side) => read(side, engine))));
  return Promise.all(pairs.map(async (pair) => {
    const [ours, theirs] = await Promise.all([read('source', pair.source), read('target', pair.target)]);
    if (ours.rows.size !== theirs.rows.size) throw new Error(`${pair.source.label} has ${ours.rows.size} groups of rows, ${pair.target.label} ${theirs.rows.size}`);
    const kinds = kindsOf(pair);
    const differing: Record<string, number> = {};
    for (const name of [...(by === 'kind' ? kinds.map((kind) => kind.name) : []), 'whole_row']) {
      const [one, other] = [ours.column(pair, name), theirs.column(pair, name)];
      let count = 0;
      for (const [group, row] of ours.rows) if (row[one] !== theirs.rows.get(group)?.[other]) count++;
      if (count > 0) differing[name] = count;
    }
    return { source: pair.source.label, target: pair.target.label, kinds: kinds.length, differing };
  }));
}

/** Canonical text of one kind on a side. */
export function canonicalOf(kind: Kind, side: LoadedEngine, { source, target }: Pair): string {
  const form = (engine: LoadedEngine) => {
    const type = kind.types[engine.engine];
    const own = type === null ? null : expressionsOf(engine.engine).formOf(type);
    if (own === null) throw new Error(`${kind.name}: ${engine.label} has no form for ${String(type)}`);
    return own;
  };
  const common = commonForm(form(source), form(target));
  if ('because' in common) throw new Error(`${kind.name} of ${source.label} and ${target.label}: ${common.because}`);
  return expressionsOf(side.engine).canonical(kind.name, form(side), common);
}

interface Digests {
  /** By group of rows, then by the name of a column of the answer. */
  rows: Map<string, Record<string, string>>;
  /** Which column has the digest of a kind, or of the whole row, for a pair. */
  column(pair: Pair, name: string): string;
}

async function digests(pairs: readonly Pair[], side: LoadedEngine, table: string, width: number, by: 'row' | 'kind'): Promise<Digests> {
  const x = expressionsOf(side.engine);
  const texts = new Map<string, string>();
  const wholes = new Map<string, string>();
  const columns = new Map<Pair, Map<string, string>>();
  const aliasIn = (names: Map<string, string>, sql: string, letter: string): string => {
    const alias = names.get(sql) ?? `${letter}${names.size}`;
    names.set(sql, alias);
    return alias;
  };
  for (const pair of pairs) {
    const named = new Map(kindsOf(pair).map((kind) => [kind.name, aliasIn(texts, canonicalOf(kind, side, pair), 't')]));
    columns.set(pair, named.set('whole_row', aliasIn(wholes, x.rowText([...named.values()]), 'w')));
  }
  const summed = [...(by === 'kind' ? [...texts.values()].map((alias) => [alias, alias]) : []), ...wholes].map(([sql = '', alias = '']) => `${x.digestSum(x.digest(sql))} as s_${alias}`);
  // PostgreSQL would compute a text anew at each place where it stands.
  const once = side.engine === 'postgres' ? ' offset 0' : '';
  const inner = `select ${x.bucket('id', BigInt(width))} as g, ${[...texts].map(([sql, alias]) => `${sql} as ${alias}`).join(', ')} from ${table}${once}`;
  const rows = await side.rows(`select ${x.digits('g')} as k, ${summed.join(', ')} from (${inner}) as x group by g`);
  return {
    rows: new Map(rows.map((row) => [row['k'] ?? '', row])),
    column: (pair, name) => `s_${columns.get(pair)?.get(name) ?? ''}`,
  };
}
