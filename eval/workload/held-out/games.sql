-- A game's back end, and the analysts of its studio.
-- schema: games

-- name: log in | operational | one row by a unique name
SELECT player_id, rating, banned_until FROM player WHERE handle = $1
-- name: the hundred best | operational | the head of an index, in its order
SELECT player_id, handle, rating FROM player ORDER BY rating DESC LIMIT 100
-- name: the rank of a player | mixed or analytical | counts all who are better, as many as there are
SELECT count(*) + 1 FROM player WHERE rating > (SELECT rating FROM player WHERE player_id = $1)
-- name: the best of a guild | operational | one guild's members off an index
SELECT handle, rating, rank() OVER (ORDER BY rating DESC) FROM player WHERE guild_id = $1
-- name: find an opponent | operational | a page off an index around a value
SELECT player_id FROM player WHERE rating BETWEEN $1 - 50 AND $1 + 50 AND player_id <> $2 ORDER BY rating DESC LIMIT 20
-- name: a lobby with a seat | operational | a page of one, locked
SELECT lobby_id FROM lobby WHERE mode = $1 AND seats_free > 0 ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
-- name: a seat is taken | operational | one row by key
UPDATE lobby SET seats_free = seats_free - 1 WHERE lobby_id = $1 AND seats_free > 0 RETURNING seats_free
-- name: the bag of a player | operational | one player's items by the head of the key
SELECT item_code, amount FROM inventory WHERE player_id = $1
-- name: items are given | operational | upsert of what the client sends
INSERT INTO inventory AS i (player_id, item_code, amount) VALUES ($1, $2, $3) ON CONFLICT (player_id, item_code) DO UPDATE SET amount = i.amount + excluded.amount
-- name: a trade, both sides at once | operational | rows by a list of keys, changed
UPDATE inventory SET amount = amount + CASE player_id WHEN $1 THEN -$3 ELSE $3 END WHERE player_id IN ($1, $2) AND item_code = $4
-- name: the last games of a player | operational | a page of one player off an index, joined by key
SELECT m.match_id, m.mode, mp.score FROM match_player mp JOIN match m USING (match_id) WHERE mp.player_id = $1 ORDER BY mp.match_id DESC LIMIT 20
-- name: lifetime statistics of a player | operational | aggregates one player's games
SELECT count(*), sum(kills), avg(score), max(score) FROM match_player WHERE player_id = $1
-- name: friends' scores | operational | a list of keys
SELECT player_id, max(score) AS best FROM match_player WHERE player_id IN (SELECT unnest($1::bigint[])) GROUP BY player_id
-- name: paying share | analytical | joins all players to all purchases
SELECT count(DISTINCT pu.player_id)::numeric / count(DISTINCT p.player_id) FROM player p LEFT JOIN purchase pu USING (player_id)
-- name: daily active players | analytical | groups games of months
SELECT started_at::date AS day, count(DISTINCT player_id) FROM match JOIN match_player USING (match_id) WHERE started_at >= current_date - 90 GROUP BY 1
-- name: retention by cohort | analytical | first games of all players joined to all games
WITH first AS (SELECT player_id, min(started_at)::date AS day0 FROM match_player JOIN match USING (match_id) GROUP BY player_id) SELECT day0, m.started_at::date - day0 AS day, count(DISTINCT player_id) FROM first JOIN match_player USING (player_id) JOIN match m USING (match_id) GROUP BY 1, 2
-- name: deciles of rating | analytical | a window over all players
SELECT decile, min(rating), max(rating), count(*) FROM (SELECT rating, ntile(10) OVER (ORDER BY rating) AS decile FROM player) d GROUP BY decile
-- name: sample of matches | analytical | a share of the table, which grows with it
SELECT * FROM match_player TABLESAMPLE SYSTEM (5)
-- name: item economy | analytical | adds up everything that everyone owns
SELECT item_code, sum(amount) FROM inventory GROUP BY item_code ORDER BY 2 DESC
-- name: how many own an item | analytical | an aggregate over the table by what is second in the key
SELECT count(*) FROM inventory WHERE item_code = 'golden_axe'
-- name: season's reset | operational | changes every row, which no copy could
UPDATE player SET rating = 1000 + (rating - 1000) / 2
-- name: cheats by a z-score | analytical | compares every row with the mean of all
SELECT player_id FROM match_player WHERE kills > (SELECT avg(kills) + 4 * stddev(kills) FROM match_player)
-- name: the best ever in each mode | analytical | ranks all rows of a join, then keeps three each
SELECT mode, player_id, score FROM (SELECT m.mode, mp.player_id, mp.score, row_number() OVER (PARTITION BY m.mode ORDER BY mp.score DESC) AS place FROM match_player mp JOIN match m USING (match_id)) t WHERE place <= 3
-- name: a page of a join by nothing | analytical | joins whole tables and sorts them for twenty
SELECT p.handle, mp.score, m.mode FROM match_player mp JOIN match m USING (match_id) JOIN player p USING (player_id) ORDER BY mp.score DESC LIMIT 20
