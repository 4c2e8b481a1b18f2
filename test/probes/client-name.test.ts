import { expect, test } from 'vitest';
import { clientName } from '../../src/probes/client-name.js';

test.each([
  ['', ''], ['Metabase v0.57.4 [6f0b7c1e]', 'Metabase v0.57.4 [6f0b7c1e]'], ['PostgreSQL JDBC Driver', 'PostgreSQL JDBC Driver'], ['dbt', 'dbt'], ['case_cdc_standby', 'case_cdc_standby'], ['DBeaver 24.1.0 - SQLEditor <Script-3.sql>', 'DBeaver 24.1.0 - SQLEditor <Script-3.sql>'],
  ['psql anna.lund@example.org', 'psql ‹email›'], ['anna@example.org, ben@example.org (laptop)', '‹email›, ‹email› (laptop)'], ['call +46 70-174 06 05', 'call ‹phone›'],
])('the client %j is kept as %j', (name, kept) => expect(clientName(name)).toBe(kept));
