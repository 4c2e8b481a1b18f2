import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultThresholds } from '../../src/config/defaults.js';
import { exampleFacts as statementFactsOf } from '../../src/graph/example-facts.js';
import { UnknownFact } from '../../src/rules/cel.js';
import { exampleFacts, testRules, type ExampleOptions, type ExampleResult } from '../../src/rules/examples.js';
import type { Facts } from '../../src/rules/facts.js';
import { bundledRulesFolder, exampleSchemaFile, loadRules } from '../../src/rules/load.js';
import { AREAS } from '../../src/model/finding.js';
import type { Rule } from '../../src/rules/rule.js';

/** The folder is the registry: what lies in `rules/<area>/` is a rule, and each rule is asked the same things. */
const folders = (await readdir(bundledRulesFolder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const files = (await Promise.all(folders.map(async (area) => (await readdir(join(bundledRulesFolder, area))).map((name) => `${area}/${name}`)))).flat();
const rules = await loadRules();

let options: ExampleOptions = {};
let results: ExampleResult[] = [];
beforeAll(async () => {
  options = { statementFacts: await statementFactsOf(exampleSchemaFile, defaultThresholds) };
  results = await testRules(rules, options);
});

test('every file of every area is a rule, and every area has rules', () => {
  expect(rules.map(({ area, id }) => `${area}/${id}.yaml`).sort()).toEqual(files.sort());
  expect(folders.sort()).toEqual([...AREAS].sort());
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('finds every bad example, and no good one', () => {
    const own = results.filter((result) => result.ruleId === id);
    expect(own.map(({ message }) => message).filter((message) => message !== '')).toEqual([]);
    expect(new Set(own.map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    expect(new Set(own.map(({ kind }) => kind))).toEqual(new Set(['bad', 'good']));
  });

  test('says why in two or three sentences, names a clause, and titles in one line', () => {
    expect(rule.why.split(/[.!?](?: |$)/).filter((sentence) => sentence !== '').length).toBeGreaterThanOrEqual(2);
    expect(rule.why.length).toBeLessThan(420);
    expect(rule.clause).toMatch(/^(Part 066 §([1-9]|[12]\d|3[01])(\.\d)? [a-zA-Z]|Truth boundaries: )/);
    expect(rule.title.length).toBeLessThanOrEqual(90);
  });

  test('its messages and fixes are filled, one line, and begin with who or what it is about', () => {
    for (const { finding } of results.filter((result) => result.ruleId === id && result.kind === 'bad')) {
      if (finding === null) throw new Error('a bad example without a finding');
      for (const text of [finding.message, finding.fix]) expect(text).toMatch(/^(?!.*(\bunknown\b(?! purpose)|[{}]|\n| {2})).{10,}$/);
      const subject = finding.consumer || finding.relation || finding.store;
      expect(finding.message.startsWith(subject)).toBe(true);
      expect(finding.message.length).toBeLessThan(200);
    }
  });

  test('is never made to fire by a number that is not known', async () => {
    for (const example of [...rule.examples.bad, ...rule.examples.good]) {
      const facts = withNumbers(await exampleFacts(rule, example, options), () => Number.NaN);
      const outcome = rule.predicate.evaluate(facts);
      if (outcome instanceof UnknownFact) continue;
      fc.assert(
        fc.property(fc.infiniteStream(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 3 }))), (numbers) => {
          expect(rule.predicate.evaluate(withNumbers(facts, () => numbers.next().value ?? 0))).toBe(outcome);
        }),
        { numRuns: 20 },
      );
    }
  });
});

/** The facts with other numbers. */
function withNumbers(facts: Facts, other: () => number): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([group, fields]) => [
      group,
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'number' ? other() : value])),
    ]),
  );
}

