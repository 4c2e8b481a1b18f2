-- Screens, searches and writes of applications, written by hand.
-- schema: market

-- name: product page | operational | one product with its seller through a view, by key
SELECT id, title, price_cents, seller FROM live_products WHERE id = $1

-- name: shop window of a seller | operational | a page of one seller through a view
SELECT id, title, price_cents FROM live_products WHERE seller_id = $1 ORDER BY id DESC LIMIT 24

-- name: stars of one product | operational | grouped below one key
SELECT stars, count(*) FROM reviews WHERE product_id = $1 GROUP BY stars ORDER BY stars DESC

-- name: average and count of one product | operational | an aggregate below one key
SELECT round(avg(stars), 2) AS average, count(*) AS reviews FROM reviews WHERE product_id = $1

-- name: stars of the products on a page | operational | grouped below a list of keys
SELECT product_id, avg(stars) AS average, count(*) AS n FROM reviews WHERE product_id = ANY($1::bigint[]) GROUP BY product_id

-- name: have I bought this | operational | existence below a user and a product
SELECT EXISTS (SELECT 1 FROM orders o JOIN order_items i ON i.order_id = o.id JOIN variants v ON v.id = i.variant_id WHERE o.user_id = $1 AND v.product_id = $2 AND o.state <> 'cancelled')

-- name: badge of unread | operational | existence and count below one user
SELECT count(*) FILTER (WHERE read_at IS NULL) AS unread, max(created_at) AS latest FROM notifications WHERE user_id = $1

-- name: marks as read | operational | rows of one user
UPDATE notifications SET read_at = now() WHERE user_id = $1 AND read_at IS NULL

-- name: the cart | operational | joins below one key
SELECT ci.variant_id, ci.quantity, v.option, v.price_cents, p.title, coalesce(sum(s.on_hand - s.reserved), 0) AS available FROM cart_items ci JOIN variants v ON v.id = ci.variant_id JOIN products p ON p.id = v.product_id LEFT JOIN stock_levels s ON s.variant_id = v.id WHERE ci.cart_id = $1 GROUP BY ci.variant_id, ci.quantity, v.option, v.price_cents, p.title

-- name: the sum of a cart | operational | an aggregate below one key
SELECT sum(ci.quantity * v.price_cents) FROM carts c JOIN cart_items ci ON ci.cart_id = c.id JOIN variants v ON v.id = ci.variant_id WHERE c.user_id = $1

-- name: into the cart | operational | one row by key
INSERT INTO cart_items (cart_id, variant_id, quantity) VALUES ($1, $2, $3) ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity

-- name: reservation of stock | operational | one row by key, if there is enough
UPDATE stock_levels SET reserved = reserved + $3 WHERE variant_id = $1 AND warehouse_id = $2 AND on_hand - reserved >= $3 RETURNING on_hand - reserved

-- name: reservation over warehouses | operational | locks the rows of one variant
SELECT warehouse_id, on_hand - reserved AS free FROM stock_levels WHERE variant_id = $1 AND on_hand > reserved ORDER BY free DESC FOR UPDATE

-- name: stock of one variant from its movements | operational | a sum below one key
SELECT coalesce(sum(quantity), 0) FROM stock_movements WHERE variant_id = $1

-- name: running stock of one variant | operational | a window over the rows of one key
SELECT moved_at, quantity, sum(quantity) OVER (ORDER BY moved_at, id) AS level FROM stock_movements WHERE variant_id = $1

-- name: redeem a coupon | operational | one row by key
UPDATE coupons SET uses = uses + 1 WHERE code = $1 AND uses < uses_max AND (valid_until IS NULL OR valid_until > now()) RETURNING percent

-- name: checkout in one statement | operational | the items of one cart become an order
WITH placed AS (INSERT INTO orders (id, number, user_id, state, channel, total_cents, currency, placed_at, created_at, updated_at) VALUES ($1, $2, $3, 'placed', 'web', $4, 'EUR', now(), now(), now()) RETURNING id) INSERT INTO order_items (id, order_id, variant_id, seller_id, quantity, price_cents) SELECT nextval('order_items_id_seq'), placed.id, ci.variant_id, p.seller_id, ci.quantity, v.price_cents FROM placed, cart_items ci JOIN variants v ON v.id = ci.variant_id JOIN products p ON p.id = v.product_id WHERE ci.cart_id = $5

