import { type AuditOptions, type Court, type Joint, inCourt } from '../audit.js';
import type { Subject, SubjectId } from '../facts/subjects.js';
import { type Occurrence, occurrencesOf } from '../findings/occurrences.js';
import { consumerName } from '../graph/consumer-name.js';
import type { Change, ChangeSide } from '../model/check.js';
import type { Configuration } from '../model/configuration.js';
import type { Finding } from '../model/finding.js';
import type { CollectedQuery } from '../model/query.js';
import type { Report } from '../model/report.js';
import type { Gap, Snapshot } from '../model/snapshot.js';
import { judge } from '../rules/run.js';
import type { Rule } from '../rules/rule.js';
import type { CheckInput } from './input.js';
import { judgeMigrations, type MigrationsGiven, relationsMigrated } from './migrations.js';
import { neighbourhoodOf } from './neighbourhood.js';
import { type ChangedQueries, changedQueries, withReading } from './sides.js';
import { relationsNamed } from './touched.js';

/** One side of a change as it was judged. */
export interface JudgedSide {
  /** What concerns the change, or everything. */
  occurrences: Occurrence[];
  gaps: Gap[];
}

/** What was judged, before it is matched and hidden. */
export interface Judged {
  /** Null where there is nothing to compare with. */
  before: JudgedSide | null;
  after: JudgedSide;
  /** Of the side after, with what does not depend on findings. */
  report: Report;
  /** Every query after the change, judged or not. */
  queries: readonly CollectedQuery[];
  /** Null where everything was judged. */
  changed: ChangedQueries | null;
  looked: { queries: number; statements: number; relations: number };
  assumptions: string[];
}

/** What findings without a consumer may speak of when a change makes or mends them; roles, stores, sessions and indexes are no change's. */
const OF_RELATIONS: ReadonlySet<SubjectId> = new Set<SubjectId>(['metric', 'movement', 'column', 'declaration', 'contract', 'publication']);

/** Judges everything: the bundle with the working tree's sources in place of what it has of the same paths. */
export async function judgeEverything(input: CheckInput): Promise<Judged> {
  const { snapshot: bundle, everything, configuration } = input;
  const snapshot = everything ? withReading(bundle, everything, everything.sources.map(({ path }) => path), NOTHING_ELSE) : bundle;
  return inCourt(given(input), async (court) => {
    const joint = await court.join({ snapshot, configuration, version: input.version });
    const report = await court.judge(joint, { configuration, rules: input.rules, scratch: scratchOf(input) });
    return {
      before: null,
      after: { occurrences: occurrencesOf(report.findings, snapshot.queries), gaps: report.gaps },
      report, queries: snapshot.queries, changed: null, looked: lookedAt(snapshot), assumptions: [],
    };
  });
}

/** Judges both sides of a change, as far as it reaches. */
export async function judgeChange(input: CheckInput, change: Change): Promise<Judged> {
  const sides = sidesOf(input.snapshot, change);
  const changed = changedQueries(sides.before.queries, sides.after.queries);
  const migrated = change.migrations.length === 0 ? [] : await relationsMigrated(change.migrations, input.snapshot.stores, input.configuration);
  const texts = [...change.migrations.map(({ text }) => text), ...migrated, ...declaredNames(change)];
  const isWhole = change.configurationChanged;
  const near = isWhole ? null : neighbourhoodOf({ ...sides, changed, texts, configuration: input.configuration });
  const { before, after } = near ?? sides;
  const hasChange = isWhole || changed.before.length + changed.after.length > 0 || declaredNames(change).length > 0;
  return inCourt(given(input), async (court) => {
    const chosen = concerning([...changed.before, ...changed.after]);
    const judgeSide = async (joint: Joint, configuration: Configuration): Promise<Report> =>
      court.judge(joint, { configuration, rules: input.rules, scratch: scratchOf(input), ...(isWhole ? {} : { chosen }) });
    const formerly = isWhole ? { ...change.before.configuration, rules: knownLevels(change.before.configuration, input.rules) } : change.after.configuration;
    const jointBefore = hasChange ? await court.join({ snapshot: before, configuration: formerly, version: input.version }, sides.before.queries) : null;
    const reportBefore = jointBefore && (await judgeSide(jointBefore, formerly));
    const jointAfter = await court.join({ snapshot: hasChange || change.migrations.length > 0 ? after : { ...after, stores: [], queries: [] }, configuration: input.configuration, version: input.version }, sides.after.queries);
    const report = hasChange ? await judgeSide(jointAfter, input.configuration) : await court.judge(jointAfter, { configuration: input.configuration, rules: [], scratch: undefined, chosen: NOTHING_CHOSEN });
    const migrations = await ofMigrations(input, change, jointAfter, court, jointBefore ? { queries: changed.before, boundaries: jointBefore.boundaries } : undefined);
    return {
      before: { occurrences: occurrencesOf(reportBefore?.findings ?? [], before.queries), gaps: reportBefore?.gaps ?? sides.before.gaps },
      after: { occurrences: occurrencesOf([...report.findings, ...migrations.findings], after.queries), gaps: [...report.gaps, ...migrations.gaps] },
      report, queries: sides.after.queries, changed,
      looked: near ? { queries: after.queries.length, statements: near.statements, relations: relationsNamed(after.stores, near.touched).length } : lookedAt(after),
      assumptions: migrations.assumptions,
    };
  });
}

