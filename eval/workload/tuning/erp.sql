-- Resource planning: forms, lists and reports of large standard software.
-- schema: erp

-- name: odoo reads records | operational | rows by a list of keys
SELECT "res_partner"."id", "res_partner"."name", "res_partner"."email", "res_partner"."parent_id" FROM "res_partner" WHERE ("res_partner"."id" IN (14, 22, 31, 45, 46))

-- name: odoo searches | operational | the keys of a page
SELECT "sale_order"."id" FROM "sale_order" WHERE (("sale_order"."partner_id" = 4711) AND ("sale_order"."company_id" IN (1))) ORDER BY "sale_order"."date_order" DESC, "sale_order"."id" DESC LIMIT 80

-- name: odoo lists orders of a company | operational or mixed | the keys of a page of one company, which may be all
SELECT "sale_order"."id" FROM "sale_order" WHERE ("sale_order"."company_id" IN (1)) ORDER BY "sale_order"."date_order" DESC, "sale_order"."id" DESC LIMIT 80

-- name: odoo counts orders of a company | analytical or mixed | a count below one company, which may be all
SELECT COUNT(*) FROM "sale_order" WHERE ("sale_order"."company_id" IN (1))

-- name: odoo flushes | operational | rows by key that the client sends
UPDATE "sale_order_line" SET "qty_delivered" = "__tmp"."qty_delivered"::numeric, "write_date" = "__tmp"."write_date"::timestamp FROM (VALUES (1, 3.0, '2026-02-01 10:00:00'), (2, 1.0, '2026-02-01 10:00:00')) AS "__tmp"("id", "qty_delivered", "write_date") WHERE "sale_order_line"."id" = "__tmp"."id"

-- name: odoo computes lines of an order | operational | sums below one order
SELECT "sale_order_line"."order_id", SUM("sale_order_line"."price_subtotal") FROM "sale_order_line" WHERE ("sale_order_line"."order_id" IN (8812)) GROUP BY "sale_order_line"."order_id"

-- name: odoo pivots sales | analytical | groups all orders of a year
SELECT date_trunc('month', "sale_order"."date_order"::timestamp), COUNT(*), SUM("sale_order"."amount_total") FROM "sale_order" WHERE (("sale_order"."date_order" >= '2025-01-01 00:00:00') AND ("sale_order"."state" NOT IN ('draft', 'cancel'))) GROUP BY date_trunc('month', "sale_order"."date_order"::timestamp) ORDER BY 1

-- name: odoo stock of some products | operational | sums below a list of keys
SELECT "stock_quant"."product_id", SUM("stock_quant"."quantity"), SUM("stock_quant"."reserved_quantity") FROM "stock_quant" WHERE ("stock_quant"."product_id" IN (101, 102, 107)) GROUP BY "stock_quant"."product_id"

-- name: odoo reserves | operational | locks the rows of one product
SELECT id FROM stock_quant WHERE product_id = 101 AND location_id = 8 LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED

-- name: odoo valuation | analytical | sums all quants
SELECT product_id, sum(quantity * cost) FROM stock_quant GROUP BY product_id

-- name: odoo aged receivables | analytical | groups all open items by age
SELECT l.partner_id, sum(l.amount_residual) FILTER (WHERE l.date_maturity >= current_date) AS due, sum(l.amount_residual) FILTER (WHERE l.date_maturity < current_date - 90) AS old FROM account_move_line l JOIN account_move m ON m.id = l.move_id WHERE m.state = 'posted' AND l.amount_residual <> 0 GROUP BY l.partner_id

-- name: odoo general ledger | analytical | sums all lines of a range by account
SELECT l.account_id, sum(l.debit), sum(l.credit), sum(l.balance) FROM account_move_line l WHERE l.date <= '2025-12-31' AND l.company_id = 1 GROUP BY l.account_id

-- name: odoo balance of one partner | operational | a sum below one partner
SELECT sum(l.balance) FROM account_move_line l WHERE l.partner_id = 4711 AND l.parent_state = 'posted'

