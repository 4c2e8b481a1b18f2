import type { Relation } from '../../model/catalog.js';
import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { Origin } from '../../model/query.js';
import type { Expression, FromItem, GroupItem, Projection, Query, Select, Span, SqlStatement } from '../../model/syntax-tree.js';
import { canonicalStatement } from '../../sql/canonical.js';
import type { DialectId } from '../../sql/dialect.js';
import { expressionText } from '../../sql/expression-text.js';
import { walkStatement } from '../../sql/walk.js';
import { hasAggregate } from './aggregate.js';
import { isGenericAlias } from './concept.js';
import { measureText, rawMeasure, readMeasure, type Measure } from './measure.js';
import { NotReducible } from './not-reducible.js';
import { conjuncts, withCommonTables, type CommonTables, type Reduction, type RowSource } from './reduce.js';
import { isTimeType, splitConditions, timeColumnOf } from './scope.js';

/** One dashboard card or report with its query. */
export interface MetricInput {
  consumer: string;
  owner: string | null;
  title: string;
  /** The dashboard or folder that holds it. */
  container: string | null;
  /** The names of the output columns, in order. */
  outputAliases: string[];
  /** The text in which the spans of `statement` are offsets. */
  text: string;
  statement: SqlStatement;
  /** Of the statement; where it is not given, spellings that mean different things in two dialects are left alone. */
  dialect?: DialectId;
  /** Where the statement's text was put in by the dashboard's template in place of a parameter; see `parameterSpans`. */
  generated?: readonly Span[];
  store: string;
  /** Of the dashboard, where two may have one title. */
  containerId?: string | null;
  origin?: Origin | null;
  /** Of the session that runs it; null or absent where that is not known. */
  timeZone?: string | null;
  /** Where it is a metric that its tool, the configuration or a view declares. */
  declaration?: MetricDeclaration | null;
  /** Of a declared metric: the output that it is; others are what it is broken down by. */
  measureAlias?: string | null;
  /** The relation of the semantic zone that shows it already. */
  shownBy?: string | null;
}

/** Where in its statement a claim stands. */
export interface ClaimPlace {
  query: Query;
  select: Select;
  /** Of the output. */
  index: number;
  /** The queries around it that only hand it on, the outermost first; `until` is the common table that it stands in. */
  around: readonly { query: Query; until: string | null }[];
}

/** One dashboard's definition of one metric. */
export interface Claim {
  input: MetricInput;
  /** The statement in canonical spelling. */
  statement: SqlStatement;
  /** In it; null where the query is no single SELECT. */
  place: ClaimPlace | null;
  consumer: string;
  owner: string | null;
  title: string;
  container: string | null;
  store: string;
  /** The name of the output column; null when it has none that says something. */
  alias: string | null;
  /** True when the query computes several measures, so that the title names none of them. */
  oneOfSeveral: boolean;
  measure: Measure;
  /** `schema.name`, the measured one first; as written where the catalogue does not know them. */
  relations: string[];
  rows: ClaimedRows;
  /** The texts of what it is broken down by. */
  dimensions: string[];
  timeColumn: string | null;
  /** The texts of conditions that are the dashboard's scope: parameters and time ranges. */
  scope: string[];
  /** What the definition is made of, as one text: equal texts are equal definitions. Of a complex one, the whole text. */
  text: string;
}

/** Which rows the claim measures. `complex`: more than row-level conditions on one relation, for the reason given. */
export type ClaimedRows =
  | {
      kind: 'simple';
      relation: Relation;
      conditions: Expression[];
      /** The texts of conditions that nobody wrote: a sum is of values that are there. */
      implied: string[];
      assumes: string[];
    }
  | { kind: 'complex'; reason: string };

/** Deeper trees are not read: they are generated or hostile. */
const DEPTH_MAX = 400;

/**
 * The metrics that a card's query claims: one for each aggregate that it shows. Empty for a query that shows none, and for
 * one that is nested more than `DEPTH_MAX` levels deep.
 *
 * Never throws: what cannot be reduced to rows of one relation is a claim all the same, marked complex with its reason.
 */