-- name: order by number with all parts | operational | six tables from one key
SELECT o.number, o.state, u.email, i.quantity, v.option, p.title, s.name, pay.state FROM orders o JOIN users u ON u.id = o.user_id JOIN order_items i ON i.order_id = o.id JOIN variants v ON v.id = i.variant_id JOIN products p ON p.id = v.product_id JOIN sellers s ON s.id = p.seller_id LEFT JOIN payments pay ON pay.order_id = o.id WHERE o.number = $1

-- name: my orders after the last one seen | operational | a keyset page of one user
SELECT id, number, state, placed_at FROM orders WHERE user_id = $1 AND (placed_at, id) < ($2, $3) ORDER BY placed_at DESC, id DESC LIMIT 20

-- name: newest products after the last one seen | operational | a keyset page in order of the key
SELECT id, title, price_cents FROM products WHERE id < $1 ORDER BY id DESC LIMIT 30

-- name: the front page | operational | the newest thirty rows by key
SELECT id, title, price_cents FROM products ORDER BY id DESC LIMIT 30

-- name: search box | operational | twenty hits by a text index
SELECT id, title, price_cents FROM products WHERE tsv @@ websearch_to_tsquery('english', $1) AND state = 'live' ORDER BY ts_rank_cd(tsv, websearch_to_tsquery('english', $1)) DESC LIMIT 20

-- name: search box by likeness | operational | ten hits by a trigram index
SELECT id, title, similarity(title, $1) AS likeness FROM products WHERE title % $1 ORDER BY likeness DESC LIMIT 10

-- name: autocomplete of user names | operational | eight rows by prefix of a key
SELECT id, username FROM users WHERE username LIKE $1 || '%' ORDER BY username LIMIT 8

-- name: autocomplete of titles | operational or mixed | ten values by a pattern with an index, of which all hits are sorted out
SELECT DISTINCT title FROM products WHERE title ILIKE '%' || $1 || '%' LIMIT 10

-- name: similar products by vector | operational | ten neighbours by a vector index
SELECT id, title FROM products WHERE id <> $2 ORDER BY embedding <=> $1 LIMIT 10

-- name: sellers near a point | operational | twenty neighbours by a spatial index
SELECT id, name, location <-> point($1, $2) AS distance FROM sellers ORDER BY location <-> point($1, $2) LIMIT 20

-- name: facets of a search | mixed or analytical | groups all hits of a search box: an application asks it, and it reads as much as there are hits
SELECT category_id, count(*) FROM products WHERE tsv @@ plainto_tsquery('english', $1) GROUP BY category_id ORDER BY count(*) DESC LIMIT 20

-- name: category tree below one | operational | a recursion from one key along an index
WITH RECURSIVE tree AS (SELECT id, parent_id, name FROM categories WHERE id = $1 UNION ALL SELECT c.id, c.parent_id, c.name FROM categories c JOIN tree t ON c.parent_id = t.id) SELECT id, name FROM tree

-- name: breadcrumb | operational | a recursion from one key to the root
WITH RECURSIVE up AS (SELECT id, parent_id, name, 1 AS depth FROM categories WHERE slug = $1 UNION ALL SELECT c.id, c.parent_id, c.name, u.depth + 1 FROM categories c JOIN up u ON c.id = u.parent_id) SELECT name FROM up ORDER BY depth DESC

-- name: ancestors by nested sets | operational or mixed | the ancestors of one row by key, through a range that no index serves
SELECT a.id, a.name FROM categories a JOIN categories c ON c.lft BETWEEN a.lft AND a.rgt WHERE c.id = $1 ORDER BY a.lft

-- name: favourites with the latest review each | operational | one row each for one user's favourites
SELECT f.product_id, p.title, r.body FROM favourites f JOIN products p ON p.id = f.product_id LEFT JOIN LATERAL (SELECT body FROM reviews WHERE product_id = f.product_id ORDER BY created_at DESC LIMIT 1) r ON true WHERE f.user_id = $1

-- name: latest order of each of some users | operational | one row each for a list of keys
SELECT DISTINCT ON (user_id) user_id, id, placed_at FROM orders WHERE user_id IN ($1, $2, $3) ORDER BY user_id, placed_at DESC

-- name: top three reviews of each product on a page | operational | a window below a list of keys
SELECT * FROM (SELECT r.*, row_number() OVER (PARTITION BY product_id ORDER BY stars DESC, id) AS place FROM reviews r WHERE product_id = ANY($1)) ranked WHERE place <= 3

