import type { StoreConfiguration } from '../../model/configuration.js';
import { quoteName } from '../../stores/postgres/failure.js';
import { count, formatQuantity } from '../../text/quantity.js';
import { notAvailable, ok, warning, type Check } from '../check.js';
import { valueOf, type PostgresFacts } from '../facts.js';
import { remedyOf, step } from '../remedy.js';

/** What tidemark is tried on (test/estate/versions.test.ts). */
const TESTED = { from: 13, to: 18 };
/** A clock that is off by more makes ages of data wrong by as much. */
const SKEW_SECONDS_MAX = 2;
/** tidemark opens two at most. */
const OWN_CONNECTIONS = 2;
const FREE_MIN = 5;

/** Connection, version, role, guards, clock and room for connections. */
export function serverChecks(facts: PostgresFacts, store: StoreConfiguration): Check[] {
  return [connection(facts), version(facts), kind(facts, store), role(facts), guards(facts), defaults(facts), clock(facts), room(facts)].filter((check) => check !== null);
}

function connection({ place, identity, server, lost, hosting }: PostgresFacts): Check {
  const id = 'connection';
  if (lost !== null) return notAvailable(id, id, `${place}: ${lost}`, 'what was not asked before', step('Run it again when the server is back.'));
  const row = valueOf(server);
  const as = `${place} as ${quoteName(identity.role ?? 'unknown')}`;
  if (row === null) return ok(id, id, as);
  if (row.tls) return ok(id, id, `${as}, ${row.tls_version ?? 'TLS'}`);
  if (row.same_machine) return ok(id, id, `${as}, on this machine, without TLS`);
  return warning(id, id, `${as}, without TLS`, 'who listens on the network reads the password and texts of statements', step(hosting.id === 'self' ? 'Set sslmode=require in the connection, and ssl = on in the server.' : 'Set sslmode=require in the connection.'));
}

function version({ identity, version_num, hosting }: PostgresFacts): Check {
  const id = 'version';
  const major = Math.floor(version_num / 10_000);
  const where = hosting.name === null ? '' : ` on ${hosting.name}`;
  const peculiar = hosting.peculiarity === null ? '' : `; ${hosting.peculiarity}`;
  const seen = `PostgreSQL ${identity.version}${where}${peculiar}`;
  if (major <= TESTED.to) return ok(id, id, seen);
  return warning(id, id, `${seen}; tidemark is tested on ${TESTED.from} to ${TESTED.to}`, 'columns that a later version moved or renamed', step('Update tidemark, or report what fails.'));
}

/** Whether the server is what the configuration takes it for. */
function kind({ identity }: PostgresFacts, { name, role: configured }: StoreConfiguration): Check | null {
  const id = 'store-role';
  const title = 'role of the store';
  if (identity.inRecovery && configured === 'operational') {
    return warning(id, title, 'configured as operational, and it is a standby', 'writes, and statements that run on the primary only', step(`Name the primary, or write role: replica for the store ${name}.`));
  }
  if (!identity.inRecovery && configured === 'replica') {
    return warning(id, title, 'configured as a replica, and it is no standby', 'replication lag of the replica', step(`Name the standby, or write role: operational for the store ${name}.`));
  }
  return null;
}

function role({ identity, server, catalogue, hosting, target }: PostgresFacts): Check {
  const id = 'role';
  const name = quoteName(identity.role ?? 'unknown');
  const own = step(`Connect as a role of its own: tidemark doctor --sql prints it${target === identity.role ? '' : `, as ${quoteName(target)}`}.`);
  if (identity.superuser) return warning(id, id, `${name} is a superuser: tidemark has no use for the power, and a leaked password would open the whole server`, null, own);
  const row = valueOf(server);
  const relations = valueOf(catalogue);
  if (row === null) return notAvailable(id, id, unreadOf(server), null, null);
  if (row.replication) return warning(id, id, `${name} has REPLICATION: it may read all WAL, for which tidemark has no use`, null, remedyOf(`ALTER ROLE ${name} NOREPLICATION;`, hosting));
  if ((relations?.writable ?? 0) > 0) {
    const [writable, example] = [relations?.writable ?? 0, relations?.writable_example ?? null];
    const which = example === null ? '' : `, ${example} for one`;
    return warning(id, id, `${name} may write to ${count(writable, 'table')}${which}: sessions of tidemark refuse to, a leaked password would not`, null, own);
  }
  const limit = row.connection_limit < 0 ? 'no connection limit' : count(row.connection_limit, 'connection');
  const creates = relations?.creates_in ?? null;
  const more = `${row.monitor ? ', in pg_monitor' : ''}${row.reads_data ? ', reads all data' : ''}${creates === null ? '' : `, may create tables in ${creates}`}`;
  return ok(id, id, `writes to no table, ${limit}${more}`);
}

