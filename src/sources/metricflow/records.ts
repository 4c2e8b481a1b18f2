import type { CollectedQuery, ConnectionReference, Container, Owner, Problem, QueryVariant } from '../../model/query.js';
import { frameVariant } from '../../template/frame.js';
import { Notes } from '../../template/result.js';
import { compose, Rewriter } from '../../template/rewrite.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import type { Origins } from '../common/origins.js';
import { measureDeclaration, metricDeclaration } from './declaration.js';
import { renderFilter, resolveGrouping } from './filter.js';
import { ALIAS, conjunction, frameOf, fromClause, isCountOfRows, MetricLowering, scalar, substitute, together, type MetricValue } from './lower.js';
import type { Aggregation, Fragment, Metric, Named, SavedQuery, SemanticLayer, SemanticModel } from './model.js';

/** Metrics of one saved query, each a variant, at most. */
const SAVED_METRICS_MAX = 50;

/** What all records of a layer share. */
export interface LayerContext {
  kind: string;
  connection: ConnectionReference | null;
  container(project: string | null): Container | null;
  /** `metric.shop.revenue`. */
  nativeId(type: 'metric' | 'semantic_model' | 'saved_query', project: string | null, name: string): string;
  origins: Origins;
}

type Part = Pick<CollectedQuery, 'role' | 'sqlKind' | 'raw' | 'reconstructed' | 'variants' | 'problems' | 'origin'>;

/** Every text of SQL of a semantic layer, and every metric and saved query whether or not it has one of its own. */
export function layerQueries(layer: SemanticLayer, context: LayerContext): CollectedQuery[] {
  return [
    ...[...layer.models.values()].flatMap((model) => modelQueries(layer, model, context)),
    ...[...layer.metrics.values()].flatMap((metric) => metricQueries(layer, metric, context)),
    ...[...layer.savedQueries.values()].flatMap((query) => savedQueries(layer, query, context)),
  ];
}

function modelQueries(layer: SemanticLayer, model: SemanticModel, context: LayerContext): CollectedQuery[] {
  const id = context.nativeId('semantic_model', model.project, model.name);
  const about = { ...model, usedBy: model };
  const measures = model.measures.map((measure) => {
    const notes = new Notes();
    const value = new MetricLowering(layer, notes).aggregate(model, measure, measure.name, []);
    const part = aggregationPart(measure, value, measure, layer, notes, context);
    const made = record(`${id}:measure:${measure.name}`, { ...about, ...measure }, part, context);
    const isMetric = measure.createsMetric && !layer.metrics.has(measure.name);
    return isMetric ? { ...made, declaration: measureDeclaration(layer, model, measure, value, context.kind, made.problems) } : made;
  });
  const keys = (kind: 'dimension' | 'entity'): CollectedQuery[] =>
    [...(kind === 'dimension' ? model.dimensions : model.entities).values()].flatMap(({ name, expr }) => {
      // Manifests repeat the name of a column as its expression.
      if (expr === null || expr.isBuilt === true || expr.text.trim() === name) return [];
      const { variant, problems } = layer.rendered(expr);
      const variants = [wrapFragment(variant, 'expression', model.relation, ALIAS)];
      const part: Part = { role: 'dimension', sqlKind: 'expression', raw: expr.text, reconstructed: false, variants, problems, origin: origin(expr, context) };
      return record(`${id}:${kind}:${name}`, { ...about, name, label: null, description: null }, part, context);
    });
  return [...measures, ...keys('dimension'), ...keys('entity')];
}

/** Of a measure or a metric that aggregates by itself: its expression where it has one, else rebuilt. */
function aggregationPart(aggregation: Aggregation, value: MetricValue | null, { place }: Named, layer: SemanticLayer, notes: Notes, context: LayerContext, fill: string | null = null): Part {
  const { expr } = aggregation;
  const frame = frameOf(aggregation);
  const [before, after] = fill === null ? ['', ''] : ['COALESCE(', `, ${fill})`];
  const common = { role: 'metric' as const, problems: notes.problems };
  if (expr === null) {
    const variants = value === null ? [] : [statementOf(value, notes)];
    return { ...common, sqlKind: 'statement', raw: '', reconstructed: true, variants, origin: context.origins.add(place.file, place.pointer) };
  }
  const variants: QueryVariant[] = [];
  if (value !== null && frame !== null) {
    if (isCountOfRows(aggregation)) {
      const rewriter = new Rewriter(expr.text);
      rewriter.generate(`SELECT ${before}COUNT(*)${after} AS value${fromClause(value)}`, 0, expr.text.length);
      variants.push({ label: 'default', ...rewriter.finish(), assumptions: notes.assumptions });
    } else {
      const { variant } = layer.rendered(expr);
      const behind = variant.sql.includes('--') ? `\n${frame.after}` : frame.after;
      variants.push({ ...frameVariant(variant, `SELECT ${before}${frame.before}`, `${behind}${after} AS value${fromClause(value)}`), label: 'default', assumptions: notes.assumptions });
    }
  }
  return { ...common, sqlKind: 'expression', raw: expr.text, reconstructed: false, variants, origin: origin(expr, context) };
}

