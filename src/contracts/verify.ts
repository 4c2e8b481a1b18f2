import { timeZoneOf } from '../graph/metric-inputs.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { pathTo, partOf } from '../metrics/group/group-schema.js';
import { Room } from '../metrics/group/room.js';
import { qualified } from '../metrics/schema/names.js';
import { compareDefinitions } from '../metrics/verdict/index.js';
import type { Catalog } from '../model/catalog.js';
import type { MetricComparison } from '../model/metric-verdict.js';
import { ScratchError, type ScratchSpace } from '../model/scratch-engine.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import type { Parse } from '../sql/parse/front-end.js';
import { plainText } from '../text/plain-text.js';
import { count } from '../text/quantity.js';
import type { Moved, Pair } from './moved.js';

export interface VerifyOptions {
  /** A space with the semantics of the store's engine; null where there is none. */
  scratch(store: string): Promise<ScratchSpace | null>;
  /** ISO 8601: what the clock says. */
  takenAt: string;
}

/** Whether a rewrite returns the same, and that in one sentence. */
export interface Verified {
  verdict: MetricComparison | null;
  sentence: string;
  /** Why the rewrite must not be offered, in words; null where it may be. */
  against: string | null;
}

const NAMES = ['the query', 'the rewrite'] as const;
/** One query on one view is a small question; a busy machine needs most of it to start an engine. */
const PAIR_MS = 6_000;

/** What is nearly always proved need not be searched far against. */
const WORLDS_MAX = 1_000;

/** Compares rewrites of one store with what they were, over a catalogue that has the proposed views. */
export class Verifier {
  readonly #boundary: StoreBoundary;
  readonly #catalog: Catalog;
  readonly #parse: Parse;
  readonly #options: VerifyOptions;
  /** The space that was used last, and the relations that stand in it. */
  #room: { key: string; room: Room } | null = null;

  constructor(boundary: StoreBoundary, catalog: Catalog, parse: Parse, options: VerifyOptions) {
    this.#boundary = boundary;
    this.#catalog = catalog;
    this.#parse = parse;
    this.#options = options;
  }

  /**
   * @param relations that either side reads: `schema.name`
   * @param isPlain whether each view gives every row of its relation, its columns as they are
   */
  async verified({ pairs }: Moved, relations: ReadonlySet<string>, isPlain: boolean): Promise<Verified> {
    let worst: MetricComparison | null = null;
    for (const pair of pairs) {
      const comparison = await this.#compared(pair, relations, isPlain);
      if (comparison === null) return { verdict: null, sentence: 'Not compared: no query can be told in it; the rewrite changes names only and reads again as the same statement.', against: null };
      const refused = comparison.verdict === 'undecided' ? await this.#refusedAlone(pair, relations) : null;
      if (refused !== null) return { verdict: comparison, sentence: `Not offered, since the engine takes the query and not the rewrite: ${refused}.`, against: `the engine takes it no longer on a view: ${refused}` };
      if (worst === null || gravity(comparison) > gravity(worst)) worst = comparison;
    }
    return worst === null ? { verdict: null, sentence: 'Not compared: its text could not be read.', against: null } : { verdict: worst, ...told(worst) };
  }

  async close(): Promise<void> {
    await this.#room?.room.close();
    this.#room = null;
  }

