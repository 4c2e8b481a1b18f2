import type { LiveConfiguration } from '../model/configuration.js';
import { deadlineOn } from '../probes/engines.js';
import type { PROBES, ProbeId } from '../probes/index.js';
import type { FileProbe, ProbeInput, ProbeTarget, StoreProbe } from '../probes/probe.js';
import { isProbeId } from './sample.js';
import { fraction } from './sessions.js';

/** First runs fall apart by up to so much, or by their pace where that is shorter. */
const START_SPREAD_MS = 2_000;
/** A sample speaks for three of its paces: a pace that grows faster would leave a hole before the next one. */
const PACE_GROWTH_MAX = 2.5;
const WEIGHTS = ['vital', 'light', 'heavy'] as const;

type Runner = (input: ProbeInput) => Promise<unknown>;

/** When something is due, by a clock that never goes back. */
export class Timetable {
  #due_ms: number;
  /** The pace in force. */
  pace_seconds: number;

  constructor(
    readonly planned_seconds: number,
    name: string,
    now_ms: number,
  ) {
    this.pace_seconds = planned_seconds;
    this.#due_ms = now_ms + fraction(name) * Math.min(START_SPREAD_MS, planned_seconds * 1000);
  }

  get due_ms(): number {
    return this.#due_ms;
  }

  hasten(now_ms: number): void {
    this.#due_ms = Math.min(this.#due_ms, now_ms);
  }

  /** Sets the next moment. What was missed, as by a machine that slept, is not made up for. */
  next(now_ms: number, factor: number): void {
    const wanted = this.planned_seconds * factor;
    this.pace_seconds = Math.min(wanted, this.pace_seconds * PACE_GROWTH_MAX);
    const next = this.#due_ms + this.pace_seconds * 1000;
    this.#due_ms = next > now_ms ? next : now_ms + this.pace_seconds * 1000;
  }
}

/** One probe at one store. */
export interface StoreJob {
  id: ProbeId;
  target: ProbeTarget;
  weight: StoreProbe<unknown>['weight'];
  deadline_ms: number;
  create(): Runner;
  times: Timetable;
  /** Belongs to one connection. */
  runner: { run: Runner; generation: number } | null;
}

/** One probe at one path. */
export interface FileJob {
  id: ProbeId;
  path: string;
  deadline_ms: number;
  run: (input: { signal: AbortSignal }) => Promise<unknown>;
  times: Timetable;
}

type Probes = Partial<typeof PROBES>;

/** Samples that no schedule runs stand among the probes too. */
function entries(probes: Probes): { id: ProbeId; probe: StoreProbe<unknown> | FileProbe<unknown> }[] {
  return Object.entries(probes).flatMap(([id, probe]) =>
    isProbeId(id) && (probe.kind === 'store' || probe.kind === 'files') ? [{ id, probe }] : [],
  );
}

/** What is looked at in a store, what matters most first. */
export function storeJobs(probes: Probes, target: ProbeTarget, now_ms: number): StoreJob[] {
  const jobs: StoreJob[] = [];
  for (const { id, probe } of entries(probes)) {
    if (probe.kind !== 'store' || !probe.applies(target)) continue;
    jobs.push({
      id,
      target,
      weight: probe.weight,
      deadline_ms: deadlineOn(target.engine, probe.deadline_ms),
      create: () => probe.create(target),
      times: new Timetable(probe.paceOf?.(target) ?? probe.pace_seconds, `${target.store}/${id}`, now_ms),
      runner: null,
    });
  }
  return jobs.sort((a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight));
}

export function fileJobs(probes: Probes, settings: LiveConfiguration, now_ms: number): FileJob[] {
  return entries(probes).flatMap(({ id, probe }) => {
    if (probe.kind !== 'files') return [];
    return [...new Set(probe.paths(settings))].map((path) => ({
      id,
      path,
      deadline_ms: probe.deadline_ms,
      run: probe.create(path),
      times: new Timetable(probe.pace_seconds, `${path}/${id}`, now_ms),
    }));
  });
}

