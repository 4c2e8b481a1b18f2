import { quoteName } from '../../stores/postgres/failure.js';
import { hiddenSessions } from '../../stores/postgres/pressure.js';
import { count, formatQuantity } from '../../text/quantity.js';
import { notAvailable, ok, warning, type Check } from '../check.js';
import { valueOf, type PostgresFacts } from '../facts.js';
import { remedyOf, setting, step } from '../remedy.js';
import { unreadOf } from './server.js';

/** Catalogue, sessions, counters of relations, and roles. */
export function catalogueChecks(facts: PostgresFacts): Check[] {
  return [catalogue(facts), foreignTables(facts), sessions(facts), statistics(facts), guardrails(facts)].filter((check) => check !== null);
}

function catalogue({ catalogue: looked, hosting, identity }: PostgresFacts): Check {
  const id = 'catalogue';
  const row = valueOf(looked);
  if (row === null) return notAvailable(id, id, unreadOf(looked), 'relations, columns, constraints, roles and grants', null);
  const role = quoteName(identity.role ?? '');
  if (!row.reads_catalogue) {
    return notAvailable(id, id, 'the right to read pg_class, pg_roles or pg_db_role_setting was taken from PUBLIC', 'relations, roles and their guardrails', remedyOf(`GRANT SELECT ON pg_catalog.pg_class, pg_catalog.pg_roles, pg_catalog.pg_db_role_setting TO ${role};`, hosting));
  }
  const seen = [count(row.tables, 'table'), count(row.views + row.materialized_views, 'view'), count(row.functions, 'function')].join(', ');
  if (!row.reads_definitions) return warning(id, id, `${seen}; definitions are hidden`, 'what views read, and whom a changed table breaks', remedyOf(`GRANT EXECUTE ON FUNCTION pg_catalog.pg_get_viewdef(oid) TO ${role};`, hosting));
  return ok(id, id, seen);
}

function foreignTables({ catalogue: looked }: PostgresFacts): Check | null {
  const row = valueOf(looked);
  if (row === null || row.foreign_tables === 0) return null;
  return ok('foreign-tables', 'foreign tables', `${count(row.foreign_tables, 'foreign table')} on ${count(row.foreign_servers, 'server')}; their definitions are readable, they are not queried`);
}

function sessions({ sessions: looked, server, settings, hosting, identity, target }: PostgresFacts): Check {
  const id = 'sessions';
  const row = valueOf(looked);
  const right = valueOf(server);
  const lost = 'who holds transactions open, waits for locks and spills, by application';
  if (row === null || right === null) return notAvailable(id, id, unreadOf(row === null ? looked : server), lost, null);
  if (!right.reads_statistics) {
    const { cause, missing, remedy } = hiddenSessions('', identity.role ?? target);
    return notAvailable(id, id, cause, missing, remedy === null ? null : remedyOf(remedy, hosting));
  }
  if (valueOf(settings)?.find(({ name }) => name === 'track_activities')?.value === 'off') {
    return notAvailable(id, id, 'track_activities is off', lost, remedyOf(setting('track_activities', 'on', 'reload'), hosting));
  }
  const seen = `${count(row.others, 'other session')} visible`;
  if (row.same_role > 0 && !identity.superuser) {
    return warning(id, id, `${seen}; ${count(row.same_role, 'is', 'are')} of ${quoteName(identity.role ?? '')} and not of tidemark`, 'the difference between the work of tidemark and that of whoever shares its role', step('Give tidemark a role of its own: tidemark doctor --sql --role tidemark_ro prints it.'));
  }
  return ok(id, id, seen);
}

function statistics({ statistics: looked, settings, hosting }: PostgresFacts): Check {
  const id = 'relation-statistics';
  const title = 'table counters';
  const row = valueOf(looked);
  const lost = 'unused indexes, growth, and scans by relation';
  if (row === null || !row.readable) return notAvailable(id, title, row === null ? unreadOf(looked) : 'pg_stat_all_tables shows nothing', lost, null);
  const isOff = (name: string): boolean => valueOf(settings)?.find((one) => one.name === name)?.value === 'off';
  if (isOff('track_counts')) return notAvailable(id, title, 'track_counts is off', lost, remedyOf(setting('track_counts', 'on', 'reload'), hosting));
  const age = row.age_seconds === null ? 'never reset' : `counting for ${formatQuantity(row.age_seconds, 'seconds')}`;
  const times = isOff('track_io_timing') ? '; track_io_timing is off' : '';
  return ok(id, title, `of every table, ${age}${times}`);
}

/** They are no capability: the audit judges them. */
function guardrails({ roles: looked }: PostgresFacts): Check | null {
  const row = valueOf(looked);
  if (row === null || row.roles === 0) return null;
  const title = 'guardrails';
  const roles = count(row.roles, 'other login');
  if (row.unbounded === 0) return ok(title, title, `${roles}, each with a statement_timeout`);
  return ok(title, title, `${roles}, ${formatQuantity(row.unbounded, 'count')} without statement_timeout: see audit`);
}
