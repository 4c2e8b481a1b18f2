import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/powerbi.js';
import { alone, textAt } from './fixture.js';

function read(files: Record<string, string>): CollectedQuery[] {
  return source.read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
}

function sent(found: readonly CollectedQuery[]): string[] {
  return found.flatMap(({ variants }) => variants.map(({ sql }) => sql));
}

function ofExpression(expression: string, dataSources: unknown[] = []): CollectedQuery[] {
  return read({ 'Casework/model.bim': JSON.stringify({ model: { dataSources, tables: [{ name: 'T', partitions: [{ name: 'T', source: { type: 'm', expression } }] }] } }) });
}

const CASES = 'PostgreSQL.Database("casework-db.internal", "casework")';

describe('tables with incremental refresh', () => {
  const policy = `let Source = ${CASES}, t = Source{[Schema="app",Item="decision"]}[Data] in Table.SelectColumns(t, {"id", "decided_at"})`;

  test('have their text in the policy, once', () => {
    const tmdl = (partition: string): string => `table Decision\n\n\trefreshPolicy\n\t\tpolicyType: basic\n\t\tsourceExpression =\n\t\t\t\t${policy}\n\n${partition}\n`;
    const range = '\tpartition Decision-2024 = policyRange\n\t\tmode: import\n\t\tsource\n\t\t\tstart: 2024-01-01T00:00:00.000\n\t\t\tgranularity: year\n';
    expect(sent(read({ 'Case.SemanticModel/definition/tables/Decision.tmdl': tmdl(range) }))).toEqual(['SELECT "id", "decided_at" FROM "app"."decision" AS t']);
    expect(read({ 'Case.SemanticModel/definition/tables/Decision.tmdl': tmdl(`\tpartition Decision = m\n\t\tmode: import\n\t\tsource =\n\t\t\t\t${policy}\n`) })).toHaveLength(1);
    const table = { name: 'Decision', refreshPolicy: { policyType: 'basic', sourceExpression: [policy] }, partitions: [{ name: 'Decision-2024', source: { type: 'policyRange', start: '2024-01-01T00:00:00' } }] };
    expect(sent(read({ 'Casework/model.bim': JSON.stringify({ model: { tables: [table] } }) }))).toEqual(['SELECT "id", "decided_at" FROM "app"."decision" AS t']);
  });
});

describe('a source that is written as an object', () => {
  test('has its expression below', () => {
    const text = `table Officer\n\tpartition Officer = m\n\t\tmode: dual\n\t\tsource\n\t\t\texpression =\n\t\t\t\tlet t = ${CASES}{[Schema="app",Item="officer"]}[Data] in t\n`;
    expect(read({ 'Case.SemanticModel/definition/tables/Officer.tmdl': text })).toMatchObject([{ schedule: 'live', variants: [{ sql: 'SELECT * FROM "app"."officer" AS t' }] }]);
  });
});

describe('data sources that a model names', () => {
  const structured = { type: 'structured', name: 'SQL/core;Loans', connectionDetails: { protocol: 'tds', address: { server: 'core', database: 'Loans' } }, credential: { Username: 'ssas', Password: 's3cr3t' } };

  test('are what its expressions open by their name', () => {
    const found = ofExpression('let Source = #"SQL/core;Loans", t = Source{[Schema="dbo",Item="Loan"]}[Data], q = Value.NativeQuery(Source, "select 1 as one") in t', [structured]);
    expect(found.map(({ connection }) => connection)).toEqual(Array.from({ length: 2 }, () => ({ id: null, name: 'SQL/core;Loans', engine: 'mssql', host: 'core', database: 'Loans' })));
    expect(sent(found)).toEqual(['select 1 as one', 'SELECT * FROM "dbo"."Loan" AS t']);
    expect(JSON.stringify(found)).not.toContain('s3cr3t');
  });

  test('stand in TMDL too', () => {
    const source = 'dataSource \'PostgreSQL/core;core\'\n\ttype: structured\n\tconnectionDetails =\n\t\t\t{\n\t\t\t  "protocol": "postgresql",\n\t\t\t  "address": { "server": "core", "database": "core" }\n\t\t\t}\n\tcredential =\n\t\t\t{ "Username": "ssas", "Password": "s3cr3t" }\n';
    const table = 'table Loan\n\tpartition Loan = m\n\t\tsource =\n\t\t\t\tlet q = Value.NativeQuery(#"PostgreSQL/core;core", "select loan_id from risk.loan") in q\n';
    const found = read({ 'Core.SemanticModel/definition/dataSources.tmdl': source, 'Core.SemanticModel/definition/tables/Loan.tmdl': table });
    expect(found).toMatchObject([{ connection: { engine: 'postgres', host: 'core', database: 'core' }, raw: 'select loan_id from risk.loan' }]);
    expect(JSON.stringify(found)).not.toContain('s3cr3t');
  });
});

