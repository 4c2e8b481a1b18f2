import fc from 'fast-check';
import { loadModule, scanSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { leadingComments, literals, regionAt, regions, Scanner, splitStatements, Token } from '../../src/sql/lexer.js';

/** Texts made of the pieces that open, close and escape each other. */
const pieces = fc.constantFrom(
  "'", "''", '"', '`', '--', '\n', '/*', '*/', '$$', '$a$', '$b$', '$1', "E'", "e'", "U&'", "B'01'", '\\', '\\\'', ';', '(', ')', ' ', 'a', 'case', 'begin',
  'atomic', 'end', 'é', '1', '1.5', '.5', '1e5', '0x1F', '..', '.', '_', '$', 'x$y$z', ',', '+', '\r\n', '😀',
);
const texts = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));

function statementsOf(script: string): string[] {
  return splitStatements(script).map(({ start, end }) => script.slice(start, end));
}

describe('regions', () => {
  test('tell code from what is quoted and commented', () => {
    const sql = `select 'it''s', "a""b", E'x\\'y', $tag$ 'z' $tag$, \`m\` -- one\n/* two /* nested */ */ from t`;
    expect(regions(sql).map(({ kind, start, end }) => [kind, sql.slice(start, end)])).toEqual([
      ['code', 'select '],
      ['string', "'it''s'"],
      ['code', ', '],
      ['identifier', '"a""b"'],
      ['code', ', '],
      ['string', "E'x\\'y'"],
      ['code', ', '],
      ['dollar', "$tag$ 'z' $tag$"],
      ['code', ', '],
      ['backtick', '`m`'],
      ['code', ' '],
      ['line-comment', '-- one'],
      ['code', '\n'],
      ['block-comment', '/* two /* nested */ */'],
      ['code', ' from t'],
    ]);
  });

  test('an open quote reaches to the end and says so', () => {
    expect(regions("select 'open").at(-1)).toEqual({ kind: 'string', start: 7, end: 12, closed: false });
    expect(regions('select /* a /* b */').at(-1)).toMatchObject({ kind: 'block-comment', end: 19, closed: false });
  });

  test('a backslash escapes in E-strings only', () => {
    expect(regions("select '\\' || 'x'").filter(({ kind }) => kind === 'string')).toHaveLength(2);
    expect(regions("select E'\\' || x'").filter(({ kind }) => kind === 'string')).toHaveLength(1);
  });

  test('a string that goes on in the next line keeps its escapes, comments between or not', () => {
    const sql = "select E'a' -- one\n -- two\n 'b\\' c' from t";
    expect(literals(sql).map(({ start, end }) => sql.slice(start, end))).toEqual(["E'a' -- one\n -- two\n 'b\\' c'"]);
    expect(literals("select 'a' 'b'")).toHaveLength(2);
  });

  test('of dollar signs, templates can ask for closed quotes only, or none', () => {
    const template = 'select $schema.cases, $$body$$ from $tenant';
    expect(regions(template).filter(({ kind }) => kind === 'dollar')).toHaveLength(1);
    const open = 'select $a$b from t';
    expect(regions(open).at(-1)).toMatchObject({ kind: 'dollar', closed: false });
    expect(regions(open, { dollarQuotes: 'closed' })).toEqual([{ kind: 'code', start: 0, end: open.length, closed: true }]);
    expect(regions('select $$x$$', { dollarQuotes: 'none' }).map(({ kind }) => kind)).toEqual(['code']);
  });

  test('cover any text without gap or overlap', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), fc.boolean(), fc.constantFrom('open', 'closed', 'none'), (text, backticks, dollarQuotes) => {
        const found = regions(text, { backticks, dollarQuotes });
        expect(found.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
        for (const region of found) expect(regionAt(found, region.start)).toBe(region);
      }),
    );
  });
});

