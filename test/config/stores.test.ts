import { describe, expect, test } from 'vitest';
import { configurationFromTargets } from '../../src/config/defaults.js';
import { parseConfiguration } from '../../src/config/parse.js';
import { ConfigurationError } from '../../src/config/problem.js';
import { engineAt } from '../../src/config/store-url.js';

const environment = { SF_PASSPHRASE: 'ebb-and-flow', BRICKS_SECRET: 'spring-tide-77' };

function stores(text: string, connects = true) {
  return parseConfiguration(`stores:\n${text}`, '/srv/casework', { environment, connects, displayName: 'tidemark.yaml' }).configuration.stores;
}

function refusal(text: string): string {
  try {
    stores(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('a warehouse has credentials of its own, a limit and files that count from the folder of the configuration', () => {
  const [snowflake, bigquery, databricks, lake] = stores(`
  - name: finance
    role: warehouse
    engine: snowflake
    url: snowflake://audit_ro@myorg-account/FINANCE?warehouse=AUDIT_WH
    credentials: { private_key_file: keys/audit.p8, private_key_passphrase: "\${env:SF_PASSPHRASE}" }
    scan_max: 50GiB
  - { name: marketing, role: warehouse, engine: bigquery, url: bigquery://marketing-prod/mart, credentials: { credentials_file: /etc/tidemark/marketing.json } }
  - name: lakehouse
    role: warehouse
    engine: databricks
    url: databricks://dbc-a1b2.cloud.databricks.com/main/mart?warehouse=ab12
    credentials: { client_id: audit, client_secret: "\${env:BRICKS_SECRET}" }
  - { name: archive, role: warehouse, engine: duckdb, url: lake/, attach: { reference: reference.duckdb } }
`);
  expect(snowflake?.credentials).toEqual({ private_key_file: '/srv/casework/keys/audit.p8', private_key_passphrase: 'ebb-and-flow' });
  expect(snowflake?.scan_bytes_max).toBe(50 * 2 ** 30);
  expect(bigquery?.credentials).toEqual({ credentials_file: '/etc/tidemark/marketing.json' });
  expect(databricks?.credentials).toEqual({ client_id: 'audit', client_secret: 'spring-tide-77' });
  expect(lake).toMatchObject({ url: '/srv/casework/lake/', attached: { reference: '/srv/casework/reference.duckdb' } });
});

test('a run on a bundle needs no credentials, and none of their variables', () => {
  const text = '  - { name: finance, role: warehouse, engine: snowflake, url: "snowflake://x/${env:NOT_SET}", credentials: { token: "${env:NOT_SET_EITHER}" } }';
  expect(stores(text, false)).toEqual([{ name: 'finance', role: 'warehouse', engine: 'snowflake', url: null, match: [] }]);
});

describe('what is refused, with place and next step', () => {
  test('a secret that stands in the file, without repeating it', () => {
    const written = ['password: Gezeiten7', 'token: Gezeiten7', 'private_key_passphrase: Gezeiten7', 'client_secret: Gezeiten7'].map((entry) =>
      refusal(`  - name: finance\n    role: warehouse\n    engine: snowflake\n    url: snowflake://acc/FIN\n    credentials:\n      ${entry}\n`),
    );
    expect(written.join('\n')).toMatchInlineSnapshot(`
      "tidemark.yaml:7:17 stores[0].credentials.password holds a password, and this file is read by many; write \${env:NAME} in its place
         7 |       password: ***
           |                 ^
      tidemark.yaml:7:14 stores[0].credentials.token holds a token, and this file is read by many; write \${env:NAME} in its place
         7 |       token: ***
           |              ^
      tidemark.yaml:7:31 stores[0].credentials.private_key_passphrase holds a passphrase, and this file is read by many; write \${env:NAME} in its place
         7 |       private_key_passphrase: ***
           |                               ^
      tidemark.yaml:7:22 stores[0].credentials.client_secret holds a secret, and this file is read by many; write \${env:NAME} in its place
         7 |       client_secret: ***
           |                      ^"
    `);
    expect(written.join('')).not.toContain('Gezeiten7');
    const inUrl = refusal('  - { name: finance, role: warehouse, engine: trino, url: "trino://t.example/hive?token=Gezeiten7" }');
    expect(inUrl).toMatchInlineSnapshot(`
      "tidemark.yaml:2:59 stores[0].url holds a password, and this file is read by many; write \${env:NAME} in its place
         2 |   - { name: finance, role: warehouse, engine: trino, url: "trino://t.example/hive?token=***
           |                                                           ^"
    `);
    expect(inUrl).not.toContain('Gezeiten7');
  });

  test('a key that no credentials have, an engine that is misspelt, a URL of another engine, files attached to a server', () => {
    expect(
      [
        refusal('  - { name: finance, role: warehouse, engine: snowflake, url: snowflake://acc/FIN, credentials: { private_keyfile: audit.p8 } }'),
        refusal('  - { name: events, role: warehouse, engine: clickhous, url: clickhouse://ch.example/events }'),
        refusal('  - { name: events, role: warehouse, engine: snowflake, url: clickhouse://ch.example/events }'),
        refusal('  - { name: events, role: warehouse, engine: clickhouse, url: clickhuose://ch.example/events }'),
        refusal('  - { name: events, role: warehouse, engine: duckdb, url: "s3://lake/events/*.parquet" }'),
        refusal('  - { name: events, role: warehouse, engine: clickhouse }'),
        refusal('  - { name: events, role: warehouse, engine: clickhouse, url: clickhouse://ch.example/events, attach: { ref: ref.duckdb } }'),
        refusal('  - { name: events, role: warehouse, engine: duckdb, url: events.duckdb, attach: { "ref; drop": ref.duckdb } }'),
        refusal('  - { name: events, role: warehouse, engine: duckdb, url: events.duckdb, scan_max: much }'),
      ].join('\n'),
    ).toMatchInlineSnapshot(`
      "tidemark.yaml:2:99 unknown key 'private_keyfile' in stores[0].credentials; did you mean 'private_key_file'?
         2 | engine: snowflake, url: snowflake://acc/FIN, credentials: { private_keyfile: audit.p8 } }
           |                                                             ^
      tidemark.yaml:2:46 stores[0].engine must be one of bigquery, clickhouse, databricks, duckdb, postgres, redshift, snowflake, trino, not 'clickhous'; did you mean 'clickhouse'?
         2 |   - { name: events, role: warehouse, engine: clickhous, url: clickhouse://ch.example/events }
           |                                              ^
      tidemark.yaml:2:62 stores[0].url begins with clickhouse://, and one of snowflake begins with snowflake:// or https://; that is a URL of clickhouse
         2 |  - { name: events, role: warehouse, engine: snowflake, url: clickhouse://ch.example/events }
           |                                                             ^
      tidemark.yaml:2:63 stores[0].url begins with clickhuose://, and one of clickhouse begins with clickhouse:// or clickhouses:// or http:// or https:// or http+clickhouse:// or https+clickhouse://; did you mean 'clickhouse'?
         2 | - { name: events, role: warehouse, engine: clickhouse, url: clickhuose://ch.example/events }
           |                                                             ^
      tidemark.yaml:2:59 stores[0].url begins with s3://, and a store of duckdb is a file; tidemark reads DuckDB and Parquet from the files of this machine
         2 |   - { name: events, role: warehouse, engine: duckdb, url: "s3://lake/events/*.parquet" }
           |                                                           ^
      tidemark.yaml:2:5 stores[0].url is missing: as in clickhouse://audit_ro@ch.example:8123/analytics
         2 |   - { name: events, role: warehouse, engine: clickhouse }
           |     ^
      tidemark.yaml:2:103 stores[0].attach is of DuckDB: a store of clickhouse attaches no files
         2 | e: clickhouse, url: clickhouse://ch.example/events, attach: { ref: ref.duckdb } }
           |                                                             ^
      tidemark.yaml:2:97 stores[0].attach.ref; drop is no name for a file: letters, digits and _, at most 63
         2 |  engine: duckdb, url: events.duckdb, attach: { "ref; drop": ref.duckdb } }
           |                                                             ^
      tidemark.yaml:2:84 stores[0].scan_max must be a number of bytes or a text such as 64MiB
         2 | e: warehouse, engine: duckdb, url: events.duckdb, scan_max: much }
           |                                                             ^"
    `);
  });
});

test('the address of a warehouse names its engine', () => {
  const engines = [
    'clickhouse://ch.example:8123/events', 'https+clickhouse://ch.example/events', 'snowflake://acc/FIN', 'bigquery://marketing-prod', 'redshift://c.example:5439/dwh',
    'databricks://dbc-a1b2.cloud.databricks.com/main/mart?warehouse=ab12', 'trino://t.example:8443/hive', 'postgresql://dwh.example/mart', 'service=mart', 'mart.duckdb', 'lake/*.parquet', 'lake/', 'C:\\lake\\day.parquet',
  ];
  expect(engines.map(engineAt).map((at) => ('engine' in at ? at.engine : at.problem))).toEqual([
    'clickhouse', 'clickhouse', 'snowflake', 'bigquery', 'redshift', 'databricks', 'trino', 'postgres', 'postgres', 'duckdb', 'duckdb', 'duckdb', 'duckdb',
  ]);
  expect(['https://warehouse.example/', 's3://lake/events', 'snowflak://acc/FIN', 'analytics'].map(engineAt)).toMatchInlineSnapshot(`
    [
      {
        "problem": "begins with https://, which does not say what answers there; clickhouse://, databricks://, snowflake:// and trino:// do",
      },
      {
        "problem": "begins with s3://, and tidemark reads Parquet from the files of this machine only",
      },
      {
        "problem": "begins with snowflak://, which is no engine that tidemark knows; did you mean 'snowflake'?",
      },
      {
        "problem": "is neither a URL nor a .duckdb or .parquet file",
      },
    ]
  `);
});

test('flags make warehouses with names of their own', () => {
  const { configuration, assumptions } = configurationFromTargets({
    warehouse: ['clickhouse://ch.example:8123/events', 'bigquery://marketing-prod', 'databricks://dbc-a1b2.cloud.databricks.com/main/mart?warehouse=ab12', '/srv/lake/orders/*.parquet', '/srv/lake/events/', 'snowflake://acc/'],
  });
  expect(configuration.stores.map(({ name, role, engine }) => `${name} ${role} ${engine}`)).toEqual([
    'events warehouse clickhouse', 'bigquery warehouse bigquery', 'mart warehouse databricks', 'orders warehouse duckdb', 'events-2 warehouse duckdb', 'snowflake warehouse snowflake',
  ]);
  expect(assumptions[0]).toBe('store events is taken for a warehouse store: it was given by --warehouse');
  expect(() => configurationFromTargets({ warehouse: ['https://warehouse.example/'] })).toThrow(RangeError);
});
