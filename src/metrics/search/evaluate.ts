import { ScratchError, type ScratchSpace } from '../../model/scratch-engine.js';
import type { World } from '../definition.js';
import { inWorld, WORLD, type WorldQuery } from './query.js';
import { quoteText } from './family.js';
import type { Check, SearchTable } from './tables.js';
import { worldTablesSql, WORLDS_SCHEMA } from './tables.js';

/** What a query answers in one world. */
export type Answer =
  | {
      /** The same for the same rows. */
      strict: string;
      /** The same for rows that look alike where NULL is 0; the empty text for no row, and for one of nothing but 0 and NULL. */
      lenient: string;
    }
  | { error: string };

export function isError(answer: Answer): answer is { error: string } {
  return 'error' in answer;
}

/** Statements that one search for the failing world of a batch may cost. */
const BISECTIONS = 40;
/** Queries in one statement: the engine plans it as a whole. */
const QUERIES_AT_ONCE = 8;
/** Worlds in one statement where each needs a SELECT of its own. */
const SINGLES_AT_ONCE = 40;

/**
 * PostgreSQL evaluates a query world by world and catches what fails. `$1` is the text, with the number of the world as `$2` names it.
 */
const CATCHING = `create function ${WORLDS_SCHEMA}.caught(query text, place text, first integer, last integer)
  returns table (i integer, s text, l text, e boolean, n bigint, failure text) language plpgsql as $function$
  begin
    for world in first .. last loop
      begin
        i := world; failure := null;
        execute replace(query, place, world::text) into s, l, e, n;
      exception when others then
        failure := sqlerrm;
      end;
      return next;
    end loop;
  end $function$`;

/** A definition went on for longer than it may; the space is gone with it. */
export class Endless extends Error {
  override readonly name = 'Endless';

  constructor(readonly index: number, options: ErrorOptions) {
    super('it did not finish in time', options);
  }
}

/** Worlds in the tables of the engine, and queries over them. Worlds are numbered and never taken away. */
export class WorldStore {
  private next = 0;
  private zone: string | null = null;
  private catches = false;
  /** Some CHECK could not be evaluated over the worlds, so that rows that it forbids may have been tried. */
  hasUnsound = false;
  /** Queries that failed in some world, by their place among the definitions. */
  private readonly failing = new Set<number>();

  constructor(
    private readonly space: ScratchSpace,
    private readonly tables: readonly SearchTable[],
  ) {}

  async create(): Promise<void> {
    const isDuckdb = this.space.kind === 'duckdb';
    const indexes = isDuckdb ? [] : this.tables.map(({ world }) => `create index on ${world} (__w)`);
    await this.space.run([worldTablesSql(this.tables), ...indexes].join('; '));
  }

  /** @returns the number of the first; the others follow */
  async load(worlds: readonly World[]): Promise<number> {
    const first = this.next;
    this.next += worlds.length;
    await this.inZone('UTC');
    for (const table of this.tables) {
      const columns = table.columns.filter(({ generated }) => generated === null);
      const rows = worlds.flatMap((world, index) => (world[table.key] ?? []).map((row) => [String(first + index), ...columns.map(({ name }) => row[name] ?? null)]));
      if (rows.length === 0) continue;
      const [schema = '', name = ''] = table.world.split('.');
      await this.space.insert({ schema, name }, [{ name: '__w', type: 'integer' }, ...columns.map(({ name: column, type }) => ({ name: column, type }))], rows);
    }
    return first;
  }

  /** The places, from `first`, of worlds with a row that a CHECK or a unique index refuses. A rule that fails admits nothing. */
  async refused(first: number, count: number): Promise<Set<number>> {
    const found = await this.broken(this.tables.flatMap((table) => rulesOf(table, first)), first, first + count);
    return new Set([...found].map((world) => world - first));
  }

  /** The worlds, by number, in some ranges of them of which the row of a table breaks some CHECKs. */
  async refusedByChecks(ranges: readonly { table: SearchTable; checks: readonly Check[]; from: number; to: number }[]): Promise<Set<number>> {
    const rules = ranges.map(({ table, checks, from, to }) => `select __w from ${table.world} where __w >= ${from} and __w < ${to} and (${checks.map(({ sql }) => `not (${sql})`).join(' or ')})`);
    return await this.broken(rules, Math.min(...ranges.map(({ from }) => from)), Math.max(...ranges.map(({ to }) => to)));
  }

