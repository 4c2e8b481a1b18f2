import { occurrencesOf, type Occurrence } from '../findings/occurrences.js';
import { matchOccurrences, type Matched } from '../findings/match.js';
import { areaOf } from '../findings/verdicts/boundary.js';
import { applySuppressions, type Suppressed, type Suppressing } from '../findings/suppressions/apply.js';
import type { SuppressionFile } from '../findings/suppressions/parse.js';
import { statementRules } from '../findings/suppressions/statement-rules.js';
import { suppressionSubjects } from '../findings/suppressions/subjects.js';
import { consumerName } from '../graph/consumer-name.js';
import type { CheckSummary } from '../model/check.js';
import type { Report } from '../model/report.js';
import type { SuppressionEntry, SuppressionProblem } from '../model/suppression.js';
import { judge } from '../rules/run.js';
import { compareGaps } from './gaps.js';
import type { CheckInput } from './input.js';
import { type Judged, judgeChange, judgeEverything } from './judge.js';
import { findingsOf, type Settled } from './outcome.js';
import { ratchetWords } from './ratchet.js';
import { withoutUnreadable } from './unreadable.js';

export type { CheckInput, GivenSuppressions } from './input.js';

/**
 * Judges a change against a bundle: what it makes, what it mends, what could not be looked at. The result depends on nothing but the
 * arguments.
 *
 * With a change both sides are judged by the ordinary rules, as far as the change reaches; findings of changed consumers, of metrics
 * that they define, of migrations and of suppressions count, and of relations those that stand on one side only. Without one
 * everything is judged, against the baseline alone. Then baseline, waivers and comments hide.
 *
 * `Report.findings` are those after the change, `check.fixed` what is gone; `Report.gaps` are new ones, `check.knownGaps` the others.
 *
 * @throws UnknownRuleError for a rule level of the configuration that names no rule
 * @throws the signal's reason
 */
export async function checkChange(input: CheckInput): Promise<Report> {
  const { change } = input;
  const judged = change === null ? await judgeEverything(input) : await judgeChange(input, change);
  const renames = new Map((change?.files ?? []).flatMap(({ path, from }) => (from === null || from === path ? [] : [[path, from] as const])));
  const consumers = new Set(judged.queries.map(consumerName));
  const matched = judged.before ? matchOccurrences(judged.before.occurrences, judged.after.occurrences, renames, consumers, statementRules(input.rules)) : { same: [], fresh: judged.after.occurrences, gone: [] };
  const suppressed = suppressing(input, judged, matched, { renames, consumers });
  const gaps = compareGaps(judged.before?.gaps ?? [], judged.after.gaps, renames);
  const freshGaps = gaps.fresh.filter((gap) => !suppressed.hiddenGaps.has(gap));
  const ids = judged.changed && new Set([...judged.changed.before, ...judged.changed.after].map(({ id }) => id));
  const { gone, notes } = withoutUnreadable(matched.gone, freshGaps);
  const settled: Settled[] = [
    // What speaks of a relation alone and stands on both sides is not the change's.
    ...matched.same.flatMap(({ after }) => (ofChange(after, ids) ? [settle(after, 'unchanged', suppressed)] : [])),
    ...matched.fresh.map((occurrence) => settle(occurrence, 'new', suppressed)),
    ...aboutSuppressions(input, suppressed).map((occurrence) => ({ occurrence, state: stateOfSuppression(occurrence, judged), suppression: null })),
  ];
  const fixed = gone.map((occurrence): Settled => ({ occurrence, state: 'absent', suppression: null }));
  const findings = findingsOf(settled);
  const summary = summaryOf(input, judged, { settled, fixed, findings, fixedFindings: findingsOf(fixed), knownGaps: [...gaps.known, ...gaps.fresh.filter((gap) => suppressed.hiddenGaps.has(gap))] });
  return { ...judged.report, verdicts: [], findings, gaps: freshGaps, assumptions: [...judged.report.assumptions, ...judged.assumptions, ...notes], check: summary };
}

/** An occurrence that the baseline knows is as little new as one that stood before the change. */
function settle(occurrence: Occurrence, state: 'new' | 'unchanged', { hidden }: Suppressed): Settled {
  const suppression = hidden.get(occurrence) ?? null;
  return { occurrence, state: suppression?.by === 'baseline' ? 'unchanged' : state, suppression };
}

/** @param changed ids of changed queries; null where everything is judged */
function ofChange({ consumer, queryIds }: Occurrence, changed: ReadonlySet<string> | null): boolean {
  return changed === null || consumer !== '' || (queryIds ?? []).some((id) => changed.has(id));
}

