import type { StoreConfiguration } from '../../model/configuration.js';
import type { Engine } from '../../model/store.js';
import type { RoleSql } from '../check.js';
import { type RelationNeed, keyOf } from '../needs.js';

/** What a role is to be allowed, for whom and where; names in capitals stand for what only the reader knows. */
interface Asked {
  role: string;
  database: string;
  relations: readonly string[];
}

/**
 * The least role for each engine: to see definitions, sizes and the history of queries, and to read the relations that reconciliation
 * and freshness need. From the vendors' references: ClickHouse GRANT and Settings profiles; Snowflake, Enabling other roles to use
 * schemas in the SNOWFLAKE database; BigQuery, Control access with IAM (as bq and gcloud take it); Redshift GRANT and ALTER USER
 * SYSLOG ACCESS; Databricks, Unity Catalog privileges; Trino, file-based access control.
 */
const TEXTS: Partial<Record<Engine, (asked: Asked) => string[]>> = {
  clickhouse: ({ role, database, relations }) => [
    `CREATE SETTINGS PROFILE IF NOT EXISTS ${role} SETTINGS readonly = 2, max_execution_time = 60, max_threads = 2, max_memory_usage = 4000000000;`,
    `CREATE USER IF NOT EXISTS ${role} IDENTIFIED WITH sha256_password BY 'CHOOSE_ONE' SETTINGS PROFILE '${role}';`,
    `GRANT SHOW ON *.* TO ${role};`,
    `GRANT SHOW ROW POLICIES ON *.* TO ${role};`,
    `GRANT SELECT ON system.query_log TO ${role};`,
    `GRANT SELECT ON system.tables TO ${role};`,
    `GRANT SELECT ON system.columns TO ${role};`,
    `GRANT SELECT ON system.parts TO ${role};`,
    `-- Of a cluster, for the history of all replicas: GRANT REMOTE ON *.* TO ${role};`,
    ...(relations.length === 0 ? [`-- Rows, for reconciliation: GRANT SELECT ON ${database}.TABLE TO ${role};`] : relations.map((relation) => `GRANT SELECT ON ${relation} TO ${role};`)),
  ],
  snowflake: ({ role, database, relations }) => [
    `CREATE ROLE IF NOT EXISTS ${role};`,
    `GRANT USAGE ON WAREHOUSE WAREHOUSE_NAME TO ROLE ${role};`,
    `GRANT USAGE ON DATABASE ${database} TO ROLE ${role};`,
    `GRANT USAGE ON ALL SCHEMAS IN DATABASE ${database} TO ROLE ${role};`,
    `GRANT REFERENCES ON ALL TABLES IN DATABASE ${database} TO ROLE ${role};`,
    `GRANT REFERENCES ON ALL VIEWS IN DATABASE ${database} TO ROLE ${role};`,
    `GRANT USAGE ON FUTURE SCHEMAS IN DATABASE ${database} TO ROLE ${role};`,
    `GRANT REFERENCES ON FUTURE TABLES IN DATABASE ${database} TO ROLE ${role};`,
    `GRANT REFERENCES ON FUTURE VIEWS IN DATABASE ${database} TO ROLE ${role};`,
    `GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE ${role};`,
    `GRANT DATABASE ROLE SNOWFLAKE.SECURITY_VIEWER TO ROLE ${role};`,
    ...relations.map((relation) => `GRANT SELECT ON ${database}.${relation} TO ROLE ${role};`),
    `CREATE USER IF NOT EXISTS ${role} TYPE = SERVICE DEFAULT_ROLE = ${role} DEFAULT_WAREHOUSE = WAREHOUSE_NAME RSA_PUBLIC_KEY = 'PUBLIC_KEY';`,
    `ALTER USER ${role} SET STATEMENT_TIMEOUT_IN_SECONDS = 300;`,
    `GRANT ROLE ${role} TO USER ${role};`,
  ],
  bigquery: ({ role, database, relations }) => {
    const account = accountId(role);
    const member = `serviceAccount:${account}@${database}.iam.gserviceaccount.com`;
    const rights = ['roles/bigquery.jobUser', 'roles/bigquery.metadataViewer', 'roles/bigquery.resourceViewer'];
    const readable = relations.length === 0 ? ['DATASET.TABLE'] : relations;
    return [
      `-- BigQuery grants by IAM: run these with gcloud and bq, as an administrator of the project.`,
      `-- gcloud iam service-accounts create ${account} --project=${database}`,
      ...rights.map((right) => `-- gcloud projects add-iam-policy-binding ${database} --member=${member} --role=${right}`),
      ...(relations.length === 0 ? ['-- Rows, for reconciliation:'] : []),
      ...readable.map((relation) => `${relations.length === 0 ? '-- ' : ''}GRANT \`roles/bigquery.dataViewer\` ON TABLE \`${database}.${relation}\` TO "${member}";`),
    ];
  },
  redshift: ({ role, database, relations }) => [
    `CREATE USER ${role} PASSWORD DISABLE SYSLOG ACCESS UNRESTRICTED CONNECTION LIMIT 5;`,
    `ALTER USER ${role} SET statement_timeout TO 300000;`,
    `-- Rows and sizes without a scan, and the names of applications:`,
    `GRANT SELECT ON svv_table_info TO ${role};`,
    `GRANT SELECT ON sys_connection_log TO ${role};`,
    ...[...new Set(relations.map((relation) => relation.slice(0, relation.indexOf('.'))))].map((schema) => `GRANT USAGE ON SCHEMA ${schema} TO ${role};`),
    ...(relations.length === 0 ? [`-- Rows, for reconciliation in ${database}: GRANT USAGE ON SCHEMA mart TO ${role}; GRANT SELECT ON mart.TABLE TO ${role};`] : relations.map((relation) => `GRANT SELECT ON ${relation} TO ${role};`)),
  ],
  databricks: ({ role, database, relations }) => [
    `GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG ${database} TO \`${role}\`;`,
    `GRANT USE CATALOG ON CATALOG system TO \`${role}\`;`,
    `GRANT USE SCHEMA, SELECT ON SCHEMA system.query TO \`${role}\`;`,
    ...relations.map((relation) => `GRANT SELECT ON TABLE ${database}.${relation} TO \`${role}\`;`),
    `-- And "Can use" on the SQL warehouse, in its permissions.`,
  ],
  trino: ({ role, database, relations }) => [
    `-- Trino's rights are those of its access control. By file (rules.json), for the user ${role}:`,
    `-- {"catalogs": [{"user": "${role}", "catalog": "(${database}|system)", "allow": "read-only"}],`,
    `--  "queries": [{"user": "${role}", "allow": ["execute", "view"]}]}`,
    ...relations.map((relation) => `-- with SELECT on ${database}.${relation}`),
  ],
};

const ROLE_DEFAULT = 'tidemark_ro';

/** A service account has no underscore in its id: 6 to 30 small letters, digits and dashes (Google Cloud IAM, Create service accounts). */
function accountId(role: string): string {
  return role.toLowerCase().replaceAll('_', '-').slice(0, 30).replace(/-+$/, '').padEnd(6, '0');
}

/** The least-privilege role of a warehouse as text; null for what has no roles. Whether it is wanted was not seen. */
export function warehouseRole({ engine }: StoreConfiguration, wanted: string | null, database: string | null, needs: readonly RelationNeed[]): RoleSql | null {
  const text = TEXTS[engine];
  if (text === undefined) return null;
  const role = /^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(wanted ?? '') ? (wanted ?? ROLE_DEFAULT) : ROLE_DEFAULT;
  const place = database !== null && /^[\w-]{1,128}$/.test(database) ? database : 'DATABASE';
  const relations = needs.filter(({ required }) => required).map(keyOf).filter((relation) => /^[\w.$-]{1,200}$/.test(relation));
  return { role, sql: `${text({ role, database: place, relations }).join('\n')}\n`, wanted: null };
}
