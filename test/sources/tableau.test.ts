import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { readSources } from '../../src/sources/reading/read.js';
import { source } from '../../src/sources/tableau.js';
import { neutraliseCustomSql } from '../../src/sources/tableau/custom-sql.js';
import { toSource } from '../../src/template/rewrite.js';
import { alone, fixtures, queriesOf, textAt } from './fixture.js';
import { folder } from './folder.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('tableau');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`tableau:${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

function sqlOf(id: string): string | undefined {
  return query(id).variants[0]?.sql;
}

function read(text: string, path = 'casework.twb'): { queries: CollectedQuery[]; gaps: Gap[] } {
  const gaps: Gap[] = [];
  return { queries: source.read([new SourceFile(path, text)], { connection: null, gap: (gap) => gaps.push(gap) }), gaps };
}

/** A workbook with one data source on PostgreSQL. */
function workbook(relations: string, rest = ''): string {
  return `<?xml version='1.0'?><workbook source-build='2024.1'><datasources><datasource caption='Casework' name='federated.1'><connection class='federated'><named-connections><named-connection caption='db' name='pg.1'><connection class='postgres' server='db' dbname='casework'/></named-connection></named-connections>${relations}</connection>${rest}</datasource></datasources></workbook>`;
}

function customSql(text: string): string {
  return workbook(`<relation connection='pg.1' name='Q' type='text'>${text}</relation>`);
}

