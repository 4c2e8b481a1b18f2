-- What mappers send for screens: lookups, eager loading, probes, pages and their counts.
-- schema: market

-- name: rails user by email | operational | one row by a unique key
SELECT "users".* FROM "users" WHERE "users"."email" = $1 ORDER BY "users"."id" ASC LIMIT $2

-- name: rails belongs_to | operational | one row by primary key
SELECT "sellers".* FROM "sellers" WHERE "sellers"."id" = $1 LIMIT $2

-- name: rails has_many | operational | the items of one order by index
SELECT "order_items".* FROM "order_items" WHERE "order_items"."order_id" = $1

-- name: rails preloads by a squashed list | operational | rows by a list of keys, as the server squashes it
SELECT "variants".* FROM "variants" WHERE "variants"."id" IN ($1 /*, ... */)

-- name: rails eager loads | operational | one order with all that hangs on it, by key
SELECT "orders"."id" AS t0_r0, "orders"."number" AS t0_r1, "orders"."state" AS t0_r2, "order_items"."id" AS t1_r0, "order_items"."quantity" AS t1_r1, "variants"."id" AS t2_r0, "variants"."option" AS t2_r1 FROM "orders" LEFT OUTER JOIN "order_items" ON "order_items"."order_id" = "orders"."id" LEFT OUTER JOIN "variants" ON "variants"."id" = "order_items"."variant_id" WHERE "orders"."id" = $1

-- name: rails eager loads a page, the keys first | operational | the keys of a page of one user
SELECT DISTINCT "orders"."placed_at" AS alias_0, "orders"."id" FROM "orders" LEFT OUTER JOIN "order_items" ON "order_items"."order_id" = "orders"."id" WHERE "orders"."user_id" = $1 ORDER BY "orders"."placed_at" DESC LIMIT $2

-- name: rails polymorphic | operational | the attachments of a list of records
SELECT "attachments".* FROM "attachments" WHERE "attachments"."name" = $1 AND "attachments"."record_type" = $2 AND "attachments"."record_id" IN ($3, $4, $5)

-- name: rails validates uniqueness | operational | existence by a unique key
SELECT 1 AS one FROM "users" WHERE LOWER("users"."username") = LOWER($1) AND "users"."id" != $2 LIMIT $3

-- name: rails exists | operational | existence below one key
SELECT 1 AS one FROM "favourites" WHERE "favourites"."user_id" = $1 AND "favourites"."product_id" = $2 LIMIT $3

-- name: rails counter of notifications | operational | a count below one user
SELECT COUNT(*) FROM "notifications" WHERE "notifications"."user_id" = $1 AND "notifications"."read_at" IS NULL

-- name: rails count limited | operational | a count below one user that stops at a hundred
SELECT COUNT(*) FROM (SELECT 1 AS one FROM "notifications" WHERE "notifications"."user_id" = $1 AND "notifications"."read_at" IS NULL LIMIT $2) subquery_for_count

-- name: rails group count of a page | operational | grouped below a list of keys
SELECT COUNT(*) AS "count_all", "reviews"."product_id" AS "reviews_product_id" FROM "reviews" WHERE "reviews"."product_id" IN ($1, $2, $3, $4, $5) GROUP BY "reviews"."product_id"

-- name: rails average of one product | operational | an aggregate below one key
SELECT AVG("reviews"."stars") FROM "reviews" WHERE "reviews"."product_id" = $1

-- name: rails optimistic locking | operational | one row by key, if nobody else changed it
UPDATE "products" SET "price_cents" = $1, "updated_at" = $2, "lock_version" = $3 WHERE "products"."id" = $4 AND "products"."lock_version" = $5

-- name: rails counter cache | operational | one row by key
UPDATE "products" SET "reviews_count" = COALESCE("reviews_count", $1) + $2 WHERE "products"."id" = $3

-- name: rails touches many | operational | rows by a list of keys
UPDATE "products" SET "updated_at" = $1 WHERE "products"."id" IN ($2, $3, $4)

-- name: rails insert | operational | a row that the client sends
INSERT INTO "orders" ("number", "user_id", "state", "channel", "total_cents", "currency", "placed_at", "created_at", "updated_at") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING "id"

-- name: rails upsert_all | operational | rows that the client sends
INSERT INTO "favourites" ("user_id","product_id","created_at") VALUES ($1, $2, $3), ($4, $5, $6) ON CONFLICT ("user_id","product_id") DO NOTHING RETURNING "user_id"