export function extractClaims(input: MetricInput, reduction: Reduction): Claim[] {
  if (input.statement.type !== 'query_statement') return [];
  if (depthOf(input.statement) > DEPTH_MAX) return [];
  const statement = canonicalStatement(input.statement, input.dialect ?? null);
  if (statement.type !== 'query_statement') return [];
  return claimsOf(input, statement.query, new Map(), { reduction, relations: relationsOf(statement, reduction), around: [], statement });
}

interface Reading {
  reduction: Reduction;
  relations: string[];
  around: ClaimPlace['around'];
  statement: SqlStatement;
}

function claimsOf(input: MetricInput, query: Query, outer: CommonTables, reading: Reading): Claim[] {
  const { body } = query;
  if (body.type === 'values') return [];
  if (body.type === 'set_operation') return complexClaims(input, query, reading, 'combines several queries by a set operation');
  let tables: CommonTables;
  try {
    tables = withCommonTables(query, outer);
  } catch (error) {
    if (error instanceof NotReducible) return complexClaims(input, query, reading, error.message);
    throw error;
  }
  const isMeasure = ({ alias, expression }: Projection): boolean => hasAggregate(expression) && (input.measureAlias == null || body.projections.length === 1 || alias === null || alias.toLowerCase() === input.measureAlias.toLowerCase());
  const aggregates = body.projections.flatMap((projection, index) => (isMeasure(projection) ? [{ projection, index }] : []));
  if (aggregates.length === 0) {
    const inner = wrapped(body, tables);
    if (inner === null) return [];
    return claimsOf(input, inner.query, inner.tables, { ...reading, around: [...reading.around, { query, until: inner.until }] });
  }
  return aggregates.map(({ projection, index }) => {
    const alias = projection.alias ?? (input.outputAliases.length === body.projections.length ? (input.outputAliases[index] ?? null) : null);
    const common = { alias: alias === null || isGenericAlias(alias) ? null : alias, oneOfSeveral: aggregates.length > 1 };
    const place = { query, select: body, index, around: reading.around };
    return { ...claimOf(input, body, tables, projection, common, reading), place };
  });
}

/** `SELECT * FROM (…) AS source`, and the same around a common table: what is inside counts. */
function wrapped(body: Select, tables: CommonTables): { query: Query; tables: CommonTables; until: string | null } | null {
  const [only, another] = body.from;
  if (only === undefined || another !== undefined || body.where !== null || body.groupBy.length > 0 || body.having !== null || body.distinct !== null) return null;
  if (only.type === 'derived' && !only.lateral) return { query: only.query, tables, until: null };
  const common = only.type === 'table' && only.schema === null ? tables.get(only.name) : undefined;
  return common === undefined || only.type !== 'table' ? null : { query: common.query, tables: common.outer, until: only.name };
}

function complexClaims(input: MetricInput, query: Query, reading: Reading, reason: string): Claim[] {
  const first = firstSelect(query);
  const aggregates = first?.projections.filter(({ expression }) => hasAggregate(expression)) ?? [];
  return aggregates.map((projection) =>
    complexClaim(input, rawMeasure(projection.expression), reading, reason, {
      alias: projection.alias,
      oneOfSeveral: aggregates.length > 1,
    }),
  );
}

function firstSelect(query: Query): Select | null {
  const { body } = query;
  if (body.type === 'set_operation') return firstSelect(body.left);
  return body.type === 'select' ? body : null;
}

type Naming = Pick<Claim, 'alias' | 'oneOfSeveral'>;

function claimOf(
  input: MetricInput, body: Select, tables: CommonTables, projection: Projection, naming: Naming, reading: Reading,
): Claim {
  const { reduction, relations } = reading;
  try {
    if (body.having !== null) throw new NotReducible('has a HAVING');
    if (body.distinct !== null && (body.groupBy.length > 0 || Array.isArray(body.distinct))) throw new NotReducible('takes distinct groups');
    const source = reduction.source(body, tables);
    const measured = readMeasure(projection.expression, source, reduction);
    const timeColumns = new Set(source.relation.columns.flatMap(({ name, type }) => (isTimeType(type) ? [name] : [])));
    const { definition, scope, timeColumn } = splitConditions([...source.conditions, ...measured.conditions].flatMap(conjuncts), (name) => timeColumns.has(name), input.generated ?? []);
    const dimensions = dimensionsOf(body, source, reduction);
    const assumes = [...new Set([...source.assumes, ...measured.assumes])];
    return {
      ...common(input, naming, reading),
      measure: measured.measure,
      relations: [...new Set([`${source.relation.schema}.${source.relation.name}`, ...relations])],
      rows: { kind: 'simple', relation: source.relation, conditions: definition, implied: (measured.implied ?? []).map(expressionText), assumes },
      dimensions: dimensions.map(expressionText),
      timeColumn: timeBucket(dimensions, source.relation) ?? timeColumn,
      scope: scope.map(expressionText),
      text: [measureText(measured.measure), ...definition.map(expressionText).toSorted()].join(' & '),
    };
  } catch (error) {
    if (!(error instanceof NotReducible)) throw error;
    return { ...complexClaim(input, rawMeasure(projection.expression), reading, error.message, naming), dimensions: body.groupBy.map(groupText) };
  }
}