describe('a workbook', () => {
  test('gives each relation once, however often it repeats it, and nothing of sheets and extracts', () => {
    expect([...queries.keys()].map((id) => id.slice('tableau:'.length))).toEqual([
      'case-flow:federated.0casework1:Open cases',
      'case-flow:federated.0casework1:initial-sql:postgres.0main',
      'case-flow:federated.0casework1:initial-sql:postgres.0main:2',
      'case-flow:federated.0casework1:join:Open cases',
      'case-flow:federated.0casework1:officer',
      'case-flow:federated.0casework1:rawsql_str:[Calculation_11]',
      'case-flow:federated.0casework1:rawsqlagg_real:[Calculation_12]',
      'case-flow:federated.0decisions:APPEAL_2023',
      'case-flow:federated.0decisions:APPEAL_2024',
      'case-flow:federated.0decisions:DECISION',
      'case-flow:federated.0decisions:union:APPEAL_2023',
      'case-flow:federated.0fees2:Fee Line',
      'case-flow:federated.0fees2:Orders',
      'case-flow:federated.0fees2:usp_fee_summary',
      'case-flow:sqlproxy.0official:published',
      'metadata:6b0f3a52-1111-4c1e-9d2b-2f0a7f7d0002',
      'metadata:c0ffee00-1111-4c1e-9d2b-2f0a7f7d0001',
      'officers:officers:officers',
      'officers:officers:rawsql_str:[Calculation_1]',
    ]);
  });

  test('says what reads the data, from where and when', () => {
    expect(query('case-flow:federated.0casework1:Open cases')).toMatchObject({
      kind: 'tableau',
      role: 'relation',
      sqlKind: 'statement',
      title: 'Casework: Open cases',
      description: 'Worksheets: Late cases. Dashboards: Case flow.',
      container: { kind: 'dashboard', id: 'case-flow/Case flow', title: 'Case flow' },
      connection: { id: 'postgres.0main', name: 'casework-db.internal', engine: 'postgres', host: 'casework-db.internal', database: 'casework' },
      schedule: 'live',
      reconstructed: false,
      problems: [],
    });
    // Two dashboards show it: no one of them is where it belongs.
    expect(query('case-flow:federated.0fees2:Orders')).toMatchObject({
      container: { kind: 'workbook', id: 'case-flow', title: 'case-flow' },
      description: 'Worksheets: Fees by month. Dashboards: Everything, Money.',
      connection: { engine: 'mysql', host: 'shop-db.internal', database: 'shop' },
      schedule: 'extract',
    });
  });

  test('of the older kind has one connection without a name, whose address gives the host only', () => {
    expect(query('officers:officers:officers').connection).toEqual({ id: null, name: null, engine: 'postgres', host: 'casework-replica.internal', database: 'casework' });
  });

  test('says where its texts stand, to the character', async () => {
    for (const { id, raw, origin } of queries.values()) {
      if (raw === '') continue;
      const text = await readFile(join(fixtures, origin.file), 'utf8');
      const [word = ''] = /^[\w[%.(]+/.exec(raw) ?? [];
      expect(word.length, id).toBeGreaterThan(2);
      expect(textAt(text, origin).startsWith(word), id).toBe(true);
    }
    expect(query('case-flow:federated.0casework1:officer').origin).toMatchObject({ line: 40, column: 71 });
    expect(query('case-flow:federated.0decisions:DECISION').origin.pointer).toBe(
      "/workbook/datasources/datasource[@name='federated.0decisions']/connection/relation/relation[@name='DECISION']/@table",
    );
  });

  test('gives SQL that PostgreSQL parses, apart from the quotes of MySQL', () => {
    const texts = [...queries.values()].flatMap(({ variants }) => variants.map(({ sql }) => sql)).filter((sql) => !sql.includes('`'));
    expect(texts.length).toBeGreaterThan(10);
    for (const sql of texts) expect(() => parseSync(sql), sql).not.toThrow();
  });

  test('hides the data source that it takes from the server, unless it is among the files', () => {
    expect(query('case-flow:sqlproxy.0official:published')).toMatchObject({
      title: 'Official figures',
      variants: [],
      problems: [
        { code: 'missing-reference', message: 'the SQL lies in the published data source Official figures 2024 on the Tableau server; export it too, or read the server' },
      ],
    });
    expect([...queries.keys()].filter((id) => id.includes('0officers'))).toEqual([]);
    expect(query('officers:officers:officers').container).toEqual({ kind: 'workbook', id: 'case-flow', title: 'case-flow' });
  });

  test('that comes from the server keeps the name that it has there', () => {
    const text = customSql('SELECT 1').replace('<datasources>', "<repository-location id='CaseFlow' path='/workbooks' revision='1.2'/><datasources>");
    expect(read(text, 'download (3).twb').queries[0]?.id).toBe('tableau:CaseFlow:federated.1:Q');
  });
});

describe('custom SQL', () => {
  test('has its brackets single and its parameters filled in as Tableau does', () => {
    expect(sqlOf('case-flow:federated.0casework1:Open cases')).toBe(
      [
        'SELECT c.id, c.officer_id,',
        '       c.due_at < now() AS "is late"',
        'FROM app.case_file c',
        "WHERE c.case_type = 'LICENCE'",
        '  AND c.days_open >= 30',
        "  AND c.opened_at > DATE '2024-03-01' AND c.status <> 'CLOSED'",
      ].join('\r\n'),
    );
    expect(query('case-flow:federated.0casework1:Open cases').raw).toContain('AND c.days_open >>= <[Parameters].[p_days]>');
    expect(query('case-flow:federated.0casework1:Open cases').variants[0]?.assumptions).toContain('the parameter Days open is 30, as it was saved');
  });

  test('of any kind comes out as it went into the dialogue', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', ' ', '<', '>', '=', '-', "'", '\n', '(', '"', '.') });
    fc.assert(
      fc.property(letters, (text) => {
        const sql = `SELECT 1 ${text}`;
        const { variants } = neutraliseCustomSql(sql.replaceAll('<', '<<').replaceAll('>', '>>'), new Map());
        expect(variants.map((variant) => variant.sql)).toEqual([sql]);
      }),
    );
  });

  test('in CDATA keeps its operators', () => {
    expect(sqlOf('officers:officers:officers')).toBe('SELECT o.id, o.name\nFROM app.officer o\nWHERE o.flags << 2 > 0 AND o.left_at IS NULL');
  });

  test('leads back from every character to the entity that it was written as', () => {
    const text = customSql('SELECT a.id&#13;\nFROM app.a&#xD;\nWHERE a.x &lt;&lt;= 5 AND a.y = &apos;z&apos;');
    const [found] = read(text).queries;
    expect(found?.raw).toBe("SELECT a.id\r\nFROM app.a\r\nWHERE a.x <<= 5 AND a.y = 'z'");
    expect(found?.variants[0]?.sql).toBe("SELECT a.id\r\nFROM app.a\r\nWHERE a.x <= 5 AND a.y = 'z'");
    const { sql = '', map = [] } = found?.variants[0] ?? {};
    expect(found?.raw.slice(toSource(map, sql.indexOf('5')))).toBe("5 AND a.y = 'z'");
  });

  test.each([
    ['a string', "datatype='string' value='&quot;O&apos;Neil &quot;&quot;x&quot;&quot;&quot;'", `'O''Neil "x"'`],
    ['a number', "datatype='real' value='0.5'", '0.5'],
    ['a number that is none', "datatype='integer' value='1; DROP TABLE x'", '1'],
    ['a truth value', "datatype='boolean' value='true'", 'TRUE'],
    ['a day', "datatype='date' value='#2024-02-29#'", "DATE '2024-02-29'"],
    ['a moment', "datatype='datetime' value='#2024-02-29 10:30:00#'", "TIMESTAMP '2024-02-29 10:30:00'"],
  ])('takes %s for what it is', (_, attributes, literal) => {
    const text = customSql('SELECT 1 FROM t WHERE a = &lt;[Parameters].[P]&gt;').replace('<datasources>', `<datasources><datasource name='Parameters'><column name='[P]' ${attributes}/></datasource>`);
    expect(read(text).queries[0]?.variants[0]?.sql).toBe(`SELECT 1 FROM t WHERE a = ${literal}`);
  });

  test('puts a parameter within quotes there without more of them', () => {
    const text = customSql("SELECT 1 FROM t WHERE a LIKE '%&lt;[Parameters].[P]&gt;%'").replace(
      '<datasources>',
      "<datasources><datasource name='Parameters'><column name='[P]' datatype='string' value='&quot;it&apos;s&quot;'/></datasource>",
    );
    expect(read(text).queries[0]?.variants[0]?.sql).toBe("SELECT 1 FROM t WHERE a LIKE '%it''s%'");
  });

  test('with a parameter that the file lacks takes a sample', () => {
    const [found] = read(customSql('SELECT 1 FROM t WHERE a &gt;&gt; &lt;[Parameters].[Gone]&gt; LIMIT &lt;[Parameters].[N]&gt;')).queries;
    expect(found?.variants[0]?.sql).toBe('SELECT 1 FROM t WHERE a > NULL LIMIT 1');
    expect(found?.variants[0]?.assumptions).toEqual(['the parameter Gone is NULL', 'the parameter N is 1']);
  });
});

describe('tables, joins and unions', () => {
  test('are what the engine reads, quoted as it quotes', () => {
    expect(sqlOf('case-flow:federated.0casework1:officer')).toBe('SELECT * FROM "app"."officer" AS t');
    expect(sqlOf('case-flow:federated.0fees2:Orders')).toBe('SELECT * FROM `shop`.`Orders` AS t');
    expect(query('case-flow:federated.0fees2:Fee Line')).toMatchObject({ raw: '[dbo].[Fee Line]', sqlKind: 'relation', role: 'relation' });
    expect(sqlOf('case-flow:federated.0fees2:Fee Line')).toBe('SELECT * FROM "dbo"."Fee Line" AS t');
  });

  test('are rebuilt as one statement where one store answers it', () => {
    const join = query('case-flow:federated.0casework1:join:Open cases');
    expect(join).toMatchObject({ role: 'join', reconstructed: true, raw: '' });
    expect(join.variants[0]?.sql.replace(/\s+/g, ' ')).toMatch(
      /^SELECT \* FROM \( SELECT c\.id, .* \) AS "Open cases" LEFT JOIN "app"\."officer" AS "officer" ON \("Open cases"\."officer_id" = "officer"\."id"\)$/,
    );
    expect(sqlOf('case-flow:federated.0decisions:union:APPEAL_2023')?.replace(/\s+/g, ' ')).toBe(
      'SELECT * FROM ( SELECT * FROM "MART"."APPEAL_2023" AS "APPEAL_2023" UNION ALL SELECT * FROM "MART"."APPEAL_2024" AS "APPEAL_2024" ) AS "Appeals"',
    );
    expect([...queries.keys()].filter((id) => id.includes('0fees2:join'))).toEqual([]);
  });

  test('keep the columns of calculations in a join', () => {
    const relations = `<relation join='full' type='join'><clause type='join'><expression op='AND'><expression op='='><expression op='UPPER([a].[x]) + [a].[y]'/><expression op='[b].[x]'/></expression><expression op='='><expression op='1'/><expression op='[b].[one]'/></expression></expression></clause><relation connection='pg.1' name='a' table='[app].[a]' type='table'/><relation connection='pg.1' name='b' table='[app].[b]' type='table'/></relation>`;
    const join = read(workbook(relations)).queries.find(({ role }) => role === 'join');
    expect(join?.variants[0]?.sql).toBe(
      'SELECT * FROM "app"."a" AS "a"\nFULL JOIN "app"."b" AS "b"\n  ON ((COALESCE("a"."x", "a"."y") = "b"."x") AND (1 = "b"."one"))',
    );
    expect(() => parseSync(join?.variants[0]?.sql ?? '')).not.toThrow();
  });

  test('leave a stored procedure as what it is', () => {
    expect(query('case-flow:federated.0fees2:usp_fee_summary')).toMatchObject({
      raw: '[dbo].[usp_fee_summary]',
      variants: [],
      problems: [{ code: 'unsupported', message: 'the stored procedure usp_fee_summary runs in the database; what it reads is not in the workbook' }],
    });
  });

  test('of a kind that is not known are stated', () => {
    expect(read(workbook("<relation connection='pg.1' name='x' type='hologram'/>")).queries).toMatchObject([
      { raw: '', variants: [], problems: [{ code: 'unsupported', message: 'relations of the type hologram are not known' }] },
    ]);
  });
});

describe('initial SQL and pass-through calls', () => {
  test('are hooks, one a statement, with the names of Tableau as texts', () => {
    expect(query('case-flow:federated.0casework1:initial-sql:postgres.0main')).toMatchObject({ role: 'hook', raw: 'SET app.reader = [TableauServerUser]' });
    expect(sqlOf('case-flow:federated.0casework1:initial-sql:postgres.0main')).toBe("SET app.reader = 'x'");
    expect(sqlOf('case-flow:federated.0casework1:initial-sql:postgres.0main:2')).toBe('SET statement_timeout = 60000');
  });

  test('are expressions over what the data source reads, with their arguments as columns', () => {
    expect(query('case-flow:federated.0casework1:rawsqlagg_real:[Calculation_12]')).toMatchObject({
      role: 'metric',
      sqlKind: 'expression',
      title: 'Casework: Median age',
      raw: 'percentile_cont(0.5) within group (order by %1)',
    });
    expect(sqlOf('case-flow:federated.0casework1:rawsqlagg_real:[Calculation_12]')).toMatch(/^SELECT \(\npercentile_cont\(0\.5\) within group \(order by "days_open"\)\n\) AS value FROM \(/);
    expect(query('case-flow:federated.0casework1:rawsql_str:[Calculation_11]')).toMatchObject({ role: 'dimension', raw: 'upper(%1)' });
    expect(sqlOf('officers:officers:rawsql_str:[Calculation_1]')).toMatch(/^SELECT \(\nleft\("name", 1\)\n\) AS value FROM \(\nSELECT o\.id/);
  });
});

describe('answers of a server', () => {
  test('give custom SQL with its owners, workbook and views', () => {
    expect(query('metadata:c0ffee00-1111-4c1e-9d2b-2f0a7f7d0001')).toMatchObject({
      title: 'Fines: Custom SQL Query',
      container: { kind: 'workbook', id: 'wb-luid-9', title: 'Fines' },
      owners: [
        { name: 'ines.krall@regulator.example', via: 'owner-field' },
        { name: 'Tom Alder', via: 'owner-field' },
      ],
      connection: { id: 'db-luid-1', name: 'shop', engine: 'postgres', host: null, database: 'shop' },
      usage: { views: 142, lastUsedAt: null },
      schedule: 'extract',
      variants: [{ label: 'default', sql: "SELECT f.id, f.amount\nFROM shop.fee f\nWHERE f.amount <= NULL AND f.kind = 'FINE'" }],
    });
    expect(query('metadata:6b0f3a52-1111-4c1e-9d2b-2f0a7f7d0002').problems).toEqual([
      { code: 'missing-reference', message: 'the Metadata API gives this custom SQL without its text; the account may not see it' },
    ]);
  });

  test('that are a part only are stated', () => {
    const gaps: Gap[] = [];
    const text = JSON.stringify({ errors: [{ message: 'Showing partial results.', extensions: { code: 'NODE_LIMIT_EXCEEDED' } }], data: { customSQLTables: [{ id: 'a', name: 'n', query: 'SELECT 1' }] } });
    const found = source.read([new SourceFile('answer.json', text)], { connection: null, gap: (gap) => gaps.push(gap) });
    expect(found).toHaveLength(1);
    expect(gaps).toMatchObject([{ cause: 'the Metadata API answered a part only (NODE_LIMIT_EXCEEDED)', severity: 'partial' }]);
  });
});

describe('archives', () => {
  test('are read by their members, and the same workbook twice is one', async () => {
    const text = await readFile(join(fixtures, 'tableau/case-flow.twb'));
    const path = await folder({
      'case-flow.twbx': zipSync({ 'case-flow.twb': text, 'Data/fees.hyper': strToU8('\0binary') }),
      'case-flow.twb': text,
    });
    const packed = await readSources([{ path: 'case-flow.twbx', tool: null, store: null }], { baseDirectory: path });
    expect(packed.gaps).toEqual([]);
    expect(packed.queries.map(({ id }) => id)).toContain('tableau:case-flow:federated.0casework1:Open cases');
    expect(packed.queries[0]?.origin.file).toBe('case-flow.twbx!/case-flow.twb');
    const both = await readSources([{ path: '.', tool: null, store: null }], { baseDirectory: path });
    expect(both.queries.filter(({ raw }) => raw !== '').length).toBe(packed.queries.filter(({ raw }) => raw !== '').length);
  });
});

describe('broken and hostile files', () => {
  test('with a document type are refused at once, whatever it would unfold to', () => {
    const entities = Array.from({ length: 30 }, (_, index) => `<!ENTITY e${index + 1} "&e${index};&e${index};&e${index};&e${index};">`).join('');
    const text = `<?xml version='1.0'?><!DOCTYPE workbook [<!ENTITY e0 "SELECT 1">${entities}]><workbook source-build='1'><datasources><datasource name='a'><connection class='postgres'><relation name='q' type='text'>&e30;</relation></connection></datasource></datasources></workbook>`;
    expect(source.recognises(new SourceFile('bomb.twb', text), alone)).toBeGreaterThan(0.5);
    const { queries: found, gaps } = read(text, 'bomb.twb');
    expect(found).toEqual([]);
    expect(gaps).toMatchObject([{ subject: 'bomb.twb', missing: 'the queries of this file', cause: expect.stringMatching(/^the XML has a document type declaration, which is not read because it may define entities at line 1, column \d+$/), severity: 'partial' }]);
  });

  test('that are cut short give what stands before', () => {
    const text = workbook("<relation connection='pg.1' name='Q' type='text'>SELECT 1 FROM app.a</relation>").replace('</connection></datasource>', '<oops');
    const { queries: found, gaps } = read(text);
    expect(found.map(({ raw }) => raw)).toEqual(['SELECT 1 FROM app.a']);
    expect(gaps[0]?.cause).toMatch(/^the XML is malformed at line 1, column \d+$/);
  });

  test.each([
    ['an entity that nobody defined', customSql('SELECT &secret; FROM a')],
    ['a zero byte', customSql('SELECT \0 FROM a')],
    ['elements without end', workbook('<relation type="join">'.repeat(100_000))],
    ['no element', '<?xml version="1.0"?>'],
    ['a datasource of nothing', "<workbook source-build='1'><datasources><datasource/></datasources></workbook>"],
    ['relations of nothing', workbook("<relation/><relation type='text'/><relation type='table'/><relation type='join'/><relation type='union'/><relation type='stored-proc'/>")],
    ['very many relations without names', workbook('<relation type="text" connection="pg.1">SELECT 1</relation><relation type="hologram"/>'.repeat(30_000))],
    ['very many relations of one name', workbook(Array.from({ length: 30_000 }, (_, index) => `<relation type="text" connection="pg.1" name="Q">SELECT ${index}</relation>`).join(''))],
    ['a parameter that never ends', customSql(`SELECT ${'&lt;[Parameters].[x'.repeat(20_000)}`)],
    ['calls that never end', workbook('', `<column name='c'><calculation formula='${'RAWSQL_INT(&quot;x&quot;,('.repeat(20_000)}'/></column>`)],
  ])('cost no more than their part: %s', (_, text) => {
    const { queries: found, gaps } = read(text);
    for (const { variants, problems } of found) expect(variants.length + problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(gaps)).not.toContain('secret');
  });

  test('with a text of ten million characters give a problem', () => {
    const [found] = read(customSql(`SELECT 1 -- ${'x'.repeat(10_000_000)}`)).queries;
    expect(found).toMatchObject({ raw: '', variants: [], problems: [{ code: 'too-large' }] });
  });

  test('of other shapes in JSON give nothing', () => {
    for (const value of [{ data: { customSQLTables: [null, 1, 'x', {}, { id: 5, query: 7, tables: [1], downstreamWorkbooks: [null, { owner: 3 }] }] } }, { views: { view: [{ usage: 1, workbook: 2 }] } }, { errors: 5, data: null }]) {
      expect(() => read(JSON.stringify(value), 'answer.json')).not.toThrow();
    }
  });

  test('are not claimed for their ending', () => {
    for (const text of ['', '<html></html>', '<workbook/>', 'SELECT 1', '<?xml version="1.0"?><datasource/>']) {
      expect(source.recognises(new SourceFile('a.twb', text), alone), text).toBeLessThan(0.5);
    }
  });
});
