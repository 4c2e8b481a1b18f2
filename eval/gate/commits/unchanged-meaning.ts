import type { ConstructedCommit } from '../commit.js';

const MONTH_END = 'reports/month_end.sql';
const COMPLIANCE = 'reports/compliance.sql';
const METABASE = 'dashboards/metabase';

/** Commits after which everything means what it meant: nothing is new and nothing is fixed. */
export const unchangedMeaning: ConstructedCommit[] = [
  {
    name: 'reformat: a statement on one line, in small letters',
    change: (estate) => estate.replace(MONTH_END, "SELECT currency_code, sum(amount_minor) AS captured_minor\nFROM shop.payment\nWHERE status = 'CAPTURED'\nGROUP BY currency_code\nORDER BY currency_code;", "select currency_code, sum(amount_minor) as captured_minor from shop.payment where status = 'CAPTURED' group by currency_code order by currency_code;"),
    new: [], fixed: [], exit: 0,
  },
  {
    name: 'reformat: comments and empty lines, so that every line moves',
    change: (estate) => estate.write(COMPLIANCE, `-- Read by the compliance office.\n\n\n\n${estate.read(COMPLIANCE).replaceAll('\nFROM ', '\n  -- where it stands\nFROM ')}`),
    new: [], fixed: [], exit: 0,
  },
  { name: 'reformat: line ends of Windows', change: (estate) => estate.write(MONTH_END, estate.read(MONTH_END).replaceAll('\n', '\r\n')), new: [], fixed: [], exit: 0 },
  { name: 'reformat: a card written again with four spaces', change: (estate) => estate.json(`${METABASE}/card-101.json`, () => {}, 4), new: [], fixed: [], exit: 0 },
  {
    name: 'reformat: a dashboard with its keys in another order',
    change: (estate) => {
      const sorted = (value: unknown): unknown =>
        Array.isArray(value) ? value.map(sorted) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? 1 : -1)).map(([key, inner]) => [key, sorted(inner)])) : value;
      estate.write('dashboards/grafana/shop-live.json', JSON.stringify(sorted(JSON.parse(estate.read('dashboards/grafana/shop-live.json')))));
    },
    new: [], fixed: [], exit: 0,
  },
  {
    name: 'edit: other names of tables within a statement',
    change: (estate) => estate.replace(MONTH_END, "SELECT date_trunc('month', o.placed_at) AS month, c.segment, count(*) AS orders\nFROM shop.orders AS o\nJOIN shop.customer AS c ON c.customer_id = o.customer_id", "SELECT date_trunc('month', placed.placed_at) AS month, buyer.segment, count(*) AS orders\nFROM shop.orders AS placed\nJOIN shop.customer AS buyer ON buyer.customer_id = placed.customer_id"),
    new: [], fixed: [], exit: 0,
  },
  { name: 'edit: another quarter', change: (estate) => estate.replace(MONTH_END, "date '2026-04-01' AND requested_at < date '2026-07-01'", "date '2026-07-01' AND requested_at < date '2026-10-01'"), new: [], fixed: [], exit: 0 },
  { name: 'move: a report into a folder', change: (estate) => estate.move(MONTH_END, 'reports/finance/month_end.sql'), new: [], fixed: [], exit: 0 },
  {
    name: 'move: every card into a folder',
    change: (estate) => {
      for (const file of estate.files(METABASE).filter((name) => /card-\d+\.json$/.test(name))) estate.move(file, file.replace('metabase/', 'metabase/cards/'));
    },
    new: [], fixed: [], exit: 0,
  },
  {
    name: 'move: a statement from one file to another',
    change: (estate) => {
      const statement = "-- name: Refunds of the quarter\n-- owner: Finance Reporting\nSELECT *\nFROM shop.refund\nWHERE requested_at >= date '2026-04-01' AND requested_at < date '2026-07-01'\nORDER BY requested_at;\n";
      estate.replace(MONTH_END, statement, '');
      estate.append(COMPLIANCE, `\n${statement}`);
    },
    new: [], fixed: [], exit: 0,
  },
  {
    name: 'move: two reports change names',
    change: (estate) => {
      estate.move(MONTH_END, 'reports/third.sql');
      estate.move(COMPLIANCE, MONTH_END);
      estate.move('reports/third.sql', COMPLIANCE);
    },
    new: [], fixed: [], exit: 0,
  },
  {
    name: 'move: a report into a folder, and its dates edited',
    change: (estate) => {
      estate.replace(MONTH_END, "'2026-04-01'", "'2026-01-01'");
      estate.move(MONTH_END, 'reports/finance/quarter_end.sql');
    },
    new: [], fixed: [], exit: 0,
  },
  { name: 'rename: a statement', change: (estate) => estate.replace(MONTH_END, 'name: Refunds of the quarter', 'name: Quarterly refunds'), new: [], fixed: [], exit: 0 },
  { name: 'rename: a card', change: (estate) => estate.json(`${METABASE}/card-107.json`, (card) => { card.name = 'Work in progress of officers'; }), new: [], fixed: [], exit: 0 },
  {
    name: 'renumber: a card imported again under another number',
    change: (estate) => {
      estate.json(`${METABASE}/card-108.json`, (card) => { card.id = 188; });
      estate.move(`${METABASE}/card-108.json`, `${METABASE}/card-188.json`);
      for (const file of estate.files(METABASE).filter((name) => /dashboard-\d+\.json$/.test(name))) {
        estate.json(file, (dashboard) => {
          for (const place of dashboard.dashcards ?? []) if (place.card_id === 108) { place.card_id = 188; if (place.card?.id === 108) place.card.id = 188; }
        });
      }
    },
    new: [], fixed: [], exit: 0,
  },
  { name: 'rename: a panel', change: (estate) => estate.replace('dashboards/grafana/back-office.json', '"Ledger balance by account"', '"Balance of each account"'), new: [], fixed: [], exit: 0 },
  { name: 'rename: a dashboard', change: (estate) => estate.replace('dashboards/grafana/back-office.json', '"Back office"', '"Finance desk"'), new: [], fixed: [], exit: 0 },
  {
    name: 'reorder: statements of a report',
    change: (estate) => {
      const [head = '', ...statements] = estate.read(COMPLIANCE).split(/(?=^-- name: )/m);
      estate.write(COMPLIANCE, [head, ...statements.map((text) => `${text.trimEnd()}\n\n`).toReversed()].join(''));
    },
    new: [], fixed: [], exit: 0,
  },
  {
    name: 'renumber: a harmless statement above one without a name',
    before: (estate) => estate.write('reports/adhoc.sql', "SELECT region_code FROM integration.v_case_state_v1 WHERE case_id = 1;\n\nSELECT task_kind, due_at FROM app.task WHERE task_id = 7;\n"),
    change: (estate) => estate.write('reports/adhoc.sql', `SELECT 1;\n\n${estate.read('reports/adhoc.sql')}`),
    new: [], fixed: [], exit: 0,
  },
  { name: 'nothing of ours: a page of prose', change: (estate) => estate.write('NOTES.md', '# How the reports are released\n\nOn the first working day of the month.\n'), new: [], fixed: [], exit: 0 },
  {
    name: 'template: an optional clause that is off by default',
    change: (estate) => {
      estate.card(105, (sql) => `${sql} [[AND region_code = {{region}}]]`);
      estate.json(`${METABASE}/card-105.json`, (card) => { card.dataset_query.native['template-tags'] = { region: { id: '5f1d0c52-2f0b-4f0e-9f0b-2b8e7a1c9d10', name: 'region', 'display-name': 'Region', type: 'text' } }; });
    },
    new: [], fixed: [], exit: 0,
  },
  { name: 'template: another macro for the same grouping', change: (estate) => estate.grafana('operations-floor', (sql) => sql.replace("$__timeGroupAlias(opened_at,'1d')", "$__timeGroup(opened_at,'1d') AS time")), new: [], fixed: [], exit: 0 },
];
