import type { ClassifiedConsumer, Control, CorrectnessLevel, DecisionType, Pattern, Proposed } from '../../model/classified-consumer.js';
import type { Outcome } from '../../model/report.js';
import type { Health, ReviewArea } from '../../model/review.js';
import type { Area, Finding } from '../../model/finding.js';

/** What stands before people in place of the words of the model. */
export const AREA_WORDS: Record<ReviewArea, string> = {
  workload: 'Workload isolation', correctness: 'Correctness', movement: 'Data movement', security: 'Security and privacy', ownership: 'Ownership', operations: 'Operations',
};

export const FINDING_AREA_WORDS: Record<Area, string> = {
  workload: 'workload', drift: 'metric drift', coupling: 'coupling', privacy: 'privacy', guardrail: 'guardrails', correctness: 'correctness', movement: 'data movement', ownership: 'ownership',
};

export const OUTCOME_WORDS: Record<Outcome, { mark: string; word: string }> = {
  holds: { mark: 'ok', word: 'holds' }, violated: { mark: 'error', word: 'violated' }, undetermined: { mark: 'unknown', word: 'could not be determined' },
};

export const HEALTH_WORDS: Record<Health, string> = {
  ok: 'nothing found', note: 'note', warning: 'warning', error: 'error', unknown: 'not known',
};

export const DECISION_WORDS: Record<DecisionType, string> = {
  'operational-command': 'operational command', 'operational-read': 'operational read', 'near-real-time-monitoring': 'near-real-time monitoring', 'management-reporting': 'management reporting',
  'regulatory-report': 'regulatory report', 'investigation-analytics': 'investigation', 'product-analytics': 'product analytics', 'ml-features': 'machine-learning features',
};

export const LEVEL_WORDS: Record<CorrectnessLevel, string> = {
  exploratory: 'exploratory', 'operational-dashboard': 'operational dashboard', 'management-dashboard': 'management dashboard', 'financial-regulatory': 'financial or regulatory', 'legal-evidence': 'legal evidence',
};

export const CONTROL_WORDS: Record<Control, { short: string; word: string }> = {
  caveat: { short: 'Ca', word: 'caveat' }, 'freshness-watermark': { short: 'Fr', word: 'freshness watermark' }, 'metric-contract': { short: 'Me', word: 'metric contract' },
  reconciliation: { short: 'Rc', word: 'reconciliation' }, 'reproducible-run': { short: 'Ru', word: 'reproducible run' }, approval: { short: 'Ap', word: 'approval' }, lineage: { short: 'Li', word: 'lineage' },
  'immutable-evidence': { short: 'Im', word: 'immutable evidence' }, provenance: { short: 'Pr', word: 'provenance' },
};

export const PATTERN_WORDS: Record<Pattern, string> = {
  'operational-store': 'operational store', 'operational-read-model': 'operational read model', 'read-replica': 'read replica', 'reporting-schema': 'reporting schema', 'warehouse-mart': 'warehouse mart',
  'incremental-mart': 'incremental mart', 'projection-store': 'projection store', 'governed-report-run': 'governed report run', 'governed-sandbox': 'governed sandbox', 'feature-store': 'feature store',
  'search-projection': 'search projection', 'graph-projection': 'graph projection',
};

export const FIT_WORDS: Record<ClassifiedConsumer['fit'], { mark: string; word: string }> = {
  fits: { mark: 'ok', word: 'fits' }, under: { mark: 'error', word: 'under-engineered' }, over: { mark: 'warning', word: 'over-engineered' }, undetermined: { mark: 'unknown', word: 'not determined' },
};

export const PHASE_WORDS = { today: 'today', 'this-week': 'this week', 'this-month': 'this month', later: 'later' } as const;

/** `confirmed` or `proposed, 70 % sure`. */
export function saidHow(proposed: Proposed<unknown>): string {
  if (proposed.via === 'configured') return 'confirmed';
  return Number.isFinite(proposed.confidence) ? `proposed, ${Math.round(proposed.confidence * 100)} % sure` : 'proposed';
}

/** What was looked at is told apart from what a baseline, a waiver or a comment hides. */
export function isHidden({ suppressions = [] }: Finding): boolean {
  return suppressions.length > 0;
}

/** `2026-11-23 02:44 UTC` of ISO 8601, without asking where the reader is; what is not ISO 8601 stays as it is. */
export function moment(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?Z$/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]} UTC`;
}
