import { expect, test } from 'vitest';
import { consumerName } from '../../src/graph/consumer-name.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { card } from '../support/estate.js';

const named = (overrides: Partial<CollectedQuery>): string => consumerName(card('SELECT 1', overrides));
const dashboard = { kind: 'dashboard', id: '7', title: 'Case operations' } as const;

test.each<[string, Partial<CollectedQuery>]>([
  ['metabase card 118 Open cases', {}],
  ['metabase metric Open cases', { id: 'metabase:Production:metric:9', role: 'metric' }],
  ['grafana panel Case operations / Open cases', { kind: 'grafana' }],
  ['grafana alert Case operations / Open cases', { kind: 'grafana', role: 'alert' }],
  ['redash query 12 Open cases', { kind: 'redash', id: 'redash:bi.regulator.example:query:12' }],
  ['superset chart Open cases', { kind: 'superset', id: 'superset:chart:0f1e', container: null }],
  ['superset chart Case operations / Open cases', { kind: 'superset', container: dashboard }],
  ['superset dataset open_cases', { kind: 'superset', role: 'relation', title: 'open_cases', container: null }],
  ['superset saved query backlog by hand', { kind: 'superset', id: 'superset:saved_query:8', title: 'backlog by hand', container: null }],
  ['superset metric open_cases', { kind: 'superset', role: 'metric', title: 'open_cases', container: null }],
  ['looker explore case_file', { kind: 'looker', title: 'case_file', container: { kind: 'explore', id: 'case_file', title: 'case_file' } }],
  ['looker dashboard element Case operations / Open cases', { kind: 'looker' }],
  ['looker sql runner open cases', { kind: 'looker', id: 'looker:sql-runner:7', title: 'open cases', container: null }],
  ['looker view case_monthly', { kind: 'looker', role: 'relation', title: 'case_monthly', container: null }],
  ['dbt model case_monthly', { kind: 'dbt', id: 'dbt:model.casework.case_monthly', role: 'relation', title: 'case_monthly' }],
  ['dbt exposure Board pack', { kind: 'dbt', id: 'dbt:exposure.casework.board_pack', title: 'Board pack' }],
  ['lightdash chart Case operations / Open cases', { kind: 'lightdash' }],
  ['tableau workbook Case operations / Open cases', { kind: 'tableau', container: { kind: 'workbook', id: 'ops.twb', title: 'Case operations' } }],
  ['tableau datasource Case file', { kind: 'tableau', title: 'Case file', container: null }],
  ['powerbi table Casework / case_file', { kind: 'powerbi', id: 'powerbi:casework:table:case_file:case_file', title: 'case_file', container: { kind: 'model', id: 'casework', title: 'Casework' } }],
  ['notebook notebooks/backlog.ipynb cell 4', { kind: 'notebook', title: null, origin: { file: 'notebooks/backlog.ipynb', pointer: 'cell 4', line: 30, column: 5 } }],
  ['airflow case_load.load_cases', { kind: 'airflow', title: 'load_cases', container: { kind: 'dag', id: 'case_load', title: null } }],
  ['app/reports.py open_cases', { kind: 'appcode', title: 'open_cases', container: null, origin: { file: 'app/reports.py', pointer: '', line: 40, column: 8 } }],
  ['lantern lantern:77 Open cases', { kind: 'lantern', id: 'lantern:77' }],
])('%s', (name, overrides) => {
  expect(named(overrides)).toBe(name);
});
