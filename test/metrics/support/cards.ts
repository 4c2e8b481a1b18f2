import type { MetricInput } from '../../../src/metrics/claim/claim.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';
import { catalogOf, check, column, constraint, required, table } from './catalog.js';

export const caseFile = table('app', 'case_file', [
  required('case_id', 'bigint'),
  required('status', 'text'),
  column('closed_at', 'timestamp with time zone'),
  required('opened_at', 'timestamp with time zone'),
  column('officer_id', 'bigint'),
  required('unit_id', 'bigint'),
  column('region_code', 'text'),
  column('fee', 'numeric(10,2)'),
  column('paid', 'numeric(10,2)'),
  required('priority', 'integer'),
]);
export const officer = table('app', 'officer', [required('officer_id', 'bigint'), column('display_name', 'text'), column('region', 'text')]);
export const unit = table('app', 'unit', [required('unit_id', 'bigint'), column('name', 'text'), required('active', 'boolean')]);
export const task = table('app', 'task', [required('task_id', 'bigint'), required('case_id', 'bigint'), column('done_at', 'timestamp with time zone')]);
export const backlogDaily = table('analytics_semantic', 'case_backlog_daily', [column('calendar_date', 'date'), column('backlog_cases', 'bigint')], { kind: 'view' });

export const caseworkCatalog = catalogOf(
  [caseFile, officer, unit, task, backlogDaily],
  [
    check(caseFile, 'closed_has_date', "((status = 'CLOSED'::text) = (closed_at IS NOT NULL))"),
    constraint(caseFile, 'primary_key', 'case_file_pkey', { columns: ['case_id'] }),
    constraint(officer, 'primary_key', 'officer_pkey', { columns: ['officer_id'] }),
    constraint(unit, 'primary_key', 'unit_pkey', { columns: ['unit_id'] }),
    constraint(caseFile, 'foreign_key', 'case_file_officer_fk', {
      columns: ['officer_id'], references: { schema: 'app', relation: 'officer', columns: ['officer_id'] },
    }),
    constraint(caseFile, 'foreign_key', 'case_file_unit_fk', { columns: ['unit_id'], references: { schema: 'app', relation: 'unit', columns: ['unit_id'] } }),
  ],
);

/** One card of a dashboard; its consumer is its title unless it says otherwise. */
export async function card(title: string, sql: string, more: Partial<MetricInput> = {}): Promise<MetricInput> {
  const outcome = await parsePostgres(sql);
  const statement = outcome.statements[0]?.statement;
  if (statement === undefined) throw new Error(`${sql}: ${JSON.stringify(outcome.diagnostics)}`);
  return { consumer: `card ${title}`, owner: null, title, container: null, outputAliases: [], store: 'casework', text: sql, statement, ...more };
}