function statementOf(value: MetricValue, notes: Notes, label = 'default'): QueryVariant {
  return rebuiltVariant(label, `SELECT ${value.sql} AS value${fromClause(value)}`, notes.assumptions);
}

function origin({ place }: Fragment, context: LayerContext): CollectedQuery['origin'] {
  return context.origins.add(place.file, place.pointer);
}

function metricQueries(layer: SemanticLayer, metric: Metric, context: LayerContext): CollectedQuery[] {
  const id = context.nativeId('metric', metric.project, metric.name);
  const notes = new Notes();
  const lowering = new MetricLowering(layer, notes);
  const value = lowering.metric(metric);
  const made = record(id, metric, metricPart(metric, value, lowering, notes, context), context);
  const main = { ...made, declaration: metricDeclaration(layer, metric, value, context.kind, made.problems) };
  const model = firstModel(layer, metric, 0);
  const filters = filtersWithPart(metric).map(({ part, fragment }) => record(`${id}:${part}`, metric, filterPart(layer, model, fragment, context), context));
  return [main, ...filters];
}

function metricPart(metric: Metric, value: MetricValue | null, lowering: MetricLowering, notes: Notes, context: LayerContext): Part {
  if (metric.own !== null) return aggregationPart(metric.own, value, metric, lowering.layer, notes, context, metric.fillNullsWith);
  const { expr, place } = metric;
  if (expr === null || metric.input !== null || metric.numerator !== null) {
    const variants = value === null ? [] : [statementOf(value, notes)];
    return { role: 'metric', sqlKind: 'statement', raw: '', reconstructed: true, variants, problems: notes.problems, origin: context.origins.add(place.file, place.pointer) };
  }
  const variants = value === null ? [] : derivedVariants(metric, expr, lowering, notes);
  return { role: 'metric', sqlKind: 'expression', raw: expr.text, reconstructed: false, variants, problems: notes.problems, origin: origin(expr, context) };
}

/** The expression as it stands, with the metrics that it names in their places. */
function derivedVariants(metric: Metric, expr: Fragment, lowering: MetricLowering, notes: Notes): QueryVariant[] {
  const values = lowering.inputs(metric.inputs, metric.filters, [metric.name]);
  if (values === null) return [];
  let parts: string[] = [];
  const whole = together([...values.values()], (joined) => {
    parts = joined;
    return '';
  });
  const byName = new Map([...values.keys()].map((name, index) => [name, parts[index] ?? '']));
  const { variant } = lowering.layer.rendered(expr);
  const replaced = substitute(variant.sql, byName).finish();
  const inner = { label: 'default', sql: replaced.sql, map: compose(replaced.map, variant.map), assumptions: notes.assumptions };
  const relation = whole.model?.relation ?? null;
  const wrapped = wrapFragment(inner, 'expression', relation, ALIAS);
  if (whole.conditions.length === 0) return [wrapped];
  const where = ` WHERE ${conjunction(whole.conditions)}`;
  const last = wrapped.map.at(-1);
  const map = last === undefined ? [] : [...wrapped.map.slice(0, -1), { ...last, length: last.length + where.length }];
  return [{ ...wrapped, sql: wrapped.sql + where, map }];
}

function filtersWithPart(metric: Metric): { part: string; fragment: Fragment }[] {
  const groups: [string, readonly Fragment[]][] = [
    ['filter', metric.filters],
    ['measure:filter', metric.input?.filters ?? []],
    ['numerator:filter', metric.numerator?.filters ?? []],
    ['denominator:filter', metric.denominator?.filters ?? []],
    ['base:filter', metric.conversion?.base?.filters ?? []],
    ['conversion:filter', metric.conversion?.converted?.filters ?? []],
    ...metric.inputs.map((input): [string, readonly Fragment[]] => [`${input.alias ?? input.name}:filter`, input.filters]),
  ];
  return groups.flatMap(([part, fragments]) => fragments.filter(({ isBuilt }) => isBuilt !== true).map((fragment, index) => ({ part: index === 0 ? part : `${part}:${index + 1}`, fragment })));
}

/** A filter on the relation of the first measure that it narrows. */
function filterPart(layer: SemanticLayer, model: SemanticModel | null, fragment: Fragment, context: LayerContext): Part {
  const base = { role: 'filter' as const, sqlKind: 'predicate' as const, raw: fragment.text, reconstructed: false, origin: origin(fragment, context) };
  if (model === null) {
    return { ...base, variants: [], problems: [{ code: 'missing-reference', message: 'the semantic model that it filters is not in these files' }] };
  }
  const notes = new Notes();
  const scope = new MetricLowering(layer, notes).scope(model, model.timeDimension, []);
  const { variant, problems } = renderFilter(fragment.text, scope);
  const variants = variant === null ? [] : [wrapFragment(variant, 'predicate', model.relation, ALIAS)];
  return { ...base, variants, problems: [...notes.problems, ...problems] };
}

