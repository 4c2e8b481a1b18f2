import type { PayloadOf, ProbeId, SampleOf } from '../../src/probes/index.js';

/** Samples as the schedule leaves them, with what a test speaks of. */

interface Moment {
  at: number;
  store?: string;
  pace_seconds?: number;
  elapsed_ms?: number;
  slowed?: string | null;
}

const frame = <Id extends ProbeId>(probe: Id, { at, store = 'production', pace_seconds = 15, elapsed_ms = 4, slowed = null }: Moment) => ({
  probe, store, at, elapsed_ms, received_bytes: 400, pace_seconds, slowed,
});

export function good<Id extends ProbeId>(probe: Id, moment: Moment, payload: PayloadOf<Id>): SampleOf<Id> {
  return { ...frame(probe, moment), payload, failure: null };
}

export function failed<Id extends ProbeId>(probe: Id, moment: Moment, message: string): SampleOf<Id> {
  return { ...frame(probe, moment), payload: null, failure: { reason: 'lost', message, next_step: 'It is tried again by itself.' } };
}

type Work = PayloadOf<'statements'>['work'][number];

export function work(query_id: string | null, execution_ms: number, overrides: Partial<Work> = {}): Work {
  return { role: 'metabase_ro', query_id, toplevel: true, calls: 3, execution_ms, rows: 12, shared_blocks: 800, temp_blocks: 0, restarted: false, entered: false, ...overrides };
}

export function statements(entries: Work[], overrides: Partial<PayloadOf<'statements'>> = {}): PayloadOf<'statements'> {
  return { server_time: 0, first: false, over_seconds: 15, work: entries, texts: [], entries: 40, entries_max: 5000, texts_unread: null, evictions: 0, reset: false, own_ms: 6, ...overrides };
}

type Recognised = PayloadOf<'audit'>['statements'][number];

export function recognised(query_id: string, kind: Recognised['class'], overrides: Partial<Recognised> = {}): Recognised {
  return { store: 'production', role: 'metabase_ro', query_id, toplevel: true, origin: `metabase card ${query_id}`, owner: 'Operations Analytics', class: kind, finding: null, ...overrides };
}

export function audit(known: Recognised[], overrides: Partial<PayloadOf<'audit'>> = {}): PayloadOf<'audit'> {
  return { statements: known, readers: [], findings: [], blind: [], ...overrides };
}