test('the bad examples of all rules read well together', () => {
  // The messages as a person meets them, for review in one place.
  const messages = results.filter(({ kind }) => kind === 'bad').map(({ finding }) => finding?.message);
  expect(messages).toMatchInlineSnapshot(`
    [
      "metabase card 118 Open cases runs an analytical statement on production",
      "metabase card 118 Open cases takes 33 % of the block reads of production for an analytical statement",
      "metabase card 118 Open cases runs an analytical statement on production",
      "metabase card 118 Open cases wrote 2 GiB of temporary files on production for an analytical statement, 64 % of all temporary files",
      "role analyst_ro wrote 8 MiB of temporary files on production for an analytical statement",
      "role loader (loader) writes to app.case_file",
      "role analyst_ro (person) writes to shop.orders in 1 call",
      "role hightouch (reverse ETL, by the word hightouch) writes to shop.customer in 9,120 calls",
      "role loader (loader) writes to app.task",
      "role loader (loader) writes to app.task",
      "role case_search (application) reads analytics.case_backlog_daily on production, which is made for analysis",
      "role casework_app (application) reads analytics.case_backlog_daily on production, which is made for analysis",
      "shop/offers.py customer_segment (application) reads analytics.customer_segment on warehouse, which is made for analysis",
      "role casework_app (application) runs an analytical statement on production",
      "role casework_app (application) takes 10 % of the block reads of production for an analytical statement",
      "app/pages/statistics.py case_counts (application) runs an analytical statement on production",
      "the contract integration.v_case_opened_v1 has 2 accountable owners",
      "nobody is accountable for the mart analytics.mart_customer_orders",
      "nobody is accountable for the official report monthly_enforcement",
      "analytics.dim_officer.work_email is declared lower than app.officer.work_email of production, from which it was copied as it was",
      "case: no relation is named as its authority",
      "metabase dashboard Canteen is kept with the rigour of an official report, and exploration does not need reproducible run and approval",
      "metabase dashboard Board pack serves management reporting from the operational store, and warehouse mart would fit: moving it frees 12 % of the block reads of production",
      "metabase dashboard Board pack serves regulatory report from the operational store, and governed report run would fit",
      "warehouse-reports/official.sql needs the rigour of financial regulatory and lacks: reproducible run: no store keeps a recorded run of it",
      "warehouse-reports/official.sql needs the rigour of management dashboard and lacks: reconciliation: nothing reconciles what it reads with its source",
      "metabase dashboard Miscellaneous is in use, and nothing tells which decision is made by it",
      "metabase dashboard Miscellaneous is in use, and nothing tells which decision is made by it",
      "integration.v_order_placed_v1 is deprecated since 2025-01-15 and still read by 1 consumer in 50 calls",
      "integration.v_order_placed_v1 is deprecated since 2025-01-15 and still read by 1 consumer",
      "integration.v_order_placed_v1 is deprecated and still read by 2 consumers",
      "integration.v_case_opened_v1 lacks source_channel, which the registry integration.data_contract_registry promises",
      "integration.v_order_placed_v2 has other types than the registry integration.data_contract_registry promises: total_amount is integer, promised as numeric(12,2)",
      "integration.v_case_opened_v1 may have no value in region_code, which the registry integration.data_contract_registry promises",
      "integration.v_case_opened_v1 shows priority besides what the registry integration.data_contract_registry promises, and its policy is STRICT",
      "integration.v_case_opened_v1 shows priority, of which the registry integration.data_contract_registry says nothing",
      "integration.v_order_placed_v1 is read by 1 consumer, and integration.v_order_placed_v2 would take its place",
      "integration.v_open_cases_v1 shows whatever app.open_cases shows, which is no contract: a change there changes what is promised",
      "integration.v_case_file_v1 is SELECT * from app.case_file: every column of it is promised, and every new one",
      "integration.v_case_file_v1 shows every column of app.case_file in its order, as SELECT * does: none of them can change",
      "integration.v_refund_v1 is a contract view, and neither integration.data_contract_registry nor a data contract knows it",
      "integration.v_appeal_v1 is promised by the registry integration.data_contract_registry and does not exist on production",
      "integration.v_appeal_v1 is promised by the data contract Appeals 1.0.0 and does not exist on production",
      "app.case_file: opened_at is set anew in 31 calls by case_app, and role warehouse_loader takes new rows by it",
      "shop.payment: rows are deleted by their key, in 212 calls by shop_app",
      "shop.orders: rows are moved from one shop.customer to another in 18 calls by shop_app, and nothing keeps the merge",
      "metabase card 118 Open cases reads the internal table app.case_file although every column that it uses is in integration.v_case_opened_v1",
      "metabase card 118 Open cases reads the internal table app.case_file (6 direct readers), and no contract view offers its columns",
      "metabase card 118 Open cases reads the internal table app.task (2 direct readers), and no contract view offers its columns",
      "metabase card 118 Open cases reads the internal table app.case_file (1 direct reader), and no contract view offers its columns",
      "metabase card 118 Open cases reads app.case_file, app.officer through the view reporting.open_cases, which is no contract",
      "metabase card 118 Open cases selects * from the internal table app.case_file",
      "metabase card 118 Open cases selects * from the internal table shop.orders, which 4 dashboard queries read",
      "analytics.dim_contact.mail_addr is declared to hold no personal data, and looks like email",
      "shop.customer.is_active is declared to hold personal data, which its type cannot hold",
      "analytics.dim_contact.contact_ref is declared in ways that contradict each other",
      "role analyst_ro exports shop.customer from production",
      "role analyst_ro exports app.case_file from production",
      "role shop_app exports shop.customer from production",
      "role analyst_ro exports shop.orders from production, reading 296 MiB a call",
      "superset chart Open cases beside targets reads app.case_file of production by EXTERNAL_QUERY through connection eu.production",
      "superset chart Open cases beside targets reads shop.orders of production-replica by EXTERNAL_QUERY through connection eu.production",
      "metabase card 212 Revenue by segment divides past periods by segment of shop.customer, which is overwritten",
      "Revenue: 1 closed period changed without a restatement, first 2026-03",
      "Revenue: 2 closed periods changed without a restatement, first 2026-02",
      "production keeps the index shop.orders_placed_idx of 393 MiB for reports alone: 41,200 entries written a day",
      "production keeps the index shop.orders_placed_idx for reports alone: 41,200 entries written a day",
      "role loader (loader) reads the internal table shop.orders for 5 % of the block reads of production",
      "role loader (loader) reads the internal table app.case_file of production",
      "role dbt_prod builds analytics.case_daily on production for 7 % of its block reads",
      "dbt model case_daily builds analytics.case_daily on production",
      "read_model.callback_list shows phone of shop.customer unmasked, although a masking rule is declared there",
      "read_model.callback_digest shows phone of shop.customer unmasked, although a masking rule is declared there",
      "backlog is in analytics_semantic.case_backlog_daily, and is computed from other tables all the same",
      "open cases is declared, and dashboards show something else under its name",
      "orders shipped is written out by 4 consumers, none of which reads a semantic view",
      "open cases is declared without saying all that its readers must know",
      "net revenue has declarations that do not agree",
      "open cases has 4 definitions among 6 consumers that do not agree",
      "open cases has 2 definitions among 2 consumers that do not agree",
      "open cases has 2 definitions among 3 consumers that do not agree",
      "open cases is still computed by a deprecated definition",
      "cases opened per day means another thing on another engine or in another session",
      "revenue today shows nothing on one dashboard and 0 on another where no row matches",
      "paid orders has 2 definitions that agree only as long as accepted_values on analytics.fct_order.status holds, which nobody enforces",
      "open cases has 2 definitions among 3 consumers that agree only by CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)) on app.case_file",
      "open cases leaves out unreal rows for some of its consumers and not for others",
      "lines of code is also the name of cards on other tables",
      "orders per day goes by the time of loading for some and by the time of the event for others",
      "open cases is shown under other names too",
      "revenue has 2 definitions among 2 consumers, and whether they agree could not be decided",
      "integration.v_case_opened_v1 is promised to others, and db/migrate/0042_views.sql breaks it: it drops integration.v_case_opened_v1",
      "integration.v_case_opened_v1 is promised to others, and db/migrate/0042_views.sql breaks it: it drops integration.v_case_opened_v1",
      "metabase card 107 Officer workload is broken by db/migrate/0042_drop_name.sql, which drops app.officer.full_name",
      "role metabase_ro is broken by db/migrate/0042_drop_name.sql, which drops app.officer.full_name",
      "metabase card 118 Open cases answers something else once db/migrate/0042_status.sql changes the values of app.case_file.status: + SUSPENDED",
      "Cancelled orders has definitions that are equal no longer for sure once db/migrate/0042_checks.sql drops orders_cancelled_at_check of shop.orders",
      "metabase card 118 Open cases may notice that db/migrate/0042_channel.sql adds app.case_file.channel (text)",
      "role case_app may notice that db/migrate/0042_channel.sql adds app.case_file.channel (text)",
      "role metabase_ro lets more be seen once db/migrate/0042_grants.sql grants SELECT on shop.customer to metabase_ro",
      "warehouse_cdc lets more be seen once db/migrate/0042_grants.sql adds shop.customer.phone (text)",
      "production has no group by which its reporting logins could be stopped together: analyst_ro, grafana, metabase_ro",
      "production has reporting logins outside report_readers, the group by which reports could be stopped: grafana",
      "metabase dashboard Regulator returns serves a financial regulatory decision from a dashboard, and no run of it is recorded",
      "shop.outbox_event is published together with shop.orders: one change leaves as an event and as a row",
      "shop.outbox_event: its events have no column for a version of its schema",
      "metabase card 118 Open cases filters or groups by shop.customer.email (email): condition",
      "metabase card 118 Open cases filters or groups by shop.customer.full_name (full_name): grouping",
      "analytics_secure.dim_customer_sensitive.legal_name (full_name) was copied into warehouse, and none of the queries that were looked at uses it",
      "raw.customer.password_hash (password) was copied into warehouse, and none of the queries that were looked at uses it",
      "metabase card 107 Officer workload sends app.officer.full_name (full_name) out of its tool: csv by mail, weekly on mon at 8:00",
      "tableau sheet Contact list sends shop.customer.email (email) out of its tool: hyper as an extract of the tool",
      "role analyst_ro exports shop.customer.email (email) from production, 48,000 rows a call: raw",
      "reports/mailing.sql exports shop.customer.email (email) from production: raw",
      "role shop_app exports shop.customer.email (email) from production: raw",
      "analytics.dim_customer.email keeps personal data (email) in the mart zone of warehouse",
      "analytics_semantic.case_list.complainant_name keeps personal data (full_name) in the semantic zone of warehouse",
      "metabase card 118 Open cases has personal data or a secret written into its SQL: email",
      "metabase card 118 Open cases has personal data or a secret written into its SQL: email, payment_card",
      "metabase card 118 Open cases shows shop.customer.email (email) to other pages that embed it: raw",
      "metabase card 118 Open cases shows shop.customer.email (email) to other pages that embed it: pseudonymous-weak",
      "metabase card 118 Open cases shows app.case_file.complainant_email (email) to anyone with the link: raw",
      "metabase card 118 Open cases shows app.case_file.complainant_email (email) to anyone with the link: pseudonymous-weak",
      "raw.customer.email (email) in the raw zone of warehouse may be read by metabase_ro",
      "analytics_secure.dim_customer_sensitive.phone (phone) in the secure zone of warehouse may be read by analyst_ro, metabase_ro",
      "metabase card 118 Open cases shows shop.customer.email (email) unprotected: raw",
      "metabase card 118 Open cases shows shop.customer.email (email) unprotected: reversible",
      "metabase card 118 Open cases shows app.case_file.complainant_name (full_name) unprotected: raw",
      "metabase card 118 Open cases shows shop.customer.email (email) as a hash without a secret, which can be tried out",
      "metabase card 118 Open cases shows shop.customer.phone (phone) as a hash without a secret, which can be tried out",
      "load_transitions: in 2 runs inserted, updated and rejected rows are not what was read",
      "load_customers failed 3 times since its last success, which ended 2026-06-27 03:10 UTC",
      "load_customers failed 4 times and never succeeded",
      "load_orders: 1 run has begun and never ended",
      "load_ledger left out 1 stretch of its source: no run took what lies between their watermarks",
      "load_orders began 1 run below the watermark that it had reached",
      "case_backlog_daily is declared and analytics_control.data_product_watermark tells of no load of it, while it is read by 1 consumer",
      "case_backlog_daily is declared and analytics_control.data_product_watermark tells of no load of it",
      "case_monthly_volume is called HEALTHY and shows the state of 25 h ago; from 30 min on it should say that it is stale",
      "order_revenue_daily was last loaded with data that was 10 min old; from 5 min on it is stale",
      "cases_opened is read by 2 consumers and promises nothing of how fresh it is",
      "app.case_transition is published whole by warehouse_cdc: every column of the internal table, and every new one, leaves",
      "app.case_transition is published whole by everything: every column of the internal table, and every new one, leaves",
      "app.case_note is published by warehouse_cdc without a primary key or a unique index: its updates and deletes do not say which row they mean",
      "raw.orders is overwritten by role analyst, and its rows should stay as they came",
      "metabase card 118 Open cases analyses the read model read_model.case_worklist_item on production",
      "metabase card 118 Open cases analyses the read model read_model.case_worklist_item on production for 4 % of its block reads",
      "production-replica (replica) cancelled 214 queries in 12 days to keep up with its primary",
      "production-replica (replica) cancelled 31 queries in 7 days to keep up with its primary",
      "production-replica keeps its primary from cleaning up for role metabase_ro (reporting), open for 40 min",
      "production-replica keeps its primary from cleaning up for role shop_app (application), open for 15 min",
      "production-replica (replica) gives 64 % of its block reads to 23 analytical statements",
      "quarterly_sla_breaches: 1 run was approved by who executed it",
      "quarterly_sla_breaches: 1 run was approved without having succeeded",
      "quarterly_sla_breaches: 2 runs were approved without having succeeded",
      "quarterly_sla_breaches: of 1 file of its runs no hash is kept",
      "quarterly_sla_breaches: its recorded runs leave out source_watermarks in 1 run",
      "quarterly_sla_breaches: its recorded runs leave out result_hash in 2 runs, approved_by in 2 runs",
      "quarterly_sla_breaches: 1 run has the inputs of another run and another result",
      "quarterly_sla_breaches: 2 runs have the inputs of another run and another result",
      "official_monthly_cases is recorded as an official report, and its statement can give another result from the same data",
      "official_monthly_cases is recorded in analytics_control.report_run, beside which there is no report_approval, report_artifact",
      "official_monthly_cases is recorded in analytics_control.report_run, which has no reference_versions",
      "official_monthly_cases is recorded in analytics_control.report_run, which has no result_hash, and beside which there is no data_restatement_run",
      "production made role casework_app (case-api) wait 12 s for a lock of role metabase_ro (reporting)",
      "production made role shop_app wait for a lock of role loader (loader)",
      "production cannot clean up behind role metabase_ro (reporting), which kept a transaction open for 42 min",
      "production cannot clean up behind role loader (loader), which kept a transaction open for 1.5 h",
      "production cannot clean up behind role shop_app (as metabase), which kept a transaction open for 21 min",
      "production keeps the locks of role analyst_ro (person), idle in a transaction open for 52 min",
      "production keeps the locks of role analyst_ro (person), idle in a transaction open for 2.1 min",
      "production-replica keeps the locks of role metabase_ro (reporting), idle in a transaction open for 15 min",
      "role shop_app carries writes by key and reports on production through one pool, that of backoffice",
      "role shop_app (application) runs grafana panel Shop live / Captured revenue on production",
      "role metabase_ro (reporting) bypasses the row security of app.case_file on production",
      "role metabase (reporting) is superuser on production: no grant, policy or read-only setting binds it",
      "role loader (loader) is superuser on production: no grant, policy or read-only setting binds it",
      "role grafana (reporting) may change app.case_file, app.task, shop.orders on production",
      "role analyst_ro (person) may change app.case_file on production",
      "role metabase_ro (reporting) opens sessions on production that may write",
      "role metabase_ro (reporting) may take 12 GiB of the memory of production for one hash join",
      "role metabase_ro (reporting) may take 1 GiB of the memory of production for each sort",
      "role metabase_ro (reporting) may take 2 more processes of production for one statement",
      "role grafana (reporting) may take 8 more processes of production for one statement",
      "role grafana (reporting) may take every connection of production",
      "role metabase_ro (reporting) may fill the disk of production with temporary files",
      "role metabase_ro (reporting) may fill the disk of production with temporary files",
      "0e5f2c, the restatement of case_monthly_volume on 2026-02-09, leaves out validation_result",
      "0e5f2c, a restatement, leaves out affected_data_products, reason",
      "0e5f2c, a restatement, cannot say its source_change_reference: analytics_control.data_restatement_run has no such column",
      "0e5f2c, the restatement of case_monthly_volume, ends before it begins: 2025-12-31 to 2025-10-01",
      "0e5f2c, the restatement of 2026-02-09, names case_volume_weekly: no data product of that name is known",
      "Revenue: 1 closed period changed with a restatement that does not name them: 2026-02",
      "Revenue: 1 closed period changed with a restatement that does not name them: 2026-03",
      "Revenue: no remembered period changed by restatement 7f0c of 2026-05-02 (order_revenue_daily; 2026-03-01 to 2026-03-31)",
      "role analyst_ro (person) has an idle_in_transaction_session_timeout of 10 s on production, and its clients set their own",
      "role metabase_ro (reporting) is read-only by default on production, and its clients write all the same",
      "role analyst_ro (person) is read-only by default on production, and its clients write all the same",
      "role shop_app sends 9 writes by key and 4 analytical statements of dashboards to production",
      "role metabase_ro (reporting) has a statement_timeout of 30 s on production, and its clients go past it or set their own",
      "role metabase_ro (reporting) has a statement_timeout of 30 s on production, and its clients go past it or set their own",
      "role analyst_ro (person) has a statement_timeout of 30 s on production, and its clients go past it or set their own",
      "role analyst_ro (person) may hold a transaction open and idle on production for as long as it likes",
      "role loader (loader) may hold a transaction open and idle on production for 30 min",
      "role metabase_ro (reporting) may wait for a lock on production for as long as it likes",
      "role loader (loader) may wait for a lock on production for 10 min",
      "role metabase_ro (reporting) may wait for a lock on production for as long as it likes",
      "role metabase_ro (reporting) may run one statement on production for as long as it likes",
      "role metabase_ro (reporting) may run one statement on production for 1 h",
      "role analyst_ro (person) may run one statement on production-replica for as long as it likes",
      "app.case_note_search shows all rows of app.case_note, whose row security does not hold there",
      "app.case_note_search shows all rows of app.case_note, whose row security does not hold there",
      "raw.case_note holds rows of app.case_note, and none of its row security",
      "app.case_note_digest holds rows of app.case_note, and none of its row security",
      "metabase card 118 Open cases reads the secret shop.customer.password_hash (password)",
      "metabase card 118 Open cases reads the secret shop.customer.password_hash (password)",
      "role analyst_ro reads the secret shop.customer.password_hash (password)",
      "metabase card 118 Open cases reads analytics_secure.dim_customer_sensitive of the secure zone",
      "metabase card 118 Open cases shows figures by date_of_birth (partial), postal_code, for groups of a few persons too",
      "metabase card 118 Open cases shows figures by date_of_birth (partial), postal_code, for groups of a few persons too",
      "metabase card 118 Open cases shows figures by date_of_birth, gender, postal_code, for groups of a few persons too",
      ".tidemark/waivers.yaml: the waiver for dashboard-reads-internal of reports/monthly.sql on app.case_file hides nothing any more: it held until 2026-06-30",
      ".tidemark/baseline.yaml: the entry for dashboard-reads-internal of reports/monthly.sql on app.case_file hides nothing any more: it held until 2026-06-30",
      ".tidemark/waivers.yaml: one waiver cannot be read and hides nothing: there is no rule 'dashboard-reads-internl'; did you mean 'dashboard-reads-internal'?",
      "reports/monthly.sql: one comment cannot be read and hides nothing: it gives no reason",
      ".tidemark/baseline.yaml: the entry for dashboard-reads-internal of reports/monthly.sql on app.case_file is of no use: nothing that it hides is there any more",
      "reports/monthly.sql: the comment for dashboard-reads-internal is of no use: the statement breaks no such rule",
      "analytics.fact_order: nothing says what one row is; it has no key, and no test says that columns are unique",
      "analytics.fact_order has no column for a time of loading",
      "analytics.fact_order has no column for an identity of the source row",
      "analytics.fact_invoice holds dates or amounts as text",
      "analytics.fact_invoice holds dates or amounts as text",
      "analytics.fact_order is read by 2 consumers, and nothing tests it",
      "analytics.mart_orders is read by 5 consumers, and no contract and no declared data product stands for it",
      "analytics.fact_stock_snapshot has no key of a date and what was looked at: the same thing may stand twice on one day",
      "app.case_file: nothing keeps status and closed_at from contradicting each other",
      "app.task.status is overwritten by role case_app, and nothing was found that keeps what it was",
      "app.case_transition has no key but the number that the database gives: the same command twice makes two transitions",
      "app.case_note has no primary key and no unique index over all rows; role case_app writes it",
      "shop.orders is written by applications of Claims Team, Shop Team",
      "analytics.fact_case_opened holds single rows of raw.case_opened without tenant_id, which says whose they are",
      "app.case_note_search holds single rows of app.case_note without tenant_id, which says whose they are",
      "role analyst_ro runs an analytical statement on production that no dashboard explains",
      "role metabase_ro takes 12 % of the block reads of production with an analytical statement that no dashboard explains",
      "role analyst_ro takes 1 % of the block reads of production with an analytical statement that no dashboard explains",
      "role analyst_ro runs an analytical statement on production that no dashboard explains",
      "role j.keller reads the internal table app.case_file in 8,640 calls that no dashboard explains",
      "role svc_legacy reads the internal table app.case_file, and no dashboard explains it",
      "metabase card 311 Customers under watch was last opened 400 days ago",
      "metabase card 104 Case volume by month and type was last opened 204 days ago and still takes 8 % of the block reads of production",
      "metabase card 104 Case volume by month and type was last opened 120 days ago and still runs on production",
      "production cannot clean up behind replication slot warehouse_cdc, 4,201,332 transactions back: ending reports frees nothing",
      "production cannot clean up behind prepared transaction payments-7731, 52,000 transactions back: ending reports frees nothing",
      "production cannot clean up behind role shop_app, 12,000 transactions back: ending reports frees nothing",
      "production cannot clean up behind standby replica1, 2,400,000 transactions back: ending reports frees nothing",
      "metabase card 301 Revenue by hour takes 41 % of all that warehouse reads: 6.3 TiB in 168 calls",
      "role anna_k takes 41 % of all that warehouse reads: 6.3 TiB in 3 calls",
      "metabase card 301 Revenue by hour has warehouse read 1.7 TiB for one text, in 2,016 calls",
      "role looker has warehouse read 1.7 TiB for one text, in 2,016 calls",
      "role anna_k reads every column of mart.order_line whole: 764 GiB a call",
      "tableau data source Orders reads every column of mart.order_line whole: 764 GiB a call",
      "role casework_app writes app.case_file by what analytics.case_risk_daily says, which is analytical",
      "role shop_app reads dwh.customer_risk, which is analytical, and writes operational tables by key",
      "role svc_legacy writes app.case_file by what analytics.case_risk_daily says, which is analytical",
      "warehouse receives rows of production in 4 relations, and nothing configured compares them",
      "analytics.mart_newsletter.customer_ref keeps raw.customer.email in warehouse as a hash without a secret (email)",
      "raw.call.caller_hash keeps app.call.caller of production in warehouse as a hash without a secret (phone)",
      "role casework_app reads all of app.case_file, and passes 64 MiB a call about 2027-03-03",
      "grafana panel Operations floor / Overdue tasks reads all of app.case_file, and passes the 10 s of its statement_timeout about 2026-12-04",
    ]
  `);
});

test('titles and former ids are not used twice', () => {
  const titles = rules.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  const ids = rules.flatMap((rule: Rule) => [rule.id, ...rule.aliases]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the example schema holds the tables that the SQL examples speak of', async () => {
  const schema = await readFile(exampleSchemaFile, 'utf8');
  const sql = rules.flatMap(({ examples }) => [...examples.bad, ...examples.good].flatMap((example) => example.sql ?? []));
  const tables = sql.flatMap((text) => [...text.matchAll(/\b(?:app|shop|read_model|integration)\.[a-z_0-9]+/g)].map(([name]) => name));
  expect(sql.length).toBeGreaterThan(15);
  for (const table of new Set(tables)) expect(schema).toMatch(new RegExp(`CREATE (TABLE|VIEW) ${table.replace('.', '\\.')}\\b`));
});
