import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/tableau.js';
import { neutraliseCustomSql } from '../../src/sources/tableau/custom-sql.js';
import { alone, textAt } from './fixture.js';

function read(text: string, path = 'casework.twb'): CollectedQuery[] {
  return source.read([new SourceFile(path, text)], { connection: null, gap: () => undefined });
}

function workbook(connection: string, relations: string): string {
  return `<?xml version='1.0'?><workbook source-build='2024.1'><datasources><datasource caption='Casework' name='federated.1'><connection class='federated'><named-connections><named-connection caption='db' name='c.1'><connection ${connection}/></named-connection></named-connections>${relations}</connection></datasource></datasources></workbook>`;
}

const POSTGRES = "class='postgres' server='db' dbname='casework'";

describe('brackets of custom SQL', () => {
  const sqlOf = (raw: string): string | undefined => neutraliseCustomSql(raw, new Map([['[Days]', { caption: 'Days', datatype: 'integer', value: '30' }]])).variants[0]?.sql;

  test('are single again where Tableau doubled them', () => {
    expect(sqlOf("SELECT a ->>>> 'x' FROM t WHERE b <<>> 1 AND c <<= <[Parameters].[Days]> AND d @>> e")).toBe("SELECT a ->> 'x' FROM t WHERE b <> 1 AND c <= 30 AND d @> e");
    expect(sqlOf('SELECT 1 FROM t WHERE <[Parameters].[Days]>>> n AND n <<<[Parameters].[Days]>')).toBe('SELECT 1 FROM t WHERE 30> n AND n <30');
  });

  test('stay where a single one shows that something else wrote the text', () => {
    expect(sqlOf("SELECT a ->> 'x' FROM t WHERE b <> 1 AND c <= <[Parameters].[Days]>")).toBe("SELECT a ->> 'x' FROM t WHERE b <> 1 AND c <= 30");
    expect(sqlOf("SELECT a ->> 'x' FROM t WHERE b >= 1")).toBe("SELECT a ->> 'x' FROM t WHERE b >= 1");
  });
});

describe('relations', () => {
  test('that Tableau turns round or does not name are read for what is in them', () => {
    const table = "<relation connection='c.1' name='score' table='[mart].[score]' type='table'/>";
    const sqls = (relation: string): (string | undefined)[] => read(workbook(POSTGRES, relation)).map(({ variants, problems }) => variants[0]?.sql ?? problems[0]?.message);
    expect(sqls(`<relation name='Pivot' type='pivot'>${table}<groups><group name='q'/></groups></relation>`)).toEqual(['SELECT * FROM "mart"."score" AS t']);
    expect(sqls(`<relation name='New' type='hologram'>${table}</relation>`)).toEqual(['SELECT * FROM "mart"."score" AS t', 'relations of the type hologram are not known']);
  });
});

describe('connections', () => {
  test.each([
    ['a project of BigQuery', "class='bigquery' CATALOG='acme-prod' EXECCATALOG='acme-billing' schema='casework' server='googleapis.com/bigquery'", 'acme-prod'],
    ['a service of Oracle', "class='oracle' server='ora1' port='1521' service='PERM' schema='FCA'", 'PERM'],
    ['no role of Snowflake', "class='snowflake' server='acme.snowflakecomputing.com' service='ANALYST'", null],
  ])('name their database: %s', (_, connection, database) => {
    expect(read(workbook(connection, "<relation connection='c.1' name='Q' type='text'>SELECT 1</relation>"))[0]?.connection?.database).toBe(database);
  });
});

test('an address of JDBC is taken apart', () => {
  const found = read(workbook("class='genericjdbc' jdbcurl='jdbc:postgresql://u:s3cr3t@db.internal:5432/casework?password=s3cr3t' username='u' dialect='postgres'", "<relation connection='c.1' name='Q' type='text'>SELECT 1</relation>"));
  expect(found[0]?.connection).toEqual({ id: 'c.1', name: 'db', engine: 'postgresql', host: 'db.internal', database: 'casework' });
});

test('columns within the arguments of a pass-through call survive', () => {
  const text = workbook(POSTGRES, "<relation connection='c.1' name='Q' type='text'>SELECT 1</relation>").replace(
    '</connection></datasource>',
    `</connection><column name='[c]' caption='Label'><calculation class='tableau' formula='RAWSQL_STR(&quot;concat(%1, %2, %3)&quot;, [a b], STR([c]) + &quot;[no]&quot; + [d ]]e], 5)'/></column></datasource>`,
  );
  const label = read(text).find(({ title }) => title === 'Casework: Label');
  expect(label?.variants[0]?.sql.replace(/\s+/g, ' ')).toBe('SELECT ( concat("a b", COALESCE("c", "d ]e"), NULL) ) AS value FROM ( SELECT 1 ) AS t');
  expect(label?.variants[0]?.assumptions).toContain('the calculation STR([c]) + "[no]" + [d ]]e] stands for the columns that it reads');
});