-- name: rails find_each, a batch | analytical or mixed | a thousand rows of all in order of the key: a job walks the whole table, one step is bounded
SELECT "users".* FROM "users" WHERE "users"."id" > $1 ORDER BY "users"."id" ASC LIMIT $2

-- name: rails find_each with its literal | analytical or mixed | a thousand rows of all in order of the key: a job walks the whole table, one step is bounded
SELECT "users".* FROM "users" WHERE "users"."deleted_at" IS NULL ORDER BY "users"."id" ASC LIMIT 1000

-- name: rails page of a category | operational | a page by index
SELECT "products".* FROM "products" WHERE "products"."category_id" = $1 AND "products"."state" = $2 ORDER BY "products"."created_at" DESC LIMIT $3 OFFSET $4

-- name: rails count of a category | operational or mixed | a count below one category, which may hold a good part of all products
SELECT COUNT(*) FROM "products" WHERE "products"."category_id" = $1 AND "products"."state" = $2

-- name: rails counts users for the admin | analytical or mixed | the whole table for the foot of a screen: the work of a report, the sender an application
SELECT COUNT(*) FROM "users"

-- name: rails loads everything by mistake | analytical | every row of a large table; who sends it is no excuse
SELECT "orders".* FROM "orders"

-- name: rails scopes through two joins | operational | existence below two keys
SELECT 1 AS one FROM "orders" INNER JOIN "order_items" ON "order_items"."order_id" = "orders"."id" INNER JOIN "variants" ON "variants"."id" = "order_items"."variant_id" WHERE "orders"."user_id" = $1 AND "variants"."product_id" = $2 LIMIT $3

-- name: rails latest of one | operational | one row below one user
SELECT "orders".* FROM "orders" WHERE "orders"."user_id" = $1 ORDER BY "orders"."placed_at" DESC LIMIT $2

-- name: rails with sqlcommenter | operational | one row by primary key, with the tags of the application
SELECT "products".* FROM "products" WHERE "products"."id" = $1 LIMIT $2 /*action='show',application='Market',controller='products'*/

-- name: django get | operational | one row by primary key
SELECT "users"."id", "users"."email", "users"."username", "users"."name" FROM "users" WHERE "users"."id" = $1 LIMIT 21

-- name: django select_related | operational | one row by key with its parents
SELECT "products"."id", "products"."title", "sellers"."id", "sellers"."name", "categories"."id", "categories"."name" FROM "products" INNER JOIN "sellers" ON ("products"."seller_id" = "sellers"."id") LEFT OUTER JOIN "categories" ON ("products"."category_id" = "categories"."id") WHERE "products"."id" = $1

-- name: django prefetch_related | operational | the children of a list of keys
SELECT "order_items"."id", "order_items"."order_id", "order_items"."variant_id", "order_items"."quantity" FROM "order_items" WHERE "order_items"."order_id" IN (1201, 1202, 1207, 1211)

-- name: django prefetch through a join table | operational | the children of a list of keys
SELECT ("favourites"."user_id") AS "_prefetch_related_val_user_id", "products"."id", "products"."title" FROM "products" INNER JOIN "favourites" ON ("products"."id" = "favourites"."product_id") WHERE "favourites"."user_id" IN (7, 9, 23)

-- name: django exists | operational | existence below one key
SELECT 1 AS "a" FROM "reviews" WHERE ("reviews"."product_id" = $1 AND "reviews"."user_id" = $2) LIMIT 1

-- name: django session | operational | one row by key
SELECT "sessions"."id", "sessions"."data", "sessions"."expires_at" FROM "sessions" WHERE ("sessions"."expires_at" > $1 AND "sessions"."id" = $2) LIMIT 21

-- name: django annotates a page | operational | counts below the products of one seller's page
SELECT "products"."id", "products"."title", COUNT("reviews"."id") AS "num_reviews" FROM "products" LEFT OUTER JOIN "reviews" ON ("products"."id" = "reviews"."product_id") WHERE "products"."seller_id" = $1 GROUP BY "products"."id" ORDER BY "products"."created_at" DESC LIMIT 20

-- name: django annotates everything | analytical | counts the reviews of all products before the limit
SELECT "products"."id", "products"."title", COUNT("reviews"."id") AS "num_reviews" FROM "products" LEFT OUTER JOIN "reviews" ON ("products"."id" = "reviews"."product_id") GROUP BY "products"."id" ORDER BY "num_reviews" DESC LIMIT 10

