import { ScratchError, type ScratchSpace } from '../../model/scratch-engine.js';
import type { MetricSchema } from '../definition.js';
import { duckdbCatalog } from './catalog-duckdb.js';
import { postgresCatalog } from './catalog-postgres.js';
import { whatIsLacking } from './lacking.js';
import { qualified } from './names.js';
import { leftOutBy, type Replayed, replayedStatements } from './statements.js';

/** Where a script sets none. */
const SEARCH_PATH_DEFAULT = ['public'];

/**
 * Makes a schema in a space, statement by statement, and reads its catalogue out of the engine. The tables stay there, empty,
 * and the session's search_path is that of the result. `late` is what runs after rows are there; what it makes counts in the
 * catalogue as well.
 *
 * @throws ScratchError when the space cannot be used; a statement that the engine refuses costs itself and is among `failures`
 */
export async function schemaFromDdl(space: ScratchSpace, ddl: string, late = ''): Promise<MetricSchema> {
  const failures: MetricSchema['failures'] = [];
  if (space.kind === 'duckdb') return await fromDuckdb(space, ddl, late, failures);
  await space.run('set check_function_bodies to off; set client_min_messages to error');
  const first = await runAll(space, replayedStatements(ddl), failures);
  const second = await runAll(space, replayedStatements(late), failures);
  const searchPath = await pathOf(space);
  await space.run("set search_path to ''");
  const catalog = await postgresCatalog(space);
  await space.run(`set search_path to ${searchPath.map((name) => qualified(name)).join(', ')}`);
  return { catalog, searchPath, ddl: asScript(first), late: asScript(second), failures, leftOut: leftOutBy(`${ddl};\n${late}`) };
}

async function fromDuckdb(space: ScratchSpace, ddl: string, late: string, failures: MetricSchema['failures']): Promise<MetricSchema> {
  const first = await runAll(space, replayedStatements(ddl), failures);
  const second = await runAll(space, replayedStatements(late), failures);
  const { rows } = await space.rows('select current_schema()');
  return { catalog: await duckdbCatalog(space), searchPath: [rows[0]?.[0] ?? 'main'], ddl: asScript(first), late: asScript(second), failures };
}

/** What a statement lacked can be made at most so often: a script names a handful of schemas and extensions. */
const MENDED_MAX = 50;

/** The statements that were run. All at once where none fails; one by one, so that the others stand, where one does. */
async function runAll(space: ScratchSpace, statements: readonly Replayed[], failures: MetricSchema['failures']): Promise<string[]> {
  if (statements.length === 0) return [];
  const made: string[] = [];
  for (let tries = 0; tries < MENDED_MAX; tries++) {
    const whole = [...made, ...statements.map(({ sql }) => sql)];
    const error = await refusal(space, asScript(whole));
    if (error === null) return whole;
    const lacking = whatIsLacking(error, space.kind);
    if (lacking === null || made.includes(lacking)) break;
    made.push(lacking);
  }
  return await runEach(space, [...made.map((sql): Replayed => ({ kind: 'try', sql })), ...statements], failures);
}

async function runEach(space: ScratchSpace, statements: readonly Replayed[], failures: MetricSchema['failures']): Promise<string[]> {
  const done: string[] = [];
  for (const { kind, sql } of statements) {
    let error = await refusal(space, sql);
    const lacking = error === null ? null : whatIsLacking(error, space.kind);
    if (lacking !== null && !done.includes(lacking) && (await refusal(space, lacking)) === null) {
      done.push(lacking);
      error = await refusal(space, sql);
    }
    if (error === null) done.push(sql);
    else if (kind !== 'try') failures.push({ statement: sql, message: error.message });
  }
  return done;
}

/** Runs statements. Returns why they were refused, null where they were not. */
async function refusal(space: ScratchSpace, sql: string): Promise<ScratchError | null> {
  try {
    await space.run(sql);
    return null;
  } catch (error) {
    if (error instanceof ScratchError && !error.timedOut) return error;
    throw error;
  }
}

/** A statement ends with its last token, so that no comment swallows the semicolon. */
function asScript(statements: readonly string[]): string {
  return statements.map((sql) => `${sql};\n`).join('');
}

async function pathOf(space: ScratchSpace): Promise<string[]> {
  const { rows } = await space.rows('select unnest(current_schemas(false))');
  const found = rows.flatMap(([name]) => (name == null ? [] : [name]));
  return found.length > 0 ? found : SEARCH_PATH_DEFAULT;
}
