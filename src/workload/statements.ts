import { periodOfSchedule } from '../facts/workload/schedule.js';
import type { Access, StoreBoundary } from '../graph/boundary.js';
import { type Portion, classOf, sumOfWork } from '../graph/portions.js';
import type { StatementStatistics } from '../model/statement.js';
import type { Work, WorkloadStatement } from '../model/workload.js';
import { plainText } from '../text/plain-text.js';
import { count, formatQuantity } from '../text/quantity.js';
import { relationsOf } from './relations.js';
import { NO_SHARES, compareText, compareWork, sharesOf } from './shares.js';

/** One statement of one consumer, with what it did; without portions where the statistics hold no entry of it. */
export interface StatementWork {
  access: Access | null;
  portions: Portion[];
  /** Null without an entry. */
  work: Work | null;
}

/**
 * Every statement of the store, each with the work that is counted under it, so that all of them add up to the total. A card whose
 * entry is counted under another one has no work of its own.
 */
export function statementWorks(boundary: StoreBoundary, portions: readonly Portion[], total: Work): StatementWork[] {
  const groups = new Map<Access | string, StatementWork>(boundary.accesses.map((access) => [access, { access, portions: [], work: null }]));
  for (const portion of portions) {
    const key = portion.access ?? JSON.stringify([portion.row.role, portion.row.queryId]);
    const group = groups.get(key) ?? { access: portion.access, portions: [], work: null };
    group.portions.push(portion);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => (group.portions.length === 0 ? group : { ...group, work: sumOfWork(group.portions.map(({ work }) => work), total) }));
}

interface Context {
  boundary: StoreBoundary;
  total: Work;
  /** Under which consumer each entry is counted. */
  countedUnder: ReadonlyMap<StatementStatistics, string>;
}

/** As they are told of; the heaviest analytical ones first, then the others by weight. */
export function described(works: readonly StatementWork[], boundary: StoreBoundary, total: Work): { work: StatementWork; statement: WorkloadStatement }[] {
  const countedUnder = new Map(works.flatMap(({ access, portions }) => portions.map(({ row }) => [row, access?.consumer.name ?? ''] as const)));
  const context: Context = { boundary, total, countedUnder };
  return works.map((work) => ({ work, statement: workloadStatement(work, context) })).sort((a, b) => compareStatements(a.statement, b.statement));
}

function compareStatements(a: WorkloadStatement, b: WorkloadStatement): number {
  const isOther = (statement: WorkloadStatement): number => Number(statement.class !== 'analytical');
  return isOther(a) - isOther(b) || compareWork(a.work, b.work) || compareText(a.consumer, b.consumer) || compareText(a.id, b.id) || compareText(a.head, b.head);
}

function workloadStatement({ access, portions, work }: StatementWork, context: Context): WorkloadStatement {
  const { boundary, total } = context;
  const queryIds = sorted(portions.flatMap((portion) => portion.queryIds));
  const roles = sorted(portions.map(({ row }) => row.role));
  const measured = { queryIds, roles, work, share: work === null ? NO_SHARES : sharesOf(work, total) };
  if (access === null) {
    const [role = ''] = roles;
    return {
      ...measured, id: `${queryIds[0] ?? 'hidden'} ${role}`, class: 'unknown', confidence: 0, evidence: ['nothing tells what it is'], consumer: `role ${role}`, owner: null,
      applications: [], relations: [], rhythm: null, head: '',
    };
  }
  const { consumer, statement } = access;
  const head = plainText(statement.head);
  return {
    ...measured,
    id: idOf(access, queryIds),
    class: classOf(access),
    confidence: statement.confidence,
    evidence: evidenceOf({ access, portions, work }, context),
    consumer: consumer.name,
    owner: consumer.owner === '' ? null : consumer.owner,
    applications: applicationsOf(access, queryIds, roles, boundary),
    relations: relationsOf(access, boundary),
    rhythm: access.rhythm,
    head,
  };
}

/** Of a card its fingerprint; of others that with the role. A text that could not be read has the number of its entry. */
function idOf({ part, query, consumer, text }: Access, queryIds: readonly string[]): string {
  const own = part?.fingerprint ?? queryIds[0] ?? (text === '' ? 'hidden' : 'unread');
  return query === null ? `${own} ${consumer.role}` : part === null ? query.id : own;
}

