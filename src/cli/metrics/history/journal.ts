import { createHash, createHmac, randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseJournalLine, type JournalLine } from '../../../history/journal-line.js';
import { fileLines, type FileReport } from '../../../live/journal/file-lines.js';
import { makeFolder } from '../../../live/journal/folder.js';
import { codeOf, meaningOf } from '../../../live/journal/problem.js';
import { plainText } from '../../../text/plain-text.js';

const FILE_MODE = 0o600;
const KEY_BYTES = 32;
const KEY_FILE = 'key';
/** One a month. */
const MONTH_FILE = /^\d{4}-\d\d\.ndjson$/;
/** A look at 100 metrics a day is 30 kB; what is larger is not of tidemark. */
const FILE_BYTES_MAX = 64 * 2 ** 20;
const FILES_MAX = 240;
/** 50 metrics that are looked at daily for twenty-five years. */
const LINES_MAX = 500_000;

export interface ReadJournal {
  lines: JournalLine[];
  /** What could not be read, each in one line. */
  problems: string[];
}

/** Where closed periods are remembered below the state folder of a system. */
export function closedPeriodsFolder(stateFolder: string): string {
  return path.join(stateFolder, 'closed-periods');
}

/** Everything that is remembered. Never throws: what cannot be read is told and the rest is used. */
export async function readClosedPeriods(folder: string): Promise<ReadJournal> {
  const journal: ReadJournal = { lines: [], problems: [] };
  const tell = (text: string): void => void journal.problems.push(text);
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => MONTH_FILE.test(name)).toSorted().slice(-FILES_MAX);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') tell(`closed periods in ${plainText(folder, 300)} cannot be read: ${meaningOf(error)}`);
    return journal;
  }
  for (const name of names) {
    if (journal.lines.length > LINES_MAX) {
      tell(`closed periods in ${plainText(folder, 300)}: what was remembered from ${name.slice(0, 7)} on was not read, as there are more than ${LINES_MAX} looks`);
      break;
    }
    const file = path.join(folder, name);
    const report: FileReport = { unreadable_lines: 0, torn: false, stopped: null };
    let damaged = 0;
    for await (const text of fileLines(file, { bytes_max: FILE_BYTES_MAX, followLinks: false }, report)) {
      if (text === '') continue;
      const line = parseJournalLine(text);
      if (line === null) damaged += 1;
      else journal.lines.push(line);
    }
    damaged += report.unreadable_lines;
    if (report.stopped !== null && report.stopped !== 'is empty') tell(`${plainText(file, 300)} ${report.stopped}`);
    if (damaged > 0) tell(`${plainText(file, 300)}: ${damaged} ${damaged === 1 ? 'line is' : 'lines are'} none that tidemark wrote, or cut off`);
  }
  return journal;
}

/**
 * Adds a look. Several runs may add at once: each adds with one write to the end. A line that a killed run or a full disk cut off costs itself
 * only, as every look begins a line of its own.
 *
 * @throws the error of the operating system
 */
export async function addToClosedPeriods(folder: string, lines: readonly JournalLine[]): Promise<void> {
  const [first] = lines;
  if (first === undefined) return;
  await makeFolder(folder);
  const file = await open(path.join(folder, `${first.at.slice(0, 7)}.ndjson`), 'a', FILE_MODE);
  try {
    await file.appendFile(`\n${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Hashes of one state folder: nobody without its key can try out which count a hash is of. */
export interface PeriodKey {
  /** Names the key and tells nothing of it. */
  id: string;
  hash(...parts: readonly string[]): string;
}

/**
 * The key of the folder, made at the first look.
 * @throws the error of the operating system, and KeyProblem where the file holds something else
 */
export async function periodKey(folder: string): Promise<PeriodKey> {
  await makeFolder(folder);
  const file = path.join(folder, KEY_FILE);
  let text = await textOf(file);
  if (text === null) {
    const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
    const handle = await open(draft, 'wx', FILE_MODE);
    try {
      await handle.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      // Two first looks at once must end with one key.
      await link(draft, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    text = await textOf(file);
  }
  if (text === null || !/^[0-9a-f]{64}$/.test(text)) throw new KeyProblem(`${plainText(file, 300)} is not a key that tidemark wrote`);
  const key = Buffer.from(text, 'hex');
  return {
    id: createHash('sha256').update('tidemark closed periods\0').update(key).digest('hex').slice(0, 16),
    hash: (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex').slice(0, 32),
  };
}

export class KeyProblem extends Error {
  override readonly name = 'KeyProblem';
}

async function textOf(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
