import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SourceConfiguration } from '../../../src/model/configuration.js';
import { readSources, type ReadOptions } from '../../../src/sources/reading/read.js';
import { folder } from '../folder.js';

const CARD = JSON.stringify({ id: 118, name: 'Open cases', dataset_query: { type: 'native', database: 2, native: { query: 'select 1 from app.case_file' } } });

function read(base: string, paths: (string | Partial<SourceConfiguration>)[], options: Partial<ReadOptions> = {}) {
  const configured = paths.map((path) => ({ path: '.', tool: null, store: null, ...(typeof path === 'string' ? { path } : path) }));
  return readSources(configured, { baseDirectory: base, ...options });
}

describe('reading sources', () => {
  test('gives queries by id, what each path held, and what nobody recognises', async () => {
    const base = await folder({
      'export/card.json': CARD,
      'export/notes.txt': 'With this export the figures of March are explained.',
      'export/logo.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]),
      'export/other.json': '{"hello": "world"}',
      'sql/open.sql': 'select 2 from app.case_file;\nselect 3 from app.task;',
    });
    const { queries, sources, gaps } = await read(base, ['sql', 'export']);
    expect(queries.map(({ id }) => id)).toEqual(['metabase:2:card:118', 'sql-files:sql/open.sql:1', 'sql-files:sql/open.sql:2']);
    expect(sources).toEqual([
      { path: 'sql', files: 1, queries: { 'sql-files': 2 }, ignored: 0 },
      { path: 'export', files: 4, queries: { metabase: 1 }, ignored: 3 },
    ]);
    expect(gaps).toEqual([]);
  });

  test('names files relative to the base folder, with forward slashes', async () => {
    const base = await folder({ 'a/b/open.sql': 'select 1', 'audit/config.yaml': '' });
    expect((await read(base, [join(base, 'a')])).queries.map(({ origin }) => origin.file)).toEqual(['a/b/open.sql']);
    expect((await read(join(base, 'audit'), ['../a'])).queries.map(({ origin }) => origin.file)).toEqual(['../a/b/open.sql']);
    expect((await read(join(base, 'audit'), [join(base, 'a')])).queries.map(({ origin }) => origin.file)).toEqual([join(base, 'a/b/open.sql')]);
  });

  test('counts a card that stands in two configured paths once', async () => {
    const base = await folder({ 'one/card.json': CARD, 'two/card.json': CARD });
    expect((await read(base, ['one', 'two', 'one'])).queries.map(({ id }) => id)).toEqual(['metabase:2:card:118']);
  });

  test('keeps two cards of one id apart that differ', async () => {
    const base = await folder({ 'one/card.json': CARD, 'two/card.json': CARD.replace('app.case_file', 'shop.orders') });
    expect((await read(base, ['one', 'two'])).queries.map(({ id }) => id)).toEqual(['metabase:2:card:118', 'metabase:2:card:118@two']);
  });

  test('takes the store of the configuration where a query names no connection', async () => {
    const base = await folder({ 'open.sql': 'select 1;\n-- store: warehouse\nselect 2;' });
    const { queries } = await read(base, [{ path: 'open.sql', store: 'casework' }]);
    expect(queries.map(({ connection }) => connection?.name)).toEqual(['casework', 'warehouse']);
  });

  test('reads a file for a stated tool that it would not claim by itself', async () => {
    const base = await folder({ 'query.txt': 'select count(*)\n  , 1' });
    expect((await read(base, ['query.txt'])).queries).toEqual([]);
    expect((await read(base, [{ path: 'query.txt', tool: 'sql-files' }])).queries).toHaveLength(1);
  });

  test('reports its progress and stops when told to', async () => {
    const base = await folder({ 'a.sql': 'select 1', 'b.sql': 'select 2' });
    const steps: string[] = [];
    await read(base, ['.'], { onProgress: ({ path, files, filesTotal }) => steps.push(`${path} ${files}/${filesTotal}`) });
    expect(steps).toEqual(['. 1/2', '. 2/2']);
    const controller = new AbortController();
    const stopped = read(base, ['.'], { signal: controller.signal, onProgress: () => controller.abort(new Error('interrupted')) });
    await expect(stopped).rejects.toThrow('interrupted');
  });
});

