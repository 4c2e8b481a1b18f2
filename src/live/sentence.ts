import { STATES, type LiveView, type ObjectiveView, type State } from '../model/live.js';

/** Of two objectives that stand equally badly, what comes first on the way of the data explains what comes after. */
const CAUSES: readonly ObjectiveView['kind'][] = ['wal', 'pipeline', 'lag', 'standby', 'freshness', 'reconciliation', 'transaction', 'workload'];

/** Worst first; among equals the cause before its consequences, then the one that lasts longest. */
export function worstFirst(objectives: readonly ObjectiveView[]): ObjectiveView[] {
  const byKind = (objective: ObjectiveView): number => CAUSES.indexOf(objective.kind);
  return [...objectives].sort(
    (a, b) =>
      STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
      byKind(a) - byKind(b) ||
      (a.since ?? 0) - (b.since ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** The cause, then what to do about it. */
export function withNextStep({ message, next_step }: { message: string; next_step: string }): string {
  const isOver = /[.;!?]$/.test(message);
  return `${message}${isOver ? '' : /^(?!tidemark )[a-z]/.test(next_step) ? ';' : '.'} ${next_step}`;
}

/** The answer in one sentence, and where to see it. `objectives` are worst first. */
export function answerOf(objectives: readonly ObjectiveView[], probes: LiveView['probes']): Pick<LiveView, 'sentence' | 'leads_to'> {
  const [first] = objectives;
  const isBad = first?.state === 'breach' || first?.state === 'warning';
  // When nothing of a store can be looked at, the reason is one and stands with its probes.
  const silent = isBad ? undefined : probes.find(({ store, failure }) => failure !== null && probes.every((probe) => probe.store !== store || probe.state === 'unknown'));
  if (silent?.failure) return { sentence: withNextStep(silent.failure), leads_to: { screen: 'probes', subject: silent.id } };
  if (first !== undefined && first.state !== 'ok') return { sentence: first.sentence, leads_to: { screen: first.screen, subject: first.subject } };
  const failing = probes.find(({ failure }) => failure !== null);
  if (failing?.failure) return { sentence: withNextStep(failing.failure), leads_to: { screen: 'probes', subject: failing.id } };
  if (first === undefined) return { sentence: 'nothing has been looked at yet', leads_to: null };
  return { sentence: objectives.length === 1 ? 'the one objective holds' : `all ${objectives.length} objectives hold`, leads_to: null };
}

export function countsOf(objectives: readonly ObjectiveView[]): Record<State, number> {
  const counts: Record<State, number> = { breach: 0, warning: 0, unknown: 0, ok: 0 };
  for (const { state } of objectives) counts[state]++;
  return counts;
}