/** The bundle with what the sources hold on each side. */
function sidesOf(bundle: Snapshot, { before, after }: Change): { before: Snapshot; after: Snapshot } {
  const paths = [...before.reading.sources, ...after.reading.sources].map(({ path }) => path);
  return { before: withReading(bundle, before.reading, paths, after.reading), after: withReading(bundle, after.reading, paths, before.reading) };
}

/** Names of relations of which one side declares something that the other one does not. */
function declaredNames({ before, after }: Change): string[] {
  const [one, other] = [sayings(before), sayings(after)];
  return [...one, ...other].flatMap(([saying, names]) => (one.has(saying) && other.has(saying) ? [] : names));
}

/** What is declared, with the names of the relations that it is about. */
function sayings({ reading }: ChangeSide): Map<string, string[]> {
  const declared = reading.columnDeclarations.map((declaration): [string, string[]] => [JSON.stringify(declaration), [declaration.relation]]);
  const contracted = reading.contracts.map((contract): [string, string[]] => [JSON.stringify({ ...contract, origin: null }), contract.relations.map(({ name }) => name)]);
  return new Map([...declared, ...contracted]);
}

/** Findings of consumers that changed on either side, of metrics that they define, and of relations. */
function concerning(changed: readonly CollectedQuery[]): { subject: (subject: Subject) => boolean; metric: (inputs: readonly { origin?: CollectedQuery['origin'] | null }[]) => boolean } {
  const names = new Set(changed.map(consumerName));
  const places = new Set(changed.map(({ origin }) => placeKey(origin)));
  const isChanged = (place: CollectedQuery['origin']): boolean => places.has(placeKey(place));
  return {
    subject: ({ subject, consumer, locations }) => (consumer === '' ? OF_RELATIONS.has(subject) : names.has(consumer) || locations.some(isChanged)),
    metric: (inputs) => inputs.some(({ origin }) => origin !== null && origin !== undefined && isChanged(origin)),
  };
}

const NOTHING_CHOSEN = { subject: () => false, metric: () => false };
const NOTHING_ELSE = { queries: [], columnDeclarations: [] };

function placeKey({ file, pointer, line, column }: CollectedQuery['origin']): string {
  return JSON.stringify([file, pointer, line, column]);
}

async function ofMigrations(input: CheckInput, { migrations }: Change, joined: Joint, { parsers }: Court, replaced: MigrationsGiven['replaced']): Promise<{ findings: Finding[]; gaps: Gap[]; assumptions: string[] }> {
  if (migrations.length === 0) return { findings: [], gaps: [], assumptions: [] };
  const { configuration, rules, scratch } = input;
  const { subjects, gaps, assumptions } = await judgeMigrations({ files: migrations, joined, parsers, configuration, scratch: scratch ?? (async () => null), replaced });
  return { findings: judge(rules, subjects, { levels: configuration.rules, thresholds: configuration.thresholds }).findings, gaps, assumptions };
}

function scratchOf({ scratch }: CheckInput): AuditOptions['scratch'] {
  return scratch === undefined ? undefined : ({ engine }) => scratch(engine);
}

function given({ signal }: CheckInput): Pick<AuditOptions, 'signal'> {
  return signal === undefined ? {} : { signal };
}

/** The configuration before may name rules that are no longer there, which is no fault of the change. */
function knownLevels({ rules: levels }: Configuration, rules: readonly Rule[]): Configuration['rules'] {
  const known = new Set(rules.flatMap(({ id, aliases }) => [id, ...aliases]));
  const kept = Object.fromEntries(Object.entries(levels).filter(([id]) => known.has(id)));
  return kept;
}

function lookedAt({ queries, stores }: Snapshot): Judged['looked'] {
  return {
    queries: queries.length,
    statements: stores.reduce((sum, { statements }) => sum + statements.length, 0),
    relations: stores.reduce((sum, { catalog }) => sum + catalog.relations.length, 0),
  };
}