/** As which it was seen running, the names that clients gave themselves. */
function applicationsOf({ consumer }: Access, queryIds: readonly string[], roles: readonly string[], { store }: StoreBoundary): string[] {
  const isOwn = (seen: { queryId: string; role: string }): boolean => queryIds.includes(seen.queryId) && roles.includes(seen.role);
  const seen = [...(store.activity ?? []), ...(store.starts ?? [])].filter(isOwn).map(({ application }) => application);
  return sorted([...consumer.applications, ...seen].map((name) => plainText(name, 80)).filter((name) => name !== ''));
}

function evidenceOf({ access, portions, work }: StatementWork & { access: Access }, { boundary, countedUnder }: Context): string[] {
  const { consumer, statement, rhythm } = access;
  const roles = sorted(portions.map(({ row }) => row.role));
  const reasons = unreadWords(access, portions) ?? statement.reasons;
  // Where the role had a part in the verdict, that is told already.
  const untold = roles.map((role) => plainText(role, 80)).filter((role) => !reasons.some((reason) => reason === `role ${role}` || reason.startsWith(`role ${role} (`) || reason.startsWith(`role ${role}, `)));
  const purposes = untold.map((role) => {
    const purpose = boundary.roles.get(role)?.purpose ?? 'unknown';
    return `${role}${purpose === 'unknown' ? '' : ` (${purpose})`}`;
  });
  const lines = [
    ...reasons,
    ...(rhythm ? [rhythm.words] : []),
    ...(purposes.length > 0 ? [`${purposes.length === 1 ? 'role' : 'roles'} ${purposes.join(', ')}`] : []),
    ...(consumer.schedule === '' || rhythm?.from === 'schedule' ? [] : [scheduleWords(consumer.schedule)]),
    ...sharingWords(access, portions, countedUnder),
    ...(portions.some(({ row }) => !row.toplevel) ? ['runs inside a function: only the part that is not in the statement of its caller is counted'] : []),
    ...costWords(work, statement),
  ];
  return [...new Set(lines.map((line) => plainText(line, 300)))];
}

/** How its tool says that it comes back, which the starts that were seen need not bear out. */
function scheduleWords(schedule: string): string {
  const seconds = periodOfSchedule(schedule);
  return seconds === null ? `its tool runs it unasked: ${schedule}` : `its tool is set to run it every ${formatQuantity(seconds, 'seconds') ?? ''}`;
}

/** Why there is no text; null where there is one. */
function unreadWords({ text }: Access, portions: readonly Portion[]): string[] | null {
  if (text !== '') return null;
  const rows = portions.map(({ row }) => row);
  if (rows.some(({ queryId }) => queryId === null)) return ['its statements are hidden from the role of tidemark: what can be seen is their sum'];
  if (rows.some(({ textState }) => textState === 'hidden')) return ['its text is hidden from the role of tidemark'];
  return rows.some(({ textState }) => textState === 'lost') ? ['the server has lost its text'] : null;
}

/** What a call gives and spills; calls, blocks and times have fields of their own. */
function costWords(work: Work | null, { reasons, relations, writes }: Access['statement']): string[] {
  if (work === null || work.calls === 0) return [];
  // BEGIN and SET have none.
  const rows = work.rows === 0 && relations.length + writes.length === 0 ? [] : [`${count(work.rows / work.calls, 'row')} a call`];
  const isSpillTold = reasons.some((reason) => reason.includes('temporary files'));
  return [...rows, ...(work.temp_bytes > 0 && !isSpillTold ? [`${formatQuantity(work.temp_bytes / work.calls, 'bytes') ?? ''} of temporary files a call`] : [])];
}

/** Under whom an entry is counted that several may have sent. */
function sharingWords(access: Access, portions: readonly Portion[], countedUnder: Context['countedUnder']): string[] {
  const sharers = sorted(portions.flatMap((portion) => portion.sharers.map(({ consumer }) => consumer.name)).filter((name) => name !== access.consumer.name));
  const [first, ...more] = sharers;
  if (first !== undefined) return [`may be sent by ${first}${more.length > 0 ? ` and ${count(more.length, 'other')}` : ''} too: counted here`];
  if (portions.length > 0 || access.rows.length === 0) return [];
  const others = sorted(access.rows.flatMap((row) => countedUnder.get(row) ?? []).filter((name) => name !== access.consumer.name));
  return others.length === 0 ? [] : [`its entry is counted under ${others[0] ?? ''}, which nothing tells apart from it`];
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
