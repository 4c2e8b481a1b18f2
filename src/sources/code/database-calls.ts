import type { Use } from './program.js';

/** Functions and methods of database libraries that run, prepare or mark the SQL they are given. */
const CALLS = new Set(
  [
    // Python: DB-API, SQLAlchemy, pandas, Airflow hooks, asyncpg, databases, DuckDB, Spark, BigQuery, Django.
    'read_sql read_sql_query read_sql_table execute executemany execute_async execute_batch execute_values executescript query fetch fetchrow fetchval fetch_all fetch_one fetch_val fetchall fetchone get_pandas_df get_pandas_df_by_chunks get_df get_records get_first run run_query copy_expert to_gbq read_gbq sql text SQL raw RunSQL query_and_wait read_database read_database_uri exec_driver_sql mogrify scalar scalars read_frame',
    // JavaScript: pg, mysql2, knex, Sequelize, Prisma, TypeORM, slonik, pg-promise, better-sqlite3.
    '$queryRaw $executeRaw $queryRawUnsafe $executeRawUnsafe queryRaw unsafe prepare all get one any many manyOrNone oneOrNone none each result literal queryRows executeQuery queryObject queryArray exec',
    // Java, Kotlin, Scala: JDBC, Spring, JPA, jOOQ, MyBatis, Room.
    'prepareStatement prepareCall createNativeQuery queryForObject queryForList queryForMap queryForStream queryForRowSet update batchUpdate executeUpdate executeLargeUpdate createQuery createStatement sqlQuery createSQLQuery fetchOne resultQuery rawQuery execSQL @Query @NativeQuery @Select @Insert @Update @Delete @SqlQuery @SqlUpdate @SqlBatch @Subselect @Formula @NamedNativeQuery @View',
    // Go: database/sql, sqlx, pgx, gorm.
    'Query QueryContext QueryRow QueryRowContext Queryx QueryxContext QueryRowx QueryRowxContext Exec ExecContext MustExec MustExecContext NamedExec NamedExecContext NamedQuery NamedQueryContext Prepare PrepareContext Preparex PreparexContext PrepareNamed Get GetContext Select SelectContext Raw Rebind SendBatch Queue',
    // Ruby: ActiveRecord, pg, Sequel.
    'find_by_sql select_all select_value select_values select_rows select_one exec_query exec_params exec_prepared exec_update exec_delete exec_insert async_exec sanitize_sql sanitize_sql_array execute_query count_by_sql create_view replace_view up_only',
    // C#: ADO.NET, Dapper, EF Core. PHP: PDO, Doctrine, Laravel, WordPress.
    'ExecuteReader ExecuteScalar ExecuteNonQuery FromSqlRaw FromSql FromSqlInterpolated ExecuteSqlRaw ExecuteSqlRawAsync ExecuteSqlInterpolated ExecuteSqlAsync SqlQuery SqlQueryRaw QueryAsync QueryFirst QueryFirstAsync QueryFirstOrDefault QueryFirstOrDefaultAsync QuerySingle QuerySingleAsync QuerySingleOrDefault QuerySingleOrDefaultAsync QueryMultiple QueryMultipleAsync Execute ExecuteAsync ExecuteScalarAsync SqlCommand NpgsqlCommand MySqlCommand OracleCommand SqliteCommand',
    'executeStatement executeQuery fetchAllAssociative fetchAssociative fetchFirstColumn fetchAllNumeric select insert statement unprepared selectOne affectingStatement get_results get_row get_var get_col mysqli_query pg_query pg_query_params pg_prepare addSql createNativeQuery',
  ].join(' ').split(/\s+/),
);

/** Log, print, throw, compare, describe: the text is read by people or a test. */
const IDLE_CALLS = /^(log|info|debug|warn|warning|error|fatal|critical|exception|trace|print|println|printf|eprintln|puts|pp|echo|write|Println|Printf|Fprintf|Fprintln|Print|Errorf|Fatal|Fatalf|Info|Infof|Warn|Warnf|Debug|Debugf|Error|Panic|Panicf|die|message|secho|help|add_argument|describe|it|test|context|startswith|endswith|startsWith|endsWith|contains|includes|indexOf|HasPrefix|assert\w*|expect\w*|should\w*|to[A-Z]\w*|Equal|NotEqual|Contains|Assert\w*|Fact|hasMessage\w*|raise|Exception|\w+Error|\w+Exception|match|search|compile|gettext|ngettext|_|__|t|getString|deprecated|Log\w+|ExpectQuery|ExpectExec|ExpectPrepare|@DisplayName|@Description|@Operation|@ApiOperation|@Schema|@deprecated|@Deprecated|@SuppressWarnings)$/;
const IDLE_ARGUMENTS = /^(help|help_text|description|summary|message|msg|label|title|verbose_name|placeholder|tooltip|doc|docstring|doc_md|reason|comment|detail|details|error|hint|caption|text_content|name|notes|instructions|prompt|usage)$/i;
/** Names of variables, properties and keywords that hold SQL. */
const SQL_NAME = /sql|quer(y|ies)|stmt|statement|ddl|dml|select|insert|upsert|delete|migration|bql|commandtext/i;
/** Receivers that lead to a database for certain. */
const DATABASE_RECEIVER = /(^|[._])(cur|cursor|conn|connection|con|engine|hook|\w*_(cursor|conn|connection|engine|hook)|\w*(Cursor|Connection|Engine))(\(\))?$/;

export function isDatabaseCall(use: Use): boolean {
  return use.call !== null && CALLS.has(use.call);
}

/** True where the text is only shown, compared or thrown. */
export function isIdleUse(use: Use): boolean {
  if (use.isIdle) return true;
  if (typeof use.argument === 'string' && IDLE_ARGUMENTS.test(use.argument)) return true;
  if (use.target !== null && IDLE_ARGUMENTS.test(use.target)) return true;
  return use.call !== null && !CALLS.has(use.call) && IDLE_CALLS.test(use.call);
}

/** True where what the text is bound to says that it is SQL. */
export function isNamedSql(use: Use): boolean {
  return (use.target !== null && SQL_NAME.test(use.target)) || (typeof use.argument === 'string' && SQL_NAME.test(use.argument));
}

/** A call that runs its first argument as SQL, whatever it is. */
export function runsSql(call: string, receiver: string): boolean {
  if (/^(read_sql|read_sql_query|get_pandas_df|createNativeQuery|prepareStatement|exec_driver_sql|QueryRowContext|QueryContext|ExecContext|find_by_sql)$/.test(call)) return true;
  return /^(execute|executemany)$/.test(call) && DATABASE_RECEIVER.test(receiver);
}
