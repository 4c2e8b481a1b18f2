import type { Expression, FromItem, ParseOutcome, Query, Select, SqlStatement } from '../../model/syntax-tree.js';
import { hasAggregate } from '../../metrics/claim/aggregate.js';
import { walkExpression, walkStatement } from '../../sql/walk.js';
import { markedKinds } from '../../text/marker.js';

/** What of a store a definition may touch. */
export interface Readable {
  /** `schema.name` of every relation of its catalogue. */
  relations: ReadonlySet<string>;
  /** Of the claim, `schema.name`: where names without a schema are looked up first. */
  preferred: readonly string[];
}

/** A statement that gives one row of aggregates and does nothing else; or why it is not run. */
export type Plan = { select: Select; query: Query; schemas: string[] } | { refused: string };

/** Aggregates whose value is none of one row: numbers and truths. MIN and MAX are looked at by what they give. */
const AGGREGATES_SHOWN: ReadonlySet<string> = new Set(
  `count sum avg min max bool_and bool_or every stddev stddev_pop stddev_samp var_pop var_samp variance corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept
   regr_r2 regr_slope regr_sxx regr_sxy regr_syy percentile_cont median quantile_cont approx_count_distinct approx_quantile count_if countif sum_if sumif fsum sumkahan favg product skewness kurtosis`.split(/\s+/),
);

/** Functions that only compute. Of any other nobody knows here what it does: a text of a dashboard may call anything. */
const COMPUTING: ReadonlySet<string> = new Set(
  `abs age ascii avg bit_length btrim cbrt ceil ceiling char_length character_length chr coalesce concat concat_ws current_date current_timestamp date date_add date_bin date_diff date_part date_sub date_trunc datediff
   day dayofweek dayofyear degrees div epoch exp extract floor format generate_series greatest hour initcap isfinite isodow justify_days justify_hours justify_interval last_day least left length ln localtime localtimestamp log log10
   lower lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz md5 minute mod month monthname nullif now octet_length overlay pi position power quarter radians range regexp_like
   regexp_match regexp_matches regexp_replace regexp_substr replace reverse right round rpad rtrim second sign split_part sqrt starts_with statement_timestamp strftime strpos strptime substr substring time_bucket
   timestamp timezone to_char to_date to_number to_timestamp today transaction_timestamp translate trim trunc try_cast unnest upper week weekday weekofyear width_bucket year isnull ifnull if`.split(/\s+/),
);

/**
 * Whether a definition may be run on the store it belongs to. It may where its text is one query over relations of the store that gives
 * one row of aggregates, and everything that it calls is known to compute only.
 */
export function planOf(sql: string, outcome: ParseOutcome, readable: Readable): Plan {
  if (markedKinds(sql).length > 0) return { refused: 'its text holds personal data or a secret that tidemark keeps as a hash only' };
  // Where a server takes backslashes for escapes, such a text would end elsewhere than the parser saw.
  if (/\\['"]/.test(sql)) return { refused: 'its text holds an escaped quote, which servers read in two ways' };
  const [only, another] = outcome.statements;
  if (only === undefined) return { refused: 'its text could not be parsed' };
  if (another !== undefined) return { refused: 'it is more than one statement' };
  const { statement } = only;
  if (statement.type !== 'query_statement' || statement.form !== 'select') return { refused: 'it is no query' };
  if (statement.query.body.type !== 'select') return { refused: 'it combines several queries, of which nothing says that they give one number' };
  const select = statement.query.body;
  const refused = rowsRefused(select) ?? actionRefused(statement);
  if (refused !== null) return { refused };
  const found = schemasOf(statement, readable);
  return 'refused' in found ? found : { select, query: statement.query, schemas: found.schemas };
}

/** Row values are never asked for. */
function rowsRefused(select: Select): string | null {
  if (select.groupBy.length > 0) return 'it gives a row for each group, and its breakdown could not be taken away';
  if (select.distinct !== null || select.qualify !== null || select.windows.length > 0) return 'it would give rows that are no aggregates';
  if (!select.projections.every(({ expression }) => hasAggregate(expression))) return 'it would give rows that are no aggregates';
  let refused: string | null = null;
  for (const { expression } of select.projections) {
    walkExpression(expression, {
      expression: (inner) => {
        if (inner.type === 'subquery') refused ??= 'it shows what a query within it gives, which may be a value of a row';
        if (inner.type === 'call' && inner.over !== null) refused ??= 'it computes over a window';
        return refused === null;
      },
    });
  }
  return refused;
}

/** What would do something besides reading, or of which nobody knows. */
function actionRefused(statement: SqlStatement): string | null {
  let refused: string | null = null;
  const refuse = (why: string): false => {
    refused ??= why;
    return false;
  };
  walkStatement(statement, {
    expression: (expression) => expressionAllowed(expression, refuse),
    query: (query) => {
      if (query.locks.length > 0) return refuse('it locks rows');
      if (query.ctes.some(({ statement: inner }) => inner.type !== 'query_statement')) return refuse('it changes rows');
      return true;
    },
    from: (item) => {
      if (item.type === 'function') return item.functions.every(({ name }) => COMPUTING.has(name)) || refuse('it reads from a function that may do more than compute');
      return item.type !== 'opaque_table' || refuse(`it reads from ${item.what}, which tidemark does not understand`);
    },
  });
  return refused;
}

function expressionAllowed(expression: Expression, refuse: (why: string) => false): boolean {
  if (expression.type === 'opaque') return refuse(`it holds ${expression.what}, which tidemark does not understand`);
  if (expression.type === 'parameter') return refuse('it has a parameter, of which the value is not known');
  if (expression.type !== 'call') return true;
  const name = expression.name.at(-1)?.toLowerCase() ?? '';
  const own = expression.name.length > 1 && !['pg_catalog', 'main', 'system'].includes(expression.name[0] ?? '');
  if (!own && (AGGREGATES_SHOWN.has(name) || COMPUTING.has(name))) return true;
  return refuse(`it calls ${expression.name.join('.')}(), which may give values of rows or do more than compute`);
}

/** Names that the query itself makes are no relations; names without a schema are looked for among the relations of the claim. */
function schemasOf(statement: SqlStatement, { relations, preferred }: Readable): { schemas: string[] } | { refused: string } {
  const common = new Set<string>();
  const tables: Extract<FromItem, { type: 'table' }>[] = [];
  walkStatement(statement, {
    query: ({ ctes }) => {
      for (const { name } of ctes) common.add(name);
      return true;
    },
    from: (item) => {
      if (item.type === 'table') tables.push(item);
      return true;
    },
  });
  const schemas = new Set<string>();
  for (const { schema, name } of tables) {
    if (schema === null && common.has(name)) continue;
    if (schema !== null) {
      if (!relations.has(`${schema}.${name}`)) return { refused: `its store has no ${schema}.${name}` };
      continue;
    }
    const [found, other] = [...new Set(preferred.filter((relation) => relation.endsWith(`.${name}`)))];
    const place = found ?? ['public', 'main'].map((usual) => `${usual}.${name}`).find((relation) => relations.has(relation));
    if (place === undefined || !relations.has(place)) return { refused: `its store has no ${name} where it would be looked up` };
    if (other !== undefined) return { refused: `${name} may be one of several relations` };
    schemas.add(place.slice(0, -(name.length + 1)));
  }
  return { schemas: [...schemas].sort() };
}
