-- SQL Server: an application and its reports.
-- schema: market
-- dialect: tsql
-- search_path: public

-- name: one by key | operational | one row by key
SELECT TOP(1) [o].[id], [o].[number], [o].[state] FROM [orders] AS [o] WHERE [o].[id] = @__id_0

-- name: a page | operational | a page of one user
SELECT [o].[id], [o].[number] FROM [orders] AS [o] WHERE [o].[user_id] = @__user_0 ORDER BY [o].[placed_at] DESC OFFSET @__p_1 ROWS FETCH NEXT @__p_2 ROWS ONLY

-- name: any | operational | existence below one key
SELECT CASE WHEN EXISTS (SELECT 1 FROM [order_items] AS [i] WHERE [i].[order_id] = @__id_0) THEN CAST(1 AS bit) ELSE CAST(0 AS bit) END

-- name: queue | operational | takes the next rows and locks them
SELECT TOP (10) [id], [number] FROM [orders] WITH (UPDLOCK, READPAST, ROWLOCK) WHERE [state] = 'paid' ORDER BY [placed_at]

-- name: top of groups | analytical | groups everything, cut
SELECT TOP 10 [seller_id], SUM([price_cents] * [quantity]) AS [revenue] FROM [order_items] GROUP BY [seller_id] ORDER BY [revenue] DESC

-- name: by month | analytical | groups the whole table
SELECT DATEFROMPARTS(YEAR([placed_at]), MONTH([placed_at]), 1) AS [month], COUNT(*) FROM [orders] GROUP BY DATEFROMPARTS(YEAR([placed_at]), MONTH([placed_at]), 1)

-- name: everything unlocked | analytical | every row of a table
SELECT * FROM [orders] WITH (NOLOCK)
