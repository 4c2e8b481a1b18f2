import { existsSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SourceReading } from '../../model/check.js';
import type { Configuration, SourceConfiguration } from '../../model/configuration.js';
import type { Gap } from '../../model/snapshot.js';
import { OWNER_FILES } from '../../sources/reading/codeowners.js';
import { readSources } from '../../sources/reading/read.js';
import type { CommandContext } from '../command.js';
import { isWithin } from '../git/old-files.js';
import type { Since } from '../git/since.js';
import { readerOptions } from '../sources/reader-options.js';
import type { Places } from './places.js';
import { redactedReadings } from './redact-readings.js';
import { unreadFiles } from './unread-files.js';

interface Given {
  context: CommandContext;
  since: Since;
  places: Places;
  before: Configuration;
  after: Configuration;
}

/** What the sources gave in which a file changed, before and after. */
export interface Sides {
  before: SourceReading;
  after: SourceReading;
  /** Where the sources that were read lie in the clone. */
  covered: string[];
}

/** Reads both sides of every source on disk in which the change touches a file, or which it configures otherwise. */
export async function readSides({ context, since, places, before, after }: Given): Promise<Sides> {
  const sources = { before: onDisk(before, places), after: onDisk(after, places) };
  const touched = new Set([...sources.before, ...sources.after].flatMap(({ at }) => (isTouched(at, since, places) ? [at] : [])));
  const isRead = ({ at, source }: Placed): boolean => touched.has(at) || !(['before', 'after'] as const).every((side) => sources[side].some((other) => isDeepStrictEqual(other.source, source)));
  const read = { before: sources.before.filter(isRead), after: sources.after.filter(isRead) };
  context.progress.stage('reading what changed');
  const afterGaps: Gap[] = [];
  const now = read.after.filter(({ at }) => !leadsOut(at, places, afterGaps) && holdsFile(path.join(places.clone.root, at)));
  const reading = await readSide(context, now, places.directory);
  const folder = await temporaryFolder(context);
  const old = await writeBefore({ context, since, places }, read.before, folder);
  const own = since.changes.filter(({ path: file }) => now.some(({ at }) => isWithin(file, at)));
  const unread = await unreadFiles({ changes: own, places, before: old.reading, after: reading });
  const [clean = reading, cleanBefore = old.reading] = redactedReadings([reading, old.reading]);
  return {
    before: cleanBefore,
    // What is not known of before is not known of the change: it is told with what the change brings.
    after: { ...clean, gaps: [...clean.gaps, ...afterGaps, ...old.gaps, ...unread] },
    covered: [...sources.after, ...sources.before].map(({ at }) => at),
  };
}

/** Git keeps no empty folder: one that a change leaves without a file is as good as deleted, which is no source that cannot be read. */
function holdsFile(place: string): boolean {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return found !== undefined;
  return readdirSync(place, { withFileTypes: true }).some((entry) => !entry.isDirectory() || holdsFile(path.join(place, entry.name)));
}

interface Placed {
  source: SourceConfiguration;
  /** From the root of the clone. */
  at: string;
}

/** The sources that lie in the clone; what lies elsewhere no commit changes. */
function onDisk({ sources }: Configuration, places: Places): Placed[] {
  return sources.flatMap((source) => {
    const at = source.remote === undefined ? places.inClone(source.path) : null;
    return at === null ? [] : [{ source: places.relative(source), at }];
  });
}

function isTouched(at: string, { changes }: Since, places: Places): boolean {
  const target = places.target(at);
  const roots = target === null || target === 'outside' ? [at] : [at, target];
  return changes.some(({ path: file, before }) => roots.some((root) => isWithin(file, root) || (before !== null && isWithin(before.path, root))));
}

/** A change could let a source be a link to anything that the machine of the check holds. */
function leadsOut(at: string, places: Places, gaps: Gap[]): boolean {
  if (places.target(at) !== 'outside') return false;
  gaps.push({ subject: places.shown(at), missing: 'every query of this source', cause: 'it is a symbolic link that leads out of the clone, which is not followed', remedy: 'Name its target as the source.', severity: 'blind' });
  return true;
}

async function writeBefore({ context, since, places }: Pick<Given, 'context' | 'since' | 'places'>, read: readonly Placed[], folder: string): Promise<{ reading: SourceReading; gaps: Gap[] }> {
  const links = read.flatMap(({ at }) => {
    const target = places.target(at);
    return target === null || target === 'outside' ? [] : [{ at, target }];
  });
  const paths = outermost([...read.map(({ at }) => links.find((link) => link.at === at)?.target ?? at), ...read.flatMap(({ at }) => ownerFiles(at))]);
  const unwritten = await since.writeBefore(paths, folder);
  for (const { at, target } of links) linkWithin(folder, at, target);
  const there = read.filter(({ at }) => holdsFile(path.join(folder, at)));
  const reading = await readSide(context, there, path.join(folder, places.clone.prefix));
  const gaps = unwritten.map(({ path: file, cause, remedy }): Gap => ({ subject: places.shown(file), missing: 'what it held before the change', cause, remedy, severity: 'partial' }));
  return { reading, gaps };
}

/** Both ends lie in the folder, which holds no other link that could lead elsewhere. */
function linkWithin(folder: string, at: string, target: string): void {
  const [link, to] = [path.join(folder, at), path.join(folder, target)];
  if (existsSync(link) || !existsSync(to) || !existsSync(path.dirname(link))) return;
  symlinkSync(path.relative(path.dirname(link), to), link);
}

/** Paths without those that lie in another one. */
function outermost(paths: readonly string[]): string[] {
  const distinct = [...new Set(paths)];
  return distinct.filter((one) => !distinct.some((other) => other !== one && isWithin(one, other)));
}

/** Where owners of the files of a source may be named: in its folder and in those above it. */
function ownerFiles(at: string): string[] {
  const parts = at === '' ? [] : at.split('/');
  return Array.from({ length: parts.length + 1 }, (_, length) => parts.slice(0, length)).flatMap((above) => OWNER_FILES.map((name) => [...above, name].join('/')));
}

/** Closed to others, gone when the run ends. Its root looks like that of a repository: nothing above it is asked who owns a file. */
async function temporaryFolder({ lifetime }: CommandContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidemark-before-'));
  lifetime.onEnd(() => rm(folder, { recursive: true, force: true }), () => rmSync(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, '.git'));
  return folder;
}

/** Reads sources on disk. Who wrote a line by git is not asked: that would differ between both sides. */
export async function readSide(context: CommandContext, placed: readonly { source: SourceConfiguration }[], baseDirectory: string): Promise<SourceReading> {
  const { progress } = context;
  return readSources(placed.map(({ source }) => source), {
    ...readerOptions(context, { blame: false }),
    baseDirectory,
    onProgress: ({ path: name, files, filesTotal }) => progress.detail(`reading ${name}: file ${files} of ${filesTotal ?? files}`),
  });
}
