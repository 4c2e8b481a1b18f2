import { describe, expect, test } from 'vitest';
import { credentials, withoutCredentials } from '../../../src/sql/lexer.js';

const found = (text: string): string[] => credentials(text).map(({ start, end }) => text.slice(start, end));

describe('credentials in SQL', () => {
  test.each([
    ['a connection string', "SELECT * FROM dblink('host=db.internal user=loader password=s3cr3t dbname=casework', 'SELECT 1') AS t (a int)", ['s3cr3t']],
    ['one with spaces', "SELECT dblink_connect('a', 'password = s3cr3t')", ['s3cr3t']],
    ['one with quotes in it', "SELECT * FROM dblink('dbname=casework password=''s3cr3t with space''', 'SELECT 1') AS t (a int)", ['s3cr3t with space']],
    ['a key of TLS', "SELECT * FROM dblink('sslpassword=s3cr3t passwd=s3cr3t2', 'SELECT 1') AS t (a int)", ['s3cr3t', 's3cr3t2']],
    ['an address', "ATTACH 'postgresql://loader:s3cr3t@db.internal:5432/casework' AS pg (TYPE postgres)", ['s3cr3t']],
    ['parameters of an address', "SELECT * FROM postgres_scan('postgresql://db.internal/casework?user=loader&password=s3cr3t', 'app', 'case_file')", ['s3cr3t']],
    ['dollar quotes', "SELECT * FROM dblink($c$host=db password=s3cr3t$c$, $q$SELECT 1$q$) AS t (a int)", ['s3cr3t']],
    ['SQL within SQL', "SELECT * FROM dblink('dbname=a password=s3cr3t', 'SELECT * FROM dblink(''password=s3cr3t2'', ''SELECT 1'') AS u (a int)') AS t (a int)", ['s3cr3t', 's3cr3t2']],
    ['a text put together', "SELECT * FROM dblink('dbname=casework password=' || 's3cr3t', 'SELECT 1') AS t (a int)", ['s3cr3t']],
    ['a form', "SELECT * FROM dblink(format('host=db password=%s', 's3cr3t'), 'SELECT 1') AS t (a int)", ['s3cr3t']],
    ['a role', "ALTER ROLE loader ENCRYPTED PASSWORD 's3cr3t'", ['s3cr3t']],
    ['a user mapping', "CREATE USER MAPPING FOR loader SERVER production OPTIONS (user 'loader', password 's3cr3t')", ['s3cr3t']],
    ['a secret of DuckDB', "CREATE SECRET shop (TYPE s3, KEY_ID 'shop-loader', SECRET 's3cr3t', SESSION_TOKEN 's3cr3t2')", ['s3cr3t', 's3cr3t2']],
    ['a stage of Snowflake', "CREATE STAGE shop CREDENTIALS = (AWS_KEY_ID = 'shop-loader' AWS_SECRET_KEY = 's3cr3t')", ['s3cr3t']],
    ['COPY of Redshift', "COPY shop FROM 's3://shop' CREDENTIALS 'aws_access_key_id=shop;aws_secret_access_key=s3cr3t'", ['s3cr3t']],
    ['a table function of ClickHouse', "SELECT * FROM postgresql('db.internal:5432', 'casework', 'case_file', 'loader', 's3cr3t', 'app')", ['s3cr3t']],
    ['a remote table of ClickHouse', "SELECT * FROM remote('db.internal:9000', app.case_file, 'loader', 's3cr3t')", ['s3cr3t']],
    ['a driver of SQL Server', "SELECT * FROM OPENROWSET('MSOLEDBSQL', 'Server=db.internal;Uid=loader;Pwd={s3cr3t};', 'SELECT 1')", ['s3cr3t']],
    ['a comment', 'SELECT 1 -- psql postgresql://loader:s3cr3t@db.internal/casework', ['s3cr3t']],
  ])('stand in %s', (_, text, secrets) => {
    expect(found(text)).toEqual(secrets);
    expect(withoutCredentials(text)).not.toContain('s3cr3t');
    expect(withoutCredentials(text)).toHaveLength(text.length);
  });

  test.each([
    'SELECT a.id FROM app.case_file AS a JOIN app.access AS "b" ON a.token = "b".token',
    "SELECT 'password' AS label, password_changed_at FROM app.officer WHERE status = 'OPEN'",
    "SELECT * FROM s3('https://shop.example/orders.parquet', 'Parquet')",
    "SELECT * FROM postgres_query('production', 'SELECT status FROM app.case_file')",
    "SELECT count(*) FROM app.login WHERE failed AND reason = 'wrong password'",
  ])('are none in %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  test('are found in a text of any length in time that grows with it', () => {
    const text = `SELECT '${"password = '' ".repeat(100_000)}' || '${'://a:'.repeat(100_000)}'`;
    expect(credentials(text).every(({ start, end }) => start <= end && end <= text.length)).toBe(true);
  });
});