-- name: django admin list | operational | the latest hundred rows of a table by its key
SELECT "orders"."id", "orders"."number", "orders"."state", "orders"."total_cents" FROM "orders" ORDER BY "orders"."id" DESC LIMIT 100

-- name: django admin search | analytical or mixed | a hundred hits by a pattern that no index serves: the whole table is read until they are found
SELECT "orders"."id", "orders"."number" FROM "orders" WHERE UPPER("orders"."channel"::text) LIKE UPPER($1) ORDER BY "orders"."id" DESC LIMIT 100

-- name: django admin years | analytical | the extreme values and years of all orders
SELECT DISTINCT DATE_TRUNC('year', "orders"."placed_at" AT TIME ZONE 'UTC') AS "datefield" FROM "orders" WHERE "orders"."placed_at" IS NOT NULL ORDER BY "datefield" ASC

-- name: django select_for_update | operational | locks rows by a list of keys
SELECT "stock_levels"."variant_id", "stock_levels"."on_hand", "stock_levels"."reserved" FROM "stock_levels" WHERE "stock_levels"."variant_id" IN ($1, $2) ORDER BY "stock_levels"."variant_id" ASC FOR UPDATE

-- name: django bulk_update | operational | rows by a list of keys
UPDATE "variants" SET "price_cents" = (CASE WHEN ("variants"."id" = 11) THEN 1900 WHEN ("variants"."id" = 12) THEN 2400 ELSE NULL END)::integer WHERE "variants"."id" IN (11, 12)

-- name: django iterates with a cursor | analytical | every row of a table through a server-side cursor
DECLARE "_django_curs_140229_sync_1" NO SCROLL CURSOR WITH HOLD FOR SELECT "products"."id", "products"."sku", "products"."price_cents" FROM "products" WHERE "products"."state" = 'live'

-- name: hibernate by id | operational | one row by primary key
select o1_0.id,o1_0.channel,o1_0.currency,o1_0.number,o1_0.placed_at,o1_0.state,o1_0.total_cents,o1_0.user_id from orders o1_0 where o1_0.id=$1

-- name: hibernate n+1 | operational | one row below one key, once more
select a1_0.user_id,a1_0.id,a1_0.city,a1_0.kind,a1_0.postcode,a1_0.street from addresses a1_0 where a1_0.user_id=$1

-- name: hibernate batch fetching | operational | rows by a list of keys, padded
select v1_0.id,v1_0.option,v1_0.price_cents,v1_0.product_id from variants v1_0 where v1_0.id = any ($1)

-- name: spring data page | operational | a page of one user's orders
select o1_0.id,o1_0.number,o1_0.state from orders o1_0 where o1_0.user_id=$1 order by o1_0.placed_at desc offset $2 rows fetch first $3 rows only

-- name: spring data count of the page | operational | a count below one user
select count(o1_0.id) from orders o1_0 where o1_0.user_id=$1

-- name: spring data exists | operational | existence by a unique key
select u1_0.id from users u1_0 where u1_0.email=$1 fetch first $2 rows only

-- name: hibernate subselect fetching | operational | children of one user's orders
select i1_0.order_id,i1_0.id,i1_0.quantity from order_items i1_0 where i1_0.order_id in (select o1_0.id from orders o1_0 where o1_0.user_id=$1)

-- name: sqlalchemy identity | operational | one row by primary key
SELECT users.id AS users_id, users.email AS users_email, users.name AS users_name FROM users WHERE users.id = $1

-- name: sqlalchemy joined eager load under a page | operational | a page of a seller with its variants
SELECT anon_1.products_id AS anon_1_products_id, anon_1.products_title AS anon_1_products_title, variants_1.id AS variants_1_id, variants_1.option AS variants_1_option FROM (SELECT products.id AS products_id, products.title AS products_title FROM products WHERE products.seller_id = $1::BIGINT ORDER BY products.id LIMIT $2::INTEGER OFFSET $3::INTEGER) AS anon_1 LEFT OUTER JOIN variants AS variants_1 ON anon_1.products_id = variants_1.product_id ORDER BY anon_1.products_id

-- name: sqlalchemy count of a sub-query | operational | a count below one seller
SELECT count(*) AS count_1 FROM (SELECT products.id AS products_id FROM products WHERE products.seller_id = $1::BIGINT AND products.state = $2::VARCHAR) AS anon_1