function common(input: MetricInput, naming: Naming, { statement }: Pick<Reading, 'statement'>): Pick<Claim, 'input' | 'statement' | 'place' | 'consumer' | 'owner' | 'title' | 'container' | 'store' | 'alias' | 'oneOfSeveral'> {
  const { consumer, owner, title, container, store } = input;
  return { input, statement, place: null, consumer, owner, title, container, store, ...naming };
}

function complexClaim(input: MetricInput, measure: Measure, reading: Reading, reason: string, naming: Naming): Claim {
  const rows: ClaimedRows = { kind: 'complex', reason };
  return { ...common(input, naming, reading), measure, relations: reading.relations, rows, dimensions: [], timeColumn: null, scope: [], text: input.text };
}

/** What the rows are grouped by, ordinals and aliases resolved; a dimension that the catalogue does not know is left out. */
function dimensionsOf(body: Select, source: RowSource, reduction: Reduction): Expression[] {
  return body.groupBy.flatMap(groupExpressions).flatMap((expression) => {
    const written = outputOf(expression, body) ?? expression;
    try {
      return [reduction.rewrite(written, source)];
    } catch (error) {
      if (error instanceof NotReducible) return [written];
      throw error;
    }
  });
}

function groupExpressions(item: GroupItem): Expression[] {
  if (item.type === 'expression') return [item.expression];
  return item.type === 'sets' ? item.items.flatMap(groupExpressions) : [];
}

function groupText(item: GroupItem): string {
  return groupExpressions(item).map(expressionText).join(', ');
}

/** `GROUP BY 1` and `GROUP BY month` mean an output. */
function outputOf(expression: Expression, body: Select): Expression | null {
  if (expression.type === 'literal' && expression.kind === 'number') return body.projections[Number(expression.value) - 1]?.expression ?? null;
  if (expression.type !== 'column' || expression.parts.length !== 1) return null;
  return body.projections.find(({ alias }) => alias === expression.parts[0])?.expression ?? null;
}

function timeBucket(dimensions: Expression[], relation: Relation): string | null {
  for (const dimension of dimensions) {
    const inner = dimension.type === 'call' ? dimension.arguments : [dimension];
    const column = inner.map((part) => timeColumnOf(part, relation)).find((found) => found !== null);
    if (column !== undefined) return column;
  }
  return null;
}

/** Every relation that a statement reads, common tables left out. */
function relationsOf(statement: SqlStatement, reduction: Reduction): string[] {
  const found = new Set<string>();
  const common = new Set<string>();
  walkStatement(statement, {
    query: (query) => {
      for (const { name } of query.ctes) common.add(name);
    },
    from: (item: FromItem) => {
      if (item.type !== 'table' || (item.schema === null && common.has(item.name))) return;
      const relation = reduction.relation(item);
      found.add(relation === null ? [item.schema, item.name].filter((part) => part !== null).join('.') : `${relation.schema}.${relation.name}`);
    },
  });
  return [...found].toSorted();
}

/** Without recursion: the tree may be as deep as the text is long. */
function depthOf(statement: SqlStatement): number {
  let deepest = 0;
  const open: [unknown, number][] = [[statement, 0]];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const [value, depth] = entry;
    if (typeof value !== 'object' || value === null) continue;
    deepest = Math.max(deepest, depth);
    if (deepest > DEPTH_MAX) return deepest;
    for (const child of Object.values(value)) open.push([child, Array.isArray(value) ? depth : depth + 1]);
  }
  return deepest;
}
