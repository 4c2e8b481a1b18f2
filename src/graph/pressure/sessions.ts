import type { SessionFacts } from '../../facts/session.js';
import { durationSeconds } from '../../facts/role-settings.js';
import { unknownFacts } from '../../facts/schema.js';
import { schema } from '../../facts/session.js';
import type { Subject } from '../../facts/subjects.js';
import type { HorizonHolder, SessionLooks, SessionObservation } from '../../model/pressure.js';
import type { RolePurpose } from '../../model/store.js';
import { formatQuantity } from '../../text/quantity.js';
import type { Access, StoreBoundary } from '../boundary.js';
import { isClient, toolOfApplication } from '../join/tools.js';
import { type SubjectInput, subject } from '../subject.js';
import { type Holder, type Waiting, keyOf, rootsOf } from './waiting.js';

/** Who reads for reports, marts and curiosity: what may wait, and must not be waited for. */
const OF_REPORTS: ReadonlySet<RolePurpose> = new Set(['reporting', 'loader', 'person']);

/** Of the tables with dead rows so many are named, and of what holds vacuum back further. */
const RELATIONS_NAMED = 3;
const OLDER_NAMED = 3;

/** Everything about the sessions of one store that one of them is judged by. */
interface Scene {
  boundary: StoreBoundary;
  looks: SessionLooks;
  roots: Map<string, Waiting>;
  statements: Map<string, Access[]>;
  horizon: Horizon;
  dead: Pick<SessionFacts, 'dead_rows' | 'dead_relations'>;
  feedback: boolean;
}

type Senders = Pick<Scene, 'boundary' | 'statements'>;

/** One subject for each group of sessions that was seen in a transaction, and for what else holds vacuum back. */
export function sessionSubjects(input: SubjectInput): Subject[] {
  const { boundary, facts: storeFacts } = input;
  const { store } = boundary;
  if (store.sessionLooks === undefined) return [];
  // What only keeps the system catalogues from being cleaned up is no burden on tables.
  const looks = { ...store.sessionLooks, holders: store.sessionLooks.holders.filter(({ catalogOnly }) => catalogOnly !== true) };
  const statements = statementsOf(boundary);
  const scene: Scene = {
    boundary, looks, roots: rootsOf(looks), statements, horizon: horizonOf(looks, { boundary, statements }), dead: deadRows(boundary),
    feedback: store.inRecovery && store.catalog.settings['hot_standby_feedback'] === 'on',
  };
  const seen = new Set(looks.sessions.map(keyOf));
  // Who blocks is in a transaction and should be seen by itself; where it ended between two questions it is named all the same.
  const unseen = [...scene.roots.values()].flatMap(({ holder }) => (seen.has(keyOf(holder)) ? [] : [onlyNamed(holder)]));
  const make = (facts: SessionFacts, owner: string | null): Subject =>
    subject('session', { session: facts, store: storeFacts }, { consumer: facts.name, owner, store: store.name, relation: '', locations: [] });
  return [
    ...[...looks.sessions, ...unseen].map((session) => make(factsOfSession(session, scene), ownerOf(session, scene))),
    ...looks.holders.map((holder) => make(factsOfHolder(holder, scene), null)),
  ];
}

function factsOfSession(session: SessionObservation, scene: Scene): SessionFacts {
  const { boundary, looks, roots } = scene;
  const purpose = purposeOf(session.role, boundary);
  const only = statementOf(session, scene);
  const transactions = session.horizon_transactions ?? Number.NaN;
  const waiting = roots.get(keyOf(session));
  return {
    ...unknownFacts(schema),
    ...scene.dead,
    ...waitersOf(waiting, boundary),
    ...heldBack(transactions, scene),
    ...limitOf(session, purpose, boundary),
    kind: 'session',
    // Background workers have no role, and stand under their own name.
    name: session.role === '' ? session.application : `role ${session.role}`,
    role: session.role,
    own_role: OF_REPORTS.has(purpose) ? session.role : '',
    purpose,
    sender: senderOf(session, purpose),
    reports: isOfReports(session, scene),
    application: session.application,
    state: session.state,
    idle: session.state.startsWith('idle in transaction'),
    card: only?.query ? only.consumer.name : '',
    statement: only?.statement.head ?? '',
    transaction_seconds: session.transaction_seconds ?? Number.NaN,
    age_seconds: session.transaction_seconds ?? Number.NaN,
    statement_seconds: session.statement_seconds ?? Number.NaN,
    holds_snapshot: session.horizon_transactions !== null,
    feedback: scene.feedback,
    waits: session.lockWaits > 0,
    wait_seconds: session.lockWait_seconds ?? Number.NaN,
    looks: session.looks,
    of_looks: looks.looks,
  };
}

