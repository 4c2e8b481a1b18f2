import type { LiveConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, ObjectiveView, State, StreamView } from '../../model/live.js';
import type { StoreRole } from '../../model/store.js';
import type { Sample, SampleOf } from '../../probes/index.js';
import type { Slot } from '../../probes/replication.js';
import { plainText } from '../../text/plain-text.js';
import { Series } from '../series.js';
import { DepartedStandbys } from './departed.js';
import { evidenceOf, senderOf, surroundingsOf } from './evidence.js';
import { failoverTrouble } from './failover.js';
import { Landings } from './landed.js';
import { logicalStream } from './logical.js';
import { readLsn } from './lsn.js';
import { momentText } from './moment.js';
import { physicalStream } from './physical.js';
import { ReceiverMemory } from './receiving.js';
import { SlotMemory, type Look } from './slot-memory.js';
import { SourceMemory, type Answer, type Failure, type SourceState } from './source.js';
import { lagObjective, NOTHING, presentOf, type Shown, type Stream } from './stream.js';
import { StreamMemory } from './stream-memory.js';
import { settingsOf } from './stream-settings.js';

export type { SourceState } from './source.js';

/**
 * Follows every way of changes out of the stores: what lies in which stage and for how long, what is the matter and what to do.
 * Works on samples alone; what has no fresh sample is unknown.
 */
export class CdcTracker {
  readonly #settings: LiveConfiguration;
  readonly #stores: readonly { name: string; role: StoreRole }[];
  readonly #sources = new Map<string, SourceMemory>();
  readonly #receivers = new Map<string, ReceiverMemory>();
  readonly #receiverFailures = new Map<string, Failure>();
  readonly #standbys = new Map<string, StreamMemory>();
  readonly #departed = new Map<string, DepartedStandbys>();
  readonly #landings: Landings;
  /** By store: what sends, and what receives. */
  readonly #sent = new Map<string, Stream[]>();
  readonly #received = new Map<string, Stream[]>();

  constructor(settings: LiveConfiguration, stores: readonly { name: string; role: StoreRole }[]) {
    this.#settings = settings;
    this.#stores = stores;
    this.#landings = new Landings(settings);
  }

  /** Ignores probes that say nothing of replication. Never throws, whatever order samples come in. */
  accept(sample: Sample): void {
    if (sample.probe === 'replication') this.#acceptReplication(sample);
    else if (sample.probe === 'receiver') this.#acceptReceiver(sample);
    else if (sample.probe === 'publications' && sample.payload !== null) this.#source(sample.store).published.accept(sample.payload, sample.pace_seconds);
    else if (sample.probe === 'wal-directory' && sample.payload !== null) this.#source(sample.store).acceptDirectory(sample.payload);
    else if (sample.probe === 'landed') this.#landings.acceptLanded(sample);
    else if (sample.probe === 'watermarks') this.#landings.acceptWatermarks(sample);
  }

