-- Inventory and shop (.NET EF Core), with its nightly work.
-- schema: stock

-- name: ef core include | operational | one order by key with its lines, by a derived table
SELECT t."Id", t."CustomerId", t."PlacedAt", t."Status", o0."Id", o0."ProductId", o0."Quantity", p."Id", p."Name" FROM (SELECT o."Id", o."CustomerId", o."PlacedAt", o."Status" FROM "Orders" AS o WHERE NOT (o."IsDeleted") AND o."Id" = @__id_0 LIMIT 1) AS t LEFT JOIN ("OrderLines" AS o0 INNER JOIN "Products" AS p ON o0."ProductId" = p."Id") ON t."Id" = o0."OrderId" ORDER BY t."Id", o0."Id"

-- name: ef core any | operational | an EXISTS probe by a unique key
SELECT EXISTS (SELECT 1 FROM "Products" AS p WHERE p."Sku" = $1)

-- name: ef core saves a batch | operational | rows that the client sends
INSERT INTO "OrderLines" ("Id", "OrderId", "ProductId", "Quantity", "UnitPrice") VALUES ($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10), ($11, $12, $13, $14, $15) RETURNING "Id"

-- name: reserve stock of a basket | operational | the rows of a list that the client sends
UPDATE "Stock" s SET "Reserved" = s."Reserved" + v.qty FROM unnest($1::int[], $2::int[]) AS v(pid, qty) WHERE s."ProductId" = v.pid AND s."WarehouseId" = $3 AND s."OnHand" - s."Reserved" >= v.qty RETURNING s."ProductId"

-- name: stock of a product everywhere | operational | one product by the front of the key
SELECT sum("OnHand" - "Reserved") FROM "Stock" WHERE "ProductId" = $1

-- name: stock of a warehouse | analytical or mixed | one warehouse, which no index begins with; there are few warehouses
SELECT "ProductId", "OnHand" FROM "Stock" WHERE "WarehouseId" = $1 AND "OnHand" < $2

-- name: full text search | operational or mixed | ranks all matches of a word found by the index, which may be many
SELECT "Id", "Name", ts_rank("Search", q) AS rank FROM "Products", plainto_tsquery('english', $1) AS q WHERE "Search" @@ q ORDER BY rank DESC LIMIT 24

-- name: orders of a customer | operational | a page of one customer
SELECT o."Id", o."PlacedAt", o."Total", (SELECT COUNT(*)::int FROM "OrderLines" AS l WHERE o."Id" = l."OrderId") AS "Lines" FROM "Orders" AS o WHERE o."CustomerId" = $1 AND NOT o."IsDeleted" ORDER BY o."PlacedAt" DESC LIMIT $2 OFFSET $3

-- name: latest orders in the back office | operational | the newest page by the index
SELECT o."Id", o."CustomerId", o."Total" FROM "Orders" AS o ORDER BY o."PlacedAt" DESC LIMIT 50

-- name: total pages of the back office | analytical | counts everything for a pager
SELECT COUNT(*)::int FROM "Orders" AS o WHERE NOT (o."IsDeleted")

-- name: explosion of a bill of material | operational | descends from one product by key
WITH RECURSIVE b AS (SELECT "ChildId", "Qty" FROM "BomLines" WHERE "ParentId" = $1 UNION ALL SELECT l."ChildId", b."Qty" * l."Qty" FROM b JOIN "BomLines" l ON l."ParentId" = b."ChildId") SELECT "ChildId", sum("Qty") FROM b GROUP BY "ChildId"

-- name: explosion of everything | analytical | a recursion that begins with all products
WITH RECURSIVE b AS (SELECT "ParentId" AS root, "ChildId", "Qty" FROM "BomLines" UNION ALL SELECT b.root, l."ChildId", b."Qty" * l."Qty" FROM b JOIN "BomLines" l ON l."ParentId" = b."ChildId") SELECT root, "ChildId", sum("Qty") FROM b GROUP BY root, "ChildId"

-- name: inventory check | analytical | compares all stock with all moves
SELECT s."ProductId", s."WarehouseId", s."OnHand", m.q FROM "Stock" s FULL JOIN (SELECT "ProductId", "WarehouseId", sum("Delta") AS q FROM "Moves" GROUP BY 1, 2) m USING ("ProductId", "WarehouseId") WHERE s."OnHand" IS DISTINCT FROM m.q

-- name: import is applied | operational | changes stock by one batch that the client sent
MERGE INTO "Stock" AS s USING (SELECT p."Id" AS pid, r."Qty" FROM "ImportRows" r JOIN "Products" p ON p."Sku" = r."Sku" WHERE r."BatchId" = $1) AS x ON s."ProductId" = x.pid AND s."WarehouseId" = $2 WHEN MATCHED THEN UPDATE SET "OnHand" = x."Qty" WHEN NOT MATCHED THEN INSERT ("ProductId", "WarehouseId", "OnHand", "Reserved") VALUES (x.pid, $2, x."Qty", 0)

-- name: abc analysis | analytical | windows over the turnover of all products
SELECT "ProductId", turnover, sum(turnover) OVER (ORDER BY turnover DESC) / sum(turnover) OVER () AS share FROM (SELECT l."ProductId", sum(l."Quantity" * l."UnitPrice") AS turnover FROM "OrderLines" l JOIN "Orders" o ON o."Id" = l."OrderId" WHERE o."PlacedAt" >= $1 GROUP BY l."ProductId") t

-- name: products never sold | analytical | an anti-join of whole tables
SELECT p."Sku" FROM "Products" p LEFT JOIN "OrderLines" l ON l."ProductId" = p."Id" WHERE l."Id" IS NULL

-- name: trigger reads the last move | operational | one product by its index
SELECT "Delta", "At" FROM "Moves" WHERE "ProductId" = $1 ORDER BY "At" DESC LIMIT $2

-- name: price rise of a category | operational | changes rows of production
UPDATE "Products" SET "Price" = round("Price" * $1, $2) WHERE "CategoryId" = $3
