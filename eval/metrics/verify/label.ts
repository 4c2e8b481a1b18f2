import type { Client } from 'pg';
import { constraintKey, type PairCase } from '../pair-cases.js';
import { readConstraints, readSchema, type TestConstraint } from './schema.js';
import { answerOf, freeze } from './session.js';
import { HELPERS, poolsOf } from './values.js';
import { randomNumbers, world } from './worlds.js';

/** Moments at which the clock of a run stands; a quarter of the worlds at each. */
const INSTANTS = ['2024-03-31 10:30:00+00', '2024-02-29 23:30:00+00', '2024-12-31 23:59:59.5+00', '2023-07-14 01:15:00+00'];
const THRESHOLD_MAX = 12;

/** What was seen on random databases. */
export interface Sight {
  worlds: number;
  differing: number;
  /** Worlds that differ where neither query fails. */
  differingAnswers: number;
  /** Worlds that differ in more than NULL against 0 and rows that show nothing. */
  real: number;
  /** Different answers of the first query. */
  answers: number;
  errors: number;
  /** Where the last column adds up to less, or more, for the first query than for the second. */
  less: number;
  more: number;
  /** The first difference: rows and both answers. */
  example: string | null;
}

export interface SightOptions {
  worlds: number;
  /** End at the first difference. */
  untilDifference?: boolean;
  /** Statements after the DDL, which take constraints away. */
  without?: readonly string[];
  seed?: number;
}

async function clean(client: Client): Promise<void> {
  await client.query(`reset all; set timezone = 'UTC';
    do $$ declare each text; begin
      for each in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop execute format('drop schema %I cascade', each); end loop;
    end $$; create schema public; set search_path = public;`);
  await client.query(HELPERS);
}

/** NULL read as 0, and rows whose last value is 0 left out. */
function lenient(rows: string[][]): string {
  return rows.map((row) => row.map((value) => (value === '∅' ? '0' : value))).filter((row) => row.at(-1) !== '0').map((row) => row.join(' | ')).sort().join('\n');
}

function total(rows: string[][] | null): number {
  return (rows ?? []).reduce((sum, row) => sum + (Number(row.at(-1)) || 0), 0);
}

/**
 * Runs both queries of a pair on random databases that the schema admits.
 * Rows of `late_ddl` pairs are written before it, and some after it, unless constraints are taken away: then it comes first.
 */
