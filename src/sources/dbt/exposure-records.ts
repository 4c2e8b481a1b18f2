import type { CollectedQuery, Container, Problem, QueryVariant } from '../../model/query.js';
import { Notes } from '../../template/result.js';
import { rebuiltVariant } from '../../template/wrap.js';
import { titleOf } from '../common/words.js';
import { fromClause, MetricLowering } from '../metricflow/lower.js';
import type { SemanticLayer } from '../metricflow/model.js';
import { baseRecord, connectionOf, originOf, ownersIn, type RecordContext } from './context.js';
import type { DbtExposure } from './model.js';

/** What one exposure reads, each a variant, at most. */
const READS_MAX = 200;

/** A consumer outside of dbt: nobody knows its SQL, but the project says which relations it reads. */
export function exposureRecord(exposure: DbtExposure, layer: SemanticLayer, context: RecordContext): CollectedQuery {
  const { variants, problems } = reads(exposure, layer, context);
  return {
    ...baseRecord(exposure.uniqueId),
    role: 'query',
    sqlKind: 'relation',
    title: titleOf(exposure.label) ?? titleOf(exposure.name),
    description: exposure.description,
    container: containerOf(exposure),
    owners: ownersIn(context, exposure),
    connection: connectionOf(context),
    origin: originOf({ ...exposure.place, offset: 0 }, context.origins),
    raw: '',
    reconstructed: true,
    variants,
    lifecycle: exposure.enabled ? 'active' : 'disabled',
    usage: usageOf(exposure),
    schedule: null,
    problems,
  };
}

function reads({ dependsOn }: DbtExposure, layer: SemanticLayer, context: RecordContext): { variants: QueryVariant[]; problems: Problem[] } {
  const notes = new Notes();
  const variants: QueryVariant[] = [];
  for (const reference of [...new Set(dependsOn)].slice(0, READS_MAX)) {
    const metric = metricName(reference);
    if (metric !== null) {
      const known = layer.metrics.get(metric);
      const value = known === undefined ? null : new MetricLowering(layer, notes).metric(known);
      if (value !== null) variants.push(rebuiltVariant(metric, `SELECT ${value.sql} AS value${fromClause(value)}`, ['it shows the metric in a way that only the tool knows']));
      else notes.problem('missing-reference', `the metric ${metric.slice(0, 120)} that it shows is not in these files`);
      continue;
    }
    const relation = context.relations.read(reference);
    if (relation !== null) variants.push(rebuiltVariant(relation.identifier, `SELECT * FROM ${relation.sql}`, ['it reads columns of the relation that only the tool knows']));
    else notes.problem('missing-reference', `${reference.slice(0, 120)}, which it reads, is not in these files`);
  }
  if (dependsOn.length > READS_MAX) notes.problem('too-large', `it reads more than ${READS_MAX} relations`);
  if (dependsOn.length === 0) notes.problem('missing-reference', 'the exposure does not say what it reads');
  return { variants, problems: notes.problems };
}

/** `metric('revenue')` or `metric.shop.revenue`. */
function metricName(reference: string): string | null {
  return /^\s*(?:\{\{\s*)?metric\(\s*['"]([\w.]{1,200})['"]/.exec(reference)?.[1] ?? /^metric\.[^.]{1,200}\.(.{1,200})$/.exec(reference)?.[1] ?? null;
}

function containerOf({ type, url, uniqueId, label, name }: DbtExposure): Container {
  return { kind: type === 'notebook' ? 'notebook' : 'dashboard', id: addressOf(url) ?? uniqueId, title: titleOf(label) ?? titleOf(name) };
}

/** Without what follows the path: parameters may hold a token, the part before the host a password. */
function addressOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, host, pathname } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? `${protocol}//${host}${pathname}`.slice(0, 500) : null;
}

/** dbt-metabase writes when a card was last opened. */
function usageOf({ meta, config }: DbtExposure): CollectedQuery['usage'] {
  const last: unknown = { ...meta, ...config?.meta }['last_used_at'];
  return typeof last === 'string' && /^\d{4}-\d{2}-\d{2}T?[\d:. +Z-]{0,30}$/.test(last) ? { views: null, lastUsedAt: last } : null;
}
