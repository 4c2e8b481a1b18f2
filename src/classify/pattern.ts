import { blocksOf } from '../facts/cost.js';
import { CORRECTNESS_LEVELS, type ClassifiedConsumer, type ControlState, type CorrectnessLevel, type DecisionType, type Pattern, type Proposed } from '../model/classified-consumer.js';
import { controlsOfLevel } from './controls.js';
import type { Unit } from './units.js';

/** How a consumer is served, by where most of what it reads lies; null where nothing tells. Part 066 §10. */
export function currentPattern({ sent }: Unit): Pattern | null {
  const counts = new Map<Pattern, number>();
  for (const { access, boundary } of sent) {
    for (const relation of access.statement.direct_relations) {
      const pattern = patternOf(boundary.store.role, boundary.zones.get(relation)?.zone ?? 'unknown');
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    }
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return most?.[0] ?? null;
}

function patternOf(role: string, zone: string): Pattern {
  if (role === 'replica') return 'read-replica';
  if (role === 'projection') return 'projection-store';
  if (role === 'warehouse') return 'warehouse-mart';
  if (zone === 'read_model') return 'operational-read-model';
  return ['mart', 'semantic', 'raw', 'secure'].includes(zone) ? 'reporting-schema' : 'operational-store';
}

/** The decision matrix of §11: where a decision of each type is served well, the first of which is proposed. */
const GOOD: Record<DecisionType, readonly Pattern[]> = {
  'operational-command': ['operational-store', 'operational-read-model'],
  'operational-read': ['operational-read-model', 'operational-store', 'read-replica', 'projection-store'],
  'near-real-time-monitoring': ['incremental-mart', 'projection-store', 'operational-read-model', 'warehouse-mart'],
  'management-reporting': ['warehouse-mart', 'incremental-mart', 'reporting-schema'],
  'regulatory-report': ['governed-report-run', 'warehouse-mart'],
  'investigation-analytics': ['governed-sandbox', 'warehouse-mart', 'read-replica', 'reporting-schema'],
  'product-analytics': ['warehouse-mart', 'incremental-mart'],
  'ml-features': ['feature-store', 'warehouse-mart'],
};

const REASONS: Record<DecisionType, string> = {
  'operational-command': 'a command is decided by the exact current state, in the transaction that changes it',
  'operational-read': 'a simple list of the present state is a read model or a replica',
  'near-real-time-monitoring': 'a screen that refreshes every few minutes is served by a mart that is loaded incrementally, or by a projection',
  'management-reporting': 'aggregation over a long time belongs into a mart',
  'regulatory-report': 'an official number comes from a governed mart, by a run that is recorded',
  'investigation-analytics': 'exploration wants a sandbox over governed data',
  'product-analytics': 'funnels and retention want events in a warehouse',
  'ml-features': 'features want a feature store or a warehouse, with lineage',
};

/** Where a consumer should move, and why; null where it is served well, reads little, or nothing tells. */
export function targetOf(unit: Unit, decision: Proposed<DecisionType> | null, current: Pattern | null): ClassifiedConsumer['target'] {
  if (decision === null || current === null || GOOD[decision.value].includes(current)) return null;
  const fromOperational = ['operational-store', 'operational-read-model', 'read-replica'].includes(current);
  // What looks up a few rows by key harms nobody where it is.
  const heavy = unit.sent.some(({ access }) => access.statement.class === 'analytical' || access.statement.class === 'mixed');
  if (fromOperational && !heavy && decision.value !== 'regulatory-report') return null;
  const [best] = GOOD[decision.value];
  return best === undefined ? null : { pattern: best, reason: REASONS[decision.value] };
}

/** What its analytical statements take from operational stores and replicas; entries that several statements share count once. */
export function freedBy({ sent }: Unit): ClassifiedConsumer['frees'] {
  const own = sent.filter(({ access, boundary }) => boundary.store.role !== 'warehouse' && (access.statement.class === 'analytical' || access.statement.class === 'mixed') && access.rows.length > 0);
  if (own.length === 0) return null;
  const rows = new Map(own.flatMap(({ access, boundary }) => access.rows.map((row) => [row, boundary] as const)));
  let [blocks, all, milliseconds, time, calls] = [0, 0, 0, 0, 0];
  for (const [row] of rows) [blocks, milliseconds, calls] = [blocks + blocksOf(row), milliseconds + row.execution_ms, calls + row.calls];
  for (const boundary of new Set(rows.values())) [all, time] = [all + boundary.totals.blocks, time + boundary.totals.execution_ms];
  return { blockShare: all > 0 ? blocks / all : null, timeShare: time > 0 ? milliseconds / time : null, calls };
}

/** The highest level of which every control is present; null where it has not even the freshness of an operational dashboard. */
export function actualLevel(controls: readonly ControlState[]): CorrectnessLevel | null {
  const has = new Set(controls.filter(({ state }) => state === 'present').map(({ control }) => control));
  const met = CORRECTNESS_LEVELS.filter((level) => controlsOfLevel(level).every((control) => has.has(control)));
  return met.at(-1) ?? null;
}

const LEVEL_WORDS: Record<CorrectnessLevel, string> = {
  exploratory: 'exploration', 'operational-dashboard': 'an operational dashboard', 'management-dashboard': 'a management dashboard', 'financial-regulatory': 'a financial or regulatory report', 'legal-evidence': 'legal evidence',
};

/** Machinery that only official numbers need. */
const OFFICIAL = ['reproducible-run', 'approval'];

export function fitOf(level: CorrectnessLevel | null, controls: readonly ControlState[]): Pick<ClassifiedConsumer, 'fit' | 'fitReason'> {
  if (level === null) return { fit: 'undetermined', fitReason: 'nobody has said how correct it has to be, and nothing tells' };
  const words = LEVEL_WORDS[level];
  const required = controls.filter((control) => control.required);
  const missing = required.filter(({ state }) => state === 'absent');
  if (missing.length > 0) return { fit: 'under', fitReason: `${words} needs ${listed(missing.map(({ control }) => control))}: ${missing[0]?.evidence ?? ''}` };
  const open = required.filter(({ state }) => state === 'unknown');
  if (open.length > 0) return { fit: 'undetermined', fitReason: `${listed(open.map(({ control }) => control))} could not be looked at` };
  const spare = controls.filter(({ control, required: needed, state }) => !needed && state === 'present' && OFFICIAL.includes(control));
  if (spare.length === OFFICIAL.length && CORRECTNESS_LEVELS.indexOf(level) <= 1) return { fit: 'over', fitReason: `${words} does not need ${listed(spare.map(({ control }) => control))}` };
  return { fit: 'fits', fitReason: required.length === 0 ? `${words} needs no control` : `it has ${listed(required.map(({ control }) => control))}` };
}

function listed(names: readonly string[]): string {
  const words = names.map((name) => name.replaceAll('-', ' '));
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
