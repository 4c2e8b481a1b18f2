import { describe, expect, test } from 'vitest';
import { dialectOfWord, engineOfWord } from '../../src/graph/engine-words.js';

describe('the engine behind a word of a tool', () => {
  test.each([
    ['postgres', 'postgres'], ['postgresql', 'postgres'], ['PostgreSQL', 'postgres'], ['pg', 'postgres'], ['grafana-postgresql-datasource', 'postgres'],
    ['postgresql+psycopg2', 'postgres'], ['cockroachdb+psycopg2', 'postgres'], ['PostgreSQL.Database', 'postgres'], ['jdbc:postgresql', 'postgres'],
    ['mysql', 'mysql'], ['mysql+pymysql', 'mysql'], ['mariadb+mariadbconnector', 'mysql'], ['rds_mysql', 'mysql'], ['mysql_8', 'mysql'],
    ['grafana-clickhouse-datasource', 'clickhouse'], ['vertamedia-clickhouse-datasource', 'clickhouse'], ['clickhousedb+connect', 'clickhouse'],
    ['bigquery-cloud-sdk', 'bigquery'], ['grafana-bigquery-datasource', 'bigquery'], ['doitintl-bigquery-datasource', 'bigquery'], ['bigquery_standard_sql', 'bigquery'], ['GoogleBigQuery.Database', 'bigquery'],
    ['presto-jdbc', 'trino'], ['presto', 'trino'], ['trino', 'trino'], ['starburst', 'trino'], ['awsathena+rest', 'athena'], ['AmazonAthena.Databases', 'athena'],
    ['redshift', 'redshift'], ['redshift+redshift_connector', 'redshift'], ['grafana-redshift-datasource', 'redshift'], ['AmazonRedshift.Database', 'redshift'],
    ['snowflake', 'snowflake'], ['grafana-snowflake-datasource', 'snowflake'], ['Snowflake.Databases', 'snowflake'],
    ['databricks', 'databricks'], ['Databricks.Catalogs', 'databricks'], ['sparksql', 'spark'], ['hive', 'hive'],
    ['sqlserver', 'tsql'], ['mssql', 'tsql'], ['mssql+pyodbc', 'tsql'], ['jdbc:sqlserver', 'tsql'], ['Sql.Database', 'tsql'],
    ['duckdb', 'duckdb'], ['motherduck', 'duckdb'], ['sqlite', 'sqlite'], ['frser-sqlite-datasource', 'sqlite'], ['oracle', 'oracle'], ['teradata', 'teradata'],
    ['duckdb-extract', 'none'], ['results', 'none'], ['prometheus', 'none'], ['excel-direct', 'none'],
    ['mongo', null], ['elasticsearch', null], ['', null], ['Odbc.DataSource', null],
  ])('%s is %s', (word, engine) => {
    expect(engineOfWord(word)).toBe(engine);
  });

  test('extracts are read in the dialect of DuckDB, what tells nothing in none', () => {
    expect([dialectOfWord('duckdb-extract')?.id, dialectOfWord('mongo'), dialectOfWord(null)]).toEqual(['duckdb', null, null]);
  });
});
