import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochSeconds } from '../../model/live.js';
import { meaningOf } from './problem.js';
import { isTemporary, rewriteSegment } from './rewrite.js';
import { parseSegmentFile, SEGMENT_SECONDS_MAX, type SegmentName } from './segment-name.js';
import { stepFor } from './thinning.js';

/** A segment that nobody has written to for so long has no writer any more. */
const ABANDONED_SECONDS = 2 * SEGMENT_SECONDS_MAX;
/** Many short runs leave many small files; reading a folder of more is slow. */
const SEGMENTS_MAX = 5_000;

interface StoredSegment extends SegmentName {
  bytes: number;
  /** Its writer may still be at work. */
  isOpen: boolean;
}

export interface UpkeepOptions {
  folder: string;
  writer: string;
  bytes_max: number;
  seconds_max: number;
}

export interface UpkeepRun {
  now: EpochSeconds;
  /** The file that this process writes at the moment, which may be another one by the time the folder is read; null for none. */
  own: () => string | null;
  /** False after the clock has jumped: then age says nothing and only size counts. */
  clockHolds: boolean;
}

/** Keeps the folder of a journal bounded: compresses what was abandoned, thins with age, deletes by age and size. */
export class Upkeep {
  /** How far each file is thinned, so that it need not be opened to know it. */
  readonly #thinned = new Map<string, number>();

  constructor(private readonly options: UpkeepOptions) {}

  /**
   * Never throws; what could not be done is tried again the next time. Resolves to the bytes that the folder's segments take, and to
   * one line on what failed, null where nothing did.
   */
  async run({ now, own, clockHolds }: UpkeepRun): Promise<{ kept_bytes: number; problem: string | null }> {
    let problem: string | null = null;
    try {
      let segments = await this.#stored(now, own);
      if (clockHolds) segments = await this.#deleteAged(segments, now);
      for (const segment of segments) {
        if (segment.isOpen) continue;
        // One after another, so that the upkeep takes little at a time.
        // oxlint-disable-next-line no-await-in-loop
        problem = (await this.#thin(segment, clockHolds ? stepFor(segment.started_at, now) : 0)) ?? problem;
      }
      const kept_bytes = await this.#deleteLarge(await this.#stored(now, own));
      return { kept_bytes, problem };
    } catch (error) {
      return { kept_bytes: 0, problem: `the journal's folder cannot be kept in order: ${meaningOf(error)}` };
    }
  }

  async #thin(segment: StoredSegment, step_seconds: number): Promise<string | null> {
    const known = this.#thinned.get(segment.file);
    if (segment.compressed && known !== undefined && known >= step_seconds) return null;
    if (segment.compressed && step_seconds === 0) return null;
    try {
      const thinned = await rewriteSegment(this.options.folder, segment, step_seconds, this.options.writer);
      // What is none of ours is left alone for good.
      this.#thinned.set(segment.compressed ? segment.file : `${segment.file}.gz`, thinned ?? Number.POSITIVE_INFINITY);
      return null;
    } catch (error) {
      return `${segment.file} cannot be compressed: ${meaningOf(error)}`;
    }
  }

  /** Oldest first. Only files that are named like segments, never links; leftovers of stopped runs are removed. */
  async #stored(now: EpochSeconds, own: UpkeepRun['own']): Promise<StoredSegment[]> {
    const { folder } = this.options;
    const stored: StoredSegment[] = [];
    for (const file of await readdir(folder)) {
      const segment = parseSegmentFile(file);
      if (segment === null && !isTemporary(file)) continue;
      // oxlint-disable-next-line no-await-in-loop
      const found = await lstat(join(folder, file)).catch(() => null);
      if (found === null || !found.isFile()) continue;
      const isQuiet = now - found.mtimeMs / 1000 > ABANDONED_SECONDS;
      // oxlint-disable-next-line no-await-in-loop
      if (segment === null) await (isQuiet ? rm(join(folder, file), { force: true }) : undefined);
      else stored.push({ ...segment, bytes: found.size, isOpen: file === own() || (!segment.compressed && !isQuiet) });
    }
    return stored.sort((a, b) => a.started_at - b.started_at || (a.file < b.file ? -1 : 1));
  }

  async #deleteAged(segments: StoredSegment[], now: EpochSeconds): Promise<StoredSegment[]> {
    const oldest = now - this.options.seconds_max - SEGMENT_SECONDS_MAX;
    const aged = segments.filter(({ isOpen, started_at }) => !isOpen && started_at < oldest);
    await Promise.all(aged.map((segment) => this.#delete(segment)));
    return segments.filter((segment) => !aged.includes(segment));
  }

  /** Oldest first until the rest fits. */
  async #deleteLarge(segments: readonly StoredSegment[]): Promise<number> {
    let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    let files = segments.length;
    for (const segment of segments) {
      if (bytes <= this.options.bytes_max && files <= SEGMENTS_MAX) break;
      if (segment.isOpen) continue;
      // oxlint-disable-next-line no-await-in-loop
      await this.#delete(segment);
      bytes -= segment.bytes;
      files -= 1;
    }
    return bytes;
  }

  async #delete({ file }: StoredSegment): Promise<void> {
    this.#thinned.delete(file);
    await rm(join(this.options.folder, file), { force: true });
  }
}
