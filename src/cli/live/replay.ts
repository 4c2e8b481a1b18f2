import type { Clock } from '../../live/clock.js';
import { readJournal, type JournalReport } from '../../live/journal/reader.js';
import { LiveModel } from '../../live/model.js';
import type { LiveConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, LiveView } from '../../model/live.js';
import { PROBES, type Sample } from '../../probes/index.js';
import { settingsOf } from '../../probes/setup.js';
import type { LiveStore } from '../../live/model.js';

/** How far back a moment must be replayed for its averages and states to be as they were. */
const WARM_UP_SECONDS = 3_600;
/** States are followed so often near the moment that is shown, and less often before: a key must not wait for an hour's worth. */
const STEP_SECONDS = 5;
const NEAR_SECONDS = 300;
const FAR_STEP_SECONDS = 60;

export interface ReplaySource {
  /** A recording, or the folder of a journal. */
  path: string;
  /** For what was recorded without its settings. */
  settings: LiveConfiguration;
  stores: readonly LiveStore[];
}

/** A recording with nothing in it that can be shown. */
export class NothingRecorded extends Error {
  override readonly name = 'NothingRecorded';
}

/** Shows samples again, from any moment to any other. */
export class Replay {
  #model: LiveModel;
  #at: EpochSeconds;
  /** Of the sample that comes next. */
  #next = 0;

  private constructor(
    private readonly samples: readonly Sample[],
    private readonly source: ReplaySource,
    readonly report: JournalReport,
    readonly from: EpochSeconds,
    readonly to: EpochSeconds,
  ) {
    this.#model = this.#newModel();
    this.#at = from;
  }

  /**
   * @param range only this part of it
   * @throws JournalError when it cannot be read; NothingRecorded when it holds no sample.
   */
  static async open(source: ReplaySource, range: { from?: EpochSeconds; to?: EpochSeconds } = {}): Promise<Replay> {
    const reading = await readJournal(source.path, range);
    const samples: Sample[] = [];
    for await (const sample of reading) samples.push(sample);
    const looks = samples.filter(({ probe }) => probe !== 'setup');
    const [first] = looks;
    const last = looks.at(-1);
    if (first === undefined || last === undefined) {
      const problem = reading.report.problems[0];
      throw new NothingRecorded(`${problem ?? `${source.path} holds no sample`}. Give a file of tidemark watch --record, or the folder of a journal.`);
    }
    return new Replay(samples, source, reading.report, first.at, last.at);
  }

  /** Goes to a moment, backwards too. */
  seek(to: EpochSeconds): LiveView {
    const at = Math.min(Math.max(to, this.from), this.to);
    if (at < this.#at || at - this.#at > WARM_UP_SECONDS) this.#beginAt(Math.max(this.from, at - WARM_UP_SECONDS));
    while (this.#at < at) {
      const isNear = at - this.#at <= NEAR_SECONDS;
      this.#at = Math.min(at, this.#at + (isNear ? STEP_SECONDS : FAR_STEP_SECONDS));
      this.#feed(this.#at);
      // States have a beginning, which is only seen by looking on the way.
      if (this.#at < at) this.#model.view(this.#at);
    }
    this.#feed(at);
    return this.#model.view(at);
  }

  /** When the sample after the moment that is shown was taken; the end of the recording after the last. */
  nextSampleAt(): EpochSeconds {
    return this.samples[this.#next]?.at ?? this.to;
  }

  #beginAt(start: EpochSeconds): void {
    this.#model = this.#newModel();
    this.#next = Math.max(0, this.samples.findIndex((sample) => sample.at >= start));
    this.#at = start;
    // What an audit said holds until the next one.
    const audit = this.samples.findLast((sample) => sample.probe === 'audit' && sample.at < start);
    if (audit !== undefined) this.#model.accept(audit);
    for (const pass of passesBefore(this.samples, start)) this.#model.accept(pass);
  }

  #feed(to: EpochSeconds): void {
    for (let sample = this.samples[this.#next]; sample !== undefined && sample.at <= to; sample = this.samples[this.#next]) {
      this.#model.accept(sample);
      this.#next++;
    }
  }

  #newModel(): LiveModel {
    const setup = this.samples.findLast((sample) => sample.probe === PROBES.setup.id);
    if (setup?.probe !== 'setup' || setup.payload === null) return new LiveModel(this.source.settings, this.source.stores);
    return new LiveModel(settingsOf(setup.payload), setup.payload.stores, setup.payload.audits);
  }
}

/** The newest pass over the keys of each pair before a moment: they come hours apart, and hold until the next. */
function passesBefore(samples: readonly Sample[], start: EpochSeconds): Sample[] {
  const newest = new Map<string, Sample>();
  for (const sample of samples) {
    if (sample.at >= start) break;
    if (sample.probe !== 'keys' || sample.payload === null) continue;
    for (const { name, report } of sample.payload.pairs) if (report !== null) newest.set(`${sample.store} ${name}`, sample);
  }
  return [...new Set(newest.values())].sort((a, b) => a.at - b.at);
}

/** The moments of a replay that runs: `speed` seconds of the recording a second. */
export function playhead(replay: Pick<Replay, 'from' | 'to'>, clock: Clock, speed: number): () => EpochSeconds {
  const started_ms = clock.monotonic_ms();
  return () => Math.min(replay.to, replay.from + ((clock.monotonic_ms() - started_ms) / 1000) * speed);
}
