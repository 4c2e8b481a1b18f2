import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/powerbi.js';
import { decodeMString } from '../../src/sources/powerbi/m-tokens.js';
import { readSources } from '../../src/sources/reading/read.js';
import { alone, fixtures, queriesOf, textAt } from './fixture.js';
import { folder } from './folder.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('powerbi');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`powerbi:${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

function sqlOf(id: string): string | undefined {
  return query(id).variants[0]?.sql;
}

function read(files: Record<string, string>): { queries: CollectedQuery[]; gaps: Gap[] } {
  const gaps: Gap[] = [];
  const list = Object.entries(files).map(([path, text]) => new SourceFile(path, text));
  return { queries: source.read(list, { connection: null, gap: (gap) => gaps.push(gap) }), gaps };
}

/** The queries of one M expression of a table. */
function ofExpression(expression: string, shared: Record<string, string> = {}): CollectedQuery[] {
  const expressions = Object.entries(shared).map(([name, text]) => ({ name, kind: 'm', expression: text }));
  return read({ 'Casework/model.bim': JSON.stringify({ model: { tables: [{ name: 'T', partitions: [{ name: 'T', source: { type: 'm', expression } }] }], expressions } }) }).queries;
}

/** In short: what is sent. */
function sent(expression: string, shared: Record<string, string> = {}): string[] {
  return ofExpression(expression, shared).flatMap(({ variants }) => variants.map(({ sql }) => sql));
}

const CASEWORK = { id: null, name: null, engine: 'postgres', host: 'casework-db.internal', database: 'casework' };

