import path from 'node:path';
import { judgedHistory, type JudgedHistory } from '../../../history/index.js';
import { foldJournal, keyOfMetric, lineOf, type Look } from '../../../history/fold.js';
import type { JournalLine } from '../../../history/journal-line.js';
import type { HistoryQuestion, NotAsked } from '../../../history/question.js';
import { historyQuestions } from '../../../history/questions.js';
import type { Gap, Snapshot } from '../../../model/snapshot.js';
import { createParsers } from '../../../sql/parse/parsers.js';
import { openLive } from '../../../stores/index.js';
import { targetOf } from '../../../stores/shared/target.js';
import { like } from '../../../text/glob.js';
import { suggestion } from '../../../text/nearest-name.js';
import { meaningOf } from '../../../live/journal/problem.js';
import { plainText } from '../../../text/plain-text.js';
import type { CommandContext } from '../../command.js';
import { journalFolderOf } from '../../live/state-folder.js';
import { systemClock } from '../../live/system-clock.js';
import { takeSnapshot } from '../../take-snapshot.js';
import { type Prepared, prepareLive } from '../../targets.js';
import { UsageError } from '../../usage-error.js';
import { toolVersion } from '../../version.js';
import type { HistoryAnswer, RememberedMetric } from './answer.js';
import { askStore, type HistoryOfStore } from './ask.js';
import { addToClosedPeriods, closedPeriodsFolder, KeyProblem, periodKey, readClosedPeriods, type PeriodKey } from './journal.js';

export interface Wanted {
  prepared: Prepared;
  snapshot: Snapshot;
  asked: HistoryQuestion[];
  notAsked: NotAsked[];
}

/** Looks at the stores, without the dashboards, and says what of them can be remembered. Throws UsageError, ConfigurationError. */
export async function wantedHistory(context: CommandContext, names: readonly string[]): Promise<Wanted> {
  const prepared = await prepareLive(context, {});
  const { configuration } = prepared;
  const snapshot = await takeSnapshot(context, { ...prepared, configuration: { ...configuration, sources: [] } }, { blame: false });
  const { asked, notAsked } = historyQuestions(snapshot, configuration);
  const known = [...asked, ...notAsked].map(({ metric }) => metric);
  for (const name of names) {
    if (known.some((metric) => isCalled(metric, name))) continue;
    throw new UsageError(`no declared metric is called '${plainText(name, 200)}'${suggestion(name, known)}`, known.length === 0 ? NOTHING_DECLARED : `declared: ${known.slice(0, 12).map((metric) => plainText(metric, 100)).join(', ')}`);
  }
  const chosen = (metric: string): boolean => names.length === 0 || names.some((name) => isCalled(metric, name));
  return { prepared, snapshot, asked: asked.filter(({ metric }) => chosen(metric)), notAsked: notAsked.filter(({ metric }) => chosen(metric)) };
}

const NOTHING_DECLARED = 'declare one under metrics with relation, formula and time, or show it by a view of the semantic zone';

function isCalled(metric: string, name: string): boolean {
  return like(metric.toLowerCase(), name.toLowerCase());
}