test('a data source that people named by its file only is called so', () => {
  const text = `<?xml version='1.0'?><datasource formatted-name='federated.1fees' inline='true' source-platform='mac' version='18.1'><connection ${POSTGRES}><relation name='fee' table='[app].[fee]' type='table'/></connection></datasource>`;
  expect(read(text, 'finance/Fee ledger.tds')[0]?.title).toBe('Fee ledger: fee');
});

describe('a flow of Tableau Prep', () => {
  const flow = {
    parameters: { parameters: {} },
    initialNodes: ['n-1', 'n-2', 'n-3'],
    nodes: {
      'n-1': { nodeType: '.v1.LoadSql', name: 'Open cases', id: 'n-1', baseType: 'input', connectionId: 'c-1', connectionAttributes: { dbname: 'casework' }, relation: { type: 'query', query: "select c.case_id, c.details ->> 'channel' as channel\nfrom app.case_file c where c.days_open > 30" }, description: 'Every case that waits.' },
      'n-2': { nodeType: '.v1.LoadSql', name: 'officer', id: 'n-2', connectionId: 'c-1', connectionAttributes: {}, relation: { type: 'table', table: '[app].[officer]' } },
      'n-3': { nodeType: '.v2019_3_1.LoadSqlProxy', name: 'Fees', id: 'n-3', connectionId: 'c-2', connectionAttributes: { datasourceName: 'Fees 2026' } },
      'n-4': { nodeType: '.v1.LoadCsv', name: 'targets.csv', id: 'n-4', connectionId: 'c-3' },
      'n-5': { nodeType: '.v2018_2_3.SuperJoin', name: 'Join 1', id: 'n-5' },
    },
    connections: {
      'c-1': { connectionType: '.v1.SqlConnection', id: 'c-1', name: 'casework-db.internal', connectionAttributes: { class: 'postgres', server: 'casework-db.internal', port: '5432', dbname: 'postgres', username: 'prep', password: 's3cr3t' } },
      'c-2': { connectionType: '.v1.SqlConnection', id: 'c-2', name: 'server', connectionAttributes: { class: 'sqlproxy', server: 'tableau.internal' } },
    },
  };
  const text = JSON.stringify(flow, null, 2);
  const path = 'flows/Nightly cases.tfl!/flow';

  test('reads custom SQL as it stands, and tables', () => {
    expect(source.recognises(new SourceFile(path, text), alone)).toBeGreaterThan(0.5);
    const found = read(text, path);
    expect(found.map(({ id, title, sqlKind, variants, problems }) => [id, title, sqlKind, variants[0]?.sql ?? problems[0]?.message])).toEqual([
      ['tableau:Nightly cases:flow:n-1', 'Nightly cases: Open cases', 'statement', "select c.case_id, c.details ->> 'channel' as channel\nfrom app.case_file c where c.days_open > 30"],
      ['tableau:Nightly cases:flow:n-2', 'Nightly cases: officer', 'relation', 'SELECT * FROM "app"."officer" AS t'],
      ['tableau:Nightly cases:flow:n-3', 'Nightly cases: Fees', 'relation', 'the SQL lies in the published data source Fees 2026 on the Tableau server; export it too, or read the server'],
    ]);
    expect(found[0]).toMatchObject({ connection: { id: 'c-1', name: 'casework-db.internal', engine: 'postgres', host: 'casework-db.internal', database: 'casework' }, container: { kind: 'dag', title: 'Nightly cases' }, schedule: 'flow run' });
    expect(textAt(text, found[0]?.origin ?? { line: 1, column: 1 }).startsWith('select c.case_id')).toBe(true);
    expect(JSON.stringify(found)).not.toContain('s3cr3t');
  });

  test('of any other shape gives nothing, and nothing is thrown', () => {
    for (const nodes of [null, [], { a: null, b: 3, c: { nodeType: 7 }, __proto__: { nodeType: '.v1.LoadSql' } }, { a: { nodeType: '.v1.LoadSql', relation: [], connectionId: {}, connectionAttributes: 4 } }]) {
      expect(() => read(JSON.stringify({ nodes, connections: { a: 1 } }), path)).not.toThrow();
    }
    expect(source.recognises(new SourceFile('a.json', '{"nodes":{"a":{"nodeType":"text"}},"connections":{}}'), alone)).toBe(0);
  });
});

test('a workbook is one whatever words stand in its SQL', () => {
  const text = workbook(POSTGRES, `<relation connection='c.1' name='Q' type='text'>SELECT "nodeType", "customSQLTables", "totalViewCount" FROM t</relation>`);
  expect(source.recognises(new SourceFile('a.twb', text), alone)).toBeGreaterThan(0.9);
});