describe('a gap', () => {
  test('is blind where a whole source cannot be looked at', async () => {
    const base = await folder({
      'other/README.md': '# Nothing to see',
      'users/users.json': '[{"id":1,"email":"a@regulator.example","common_name":"A"}]',
    });
    const empty = await folder();
    await symlink(empty, join(base, 'empty'));
    const { gaps, sources } = await read(base, ['missing', 'empty', 'other', 'users', { path: 'other', tool: 'lotus' }]);
    expect(gaps).toMatchInlineSnapshot(`
      [
        {
          "cause": "the path does not exist",
          "missing": "every query of this source",
          "remedy": "correct the path, or remove the source",
          "severity": "blind",
          "subject": "missing",
        },
        {
          "cause": "the folder holds no file",
          "missing": "every query of this source",
          "remedy": "export dashboards into it (airflow, appcode, cube, dbt, dcs, evidence, grafana, hex, lightdash, looker, metabase, metricflow, mode, notebook, odcs, powerbi, redash, sql-files, superset, tableau)",
          "severity": "blind",
          "subject": "empty",
        },
        {
          "cause": "none of its 1 files could be read as airflow, appcode, cube, dbt, dcs, evidence, grafana, hex, lightdash, looker, metabase, metricflow, mode, notebook, odcs, powerbi, redash, sql-files, superset, tableau",
          "missing": "every query of this source",
          "remedy": "see the documentation of the export, or name another folder",
          "severity": "blind",
          "subject": "other",
        },
        {
          "cause": "its metabase files hold no query",
          "missing": "every query of this source",
          "remedy": "export cards, dashboards or scripts next to them",
          "severity": "blind",
          "subject": "users",
        },
        {
          "cause": "there is no source "lotus"; the sources are airflow, appcode, cube, dbt, dcs, evidence, grafana, hex, lightdash, looker, metabase, metricflow, mode, notebook, odcs, powerbi, redash, sql-files, superset, tableau",
          "missing": "every query of this source",
          "remedy": "name one of them as tool, or leave it out",
          "severity": "blind",
          "subject": "other",
        },
      ]
    `);
    expect(sources.map(({ files, ignored }) => [files, ignored])).toEqual([[0, 0], [0, 0], [1, 1], [1, 0], [0, 0]]);
  });

  test('is partial where a file is broken, and costs that file only', async () => {
    const outside = await folder({ 'x.sql': 'select 1' });
    const base = await folder({
      'export/card.json': CARD,
      'export/cut.json': `[\n  ${CARD},\n  {"id": 119, "name": "Fees of Mrs Hol`,
      'export/latin.sql': Buffer.concat([Buffer.from("select 1 -- caf"), Buffer.from([0xe9]), Buffer.from('\nfrom app.task;')]),
    });
    await symlink(join(outside, 'x.sql'), join(base, 'export/link.sql'));
    const { gaps, queries } = await read(base, ['export']);
    expect(queries.map(({ id }) => id)).toEqual(['metabase:2:card:118', 'sql-files:export/latin.sql']);
    expect(gaps).toMatchInlineSnapshot(`
      [
        {
          "cause": "the symbolic link leads out of the folder",
          "missing": "the queries of this file",
          "remedy": "name its target as a source of its own",
          "severity": "partial",
          "subject": "export/link.sql",
        },
        {
          "cause": "the JSON is malformed at line 3, column 23: expected a well-formed string",
          "missing": "the queries of this file",
          "remedy": "export the file again; the other files were read",
          "severity": "partial",
          "subject": "export/cut.json",
        },
        {
          "cause": "byte 15 is not UTF-8; such bytes were read as U+FFFD",
          "missing": "the queries of this file",
          "remedy": "save the file as UTF-8",
          "severity": "partial",
          "subject": "export/latin.sql",
        },
      ]
    `);
  });
});

