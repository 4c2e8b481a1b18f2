import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { withStoresOf } from '../../config/defaults.js';
import { parseConfiguration } from '../../config/parse.js';
import { ConfigurationError } from '../../config/problem.js';
import type { Change, ChangedFile } from '../../model/check.js';
import type { Configuration } from '../../model/configuration.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { CommandContext } from '../command.js';
import type { GitChange } from '../git/changed-files.js';
import { isWithin } from '../git/old-files.js';
import { changeSince, type Since } from '../git/since.js';
import type { Prepared } from '../targets.js';
import { changedTexts, type ChangedTexts } from './changed-texts.js';
import { Places } from './places.js';
import { readSides } from './sides.js';

/** A change as it is judged, with what is told of it besides. */
export interface FoundChange {
  change: Change;
  commit: string;
  /** Texts of migrations as they are written, in which comments may stand. */
  written: ChangedTexts['written'];
  /** In words. */
  notes: string[];
  /** What a file by its absolute path held before the change; null where it was not there. */
  fileBefore: (file: string) => Promise<Buffer | null>;
}

interface Given {
  ref: string;
  prepared: Prepared;
  snapshot: Snapshot;
  /** Absolute; null where nobody wrote one. */
  configurationFile: string | null;
}

/** What changed since `ref`, both sides read. Throws UsageError for whatever keeps git from telling. */
export async function findChange(context: CommandContext, { ref, prepared, snapshot, configurationFile }: Given): Promise<FoundChange> {
  const { host, lifetime, progress } = context;
  progress.stage('asking git what changed');
  const since = await changeSince(host, lifetime.signal, { ref, directory: prepared.directory });
  const places = new Places(since.clone, prepared.directory);
  const own = configurationFile === null ? null : places.inClone(configurationFile);
  const fileBefore = async (file: string): Promise<Buffer | null> => {
    const inClone = places.inClone(file);
    return inClone === null ? null : oldContent(since, inClone);
  };
  const past = await configurationBefore({ context, prepared, snapshot, since, own });
  const after = prepared.configuration;
  const sides = await readSides({ context, since, places, before: past.configuration, after });
  const texts = await changedTexts({ changes: since.changes, places, migrations: after.gate?.migrations ?? [], covered: sides.covered, before: (file) => oldContent(since, file) });
  const concerned = new Set([...texts.migrations.map((file) => file.path), ...texts.deletedMigrations]);
  const files = since.changes.flatMap((change): ChangedFile[] => {
    const isOurs = isWithin(change.path, since.clone.prefix.replace(/\/$/, '')) || concerned.has(places.shown(change.path)) || sides.covered.some((source) => isWithin(change.path, source) || isWithin(change.before?.path ?? change.path, source));
    return isOurs ? [changedFile(change, places)] : [];
  });
  return {
    change: {
      files,
      before: { configuration: past.configuration, reading: sides.before },
      after: { configuration: after, reading: { ...sides.after, gaps: [...sides.after.gaps, ...texts.gaps] } },
      migrations: texts.migrations,
      configurationChanged: !isDeepStrictEqual(past.configuration, after),
    },
    commit: since.commit,
    written: texts.written,
    notes: [...past.notes, ...notesOf(texts)],
    fileBefore,
  };
}

function changedFile({ path: file, change, before }: GitChange, places: Places): ChangedFile {
  return { path: places.shown(file), from: change === 'renamed' && before !== null ? places.shown(before.path) : null, change };
}

/** A file where it stood, also where the change renamed it. */
async function oldContent({ changes, fileBefore }: Since, inClone: string): Promise<Buffer | null> {
  const renamed = changes.find(({ path: now, change }) => now === inClone && change === 'renamed');
  return fileBefore(renamed?.before?.path ?? inClone);
}

interface Before {
  configuration: Configuration;
  notes: string[];
}

/** The configuration as of the merge base; that of now where it did not change, was not there yet, or could not be read. */
async function configurationBefore({ context, prepared, snapshot, since, own }: { context: CommandContext; prepared: Prepared; snapshot: Snapshot; since: Since; own: string | null }): Promise<Before> {
  const now = { configuration: prepared.configuration, notes: [] };
  const file = now.configuration.file;
  if (own === null || file === null || !since.changes.some(({ path: changed }) => changed === own)) return now;
  const content = await oldContent(since, own);
  if (content === null) return now;
  try {
    const { configuration } = parseConfiguration(content.toString('utf8'), prepared.directory, { environment: context.host.environment, connects: false, displayName: file });
    return { configuration: withStoresOf(snapshot, configuration).configuration, notes: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { ...now, notes: [`${path.basename(file)} could not be read as it was before the change, so both sides are judged by that of now`] };
  }
}

const NAMES_MAX = 5;

function notesOf({ deletedMigrations, uncovered }: ChangedTexts): string[] {
  const listed = (names: readonly string[]): string => [...names.slice(0, NAMES_MAX), ...(names.length > NAMES_MAX ? [`${names.length - NAMES_MAX} more`] : [])].join(', ');
  return [
    ...(deletedMigrations.length === 0 ? [] : [`deleted migrations are not judged: what they did stays done where they ran: ${listed(deletedMigrations)}`]),
    ...(uncovered.length === 0 ? [] : [`changed files with SQL that no source and no migration of the configuration covers were not judged: ${listed(uncovered)}`]),
  ];
}
