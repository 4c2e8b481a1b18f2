import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/sql-files.js';
import { alone, fixtures, queriesOf, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('sql-files');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`sql-files:sql-files/${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

function read(text: string, path = 'reports/x.sql'): { queries: CollectedQuery[]; gaps: Gap[] } {
  const gaps: Gap[] = [];
  return { queries: source.read([new SourceFile(path, text)], { connection: null, gap: (gap) => gaps.push(gap) }), gaps };
}

describe('a tree of scripts', () => {
  test('gives every statement that names a relation, by file and name', () => {
    expect([...queries.keys()].map((id) => id.slice('sql-files:sql-files/'.length))).toEqual([
      'reports/export.sql:1',
      'reports/export.sql:2',
      'reports/export.sql:3',
      'reports/monthly.sql:fees_by_office',
      'reports/monthly.sql:monthly_cases',
      'reports/quarter.sql:Quarterly decisions',
      'views/open_cases.sql:1',
      'views/open_cases.sql:2',
    ]);
  });

  test('carries what the comments say', () => {
    expect(query('reports/monthly.sql:monthly_cases')).toMatchObject({
      kind: 'sql-files',
      role: 'query',
      title: 'monthly_cases',
      description: 'Figures for the monthly letter to the ministry.',
      container: { kind: 'folder', id: 'sql-files/reports', title: 'sql-files/reports' },
      owners: [{ name: 'regulatory-reporting', via: 'owner-field' }],
      connection: { id: null, name: 'warehouse', engine: null, host: null, database: null },
    });
    expect(query('reports/monthly.sql:fees_by_office')).toMatchObject({ description: null, owners: [{ name: 'finance' }], connection: { name: 'warehouse' } });
  });

  test('carries what the front matter says', () => {
    expect(query('reports/quarter.sql:Quarterly decisions')).toMatchObject({
      title: 'Quarterly decisions',
      owners: [{ name: 'Ines Krall' }],
      connection: { name: 'casework' },
      schedule: '0 6 1 */3 *',
      origin: { line: 7, column: 1 },
    });
  });

  test('knows views by their name', () => {
    expect(query('views/open_cases.sql:1')).toMatchObject({ role: 'view', title: 'integration.open_cases_v1', owners: [{ name: 'casework team' }] });
    expect(query('views/open_cases.sql:2')).toMatchObject({ role: 'view', title: '"integration"."case ages"' });
  });

  test('reads what \\copy exports, and never the rows of a COPY', () => {
    expect(query('reports/export.sql:1').variants.map(({ sql }) => sql)).toEqual([
      "COPY (select id, reference, applicant_email from app.case_file where opened_at >= '2024-01-01') TO STDOUT",
    ]);
    expect(query('reports/export.sql:1').origin).toMatchObject({ line: 2, column: 1, pointer: '' });
    expect(JSON.stringify([...queries.values()])).not.toContain('first row');
  });

  test('says where each statement stands, to the character', async () => {
    for (const { id, raw, origin } of queries.values()) {
      const text = await readFile(join(fixtures, origin.file), 'utf8');
      expect(textAt(text, origin).startsWith(raw), id).toBe(true);
    }
  });

  test('gives SQL that PostgreSQL parses', () => {
    for (const { id, variants } of queries.values()) for (const { sql } of variants) expect(() => parseSync(sql), id).not.toThrow();
  });
});

describe('a script', () => {
  test('without names is numbered, or named after its file when it holds one statement', () => {
    expect(read('select 1').queries.map(({ id, title }) => [id, title])).toEqual([['sql-files:reports/x.sql', 'x']]);
    expect(read('begin; select 1; select 2; commit;').queries.map(({ id, title }) => [id, title])).toEqual([
      ['sql-files:reports/x.sql:1', 'x 1'],
      ['sql-files:reports/x.sql:2', 'x 2'],
    ]);
  });

  test('with one name twice keeps both', () => {
    expect(read('-- name: a\nselect 1;\n-- name: a\nselect 2;').queries.map(({ id }) => id)).toEqual(['sql-files:reports/x.sql:a', 'sql-files:reports/x.sql:a#2']);
  });

  test('with broken front matter is read behind it, and says so', () => {
    const { queries: found, gaps } = read('---\nowner: [unclosed\n---\nselect 1 from app.task');
    expect(found.map(({ raw, origin }) => [raw, origin.line])).toEqual([['select 1 from app.task', 4]]);
    expect(gaps).toMatchInlineSnapshot(`
      [
        {
          "cause": "the YAML between its --- lines cannot be read",
          "missing": "what its front matter says (name, owner, store)",
          "remedy": "mend the YAML; the statements behind it were read",
          "severity": "partial",
          "subject": "reports/x.sql",
        },
      ]
    `);
  });

  test('with a line of dashes has no front matter', () => {
    expect(read('---------\n-- owner: casework\n---------\nselect 1').queries.map(({ owners, raw }) => [owners[0]?.name, raw])).toEqual([['casework', 'select 1']]);
  });

  test('with aliases without end in its front matter costs nothing', () => {
    const bomb = `---\nowner: x\na: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefghij'.split('').map((key, at) => `${key}: &${key} [${`*${'abcdefghi'.charAt(at)},`.repeat(9)}1]`).join('\n')}\n---\nselect 1`;
    expect(read(bomb).queries.map(({ raw }) => raw)).toEqual(['select 1']);
  });

  test('with a table for \\copy is what the server gets', () => {
    expect(read("\\copy app.officer (id, name) to 'officers.csv'\n\\copy app.officer from 'officers.csv'\n\\copy what is this").queries.map(({ variants, problems }) => [variants[0]?.sql, problems[0]?.code])).toEqual([
      ['COPY app.officer (id, name) TO STDOUT', undefined],
      ['COPY app.officer FROM STDIN', undefined],
      [undefined, 'unsupported'],
    ]);
  });
});