describe('the bytes of a file', () => {
  test('may begin with a byte order mark, which counts in no position', async () => {
    const base = await folder({ 'bom.sql': '\u{feff}select 1 from app.task', 'bom.json': `\u{feff}${CARD}` });
    const { queries, gaps } = await read(base, ['.']);
    expect(gaps).toEqual([]);
    expect(queries.map(({ origin, raw }) => [origin.file, origin.line, origin.column, raw])).toEqual([
      ['bom.json', 1, CARD.indexOf('select') + 1, 'select 1 from app.case_file'],
      ['bom.sql', 1, 1, 'select 1 from app.task'],
    ]);
  });

  test('may be UTF-16, as Windows writes it', async () => {
    const base = await folder({ 'windows.sql': Buffer.from('\u{feff}select 1 from app.task', 'utf16le') });
    expect((await read(base, ['.'])).queries.map(({ raw }) => raw)).toEqual(['select 1 from app.task']);
  });

  test('may have Windows line ends', async () => {
    const base = await folder({ 'windows.sql': '-- owner: casework\r\n-- name: one\r\nselect 1\r\nfrom app.task;\r\nselect 2' });
    const [first, second] = (await read(base, ['.'])).queries.toReversed();
    expect([first?.title, first?.owners, first?.origin.line, first?.raw]).toEqual(['one', [{ name: 'casework', via: 'owner-field' }], 3, 'select 1\r\nfrom app.task']);
    expect([second?.origin.line, second?.origin.column]).toEqual([5, 1]);
  });

  test.each([
    [[0x61, 0xff, 0x62], 1],
    [[0x61, 0xc3], 1],
    [[0xe2, 0x82, 0xac, 0xed, 0xa0, 0x80], 3],
    [[...Buffer.from('é'.repeat(5_000)), 0xc0, 0x80], 10_000],
  ])('that are no UTF-8 are found where they stand', async (bytes, offset) => {
    const base = await folder({ 'x.sql': Buffer.concat([Buffer.from('select 1 --'), Buffer.from(bytes)]) });
    expect((await read(base, ['.'])).gaps.map(({ cause }) => cause)).toEqual([`byte ${offset + 11} is not UTF-8; such bytes were read as U+FFFD`]);
  });
});

