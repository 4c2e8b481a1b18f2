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
}

/** Tools that name their roles after themselves, and words that teams use. Whole words of the role's name only. */
const WORDS: readonly (readonly [RolePurpose, readonly string[]])[] = [
  ['reporting', ['metabase', 'grafana', 'superset', 'redash', 'looker', 'tableau', 'powerbi', 'lightdash', 'reporting', 'report', 'reports', 'bi', 'dashboard', 'dashboards', 'analytics']],
  ['loader', ['loader', 'etl', 'elt', 'dbt', 'airbyte', 'fivetran', 'debezium', 'peerdb', 'cdc', 'replicator', 'replication', 'ingest', 'extract']],
  ['application', ['app', 'application', 'api', 'service', 'svc', 'backend', 'web', 'worker']],
  ['administration', ['postgres', 'admin', 'dba', 'rdsadmin', 'cloudsqladmin', 'tidemark', 'monitor', 'monitoring', 'exporter', 'pganalyze', 'migrator', 'migrations', 'flyway', 'liquibase']],
  ['person', ['analyst', 'adhoc', 'readonly']],
];

/** The purpose of a database role: as configured, else guessed from its statements, else from its name. */
export function purposeOf(role: string, superuser: boolean, activity: RoleActivity, configuration: Configuration): PurposeAssignment {
  const entry = configuration.consumers.find(({ match }) => match.role !== undefined && like(role, match.role));
  const owner = entry?.owner ?? null;
  if (entry?.purpose) return { purpose: entry.purpose, reason: 'configured', owner };
  if (activity.cards > 0 && activity.operationalWrites === 0) return { purpose: 'reporting', reason: `guessed: it runs ${activity.cards === 1 ? 'a statement' : `${activity.cards} statements`} of dashboards and writes nothing by key`, owner };
  const words = role.toLowerCase().split(/[^a-z]+/);
  for (const [purpose, names] of WORDS) {
    const word = words.find((candidate) => names.includes(candidate));
    // Dashboards and writes by key under the name of an administrator are an application that shares its login.
    if (purpose === 'administration' && activity.cards > 0) continue;
    if (word !== undefined) return { purpose, reason: `guessed from "${word}" in its name`, owner };
  }
  if (activity.operationalWrites > 0) return { purpose: 'application', reason: 'guessed: it writes by key', owner };
  if (superuser) return { purpose: 'administration', reason: 'guessed: it is a superuser', owner };
  return { purpose: 'unknown', reason: 'nothing tells what it is for', owner };
}
