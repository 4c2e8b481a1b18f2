import type { Catalog, Relation } from '../../model/catalog.js';
import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { Zone } from '../../model/store.js';
import type { Expression, ParseOutcome, Query, Select } from '../../model/syntax-tree.js';
import { isAggregateName } from '../../sql/functions.js';
import { outputName } from '../../sql/output-name.js';
import { shapeOf } from '../../sql/shape.js';
import { walkExpression } from '../../sql/walk.js';
import type { DeclaredDefinition } from './definition.js';
import { selectListOf } from './select-list.js';

/** Columns by these names say when a row was made; what is broken down by them is broken down by time. */
const TIME_NAME = /(?:^|_)(?:date|day|week|month|quarter|year|time|hour)(?:_|$)|_at$|_on$/i;

/**
 * The metrics that the views of the semantic zone declare: one for each column that aggregates. What else such a view shows is
 * what the metric is broken down by. A view that cannot be taken apart declares its metrics with the reason, to be compared by nobody.
 */
export async function viewDefinitions(catalog: Catalog, store: string, zoneOf: (relation: string) => Zone, parse: ParseView): Promise<DeclaredDefinition[]> {
  const found: DeclaredDefinition[] = [];
  for (const relation of catalog.relations) {
    if (relation.definition === null || zoneOf(`${relation.schema}.${relation.name}`) !== 'semantic') continue;
    const sql = relation.definition.trim().replace(/(?:\s*;)+$/, '');
    found.push(...definitionsOf(relation, store, sql, await parse(sql)));
  }
  return found;
}

/** Reads the text of a view in the dialect of its store. */
export type ParseView = (text: string) => ParseOutcome | Promise<ParseOutcome>;

function definitionsOf(relation: Relation, store: string, sql: string, outcome: ParseOutcome): DeclaredDefinition[] {
  const statement = outcome.statements[0]?.statement;
  if (statement?.type !== 'query_statement') return [declared(relation, store, sql, null, `the definition of the view cannot be read${reasonOf(outcome.diagnostics[0]?.message)}`)];
  const { query } = statement;
  if (query.body.type !== 'select') {
    return shapeOf(statement).aggregates.length === 0 ? [] : [declared(relation, store, sql, null, 'the view combines several queries by a set operation')];
  }
  const { body } = query;
  const names = namesOf(relation, body);
  const measures = body.projections.flatMap(({ expression }, index) => (aggregates(expression) ? [index] : []));
  if (measures.length === 0) return [];
  const dimensions = names.filter((_, index) => !measures.includes(index));
  return measures.map((measure) => {
    const cut = onlyMeasure(sql, query, body, measure, measures);
    const metric = { name: names[measure] ?? 'value', comment: relation.columns[measure]?.comment ?? null, dimensions };
    return typeof cut === 'string' ? declared(relation, store, cut, metric, null) : declared(relation, store, sql, metric, cut.why);
  });
}

function reasonOf(message: string | undefined): string {
  return message === undefined ? '' : `: ${message.slice(0, 200)}`;
}

/** The names that the catalogue gives its columns, which CREATE VIEW v (a, b) may have renamed; else those of the outputs. */
function namesOf(relation: Relation, body: Select): string[] {
  if (relation.columns.length === body.projections.length) return relation.columns.map(({ name }) => name);
  return body.projections.map(({ alias, expression }) => alias ?? outputName(expression));
}

function aggregates(expression: Expression): boolean {
  let found = false;
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type === 'subquery') return false;
      if (inner.type === 'call' && inner.over === null && isAggregateName(inner.name.at(-1) ?? '')) found = true;
      return !found;
    },
  });
  return found;
}

/** The statement with one of its measures; why that cannot be, otherwise. */
function onlyMeasure(sql: string, query: Query, body: Select, measure: number, measures: readonly number[]): string | { why: string } {
  if (measures.length === 1) return sql;
  const list = selectListOf(sql);
  if (list === null || list.items.length !== body.projections.length) return { why: 'the select list of the view cannot be taken apart' };
  const isByPosition = body.groupBy.some((item) => item.type === 'expression' && item.expression.type === 'literal');
  const isMixed = body.projections.some((_, index) => !measures.includes(index) && index > (measures[0] ?? 0));
  if (isByPosition && isMixed) return { why: 'the view groups by position, and its measures stand between its dimensions' };
  if (query.limit !== null || query.offset !== null || body.distinct !== null) return { why: 'the view shows only some of its rows' };
  const kept = list.items.filter((_, index) => index === measure || !measures.includes(index));
  const items = kept.map(({ start, end }) => ` ${sql.slice(start, end).trim()}${sql.slice(start, end).includes('--') ? '\n' : ''}`).join(',');
  const rest = sql.slice(list.end, list.orderBy ?? sql.length).trim();
  return `${sql.slice(0, list.start)}${items} ${rest}`;
}

interface ViewMetric {
  name: string;
  comment: string | null;
  dimensions: string[];
}

function declared(relation: Relation, store: string, sql: string, metric: ViewMetric | null, incomplete: string | null): DeclaredDefinition {
  const view = `${relation.schema}.${relation.name}`;
  const name = metric?.name ?? relation.name;
  const time = metric?.dimensions.find((dimension) => TIME_NAME.test(dimension)) ?? null;
  const declaration: MetricDeclaration = {
    by: `view ${view}`, name, label: null, intent: metric?.comment ?? relation.comment, owner: relation.owner, version: versionOf(relation.name), deprecated: null, aliases: [],
    time: time === null ? null : { column: time, kind: null, zone: null, grain: null, latePolicy: null },
    dimensions: metric?.dimensions ?? null, grain: metric === null || metric.dimensions.length === 0 ? null : metric.dimensions.join(', '),
    fillNullsWith: null, nonAdditive: null, access: null, changelog: null, incomplete,
  };
  return { declaration, store, sql, title: titleOf(relation.name, name), outputAlias: name, origin: null, relation: view };
}

/** `open_cases_v2` is the second version of `open_cases`. */
function versionOf(name: string): string | null {
  return /_v(\d{1,4})$/.exec(name)?.[1] ?? null;
}

/** Columns that only say `count` are told by their view. */
function titleOf(view: string, column: string): string {
  const words = (/^(?:count|cnt|n|total|sum|value|amount|number|avg|metric)$/i.test(column) ? `${view} ${column}` : column).replaceAll('_', ' ').trim();
  return words === '' ? view : words;
}
