import type { MetricConfiguration } from '../../model/configuration.js';
import type { MetricDeclaration } from '../../model/metric-declaration.js';
import { like } from '../../text/glob.js';
import { sqlIdentifier, sqlRelation } from '../../text/sql-name.js';
import type { DeclaredDefinition } from './definition.js';

/** Who declares the metrics of the configuration. */
export const CONFIGURATION = 'tidemark.yaml';

/** The metrics of the configuration that say what they measure. Those that only gather claims give none. */
export function configuredDefinitions(metrics: readonly MetricConfiguration[]): DeclaredDefinition[] {
  return metrics.flatMap((metric): DeclaredDefinition[] => {
    const outputAlias = aliasOf(metric.name);
    const sql = sqlOf(metric, outputAlias);
    if (sql === null || metric.store === null) return [];
    return [{ declaration: declarationOf(metric), store: metric.store, sql, title: metric.name, outputAlias, origin: null, relation: metric.relation }];
  });
}

/** What the configuration says of a metric. */
export function declarationOf(metric: MetricConfiguration): MetricDeclaration {
  return {
    by: CONFIGURATION, name: metric.name, label: metric.name, intent: metric.intent, owner: metric.owner, version: metric.version, deprecated: metric.deprecated,
    aliases: metric.aliases, time: metric.time, dimensions: metric.dimensions, grain: metric.grain, fillNullsWith: null, nonAdditive: null, access: metric.access,
    changelog: metric.changelog, incomplete: null,
  };
}

function sqlOf({ sql, relation, formula, eligibility }: MetricConfiguration, outputAlias: string): string | null {
  if (sql !== null) return sql.trim().replace(/(?:\s*;)+$/, '');
  if (formula === null || relation === null) return null;
  const where = eligibility === null ? '' : ` WHERE ${closed(eligibility)}`;
  return `SELECT ${closed(formula)} AS ${outputAlias} FROM ${sqlRelation(relation)}${where}`.trimEnd();
}

/** A comment at the end of a text must not swallow what follows. */
function closed(text: string): string {
  const trimmed = text.trim();
  return trimmed.includes('--') ? `${trimmed}\n` : trimmed;
}

/** `open cases (weekly)` → `open_cases_weekly`. */
function aliasOf(name: string): string {
  const words = name.normalize('NFC').toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  return sqlIdentifier(words.length === 0 ? 'value' : words.join('_').slice(0, 60));
}

/** What a person can name a claim by. */
export interface NamedClaim {
  title: string;
  /** The dashboard or folder; null where it stands alone. */
  container: string | null;
}

/** Whether a person put the claim to the metric. */
export function pinned(metric: Pick<MetricConfiguration, 'pin'>, claim: NamedClaim): boolean {
  return metric.pin.some((pattern) => names(pattern, claim));
}

/** Whether a person said that the claim means another thing than the metric. */
export function parted(metric: Pick<MetricConfiguration, 'split'>, claim: NamedClaim): boolean {
  return metric.split.some((pattern) => names(pattern, claim));
}

function names(pattern: string, { title, container }: NamedClaim): boolean {
  return like(title, pattern) || (container !== null && like(`${container} / ${title}`, pattern));
}