  /** Worst first, then the longest lag. */
  view(now: EpochSeconds): StreamView[] {
    return this.#streams(now)
      .map(({ view }) => view)
      .sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || (b.lag?.value ?? 0) - (a.lag?.value ?? 0) || (a.name < b.name ? -1 : 1));
  }

  objectives(now: EpochSeconds): ObjectiveView[] {
    return this.#streams(now).flatMap(({ objectives }) => objectives);
  }

  /** Null for a store of which no position was seen yet. */
  source(store: string): SourceState | null {
    return this.#sources.get(store)?.state() ?? null;
  }

  #source(store: string): SourceMemory {
    const source = this.#sources.get(store) ?? new SourceMemory();
    this.#sources.set(store, source);
    return source;
  }

  #acceptReplication(sample: SampleOf<'replication'>): void {
    const source = this.#source(sample.store);
    if (!source.accept(sample) || source.look === null || source.answer === null) return;
    this.#sent.set(sample.store, [...this.#logical(sample.store, source, source.look, source.answer), ...this.#physical(sample.store, source, source.look, source.answer)]);
    source.follow(source.answer.payload.slots, source.look);
  }

  #logical(store: string, source: SourceMemory, look: Look, { payload, at, pace_seconds }: Answer): Stream[] {
    const slots = payload.slots.filter(({ slot_type }) => slot_type === 'logical');
    const lasting = slots.filter(({ temporary, synced }) => !temporary && synced !== true);
    // The counters are of one database, and say nothing of slots of others.
    const here = surroundingsOf(source, look, source.published.isKnown(look.at));
    const elsewhere = surroundingsOf(source, look, false);
    return slots.map((slot) => {
      const around = slot.database === source.published.database ? here : elsewhere;
      const memory = this.#memory(source, slot, look, around.previous, readLsn(senderOf(slot, payload)?.sent_lsn));
      const e = evidenceOf(slot, source, memory, settingsOf(this.#settings, store, slot.slot_name), around);
      if (e.unconfirmed?.passed_at != null) memory.follow(look.at, e.unconfirmed.passed_at);
      return logicalStream({ e, around, landings: this.#landings, isOnly: lasting.length === 1 && !slot.temporary, tables: () => source.published.tables(), failover: failoverTrouble(slot, source, this.#sources, at), store, at, pace_seconds });
    });
  }

  #memory(source: SourceMemory, slot: Slot, look: Look, previous: Look, sent: bigint | null): SlotMemory {
    const known = source.slots.get(slot.slot_name);
    const isOther = known?.isOther(slot, source.restarted_at === look.at) ?? false;
    if (known !== undefined && !isOther) {
      known.accept(slot, sent, look, previous);
      return known;
    }
    const memory = new SlotMemory(slot, look);
    if (isOther) memory.recreated_at = look.at;
    source.slots.set(slot.slot_name, memory);
    return memory;
  }

  #physical(store: string, source: SourceMemory, look: Look, { payload, at, pace_seconds }: Answer): Stream[] {
    const input = { source, look, store, at, pace_seconds };
    const physical = payload.slots.filter(({ slot_type }) => slot_type === 'physical');
    const ofSlots = physical.map((slot) => {
      const sender = senderOf(slot, payload);
      const memory = this.#memory(source, slot, look, source.previous ?? look, readLsn(sender?.sent_lsn));
      const settings = settingsOf(this.#settings, store, slot.slot_name);
      const e = evidenceOf(slot, source, memory, settings, surroundingsOf(source, look, false));
      return physicalStream({ ...input, slot, sender, memory, e, settings });
    });
    const taken = new Set(payload.slots.flatMap(({ active_pid }) => (active_pid === null ? [] : [active_pid])));
    const named = new Set(payload.slots.map(({ slot_name }) => slot_name));
    const free = payload.wal_senders.filter(({ pid, slot_name, state }) => !taken.has(pid) && (slot_name === null || !named.has(slot_name)) && state !== 'backup');
    const ofSenders = free.map((sender) => {
      const name = sender.application_name === null || sender.application_name === '' ? `WAL sender ${sender.pid}` : sender.application_name;
      const key = `${store} ${name}`;
      const memory = this.#standbys.get(key) ?? new StreamMemory();
      this.#standbys.set(key, memory);
      return physicalStream({ ...input, slot: null, sender, memory, e: null, settings: settingsOf(this.#settings, store, name) });
    });
    const departed = this.#departed.get(store) ?? new DepartedStandbys();
    this.#departed.set(store, departed);
    const left = departed.streams(free, payload.wal_senders, { store, look, at, pace_seconds, settings: (name) => settingsOf(this.#settings, store, name) });
    return [...ofSlots, ...ofSenders, ...left];
  }

  #acceptReceiver(sample: SampleOf<'receiver'>): void {
    const { store } = sample;
    if (sample.payload === null) {
      this.#receiverFailures.set(store, { at: sample.at, ...sample.failure });
      return;
    }
    this.#receiverFailures.delete(store);
    const memory = this.#receivers.get(store) ?? new ReceiverMemory(store, (name) => settingsOf(this.#settings, store, name));
    this.#receivers.set(store, memory);
    this.#received.set(store, memory.accept(sample, (slot) => this.#upstream(store, slot, sample.at)));
  }

  /** The server that a standby (`slot` is null) or a subscription receives from, where it is looked at and answers. */
  #upstream(store: string, slot: string | null, now: EpochSeconds): SourceMemory | null {
    const own = this.#sources.get(store)?.answer?.payload.system_identifier ?? null;
    for (const [name, source] of this.#sources) {
      const payload = source.fresh(now)?.payload;
      if (name === store || payload === undefined) continue;
      const isUpstream = slot === null ? own !== null && payload.system_identifier === own && !payload.in_recovery : payload.slots.some(({ slot_name }) => slot_name === slot);
      if (isUpstream) return source;
    }
    return null;
  }

  #streams(now: EpochSeconds): Shown[] {
    const streams = [
      ...[...this.#sent].flatMap(([store, all]) => all.map((stream) => presentOf(stream, this.#sources.get(store)?.failure ?? null, now))),
      ...[...this.#received].flatMap(([store, all]) => all.map((stream) => presentOf(stream, this.#receiverFailures.get(store) ?? null, now))),
    ];
    return withUniqueNames([...streams, ...this.#gone(now), ...this.#missing(streams, now)]);
  }

  /** Slots that were dropped a short while ago. */
  #gone(now: EpochSeconds): Shown[] {
    return [...this.#sources].flatMap(([store, source]) => {
      const answer = source.fresh(now);
      if (answer === null) return [];
      return [...source.gone.values()].map(({ slot, at }) => {
        const settings = settingsOf(this.#settings, store, slot.slot_name);
        const cause = `the slot was dropped at about ${momentText(at, answer.payload.server_time)}; its consumer gets no more changes, and what it had not read is gone for it: if that was not meant, create it again and take a new snapshot of its tables`;
        return absentStream(settings.name, store, slot.slot_type, settings.isConfigured ? 'breach' : 'warning', { diagnosis: 'lost', status: 'dropped', cause }, settings.lag_seconds_max);
      });
    });
  }

  /** Streams that the configuration names and no server has. */
  #missing(streams: readonly Shown[], now: EpochSeconds): Shown[] {
    const names = new Set(streams.map(({ view }) => view.name));
    for (const source of this.#sources.values()) for (const name of source.gone.keys()) names.add(name);
    return this.#settings.streams.flatMap((stream) => {
      const name = plainText(stream.name ?? stream.match, 80);
      if (stream.match.includes('*') || names.has(name) || names.has(stream.match)) return [];
      const stores = this.#stores.filter((store) => (stream.store === null ? store.role !== 'warehouse' : store.name === stream.store));
      const store = stores[0]?.name ?? stream.store ?? '';
      const answers = stores.flatMap((each) => this.#sources.get(each.name)?.fresh(now) ?? []);
      const failure = stores.map((each) => this.#sources.get(each.name)?.failure).find((each) => each != null);
      const [answer] = answers;
      const cause =
        answer === undefined || failure != null
          ? `${failure?.message ?? 'nothing has been looked at yet'}; ${failure?.next_step ?? 'wait for the first answer'}`
          : `${stores.map((each) => plainText(each.name, 60)).join(' and ')} has no replication slot, standby or subscription of this name; create it, or correct streams in the configuration`;
      const settings = settingsOf(this.#settings, store, stream.match);
      return [absentStream(name, store, 'logical', 'unknown', { diagnosis: 'unknown', status: answer === undefined ? 'unknown' : 'not there', cause }, settings.lag_seconds_max)];
    });
  }
}

const STATE_ORDER: Record<State, number> = { breach: 0, warning: 1, unknown: 2, ok: 3 };

function absentStream(
  name: string,
  store: string,
  type: Slot['slot_type'],
  state: State,
  verdict: Pick<StreamView, 'diagnosis' | 'status' | 'cause'>,
  limit_seconds: number,
): Shown {
  const view: StreamView = {
    ...NOTHING,
    ...verdict,
    cause: `${name}: ${verdict.cause}`,
    name,
    store,
    kind: type === 'logical' ? 'logical slot' : 'physical slot',
    plugin: '',
    state,
    history: new Series([]),
    limit_seconds,
  };
  return { view, objectives: [lagObjective(view, type === 'logical' ? 'lag' : 'standby', { state, since: null })] };
}

/** Two stores may have slots of the same name. */
function withUniqueNames(streams: readonly Shown[]): Shown[] {
  const counts = new Map<string, number>();
  for (const { view } of streams) counts.set(view.name, (counts.get(view.name) ?? 0) + 1);
  return streams.map((stream) => {
    const { name, store } = stream.view;
    if ((counts.get(name) ?? 0) < 2) return stream;
    const unique = `${store}/${name}`;
    const objectives = stream.objectives.map((objective) => ({ ...objective, id: objective.id.replace(name, () => unique), name: objective.name.replace(name, () => unique), subject: unique }));
    return { ...stream, view: { ...stream.view, name: unique }, objectives };
  });
}