/** Asks the stores, remembers what they say, and tells it beside what was remembered before. */
export async function lookAtHistory(context: CommandContext, names: readonly string[]): Promise<HistoryAnswer> {
  const { host, lifetime, progress } = context;
  const wanted = await wantedHistory(context, names);
  const { prepared, snapshot, asked, notAsked } = wanted;
  const state = journalFolderOf(context, prepared, true);
  if (state === null) throw new Error('the state folder is always kept here');
  const folder = closedPeriodsFolder(state);
  const before = await readClosedPeriods(folder);
  // Statistics and texts that could not be read are no matter here; what hides restatements is.
  const seen = snapshot.gaps.filter(({ severity, missing }) => severity === 'blind' || /control table|closed period|what was remembered/.test(missing));
  const gaps: Gap[] = [...seen];
  const key = await keyOf(folder);
  const now_seconds = systemClock.now();
  const stores: HistoryOfStore[] = [];
  const parsers = await createParsers({ signal: lifetime.signal });
  try {
    progress.stage('asking for closed periods');
    for (const store of snapshot.stores) {
      const questions = asked.filter((question) => question.store === store.name);
      const configured = prepared.configuration.stores.find(({ name }) => name === store.name);
      if (questions.length === 0 || configured === undefined) continue;
      const open = { environment: host.environment, homeDirectory: host.homeDirectory, signal: lifetime.signal, lockFree: true };
      stores.push(await askStore(questions, { store, parsers, key, now_seconds, signal: lifetime.signal, open: () => openLive(store.engine, targetOf(configured), open), onProgress: progress.detail }));
    }
  } finally {
    await parsers.close();
  }
  const looks = stores.flatMap((store) => store.looks);
  const lines = linesOf(looks, before.lines);
  try {
    await addToClosedPeriods(folder, lines);
  } catch (error) {
    gaps.push(gapOf('this look, which the next one cannot be compared with', `${plainText(path.join(folder), 300)} cannot be written: ${meaningOf(error)}`, 'blind'));
  }
  const closedPeriods = foldJournal([...before.lines, ...lines]);
  const judged = judgedHistory({ stores: snapshot.stores, gaps: snapshot.gaps, closedPeriods }, prepared.configuration.live.dataProducts);
  const refused = stores.flatMap((store) => store.refused);
  return {
    schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, takenAt: snapshot.takenAt,
    stores: snapshot.stores.map(({ name, role, engine }) => ({ name, role, engine })),
    metrics: asked.flatMap((question) => rememberedOf(question, judged, { looks, before: before.lines })),
    notAsked: [...notAsked, ...refused.filter(({ isGap }) => !isGap).map(({ question: { metric, store }, why }) => ({ metric, store, why }))],
    cost: stores.map(({ cost }) => cost),
    gaps: [...gaps, ...refused.filter(({ isGap }) => isGap).map(({ question: { metric }, why }) => gapOf(`closed periods of ${metric}`, why, 'blind'))],
  };
}

async function keyOf(folder: string): Promise<PeriodKey> {
  try {
    return await periodKey(folder);
  } catch (error) {
    if (error instanceof KeyProblem) throw new UsageError(error.message, 'remove it: what was remembered with the key before cannot be compared any more, and history begins anew');
    throw new UsageError(`nothing can be remembered in ${plainText(folder, 300)}: ${meaningOf(error)}`, 'XDG_STATE_HOME names another place');
  }
}

function gapOf(missing: string, cause: string, severity: Gap['severity'] = 'partial'): Gap {
  return { subject: 'closed periods', missing, cause, remedy: null, severity };
}

function linesOf(looks: readonly Look[], before: readonly JournalLine[]): JournalLine[] {
  const known = new Map(foldJournal(before).map((metric) => [keyOfMetric(metric), metric]));
  const keys = new Map(before.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)).map((line) => [keyOfMetric(line), line.key]));
  return looks.flatMap((look) => lineOf(look, known.get(keyOfMetric(look)), keys.get(keyOfMetric(look))) ?? []);
}

function rememberedOf({ metric, store, owner, relation, product, period }: HistoryQuestion, judged: readonly JudgedHistory[], { looks, before }: { looks: readonly Look[]; before: readonly JournalLine[] }): RememberedMetric[] {
  const own = judged.find((one) => keyOfMetric(one.metric) === keyOfMetric({ metric, store }));
  const look = looks.find((one) => keyOfMetric(one) === keyOfMetric({ metric, store }));
  if (own === undefined) return look === undefined ? [] : [{ metric, store, owner, relation, product, period, look: 'begun', periods: 0, newPeriods: 0, from: null, to: null, since: look.at, restatementsKnown: false, removed: 0, changes: [] }];
  const { buckets, redefinedAt } = own.metric;
  const wasKnown = before.some((line) => keyOfMetric(line) === keyOfMetric({ metric, store }));
  const begunNow = look !== undefined && buckets.every(({ firstSeenAt }) => firstSeenAt === look.at);
  return [{
    metric, store, owner, relation, product, period,
    look: look === undefined ? 'not asked' : redefinedAt === look.at ? 'redefined' : begunNow || !wasKnown ? 'begun' : 'asked',
    periods: buckets.length, newPeriods: buckets.filter(({ firstSeenAt }) => firstSeenAt === look?.at).length,
    from: buckets[0]?.bucket ?? null, to: buckets.at(-1)?.bucket ?? null, since: buckets.map(({ firstSeenAt }) => firstSeenAt).toSorted()[0] ?? '',
    restatementsKnown: own.facts.restatements_known, removed: own.facts.removed,
    changes: own.changes.map(({ bucket, after, before: seen, emptied, verdict, leavesOut, restatement }) => ({ bucket, after, before: seen, emptied, verdict, leavesOut, restatement: restatement?.id ?? null, isNew: seen === look?.at })),
  }];
}