function suppressing({ suppressions, today, change, rules }: CheckInput, { before, after, changed }: Judged, matched: Matched, around: Pick<Suppressing, 'renames' | 'consumers'>): Suppressed {
  const { baseline, waivers, comments } = suppressions;
  const judgedNames = changed && new Set([...changed.before, ...changed.after].map(consumerName));
  const judgedIds = changed && new Set(changed.after.map(({ id }) => id));
  // Of a change only what the detections say is judged: an entry for a whole consumer or a table is neither used nor unused.
  const ofReviews = new Set(rules.filter((rule) => areaOf(rule) !== null).map(({ id }) => id));
  const files = new Set((change?.files ?? []).map(({ path }) => path));
  const judged = ({ by, consumer, queryId, place, rule }: SuppressionEntry): boolean => {
    if (judgedNames === null || judgedIds === null) return true;
    if (ofReviews.has(rule)) return false;
    if (by === 'comment') return queryId ? judgedIds.has(queryId) : files.has(place.file);
    return consumer !== null && judgedNames.has(consumer);
  };
  return applySuppressions({
    occurrences: after.occurrences,
    gaps: after.gaps,
    entries: [...(baseline?.entries ?? []), ...(waivers?.entries ?? []), ...comments.entries],
    today, judged, statementRules: statementRules(rules), ...around,
    ...(before ? { before: new Map(matched.same.map((pair) => [pair.after, pair.before])) } : {}),
  });
}

/** Findings on entries with which something is wrong; under the ratchet one that hides nothing is as bad as the others. */
function aboutSuppressions({ suppressions, rules, configuration, ratchet }: CheckInput, { problems }: Suppressed): Occurrence[] {
  const { baseline, waivers, comments } = suppressions;
  const all: SuppressionProblem[] = [...(baseline?.problems ?? []), ...(waivers?.problems ?? []), ...comments.problems, ...problems];
  const levels = ratchet && configuration.rules['suppression-unused'] !== 'off' ? { ...configuration.rules, 'suppression-unused': 'error' as const } : configuration.rules;
  return occurrencesOf(judge(rules, suppressionSubjects(all), { levels, thresholds: configuration.thresholds }).findings, []);
}

/** A day that went by is nobody's change: an entry that is past speaks where its consumer is changed, and wherever everything is judged. */
function stateOfSuppression({ ruleId, consumer }: Occurrence, { changed }: Judged): 'new' | 'unchanged' {
  if (changed === null || ruleId !== 'suppression-expired') return 'new';
  return [...changed.before, ...changed.after].some((query) => consumerName(query) === consumer) ? 'new' : 'unchanged';
}

interface Outcome {
  settled: readonly Settled[];
  fixed: readonly Settled[];
  findings: Report['findings'];
  fixedFindings: Report['findings'];
  knownGaps: Report['gaps'];
}

function summaryOf(input: CheckInput, { looked }: Judged, { settled, fixed, findings, fixedFindings, knownGaps }: Outcome): CheckSummary {
  const { change, suppressions, since, bundleFile, snapshot } = input;
  const open = findings.filter((finding) => (finding.suppressions ?? []).length === 0);
  return {
    bundle: { file: bundleFile, takenAt: snapshot.takenAt },
    since,
    files: filesOf(input),
    baseline: countOf(suppressions.baseline),
    waivers: countOf(suppressions.waivers),
    counts: {
      new: open.filter(({ baselineState }) => baselineState === 'new').length,
      unchanged: open.filter(({ baselineState }) => baselineState === 'unchanged').length,
      suppressed: findings.length - open.length,
      fixed: fixedFindings.length,
    },
    fixed: fixedFindings,
    knownGaps,
    ratchet: input.ratchet ? ratchetWords({ settled: [...settled, ...fixed], baseline: suppressions.baseline, baselineBefore: input.baselineBefore, isChange: change !== null }) : [],
    looked,
  };
}

function countOf(file: SuppressionFile | null): CheckSummary['baseline'] {
  return file === null ? null : { file: file.file, entries: file.entries.length };
}

function filesOf({ change, configuration }: CheckInput): CheckSummary['files'] {
  if (change === null) return [];
  const { before, after, files, migrations } = change;
  const isMigration = new Set(migrations.map(({ path }) => path));
  const countIn = (side: typeof after, path: string): number => side.reading.queries.filter(({ origin }) => origin.file === path || origin.file.startsWith(`${path}!/`)).length;
  return files.map((file) => {
    const own = countIn(after, file.path);
    const former = countIn(before, file.from ?? file.path);
    const isConfiguration = configuration.file !== null && (configuration.file === file.path || configuration.file.endsWith(`/${file.path}`));
    const judgedAs = isMigration.has(file.path) ? 'migration' : isConfiguration ? 'configuration' : own + former > 0 ? 'queries' : 'nothing';
    return { ...file, judgedAs, queries: own, queriesBefore: former };
  });
}
