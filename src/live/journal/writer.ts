import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochSeconds } from '../../model/live.js';
import type { Sample } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import type { Clock } from '../clock.js';
import { makeFolder } from './folder.js';
import { headerLine, sampleLine, type JournalHeader } from './format.js';
import { rewriteSegment } from './rewrite.js';
import { isWithinSegment, parseSegmentFile, segmentFile } from './segment-name.js';
import { Spool, type SpooledLine } from './spool.js';
import { Upkeep } from './upkeep.js';

const FLUSH_MS = 500;
const UPKEEP_MS = 600_000;
const SEGMENT_BYTES_MAX = 8 * 2 ** 20;
const FILE_MODE = 0o600;
/** More than this between the time of day and time passed means that the clock was set. */
const JUMP_SECONDS = 600;

export interface JournalOptions {
  folder: string;
  /** Unique among all writers, such as process id and a random suffix: letters, digits, `_` and `-`. */
  name: string;
  header: JournalHeader;
  /** Of all segments in the folder, of all writers. */
  bytes_max: number;
  seconds_max: number;
  clock: Clock;
}

export interface JournalStatus {
  /** False while nothing can be written. */
  on: boolean;
  /** One line that names the thing and the cause; null while all is well. */
  problem: string | null;
  samples: number;
  /** Samples that were lost because nothing could be written. */
  dropped: number;
  /** Samples that had not the form of their probe. */
  refused: number;
  written_bytes: number;
  /** Of all segments in the folder after the last upkeep; null before the first. */
  kept_bytes: number | null;
}

interface OpenSegment {
  file: string;
  handle: FileHandle;
  started_at: EpochSeconds;
  bytes: number;
}

/**
 * One writer's part of a journal: its samples in segments of an hour or 8 MB that nobody else writes to, so that a second screen,
 * `serve` and CI never wait for each other. Nothing here blocks or throws.
 */
export class JournalWriter {
  readonly #options: JournalOptions;
  readonly #spool: Spool;
  readonly #upkeep: Upkeep;
  readonly #began: { now: EpochSeconds; monotonic_ms: number };
  #segment: OpenSegment | null = null;
  #sequence = 0;
  #written_bytes = 0;
  #refused = 0;
  #kept_bytes: number | null = null;
  #upkeepProblem: string | null = null;
  #upkeepWork: Promise<void> = Promise.resolve();
  #cancelUpkeep: () => void = () => undefined;
  #isClosed = false;

  /** @throws RangeError when the name cannot be part of a file's name */
  constructor(options: JournalOptions) {
    if (!/^[\w-]{1,100}$/.test(options.name)) throw new RangeError('the name of a journal writer may hold letters, digits, _ and - only');
    this.#options = options;
    this.#spool = new Spool(options.clock, FLUSH_MS, (lines) => this.#write(lines));
    this.#upkeep = new Upkeep({ folder: options.folder, writer: options.name, bytes_max: options.bytes_max, seconds_max: options.seconds_max });
    this.#began = { now: options.clock.now(), monotonic_ms: options.clock.monotonic_ms() };
  }

  append(sample: Sample): void {
    if (this.#isClosed) return;
    const text = sampleLine(sample);
    if (text === null) this.#refused += 1;
    else this.#spool.add({ at: sample.at, text });
  }

  status(): JournalStatus {
    const { on, problem, written, dropped } = this.#spool.status();
    return {
      on,
      problem: problem === null ? this.#upkeepProblem : `the journal in ${plainText(this.#options.folder, 300)} cannot be written: ${problem}`,
      samples: written,
      dropped,
      refused: this.#refused,
      written_bytes: this.#written_bytes,
      kept_bytes: this.#kept_bytes,
    };
  }

  /** Resolves when everything appended up to now is on disk or lost, and the upkeep that was due is done. Never rejects. */
  async flush(): Promise<void> {
    await this.#spool.flush();
    await this.#upkeepWork;
  }

  /** Writes what waits and compresses the last segment. Never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelUpkeep();
    await this.flush();
    const last = this.#segment;
    if (last === null) return;
    await this.#endSegment();
    await this.#compress(last.file);
  }

  async #write(lines: readonly SpooledLine[]): Promise<void> {
    try {
      let text = '';
      for (const line of lines) {
        const segment = this.#segment;
        if (segment === null || !this.#takes(segment, line, text.length)) {
          // One segment after another: each takes what comes next.
          // oxlint-disable-next-line no-await-in-loop
          await this.#put(text);
          // oxlint-disable-next-line no-await-in-loop
          await this.#rotate(line.at);
          text = '';
        }
        text += line.text;
      }
      await this.#put(text);
    } catch (error) {
      // Its last line may be torn. The next attempt begins a new one.
      await this.#endSegment();
      throw error;
    }
  }

  #takes(segment: OpenSegment, line: SpooledLine, waiting: number): boolean {
    const bytes = segment.bytes + waiting + line.text.length;
    return isWithinSegment(line.at, segment.started_at) && bytes <= SEGMENT_BYTES_MAX;
  }

  async #put(text: string): Promise<void> {
    if (text === '' || this.#segment === null) return;
    const content = Buffer.from(text);
    await this.#segment.handle.appendFile(content);
    this.#segment.bytes += content.length;
    this.#written_bytes += content.length;
  }

  async #rotate(at: EpochSeconds): Promise<void> {
    const before = this.#segment;
    await this.#endSegment();
    const { folder, header, name } = this.#options;
    await makeFolder(folder);
    this.#sequence += 1;
    const started_at = Math.floor(at);
    const file = segmentFile(started_at, name, this.#sequence);
    const handle = await open(join(folder, file), 'ax', FILE_MODE);
    this.#segment = { file, handle, started_at, bytes: 0 };
    await this.#put(headerLine(header, started_at));
    this.#keepUp(before?.file ?? null);
  }

  async #endSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = null;
    await segment?.handle.close().catch(() => undefined);
  }

  /** Compresses what was closed, tidies the folder, and comes back in ten minutes; beside the writing, which does not wait for it. */
  #keepUp(closed: string | null): void {
    this.#cancelUpkeep();
    this.#cancelUpkeep = this.#options.clock.after(UPKEEP_MS, () => this.#keepUp(null));
    this.#upkeepWork = this.#upkeepWork.then(async () => {
      if (closed !== null) await this.#compress(closed);
      const { problem, kept_bytes } = await this.#upkeep.run({ now: this.#options.clock.now(), own: () => this.#segment?.file ?? null, clockHolds: this.#clockHolds() });
      this.#upkeepProblem = problem;
      this.#kept_bytes = kept_bytes;
    });
  }

  #clockHolds(): boolean {
    const { clock } = this.#options;
    const passed_seconds = (clock.monotonic_ms() - this.#began.monotonic_ms) / 1000;
    return Math.abs(clock.now() - this.#began.now - passed_seconds) < JUMP_SECONDS;
  }

  /** What fails here is left as it is: it can be read, and the upkeep compresses it later. */
  async #compress(file: string): Promise<void> {
    const segment = parseSegmentFile(file);
    if (segment === null) return;
    const { folder, name } = this.#options;
    await rewriteSegment(folder, segment, 0, name).catch(() => rm(join(folder, `.${file}.${name}.tmp`), { force: true }).catch(() => undefined));
  }
}
