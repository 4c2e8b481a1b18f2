import type { Problem, QueryVariant } from '../../model/query.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import type { Notes } from '../../template/result.js';
import type { Dimension, SemanticLayer, SemanticModel } from './model.js';
import { isPlainName } from './relation.js';

/** Entity paths are short; longer ones and circles of entities end here. */
const HOPS_MAX = 5;
const GRAIN = /^(?:nano|micro|milli)?second$|^(?:minute|hour|day|week|month|quarter|year)$/;

/** What names in a filter or a grouping are looked up in. */
export interface FilterScope {
  layer: SemanticLayer;
  model: SemanticModel;
  /** What the statement calls the model's relation. */
  alias: string;
  /** What `metric_time` stands for. */
  timeDimension: string | null;
  notes: Notes;
  /** A metric as a scalar; null where it cannot be built. */
  metric(name: string): string | null;
}

/** A filter with its `{{ Dimension('order__status') }}` resolved to columns of the relation that they stand for. */
export function renderFilter(text: string, scope: FilterScope): { variant: QueryVariant | null; problems: Problem[] } {
  const holes: Hole[] = [];
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', at);
    if (close < 0) break;
    const inner = text.slice(at + 2, close).trim();
    const resolved = resolveCall(inner, scope) ?? renderedOf(text.slice(at, close + 2), scope.layer);
    holes.push({ start: at, end: close + 2, name: inner.slice(0, 80), ...(resolved === null ? {} : { text: resolved }) });
    at = close + 2;
  }
  const { variants, problems } = fillHoles(text, holes, { word: 'expression' });
  return { variant: variants[0] ?? null, problems };
}

/** What is no call of the semantic layer is a template of dbt: `{{ var('first_year') }}`. */
function renderedOf(tag: string, layer: SemanticLayer): string | null {
  const variant = layer.render?.(tag).variants[0];
  return variant === undefined || variant.assumptions.length > 0 ? null : variant.sql;
}

/** A call of a template, or the bare names that groupings allow: `order__status`, `metric_time__month`. */
export function resolveCall(call: string, scope: FilterScope): string | null {
  const match = /^(Dimension|TimeDimension|Entity|Metric)\s*\(\s*(['"])([^'"]{1,300})\2/.exec(call.slice(0, 1_000));
  if (match === null) return null;
  const [head, kind, , name] = match;
  if (kind === undefined || name === undefined) return null;
  const rest = call.slice(head.length, 1_000);
  if (kind === 'Metric') return scope.metric(name);
  const path = /entity_path\s*=\s*\[([^\]]{0,300})\]/.exec(rest)?.[1] ?? '';
  const links = [...path.matchAll(/['"]([^'"]{1,200})['"]/g)].flatMap((link) => link[1] ?? []);
  const names = [...links, ...name.split('__')];
  const grain = /\.\s*grain\s*\(\s*['"](\w{1,20})/.exec(rest)?.[1] ?? (kind === 'TimeDimension' ? /^\s*,\s*['"](\w{1,20})/.exec(rest)?.[1] : undefined);
  const datePart = /\.\s*date_part\s*\(\s*['"](\w{1,20})/.exec(rest)?.[1];
  const column = resolveName(names, scope);
  if (datePart !== undefined && /^\w+$/.test(datePart)) return `EXTRACT(${datePart} FROM ${column})`;
  return truncated(column, grain);
}

/** `metric_time__month` and the like, as saved queries list them. */
export function resolveGrouping(text: string, scope: FilterScope): string {
  const call = resolveCall(text.trim(), scope);
  if (call !== null) return call;
  const names = text.trim().split('__');
  const last = names.at(-1) ?? '';
  if (names.length > 1 && GRAIN.test(last.toLowerCase())) return truncated(resolveName(names.slice(0, -1), scope), last);
  return resolveName(names, scope);
}

function truncated(column: string, grain: string | undefined): string {
  return grain !== undefined && GRAIN.test(grain.toLowerCase()) ? `DATE_TRUNC('${grain.toLowerCase()}', ${column})` : column;
}

function resolveName(names: readonly string[], scope: FilterScope): string {
  const wanted = names.slice(0, HOPS_MAX + 1);
  const found = lookUp(wanted, scope.model, scope.alias, scope, 1);
  if (found !== null) return found;
  const shown = names.join('__').slice(0, 120);
  scope.notes.problem('missing-reference', `no semantic model of these files has ${shown}, as seen from ${scope.model.name}`);
  const last = wanted.at(-1) ?? '';
  return isPlainName(last) ? `${scope.alias}.${last}` : 'NULL';
}

/** The expression of a dimension or entity; through other entities as a subquery that is bound to the row. */
function lookUp(names: readonly string[], model: SemanticModel, alias: string, scope: FilterScope, depth: number): string | null {
  const [first, ...rest] = names;
  if (first === undefined || depth > HOPS_MAX + 1) return null;
  if (rest.length === 0) return ownExpression(first, model, alias, scope);
  if (first === model.primaryEntity || first === 'metric_time') {
    const own = lookUp(rest, model, alias, scope, depth + 1);
    if (own !== null) return own;
  }
  const key = model.entities.get(first);
  if (key === undefined) return null;
  for (const other of scope.layer.modelsOf(first)) {
    if (other === model) {
      const own = lookUp(rest, model, alias, scope, depth + 1);
      if (own !== null) return own;
      continue;
    }
    const inner = `${alias}_${depth}`;
    const value = lookUp(rest, other, inner, { ...scope, timeDimension: other.timeDimension }, depth + 1);
    if (value === null) continue;
    const joined = `${keyOf(scope.layer, other, first, inner)} = ${expressionOf(scope.layer, key, alias)}`;
    return `(SELECT ${value} FROM ${other.relation} AS ${inner} WHERE ${joined})`;
  }
  return null;
}

function keyOf(layer: SemanticLayer, model: SemanticModel, entity: string, alias: string): string {
  const known = model.entities.get(entity);
  return known === undefined ? qualified(entity, alias) : expressionOf(layer, known, alias);
}

/** The SQL of a dimension or entity: the column of its name where it has no expression. */
function expressionOf(layer: SemanticLayer, { name, expr }: Dimension, alias: string): string {
  return qualified(expr === null ? name : layer.sqlOf(expr), alias);
}

function ownExpression(name: string, model: SemanticModel, alias: string, scope: FilterScope): string | null {
  if (name === 'metric_time') {
    const time = scope.timeDimension ?? model.timeDimension;
    const known = time === null ? undefined : model.dimensions.get(time);
    return time === null ? null : known === undefined ? qualified(time, alias) : expressionOf(scope.layer, known, alias);
  }
  const found = model.dimensions.get(name) ?? model.entities.get(name);
  return found === undefined ? (name === model.primaryEntity ? qualified(name, alias) : null) : expressionOf(scope.layer, found, alias);
}

/** A bare column with the name of its relation; another expression in parentheses, on a line of its own where it ends in a comment. */
export function qualified(expr: string, alias: string): string {
  const text = expr.trim();
  if (isPlainName(text)) return `${alias}.${text}`;
  return text.includes('--') ? `(${text}\n)` : `(${text})`;
}