  private async broken(rules: readonly string[], from: number, to: number): Promise<Set<number>> {
    const found = new Set<number>();
    if (rules.length === 0) return found;
    await this.inZone('UTC');
    try {
      for (const [world] of (await this.space.rows(rules.join(' union '))).rows) found.add(Number(world));
    } catch (error) {
      if (!(error instanceof ScratchError) || error.timedOut) throw error;
      for (const rule of rules) {
        if (await this.isSound(rule)) for (const world of await this.refusedBy(rule, from, to)) found.add(world);
        else this.hasUnsound = true;
      }
    }
    return found;
  }

  /** Whether the engine can evaluate a rule at all; one that it cannot says nothing of any row. */
  private async isSound(rule: string): Promise<boolean> {
    try {
      await this.space.rows(`select __w from (${rule}) as r limit 0`);
      return true;
    } catch (error) {
      if (!(error instanceof ScratchError) || error.timedOut) throw error;
      return false;
    }
  }

  private async refusedBy(rule: string, from: number, to: number): Promise<number[]> {
    try {
      const { rows } = await this.space.rows(`select __w from (${rule}) as r where __w >= ${from} and __w < ${to}`);
      return rows.map(([world]) => Number(world));
    } catch (error) {
      if (!(error instanceof ScratchError) || error.timedOut) throw error;
      if (to - from <= 1) return [from];
      const middle = (from + to) >> 1;
      return [...(await this.refusedBy(rule, from, middle)), ...(await this.refusedBy(rule, middle, to))];
    }
  }

  /**
   * Answers by query, then by place from `first`; null where an answer was not reached.
   *
   * @param instant which of their instants queries that ask for the time see, by its place
   * @param until when to leave out the queries that are left, on the clock of `performance.now()`
   * @throws Endless
   */
  async evaluate(queries: readonly WorldQuery[], first: number, count: number, instant: number, until = Number.POSITIVE_INFINITY): Promise<(Answer | null)[][]> {
    const answers = queries.map((): (Answer | null)[] => Array.from({ length: count }, () => null));
    for (const zone of new Set(queries.map(({ timeZone }) => timeZone))) {
      const own = queries.flatMap((query, place) => (query.timeZone === zone ? [{ query, place }] : []));
      await this.inZone(zone);
      const isCalm = ({ query }: { query: WorldQuery }): boolean => !query.endless && !query.single && !this.failing.has(query.index);
      const calm = own.filter(isCalm);
      const alone = own.filter((one) => !isCalm(one));
      for (let start = 0; start < calm.length && performance.now() < until; start += QUERIES_AT_ONCE) {
        const group = calm.slice(start, start + QUERIES_AT_ONCE);
        if (group.length === 1 || !(await this.attempt(group, first, first + count, first, instant, answers))) alone.push(...group);
      }
      for (const one of alone) if (performance.now() < until) await this.alone(one, first, first + count, first, instant, answers, { left: BISECTIONS });
    }
    return answers;
  }

  /** One query by itself; where it fails in some world, the others must not be lost. */
  private async alone(one: { query: WorldQuery; place: number }, from: number, to: number, first: number, instant: number, answers: (Answer | null)[][], budget: { left: number }): Promise<void> {
    if (this.space.kind === 'duckdb') return await this.bisect(one, from, to, first, instant, answers, budget);
    if (!one.query.single && !this.failing.has(one.query.index) && (await this.attempt([one], from, to, first, instant, answers))) return;
    this.failing.add(one.query.index);
    if (!this.catches) await this.space.run(CATCHING);
    this.catches = true;
    const query = quoteText(this.digestSql(one.query, textOf(one.query, instant)));
    try {
      const { rows } = await this.space.rows(`select i, s, l, e, n, failure from ${WORLDS_SCHEMA}.caught(${query}, '${WORLD}', ${from}, ${to - 1})`);
      const own = answers[one.place] ?? [];
      for (const [world, strict, lenient, empty, count, failure] of rows) {
        own[Number(world) - first] = failure === null || failure === undefined ? answerOf(strict, lenient, empty, count) : { error: failure };
      }
    } catch (error) {
      if (!(error instanceof ScratchError)) throw error;
      if (error.timedOut) throw new Endless(one.query.index, { cause: error });
    }
  }

