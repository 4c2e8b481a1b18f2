-- DuckDB 1.5. A generated column is told from one with a default by the SQL of its table only.
select to_json({
  relations: (
    select list({
      schema: r.schema_name, name: r.name, kind: r.kind, sql: r.sql,
      columns: (
        select list({name: c.column_name, type: c.data_type, expression: c.column_default} order by c.column_index)
        from duckdb_columns() c
        where c.database_name = r.database_name and c.schema_name = r.schema_name and c.table_name = r.name)} order by r.schema_name, r.name)
    from (
      select database_name, schema_name, table_name as name, 'table' as kind, sql from duckdb_tables() where not internal
      union all
      select database_name, schema_name, view_name, 'view', sql from duckdb_views() where not internal) r
    where r.database_name = current_database()),
  constraints: (
    select list({
      schema: schema_name, relation: table_name, name: constraint_name, kind: constraint_type, text: constraint_text, expression: expression,
      columns: constraint_column_names, referenced: referenced_table, referenced_columns: referenced_column_names}
      order by schema_name, table_name, constraint_name)
    from duckdb_constraints() where database_name = current_database()),
  indexes: (
    select list({schema: schema_name, relation: table_name, name: index_name, is_unique: is_unique, expressions: expressions} order by schema_name, index_name)
    from duckdb_indexes() where database_name = current_database())})::varchar as catalog
