import type { ConstructedCommit } from '../commit.js';

const MONTH_END = 'reports/month_end.sql';
const COMPLIANCE = 'reports/compliance.sql';
const METABASE = 'dashboards/metabase';

/** Commits that bring something: exactly that is new. */
export const added: ConstructedCommit[] = [
  {
    name: 'add: a report that groups an internal table',
    change: (estate) => estate.write('reports/tasks.sql', '-- name: Kinds of work\nSELECT task_kind, count(*) AS pieces FROM app.task GROUP BY task_kind ORDER BY task_kind;\n'),
    new: ['analytical-on-operational | reports/tasks.sql Kinds of work | app.task', 'dashboard-reads-internal | reports/tasks.sql Kinds of work | app.task'], fixed: [], exit: 1,
  },
  {
    name: 'add: a report on a contract, which keeps the coupling away and not the scan',
    change: (estate) => estate.write('reports/regions.sql', '-- name: Load of regions\nSELECT region_code, priority, count(*) AS files FROM integration.v_case_state_v1 GROUP BY region_code, priority ORDER BY 1, 2;\n'),
    new: ['analytical-on-operational | reports/regions.sql Load of regions | app.case_file'], fixed: [], exit: 1,
  },
  {
    name: 'add: a report in the warehouse on a governed view',
    change: (estate) => estate.write('warehouse-reports/volume.sql', '-- name: Volume by year\nSELECT fiscal_year, sum(cases_opened) AS volume FROM analytics_semantic.case_monthly_volume GROUP BY fiscal_year ORDER BY fiscal_year;\n'),
    new: [], fixed: [], exit: 0,
  },
  {
    name: 'add: names and telephone numbers of one customer',
    change: (estate) => estate.write('reports/caller.sql', '-- name: Who calls\nSELECT full_name, phone FROM shop.customer WHERE customer_id = 17;\n'),
    new: ['dashboard-reads-internal | reports/caller.sql Who calls | shop.customer', 'personal-data-shown | reports/caller.sql Who calls | shop.customer.full_name', 'personal-data-shown | reports/caller.sql Who calls | shop.customer.phone'], fixed: [], exit: 1,
  },
  {
    name: 'add: a secret of one customer',
    change: (estate) => estate.write('reports/login.sql', '-- name: Login state\nSELECT password_hash FROM shop.customer WHERE customer_id = 17;\n'),
    new: ['dashboard-reads-internal | reports/login.sql Login state | shop.customer', 'secret-read | reports/login.sql Login state | shop.customer.password_hash'], fixed: [], exit: 1,
  },
  {
    name: 'add: everything of a small internal table',
    change: (estate) => estate.write('reports/queues.sql', '-- name: Queues\nSELECT * FROM app.queue WHERE queue_id = 3;\n'),
    new: ['dashboard-reads-internal | reports/queues.sql Queues | app.queue', 'dashboard-selects-star | reports/queues.sql Queues | app.queue'], fixed: [], exit: 1,
  },
  {
    name: 'add: one case past its contract',
    change: (estate) => estate.write('reports/case.sql', '-- name: One case\nSELECT case_number, priority FROM app.case_file WHERE case_id = 4711;\n'),
    new: ['dashboard-bypasses-contract | reports/case.sql One case | app.case_file'], fixed: [], exit: 1,
  },
  {
    name: 'add: a copy of a card, which stays',
    change: (estate) => {
      estate.copy(`${METABASE}/card-108.json`, `${METABASE}/card-190.json`);
      estate.json(`${METABASE}/card-190.json`, (card) => { card.id = 190; card.name = 'Task list, copied'; if (card.entity_id) card.entity_id = 'copiedcopiedcopiedcop'; });
    },
    new: ['dashboard-reads-internal | metabase card 190 Task list, copied | app.task', 'dashboard-selects-star | metabase card 190 Task list, copied | app.task'], fixed: [], exit: 1,
  },
  {
    name: 'add: a second statement that breaks the same rules in the same file',
    change: (estate) => estate.append(MONTH_END, '\n-- name: Ways of paying\n-- owner: Finance Reporting\nSELECT method, count(*) AS payments\nFROM shop.payment\nGROUP BY method\nORDER BY method;\n'),
    new: ['analytical-on-operational | reports/month_end.sql Ways of paying | shop.payment', 'dashboard-reads-internal | reports/month_end.sql Ways of paying | shop.payment'], fixed: [], exit: 1,
  },
  {
    name: 'add: a second statement without a name, above the first',
    before: (estate) => estate.write('reports/adhoc.sql', 'SELECT task_kind, due_at FROM app.task WHERE task_id = 7;\n'),
    change: (estate) => estate.write('reports/adhoc.sql', `SELECT status FROM app.task WHERE task_id = 8;\n\n${estate.read('reports/adhoc.sql')}`),
    new: ['dashboard-reads-internal | reports/adhoc.sql* | app.task'], fixed: [], exit: 1,
  },
  {
    name: 'add: a second statement of the same name',
    before: (estate) => estate.write('reports/twice.sql', '-- name: Look up\nSELECT task_kind, due_at FROM app.task WHERE task_id = 7;\n'),
    change: (estate) => estate.append('reports/twice.sql', '\n-- name: Look up\nSELECT status FROM app.task WHERE task_id = 8;\n'),
    new: ['dashboard-reads-internal | reports/twice.sql* | app.task'], fixed: [], exit: 1,
  },
  {
    name: 'add: a statement moved to a new file while its copy stays',
    change: (estate) => estate.write('reports/refunds.sql', "-- name: Refunds of the quarter\n-- owner: Finance Reporting\nSELECT *\nFROM shop.refund\nWHERE requested_at >= date '2026-04-01' AND requested_at < date '2026-07-01'\nORDER BY requested_at;\n"),
    new: ['dashboard-reads-internal | reports/refunds.sql Refunds of the quarter | shop.refund', 'dashboard-selects-star | reports/refunds.sql Refunds of the quarter | shop.refund'], fixed: [], exit: 1,
  },
  {
    name: 'edit: a statement that joins one internal table more',
    change: (estate) => estate.card(107, (sql) => sql.replace('GROUP BY o.full_name', "AND EXISTS (SELECT 1 FROM app.sla_clock AS s WHERE s.case_id = t.case_id AND s.breached_at IS NOT NULL)\nGROUP BY o.full_name")),
    new: ['dashboard-reads-internal | metabase card 107 Officer workload | app.sla_clock'], fixed: [], exit: 1,
  },
  {
    name: 'edit: a definition that leaves the others',
    change: (estate) => estate.replace('warehouse-reports/board.sql', "currency_code IN ('EUR', 'SEK')", "currency_code = 'EUR'"),
    new: ['metric-definitions-differ | - | Foreign orders'], fixed: ['metric-equal-only-by-assertion | - | Foreign orders'], exit: 1,
  },
  {
    name: 'waived: a direct read with its reason above it',
    change: (estate) => estate.write('reports/waived.sql', '-- name: One queue\n-- tidemark-ignore dashboard-reads-internal: OPS-17, until queues have a contract\nSELECT queue_name FROM app.queue WHERE queue_id = 3;\n'),
    new: [], fixed: [], suppressed: ['dashboard-reads-internal | reports/waived.sql One queue | app.queue'], exit: 0,
  },
  {
    name: 'waived without a reason: both are told',
    change: (estate) => estate.write('reports/waived.sql', '-- name: One queue\n-- tidemark-ignore dashboard-reads-internal\nSELECT queue_name FROM app.queue WHERE queue_id = 3;\n'),
    new: ['dashboard-reads-internal | reports/waived.sql One queue | app.queue', 'suppression-unreadable | * | *'], fixed: [], exit: 1,
  },
  {
    name: 'template: brackets that never close',
    change: (estate) => estate.card(108, (sql) => sql.replace('AND due_at < {{before}}', '[[AND due_at < {{before}}')),
    new: [], fixed: [], gaps: ['metabase card 108'], exit: 3,
  },
  { name: 'broken: a statement that no engine reads', change: (estate) => estate.replace(COMPLIANCE, 'SELECT customer_id, country_code, updated_at\nFROM shop.customer\nWHERE', 'SELECT customer_id, FROM WHERE shop.customer'), new: [], fixed: [], gaps: ['Erasure request check'], exit: 3 },
  { name: 'broken: a card with marks of a merge', change: (estate) => estate.write(`${METABASE}/card-108.json`, `<<<<<<< HEAD\n${estate.read(`${METABASE}/card-108.json`)}=======\n>>>>>>> branch\n`), new: [], fixed: [], gaps: ['card-108.json'], exit: 3 },
];
