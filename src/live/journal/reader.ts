import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochSeconds } from '../../model/live.js';
import type { ProbeId, Sample } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import { fileLines, type FileReport, type LineOptions } from './file-lines.js';
import { probeAtStart, readHeader, readSample } from './format.js';
import { merged, type Track } from './merge.js';
import { JournalError, meaningOf } from './problem.js';
import { EARLY_SECONDS_MAX, parseSegmentFile, SEGMENT_SECONDS_MAX, type SegmentName } from './segment-name.js';

/** A segment is closed at 8 MB; a recording goes on for as long as the user lets it. */
const SEGMENT_BYTES_MAX = 64 * 2 ** 20;
const RECORDING_BYTES_MAX = 8 * 2 ** 30;
const INVALID_LINES_MAX = 1_000;
const PROBLEMS_MAX = 50;

export interface JournalRange {
  /** The first moment of interest; all where it is missing. */
  from?: EpochSeconds;
  /** Up to but without. */
  to?: EpochSeconds;
  /** Only these; all where it is missing. Others are passed over without being parsed. */
  probes?: readonly ProbeId[];
}

/** What was read and what was not, complete once all samples were taken. */
export interface JournalReport {
  files: number;
  samples: number;
  /** Samples of probes that this version does not know. */
  unknown_probes: number;
  /** Lines that are no sample. */
  invalid_lines: number;
  torn_lines: number;
  /** One line for each file that was not read as a whole, bounded; the last says how many more there are. */
  problems: string[];
}

export interface JournalReading extends AsyncIterable<Sample> {
  readonly report: JournalReport;
}

/**
 * The samples of a journal's folder (of all its writers) or of one recording, in order of time, each checked by the form of its
 * probe. Nothing in a file can make it fail: what is not ours costs itself and stands in the report. May be iterated once.
 * @throws JournalError when the path itself cannot be read
 */
export async function readJournal(path: string, range: JournalRange = {}): Promise<JournalReading> {
  const report: JournalReport = { files: 0, samples: 0, unknown_probes: 0, invalid_lines: 0, torn_lines: 0, problems: [] };
  const tracks = await tracksOf(path, range, report);
  return { report, [Symbol.asyncIterator]: () => counted(merged(tracks), report) };
}

async function* counted(samples: AsyncGenerator<Sample>, report: JournalReport): AsyncGenerator<Sample> {
  for await (const sample of samples) {
    report.samples += 1;
    yield sample;
  }
}

async function tracksOf(path: string, range: JournalRange, report: JournalReport): Promise<Track[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new JournalError(path, `cannot be read: ${meaningOf(error)}`, 'Correct the path, or write it with tidemark watch --record FILE.', { cause: error });
  });
  if (found.isDirectory()) {
    const folder = await segments(path);
    const reached = folder.filter(({ started_at }) => overlaps(started_at, range));
    return reached.map(({ file, started_at }) => ({
      starts_at: started_at - EARLY_SECONDS_MAX,
      open: () => samplesOf(join(path, file), { bytes_max: SEGMENT_BYTES_MAX, followLinks: false }, range, report),
    }));
  }
  if (!found.isFile()) throw new JournalError(path, 'is not a file', 'Give a file that tidemark watch --record wrote, or the folder of a journal.');
  const open = () => samplesOf(path, { bytes_max: RECORDING_BYTES_MAX, followLinks: true }, range, report);
  return [{ starts_at: Number.NEGATIVE_INFINITY, open }];
}

/** All segments of a folder, oldest first. Of one that is there twice, the compressed one: the other was about to be removed. */
export async function segments(folder: string): Promise<SegmentName[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new JournalError(folder, `cannot be read: ${meaningOf(error)}`, 'Give this user the right to read it, or name another folder.', { cause: error });
  });
  const known = new Set(files);
  return files
    .map(parseSegmentFile)
    .filter((segment) => segment !== null)
    .filter(({ file, compressed }) => compressed || !known.has(`${file}.gz`))
    .sort((a, b) => a.started_at - b.started_at || (a.file < b.file ? -1 : 1));
}

function overlaps(started_at: EpochSeconds, { from, to }: JournalRange): boolean {
  return (from === undefined || started_at + SEGMENT_SECONDS_MAX > from) && (to === undefined || started_at - EARLY_SECONDS_MAX < to);
}

async function* samplesOf(path: string, options: LineOptions, range: JournalRange, report: JournalReport): AsyncGenerator<Sample> {
  const file: FileReport = { unreadable_lines: 0, torn: false, stopped: null };
  const wanted = range.probes === undefined ? null : new Set<string>(range.probes);
  let invalid = 0;
  let refused: string | null = null;
  let isFirst = true;
  report.files += 1;
  const passesOver = (beginning: string) => {
    const probe = wanted === null ? null : probeAtStart(beginning);
    return probe !== null && wanted?.has(probe) === false;
  };
  for await (const line of fileLines(path, { ...options, passesOver }, file)) {
    if (isFirst) {
      refused = refusal(line);
      if (refused !== null) break;
      isFirst = false;
      continue;
    }
    const reading = readSample(line);
    if (reading.kind === 'unknown-probe') report.unknown_probes += 1;
    if (reading.kind === 'invalid') invalid += 1;
    if (invalid > INVALID_LINES_MAX) break;
    if (reading.kind !== 'sample') continue;
    const { sample } = reading;
    if (wanted?.has(sample.probe) !== false && sample.at >= (range.from ?? 0) && sample.at < (range.to ?? Number.POSITIVE_INFINITY)) yield sample;
  }
  report.invalid_lines += invalid + file.unreadable_lines;
  if (file.torn) report.torn_lines += 1;
  const stopped = refused ?? file.stopped ?? (isFirst ? 'is no journal of tidemark: it has no whole line' : null);
  // Of what is not ours, nothing else matters.
  tell(report, path, [stopped, refused !== null || isFirst ? null : linesProblem(invalid, file)]);
}

/** Why a file with this first line is not read; null when it is. */
function refusal(header: string): string | null {
  const reading = readHeader(header);
  switch (reading.kind) {
    case 'ours':
      return null;
    case 'newer':
      return `was written by a newer tidemark (schemaVersion ${reading.schemaVersion}): update this one to read it`;
    case 'foreign':
      return 'is no journal of tidemark: its first line is not the header of one';
  }
}

function linesProblem(invalid: number, { torn, unreadable_lines }: FileReport): string | null {
  if (invalid > INVALID_LINES_MAX) return `holds more than ${count(INVALID_LINES_MAX, 'line')} of another form: the rest was not read`;
  const parts = [
    invalid > 0 ? `${count(invalid, 'line')} of another form` : null,
    unreadable_lines > 0 ? `${count(unreadable_lines, 'line')} in another encoding than UTF-8` : null,
    torn ? 'its torn last line' : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `was read without ${parts.join(', ')}`;
}

/** One line for each file. A segment that its writer is still writing may well be torn or empty: that is told like the rest. */
function tell(report: JournalReport, path: string, causes: readonly (string | null)[]): void {
  const known = causes.filter((cause) => cause !== null);
  if (known.length === 0) return;
  if (report.problems.length < PROBLEMS_MAX) report.problems.push(`${plainText(path, 300)} ${known.join('; it ')}`);
  else report.problems[PROBLEMS_MAX] = 'more files than these were not read as a whole';
}
