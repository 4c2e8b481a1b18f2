import type { CheckInput } from '../../check/input.js';
import type { CheckSummary } from '../../model/check.js';
import type { Report } from '../../model/report.js';
import type { Gap } from '../../model/snapshot.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { configurationFile } from '../configuration.js';
import { EXIT, type ExitCode, type FailOn } from '../exit-code.js';
import { rulesFor } from '../judge.js';
import { Scratch } from '../scratch.js';
import type { Prepared } from '../targets.js';
import { toolVersion } from '../version.js';
import { ageDays, givenBundle, type GivenBundle, tooOld } from './bundle.js';
import { type FoundChange, findChange } from './change.js';
import { exitCodeOfCheck, fails } from './exit-code.js';
import { readEverything } from './everything.js';
import { type CheckOptions, maxAgeSeconds } from './options.js';
import { preparedFor } from './prepare.js';
import { baselineOf, commentedFiles, knownRules, readSuppressions, suppressionFile } from './suppressions.js';

/** `tidemark check`. Connects to nothing and resolves no secret. */
export async function runCheck(context: CommandContext, options: CheckOptions): Promise<ExitCode> {
  const { lifetime, options: flags, output, progress, redactor } = context;
  const seconds_max = maxAgeSeconds(options.maxAge);
  const destinations = await output.destinations();
  const bundle = await givenBundle(context, options.bundle);
  const prepared = await preparedFor(context, bundle);
  const now = new Date();
  const old = tooOld(bundle, seconds_max, now);
  const report = redactor.redactAll(old === null ? await judged(context, options, { bundle, prepared, now }) : unjudged(bundle, old, now));
  lifetime.signal.throwIfAborted();
  progress.end();
  await output.writeReport(report, destinations, options.all ?? false);
  const code = exitCodeOfCheck(report, flags.failOn);
  if (!flags.quiet) output.note(`tidemark: exit ${code}: ${reason(report, code, flags.failOn)}`);
  return code;
}

interface Judging {
  bundle: GivenBundle;
  prepared: Prepared;
  now: Date;
}

async function judged(context: CommandContext, options: CheckOptions, { bundle: { file: bundleFile, snapshot }, prepared, now }: Judging): Promise<Report> {
  const { lifetime: { signal }, progress } = context;
  const rules = await rulesFor(prepared);
  const { configuration, directory } = prepared;
  const places = { context, options, gate: configuration.gate, directory };
  const [baselineFile, waiversFile] = [await suppressionFile('baseline', places), await suppressionFile('waiver', places)];
  const baseline = baselineFile === null ? null : await readSuppressions(baselineFile, 'baseline', directory, rules);
  const waivers = waiversFile === null ? null : await readSuppressions(waiversFile, 'waiver', directory, rules);
  const ref = options.since;
  const found = ref === undefined ? null : await findChange(context, { ref, prepared, snapshot, configurationFile: await configurationFile(context) });
  const everything = found === null ? await readEverything(context, prepared) : undefined;
  const queries = (found?.change.after.reading ?? everything)?.queries ?? [];
  const { commentSuppressions } = await import('../../findings/suppressions/comments.js');
  const comments = commentSuppressions([...(await commentedFiles(queries, directory)), ...(found?.written ?? [])], queries, knownRules(rules));
  progress.stage('judging');
  const scratch = new Scratch(signal);
  const input: CheckInput = {
    snapshot, configuration, change: found?.change ?? null, everything, rules, version: toolVersion(), bundleFile,
    since: found === null || ref === undefined ? null : { ref, commit: found.commit },
    suppressions: { baseline, waivers, comments },
    ratchet: options.ratchet ?? false,
    baselineBefore: found === null || baselineFile === null || options.ratchet !== true ? null : await baselineBefore(found, baselineFile, prepared, rules),
    today: now.toISOString().slice(0, 10),
    scratch: (engine) => scratch.space(engine),
    signal,
  };
  const { checkChange } = await import('../../check/index.js');
  const report = await checkChange(input).finally(() => scratch.close());
  const notes = [...(found?.notes ?? []), ...otherPaths(snapshot, configuration)];
  return {
    ...report,
    gaps: [...report.gaps, ...scratch.gaps],
    assumptions: [...prepared.assumptions, ...report.assumptions],
    ...(report.check === undefined ? {} : { check: { ...report.check, bundle: { ...report.check.bundle, age_days: ageDays(snapshot, now) }, ...(notes.length === 0 ? {} : { notes }) } }),
  };
}

async function baselineBefore({ fileBefore }: FoundChange, file: string, { directory }: Prepared, rules: CheckInput['rules']): Promise<CheckInput['baselineBefore']> {
  const content = await fileBefore(file);
  return content === null ? null : baselineOf(content, file, directory, rules);
}

/** Queries of the bundle and of the clone are told to be the same by the names of their files. */
function otherPaths({ sources: held }: CheckInput['snapshot'], { sources }: CheckInput['configuration']): string[] {
  const own = sources.filter(({ remote }) => remote === undefined).map(({ path }) => path);
  if (own.length === 0 || held.length === 0 || own.some((path) => held.some((source) => source.path === path))) return [];
  return [`the bundle names its sources otherwise (${held[0]?.path ?? ''}), so that its queries and those of this clone are not known to be the same: collect it with this configuration, in a clone`];
}

/** What is told where nothing could be judged. */
function unjudged({ file, snapshot }: GivenBundle, gap: Gap, now: Date): Report {
  const none = { total: 0, parsed: 0, partial: 0, unparsed: 0 };
  const check: CheckSummary = {
    bundle: { file, takenAt: snapshot.takenAt, age_days: ageDays(snapshot, now) },
    since: null, files: [], baseline: null, waivers: null,
    counts: { new: 0, unchanged: 0, suppressed: 0, fixed: 0 },
    fixed: [], knownGaps: [], ratchet: [],
    looked: { queries: 0, statements: 0, relations: 0 },
  };
  return {
    schemaVersion: 1,
    tool: { name: 'tidemark', version: toolVersion() },
    takenAt: snapshot.takenAt,
    verdicts: [], findings: [],
    coverage: { statements: none, queries: { ...none, problems: 0 }, relations: 0, views: { total: 0, agree: 0, differ: 0 }, columns: { resolved: 0, total: 0 }, attributedBlockShare: null },
    stores: snapshot.stores.map(({ name, engine, role, version, cost }) => ({ name, engine, role, version, cost })),
    gaps: [gap],
    assumptions: [],
    check,
  };
}

/** Why the run ends as it does, for who reads the log. */
function reason({ gaps, findings, check }: Report, code: ExitCode, failOn: FailOn): string {
  const failing = findings.filter((finding) => fails(finding, failOn)).length;
  const found = [...(failing > 0 ? [`${count(failing, 'new finding')} at or above ${failOn}`] : []), ...((check?.ratchet ?? []).length > 0 ? ['the ratchet refuses'] : [])].join(', ');
  if (code === EXIT.blind) return `${count(gaps.length, 'thing')} could not be looked at${found === '' ? '' : `, which outranks ${found}`}`;
  return code === EXIT.clean ? `nothing new${failOn === 'never' ? '' : ` at or above ${failOn}`}` : found;
}