describe('a hostile export', () => {
  test('of 20 MB in one dashboard is read whole', async () => {
    const panel = (id: number) => ({ id, title: `Panel ${id}`, options: { text: 'x'.repeat(400) }, targets: [{ refId: 'A', rawSql: `select ${id} from app.case_file where $__timeFilter(opened_at)` }] });
    const dashboard = { title: 'Large', uid: 'large', schemaVersion: 39, panels: Array.from({ length: 36_000 }, (_, id) => panel(id)) };
    const text = JSON.stringify(dashboard);
    expect(text.length).toBeGreaterThan(20_000_000);
    const base = await folder({ 'large.json': text });
    const { queries } = await read(base, ['.']);
    expect(queries).toHaveLength(36_000);
    const last = queries.find(({ id }) => id === 'grafana:large:panel:35999:A');
    expect(text.slice((last?.origin.column ?? 0) - 1)).toMatch(/^select 35999 /);
  });

  test('that nests without end costs only itself', async () => {
    const deep = 50_000;
    const base = await folder({
      'deep.json': `${'['.repeat(deep)}${']'.repeat(deep)}`,
      'mbql.json': `{"id":1,"name":"Deep","dataset_query":{"type":"query","database":2,"query":{"source-table":1,"filter":${'["not",'.repeat(deep)}["=",1,1]${']'.repeat(deep)}}}}`,
      'sources.json': `{"id":2,"name":"Deep sources","dataset_query":{"type":"query","database":2,"query":${'{"source-query":'.repeat(deep)}{"source-table":1}${'}'.repeat(deep)}}}`,
      'panels.json': `{"title":"Deep","uid":"deep","schemaVersion":1,"panels":[${'{"panels":['.repeat(deep)}${']}'.repeat(deep)}]}`,
      'parens.sql': `select ${'('.repeat(deep)}1${')'.repeat(deep)} from app.case_file`,
      'card.json': CARD,
    });
    const { queries, gaps } = await read(base, ['.']);
    expect(gaps).toEqual([]);
    expect(queries.map(({ id, problems }) => [id, problems.map(({ code }) => code)])).toEqual([
      ['metabase:2:card:1', ['unreadable']],
      ['metabase:2:card:118', []],
      ['metabase:2:card:2', ['unreadable']],
      ['sql-files:parens.sql', []],
    ]);
  });

  test('with a text of more than a megabyte keeps the query and says why it has no text', async () => {
    const sql = `select '${'x'.repeat(1_000_001)}'`;
    const base = await folder({
      'card.json': CARD.replace('select 1 from app.case_file', sql),
      'board.json': JSON.stringify({ title: 'B', uid: 'b', schemaVersion: 1, panels: [{ id: 1, title: 'P', targets: [{ refId: 'A', rawSql: sql }] }] }),
      'large.sql': sql,
    });
    const { queries } = await read(base, ['.']);
    expect(queries.map(({ kind, raw, variants, problems }) => [kind, raw, variants, problems.map(({ code }) => code)])).toEqual([
      ['grafana', '', [], ['too-large']],
      ['metabase', '', [], ['too-large']],
      ['sql-files', '', [], ['too-large']],
    ]);
  });

  test('with wrong types in every place gives no error', async () => {
    const base = await folder({
      'a.json': '[{"id":{},"name":"x","dataset_query":{"database":[],"stages":[7,null]}},{"name":"y","dataset_query":{"query":{"source-table":{},"joins":7,"filter":[[]],"aggregation":"count","breakout":{},"order-by":[[[]]],"fields":[null],"expressions":[1]}}}]',
      'b.json': '{"dashcards":[null,7,{"card":7},{"card":{"name":"z","dataset_query":{"native":7}}},{"series":[null,{}]}]}',
      'c.json': '{"title":7,"schemaVersion":1,"panels":[null,7,{"id":{},"targets":[null,{"rawSql":7},{"rawSql":"select 1","datasource":7}]}],"templating":{"list":[null,{"type":"query","name":7}]},"annotations":{"list":[7]}}',
      'd.json': '{"apiVersion":"dashboard.grafana.app/v2","spec":{"elements":{"p":null,"q":{"spec":{"data":7}}},"variables":[7],"annotations":[7]}}',
      'e.json': '[{"uid":7,"name":"n","type":"t","jsonData":7},{"engine":"postgres","name":"p","details":7,"tables":[7]},{"db_id":1,"schema":7,"name":"t","fields":[7]}]',
    });
    const { queries, gaps } = await read(base, ['.']);
    expect(gaps).toEqual([]);
    expect(queries.map(({ kind, problems }) => [kind, problems.map(({ code }) => code)])).toEqual([
      ['grafana', []],
      ['metabase', ['unreadable']],
      ['metabase', ['missing-reference']],
      ['metabase', ['unreadable']],
    ]);
  });
});

describe('a source that is no source', () => {
  const said = async (base: string, path: string) => (await read(base, [path])).gaps.map(({ subject, severity, cause, remedy }) => ({ subject, severity, cause, remedy }));

  test('a pipe is neither waited for nor taken for a matter of rights', async () => {
    const base = await folder({});
    execFileSync('mkfifo', [join(base, 'pipe')]);
    expect(await said(base, 'pipe')).toEqual([
      { subject: 'pipe', severity: 'blind', cause: 'the path is neither a file nor a folder', remedy: 'name a file, or a folder of files' },
    ]);
  });

  test('a link that leads back to itself is told as such', async () => {
    const base = await folder({});
    await symlink('exports', join(base, 'exports'));
    expect(await said(base, 'exports')).toEqual([
      { subject: 'exports', severity: 'blind', cause: 'the path is a symbolic link that leads back to itself', remedy: 'mend the link, or name its target' },
    ]);
  });

  test('a folder of which nothing can be read is not taken for an export of an unknown tool', async () => {
    const base = await folder({});
    await symlink('gone.sql', join(base, 'open.sql'));
    expect(await said(base, '.')).toContainEqual({
      subject: '.',
      severity: 'blind',
      cause: 'nothing in it could be read; what hinders is told for each file',
      remedy: 'mend that first',
    });
  });
});