describe('texts that M puts together', () => {
  test('of a list are one text, each part where it stands', () => {
    const expression = `let days = 30, Q = Text.Combine({"select case_id", "from app.case_file", "where days_open > " & Number.ToText(days), "limit 5"}, "#(lf)") in Value.NativeQuery(${CASES}, Q)`;
    const [found] = ofExpression(expression);
    expect(found?.variants[0]?.sql).toBe('select case_id\nfrom app.case_file\nwhere days_open > 30\nlimit 5');
    expect(sent(ofExpression(`Value.NativeQuery(${CASES}, Lines.ToText({"select 1", "as one"}))`))).toEqual(['select 1\r\nas one']);
    expect(ofExpression(`Value.NativeQuery(${CASES}, Text.Combine(parts, " "))`)).toMatchObject([{ variants: [], problems: [{ code: 'dynamic-sql' }] }]);
  });

  test('and choose among are read one by one', () => {
    const expression = `let Q = if Stage = "prod" then "select 1 as prod" else if Stage = "test" then "select 2 as " & "test" else if Stage = "none" then null else error "no such stage", s = Value.NativeQuery(${CASES}, Q) in s`;
    const found = ofExpression(expression);
    expect(found.map(({ variants, problems }) => variants[0]?.sql.replace(/" & "/, '') ?? problems[0]?.message)).toEqual(['select 1 as prod', 'select 2 as test']);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });

  test('name the service of Oracle and the engine behind a driver', () => {
    const connectionOf = (expression: string): unknown => { const c = ofExpression(expression)[0]?.connection; return [c?.engine, c?.host, c?.database]; };
    expect(connectionOf('Oracle.Database("ora1/PERM", [Query="select 1"])')).toEqual(['oracle', 'ora1', 'PERM']);
    expect(connectionOf('Odbc.Query("driver={PostgreSQL Unicode(x64)};server=db;database=casework;pwd=s3cr3t", "select 1")')).toEqual(['postgres', 'db', 'casework']);
    expect(connectionOf('Odbc.Query("dsn=Dwh", "select 1")')).toEqual(['odbc', null, null]);
    expect(connectionOf('OleDb.Query("provider=MSOLEDBSQL;data source=s;initial catalog=d", "select 1")')).toEqual(['mssql', 's', 'd']);
  });

  test('and the steps to a table of Redshift are read', () => {
    expect(sent(ofExpression('let Source = AmazonRedshift.Database("dwh:5439","dev"), public = Source{[Name="public"]}[Data], sales1 = public{[Name="sales"]}[Data] in sales1'))).toEqual(['SELECT * FROM "public"."sales" AS t']);
  });
});