export async function look(client: Client, pair: PairCase, options: SightOptions): Promise<Sight> {
  await clean(client);
  for (const [name, value] of Object.entries(pair.session)) await client.query(`set "${name}" to '${value}'`);
  await client.query(pair.ddl);
  if (options.without !== undefined) {
    if (pair.late !== null) await client.query(pair.late);
    for (const statement of options.without) await client.query(statement);
  }
  const lateAfterRows = options.without === undefined ? pair.late : null;
  const tables = await readSchema(client);
  const thresholds = [...`${pair.a} ${pair.b}`.replace(/'[^']*'/g, '').matchAll(/(?<![\w.])\d+(?![\w.])/g)].map((match) => Number(match[0])).filter((number) => number > 3 && number <= THRESHOLD_MAX);
  const random = randomNumbers(options.seed ?? 1);
  const usesClock = freeze(pair.a, '') !== pair.a || freeze(pair.b, '') !== pair.b;
  const sight: Sight = { worlds: 0, differing: 0, differingAnswers: 0, real: 0, answers: 0, errors: 0, less: 0, more: 0, example: null };
  const answers = new Set<string>();
  const instants = usesClock ? INSTANTS : INSTANTS.slice(0, 1);
  for (const instant of instants) {
    const pools = await poolsOf(client, tables, `${pair.a}\n${pair.b}`, `${pair.ddl}\n${pair.late ?? ''}`, instant);
    const [a, b] = [freeze(pair.a, instant), freeze(pair.b, instant)];
    for (let index = 0; index < options.worlds / instants.length; index += 1) {
      const rows = index === 0 ? [] : world(tables, pools, thresholds, random);
      await client.query('begin');
      try {
        await client.query('select verify.fill($1)', [JSON.stringify(rows)]);
        if (lateAfterRows !== null) {
          try {
            await client.query(lateAfterRows);
          } catch {
            continue;
          }
          await client.query('select verify.fill($1)', [JSON.stringify(world(tables, pools, thresholds, random))]);
        }
        const [first, second] = [await answerOf(client, a), await answerOf(client, b)];
        sight.worlds += 1;
        answers.add(first.text);
        if (first.rows === null || second.rows === null) sight.errors += 1;
        const [left, right] = [total(first.rows), total(second.rows)];
        if (left < right) sight.less += 1;
        if (left > right) sight.more += 1;
        if (first.text === second.text || (first.rows === null && second.rows === null)) continue;
        sight.differing += 1;
        if (first.rows !== null && second.rows !== null) sight.differingAnswers += 1;
        if (first.rows !== null && second.rows !== null && lenient(first.rows) !== lenient(second.rows)) sight.real += 1;
        sight.example ??= `${rows.map((tries) => tries[0]).join(';\n')}\n=> ${first.text}\n=> ${second.text}`;
        if (options.untilDifference === true && sight.real >= 1) return { ...sight, answers: answers.size };
      } finally {
        await client.query('rollback');
      }
    }
  }
  return { ...sight, answers: answers.size };
}

/** Statements that take away every constraint but `kept`, children of keys first. */
function allBut(constraints: readonly TestConstraint[], kept: readonly string[]): string[] {
  const leant = constraints.filter(({ key, leansOn }) => kept.includes(constraintKey(key)) && leansOn !== null).map(({ leansOn }) => constraintKey(leansOn ?? ''));
  const order = ['foreign_key', 'check', 'unique', 'primary_key', 'not_null'];
  return [...constraints]
    .filter(({ key }) => !kept.includes(constraintKey(key)) && !leant.includes(constraintKey(key)))
    .sort((x, y) => order.indexOf(x.kind) - order.indexOf(y.kind))
    .map(({ drop }) => drop);
}

async function constraintsOf(client: Client, pair: PairCase): Promise<TestConstraint[]> {
  await clean(client);
  await client.query(pair.ddl);
  if (pair.late !== null) await client.query(pair.late);
  return readConstraints(client);
}

const EQUAL = ['equal', 'equal-under'];
const PARTED = ['stricter', 'looser', 'overlapping', 'different'];

/** What speaks against the label of a pair; empty where nothing does. `worlds` is how many databases an equality must hold on. */
export async function checkLabel(client: Client, pair: PairCase, worlds: number): Promise<string[]> {
  const isEqual = pair.verdicts.some((verdict) => EQUAL.includes(verdict));
  const isParted = pair.verdicts.some((verdict) => PARTED.includes(verdict));
  if (isEqual && isParted) return ['says both equal and parted'];
  if (!isEqual && !isParted) return [];
  if (isParted) return checkParted(client, pair, worlds);
  const faults: string[] = [];
  const full = await look(client, pair, { worlds });
  if (full.differing > 0) return [`labelled equal, differs: ${full.example ?? ''}`];
  if (full.answers < 3) faults.push(`shown little: ${full.answers} answers on ${full.worlds} databases`);
  if (!pair.verdicts.includes('equal-under')) {
    const constraints = await constraintsOf(client, pair);
    const bare = await look(client, pair, { worlds, untilDifference: true, without: allBut(constraints, []), seed: 2 });
    if (bare.differing > 0) faults.push(`labelled equal without any constraint, differs: ${bare.example ?? ''}`);
    return faults;
  }
  for (const rests of pair.rests ?? []) faults.push(...(await checkRests(client, pair, rests, worlds)));
  return faults;
}

/** Whether the schema stands, both queries run on it while it is empty, and what `rests` names is there. */
export async function glanceAtLabel(client: Client, pair: PairCase): Promise<string[]> {
  await client.query(`begin; set local search_path = public; set local timezone = 'UTC'`);
  try {
    await client.query(pair.ddl);
    if (pair.late !== null) await client.query(pair.late);
    const known = pair.rests === null ? [] : (await readConstraints(client)).map(({ key }) => constraintKey(key));
    for (const [name, value] of Object.entries(pair.session)) await client.query(`set local "${name}" to '${value}'`);
    const [a, b] = [await answerOf(client, pair.a), await answerOf(client, pair.b)];
    const faults = [a, b].flatMap(({ rows, text }) => (rows === null && !pair.kinds.includes('error') ? [text] : []));
    if (pair.verdicts.some((verdict) => EQUAL.includes(verdict)) && a.text !== b.text) faults.push(`labelled equal, differs on empty tables: ${a.text} and ${b.text}`);
    for (const key of new Set(pair.rests?.flat())) if (!key.startsWith('type ') && !known.includes(key)) faults.push(`there is no ${key}`);
    return faults;
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    await client.query('rollback');
  }
}

async function checkRests(client: Client, pair: PairCase, rests: readonly string[], worlds: number): Promise<string[]> {
  const constraints = await constraintsOf(client, pair);
  const known = constraints.map(({ key }) => constraintKey(key));
  const faults = rests.filter((key) => !key.startsWith('type ') && !known.includes(key)).map((key) => `no constraint '${key}'; there are ${known.join(', ')}`);
  if (faults.length > 0) return faults;
  const enough = await look(client, pair, { worlds, untilDifference: true, without: allBut(constraints, rests), seed: 3 });
  if (enough.differing > 0) faults.push(`not enough: with ${rests.join(', ')} alone: ${enough.example ?? ''}`);
  for (const key of rests.filter((each) => !each.startsWith('type '))) {
    const others = rests.filter((each) => each !== key);
    if (others.some((other) => constraints.some((each) => constraintKey(each.key) === other && constraintKey(each.leansOn ?? '') === key))) continue;
    const without = await look(client, pair, { worlds: worlds * 2, untilDifference: true, without: allBut(constraints, others), seed: 4 });
    if (without.differing === 0) faults.push(`not needed: ${key}`);
  }
  return faults;
}

async function checkParted(client: Client, pair: PairCase, worlds: number): Promise<string[]> {
  const onlyParted = !pair.verdicts.includes('undecided');
  const verdict = pair.verdicts.length === 1 ? pair.verdicts[0] : undefined;
  const ordered = verdict === 'stricter' || verdict === 'looser' || verdict === 'overlapping';
  const sight = await look(client, pair, { worlds, untilDifference: !ordered && !pair.kinds.includes('error') && pair.cosmetic !== true });
  const faults: string[] = [];
  if (onlyParted && sight.differing === 0) faults.push(`labelled ${pair.verdicts.join(' or ')}, no difference on ${sight.worlds} databases (${sight.answers} answers)`);
  if (onlyParted && sight.differing > 0 && sight.differingAnswers === 0 && !pair.kinds.includes('error')) faults.push('differs only where one fails');
  if (ordered && /count/i.test(pair.a)) {
    if (verdict === 'stricter' && sight.more > 0) faults.push(`labelled stricter, but counts more on ${sight.more} databases`);
    if (verdict === 'looser' && sight.less > 0) faults.push(`labelled looser, but counts less on ${sight.less} databases`);
    if (verdict === 'overlapping' && (sight.less === 0 || sight.more === 0)) faults.push(`labelled overlapping, but less on ${sight.less} and more on ${sight.more}`);
  }
  if (pair.cosmetic === true && sight.real > 0) faults.push(`labelled cosmetic, differs in more than NULL and 0: ${sight.example ?? ''}`);
  if (pair.cosmetic === false && onlyParted && sight.real === 0 && sight.differing > 0) faults.push('only NULL against 0: cosmetic?');
  return faults;
}
