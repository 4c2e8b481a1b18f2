import type { HopView } from '../../model/live.js';
import type { SlotEvidence } from './evidence.js';
import type { Stage } from './landed.js';

/** Below this no stage is called the slow one. */
const SLOW_SECONDS_MIN = 1;

interface Reached {
  to: string;
  /** How far behind the primary the stage lies; null where nothing tells. */
  behind_seconds: number | null;
  evidence: string;
}

/** The way of a change from its commit to its readers. Of the stages in the warehouse only those that are looked at are listed. */
export function hopsOf(e: SlotEvidence, landed: Stage | null, transformed: Stage | null, copy_seconds: number | null): HopView[] {
  const stages: Reached[] = [
    { to: 'decoded', behind_seconds: e.unsent?.lag.value ?? null, evidence: e.unsent === null ? 'not connected, or hidden from this role' : 'LSN clock at sent_lsn' },
    { to: 'received', behind_seconds: e.unconfirmed?.lag.value ?? null, evidence: 'LSN clock at confirmed_flush_lsn' },
  ];
  if (landed !== null || copy_seconds !== null) {
    stages.push({ to: 'landed', behind_seconds: landed?.lag?.value ?? null, evidence: landed?.evidence ?? 'no column tells how far loaded rows reach' });
  }
  if (transformed !== null) stages.push({ to: 'transformed', behind_seconds: transformed.lag?.value ?? null, evidence: transformed.evidence });
  const hops = chain('commit', stages, e.look.at);
  const last = hops.at(-1);
  if (copy_seconds !== null && last !== undefined) {
    const reached_at = last.reached_at === null ? null : last.reached_at - copy_seconds;
    const evidence = copy_seconds === 0 ? 'readers see it at once' : 'time of the copy that is read';
    hops.push({ from: last.to, to: 'visible', seconds: copy_seconds, reached_at, slowest: false, evidence });
  }
  return withSlowest(hops);
}

/** Each stage's share of the lag. What a stage is shown to have passed, those before it have passed too: never below zero. */
export function chain(origin: string, stages: readonly Reached[], now: number): HopView[] {
  let from = origin;
  let reached = 0;
  return stages.map(({ to, behind_seconds, evidence }) => {
    const behind = behind_seconds === null ? null : Math.max(reached, behind_seconds);
    const hop = { from, to, seconds: behind === null ? null : behind - reached, reached_at: behind === null ? null : now - behind, slowest: false, evidence };
    from = to;
    reached = behind ?? reached;
    return hop;
  });
}

export function withSlowest(hops: readonly HopView[]): HopView[] {
  const most = Math.max(...hops.map(({ seconds }) => seconds ?? 0));
  const slowest = most < SLOW_SECONDS_MIN ? -1 : hops.findIndex(({ seconds }) => seconds === most);
  return hops.map((hop, index) => ({ ...hop, slowest: index === slowest }));
}
