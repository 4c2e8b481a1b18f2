import path from 'node:path';
import { carriesPassword, withoutPasswords } from '../config/credentials.js';
import { configurationFromSnapshot, configurationFromTargets, withStoresOf, type Targets } from '../config/defaults.js';
import { CONFIGURATION_FILE, findConfiguration } from '../config/load.js';
import { engineAt } from '../config/store-url.js';
import type { LoadedConfiguration } from '../config/parse.js';
import type { Configuration } from '../model/configuration.js';
import type { Snapshot } from '../model/snapshot.js';
import type { CommandContext } from './command.js';
import { configurationFile, displayName, readConfiguration } from './configuration.js';
import { hideSecretsOf } from './store-secrets.js';
import { UsageError } from './usage-error.js';

/** What flags name; a flag that was not given may be absent. */
export type GivenTargets = { [name in keyof Targets]?: string[] | undefined };

/** The flags among a command's options that name what to look at; none but those that were given. */
export function givenTargets({ postgres, duckdb, warehouse, dashboards }: GivenTargets): Partial<Targets> {
  return { ...(postgres ? { postgres } : {}), ...(duckdb ? { duckdb } : {}), ...(warehouse ? { warehouse } : {}), ...(dashboards ? { dashboards } : {}) };
}

/** Whether flags name a store. */
export function namesStores({ postgres, duckdb, warehouse }: GivenTargets): boolean {
  return (postgres ?? []).length + (duckdb ?? []).length + (warehouse ?? []).length > 0;
}

/** What a run looks at, and what was guessed to know it. */
export interface Prepared {
  configuration: Configuration;
  /** Where relative paths of sources start from. */
  directory: string;
  /** In words, for the report. */
  assumptions: string[];
  /** Refuses levels for rules that do not exist. */
  checkRuleIds: (ids: readonly string[]) => void;
}

/** The configuration of a run on live stores: the flags, or else `--config` or the nearest file. Throws UsageError. */
export async function prepareLive(context: CommandContext, given: GivenTargets): Promise<Prepared> {
  const targets = checkedTargets(given, context);
  if (isEmpty(targets)) {
    const file = await configurationFile(context);
    if (file === null) {
      throw new UsageError(
        `there is nothing to look at: no ${CONFIGURATION_FILE} in this folder or above it`,
        'name a store or dashboards, as in --postgres postgresql://audit_ro@db.example/casework --dashboards exports/\nor write a tidemark.yaml; tidemark schema prints what it may hold',
      );
    }
    return fromFile(await readConfiguration(context, file, true));
  }
  if (context.options.config !== undefined) {
    throw new UsageError('either a configuration or --postgres, --duckdb, --warehouse and --dashboards name what to look at, not both');
  }
  const { configuration, assumptions } = configurationFromTargets(targets);
  const file = await findConfiguration(context.host.directory);
  if (file !== null) assumptions.push(`${displayName(context, file)} was not read: flags name what to look at`);
  for (const store of configuration.stores) await hideSecretsOf(store, context.host, context.redactor);
  return { configuration, directory: context.host.directory, assumptions, checkRuleIds: () => {} };
}

/** The configuration of an audit of a bundle: `--config`, or the nearest file, or what the bundle itself says. */
export async function prepareBundle(context: CommandContext, given: GivenTargets, snapshot: Snapshot): Promise<Prepared> {
  if (!isEmpty(allTargets(given))) {
    throw new UsageError('a bundle is audited alone: it holds its stores and dashboards, so --postgres, --duckdb, --warehouse and --dashboards cannot be added');
  }
  const file = await configurationFile(context);
  if (file === null) {
    return { ...configurationFromSnapshot(snapshot), directory: context.host.directory, checkRuleIds: () => {} };
  }
  const prepared = fromFile(await readConfiguration(context, file, false));
  return { ...prepared, ...withStoresOf(snapshot, prepared.configuration) };
}

/** What a configuration file names, which nobody had to guess. */
export function fromFile(loaded: LoadedConfiguration): Prepared {
  return { ...loaded, assumptions: [] };
}

function allTargets(given: GivenTargets): Targets {
  return { postgres: given.postgres ?? [], duckdb: given.duckdb ?? [], warehouse: given.warehouse ?? [], dashboards: given.dashboards ?? [] };
}

function isEmpty(targets: Targets): boolean {
  return targets.postgres.length + targets.duckdb.length + targets.warehouse.length + targets.dashboards.length === 0;
}

function checkedTargets(given: GivenTargets, { host }: CommandContext): Targets {
  const targets = allTargets(given);
  for (const url of targets.postgres) refuseUnusable(url);
  return {
    ...targets,
    duckdb: targets.duckdb.map((file) => path.resolve(host.directory, file)),
    warehouse: targets.warehouse.map((url) => checkedWarehouse(url, host.directory)),
  };
}

/** A URL as it is; a file from the working folder on. */
function checkedWarehouse(url: string, directory: string): string {
  refuseSecret('--warehouse', 'a password or token', url, WAREHOUSE_SECRET_WAYS);
  const at = engineAt(url);
  if ('problem' in at) throw new UsageError(`--warehouse ${at.problem}: '${withoutPasswords(url)}'`, 'as in --warehouse clickhouse://audit_ro@ch.example:8123/analytics, --warehouse bigquery://my-project/analytics or --warehouse lake/*.parquet');
  if (at.engine !== 'duckdb') return url;
  return /[\\/]$/.test(url) ? `${path.resolve(directory, url)}${path.sep}` : path.resolve(directory, url);
}

function refuseSecret(flag: string, what: string, url: string, ways: string): void {
  if (!carriesPassword(url)) return;
  throw new UsageError(
    `${flag} carries ${what}, which every process of this machine and the history of the shell would see`,
    `name the connection without it: ${withoutPasswords(url).replace(':***@', '@').replace(/[?&][A-Za-z_]+=\*\*\*/g, '')}\n${ways}`,
  );
}

function refuseUnusable(url: string): void {
  refuseSecret('--postgres', 'a password', url, PASSWORD_WAYS);
  if (!/^postgres(ql)?:\/\/|^\s*\w+\s*=/.test(url)) {
    throw new UsageError(
      `--postgres does not name a connection: '${url}'`,
      'as in --postgres postgresql://audit_ro@db.example:5432/casework, --postgres "host=db.example dbname=casework" or --postgres service=casework',
    );
  }
}

const PASSWORD_WAYS = `and give the password in one of these ways:
  PGPASSWORD in the environment
  a line host:port:database:role:password in ~/.pgpass (mode 0600)
  a service of ~/.pg_service.conf: --postgres service=NAME
  url: "\${env:NAME}" in tidemark.yaml`;

const WAREHOUSE_SECRET_WAYS = `and give the secret in one of these ways:
  the variables of the vendor in the environment, such as CLICKHOUSE_PASSWORD, SNOWFLAKE_PRIVATE_KEY_FILE,
  GOOGLE_APPLICATION_CREDENTIALS, DATABRICKS_TOKEN, TRINO_PASSWORD or PGPASSWORD
  credentials of the store in tidemark.yaml, with \${env:NAME} for secrets`;