  private async attempt(queries: readonly { query: WorldQuery; place: number }[], from: number, to: number, first: number, instant: number, answers: (Answer | null)[][]): Promise<boolean> {
    try {
      const { rows } = await this.space.rows(queries.map(({ query, place }) => this.answerSql(query, place, from, to, instant)).join(' union all '));
      for (const [place, world, strict, lenient, empty, count] of rows) {
        const own = answers[Number(place)];
        if (own !== undefined) own[Number(world) - first] = answerOf(strict, lenient, empty, count);
      }
      return true;
    } catch (error) {
      if (!(error instanceof ScratchError)) throw error;
      if (error.timedOut) throw new Endless(queries[0]?.query.index ?? 0, { cause: error });
      if (to - from === 1 && queries.length === 1) for (const { place } of queries) (answers[place] ?? [])[from - first] = { error: error.message };
      return false;
    }
  }

  /** One world that fails would hide the others. */
  private async bisect(one: { query: WorldQuery; place: number }, from: number, to: number, first: number, instant: number, answers: (Answer | null)[][], budget: { left: number }): Promise<void> {
    if (budget.left <= 0 || from >= to) return;
    if (one.query.single && to - from > SINGLES_AT_ONCE) {
      for (let start = from; start < to; start += SINGLES_AT_ONCE) await this.bisect(one, start, Math.min(to, start + SINGLES_AT_ONCE), first, instant, answers, budget);
      return;
    }
    budget.left -= 1;
    if ((await this.attempt([one], from, to, first, instant, answers)) || to - from === 1) return;
    const middle = (from + to) >> 1;
    await this.bisect(one, from, middle, first, instant, answers, budget);
    await this.bisect(one, middle, to, first, instant, answers, budget);
  }

  private answerSql(query: WorldQuery, place: number, from: number, to: number, instant: number): string {
    const text = textOf(query, instant);
    if (query.single) {
      const worlds = Array.from({ length: to - from }, (_, index) => from + index);
      return worlds.map((world) => `select ${place} as d, ${world} as i, a.s, a.l, a.e, a.n from (${this.digestSql(query, inWorld(text, world))}) as a`).join(' union all ');
    }
    const worlds = this.space.kind === 'duckdb' ? `range(${from}, ${to})` : `generate_series(${from}, ${to - 1})`;
    return `select ${place} as d, __g.i, a.s, a.l, a.e, a.n from ${worlds} as __g(i) cross join lateral (${this.digestSql(query, text)}) as a`;
  }

  /** One row for an answer: its digests, whether it shows nothing, and how many rows it has. */
  private digestSql({ row, columns }: WorldQuery, text: string): string {
    const order = this.space.kind === 'duckdb' ? '' : ' collate "C"';
    const digest = (column: string): string => `md5(string_agg(${column}, '' order by ${column}${order}))`;
    const names = Array.from({ length: columns }, (_, index) => `c${index}`).join(', ');
    return `select ${digest('r.s')} as s, ${digest('r.l')} as l, bool_and(r.e) as e, count(*) as n from (`
      + `select ${row.strict} as s, ${row.lenient} as l, ${row.empty} as e from (${text}\n) as q(${names})) as r`;
  }

  private async inZone(zone: string): Promise<void> {
    if (zone === this.zone) return;
    await this.space.timeZone(zone);
    this.zone = zone;
  }
}

function textOf({ texts }: WorldQuery, instant: number): string {
  return texts[instant] ?? texts[0] ?? '';
}

type Cell = string | null | undefined;

function answerOf(strict: Cell, lenient: Cell, empty: Cell, count: Cell): Answer {
  const isEmpty = count === '0' || (count === '1' && (empty ?? '').startsWith('t'));
  return { strict: `${count}:${strict}`, lenient: isEmpty ? '' : `${count}:${lenient}` };
}

/** Selects of the worlds, from one on, that a rule of the table refuses. */
function rulesOf({ world, checks, partialUniques }: SearchTable, first: number): string[] {
  const filters = checks.map(({ sql }) => `not (${sql})`);
  const single = filters.length === 0 ? [] : [`select __w from ${world} where __w >= ${first} and (${filters.join(' or ')})`];
  const unique = partialUniques.map(({ expressions, predicate }) => {
    const isSet = expressions.map((expression) => `(${expression}) is not null`).join(' and ');
    return `select __w from ${world} where __w >= ${first} and ${isSet}${predicate === null ? '' : ` and (${predicate})`} group by __w, ${expressions.map((expression) => `(${expression})`).join(', ')} having count(*) > 1`;
  });
  return [...single, ...unique];
}
