import type { ConstructedCommit } from '../commit.js';

const MONTH_END = 'reports/month_end.sql';
const COMPLIANCE = 'reports/compliance.sql';
const METABASE = 'dashboards/metabase';

/** Commits that mend something: exactly that is gone. */
export const fixed: ConstructedCommit[] = [
  {
    name: 'fix: columns in place of a star',
    change: (estate) => estate.replace(MONTH_END, 'SELECT *\nFROM shop.refund', 'SELECT refund_id, order_id, amount_minor, requested_at\nFROM shop.refund'),
    new: [], fixed: ['dashboard-selects-star | reports/month_end.sql Refunds of the quarter | shop.refund'], exit: 0,
  },
  {
    name: 'fix: the contract in place of the table',
    change: (estate) => estate.replace(COMPLIANCE, "  FROM app.case_file\n  WHERE status IN ('ESCALATED')", "  FROM integration.v_case_state_v1\n  WHERE status IN ('ESCALATED')"),
    new: [], fixed: ['dashboard-bypasses-contract | reports/compliance.sql Escalated cases | app.case_file'], exit: 0,
  },
  {
    name: 'fix: a card deleted, and taken off its dashboards, whose exports repeat it',
    change: (estate) => {
      estate.remove(`${METABASE}/card-108.json`);
      for (const file of estate.files(METABASE).filter((name) => /dashboard-\d+\.json$/.test(name))) {
        estate.json(file, (dashboard) => {
          dashboard.dashcards = (dashboard.dashcards ?? []).filter((place: { card_id?: number }) => place.card_id !== 108);
        });
      }
    },
    new: [], fixed: ['dashboard-reads-internal | metabase card 108 Task list for supervisors | app.task', 'dashboard-selects-star | metabase card 108 Task list for supervisors | app.task'], exit: 0,
  },
  {
    name: 'fix: an address that stood in the text',
    change: (estate) => estate.replace(COMPLIANCE, "email = 'nils.horvat@example.org'", 'email = :address'),
    new: [], fixed: ['personal-data-literal | reports/compliance.sql Erasure request check | shop.customer'], exit: 0,
  },
  {
    name: 'fix: one of two statements without a name',
    before: (estate) => estate.write('reports/adhoc.sql', 'SELECT status FROM app.task WHERE task_id = 8;\n\nSELECT task_kind, due_at FROM app.task WHERE task_id = 7;\n'),
    change: (estate) => estate.write('reports/adhoc.sql', 'SELECT task_kind, due_at FROM app.task WHERE task_id = 7;\n'),
    new: [], fixed: ['dashboard-reads-internal | reports/adhoc.sql* | app.task'], exit: 0,
  },
  {
    name: 'fix and add: one goes, another comes',
    change: (estate) => {
      estate.replace(MONTH_END, 'SELECT *\nFROM shop.refund', 'SELECT refund_id, order_id, amount_minor, requested_at\nFROM shop.refund');
      estate.append(MONTH_END, '\n-- name: Lines of one order\nSELECT *\nFROM shop.order_line\nWHERE order_id = 12;\n');
    },
    new: ['dashboard-reads-internal | reports/month_end.sql Lines of one order | shop.order_line', 'dashboard-selects-star | reports/month_end.sql Lines of one order | shop.order_line'],
    fixed: ['dashboard-selects-star | reports/month_end.sql Refunds of the quarter | shop.refund'], exit: 1,
  },
  {
    name: 'fix: the declaration follows the board',
    change: (estate) => estate.replace('semantic/orders.yml', "{{ Dimension('order_id__channel') }} = 'WEB'\"", "{{ Dimension('order_id__channel') }} IN ('WEB', 'PHONE')\""),
    // Finance still counts the web alone, and now it is finance that leaves what is declared.
    new: [], fixed: [], exit: 0,
  },
];
