import { describe, expect, test } from 'vitest';
import { type DialectId, dialectOf, POSTGRES } from '../../../src/sql/dialect.js';
import { definitionByTokens, withoutOutfile, withoutStorage } from '../../../src/sql/parse/created.js';
import { lexingOf } from '../../../src/sql/parse/lexing.js';

/** The columns that are read of a definition, each with its type; ` !` where it holds no NULL. */
function columnsOf(text: string, id: DialectId): string[] {
  const statement = definitionByTokens(text, dialectOf(id) ?? POSTGRES, lexingOf(id))?.statements[0]?.statement;
  return statement?.type === 'table_definition' ? statement.columns.map(({ name, dataType, nullable }) => `${name} ${dataType}${nullable ? '' : ' !'}`) : [];
}

const plain = (text: string | null): string | null => text?.replace(/ +/g, ' ').trim() ?? null;

describe('a table of which no parser knows all clauses', () => {
  test.each<[DialectId, string, string[]]>([
    [
      'redshift',
      'CREATE TABLE mart.orders (order_id BIGINT IDENTITY(1,1) ENCODE az64, status VARCHAR(20) NOT NULL ENCODE lzo, amount DECIMAL(12,2), PRIMARY KEY (order_id)) DISTSTYLE KEY DISTKEY(order_id)',
      ['order_id bigint', 'status varchar(20) !', 'amount decimal(12,2)'],
    ],
    ['oracle', 'CREATE TABLE HR.EMPLOYEES (EMPLOYEE_ID NUMBER(6) NOT NULL ENABLE, "Mail" VARCHAR2(25 CHAR), CONSTRAINT pk PRIMARY KEY (EMPLOYEE_ID) ENABLE) PCTFREE 10', ['employee_id number(6) !', 'mail varchar2(25 char)']],
    ['tsql', "CREATE TABLE [dbo].[Customers] ([Id] INT, [Full Name] NVARCHAR(100) MASKED WITH (FUNCTION = 'partial(1, \"x\", 0)'), [Region] CHAR(2))", ['id int', 'full name nvarchar(100)', 'region char(2)']],
    ['hive', 'CREATE TABLE dw.logs (info struct<a:string,b:int>, tags array<map<string,int>>) WEIRD CLAUSE', ['info struct<a:string,b:int>', 'tags array<map<string,int>>']],
  ])('%s', (dialect, text, expected) => {
    expect(columnsOf(text, dialect)).toEqual(expected);
  });

  test('what is no list of columns is not taken for one', () => {
    expect(columnsOf('CREATE TABLE a AS SELECT 1', 'redshift')).toEqual([]);
    expect(columnsOf('CREATE INDEX i ON t (a)', 'redshift')).toEqual([]);
    expect(columnsOf('CREATE TABLE a (', 'redshift')).toEqual([]);
  });
});

describe('a query is read without what says where its rows lie', () => {
  test.each<[DialectId, string, string]>([
    ['redshift', 'CREATE MATERIALIZED VIEW mv DISTKEY(id) AUTO REFRESH YES AS SELECT id FROM t', 'CREATE MATERIALIZED VIEW mv AS SELECT id FROM t'],
    ['mysql', 'CREATE ALGORITHM=MERGE DEFINER=`root`@`%` SQL SECURITY DEFINER VIEW `v` (`i`) AS select `id` from `t` WITH CASCADED CHECK OPTION', 'CREATE VIEW `v` (`i`) AS select `id` from `t`'],
    ['snowflake', "CREATE OR REPLACE SECURE VIEW v (id, mail COMMENT 'as given') COMMENT = 'x' AS SELECT id, mail FROM t", 'CREATE OR REPLACE VIEW v (id, mail ) AS SELECT id, mail FROM t'],
  ])('%s', (dialect, text, expected) => {
    const left = withoutStorage(text, lexingOf(dialect));
    expect(plain(left)).toBe(expected);
    // Every place in the tree is one in the text as it was given.
    expect(left).toHaveLength(text.length);
  });

  test('a statement that says nothing of the kind is left as it is', () => {
    expect(withoutStorage('CREATE VIEW v AS SELECT 1', lexingOf('redshift'))).toBeNull();
    expect(withoutStorage('SELECT 1', lexingOf('redshift'))).toBeNull();
  });

  test('the file of SELECT … INTO OUTFILE', () => {
    const text = "SELECT mail INTO OUTFILE '/tmp/m.csv' FIELDS TERMINATED BY ',' FROM member";
    expect(plain(withoutOutfile(text, lexingOf('mysql')))).toBe('SELECT mail FROM member');
    expect(withoutOutfile("SELECT 'into outfile'", lexingOf('mysql'))).toBeNull();
  });
});
