import type { Role } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { RolePurpose } from '../model/store.js';
import { like } from '../text/glob.js';

export interface PurposeAssignment {
  purpose: RolePurpose;
  reason: string;
  owner: string | null;
}

/** What the statistics say of one role, counted over its statements. */
export interface RoleActivity {
  /** Statements that a card of a dashboard explains. */
  cards: number;
  analytical: number;
  /** Writes by key, as applications do. */
  operationalWrites: number;
  statements: number;
  /** Statements that read a relation of the database, the system catalogues aside. */
  readingRelations: number;
}

/** What the catalogue says of one role. */
export type RoleTraits = Pick<Role, 'superuser' | 'replication' | 'memberOf'> & {
  /** Some relation is granted to it by name or is its own. */
  holdsRelations: boolean;
};

/** Tools that write what a warehouse found out into the systems of the business, and words for that. */
const REVERSE_ETL: readonly string[] = ['hightouch', 'census', 'polytomic', 'rudderstack', 'grouparoo', 'retl', 'activation'];

/** Tools that name their roles after themselves, and words that teams use. Whole words of the role's name only. */
const WORDS: readonly (readonly [RolePurpose, readonly string[]])[] = [
  ['reporting', ['metabase', 'grafana', 'superset', 'redash', 'looker', 'tableau', 'powerbi', 'lightdash', 'reporting', 'report', 'reports', 'bi', 'dashboard', 'dashboards', 'analytics']],
  ['loader', ['loader', 'etl', 'elt', 'dbt', 'airbyte', 'fivetran', 'debezium', 'peerdb', 'cdc', 'replicator', 'replication', 'ingest', 'extract']],
  ['application', ['app', 'application', 'api', 'service', 'svc', 'backend', 'web', 'worker']],
  // After those of applications: a service may be called after the activation of accounts, or a census.
  ['loader', REVERSE_ETL],
  ['administration', ['admin', 'dba', 'tidemark', 'monitor', 'monitoring', 'exporter', 'pganalyze', 'datadog', 'newrelic', 'zabbix', 'pgwatch', 'pmm', 'nagios', 'migrator', 'migrations', 'flyway', 'liquibase', 'backup', 'backups', 'dump', 'pgdump', 'pgbackrest', 'barman', 'walg']],
  ['person', ['analyst', 'adhoc', 'readonly']],
];

/**
 * Logins that a server or a cloud provider makes, by which it looks after the server (Amazon RDS, Cloud SQL, Azure, Supabase,
 * Neon). Nobody may bound them, and their statements are not the business's. Their whole name: `postgres_ro` is somebody else.
 */
const BUILT_IN = new Set([
  'postgres', 'rdsadmin', 'rdsrepladmin', 'rdsproxyadmin', 'rdstopmgr', 'rdswriteforwarduser', 'cloudsqladmin', 'cloudsqlsuperuser', 'cloudsqlagent', 'cloudsqlreplica',
  'cloudsqlimportexport', 'cloudsqllogical', 'azuresu', 'azure_superuser', 'azure_pg_admin', 'supabase_admin', 'supabase_auth_admin', 'supabase_storage_admin', 'supabase_realtime_admin',
  'supabase_replication_admin', 'supabase_etl_admin', 'supabase_read_only_user', 'supabase_functions_admin', 'pgbouncer', 'cloud_admin', 'neon_superuser',
]);

/** Predefined roles for looking at the server ("Predefined Roles", PostgreSQL 10 and later). */
const MONITOR_ROLES: ReadonlySet<string> = new Set(['pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_stat_scan_tables']);

/** `j.ortiz`, `anna.kowalska`: programs have no given name. */
const NAME_OF_PERSON = /^[a-z]+\.[a-z]+(?:-[a-z]+)?$/;
/** `j.ortiz`: no service is called so, where `billing.core` may be one. */
const INITIAL_AND_SURNAME = /^[a-z]\.[a-z]+(?:-[a-z]+)?$/;
/** By hand a person writes now and then; an application writes in many ways. */
const WRITES_OF_PERSON_MAX = 5;