function factsOfHolder(holder: HorizonHolder, scene: Scene): SessionFacts {
  return {
    ...unknownFacts(schema),
    ...scene.dead,
    ...heldBack(holder.transactions, scene),
    kind: holder.kind,
    name: `${holder.kind} ${holder.name}`,
    slot: holder.kind === 'replication slot' ? holder.name : '',
    prepared: holder.kind === 'prepared transaction' ? holder.name : '',
    holds_snapshot: true,
    feedback: scene.feedback,
    age_seconds: holder.age_seconds ?? Number.NaN,
    of_looks: scene.looks.looks,
  };
}

/** What holds vacuum back, the furthest first. */
interface Horizon {
  /** In transactions. */
  furthest: number;
  /** Sessions of reports are left out: each of them is told of by itself. */
  others: { name: string; transactions: number }[];
}

function horizonOf({ sessions, holders }: SessionLooks, scene: Senders): Horizon {
  const holding = sessions.flatMap((session) => (session.horizon_transactions === null ? [] : [{ session, transactions: session.horizon_transactions }]));
  const others = [
    ...holding.flatMap(({ session, transactions }) => (isOfReports(session, scene) ? [] : [{ name: named(session), transactions }])),
    ...holders.map(({ kind, name, transactions }) => ({ name: `${kind} ${name}`, transactions })),
  ];
  return {
    furthest: [...holding, ...holders].reduce((furthest, { transactions }) => Math.max(furthest, transactions), 0),
    others: others.sort((a, b) => b.transactions - a.transactions || (a.name < b.name ? -1 : 1)),
  };
}

function heldBack(transactions: number, { horizon }: Scene): Pick<SessionFacts, 'horizon_transactions' | 'oldest' | 'older'> {
  const older = horizon.others.slice(0, OLDER_NAMED).filter((other) => other.transactions > transactions);
  return {
    horizon_transactions: transactions,
    oldest: transactions >= horizon.furthest,
    older: older.map((other) => `${other.name}, ${formatQuantity(other.transactions, 'count') ?? ''} transactions back`),
  };
}

/** The purpose of its role; of a role that others use too, the tool. */
function senderOf({ application }: Holder, purpose: RolePurpose): string {
  const tool = OF_REPORTS.has(purpose) ? null : toolOfApplication(application);
  return tool === null ? purpose : `as ${tool}`;
}

/** What ends a session in its state by itself, and a value for it that leaves room for a report. */
const IDLE_LIMIT = { setting: 'idle_in_transaction_session_timeout', proposed: '60s' };
const WORK_LIMIT = { setting: 'statement_timeout', proposed: '120s' };

function limitOf({ role, state }: Holder, purpose: RolePurpose, { store: { catalog } }: StoreBoundary): Pick<SessionFacts, 'limit_in_force' | 'missing_limit'> {
  if (!OF_REPORTS.has(purpose)) return { limit_in_force: '', missing_limit: '' };
  const { setting, proposed } = state.startsWith('idle') ? IDLE_LIMIT : WORK_LIMIT;
  const seconds = durationSeconds(catalog.roles.find(({ name }) => name === role)?.settings[setting] ?? catalog.settings[setting]);
  if (seconds > 0) return { limit_in_force: `${setting} of ${formatQuantity(seconds, 'seconds') ?? ''}`, missing_limit: '' };
  return { limit_in_force: '', missing_limit: `${setting} = '${proposed}'` };
}

