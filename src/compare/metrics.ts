import { compareText } from '../findings/order.js';
import type { MetricVerdict } from '../model/metric-verdict.js';
import type { MetricSummary } from '../model/report.js';
import type { Direction, MetricChange } from './comparison.js';
import type { ComparedReport } from './report-schema.js';

/** Metrics whose verdict changed, and those that one side alone knows; a side that says nothing of metrics knows none. */
export function changedMetrics(before: Pick<ComparedReport, 'metrics'>, after: Pick<ComparedReport, 'metrics'>): MetricChange[] {
  if (before.metrics === undefined || after.metrics === undefined) return [];
  const [first, second] = [keyed(before.metrics), keyed(after.metrics)];
  return [...new Set([...first.keys(), ...second.keys()])].sort(compareText).flatMap((key): MetricChange[] => {
    const [one, other] = [first.get(key), second.get(key)];
    const either = other ?? one;
    if (either === undefined || one?.verdict === other?.verdict) return [];
    const { id, name, store, relation } = either;
    return [{ id, name, store, relation, direction: directionOf(one?.verdict ?? null, other?.verdict ?? null), before: known(one), after: known(other) }];
  });
}

function keyed(metrics: readonly MetricSummary[]): Map<string, MetricSummary> {
  return new Map(metrics.map((metric) => [`${metric.store}\n${metric.name}\n${metric.relation}\n${metric.id}`, metric]));
}

function known(metric: MetricSummary | undefined): MetricChange['before'] {
  return metric === undefined ? null : { verdict: metric.verdict, definitions: metric.definitions };
}

function agree(verdict: MetricVerdict): boolean {
  return verdict === 'equal' || verdict === 'equal-under';
}

/** Definitions that part on some rows are worse than those that agree; of what is undecided nothing is known. */
function directionOf(before: MetricVerdict | null, after: MetricVerdict | null): Direction {
  if (before === null) return after !== null && !agree(after) && after !== 'undecided' ? 'worse' : 'same';
  if (after === null) return agree(before) || before === 'undecided' ? 'same' : 'better';
  if (after === 'undecided') return 'unknown';
  if (agree(after)) {
    if (agree(before)) return after === 'equal' ? 'better' : 'worse';
    return 'better';
  }
  return agree(before) ? 'worse' : 'same';
}