-- name: odoo next number | operational | the end of one journal's numbers
SELECT name FROM account_move WHERE journal_id = 3 AND sequence_prefix = 'INV/2026/' ORDER BY sequence_number DESC LIMIT 1

-- name: odoo proves an entry | operational | a sum below one entry
SELECT move_id FROM account_move_line WHERE move_id IN (5512) GROUP BY move_id HAVING round(sum(balance), 2) != 0

-- name: odoo finds duplicates of one invoice | operational | existence of twins of one invoice
SELECT m2.id FROM account_move m JOIN account_move m2 ON m2.partner_id = m.partner_id AND m2.ref = m.ref AND m2.id <> m.id WHERE m.id IN (5512)

-- name: odoo cron | operational | takes the next job and locks it
SELECT * FROM ir_cron WHERE id = 12 AND active = true FOR NO KEY UPDATE SKIP LOCKED

-- name: odoo cron asks what is due | operational or mixed | a short table of jobs, which the text does not tell
SELECT id, priority FROM ir_cron WHERE active = true AND nextcall <= now() ORDER BY priority

-- name: sap reads one document | operational | rows by the first columns of a key
SELECT "MANDT", "BUKRS", "BELNR", "GJAHR", "BUZEI", "DMBTR" FROM "BSEG" WHERE "MANDT" = $1 AND "BUKRS" = $2 AND "BELNR" = $3 AND "GJAHR" = $4

-- name: sap reads for all entries | operational | rows by a list of keys
SELECT "MATNR", "WERKS", "LABST" FROM "MARD" WHERE "MANDT" = $1 AND ("MATNR" = $2 AND "WERKS" = $3 OR "MATNR" = $4 AND "WERKS" = $5 OR "MATNR" = $6 AND "WERKS" = $7)

-- name: sap selects single | operational | one row by key
SELECT "KUNNR", "NAME1" FROM "KNA1" WHERE "MANDT" = $1 AND "KUNNR" = $2 LIMIT 1

-- name: sap sums a company's year | analytical or mixed | sums one company's year along the key: as large as the company
SELECT "BUKRS", "GJAHR", SUM("DMBTR") FROM "BSEG" WHERE "MANDT" = $1 AND "BUKRS" = $2 GROUP BY "BUKRS", "GJAHR"

-- name: bill of materials of one product | operational | a recursion from one key along an index
WITH RECURSIVE bom AS (SELECT b.component_id, b.quantity, 1 AS level FROM mrp_bom_line b WHERE b.product_id = $1 UNION ALL SELECT b.component_id, b.quantity * p.quantity, p.level + 1 FROM mrp_bom_line b JOIN bom p ON b.product_id = p.component_id) SELECT component_id, sum(quantity) FROM bom GROUP BY component_id

-- name: where one part is used | operational | a recursion from one key along an index
WITH RECURSIVE used AS (SELECT product_id FROM mrp_bom_line WHERE component_id = $1 UNION SELECT b.product_id FROM mrp_bom_line b JOIN used u ON b.component_id = u.product_id) SELECT product_id FROM used

-- name: planning run | analytical | demand against stock of all products
SELECT l.product_id, sum(l.product_uom_qty - l.qty_delivered) AS demand, coalesce(max(q.stock), 0) AS stock FROM sale_order_line l LEFT JOIN (SELECT product_id, sum(quantity) AS stock FROM stock_quant GROUP BY product_id) q ON q.product_id = l.product_id GROUP BY l.product_id HAVING sum(l.product_uom_qty - l.qty_delivered) > coalesce(max(q.stock), 0)

-- name: inventory below its minimum | analytical | groups all stock
SELECT product_id, sum(quantity) FROM stock_quant GROUP BY product_id HAVING sum(quantity) < 10

-- name: dunning run | analytical or operational | groups all overdue items to write letters: a report's work, a process's purpose
INSERT INTO dunning (partner_id, amount, run_on) SELECT partner_id, sum(amount_residual), current_date FROM account_move_line WHERE date_maturity < current_date - 14 AND amount_residual > 0 GROUP BY partner_id
