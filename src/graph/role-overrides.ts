import { durationSeconds, isOn } from '../facts/role-settings.js';
import type { Role } from '../model/catalog.js';
import type { SessionObservation } from '../model/pressure.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { StatementStatistics } from '../model/statement.js';
import { Scanner, Token } from '../sql/lexer.js';
import { formatQuantity } from '../text/quantity.js';
import type { StoreBoundary } from './boundary.js';

/** What shows that clients do not keep to the settings of their role. Lines for people; empty where nothing shows it. */
export interface RoleOverrides {
  statement_timeout_overrides: string[];
  /** 0 to 1; 0 where nothing shows it. */
  statement_timeout_override_confidence: number;
  idle_timeout_overrides: string[];
  read_only_overrides: string[];
  /** The longest run of one statement that is known; NaN where none is. */
  longest_statement_seconds: number;
}

/** A timer fires a moment late, and what is counted starts a moment before it: less above the limit says nothing. */
const SLACK_SHARE = 1.1;
const SLACK_SECONDS = 1;

/**
 * How sure each kind of evidence is that a client overrides `statement_timeout`. A look at a session sees the time since its command
 * arrived, which is what the timeout counts. Execution time sums the portions of a result that is read in portions (the fetch
 * size of JDBC), each of which has the whole timeout: ten of 140 ms under a timeout of 200 ms ran through and were counted as one
 * execution of 1.4 s (tried on PostgreSQL 13 and 15). What SET sets is not seen, and it may be less.
 */
const CONFIDENCE = { look: 0.95, execution: 0.6, set: 0.5, several: 0.95 } as const;

/** Commands by which a session opens its transactions for writing although its role's are read-only. */
const WRITABLE = [/^set (?:(?:session|local) )?default_transaction_read_only (?:=|to) (?!default\b)/, /^(?:begin|start transaction|set transaction|set session characteristics as transaction)\b.*\bread write\b/];

/** Where a setting is in force and a client is seen to go past it; a role without the setting has nothing to override. */
export function overridesOf(role: Role, { store, accesses }: Pick<StoreBoundary, 'store' | 'accesses'>): RoleOverrides {
  const entries = store.statements.filter((entry) => entry.role === role.name);
  const sessions = (store.sessionLooks?.sessions ?? []).filter((session) => session.role === role.name);
  const own = { entries, sessions, store, role };
  return { ...ofStatementTimeout(own), idle_timeout_overrides: ofIdleTimeout(own), read_only_overrides: ofReadOnly(own, accesses) };
}

interface Own {
  role: Role;
  entries: readonly StatementStatistics[];
  sessions: readonly SessionObservation[];
  store: StoreSnapshot;
}

function inForce({ role, store }: Own, setting: string): string | undefined {
  return role.settings[setting] ?? store.catalog.settings[setting];
}

function ofStatementTimeout(own: Own): Pick<RoleOverrides, 'statement_timeout_overrides' | 'statement_timeout_override_confidence' | 'longest_statement_seconds'> {
  const { entries, sessions, store } = own;
  const timeout_seconds = durationSeconds(inForce(own, 'statement_timeout'));
  const [longest] = entries.filter(isOneCommand).sort((a, b) => (b.longest_ms ?? 0) - (a.longest_ms ?? 0));
  const execution_seconds = longest?.longest_ms == null ? Number.NaN : longest.longest_ms / 1000;
  const look_seconds = Math.max(...sessions.filter(({ state }) => state === 'active').map(({ statement_seconds }) => statement_seconds ?? 0), 0);
  const runs = [execution_seconds, look_seconds].filter((seconds) => seconds > 0);
  const longest_statement_seconds = runs.length > 0 ? Math.max(...runs) : Number.NaN;
  if (!(timeout_seconds > 0)) return { statement_timeout_overrides: [], statement_timeout_override_confidence: 0, longest_statement_seconds };
  const limit_seconds = timeout_seconds * SLACK_SHARE + SLACK_SECONDS;
  const found: { line: string; confidence: number }[] = [];
  if (look_seconds > limit_seconds) found.push({ line: `a session was seen running one statement for ${inSeconds(look_seconds)}`, confidence: CONFIDENCE.look });
  if (execution_seconds > limit_seconds) {
    const since = longest?.since ?? store.statementWindow?.since ?? null;
    const counted = since === null ? '' : ` (counted since ${since.slice(0, 10)})`;
    found.push({ line: `its longest statement executed for ${inSeconds(execution_seconds)}${counted}, unless the timeout is younger, or the result was read in portions`, confidence: CONFIDENCE.execution });
  }
  const set = setsOf(entries, 'statement_timeout');
  if (set > 0) found.push({ line: `it sends SET statement_timeout itself, ${times(set)}; to what, the statistics do not tell`, confidence: CONFIDENCE.set });
  const confidence = found.length > 1 ? CONFIDENCE.several : (found[0]?.confidence ?? 0);
  return { statement_timeout_overrides: found.map(({ line }) => line), statement_timeout_override_confidence: confidence, longest_statement_seconds };
}