describe('literals', () => {
  beforeAll(loadModule);

  test('are every string, number, dollar quote and comment, each with its prefix', () => {
    const sql = "select x'1F', N'n', U&'d\\0061', -1.5e-3, $1, col1, 1_000 from t1 where a = $q$ it's $q$ limit 10 -- done";
    expect(literals(sql).map(({ kind, start, end }) => `${kind} ${sql.slice(start, end)}`)).toEqual([
      "string x'1F'",
      "string N'n'",
      "string U&'d\\0061'",
      'number 1.5e-3',
      'number 1_000',
      "dollar $q$ it's $q$",
      'number 10',
      'comment -- done',
    ]);
  });

  test('a backtick hides nothing, since PostgreSQL does not quote with it', () => {
    expect(literals("select ` 'secret' `")).toEqual([{ kind: 'string', start: 9, end: 17 }]);
  });

  test('together with what lies between are the text, in order', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => {
        let at = 0;
        let rebuilt = '';
        for (const { start, end } of literals(text)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          rebuilt += text.slice(at, start) + text.slice(start, end);
          at = end;
        }
        expect(rebuilt + text.slice(at)).toBe(text);
      }),
    );
  });

  test('agree with the scanner of PostgreSQL wherever it accepts the text', () => {
    const ascii = fc.array(pieces.filter((piece) => /^[\x20-\x7e\n\r]*$/.test(piece)), { maxLength: 25 }).map((parts) => parts.join(''));
    let accepted = 0;
    fc.assert(
      fc.property(ascii, (text) => {
        // libpg_query gives comments as tokens of their own, so its strings end where the server lets them go on.
        fc.pre(!/'[^]*--[^]*[\n\r][^]*'/.test(text));
        const tokens = scanned(text);
        if (tokens === null) return;
        accepted++;
        expect(literals(text).map(({ start, end }) => text.slice(start, end).replace(/^[Nn](?=')/, ''))).toEqual(tokens);
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(1_000);
  });

  test('of hostile texts of 10 MB are found without recursion', () => {
    const size = 10_000_000;
    expect(literals("'".repeat(size))).toHaveLength(1);
    expect(literals('/*'.repeat(size / 2))).toEqual([{ kind: 'comment', start: 0, end: size }]);
    expect(literals('$a '.repeat(Math.floor(size / 3)))).toEqual([]);
    expect(literals('$a'.repeat(size / 2))).toHaveLength(1);
    expect(literals('$'.repeat(size - 1))).toHaveLength(2_500_000);
    expect(literals('('.repeat(size))).toEqual([]);
    expect(literals(`$t$${' $t'.repeat(Math.floor(size / 3))}`)).toEqual([{ kind: 'dollar', start: 0, end: 3 + 3 * Math.floor(size / 3) }]);
    expect(literals('1,'.repeat(size / 10))).toHaveLength(size / 10);
    expect(regions('$a$ '.repeat(size / 40), { dollarQuotes: 'closed' }).length).toBeGreaterThan(1);
  });
});

/** The literal tokens of PostgreSQL's own scanner; null where it refuses the text. */
function scanned(text: string): string[] | null {
  try {
    return scanSync(text).tokens.flatMap(({ text: token }) => (/^(?:[EeBbXx]?'|[Uu]&'|\.?\d|\$\w*\$|--|\/\*)/.test(token) ? [token] : []));
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

describe('splitStatements', () => {
  test('splits at semicolons that end a statement, and nowhere else', () => {
    expect(
      statementsOf(`select ';', ";", $$;$$ /* ; */; -- ;
        create function closed_on(id bigint) returns date begin atomic
          select case when closed_at is null then null else closed_at::date end from app.case_file where case_file.id = closed_on.id;
        end;
        create rule r as on insert to app.case_file do (delete from a; delete from b);
        ;;
        select 1`),
    ).toEqual([
      "select ';', \";\", $$;$$",
      `create function closed_on(id bigint) returns date begin atomic
          select case when closed_at is null then null else closed_at::date end from app.case_file where case_file.id = closed_on.id;
        end`,
      'create rule r as on insert to app.case_file do (delete from a; delete from b)',
      'select 1',
    ]);
  });

  test('BEGIN of a transaction opens no block', () => {
    expect(statementsOf('begin; update t set a = 1; end; select 2;')).toEqual(['begin', 'update t set a = 1', 'end', 'select 2']);
  });

  test('drops the meta-commands of psql, and ends a statement at those that send it', () => {
    expect(statementsOf("\\set since '2024-01-01'\n\\i common.sql\nselect a\nfrom t \\gx\nselect 2;\n\\q")).toEqual(['select a\nfrom t', 'select 2']);
  });

  test('gives \\copy as a command of one line', () => {
    const script = "-- name: export\n\\copy (select * from app.case_file) to 'cases.csv' csv header\nselect 1;";
    const [copy, select] = splitStatements(script);
    expect(copy).toMatchObject({ command: 'copy' });
    expect(script.slice(copy?.start, copy?.end)).toBe("\\copy (select * from app.case_file) to 'cases.csv' csv header");
    expect(copy?.comments.map(({ start, end }) => script.slice(start, end))).toEqual(['-- name: export']);
    expect(select).toMatchObject({ command: null });
  });

  test('never takes the rows behind COPY FROM STDIN for statements', () => {
    const script = 'copy app.officer (id, name) from stdin;\n1\tAda; drop\n2\tGrace\n\\.\nselect 1;';
    expect(statementsOf(script)).toEqual(['copy app.officer (id, name) from stdin', 'select 1']);
    expect(statementsOf('copy app.officer from stdin;\r\n1\tAda\r\n\\.\r\nselect 1;')).toEqual(['copy app.officer from stdin', 'select 1']);
    expect(statementsOf('copy app.officer from stdin;\n1\tcut; short\n')).toEqual(['copy app.officer from stdin']);
  });

  test('keeps the comments before each statement apart', () => {
    const script = '-- a\n/* b */ select 1; -- c\nselect 2';
    const found = splitStatements(script).map(({ comments }) => comments.map(({ start, end }) => script.slice(start, end)));
    expect(found).toEqual([['-- a', '/* b */'], ['-- c']]);
  });

  test('of any text are in order, apart, and hold its code', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let at = 0;
        for (const { start, end } of splitStatements(text)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          expect(text.slice(start, end)).toMatch(/^[^\s;]/);
          at = end;
        }
      }),
    );
  });

  test('of a script of 10 MB is found without recursion', () => {
    expect(splitStatements('select 1;'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(splitStatements('copy t from stdin;\n'.repeat(500_000))).toHaveLength(1);
  });
});

test('leading comments are those before the first token', () => {
  expect(leadingComments('-- name: monthly cases\n/* owner: reporting */\nselect 1 -- not this\n')).toEqual(['name: monthly cases', 'owner: reporting']);
  expect(leadingComments('/* open')).toEqual(['open']);
  expect(leadingComments('select 1 -- x')).toEqual([]);
});

test('a scanner can be moved past text that is not SQL', () => {
  const scanner = new Scanner("a 'row; b");
  expect(scanner.next()).toBe(Token.Word);
  scanner.position = 8;
  expect(scanner.next()).toBe(Token.Word);
  expect([scanner.start, scanner.end, scanner.next()]).toEqual([8, 9, Token.End]);
});