  async #compared({ before, after, isSubstitution }: Pair, relations: ReadonlySet<string>, isPlain: boolean): Promise<MetricComparison | null> {
    const [one, other] = [queryWithin(before, this.#parse), queryWithin(after, this.#parse)];
    if (one === null || other === null) return null;
    const timeZone = timeZoneOf(this.#boundary);
    const definitions = [one, other].map((query) => ({ ...query, dialect: 'postgres' as const, timeZone }));
    const path = pathTo(relations, this.#catalog);
    const schema = { catalog: partOf(this.#catalog, relations), searchPath: path('postgres'), ddl: '', late: '', failures: [] };
    const room = await this.#roomFor(relations, path);
    const options = { names: NAMES, milliseconds: PAIR_MS, worlds: WORLDS_MAX, now: this.#options.takenAt };
    try {
      const compared = await compareDefinitions(definitions, schema, () => room.workspace('postgres'), this.#parse, options);
      const comparison = room.doubted(compared.pair(0, 1));
      if (comparison.verdict !== 'undecided' || !isPlain || !isSubstitution || (await refusalOf(other.text, room)) !== null) return comparison;
      return substituted(comparison);
    } catch (error) {
      if (!(error instanceof ScratchError)) throw error;
      room.failed(error);
      const compared = await compareDefinitions(definitions, schema, null, this.#parse, options);
      const comparison = compared.pair(0, 1);
      return comparison.verdict === 'undecided' ? { ...comparison, why: [comparison.why, room.fault].join(' ') } : comparison;
    }
  }

  /** What the engine says against the rewrite of a query that it takes; null where it says nothing, or takes neither. */
  async #refusedAlone({ before, after }: Pair, relations: ReadonlySet<string>): Promise<string | null> {
    const [one, other] = [queryWithin(before, this.#parse), queryWithin(after, this.#parse)];
    if (one === null || other === null) return null;
    const room = await this.#roomFor(relations, pathTo(relations, this.#catalog));
    const refused = await refusalOf(other.text, room);
    return refused === null || refused === NO_ENGINE || (await refusalOf(one.text, room)) !== null ? null : refused;
  }

  async #roomFor(relations: ReadonlySet<string>, path: ReturnType<typeof pathTo>): Promise<Room> {
    const key = [...relations].sort().join('\n');
    if (this.#room?.key === key && this.#room.room.fault === null) return this.#room.room;
    await this.close();
    const catalog = this.#catalog;
    const context = { catalogOf: () => catalog, zoneOf: () => 'unknown' as const, parse: this.#parse, scratch: (store: string) => this.#options.scratch(store) };
    const room = new Room(this.#boundary.store.name, context, { catalog, relations: [...relations], path });
    this.#room = { key, room };
    return room;
  }
}

/**
 * A query that differs by names only, on a view that gives every row of its relation and the columns as they are, is what the engine
 * itself makes of it when it expands the view.
 */
function substituted(comparison: MetricComparison): MetricComparison {
  return { ...comparison, verdict: 'equal', kind: null, by: 'proof', why: 'Proved by substitution: the view gives every row and the columns as they are, and nothing but names differs.' };
}

const NO_ENGINE = 'no engine could be asked';
const REFUSAL_LENGTH_MAX = 200;

/** What the engine says against a text; null where it takes it. A view has no key by which columns outside of GROUP BY would be told. */
async function refusalOf(text: string, room: Room): Promise<string | null> {
  const workspace = await room.workspace('postgres');
  if (workspace === null) return NO_ENGINE;
  try {
    await workspace.space.undone(() => workspace.space.run(`set local search_path to ${workspace.schema.searchPath.map((name) => qualified(name)).join(', ')}; prepare tidemark_rewrite as ${text}; deallocate tidemark_rewrite`));
    return null;
  } catch (error) {
    if (error instanceof ScratchError) return error.timedOut ? NO_ENGINE : plainText(error.message, REFUSAL_LENGTH_MAX);
    throw error;
  }
}

/** The query of a statement, alone: what COPY, a cursor or an INSERT carries. Null where there is none. */
function queryWithin({ text, statement }: { text: string; statement: SqlStatement }, parse: Parse): { text: string; statement: SqlStatement } | null {
  if (statement.type === 'query_statement' && statement.form === 'select') return { text, statement };
  for (const { index } of text.matchAll(/\b(?:select|with)\b/gi)) {
    const rest = text.slice(index);
    const ends = [rest.length, ...[...rest.matchAll(/\)/g)].map((match) => match.index).toReversed()].slice(0, ENDS_MAX);
    for (const end of ends) {
      const [only, another] = parse(rest.slice(0, end)).statements;
      if (only?.statement.type === 'query_statement' && another === undefined) return { text: rest.slice(0, end), statement: only.statement };
    }
  }
  return null;
}

/** Parentheses at which the query of a COPY may end. */
const ENDS_MAX = 6;

function gravity({ verdict }: MetricComparison): number {
  if (verdict === 'equal') return 0;
  if (verdict === 'equal-under') return 1;
  return verdict === 'undecided' ? 2 : 3;
}

/** How far it was searched, as part of a sentence; null where that has shown nothing. */
function searched(bound: MetricComparison['bound']): string | null {
  if (bound === null || bound.worlds === 0 || Math.max(...bound.answers) <= 1) return null;
  return `${count(bound.worlds, 'small database')} of at most ${count(bound.rows_per_table_max, 'row')} a table`;
}

function told({ verdict, restsOn, bound, witness, why }: MetricComparison): Omit<Verified, 'verdict'> {
  const far = searched(bound);
  const against = far === null ? '' : ` A search of ${far} found no difference either.`;
  if (verdict === 'equal') return { sentence: `Proved: it returns the same on every database that the schema admits.${against}`, against: null };
  if (verdict === 'equal-under') return { sentence: `Proved: it returns the same as long as ${restsOn.map(({ text }) => text).join(' and ')} ${restsOn.length === 1 ? 'holds' : 'hold'}.${against}`, against: null };
  if (verdict === 'undecided') {
    if (far !== null) return { sentence: `Not proved: searched ${far} without a difference.`, against: null };
    return { sentence: `Neither proved nor searched: ${why === '' ? 'nothing tells why' : why}`, against: null };
  }
  return { sentence: `Not offered, since it returns something else: ${witness === null || witness.words === '' ? why : witness.words}`, against: 'the rewrite returns something else' };
}
