import { describe, expect, test } from 'vitest';
import { zoneOf } from '../../src/graph/zone.js';
import type { Relation } from '../../src/model/catalog.js';
import type { StoreRole } from '../../src/model/store.js';
import { configuration } from '../support/estate.js';

function relation(key: string, kind: Relation['kind'] = 'table'): Relation {
  const [schema = '', name = ''] = key.split('.');
  return {
    schema, name, kind, owner: null, comment: null, columns: [], definition: kind === 'view' ? 'SELECT 1' : null, rows: null, size_bytes: null,
    rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}

describe('zones by guess', () => {
  test.each<[key: string, kind: Relation['kind'], role: StoreRole, zone: string]>([
    ['app.case_file', 'table', 'operational', 'internal'],
    ['public.orders', 'table', 'operational', 'internal'],
    ['integration.v_case_opened_v1', 'view', 'operational', 'contract'],
    ['integration.data_contract_registry', 'table', 'operational', 'control'],
    ['app.v_order_v2', 'view', 'operational', 'contract'],
    ['app.open_cases', 'view', 'operational', 'internal'],
    ['read_model.case_worklist_item', 'table', 'operational', 'read_model'],
    ['raw.case_file', 'table', 'warehouse', 'raw'],
    ['analytics.fact_case_opened', 'table', 'warehouse', 'mart'],
    ['analytics_secure.dim_customer_sensitive', 'table', 'warehouse', 'secure'],
    ['analytics_control.pipeline_run', 'table', 'warehouse', 'control'],
    ['analytics_semantic.case_backlog_daily', 'view', 'warehouse', 'semantic'],
    ['main.things', 'table', 'warehouse', 'unknown'],
    ['public.schema_migrations', 'table', 'operational', 'control'],
    ['core.flyway_schema_history', 'table', 'operational', 'control'],
    ['core.debezium_heartbeat', 'table', 'operational', 'control'],
    ['public.schema_migration_requests', 'table', 'operational', 'internal'],
    ['readings.meter', 'table', 'operational', 'internal'],
  ])('%s (%s, %s) is %s', (key, kind, role, zone) => {
    const assigned = zoneOf(relation(key, kind), { role }, configuration());
    expect(assigned).toMatchObject({ zone, guessed: true });
  });
});

test('the configuration wins over every guess, in the order written', () => {
  const zones = [{ zone: 'contract' as const, patterns: ['app.v_*'] }, { zone: 'secure' as const, patterns: ['app.*'] }];
  expect(zoneOf(relation('app.v_x', 'view'), { role: 'operational' }, configuration({ zones }))).toEqual({ zone: 'contract', reason: 'configured by app.v_*', guessed: false });
  expect(zoneOf(relation('app.x'), { role: 'operational' }, configuration({ zones })).zone).toBe('secure');
});
