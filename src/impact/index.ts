import type { Impact, ImpactReport } from '../model/impact-report.js';
import type { SchemaChange, UnknownChange } from '../model/migration.js';
import { ScratchError } from '../model/scratch-engine.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { breaksOf } from './breaks.js';
import { contractImpacts } from './contracts.js';
import { copyImpacts } from './copies.js';
import { expandContract } from './expand-contract.js';
import type { ImpactInput } from './input.js';
import { meaningsOf } from './meaning.js';
import { merged } from './merge.js';
import { notifyOf } from './notify.js';
import { objectImpacts } from './objects.js';
import { phased } from './phases.js';
import { privilegeImpacts } from './privileges.js';
import { replacedViews } from './replaced.js';
import { reusedImpacts } from './reused.js';
import { type Situation, situationOf } from './situation.js';
import { tryStatements } from './trial.js';
import { unprovedImpacts } from './unproved.js';
import { type UnreadReader, unreadOf } from './unread.js';
import { wideningImpacts } from './widens.js';

export type { ImpactInput } from './input.js';
export type { UnreadReader } from './unread.js';

/** The report, and who of its `unread` could not be followed why. */
export interface ImpactWithUnread {
  report: ImpactReport;
  unread: UnreadReader[];
}

/**
 * What migrations do to everyone who reads the store: who fails, who answers something else, which equalities of metrics are no
 * longer proved, which promises are broken, who sees more, and in which order it can be deployed. Pure, but for the scratch space
 * that is handed in: statements are planned there over empty tables, and definitions compared. Nothing of a store is touched.
 */
export async function impactOf(input: ImpactInput): Promise<ImpactReport> {
  return (await impactWithUnread(input)).report;
}

/** The same, for who has to tell readers that name what is changed from those of whom nothing is known. */
export async function impactWithUnread(input: ImpactInput): Promise<ImpactWithUnread> {
  const untried = situationOf(input);
  const { trials, fault } = await trialsOf(untried);
  const situation: Situation = { ...untried, trials };
  const { impacts: breaks, broken } = breaksOf(situation);
  const impacts = merged([
    ...breaks,
    ...privilegeImpacts(situation),
    ...objectImpacts(situation),
    ...meaningsOf(situation, broken),
    ...reusedImpacts(situation, broken),
    ...(await replacedViews(situation, broken)),
    ...copyImpacts(situation),
    ...(await unprovedImpacts(situation)),
    ...contractImpacts(situation),
    ...wideningImpacts(situation),
  ].map((impact) => tempered(sorted(impact), input)), input.changes);
  const unread = unreadOf(situation);
  const report: ImpactReport = {
    store: situation.store,
    files: input.files.map(({ path, tool, version }) => ({ path, tool, version })),
    changes: phased(situation, impacts, unread),
    impacts,
    expandContract: expandContract(situation, impacts),
    notify: notifyOf(impacts),
    unknown: [...input.unknown.filter((one) => !isTold(one, impacts, input)), ...effectsUnknown(situation)],
    unread: fault === null ? unread.names : [...unread.names, fault],
    looked: { ...situation.looked, metrics: (input.metrics ?? []).filter(({ store }) => store === situation.store).length },
  };
  return { report, unread: fault === null ? unread.readers : [...unread.readers, { name: fault, why: 'engine' }] };
}

function sorted(impact: Impact): Impact {
  return { ...impact, changes: [...new Set(impact.changes)].sort((a, b) => a - b) };
}

/** What an administrator ran by hand is no report: it is told, and waits for nobody. */
function tempered(impact: Impact, { boundary }: ImpactInput): Impact {
  const { thing } = impact;
  if (thing.kind !== 'role' || impact.effect === 'widens') return impact;
  return boundary.roles.get(thing.name.replace(/^role /, ''))?.purpose === 'administration' ? { ...impact, confidence: Math.min(impact.confidence, 0.4) } : impact;
}

/** Changes after which a statement fails by a name that it says, or does not fail at all. */
const NAMED: ReadonlySet<SchemaChange['kind']> = new Set<SchemaChange['kind']>([
  'column-dropped', 'column-renamed', 'relation-dropped', 'relation-renamed', 'relation-added', 'column-default', 'column-nullable', 'constraint-added', 'constraint-dropped', 'constraint-validated',
]);

/** What the engine says of the readers that are touched; nothing where there is no engine or nothing that it could refuse. */
async function trialsOf(situation: Situation): Promise<{ trials: Situation['trials']; fault: string | null }> {
  const { input, touched, definitions, changes } = situation;
  const none = { trials: new Map<never, never>(), fault: null };
  const dialect = dialectOfEngine(input.boundary.store.engine).id;
  if (input.namesSettle === true && changes.every(({ change }) => NAMED.has(change.kind))) return none;
  if (input.scratch === undefined || changes.length === 0 || (dialect !== 'postgres' && dialect !== 'duckdb')) return none;
  const readers = [...touched, ...definitions.filter(({ thing }) => thing.kind === 'function')];
  if (readers.length === 0) return none;
  const space = await input.scratch();
  if (space === null) return none;
  try {
    return { trials: await tryStatements(readers, input.boundary.store.catalog, input.after, space), fault: null };
  } catch (error) {
    if (!(error instanceof ScratchError)) throw error;
    return { trials: new Map(), fault: `the engine gave up planning the statements (${error.message}): they were judged by their names only` };
  } finally {
    await space.close();
  }
}

/** A refusal of the server that names a thing which stands among the impacts of the same statement already. */
function isTold({ place, why }: UnknownChange, impacts: readonly Impact[], { changes }: ImpactInput): boolean {
  if (!why.startsWith('fails: ')) return false;
  return impacts.some(({ effect, thing, changes: own }) => effect === 'breaks' && why.includes(thing.name.split(' ')[0] ?? '') && own.some((one) => changes[one]?.place.file === place.file && changes[one]?.place.line === place.line));
}

/** Changes whose effect on rows is in code that nobody has: triggers that go. */
function effectsUnknown({ changes }: Situation): UnknownChange[] {
  return changes.flatMap(({ change }): UnknownChange[] => {
    if (change.kind === 'trigger-dropped') return [{ place: change.place, why: `The trigger ${change.name} on ${change.relation} is dropped: what it kept up in ${change.columns.length === 0 ? 'rows' : change.columns.join(', ')} is not known.` }];
    return [];
  });
}