/** The purpose of a database role: as configured, else guessed from its statements, else from its name. */
export function purposeOf(role: string, traits: RoleTraits, activity: RoleActivity, configuration: Configuration): PurposeAssignment {
  const entry = configuration.consumers.find(({ match }) => match.role !== undefined && like(role, match.role));
  const owner = entry?.owner ?? null;
  if (entry?.purpose) return { purpose: entry.purpose, reason: 'configured', owner };
  return { ...guess(role, traits, activity), owner };
}

/** The word in the name of a role or application by which it carries data back from a warehouse; empty where none does. */
export function reverseEtlWord(name: string): string {
  const words = name.toLowerCase().split(/[^a-z]+/);
  const at = words.indexOf('reverse');
  if (at !== -1 && words[at + 1] === 'etl') return 'reverse etl';
  return words.find((word) => REVERSE_ETL.includes(word)) ?? '';
}

/** A person copies the text of a dashboard now and then. */
const CARDS_OF_PERSON_MIN = 3;

function guess(role: string, traits: RoleTraits, activity: RoleActivity): { purpose: RolePurpose; reason: string } {
  const isPerson = NAME_OF_PERSON.test(role.toLowerCase()) || guessFromName(role.toLowerCase(), { ...activity, cards: 0 })?.purpose === 'person';
  if (activity.cards >= (isPerson ? CARDS_OF_PERSON_MIN : 1) && activity.operationalWrites === 0) return { purpose: 'reporting', reason: `guessed: it runs ${activity.cards === 1 ? 'a statement' : `${activity.cards} statements`} of dashboards and writes nothing by key` };
  // It carries the log to a standby, whatever its name says: change data capture needs SELECT for its first copy.
  if (traits.replication && !traits.superuser && !traits.holdsRelations && activity.readingRelations === 0 && !readsAllData(traits)) {
    return { purpose: 'administration', reason: 'guessed: it may replicate and may read no relation' };
  }
  const byName = guessFromName(role.toLowerCase(), activity);
  if (byName) return byName;
  if (writesAsPerson(role.toLowerCase(), activity)) return { purpose: 'person', reason: 'guessed: its name is written like that of a person, and it seldom writes' };
  if (activity.operationalWrites > 0) return { purpose: 'application', reason: 'guessed: it writes by key' };
  if (traits.superuser) return { purpose: 'administration', reason: 'guessed: it is a superuser' };
  const monitor = traits.memberOf.find((group) => MONITOR_ROLES.has(group));
  if (monitor !== undefined && activity.readingRelations === 0) return { purpose: 'administration', reason: `guessed: it is a member of ${monitor} and reads no relation` };
  if (NAME_OF_PERSON.test(role.toLowerCase())) return { purpose: 'person', reason: 'guessed: its name is written like that of a person' };
  return { purpose: 'unknown', reason: 'nothing tells what it is for' };
}

/** Corrections by hand do not make an application of a person. */
function writesAsPerson(role: string, { operationalWrites, analytical }: RoleActivity): boolean {
  if (operationalWrites === 0 || operationalWrites > WRITES_OF_PERSON_MAX) return false;
  return INITIAL_AND_SURNAME.test(role) || (NAME_OF_PERSON.test(role) && analytical >= operationalWrites);
}

function guessFromName(role: string, activity: RoleActivity): { purpose: RolePurpose; reason: string } | null {
  // Dashboards and writes by key under the name of an administrator are an application that shares its login.
  const mayAdminister = activity.cards === 0;
  if (mayAdminister && BUILT_IN.has(role)) return { purpose: 'administration', reason: `guessed from "${role}" in its name` };
  const words = role.split(/[^a-z]+/);
  for (const [purpose, names] of WORDS) {
    const word = words.find((candidate) => names.includes(candidate));
    if (word !== undefined && (purpose !== 'administration' || mayAdminister)) return { purpose, reason: `guessed from "${word}" in its name` };
  }
  return null;
}

function readsAllData({ memberOf }: RoleTraits): boolean {
  return memberOf.includes('pg_read_all_data');
}
