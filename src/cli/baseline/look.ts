import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { judgeEverything, type Judged } from '../../check/judge.js';
import { applySuppressions, type Suppressed, type Suppressing } from '../../findings/suppressions/apply.js';
import { commentSuppressions } from '../../findings/suppressions/comments.js';
import type { SuppressionFile } from '../../findings/suppressions/parse.js';
import { statementRules } from '../../findings/suppressions/statement-rules.js';
import { consumerName } from '../../graph/consumer-name.js';
import type { SuppressionEntry } from '../../model/suppression.js';
import { GATE_FOLDER, givenBundle } from '../check/bundle.js';
import { readEverything } from '../check/everything.js';
import { preparedFor } from '../check/prepare.js';
import { commentedFiles, knownRules, readSuppressions, suppressionFile } from '../check/suppressions.js';
import type { CommandContext } from '../command.js';
import { displayName } from '../configuration.js';
import { rulesFor } from '../judge.js';
import { Scratch } from '../scratch.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { LookOptions } from './options.js';

/** A baseline beside what is found today. */
export interface LookedAt {
  /** Absolute. */
  file: string;
  /** As a person in the working folder would write it. */
  shown: string;
  /** What stands there; null where there is no file yet. */
  before: { text: string; read: SuppressionFile } | null;
  judged: Judged;
  /** What the baseline, waivers and comments hide together. */
  suppressed: Suppressed;
  /** What waivers and comments hide, so that it needs no entry. */
  waived: Suppressed;
  /** `YYYY-MM-DD`. */
  today: string;
}

/** Today's date in UTC. */
export function todayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/**
 * Judges the bundle with the files of the working tree, and reads the baseline.
 *
 * @param needed whether there must be a baseline
 * @throws UsageError where it is needed and not there; SuppressionFileError; BundleError; ConfigurationError
 */
export async function lookAtBaseline(context: CommandContext, options: LookOptions, { today, needed }: { today: string; needed: boolean }): Promise<LookedAt> {
  const { lifetime: { signal }, progress } = context;
  const bundle = await givenBundle(context, options.bundle);
  const prepared = await preparedFor(context, bundle);
  const rules = await rulesFor(prepared);
  const { configuration, directory } = prepared;
  const places = { context, options, gate: configuration.gate, directory };
  const file = needed ? await suppressionFile('baseline', places) : baselineFile(context, options, places);
  if (file === null) throw new UsageError(`there is no baseline at ${displayName(context, path.join(directory, GATE_FOLDER, 'baseline.yaml'))}`, 'tidemark baseline write makes one; --baseline names another file');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  const before = text === null ? null : { text, read: await readSuppressions(file, 'baseline', directory, rules) };
  const waiversFile = await suppressionFile('waiver', places);
  const waivers = waiversFile === null ? [] : (await readSuppressions(waiversFile, 'waiver', directory, rules)).entries;
  const everything = await readEverything(context, prepared);
  const comments = commentSuppressions(await commentedFiles(everything.queries, directory), everything.queries, knownRules(rules)).entries;
  progress.stage('judging');
  const scratch = new Scratch(signal);
  const judged = await judgeEverything({
    snapshot: bundle.snapshot, configuration, change: null, everything, rules, version: toolVersion(), bundleFile: bundle.file, since: null,
    suppressions: { baseline: null, waivers: null, comments: { entries: [], problems: [] } },
    ratchet: false, baselineBefore: null, today, scratch: (engine) => scratch.space(engine), signal,
  }).finally(() => scratch.close());
  signal.throwIfAborted();
  const hidden = (entries: readonly SuppressionEntry[]): Suppressed => hiddenBy(judged, { entries, today, statementRules: statementRules(rules) });
  return { file, shown: displayName(context, file), before, judged, suppressed: hidden([...(before?.read.entries ?? []), ...waivers, ...comments]), waived: hidden([...waivers, ...comments]), today };
}

function hiddenBy({ after, queries }: Judged, given: Pick<Suppressing, 'entries' | 'today' | 'statementRules'>): Suppressed {
  const { occurrences, gaps } = after;
  return applySuppressions({ ...given, occurrences, gaps, consumers: new Set(queries.map(consumerName)), judged: () => true, renames: new Map() });
}

/** Where it is to be written, whether or not it is there. */
function baselineFile({ host }: CommandContext, { baseline }: LookOptions, { gate, directory }: { gate: { baseline: string | null } | undefined; directory: string }): string {
  if (baseline === '') throw new UsageError('--baseline names no file');
  return baseline === undefined ? (gate?.baseline ?? path.join(directory, GATE_FOLDER, 'baseline.yaml')) : path.resolve(host.directory, baseline);
}
