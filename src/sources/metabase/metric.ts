import type { LoweringContext } from './lower.js';
import { isClause, type Clause, type Stage } from './mbql.js';

/** A question about a metric as one about what the metric reads, with its joins, custom columns and conditions. */
export function aboutMetric(stage: Stage, context: LoweringContext): Stage {
  const { source } = stage;
  if (source.kind !== 'card' || !context.isMetric(source.id)) return stage;
  const metric = context.metric(source.id, 'metric');
  if (metric === null) return stage;
  const whole: Stage = {
    ...stage,
    source: metric.source,
    joins: [...metric.joins, ...stage.joins],
    expressions: [...metric.expressions, ...stage.expressions],
    filters: [...metric.filters, ...stage.filters],
  };
  return context.expanding(`about ${JSON.stringify(source.id)}`, () => aboutMetric(whole, context)) ?? stage;
}

/** A metric's own conditions move into its aggregate. */
export function withFilters(aggregation: Clause, filters: readonly Clause[]): Clause {
  const [only] = filters;
  if (only === undefined) return aggregation;
  const condition: Clause = filters.length === 1 ? only : { operator: 'and', options: {}, arguments: [...filters] };
  switch (aggregation.operator) {
    case 'count':
      return { ...aggregation, operator: 'count-where', arguments: [condition] };
    case 'sum':
    case 'distinct':
      return { ...aggregation, operator: `${aggregation.operator}-where`, arguments: [aggregation.arguments[0] ?? null, condition] };
    default: {
      const chosen: Clause = { operator: 'case', options: {}, arguments: [[[condition, aggregation.arguments[0] ?? null]]] };
      return { ...aggregation, arguments: [chosen, ...aggregation.arguments.slice(1)] };
    }
  }
}

/** `annotate.clj`: a name given by a person, else the function's. */
export function aggregationName(clause: Clause): string {
  const given = clause.options['name'] ?? clause.options['display-name'];
  if (typeof given === 'string' && given !== '') return given;
  const inner = clause.arguments[0];
  switch (clause.operator) {
    case 'aggregation-options':
      return isClause(inner) ? aggregationName(inner) : 'expression';
    case 'distinct':
    case 'cum-count':
      return 'count';
    case 'cum-sum':
      return 'sum';
    default:
      return /^[-+*/]$/.test(clause.operator) ? 'expression' : clause.operator;
  }
}