describe('a project', () => {
  test('gives every text that reaches a database, and no other', () => {
    expect([...queries.keys()].map((id) => id.slice('powerbi:'.length))).toEqual([
      'Casework:expression:Read any:Found',
      'Casework:table:Cases:app_case_file',
      'Casework:table:Late cases:By region:Bound',
      'Casework:table:Late cases:By region:Source',
      'Casework:table:Late cases:Late cases:Source',
      'Casework:table:Late cases:Official',
      'Fees:Dynamic',
      'Fees:Elsewhere',
      'Fees:FeesByOffice',
      'Fees:Offices',
      'Fees:Summary',
      'Shop:table:Customers:Cube',
      'Shop:table:Customers:Odd',
      'Shop:table:Customers:Orders',
      'Shop:table:Customers:Source',
      'Shop:table:Orders',
      'Shop:table:Orders#2',
      'd-100:table:Fee:Fee',
      'd-200:table:Officer:T',
    ]);
  });

  test('says what reads them, from where and when', () => {
    expect(query('Casework:table:Cases:app_case_file')).toMatchObject({
      kind: 'powerbi',
      role: 'relation',
      sqlKind: 'relation',
      title: 'Casework: Cases',
      description: 'Every case, as the officers see it.',
      container: { kind: 'dashboard', id: 'Casework', title: 'Casework' },
      connection: CASEWORK,
      schedule: 'live',
    });
    expect(query('Casework:table:Late cases:Late cases:Source')).toMatchObject({ role: 'query', sqlKind: 'statement', schedule: 'refresh', connection: CASEWORK });
    expect(query('Casework:table:Late cases:Official')).toMatchObject({ schedule: 'live', connection: { engine: 'mssql', host: 'dwh.datawarehouse.fabric.example', database: 'official' } });
  });

  test('says where its texts stand, to the character', async () => {
    for (const { id, raw, origin } of queries.values()) {
      if (raw === '') continue;
      const text = await readFile(join(fixtures, origin.file), 'utf8');
      const [word = ''] = /^[\w[={.]+/.exec(raw) ?? [];
      expect(word.length, id).toBeGreaterThan(0);
      expect(textAt(text, origin).startsWith(word), id).toBe(true);
    }
    expect(query('Casework:table:Late cases:Late cases:Source').origin).toMatchObject({ line: 7, column: 16, pointer: '/table[Late cases]/partition[Late cases]/source' });
    expect(query('Shop:table:Orders').origin).toMatchObject({ line: 27, column: 18, pointer: '/model/tables/0/partitions/0/source/query/3' });
  });

  test('gives SQL that PostgreSQL parses, apart from the quotes of BigQuery and the temporary tables of SQL Server', () => {
    const texts = [...queries.values()].flatMap(({ variants }) => variants.map(({ sql }) => sql)).filter((sql) => !/`|#/.test(sql.replace("'café #(lf)'", '')));
    expect(texts.length).toBeGreaterThan(10);
    for (const sql of texts) expect(() => parseSync(sql), sql).not.toThrow();
  });

  test('with the line ends of Windows is read alike', async () => {
    const path = 'Casework.SemanticModel/definition/tables/Late cases.tmdl';
    const unix = await readFile(join(fixtures, 'powerbi', path), 'utf8');
    const [one, other] = [unix, unix.replaceAll('\n', '\r\n')].map((text) => read({ [path]: text }).queries);
    expect(other).toEqual(one);
  });
});

describe('TMDL', () => {
  test('gives the text of a fenced expression and of a variable, with its escapes decoded', () => {
    expect(query('Casework:table:Late cases:Late cases:Source').raw).toBe(
      `select c.id, c.officer_id as "officer"\nfrom app.case_file c\nwhere c.days_open > 30\t-- late\r\n  and c.note <> 'café #(lf)'`,
    );
  });

  test('fills in what the model stores, and samples for what it does not', () => {
    expect(sqlOf('Casework:table:Late cases:By region:Source')).toBe(
      "select r.name, count(*)\nfrom app.case_file c join app.region r on r.id = c.region_id\nwhere c.days_open > 30 and r.code = '1'\ngroup by r.name",
    );
    expect(query('Casework:table:Late cases:By region:Source').raw).toContain(`c.days_open > " & Text.From(#"Minimum age") & " and r.code = '" & Region & "'`);
    expect(sqlOf('Casework:table:Late cases:By region:Bound')).toBe("select d.id from app.decision d where d.made_at >= $1 and d.author <> 'a@since'");
    expect(query('Casework:expression:Read any:Found')).toMatchObject({
      variants: [{ sql: 'select * from app.tpl_relation' }],
      problems: [{ code: 'dynamic-relation', message: 'the expression relation names a relation that only the running tool knows' }],
    });
  });

  test('reads the columns that an expression keeps of a table', () => {
    expect(sqlOf('Casework:table:Cases:app_case_file')).toBe('SELECT "id", "status", "opened at" FROM "app"."case_file" AS t');
    expect(sqlOf('Casework:table:Late cases:Official')).toBe('SELECT * FROM "mart"."vCases" AS t');
  });

  test('written by hand, with four blanks or one level less, is read too', () => {
    const text = 'table Cases\n    partition Cases = m\n        mode: directQuery\n        source = let S = Sql.Database("h", "d") in S{[Schema="dbo",Item="a"]}[Data]\nexpression E =\n    let\n        S = Odbc.Query("dsn=x", "select 1")\n    in\n        S\n    lineageTag: 1\n';
    expect(read({ 'm/tables.tmdl': text }).queries.map(({ id, variants }) => [id, variants[0]?.sql])).toEqual([
      ['powerbi:m:table:Cases', 'SELECT * FROM "dbo"."a" AS t'],
      ['powerbi:m:expression:E:S', 'select 1'],
    ]);
  });
});

describe('M', () => {
  test.each([
    ['a native query through two names', 'let q = "select 1", r = q, d = PostgreSQL.Database("h", "d") in Value.NativeQuery(d, r)', ['select 1']],
    ['literals that follow each other', 'Odbc.Query("dsn=a", "select a" & "#(lf)from t" & " where true")', ['select a\nfrom t where true']],
    ['escapes of several characters', 'Odbc.Query("dsn=a", "select 1#(cr,lf)#(tab), #(0041)#(#)(lf), ""x"" from ""t""")', ['select 1\r\n\t, A#(lf), "x" from "t"']],
    ['comments and strings that look like calls', '// Odbc.Query("a", "select 1")\n"Odbc.Query(""a"", ""select 2"")" /* Odbc.Query("a", "select 3") */', []],
    ['a query among the options', 'Sql.Database("h", "d", [Query = "select 4", CommandTimeout=#duration(0, 1, 0, 0)])', ['select 4']],
    ['options by name', 'let o = [Query = "select 5"] in Sql.Database("h", "d", o)', ['select 5']],
    ['OLE DB and ADO.NET', '{OleDb.Query("Provider=x", "select 6"), AdoDotNet.Query("x", "Server=h", "select 7")}', ['select 6', 'select 7']],
    ['a table name that is put in', 'let t = "app.cases" in Odbc.Query("dsn=a", "select * from " & t)', ['select * from app.cases']],
    ['a query within each, if and functions', '(x) => if x then Odbc.Query("a", "select 8") else try Odbc.Query("a", "select 9") otherwise null', ['select 8', 'select 9']],
    ['navigation in one step', 'MySQL.Database("h", "shop"){[Schema="shop",Item="Orders"]}[Data]', ['SELECT * FROM `shop`.`Orders` AS t']],
    ['navigation by kind', 'Databricks.Catalogs("h", "/sql"){[Name="main",Kind="Database"]}[Data]{[Name="app",Kind="Schema"]}[Data]{[Name="c",Kind="Table"]}[Data]', ['SELECT * FROM `main`.`app`.`c` AS t']],
    ['a schema alone', 'PostgreSQL.Database("h", "d"){[Name="app",Kind="Schema"]}[Data]', []],
    ['a function of the database', 'Sql.Database("h", "d"){[Schema="dbo",Item="fn",Kind="Function"]}[Data]', []],
    ['a quoted name of a table', 'PostgreSQL.Database("h", "d"){[Schema="app",Item="a ""b"""]}[Data]', ['SELECT * FROM "app"."a ""b""" AS t']],
    ['sheets and web pages', 'Excel.Workbook(File.Contents("a.xlsx")){[Item="S",Kind="Sheet"]}[Data] & Web.Contents("http://h", [Query=[a="select 1"]])', []],
    ['a table that is used twice keeps all its columns', 'let t = PostgreSQL.Database("h","d"){[Schema="a",Item="b"]}[Data], k = Table.SelectColumns(t, {"x"}) in Table.Join(t, "x", k, "x")', ['SELECT * FROM "a"."b" AS t']],
  ])('reads %s', (_, expression, expected) => {
    expect(sent(expression)).toEqual(expected);
  });

  test('decodes every text, and leads from each character to where it is written', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '#', '(', ')', '\n', '\r', '\t', 'lf') });
    fc.assert(
      fc.property(letters, (text) => {
        const written = text.replace(/["\n\r\t]|#(?=\()/g, (sign) => ({ '"': '""', '\n': '#(lf)', '\r': '#(000D)', '\t': '#(tab)' })[sign] ?? '#(#)');
        const source = `x = "${written}"`;
        const decoded = decodeMString(source, 4, source.length);
        expect(decoded.text).toBe(text);
        for (const [at, unit] of text.split('').entries()) expect([unit, '#', '"']).toContain(source.charAt(decoded.offsets[at] ?? 0));
      }),
    );
  });

  test('takes names from the expressions that the model shares, and does not follow circles', () => {
    expect(sent('Value.NativeQuery(Db, Query)', { Db: 'PostgreSQL.Database(Host, "casework")', Host: '"db.internal" meta [IsParameterQuery=true]', Query: '"select 1" meta [IsParameterQuery=true]' })).toEqual(['select 1']);
    expect(ofExpression('Value.NativeQuery(A, A)', { A: 'B', B: 'A' })).toMatchObject([{ raw: 'A', problems: [{ code: 'dynamic-sql', message: 'the SQL is built by a program: A' }] }]);
  });

  test.each([
    ['Sql.Database("tcp:sql.internal,1433", "Fees", [Query="select 1"])', { engine: 'mssql', host: 'sql.internal', database: 'Fees' }],
    ['Oracle.Database("ora.internal:1521/CASES", [Query="select 1"])', { engine: 'oracle', host: 'ora.internal', database: 'CASES' }],
    ['Odbc.Query("Driver={PostgreSQL};Server=pg.internal;Port=5432;Database=casework;Uid=u;Pwd=s3cr3t", "select 1")', { engine: 'postgres', name: null, host: 'pg.internal', database: 'casework' }],
    ['Odbc.Query("dsn=Casework", "select 1")', { engine: 'odbc', name: 'Casework', host: null, database: null }],
    ['PostgreSQL.Database("postgres://reader:s3cr3t@pg.internal:5432/casework", "casework", [Query="select 1"])', { engine: 'postgres', host: 'pg.internal', database: 'casework' }],
    ['AmazonRedshift.Database(Unknown, "dwh", [Query="select 1"])', { engine: 'redshift', host: null, database: null }],
    ['Sql.Databases("sql.internal"){[Name="Fees"]}[Data]{[Schema="dbo",Item="fee"]}[Data]', { engine: 'mssql', host: 'sql.internal', database: 'Fees' }],
  ])('knows the connection of %s', (expression, connection) => {
    const [found] = ofExpression(expression);
    expect(found?.connection).toMatchObject(connection);
    expect(JSON.stringify(found?.connection)).not.toContain('s3cr3t');
  });

  test('that builds its SQL is stated', () => {
    expect(query('Shop:table:Customers:Odd')).toMatchObject({ variants: [], problems: [{ code: 'dynamic-sql', message: 'the SQL is built by a program: Text.Replace(Template, "x", "y")' }] });
    expect(query('Shop:table:Customers:Cube').problems).toEqual([{ code: 'unsupported', message: 'the query is written in DAX, MDX or KQL, not in SQL' }]);
  });
});

describe('T-SQL', () => {
  test('is split from what steers its session, and at its temporary tables', () => {
    expect(query('Shop:table:Orders')).toMatchObject({
      raw: 'SELECT o.id, o.total INTO #big FROM dbo.orders o WHERE o.total > 100',
      variants: [{ sql: 'SELECT o.id, o.total INTO #big FROM dbo.orders o WHERE o.total > 100' }],
      connection: { engine: 'mssql', name: 'ShopSql', host: 'shop-sql.internal', database: 'Shop' },
      schedule: 'live',
    });
    expect(query('Shop:table:Orders#2')).toMatchObject({
      raw: 'SELECT b.id FROM #big b\nUNION ALL\nSELECT r.order_id FROM dbo.refunds r',
      variants: [{ sql: 'SELECT b.id FROM #big b\nUNION ALL\nSELECT r.order_id FROM dbo.refunds r' }],
    });
  });

  test.each([
    ['one statement is left as it is', 'select 1', ['select 1']],
    ['words within texts are no commands', "select '\nGO\nUSE x\n' as a", ["select '\nGO\nUSE x\n' as a"]],
    ['isolation and row counts', 'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;\nset nocount on\nselect 1', ['select 1']],
    ['insert, with and subqueries go on', 'select 1 into #a;\ninsert into #a\nselect 2\nwith c as (\nselect 3\n)\nselect * from c\ndrop table #a', ['select 1 into #a', 'insert into #a\nselect 2', 'with c as (\nselect 3\n)\nselect * from c']],
    ['comments before the only statement stay', '-- report 7\nselect 1', ['-- report 7\nselect 1']],
  ])('%s', (_, text, expected) => {
    expect(sent(`Sql.Database("h", "d", [Query="${text.replaceAll('"', '""').replaceAll('\n', '#(lf)')}"])`)).toEqual(expected);
  });
});

describe('what the scanner of the service answers', () => {
  test('gives models with their owners, reports and schedule', () => {
    expect(query('d-100:table:Fee:Fee')).toMatchObject({
      title: 'Fees: Fee',
      description: 'What was charged and paid.',
      container: { kind: 'dashboard', id: 'r-100', title: 'Fees at a glance' },
      owners: [
        { name: 'finance-reports@regulator.example', via: 'owner-field' },
        { name: 'ines.krall@regulator.example', via: 'editor' },
      ],
      connection: { engine: 'snowflake', host: 'regulator.eu-west-1.snowflakecomputing.com', database: 'FINANCE' },
      schedule: '06:30, 18:00 on Monday, Thursday',
      variants: [{ sql: 'SELECT * FROM "FINANCE"."MART"."FEE" AS t' }],
    });
    expect(query('d-200:table:Officer:T')).toMatchObject({
      schedule: 'live',
      variants: [{ sql: 'SELECT * FROM `tpl_project`.`people`.`officer` AS t' }],
      problems: [{ code: 'dynamic-relation', message: 'the expression Project names a relation that only the running report knows' }],
    });
  });

  test('without expressions is stated, with what allows them', () => {
    const scan = { workspaces: [{ id: 'w', datasets: [{ id: 'd', name: 'Fees', tables: [{ name: 'Fee' }, { name: 'Payment', source: [{ expression: 'Odbc.Query("dsn=a", "select 1")' }] }] }] }] };
    const { queries: found, gaps } = read({ 'scan.json': JSON.stringify(scan) });
    expect(found.map(({ id }) => id)).toEqual(['powerbi:d:table:Payment']);
    expect(gaps).toEqual([
      {
        subject: 'scan.json: Fees',
        missing: 'the queries of this semantic model',
        cause: '1 of its tables comes without its expression',
        remedy: 'allow "Enhance admin APIs responses with DAX and mashup expressions" in the tenant settings, refresh the model once, and scan again',
        severity: 'partial',
      },
    ]);
  });
});

describe('paginated reports', () => {
  test('give the command of each data set, with parameters where they are code', () => {
    expect(query('Fees:FeesByOffice')).toMatchObject({
      role: 'query',
      title: 'Fees: FeesByOffice',
      connection: { name: 'Fees', engine: 'mssql', host: 'fees-db.internal', database: 'Fees' },
      variants: [{ sql: 'SELECT f.office_id, SUM(f.amount) AS total\nFROM dbo.fee f\nWHERE f.office_id IN ($1) AND f.amount > 0 -- @Office\nGROUP BY f.office_id' }],
    });
    expect(query('Fees:Offices')).toMatchObject({ role: 'variable', connection: { id: '/Data Sources/Casework', name: 'Shared' } });
  });

  test('state what they do not hold', () => {
    expect(['Summary', 'Dynamic', 'Elsewhere'].flatMap((name) => query(`Fees:${name}`).problems)).toEqual([
      { code: 'unsupported', message: 'the stored procedure dbo.usp_fee_summary runs in the database; what it reads is not in the report' },
      { code: 'dynamic-sql', message: 'the SQL is built by an expression of the report' },
      { code: 'missing-reference', message: 'the command lies in the shared data set /Datasets/Officers, which is not among the files' },
    ]);
  });
});

describe('archives', () => {
  const utf16 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le'));

  test('of templates are read, those of reports are stated once', async () => {
    const model = { name: '0f6f6f0e-5d2c-4b6e-9d3a-0c0ffee00001', model: { tables: [{ name: 'Fee', partitions: [{ name: 'p', mode: 'import', source: { type: 'm', expression: 'Odbc.Query("dsn=Fees", "select f.id from fee f")' } }] }] } };
    const layout = utf16(JSON.stringify({ id: 0, sections: [{ name: 'Page' }] }));
    const path = await folder({
      'fees.pbit': zipSync({ DataModelSchema: utf16(JSON.stringify(model)), 'Report/Layout': layout, Version: utf16('1.28') }),
      'cases.pbix': zipSync({ DataModel: strToU8('\0\0binary'), 'Report/Layout': layout, Metadata: utf16('{"Version":5,"AutoCreatedRelationships":[]}'), Version: utf16('1.28') }),
      'thin.pbix': zipSync({ 'Report/Layout': layout, Connections: strToU8('{"Version":4,"Connections":[{"Name":"EntityDataSource","ConnectionType":"pbiServiceLive"}]}') }),
    });
    const { queries: found, gaps } = await readSources([{ path: '.', tool: null, store: null }], { baseDirectory: path });
    expect(gaps).toEqual([]);
    expect(found.map(({ id, origin, raw, problems }) => [id, origin.file, raw, problems[0]?.code])).toEqual([
      ['powerbi:cases:model', 'cases.pbix', '', 'encrypted'],
      ['powerbi:fees:table:Fee', 'fees.pbit!/DataModelSchema', 'select f.id from fee f', undefined],
      ['powerbi:thin:model', 'thin.pbix', '', 'missing-reference'],
    ]);
    expect(found[0]?.problems[0]?.message).toBe(
      'the model of a .pbix file is compressed in a form that only Power BI reads; save it as a .pbip project or a .pbit template, or read the scanner interface',
    );
  });
});

describe('broken and hostile files', () => {
  test.each([
    ['parentheses without end', 'Odbc.Query('.repeat(20_000)],
    ['lets without end', 'let a = '.repeat(20_000)],
    ['brackets without end', '[{('.repeat(20_000)],
    ['closing brackets', ')}]'.repeat(20_000)],
    ['strings without end', 'Odbc.Query("dsn", "select '.repeat(5_000)],
    ['very many operands', `Odbc.Query("a", ${'x & '.repeat(150_000)} "1")`],
    ['a long concatenation', `Odbc.Query("a", ${'"select " & x & '.repeat(5_000)} "1")`],
    ['names that double', `let ${Array.from({ length: 60 }, (_, index) => `a${index} = a${index + 1} & a${index + 1}`).join(', ')}, a60 = "" in Odbc.Query("a", "select 1" & a0)`],
    ['names of themselves', 'let a = b, b = a, c = c in Value.NativeQuery(a, c){[Name=a]}[Data]'],
    ['zero bytes and escape sequences', 'Odbc.Query("dsn=\u0000", "select \u001b[31m 1 \u0000")'],
    ['nothing', ''],
  ])('cost no more than their part: %s', (_, expression) => {
    for (const { variants, problems } of ofExpression(expression)) expect(variants.length + problems.length).toBeGreaterThan(0);
  });

  test('with ten million characters give a problem', () => {
    expect(ofExpression(`// ${'x'.repeat(10_000_000)}`)).toMatchObject([{ raw: '', problems: [{ code: 'too-large', message: 'the expression has 10000003 characters, more than the 2000000 that are read' }] }]);
    expect(ofExpression(`Odbc.Query("a", "select ${'1,'.repeat(600_000)} 1")`)).toMatchObject([{ raw: '', problems: [{ code: 'too-large' }] }]);
  });

  test('of other shapes give nothing', () => {
    const shapes: unknown[] = [
      { model: { tables: [null, 1, { partitions: 'x' }, { partitions: [null, { source: 5 }, { source: { type: 'm', expression: 7 } }, { source: { type: 'm', expression: [1, null] } }] }], expressions: {}, dataSources: [{ connectionDetails: 4 }] } },
      { workspaces: [null, { datasets: [null, { tables: [null, { source: [null, { expression: 4 }] }], expressions: [3] }] }] },
      { createOrReplace: { database: { model: { tables: [] } } } },
    ];
    for (const value of shapes) expect(read({ 'a/model.bim': JSON.stringify(value) }).queries).toEqual([]);
    for (const text of ['', '\t\t\t', 'table', 'table T\n\tpartition', "table 'x\n\tpartition p = m\n\t\tsource =", 'table T\n\tpartition p = m\n\t\tsource = ```\n']) expect(read({ 'a.tmdl': text }).queries).toEqual([]);
  });

  test('with very many lines and partitions are read to their end', () => {
    const expression = `table T\n\tpartition p = m\n\t\tsource = \`\`\`\n${'\t\t\t\t// one\n'.repeat(200_000)}\t\t\t\tOdbc.Query("dsn=a", "select 1")\n\t\t\t\t\`\`\`\n`;
    expect(read({ 'a.tmdl': expression }).queries.map(({ raw, origin }) => [raw, origin.line])).toEqual([['select 1', 200_004]]);
    const partitions = Array.from({ length: 20_000 }, () => '\tpartition p = m\n\t\tsource = Odbc.Query("dsn=a", "select 1")\n').join('');
    expect(read({ 'a.tmdl': `table T\n${partitions}` }).queries).toHaveLength(20_000);
  });

  test('with a document type are refused', () => {
    const text = '<?xml version="1.0"?><!DOCTYPE Report [<!ENTITY a "b">]><Report xmlns="http://schemas.microsoft.com/sqlserver/reporting/2016/01/reportdefinition"><DataSets/></Report>';
    expect(source.recognises(new SourceFile('a.rdl', text), alone)).toBeGreaterThan(0.5);
    const { queries: found, gaps } = read({ 'a.rdl': text });
    expect(found).toEqual([]);
    expect(gaps).toMatchObject([{ subject: 'a.rdl', cause: expect.stringMatching(/^the XML has a document type declaration/) }]);
  });

  test('are not claimed for their ending', () => {
    for (const [path, text] of [['a.tmdl', ''], ['a.tmdl', 'some words'], ['a.rdl', '<html></html>'], ['model.bim', '{"model":{}}'], ['definition.pbir', '{"version":"4.0"}']] as const) {
      expect(source.recognises(new SourceFile(path, text), alone), `${path}: ${text}`).toBeLessThan(0.5);
    }
  });
});