/** The model whose rows a metric is first counted over. */
function firstModel(layer: SemanticLayer, metric: Metric, depth: number): SemanticModel | null {
  if (depth > 20) return null;
  if (metric.own !== null) return layer.models.get(metric.own.model) ?? null;
  const input = metric.input ?? metric.numerator ?? metric.conversion?.base ?? metric.inputs[0] ?? metric.denominator;
  if (input === null || input === undefined) return null;
  const measured = layer.measure(input.name)?.model;
  const inner = layer.metrics.get(input.name);
  if (inner === undefined || (metric.input !== null && measured !== undefined)) return measured ?? null;
  return inner === metric ? (measured ?? null) : firstModel(layer, inner, depth + 1);
}

function savedQueries(layer: SemanticLayer, query: SavedQuery, context: LayerContext): CollectedQuery[] {
  const id = context.nativeId('saved_query', query.project, query.name);
  const lists = query.metrics.slice(0, SAVED_METRICS_MAX).map((name) => savedVariant(layer, query, name));
  const problems: Problem[] = lists.flatMap((one) => one.problems);
  if (query.metrics.length === 0) problems.push({ code: 'unsupported', message: 'a saved query without metrics only lists values of dimensions' });
  if (query.metrics.length > SAVED_METRICS_MAX) problems.push({ code: 'too-large', message: `the saved query has more than ${SAVED_METRICS_MAX} metrics` });
  const { file, pointer } = query.place;
  const part: Part = { role: 'query', sqlKind: 'statement', raw: '', reconstructed: true, variants: lists.flatMap((one) => one.variant ?? []), problems, origin: context.origins.add(file, pointer) };
  const first = query.metrics.map((name) => layer.metrics.get(name)).find((metric) => metric !== undefined);
  const model = first === undefined ? null : firstModel(layer, first, 0);
  const filters = query.filters.map((fragment, index) => {
    const name = index === 0 ? 'filter' : `filter:${index + 1}`;
    return record(`${id}:${name}`, query, filterPart(layer, model, fragment, context), context);
  });
  return [record(id, query, part, context), ...filters];
}

/** One metric of a saved query by its dimensions. */
function savedVariant(layer: SemanticLayer, query: SavedQuery, name: string): { variant: QueryVariant | null; problems: Problem[] } {
  const notes = new Notes();
  const lowering = new MetricLowering(layer, notes);
  const metric = layer.metrics.get(name);
  const measured = layer.measure(name);
  const value = metric === undefined
    ? measured === undefined ? null : lowering.aggregate(measured.model, measured.measure, name, query.filters)
    : lowering.metric(metric, query.filters);
  if (metric === undefined && measured === undefined) notes.problem('missing-reference', `the metric ${name} of the saved query is not in these files`);
  if (value === null) return { variant: null, problems: notes.problems };
  const { model } = value;
  if (model === null) {
    if (query.groupBy.length > 0) notes.assume('its dimensions are left out: the metric is taken from several relations');
    return { variant: rebuiltVariant(name, `SELECT ${scalar(value)} AS value`, notes.assumptions), problems: notes.problems };
  }
  const scope = lowering.scope(model, value.timeDimension, []);
  const keys = query.groupBy.slice(0, 100).map((text) => resolveGrouping(text, scope));
  const group = keys.length === 0 ? '' : ` GROUP BY ${keys.map((_, index) => index + 1).join(', ')}`;
  const sql = `SELECT ${[...keys, `${value.sql} AS value`].join(', ')}${fromClause(value)}${group}`;
  return { variant: rebuiltVariant(name, sql, notes.assumptions), problems: notes.problems };
}

interface About {
  name: string;
  label: string | null;
  description: string | null;
  project: string | null;
  owners: Owner[];
  enabled: boolean;
}

function record(nativeId: string, about: About, part: Part, context: LayerContext): CollectedQuery {
  const problems = part.variants.length === 0 && part.problems.length === 0 ? [{ code: 'unreadable' as const, message: 'the text is empty' }] : part.problems;
  return {
    id: `${context.kind}:${nativeId}`,
    kind: context.kind,
    title: about.label ?? about.name.slice(0, 300),
    description: about.description,
    container: context.container(about.project),
    owners: about.owners,
    connection: context.connection,
    isPublic: false,
    lifecycle: about.enabled ? 'active' : 'disabled',
    usage: null,
    schedule: null,
    ...part,
    problems,
  };
}