-- name: sqlalchemy insertmanyvalues | operational | rows that the client sends
INSERT INTO stock_movements (variant_id, quantity, reason, moved_at) SELECT p0::BIGINT, p1::INTEGER, p2::VARCHAR, p3::TIMESTAMP FROM (VALUES ($1, $2, $3, $4, 0), ($5, $6, $7, $8, 1)) AS imp_sen(p0, p1, p2, p3, sen_counter) ORDER BY sen_counter RETURNING stock_movements.id

-- name: prisma findUnique | operational | one row by a unique key
SELECT "public"."users"."id", "public"."users"."email", "public"."users"."name" FROM "public"."users" WHERE ("public"."users"."email" = $1 AND 1=1) LIMIT $2 OFFSET $3

-- name: prisma include | operational | children of a list of keys
SELECT "public"."reviews"."id", "public"."reviews"."stars", "public"."reviews"."product_id" FROM "public"."reviews" WHERE "public"."reviews"."product_id" IN ($1,$2,$3,$4,$5) OFFSET $6

-- name: prisma cursor page | operational | a keyset page of one user
SELECT "public"."notifications"."id", "public"."notifications"."kind" FROM "public"."notifications", (SELECT "public"."notifications"."created_at" AS "notifications_created_at_0" FROM "public"."notifications" WHERE ("public"."notifications"."id") = ($1)) AS "order_cmp" WHERE ("public"."notifications"."user_id" = $2 AND "public"."notifications"."created_at" <= "order_cmp"."notifications_created_at_0") ORDER BY "public"."notifications"."created_at" DESC LIMIT $3 OFFSET $4

-- name: prisma join strategy | operational | one user with the latest orders as JSON
SELECT "t1"."id", "t1"."email", "User_orders"."__prisma_data__" AS "orders" FROM "public"."users" AS "t1" LEFT JOIN LATERAL (SELECT COALESCE(JSONB_AGG("__prisma_data__"), '[]') AS "__prisma_data__" FROM (SELECT "t3"."__prisma_data__" FROM (SELECT JSONB_BUILD_OBJECT('id', "t2"."id", 'number', "t2"."number") AS "__prisma_data__" FROM (SELECT "t2".* FROM "public"."orders" AS "t2" WHERE "t1"."id" = "t2"."user_id") AS "t2") AS "t3") AS "t4") AS "User_orders" ON TRUE WHERE "t1"."id" = $1 LIMIT $2

-- name: prisma aggregate of one | operational | an aggregate below one key
SELECT COUNT(*), AVG("stars") FROM (SELECT "public"."reviews"."id", "public"."reviews"."stars" FROM "public"."reviews" WHERE "public"."reviews"."product_id" = $1 OFFSET $2) AS "sub"

-- name: prisma groupBy over all | analytical | groups all orders
SELECT COUNT(*), "public"."orders"."state" FROM "public"."orders" WHERE 1=1 GROUP BY "public"."orders"."state" OFFSET $1

-- name: ecto get_by | operational | one row by a unique key
SELECT u0."id", u0."email", u0."username" FROM "users" AS u0 WHERE (u0."username" = $1)

-- name: ecto preload through | operational | children of a list of keys with their parents
SELECT o0."id", o0."quantity", v1."id", v1."option", o0."order_id" FROM "order_items" AS o0 INNER JOIN "variants" AS v1 ON v1."id" = o0."variant_id" WHERE (o0."order_id" = ANY($1)) ORDER BY o0."order_id"

-- name: ecto aggregate | operational | a sum below one order
SELECT sum(p0."amount_cents") FROM "payments" AS p0 WHERE (p0."order_id" = $1) AND (p0."state" = 'captured')

-- name: typeorm find with relations | operational | one order with its relations by key
SELECT "Order"."id" AS "Order_id", "Order"."number" AS "Order_number", "Order__items"."id" AS "Order__items_id", "Order__payments"."id" AS "Order__payments_id" FROM "orders" "Order" LEFT JOIN "order_items" "Order__items" ON "Order__items"."order_id"="Order"."id" LEFT JOIN "payments" "Order__payments" ON "Order__payments"."order_id"="Order"."id" WHERE (("Order"."number" = $1))

-- name: typeorm getManyAndCount | operational | a distinct count below one user
SELECT COUNT(DISTINCT("Order"."id")) AS "cnt" FROM "orders" "Order" LEFT JOIN "order_items" "items" ON "items"."order_id"="Order"."id" WHERE "Order"."user_id" = $1

-- name: entity framework first or default | operational | one row by key
SELECT o."Id", o."Number" FROM (SELECT id AS "Id", number AS "Number" FROM orders) AS o WHERE o."Id" = $1 LIMIT 1