-- name: who also liked one | operational or mixed | grouped below the users who liked one product: bounded by the product, and popular products have many
SELECT f2.product_id, count(*) AS together FROM favourites f1 JOIN favourites f2 ON f2.user_id = f1.user_id AND f2.product_id <> f1.product_id WHERE f1.product_id = $1 GROUP BY f2.product_id ORDER BY together DESC LIMIT 10

-- name: seller's own numbers of today | operational or mixed | an aggregate below one seller, of which the text does not tell how large it is
SELECT count(DISTINCT i.order_id) AS orders, sum(i.price_cents * i.quantity) AS revenue FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.seller_id = $1 AND o.placed_at >= date_trunc('day', now())

-- name: seller's last thirty days | operational | thirty rows of a summary by key
SELECT day, orders, revenue_cents FROM daily_report WHERE seller_id = $1 AND day >= current_date - 30 ORDER BY day

-- name: seller's stars from the materialised view | operational | one row of a summary by key
SELECT items, revenue FROM seller_stats WHERE seller_id = $1

-- name: a table called dashboard | operational | the rows of one user; the name says nothing
SELECT id, title FROM dashboard WHERE user_id = $1

-- name: spending of one user by month | operational | grouped below one key
SELECT date_trunc('month', placed_at) AS month, sum(total_cents) FROM orders WHERE user_id = $1 GROUP BY 1 ORDER BY 1 DESC

-- name: first order of a user | operational | a minimum below one key
SELECT min(placed_at) FROM orders WHERE user_id = $1

-- name: export of one's own data | operational | all that one user has, by key, as JSON
SELECT json_build_object('user', to_json(u), 'orders', (SELECT coalesce(json_agg(o ORDER BY o.placed_at), '[]') FROM orders o WHERE o.user_id = u.id), 'reviews', (SELECT coalesce(json_agg(r), '[]') FROM reviews r WHERE r.user_id = u.id)) FROM users u WHERE u.id = $1

-- name: erasure of one user | operational | one row by key
UPDATE users SET email = 'erased-' || id, username = 'erased-' || id, name = NULL, deleted_at = now() WHERE id = $1

-- name: login that failed | operational | one row by key
UPDATE users SET failed_attempts = failed_attempts + 1 WHERE id = $1 RETURNING failed_attempts

-- name: calendar of one user's orders | operational | twelve months against one user's rows
SELECT m.month, count(o.id) FROM generate_series(date_trunc('month', now()) - interval '11 months', date_trunc('month', now()), interval '1 month') AS m(month) LEFT JOIN orders o ON o.user_id = $1 AND o.placed_at >= m.month AND o.placed_at < m.month + interval '1 month' GROUP BY m.month ORDER BY m.month

-- name: prices of what is in the basket | operational | rows by the keys that the client sends
SELECT x.variant_id, v.price_cents * x.quantity AS line FROM unnest($1::bigint[], $2::integer[]) AS x(variant_id, quantity) JOIN variants v ON v.id = x.variant_id

-- name: which of these exist | operational | existence by the keys that the client sends
SELECT x FROM unnest($1::text[]) AS x WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.email = x)

-- name: values joined to keys | operational | rows by the keys that the client sends
SELECT v.ord, p.id, p.title FROM (VALUES (1, $1::bigint), (2, $2), (3, $3)) AS v(ord, id) JOIN products p ON p.id = v.id ORDER BY v.ord

-- name: a batch from JSON | operational | writes what the client sends
INSERT INTO variants (id, product_id, option, price_cents) SELECT (x->>'id')::bigint, (x->>'product_id')::bigint, x->>'option', (x->>'price')::integer FROM jsonb_array_elements($1::jsonb) AS x ON CONFLICT (id) DO UPDATE SET price_cents = excluded.price_cents

-- name: merge of what the client sends | operational | rows by key that the client sends
MERGE INTO stock_levels AS t USING (VALUES ($1::bigint, $2::integer, $3::integer)) AS s(variant_id, warehouse_id, on_hand) ON t.variant_id = s.variant_id AND t.warehouse_id = s.warehouse_id WHEN MATCHED THEN UPDATE SET on_hand = s.on_hand WHEN NOT MATCHED THEN INSERT VALUES (s.variant_id, s.warehouse_id, s.on_hand, 0)

-- name: copies one product | operational | one row by key becomes another
INSERT INTO products (id, seller_id, sku, title, price_cents, currency, state, created_at, updated_at) SELECT nextval('products_id_seq'), seller_id, sku || '-copy', title, price_cents, currency, 'draft', now(), now() FROM products WHERE id = $1

