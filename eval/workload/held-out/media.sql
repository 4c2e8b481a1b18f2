-- A newspaper's site and its newsroom's dashboards.
-- schema: media

-- name: an article by its address | operational | one row by a unique slug
SELECT a.*, (SELECT count(*) FROM comment c WHERE c.article_id = a.article_id AND NOT c.hidden) AS comments FROM article a WHERE a.slug = $1
-- name: the front page | operational | the head of an index
SELECT article_id, slug FROM article ORDER BY published_at DESC LIMIT 30
-- name: a section's page | operational | a page off an index
SELECT article_id, slug, published_at FROM article WHERE section_id = $1 AND published_at <= now() ORDER BY published_at DESC LIMIT $2 OFFSET $3
-- name: tags of a page of articles | operational | a list of keys
SELECT at.article_id, t.name FROM article_tag at INNER JOIN tag t ON t.tag_id = at.tag_id WHERE at.article_id IN ($1 /*, ... */)
-- name: articles of a tag | operational | a page of one tag by unique name
SELECT a.slug FROM tag t JOIN article_tag at ON at.tag_id = t.tag_id JOIN article a ON a.article_id = at.article_id WHERE t.name = $1 ORDER BY at.article_id DESC LIMIT 20
-- name: the thread of an article | operational | a recursion within one article
WITH RECURSIVE thread AS (SELECT comment_id, parent_id, body, 0 AS depth FROM comment WHERE article_id = $1 AND parent_id IS NULL UNION ALL SELECT c.comment_id, c.parent_id, c.body, t.depth + 1 FROM comment c JOIN thread t ON c.parent_id = t.comment_id WHERE c.article_id = $1) SELECT * FROM thread
-- name: a view is counted | operational | writes one row
INSERT INTO page_view (view_id, article_id, reader_id, at, referrer) VALUES (nextval('view_seq'), $1, $2, now(), $3)
-- name: views of one article | operational or mixed | a count of one article, which may have millions
SELECT count(*) FROM page_view WHERE article_id = $1
-- name: the queue of moderation | operational | a page of a queue
SELECT c.comment_id, c.body FROM comment c WHERE c.hidden IS NULL ORDER BY c.at LIMIT 20 FOR UPDATE OF c SKIP LOCKED
-- name: most read of the last hour | analytical or mixed | an aggregate of an hour, grouped and sorted
SELECT article_id, count(*) FROM page_view WHERE at > now() - interval '1 hour' GROUP BY article_id ORDER BY 2 DESC LIMIT 10
-- name: most read of the year | analytical | an aggregate of a year
SELECT a.slug, count(*) AS views FROM page_view v JOIN article a USING (article_id) WHERE v.at >= '2026-01-01' GROUP BY a.slug ORDER BY views DESC LIMIT 100
-- name: where readers come from | analytical | groups all views
SELECT split_part(referrer, '/', 3) AS host, count(*), approx.n FROM page_view, LATERAL (SELECT count(*) AS n FROM reader) approx GROUP BY 1, approx.n
-- name: conversions within a week | analytical | joins all views to all readers
SELECT count(*) FILTER (WHERE r.plan <> 'free')::float / count(*) FROM reader r WHERE EXISTS (SELECT 1 FROM page_view v WHERE v.reader_id = r.reader_id AND v.seconds > 60)
-- name: authors by length | analytical | reads every body
SELECT author_id, avg(length(body)) FROM article GROUP BY author_id
-- name: words over the archive | analytical | an unindexed text search without a page
SELECT article_id, slug FROM article WHERE to_tsvector('english', body) @@ plainto_tsquery('english', $1)
-- name: words over the archive, by rank | analytical | computes a rank of every body to show ten
SELECT article_id, ts_rank(to_tsvector('english', body), plainto_tsquery('english', $1)) AS rank FROM article ORDER BY rank DESC LIMIT 10
-- name: a reader by mail, without regard to case | analytical or mixed | a function over the column keeps the unique index from being used
SELECT reader_id FROM reader WHERE lower(email) = lower($1)
-- name: days without news | analytical | a series against the table
SELECT d FROM generate_series('2020-01-01'::date, current_date, '1 day') d WHERE NOT EXISTS (SELECT 1 FROM article WHERE published_at::date = d)
-- name: the table for the newsletter | analytical | writes a join of whole tables
SELECT r.email, array_agg(DISTINCT v.article_id) AS seen INTO newsletter_basis FROM reader r JOIN page_view v USING (reader_id) GROUP BY r.email
-- name: a reader is forgotten | operational | changes one reader's rows
UPDATE page_view SET reader_id = NULL WHERE reader_id = $1
-- name: merge of readers sent by the client | operational | a merge of what the client sends
MERGE INTO reader r USING (VALUES ($1::bigint, $2, $3)) AS s(reader_id, email, plan) ON r.reader_id = s.reader_id WHEN MATCHED THEN UPDATE SET plan = s.plan WHEN NOT MATCHED THEN INSERT VALUES (s.reader_id, s.email, s.plan)
-- name: random article | analytical | sorts the whole table by chance for one row
SELECT slug FROM article ORDER BY random() LIMIT 1
