import type { StoreConfiguration } from '../model/configuration.js';
import type { Engine } from '../model/store.js';
import { resolveConnection } from '../stores/postgres/connection.js';
import { meansParquet } from '../stores/duckdb/parquet/listing.js';
import { ConnectError } from '../stores/store.js';
import { catalogueChecks } from './checks/catalogue.js';
import { relationChecks } from './checks/relations.js';
import { replicationChecks } from './checks/replication.js';
import { serverChecks } from './checks/server.js';
import { statementChecks } from './checks/statements.js';
import { notAvailable, type Check, type Examined, type RoleSql } from './check.js';
import type { PostgresFacts } from './facts.js';
import { duckDbChecks, lookAtDuckDb } from './look-duckdb.js';
import { lookAtPostgres, type LookOptions } from './look-postgres.js';
import { relationNeeds, type RelationNeed } from './needs.js';
import { remedyOf, step } from './remedy.js';
import { SELF_MANAGED } from './hosting.js';
import { roleSqlOf, roleSqlUnseen } from './role-sql.js';
import { targetRole } from './target-role.js';
import { lookAtWarehouse, warehouseChecks } from './warehouse/look.js';
import { warehouseRole } from './warehouse/role.js';

/** A store to examine, and variables of the environment that its connection names and nobody set. */
export interface ExaminedStore {
  store: StoreConfiguration;
  unset: readonly string[];
}

/**
 * Examines one store. What is wrong with it becomes checks, whatever it is.
 * @throws the reason of an abort.
 */
export async function examineStore({ store, unset }: ExaminedStore, options: LookOptions): Promise<Examined> {
  const needs = relationNeeds(store, options.configuration);
  const frame = { kind: 'store' as const, name: store.name, engine: store.engine, role: store.role };
  const unreached = (check: Check, wanted: boolean | null = null): Examined => ({
    ...frame,
    description: store.role,
    checks: [check],
    cost: null,
    roleSql: store.engine === 'postgres' ? unseenRole(store, options, needs, wanted) : warehouseRole(store, options.role, null, needs),
  });
  if (unset.length > 0) {
    const names = unset.join(' and ');
    return unreached(connection(`${names} ${unset.length === 1 ? 'is' : 'are'} not set`, step(`Set ${names} in the environment.`)));
  }
  if (store.url === null) return unreached(connection('the configuration gives no connection', step('Give the store a url in tidemark.yaml.')));
  try {
    if (store.engine !== 'postgres' && (store.engine !== 'duckdb' || meansParquet(store.url))) {
      const { facts, cost } = await lookAtWarehouse(store, options.context);
      const { version, database } = facts.identity;
      return { ...frame, description: `${ENGINE_NAMES[store.engine]} ${version}, ${store.role}`, checks: warehouseChecks(facts, store, needs), cost, roleSql: warehouseRole(store, options.role, database, needs) };
    }
    if (store.engine === 'duckdb') {
      const { facts, cost } = await lookAtDuckDb(store, options.configuration, options.context);
      return { ...frame, description: `DuckDB ${facts.version}, ${store.role}`, checks: duckDbChecks(facts, store, options.configuration), cost, roleSql: null };
    }
    const facts = await lookAtPostgres(store, options);
    return postgresExamined(facts, store, needs);
  } catch (error) {
    options.context.signal?.throwIfAborted();
    if (!(error instanceof ConnectError)) throw error;
    return unreached(connection(`${error.place}: ${error.detail}`, remedyOf(error.nextStep, SELF_MANAGED)), error.reason === 'authentication' || error.reason === 'permission' ? true : null);
  }
}

const ENGINE_NAMES: Readonly<Record<Engine, string>> = {
  bigquery: 'BigQuery', clickhouse: 'ClickHouse', databricks: 'Databricks', duckdb: 'Parquet files, read by DuckDB', postgres: 'PostgreSQL', redshift: 'Redshift', snowflake: 'Snowflake', trino: 'Trino',
};

/** What the facts of a PostgreSQL server mean. */
export function postgresExamined(facts: PostgresFacts, store: StoreConfiguration, needs: readonly RelationNeed[]): Examined {
  const { identity, hosting } = facts;
  const where = hosting.name === null ? '' : ` on ${hosting.name}`;
  const checks = [...serverChecks(facts, store), ...statementChecks(facts), ...catalogueChecks(facts), ...replicationChecks(facts), ...relationChecks(facts, needs)];
  return {
    kind: 'store',
    name: store.name,
    engine: store.engine,
    role: store.role,
    description: `PostgreSQL ${identity.version}${where}, ${store.role}`,
    // A lost connection is one line, not one for everything that was not asked any more.
    checks: checks.filter(({ seen }) => facts.lost === null || seen !== facts.lost),
    cost: facts.cost,
    roleSql: roleSqlOf(facts, needs),
  };
}

function connection(seen: string, remedy: Check['remedy']): Check {
  return notAvailable('connection', 'connection', seen, 'the whole store', remedy);
}

/** The role and the database that the connection names, where it can be understood. */
function unseenRole(store: StoreConfiguration, { context, role }: LookOptions, needs: readonly RelationNeed[], wanted: boolean | null): RoleSql {
  try {
    const { user, database } = resolveConnection({ name: store.name, url: store.url ?? '' }, context);
    return roleSqlUnseen(targetRole({ role: user, superuser: false }, false, role), store.url === null ? null : database, needs, wanted);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return roleSqlUnseen(role, null, needs, wanted);
  }
}