/** A pooler in transaction mode drops what a connection brings along; then each transaction brings it. */
function guards({ server, settings, hosting }: PostgresFacts): Check {
  const id = 'session-guards';
  const title = 'session guards';
  const row = valueOf(server);
  if (row === null) return notAvailable(id, title, unreadOf(server), 'whether this session is read-only', null);
  if (!row.read_only || !row.bounded) return warning(id, title, 'the session is not read-only and bounded', 'the guarantee that the server refuses a write', step('Connect to the server itself, not through what drops settings.'));
  const source = valueOf(settings)?.find((one) => one.name === 'lock_timeout')?.source ?? null;
  if (source === null || source === 'client') return ok(id, title, 'read-only, with limits of time, from the start');
  const next = hosting.id === 'supabase' ? 'Connect directly, or to the session pooler (port 5432).' : 'Connect to the server itself, or to a pooler in session mode.';
  return warning(id, title, 'a pooler drops settings of the connection; each transaction brings them along instead', 'sessions of the same role may share the connection, and settings of others cannot be seen', step(next));
}

/** What the server gives to all, by which roles without a limit of their own are judged; a role's own settings hide it from that role. */
function defaults({ defaults: looked, hosting }: PostgresFacts): Check {
  const id = 'server-defaults';
  const title = 'server defaults';
  const gaps = valueOf(looked);
  const lost = 'whether roles without limits of their own are guarded by those of the server';
  if (gaps === null) return notAvailable(id, title, unreadOf(looked), lost, null);
  const [gap, ...more] = gaps;
  if (gap === undefined) return ok(id, title, 'limits that other roles get are visible');
  const all = [gap, ...more];
  const seen = all.map(({ missing, cause }) => `${someOf(missing.replace(/^defaults of other roles for /, '').split(', '))}: ${cause}`).join('; ');
  return warning(id, title, seen, lost, remedyOf(all.flatMap(({ remedy }) => remedy ?? []).join(' '), hosting));
}

function someOf(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

function clock({ server, asked_at, answered_at }: PostgresFacts): Check {
  const id = 'clock';
  const row = valueOf(server);
  if (row === null) return notAvailable(id, id, unreadOf(server), 'how far the clocks are apart', null, false);
  const apart = Math.max(asked_at - row.server_time, row.server_time - answered_at, 0);
  if (apart <= SKEW_SECONDS_MAX) return ok(id, id, `this machine and the server agree to ${formatQuantity(SKEW_SECONDS_MAX, 'seconds')}`);
  const ahead = row.server_time > answered_at ? 'ahead of' : 'behind';
  return warning(id, id, `the server is ${formatQuantity(apart, 'seconds')} ${ahead} this machine`, 'ages between stores that are read from different clocks are off by as much', step('Synchronise the clocks (NTP) of this machine and the server.'));
}

function room({ sessions, settings }: PostgresFacts): Check {
  const id = 'connections';
  const row = valueOf(sessions);
  const number = (name: string): number => Number(valueOf(settings)?.find((one) => one.name === name)?.value ?? 0);
  const max = Math.min(number('max_connections'), row?.database_limit ?? Infinity);
  if (row === null || row.connections === null || !(max > 0)) return notAvailable(id, id, unreadOf(sessions), 'how many connections are left', null, false);
  const free = max - number('superuser_reserved_connections') - number('reserved_connections') - row.connections;
  const seen = `${formatQuantity(Math.max(free, 0), 'count')} of ${formatQuantity(max, 'count')} free; tidemark uses ${OWN_CONNECTIONS} at most`;
  if (free >= FREE_MIN) return ok(id, id, seen);
  return warning(id, id, seen, 'a look fails while there is none', step('Close idle sessions, or put a pooler before the application.'));
}

/** Why a part was not read. */
export function unreadOf(part: object): string {
  return 'unread' in part && typeof part.unread === 'string' ? part.unread : 'it could not be read';
}
