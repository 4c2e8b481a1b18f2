import type { EpochSeconds, StreamView } from '../../model/live.js';
import type { WalSender } from '../../probes/replication.js';
import { plainText } from '../../text/plain-text.js';
import { Series } from '../series.js';
import { momentText } from './moment.js';
import type { Look } from './slot-memory.js';
import { lagObjective, NOTHING, streamOf, type Stream } from './stream.js';
import type { StreamSettings } from './stream-settings.js';

/** A standby that starts again is back within this. */
const ABSENCE_SECONDS = 60;
/** How long one that has left is still spoken of. */
const DEPARTED_SECONDS = 900;
/** Programs that come and go. */
const PASSING: ReadonlySet<string> = new Set(['pg_basebackup', 'pg_receivewal']);

interface Frame {
  store: string;
  look: Look;
  at: EpochSeconds;
  pace_seconds: number;
  settings: (name: string) => StreamSettings;
}

/** Standbys that followed without a slot: when one leaves, the server shows nothing of it any more, and it is not well. */
export class DepartedStandbys {
  /** When each was last connected, by the server's clock. */
  readonly #seen = new Map<string, EpochSeconds>();

  /** `free`: senders that serve no slot; `all`: every sender of the same look. */
  streams(free: readonly WalSender[], all: readonly WalSender[], { store, look, at, pace_seconds, settings }: Frame): Stream[] {
    for (const { application_name: name, state } of free) if (name !== null && name !== '' && state !== null && !PASSING.has(name)) this.#seen.set(name, look.at);
    const present = new Set(all.map(({ application_name }) => application_name));
    const gone: Stream[] = [];
    for (const [name, seen_at] of this.#seen) {
      const away_seconds = look.at - seen_at;
      if (away_seconds > DEPARTED_SECONDS) this.#seen.delete(name);
      else if (!present.has(name)) gone.push(departed(settings(name), store, { at, pace_seconds, seen_at, look }));
    }
    return gone;
  }
}

function departed(settings: StreamSettings, store: string, { at, pace_seconds, seen_at, look }: { at: EpochSeconds; pace_seconds: number; seen_at: EpochSeconds; look: Look }): Stream {
  return streamOf(at, pace_seconds, () => {
    const name = plainText(settings.name, 80);
    const state = look.at - seen_at <= ABSENCE_SECONDS ? 'ok' : 'warning';
    const view: StreamView = {
      ...NOTHING,
      name,
      store,
      kind: 'standby',
      plugin: '',
      state,
      diagnosis: 'disconnected',
      status: 'disconnected',
      cause: `${name}: the standby has not been connected since ${momentText(seen_at, look.at)}, and no slot holds WAL for it: it falls behind until it cannot catch up; start it, or look at the network`,
      history: new Series([]),
      limit_seconds: settings.lag_seconds_max,
    };
    return { view, objectives: [lagObjective(view, 'standby', { state, since: seen_at })] };
  });
}
