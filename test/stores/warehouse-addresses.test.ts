import { describe, expect, it } from 'vitest';
import { databricksAddress } from '../../src/stores/databricks/address.js';
import { resolveRedshift } from '../../src/stores/redshift/connection.js';
import type { OpenContext, StoreTarget } from '../../src/stores/store.js';
import { trinoAddress } from '../../src/stores/trino/address.js';
import { noContext } from '../support/store-context.js';

const target = (url: string, credentials?: StoreTarget['credentials']): StoreTarget => ({ name: 'warehouse', url, credentials });
const within = (environment: Record<string, string>): OpenContext => ({ environment, homeDirectory: null });

describe('the address of a Trino coordinator', () => {
  it.each([
    ['trino://officer@lake.example/iceberg/mart', undefined, 'http://lake.example:8080'],
    ['trino://officer@lake.example:443/iceberg', undefined, 'https://lake.example'],
    ['trino://officer@lake.example:8443/iceberg?secure=true', undefined, 'https://lake.example:8443'],
    ['trinos://officer@lake.example/iceberg', undefined, 'https://lake.example'],
    ['https://officer@lake.example:7778/iceberg', undefined, 'https://lake.example:7778'],
    // A password is never sent in clear, whatever the scheme leaves open.
    ['trino://officer@lake.example/iceberg', { password: 'neap' }, 'https://lake.example'],
    ['trino://lake.example/iceberg', { token: 'ebb' }, 'https://lake.example'],
  ])('%s %o', (url, credentials, base) => {
    expect(trinoAddress(target(url, credentials), noContext).base.origin).toBe(base);
  });

  it('takes user and proof from the configuration, then the URL, then the environment', () => {
    const environment = within({ TRINO_USER: 'night', TRINO_PASSWORD: 'spring', TRINO_TOKEN: '' });
    expect(trinoAddress(target('trinos://lake.example/iceberg/mart'), environment)).toMatchObject({ user: 'night', password: 'spring', token: null, catalog: 'iceberg', schema: 'mart' });
    expect(trinoAddress(target('trinos://officer@lake.example/ice%20berg', { user: 'auditor' }), environment)).toMatchObject({ user: 'auditor', catalog: 'ice berg', schema: null });
  });
});

describe('the address of a Databricks workspace', () => {
  it('names the SQL warehouse by its id or its path, and is always behind TLS', () => {
    const credentials = { token: 'ebb' };
    expect(databricksAddress(target('databricks://dbc-a1.cloud.databricks.com/main?warehouse=ab12', credentials), noContext)).toMatchObject({ base: new URL('https://dbc-a1.cloud.databricks.com'), catalog: 'main', schema: null, warehouse: 'ab12' });
    expect(databricksAddress(target('https://adb-1.azuredatabricks.net/main/mart?http_path=/sql/1.0/warehouses/cd34', credentials), noContext)).toMatchObject({ schema: 'mart', warehouse: 'cd34' });
  });

  it('takes one proof, never a part of two', () => {
    const url = 'databricks://dbc.example/main?warehouse=ab12';
    const environment = within({ DATABRICKS_TOKEN: 'of the environment', DATABRICKS_CLIENT_ID: 'id', DATABRICKS_CLIENT_SECRET: 'secret' });
    expect(databricksAddress(target(url), environment).proof).toEqual({ token: 'of the environment' });
    expect(databricksAddress(target(url, { client_id: 'own', client_secret: 'own secret' }), environment).proof).toEqual({ client_id: 'own', client_secret: 'own secret' });
    expect(() => databricksAddress(target(url, { client_id: 'own' }), environment)).toThrow('no credentials are given');
  });
});

describe('the address of a Redshift cluster', () => {
  it('has a port and TLS of its own, and takes nothing that is meant for PostgreSQL', () => {
    const environment = within({ PGHOST: 'production.example', PGDATABASE: 'casework', PGOPTIONS: '-c x=1', PGUSER: 'auditor', PGPASSWORD: 'spring' });
    expect(resolveRedshift(target('redshift://tide.abc.eu-west-1.redshift.amazonaws.com/dev'), environment)).toMatchObject({ host: 'tide.abc.eu-west-1.redshift.amazonaws.com', port: 5439, database: 'dev', user: 'auditor', password: 'spring', sslMode: 'require', options: '' });
    expect(resolveRedshift(target('postgresql://clerk@tide.example:5440/dev?sslmode=verify-full', { password: 'a#b@c' }), environment)).toMatchObject({ port: 5440, user: 'clerk', password: 'a#b@c', sslMode: 'verify-full' });
  });
});