-- name: entity framework any | operational | existence below one key
SELECT EXISTS (SELECT 1 FROM order_items AS o WHERE o.order_id = $1 AND o.seller_id = $2)

-- name: entity framework split query | operational | children of the same page of one user
SELECT i.id, i.order_id, i.quantity, o0.id FROM (SELECT o.id, o.placed_at FROM orders AS o WHERE o.user_id = $1 ORDER BY o.placed_at DESC LIMIT $2) AS o0 INNER JOIN order_items AS i ON o0.id = i.order_id ORDER BY o0.placed_at DESC, o0.id

-- name: entity framework scalar sub-query | operational | a page of a seller, each with its count
SELECT p.id, p.title, (SELECT count(*)::int FROM reviews AS r WHERE p.id = r.product_id) AS "Reviews" FROM products AS p WHERE p.seller_id = $1 ORDER BY p.title LIMIT $2 OFFSET $3

-- name: sequelize findAll include | operational | a page of one user's orders with items
SELECT "Order".*, "items"."id" AS "items.id", "items"."quantity" AS "items.quantity" FROM (SELECT "Order"."id", "Order"."number", "Order"."placed_at" FROM "orders" AS "Order" WHERE "Order"."user_id" = 481 ORDER BY "Order"."placed_at" DESC LIMIT 20 OFFSET 0) AS "Order" LEFT OUTER JOIN "order_items" AS "items" ON "Order"."id" = "items"."order_id" ORDER BY "Order"."placed_at" DESC

-- name: sequelize bulk create with update | operational | rows that the client sends
INSERT INTO "stock_levels" ("variant_id","warehouse_id","on_hand","reserved") VALUES (1,1,5,0),(2,1,9,0) ON CONFLICT ("variant_id","warehouse_id") DO UPDATE SET "on_hand"=EXCLUDED."on_hand" RETURNING "variant_id","warehouse_id"

-- name: knex first | operational | one row by key
select "id", "title" from "products" where "seller_id" = $1 and "sku" = $2 limit $3

-- name: drizzle relational query | operational | one seller with products as JSON
select "sellers"."id", "sellers"."name", "sellers_products"."data" as "products" from "sellers" left join lateral (select coalesce(json_agg(json_build_array("sellers_products"."id", "sellers_products"."title")), '[]'::json) as "data" from (select * from "products" "sellers_products" where "sellers_products"."seller_id" = "sellers"."id" order by "sellers_products"."id" desc limit $1) "sellers_products") "sellers_products" on true where "sellers"."slug" = $2 limit $3

-- name: gorm soft delete | operational | one row by key
SELECT * FROM "users" WHERE "users"."id" = $1 AND "users"."deleted_at" IS NULL ORDER BY "users"."id" LIMIT 1

-- name: gorm preload | operational | children of a list of keys
SELECT * FROM "payments" WHERE "payments"."order_id" IN ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)

-- name: sqlc row by two keys | operational | one row by its key
SELECT variant_id, warehouse_id, on_hand, reserved FROM stock_levels WHERE variant_id = $1 AND warehouse_id = $2

-- name: eloquent withCount | operational | rows by a list of keys with their counts
select "products".*, (select count(*) from "reviews" where "products"."id" = "reviews"."product_id") as "reviews_count" from "products" where "products"."id" in ($1, $2, $3)

-- name: eloquent whereHas on a page | operational | a page of a category that has reviews
select * from "products" where "category_id" = $1 and exists (select * from "reviews" where "products"."id" = "reviews"."product_id" and "stars" >= $2) order by "created_at" desc limit 24 offset 0

-- name: eloquent doesntHave over all | analytical | an anti-join over all users
select * from "users" where not exists (select * from "orders" where "users"."id" = "orders"."user_id")

-- name: jooq multiset | operational | one order with nested rows
select "orders"."number", (select coalesce(jsonb_agg(jsonb_build_array("v0", "v1")), jsonb_build_array()) from (select "order_items"."quantity" as "v0", "order_items"."price_cents" as "v1" from "order_items" where "order_items"."order_id" = "orders"."id") as "t") from "orders" where "orders"."number" = $1

-- name: active storage | operational | rows by a list of keys through a join
SELECT "attachments".* FROM "attachments" INNER JOIN "products" ON "products"."id" = "attachments"."record_id" WHERE "attachments"."record_type" = 'Product' AND "products"."seller_id" = $1 ORDER BY "attachments"."id" LIMIT 50
