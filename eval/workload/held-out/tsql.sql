-- A marketplace in SQL Server.
-- schema: shopfront
-- dialect: tsql

-- name: one seller | operational | one row by key
SELECT TOP (1) [name], [country] FROM [dbo].[seller] WHERE [seller_id] = @p0
-- name: a page of a buyer | operational | one buyer's page off an index
SELECT sale_id, amount FROM dbo.sale WHERE buyer_id = @buyer ORDER BY sold_at OFFSET 0 ROWS FETCH NEXT 20 ROWS ONLY
-- name: sales by day | analytical | groups all
SELECT CAST(sold_at AS date) AS d, SUM(amount) AS s FROM dbo.sale WITH (NOLOCK) GROUP BY CAST(sold_at AS date)
-- name: power bi's top | analytical | a limit above an aggregate
SELECT TOP (1000001) * FROM (SELECT [t0].[country], SUM([t1].[price]) AS [a0] FROM [dbo].[listing] AS [t1] LEFT JOIN [dbo].[seller] AS [t0] ON [t1].[seller_id] = [t0].[seller_id] GROUP BY [t0].[country]) AS [MainTable] WHERE NOT [a0] IS NULL
-- name: a job is taken with readpast | operational | a page of a queue
UPDATE TOP (1) job SET state = 'taken' WHERE queue = @q AND state = 'ready'
-- name: write one | operational | what the client sends
INSERT INTO [seller] ([seller_id], [name], [country]) VALUES (@p0, @p1, @p2)
-- name: change one | operational | one row by key
UPDATE [listing] SET [price] = @p0 WHERE [listing_id] = @p1
-- name: running total | analytical | a window over the table
SELECT sale_id, SUM(amount) OVER (PARTITION BY buyer_id ORDER BY sold_at ROWS UNBOUNDED PRECEDING) FROM dbo.sale
-- name: into a table | analytical | writes from a whole table
SELECT listing_id, COUNT(*) AS n INTO #counts FROM dbo.sale GROUP BY listing_id
-- name: dearest | analytical | sorts the table
SELECT TOP 10 * FROM dbo.listing ORDER BY price DESC
-- name: a procedure | unknown | a call tells nothing of what it reads
EXEC dbo.rebuild_ranking @day = '2026-01-01'
