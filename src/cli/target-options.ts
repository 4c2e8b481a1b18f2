import { Option, type Command } from 'commander';

const repeated = (value: string, previous: string[] | undefined) => [...(previous ?? []), value];

/** The flags that name what to look at where no configuration does. */
export function addTargetOptions(command: Command): Command {
  return addStoreOptions(command)
    .addOption(new Option('--dashboards <path>', 'a file or folder of dashboards or SQL; may be repeated').argParser(repeated))
    .addHelpText('after', PASSWORD_HELP);
}

/** Those of them that name stores. */
export function addStoreOptions(command: Command): Command {
  return command
    .addOption(new Option('--postgres <connection>', 'a PostgreSQL database as a URL, "host=… dbname=…" or service=NAME, taken for operational; may be repeated').argParser(repeated))
    .addOption(new Option('--duckdb <file>', 'a DuckDB file, taken for a warehouse; may be repeated').argParser(repeated))
    .addOption(new Option('--warehouse <url>', 'a warehouse as a URL (clickhouse://, snowflake://, bigquery://, redshift://, databricks://, trino://, postgresql://), a .duckdb file, or Parquet as a file, folder/ or pattern; may be repeated').argParser(repeated));
}

const PASSWORD_HELP = `
Passwords are never given by flag. A connection takes them as libpq does, from
PGPASSWORD, ~/.pgpass or a service (PGSERVICE, service=NAME), a warehouse from
the variables of its vendor, and both from \${env:NAME} in tidemark.yaml.`;
