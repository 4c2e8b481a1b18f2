import { describe, expect, it } from 'vitest';
import { snowflakeAddress } from '../../../src/stores/snowflake/address.js';

const read = (url: string): Record<string, unknown> => {
  const { base, account, user, database, schema, warehouse, role } = snowflakeAddress('warehouse', url);
  return { host: base.host, account, user, database, schema, warehouse, role };
};
const nothing = { user: null, database: null, schema: null, warehouse: null, role: null };

describe('where an account of Snowflake is', () => {
  it.each([
    ['snowflake://audit_ro@regulator-main/casework/analytics?warehouse=audit_wh&role=auditor', { host: 'regulator-main.snowflakecomputing.com', account: 'REGULATOR-MAIN', user: 'audit_ro', database: 'CASEWORK', schema: 'ANALYTICS', warehouse: 'AUDIT_WH', role: 'AUDITOR' }],
    // The region is part of the host name and not of the account that a token names.
    ['snowflake://xy12345.eu-central-1/CASEWORK', { ...nothing, host: 'xy12345.eu-central-1.snowflakecomputing.com', account: 'XY12345', database: 'CASEWORK' }],
    ['snowflake://regulator-main_two', { ...nothing, host: 'regulator-main-two.snowflakecomputing.com', account: 'REGULATOR-MAIN_TWO' }],
    ['https://regulator-main.snowflakecomputing.com/CASEWORK', { ...nothing, host: 'regulator-main.snowflakecomputing.com', account: 'REGULATOR-MAIN', database: 'CASEWORK' }],
    ['https://xy12345.eu-central-1.privatelink.snowflakecomputing.com/%22casework%22', { ...nothing, host: 'xy12345.eu-central-1.privatelink.snowflakecomputing.com', account: 'XY12345', database: 'casework' }],
    ['snowflake://regulator-main/case-work', { ...nothing, host: 'regulator-main.snowflakecomputing.com', account: 'REGULATOR-MAIN', database: 'case-work' }],
  ])('%s', (url, address) => {
    expect(read(url)).toEqual(address);
  });
});
