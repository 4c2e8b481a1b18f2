import { expect } from 'vitest';
import { defaultLive } from '../../src/config/live-defaults.js';
import type { StoreProbe } from '../../src/probes/probe.js';
import { openLive } from '../../src/stores/index.js';
import type { LiveSession } from '../../src/stores/live.js';
import { noContext } from './store-context.js';

/** A session of the product on a PostgreSQL server, which is called `production` in messages. */
export function openProduction(url: string): Promise<LiveSession> {
  return openLive('postgres', { name: 'production', url }, noContext);
}

/** Runs of one probe on one session, as a watch makes them. Each answer is checked against the form that journals keep. */
export function runsOf<P>(probe: StoreProbe<P>, session: LiveSession): () => Promise<P> {
  const run = probe.create({ store: session.store, role: 'operational', engine: session.engine, settings: defaultLive, catalog: null });
  const { signal } = new AbortController();
  return async () => {
    const answer = await run({ session, sessionOf: () => Promise.resolve(session), signal, now: () => 0 });
    expect(probe.payload.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
    return answer;
  };
}
