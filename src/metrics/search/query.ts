import { ScratchError, type ScratchRows, type ScratchSpace } from '../../model/scratch-engine.js';
import type { CommonTable, ParseOutcome } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';
import type { Definition, MetricSchema } from '../definition.js';
import { usesClock } from './clock.js';
import { isAggregate } from './expression-facts.js';
import { quoteName } from './family.js';
import type { Relations } from './references.js';
import { NotRewritable, rewrite } from './rewrite.js';
import { rowText, type RowText } from './row-text.js';
import type { SearchTable } from './tables.js';
import { calledFunctions, functionProblem } from './volatile.js';

/** A definition that can be evaluated over many worlds at once. */
export interface WorldQuery {
  /** Its place among the definitions. */
  index: number;
  /** By instant: the text over `__g.i`. One text where nothing asks for the time. */
  texts: string[];
  columns: number;
  row: RowText;
  timeZone: string;
  usesClock: boolean;
  /** The engine refuses it over many worlds at once (DuckDB: FULL JOIN in LATERAL), so that each world has a SELECT of its own. */
  single: boolean;
  /** It may go on for ever, so that it is evaluated by itself. */
  endless: boolean;
  /** It follows references, and round a circle it would never end. */
  follows: boolean;
  /** It shows aggregates, so that 0, NULL and no row are one where nothing matches. */
  aggregates: boolean;
}

interface QueryContext {
  schema: MetricSchema;
  space: ScratchSpace;
  relations: Relations;
  tables: ReadonlyMap<string, SearchTable>;
  parse: (text: string) => ParseOutcome;
  /** At which moments definitions that ask for the time are looked at. */
  instants: readonly string[];
}

/**
 * Makes a definition ready to be evaluated.
 *
 * @returns why it cannot be, in words; a refusal of the engine in the engine's words
 */
export async function worldQuery(definition: Definition, index: number, context: QueryContext): Promise<WorldQuery | string> {
  const { space, schema, parse } = context;
  const problem = await functionProblem(calledFunctions(definition), schema, space, parse);
  if (problem !== null) return problem;
  const asksTime = usesClock(definition);
  try {
    const texts = (asksTime ? context.instants : [null]).map((instant) => textAt(definition, instant, context));
    const { columns, single } = await describe(texts[0] ?? '', space);
    if (columns.length === 0) return 'it has no columns';
    const row = rowText(columns.map(({ type }, column) => ({ name: `c${column}`, type })), space.kind);
    return { index, texts, single, columns: columns.length, row, timeZone: definition.timeZone ?? 'UTC', usesClock: asksTime, ...shapeOf(definition) };
  } catch (error) {
    if (error instanceof NotRewritable) return error.message;
    if (error instanceof ScratchError && !error.timedOut) return error.message;
    throw error;
  }
}

async function describe(text: string, space: ScratchSpace): Promise<{ columns: ScratchRows['columns']; single: boolean }> {
  try {
    const { columns } = await space.rows(`select q.* from (select 0 as i) as __g cross join lateral (${text}\n) as q limit 0`);
    return { columns, single: false };
  } catch (error) {
    if (!(error instanceof ScratchError) || error.timedOut) throw error;
    const { columns } = await space.rows(`select q.* from (${inWorld(text, 0)}\n) as q limit 0`);
    return { columns, single: true };
  }
}

/** The number of the world, as the text of a query has it. */
export const WORLD = '__g.i';

/** The text of a query over one world. */
export function inWorld(text: string, world: number): string {
  return text.replaceAll(WORLD, String(world));
}

function textAt({ text, statement }: Definition, instant: string | null, { relations, parse, tables }: QueryContext): string {
  return rewrite(text, statement, {
    relations, parse, instant,
    rowsOf: ({ schema, name }) => {
      const table = tables.get(`${schema}.${name}`);
      if (table === undefined) throw new NotRewritable(`${schema}.${name} holds no rows that can be invented`);
      return `select ${table.columns.map((column) => quoteName(column.name)).join(', ')} from ${table.world} where __w = ${WORLD}`;
    },
    primaryKey: ({ schema, name }) => tables.get(`${schema}.${name}`)?.primaryKey ?? [],
  });
}

function shapeOf({ statement }: Definition): { endless: boolean; follows: boolean; aggregates: boolean } {
  let endless = false;
  let follows = false;
  let aggregates = false;
  walkStatement(statement, {
    query: (query) => {
      endless ||= query.recursive;
      follows ||= query.recursive && query.ctes.some(neverEnds);
    },
    from: ({ type }) => void (endless ||= type === 'function'),
    expression: (expression) => void (aggregates ||= isAggregate(expression)),
  });
  return { endless, follows, aggregates };
}

/** Whether a recursive query goes on round a circle: UNION drops rows that it has seen, unless they count something. */
function neverEnds({ statement }: CommonTable): boolean {
  if (statement.type !== 'query_statement' || statement.query.body.type !== 'set_operation') return false;
  const { all, right } = statement.query.body;
  return all || right.body.type !== 'select' || right.body.projections.some(({ expression }) => expression.type !== 'column');
}
