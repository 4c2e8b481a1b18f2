-- The help desk's tables on SQL Server.
-- schema: desk
-- dialect: tsql

-- name: a page by top | operational | ten rows of one assignee
SELECT TOP (10) [t].[id], [t].[subject], [t].[updated_at] FROM [ticket] AS [t] WHERE [t].[assignee_id] = @__agent_0 ORDER BY [t].[updated_at] DESC

-- name: a report by month | analytical | groups the whole table
SELECT YEAR([t].[created_at]) AS [y], MONTH([t].[created_at]) AS [m], COUNT_BIG(*) AS [n] FROM [ticket] AS [t] GROUP BY YEAR([t].[created_at]), MONTH([t].[created_at])

-- name: one ticket by key | operational | one row by primary key
SELECT TOP(1) [t].[id], [t].[number], [t].[subject] FROM [ticket] AS [t] WHERE [t].[id] = @__id_0