function waitersOf(waiting: Waiting | undefined, boundary: StoreBoundary): Pick<SessionFacts, 'blocks' | 'blocks_application' | 'blocked_seconds' | 'blocked_looks' | 'behind'> {
  if (waiting === undefined) return { blocks: [], blocks_application: false, blocked_seconds: Number.NaN, blocked_looks: 0, behind: [] };
  const applications = waiting.waiters.filter((waiter) => purposeOf(waiter.role, boundary) === 'application' && toolOfApplication(waiter.application) === null);
  const told = applications.length > 0 ? applications : waiting.waiters;
  const waits = told.flatMap(({ lockWait_seconds }) => lockWait_seconds ?? []);
  return {
    blocks: [...new Set(told.map(named))].sort(),
    blocks_application: applications.length > 0,
    blocked_seconds: waits.length > 0 ? Math.max(...waits) : Number.NaN,
    blocked_looks: Math.max(waiting.looks, ...told.map(({ lockWaits }) => lockWaits)),
    behind: [...new Set(waiting.between.map(named))].sort(),
  };
}

function named({ role, application }: Holder): string {
  if (role === '') return application;
  return application === '' ? `role ${role}` : `role ${role} (${application})`;
}

function purposeOf(role: string, { roles }: StoreBoundary): RolePurpose {
  return roles.get(role)?.purpose ?? 'unknown';
}

/** By the purpose of its role; in a role that others use too, by the tool's own name or by the dashboard that it shows. */
function isOfReports(session: Holder, scene: Senders): boolean {
  if (OF_REPORTS.has(purposeOf(session.role, scene.boundary))) return true;
  const only = statementOf(session, scene);
  if (toolOfApplication(session.application) !== null) return true;
  // A person at a client, whatever the login.
  return only?.statement.class === 'analytical' && (only.consumer.kind === 'card' || isClient(session.application));
}

/** The access that a session's statement is, where that is only one. */
function statementOf({ role, queryId }: Holder, { statements }: Senders): Access | null {
  const [only, another] = queryId === null ? [] : (statements.get(`${queryId} ${role}`) ?? []);
  return only !== undefined && another === undefined ? only : null;
}

function ownerOf(session: Holder, scene: Scene): string | null {
  const owner = statementOf(session, scene)?.consumer.owner ?? '';
  return owner === '' ? (scene.boundary.roles.get(session.role)?.owner ?? null) : owner;
}

/** By number and role, as the server shows what a session runs. */
function statementsOf({ readRows, accesses }: StoreBoundary): Map<string, Access[]> {
  const queryIds = new Map(readRows.map(({ row, queryIds: own = [row.queryId ?? ''] }) => [row, own]));
  const statements = new Map<string, Access[]>();
  for (const access of accesses) {
    for (const row of access.rows) {
      for (const queryId of queryIds.get(row) ?? []) {
        const key = `${queryId} ${row.role}`;
        statements.set(key, [...(statements.get(key) ?? []), access]);
      }
    }
  }
  return statements;
}

function deadRows({ store }: StoreBoundary): Scene['dead'] {
  const { relationStatistics } = store;
  if (relationStatistics === undefined) return { dead_rows: Number.NaN, dead_relations: [] };
  const dead = relationStatistics.filter(({ rowsDead }) => rowsDead > 0).sort((a, b) => b.rowsDead - a.rowsDead);
  return {
    dead_rows: dead.reduce((sum, { rowsDead }) => sum + rowsDead, 0),
    dead_relations: dead.slice(0, RELATIONS_NAMED).map(({ schema: of, name, rowsDead, rowsLive }) => `${of}.${name} (${formatQuantity(rowsDead, 'count') ?? ''} beside ${formatQuantity(rowsLive, 'count') ?? ''} live rows)`),
  };
}

/** A holder of which nothing is known but that others waited for it. */
function onlyNamed(holder: Holder): SessionObservation {
  return { ...holder, looks: 0, transaction_seconds: null, statement_seconds: null, horizon_transactions: null, lockWaits: 0, lockWait_seconds: null, blockedBy: [] };
}