describe('dataflows', () => {
  const DOCUMENT = [
    '[StagingDefinition = [Kind = "FastCopy"]]',
    'section Section1;',
    '',
    `shared Complaint = let Source = ${CASES}, t = Source{[Schema = "public", Item = "complaint"]}[Data] in t;`,
    '// shared Old = Value.NativeQuery(Source, "select 0");',
    'shared #"Late; intake" = Value.NativeQuery(',
    `    ${CASES}, "select complaint_id from public.complaint where state = 'a;b'");`,
    'Hidden = let f = (x) => x in f;',
  ].join('\n');
  const SQL = ['SELECT * FROM "public"."complaint" AS t', "select complaint_id from public.complaint where state = 'a;b'"];

  test('are read as Fabric keeps them in git', () => {
    const found = read({ 'Intake.Dataflow/mashup.pq': DOCUMENT });
    expect(found.map(({ id, title }) => [id, title])).toEqual([
      ['powerbi:Intake:expression:Complaint:t', 'Intake: Complaint'],
      ['powerbi:Intake:expression:Late; intake', 'Intake: Late; intake'],
    ]);
    expect(sent(found)).toEqual(SQL);
    for (const { raw, origin } of found) expect(textAt(DOCUMENT, origin).startsWith(raw.slice(0, 8))).toBe(true);
  });

  test('are read as they are exported', () => {
    const text = JSON.stringify({ name: 'Intake', version: '1.0', 'pbi:mashup': { fastCombine: false, document: DOCUMENT.replaceAll('\n', '\r\n'), connectionOverrides: [] }, entities: [] }, null, 2);
    const found = read({ 'export/Intake.json': text });
    expect(sent(found)).toEqual(SQL);
    for (const { raw, origin } of found) expect(textAt(text, origin).startsWith(raw.slice(0, 7))).toBe(true);
    expect(found[0]?.origin.pointer).toBe('/pbi:mashup/document');
  });

  test('are told from other text', () => {
    const certainty = (path: string, text: string): number => source.recognises(new SourceFile(path, text), alone);
    expect(certainty('a/mashup.pq', DOCUMENT)).toBeGreaterThan(0.5);
    expect(certainty('a/x.pq', 'let Source = Odbc.Query("dsn=a", "select 1") in Source')).toBeGreaterThan(0.5);
    expect(certainty('a/x.pq', '')).toBe(0);
    expect(certainty('a/x.pq', 'section of a text about pages')).toBe(0);
    expect(certainty('a/x.txt', DOCUMENT)).toBe(0);
  });

  test('that are cut or endless cost themselves only', () => {
    for (let cut = 0; cut < DOCUMENT.length; cut += 7) expect(() => read({ 'a.Dataflow/mashup.pq': DOCUMENT.slice(0, cut) })).not.toThrow();
    expect(() => read({ 'a.Dataflow/mashup.pq': `section S;${'shared a = ('.repeat(50_000)}` })).not.toThrow();
    expect(read({ 'a.Dataflow/mashup.pq': `${'['.repeat(50_000)}section S; shared a = 1;` })).toEqual([]);
  });
});

describe('what paginated reports share', () => {
  const NAMESPACE = 'xmlns="http://schemas.microsoft.com/sqlserver/reporting/2016/01/reportdefinition"';
  const report = `<?xml version="1.0"?><Report ${NAMESPACE}><DataSources><DataSource Name="Own"><DataSourceReference>/Data Sources/Dwh</DataSourceReference></DataSource></DataSources><DataSets>`
    + '<DataSet Name="Branches"><SharedDataSet><SharedDataSetReference>/Datasets/Branches</SharedDataSetReference></SharedDataSet></DataSet>'
    + '<DataSet Name="Own"><Query><DataSourceName>Own</DataSourceName><CommandText>SELECT 1 AS one</CommandText></Query></DataSet></DataSets></Report>';
  const shared = '<?xml version="1.0"?><SharedDataSet xmlns="http://schemas.microsoft.com/sqlserver/reporting/2010/01/shareddatasetdefinition"><DataSet Name=""><Query><DataSourceReference>Dwh</DataSourceReference><CommandText>SELECT branch_id FROM ref.branch</CommandText></Query></DataSet></SharedDataSet>';
  const dataSource = '<?xml version="1.0"?><RptDataSource xmlns:xsd="http://www.w3.org/2001/XMLSchema" Name="Dwh"><ConnectionProperties><Extension>NPGSQL</Extension><ConnectString>Host=dwh.bank.example;Database=dwh;Password=s3cr3t</ConnectString></ConnectionProperties></RptDataSource>';

  test('is told where it stands, by its only reader, and gives its connection', () => {
    const found = read({ 'r/Fees.rdl': report, 'r/Branches.rsd': shared, 'r/Dwh.rds': dataSource });
    expect(found.map(({ origin, raw, container, connection }) => [origin.file, raw, container?.title, connection?.engine, connection?.host, connection?.database])).toEqual([
      ['r/Fees.rdl', 'SELECT 1 AS one', 'Fees', 'postgres', 'dwh.bank.example', 'dwh'],
      ['r/Branches.rsd', 'SELECT branch_id FROM ref.branch', 'Fees', 'postgres', 'dwh.bank.example', 'dwh'],
    ]);
    expect(JSON.stringify(found)).not.toContain('s3cr3t');
    expect(read({ 'r/Fees.rdl': report })[0]?.problems[0]?.code).toBe('missing-reference');
  });
});
