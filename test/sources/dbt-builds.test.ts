import { beforeAll, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/dbt.js';
import { queriesOf } from './fixture.js';

let queries: Map<string, CollectedQuery>;
beforeAll(async () => {
  queries = await queriesOf('dbt');
});

test('models and snapshots say what they build; what tests, watches or documents builds nothing', () => {
  const built = [...queries].flatMap(([id, { builds }]) => (builds === undefined || !id.includes('.casework.') ? [] : [`${id} ${builds.schema ?? ''}.${builds.name} ${builds.materialization ?? ''}`]));
  expect(built).toEqual([
    'dbt:model.casework.dim_officers.v1 analytics_marts.dim_officers_v1 table',
    'dbt:model.casework.dim_officers.v2 analytics_marts.dim_officers_v2 table',
    'dbt:model.casework.fct_decisions analytics_marts.fct_decisions incremental',
    'dbt:model.casework.officer_load analytics_marts.officer_load table',
    'dbt:model.casework.risk_score analytics_marts.risk_score table',
    'dbt:model.casework.stg_cases analytics.stg_case_files view',
    'dbt:snapshot.casework.case_states history.case_states snapshot',
    'dbt:snapshot.casework.office_history analytics.office_history snapshot',
  ]);
});

test('an ephemeral model says that it is one, under the name by which others refer to it', () => {
  const files = {
    'dbt_project.yml': 'name: shop\n',
    'models/int_contacts.sql': "{{ config(materialized='ephemeral') }} select customer_id, email as address from raw.customer",
    'models/dim_contact.sql': "select address as contact from {{ ref('int_contacts') }}",
  };
  const found = source.read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
  expect(found.find(({ id }) => id === 'dbt:model.shop.int_contacts')?.builds).toEqual({ schema: null, name: 'int_contacts', materialization: 'ephemeral' });
  expect(found.find(({ id }) => id === 'dbt:model.shop.dim_contact')?.variants[0]?.sql.trim()).toBe('select address as contact from int_contacts');
});