-- name: a trigger keeps a count | operational | one row by key from an aggregate below it
UPDATE products SET reviews_count = (SELECT count(*) FROM reviews WHERE reviews.product_id = products.id) WHERE id = $1

-- name: a trigger checks for overlap | operational | existence below one key
SELECT EXISTS (SELECT 1 FROM stock_movements WHERE variant_id = $1 AND moved_at > $2 AND id <> $3)

-- name: a trigger checks a limit | operational | a count below one key
SELECT count(*) >= 50 FROM addresses WHERE user_id = $1

-- name: foreign key of a child | operational | the server's own check of one row by key
SELECT 1 FROM ONLY "public"."products" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x

-- name: foreign key of a parent | operational | the server's own check below one key
SELECT 1 FROM ONLY "public"."order_items" x WHERE $1 OPERATOR(pg_catalog.=) "order_id" FOR KEY SHARE OF x

-- name: cascade | operational | the server's own deletion below one key
DELETE FROM ONLY "public"."favourites" WHERE $1 OPERATOR(pg_catalog.=) "user_id"

-- name: foreign key set null | operational | the server's own update below one key
UPDATE ONLY "public"."carts" SET "user_id" = NULL WHERE $1 OPERATOR(pg_catalog.=) "user_id"

-- name: one order of one provider | operational | one row by a key of two columns
SELECT order_id, state FROM payments WHERE provider = $1 AND reference = $2

-- name: ids of the orders that wait for shipment | operational | a page of a work list by index
SELECT id, number FROM orders WHERE state = 'paid' ORDER BY placed_at LIMIT 100

-- name: the pick list of one warehouse | mixed or operational | all open items of one warehouse: a work list, as long as there is work
SELECT i.order_id, i.variant_id, i.quantity FROM orders o JOIN order_items i ON i.order_id = o.id JOIN stock_levels s ON s.variant_id = i.variant_id WHERE o.state = 'paid' AND s.warehouse_id = $1 AND s.on_hand > 0 ORDER BY o.placed_at LIMIT 200

-- name: session is read | operational | one row by key
SELECT data FROM sessions WHERE id = $1 AND expires_at > now()

-- name: session is written | operational | one row by key
INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at

-- name: sessions are swept | operational | takes expired rows away; nobody reads an answer
DELETE FROM sessions WHERE expires_at < $1

-- name: sessions are swept with their number | operational | takes expired rows away and counts them
WITH gone AS (DELETE FROM sessions WHERE expires_at < now() RETURNING 1) SELECT count(*) FROM gone

-- name: carts that were left | operational | takes old rows away; the work belongs to production
DELETE FROM carts c WHERE c.updated_at < now() - interval '60 days' AND NOT EXISTS (SELECT 1 FROM cart_items i WHERE i.cart_id = c.id)

-- name: prices of a category are raised | operational | changes rows of one category; no copy could do it
UPDATE products SET price_cents = round(price_cents * 1.03), updated_at = now() WHERE category_id = $1

-- name: orders that were never paid are cancelled | operational | changes rows past a time; no copy could do it
UPDATE orders SET state = 'cancelled', updated_at = now() WHERE state = 'placed' AND placed_at < now() - interval '3 days'

-- name: a migration fills a column in batches | operational | a bounded batch of changes
UPDATE users SET locale = 'en' WHERE id IN (SELECT id FROM users WHERE locale IS NULL LIMIT 5000)

-- name: a migration fills a column at once | operational | changes every row once; no copy could do it
UPDATE users SET locale = 'en' WHERE locale IS NULL

-- name: a migration fills a range of keys | operational | a bounded batch of changes
UPDATE orders SET channel = 'web' WHERE id BETWEEN $1 AND $2 AND channel IS NULL

-- name: counts of all sellers are mended | analytical or mixed | counts the items of all sellers to write them back: a report's work, a write's purpose
UPDATE products p SET reviews_count = r.n FROM (SELECT product_id, count(*) AS n FROM reviews GROUP BY product_id) r WHERE r.product_id = p.id AND p.reviews_count <> r.n

-- name: a table is emptied | operational | a utility statement
TRUNCATE page_views

-- name: page view | operational | a row that the client sends
INSERT INTO page_views (id, user_id, path, referrer, viewed_at) VALUES ($1, $2, $3, $4, now())

-- name: a file is loaded | operational | rows that the client sends
COPY stock_movements (id, variant_id, quantity, reason, moved_at) FROM STDIN WITH (FORMAT csv)
