import type { LiveView } from '../model/live.js';
import { PROBES } from '../probes/index.js';
import { plainText } from '../text/plain-text.js';
import { formatQuantity } from '../text/quantity.js';
import { withNextStep } from './sentence.js';
import { validity_seconds } from './staleness.js';

export interface Readiness {
  ready: boolean;
  /** One for each store. */
  lines: string[];
}

/**
 * Whether every store has been looked at lately: an answer within the validity of the fastest probe that it has ever answered. One probe
 * without its right does not make a store unready; a store that stopped answering does within seconds.
 */
export function readinessOf(view: LiveView): Readiness {
  const ofStores = new Set<string>(Object.values(PROBES).filter(({ kind }) => kind === 'store').map(({ id }) => id));
  const probes = view.probes.filter(({ id }) => ofStores.has(id));
  const stores = [...new Set([...[view.source, view.target].filter((store) => store !== null), ...probes.map(({ store }) => store)])].sort();
  if (stores.length === 0) return { ready: false, lines: ['not ready: no store has been looked at yet'] };
  const looks = stores.map((store) => lookOf(store, probes.filter((probe) => probe.store === store), view.at));
  return { ready: looks.every(({ ready }) => ready), lines: looks.map(({ line }) => line) };
}

function lookOf(store: string, probes: LiveView['probes'], now: number): { ready: boolean; line: string } {
  const name = plainText(store, 80);
  const answered = probes.filter(({ last_at }) => last_at !== null);
  const newest_at = Math.max(...answered.map(({ last_at }) => last_at ?? Number.NEGATIVE_INFINITY));
  const fastest_seconds = Math.min(...answered.map(({ pace_seconds }) => pace_seconds));
  const age = formatQuantity(Math.max(now - newest_at, 0), 'seconds');
  if (answered.length > 0 && now - newest_at <= validity_seconds(fastest_seconds)) return { ready: true, line: `${name}: looked at ${age} ago` };
  const failure = probes.find((probe) => probe.failure !== null)?.failure;
  const cause = failure ? `: ${plainText(withNextStep(failure), 400)}` : '';
  const since = answered.length === 0 ? 'has not been looked at yet' : `was last looked at ${age} ago`;
  return { ready: false, line: `not ready: ${name} ${since}${cause}` };
}