/**
 * How long a session was idle is not seen: the age of its transaction is only an upper bound of it. So only the command that changes
 * the timeout shows that it is overridden, and open transactions are told beside it.
 */
function ofIdleTimeout(own: Own): string[] {
  const timeout_seconds = durationSeconds(inForce(own, 'idle_in_transaction_session_timeout'));
  const set = setsOf(own.entries, 'idle_in_transaction_session_timeout');
  if (!(timeout_seconds > 0) || set === 0) return [];
  const open_seconds = Math.max(...own.sessions.filter(({ state }) => state.startsWith('idle')).map(({ transaction_seconds }) => transaction_seconds ?? 0), 0);
  const line = `it sends SET idle_in_transaction_session_timeout itself, ${times(set)}; to what, the statistics do not tell`;
  return open_seconds > timeout_seconds ? [line, `a session stood idle in a transaction that was open for ${inSeconds(open_seconds)}`] : [line];
}

/** A statement that wrote was counted, so its transaction was none that may only read: such a one ends with an error. */
function ofReadOnly(own: Own, accesses: StoreBoundary['accesses']): string[] {
  if (!isOn(inForce(own, 'default_transaction_read_only'))) return [];
  const { role, store } = own;
  const written = accesses.flatMap(({ statement, rows }) => (statement.writes.length > 0 && rows.some((row) => row.role === role.name && row.calls > 0) ? statement.writes : []));
  const writes = [...new Set(written)].filter((name) => isTable(name, store)).sort();
  if (writes.length === 0) return [];
  const shown = writes.slice(0, 3).join(', ');
  const lines = [`it wrote to ${shown}${writes.length > 3 ? ` and ${writes.length - 3} more` : ''}, which a read-only transaction refuses`];
  const opened = own.entries.filter(({ text }) => text !== null && WRITABLE.some((form) => form.test(head(text)))).reduce((sum, { calls }) => sum + calls, 0);
  return opened > 0 ? [...lines, `it opens its transactions for writing itself, ${times(opened)}`] : lines;
}

/** How often a role's clients set a parameter, RESET and SET … TO DEFAULT aside, which take its own value back. */
function setsOf(entries: readonly StatementStatistics[], parameter: string): number {
  const sets = new RegExp(`^set (?:(?:session|local) )?${parameter} (?:=|to) (?!default\\b)`);
  return entries.filter(({ text }) => text !== null && sets.test(head(text))).reduce((sum, { calls }) => sum + calls, 0);
}

/** Of a cursor the time of all that was fetched from it is summed, and the timeout holds for each FETCH alone. */
function isOneCommand({ text, toplevel, longest_ms }: StatementStatistics): boolean {
  return toplevel && longest_ms != null && text !== null && !/^declare\b/.test(head(text));
}

const HEAD_TOKENS = 12;

/** The first words of a statement in lower case, without comments, a blank between each two. */
function head(text: string): string {
  const scanner = new Scanner(text, { backticks: false });
  const words: string[] = [];
  for (let kind = scanner.next(); kind !== Token.End && words.length < HEAD_TOKENS; kind = scanner.next()) {
    if (kind !== Token.LineComment && kind !== Token.BlockComment) words.push(text.slice(scanner.start, Math.min(scanner.end, scanner.start + 80)).toLowerCase());
  }
  return words.join(' ');
}

/** Writing into temporary tables is allowed everywhere; the catalogue holds none. */
function isTable(name: string, { catalog }: StoreSnapshot): boolean {
  return catalog.relations.some((relation) => `${relation.schema}.${relation.name}` === name && relation.kind !== 'foreign_table');
}

function times(calls: number): string {
  return calls === 1 ? 'once' : `${formatQuantity(calls, 'count') ?? 'some'} times`;
}

function inSeconds(seconds: number): string {
  return formatQuantity(seconds, 'seconds') ?? 'unknown time';
}