describe('files', () => {
  function certainty(text: string, path: string): number {
    return source.recognises(new SourceFile(path, text), alone);
  }

  test('are recognised by what they hold, helped by their name', () => {
    expect(certainty('-- report\nselect 1', 'a.sql')).toBeGreaterThan(0.8);
    expect(certainty("\\copy (select 1) to 'x'", 'a.psql')).toBeGreaterThan(0.8);
    expect(certainty('with c as (select 1 as a) select a from c', 'query.txt')).toBeGreaterThan(0.5);
    expect(certainty('With this release we select names from a list.', 'notes.txt')).toBeLessThan(0.5);
    expect(certainty('-- only a comment', 'a.sql')).toBe(0);
    expect(certainty('', 'a.sql')).toBe(0);
    expect(certainty('{"select": 1}', 'a.sql')).toBe(0);
    expect(certainty('#!/bin/sh\necho', 'a.sql')).toBe(0);
  });
});

describe('scripts of other clients', () => {
  test('MySQL ends its procedures as DELIMITER says', () => {
    const { queries: found } = read("DELIMITER $$\nCREATE PROCEDURE close_day(IN d DATE)\nBEGIN\n  UPDATE rota SET closed = 1 WHERE day = d;\n  INSERT INTO rota_log (day) VALUES (d);\nEND$$\nDELIMITER ;\nSELECT doctor_id FROM rota;\nSELECT id FROM doctor");
    expect(found.map(({ raw, origin }) => [raw.replace(/\s+/g, ' '), origin.line])).toEqual([
      ['CREATE PROCEDURE close_day(IN d DATE) BEGIN UPDATE rota SET closed = 1 WHERE day = d; INSERT INTO rota_log (day) VALUES (d); END', 2],
      ['SELECT doctor_id FROM rota', 8],
      ['SELECT id FROM doctor', 9],
    ]);
    expect(source.recognises(new SourceFile('rota.sql', 'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT id FROM rota; END//\n'), alone)).toBe(0.9);
  });

  test('the delimiter of COPY is none of these', () => {
    expect(read("COPY rota FROM '/data/rota.csv' WITH (\n  FORMAT csv,\n  DELIMITER ';'\n);\nSELECT id FROM rota").queries.map(({ origin }) => origin.line)).toEqual([1, 5]);
  });

  test('takes @name for a parameter where an operand is due', () => {
    const sql = (text: string) => read(text).queries[0]?.variants[0]?.sql;
    expect(sql('UPDATE bed SET state = 1 WHERE id = @bed_id')).toBe('UPDATE bed SET state = 1 WHERE id = $1');
    expect(sql("SELECT id FROM bed WHERE tags @> @tags AND note = '@ward'")).toBe("SELECT id FROM bed WHERE tags @> $1 AND note = '@ward'");
    expect(sql('SELECT @@version')).toBe('SELECT @@version');
  });

  test('names the owner that stands nearest to a statement', () => {
    const { queries: found } = read('/* Beds\n owner: hospital */\n-- name: Open :many\n-- owner: wards\nSELECT id FROM bed;\nSELECT id FROM ward;');
    expect(found.map(({ owners }) => owners[0]?.name)).toEqual(['wards', 'hospital']);
  });
});
