import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ParseOutcome } from '../../../src/model/syntax-tree.js';
import { type Dialect, type DialectId, dialectOf } from '../../../src/sql/dialect.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';
import { walkStatement } from '../../../src/sql/walk.js';

let parsers: Parsers;

beforeAll(async () => {
  parsers = await createParsers();
});

afterAll(async () => {
  await parsers.close();
});

function dialect(name: DialectId): Dialect {
  const found = dialectOf(name);
  if (found === null) throw new Error(`no dialect ${name}`);
  return found;
}

async function read(name: DialectId, text: string): Promise<ParseOutcome> {
  await parsers.prepare(dialect(name), [text]);
  return parsers.parse(dialect(name))(text);
}

function relations({ statements }: ParseOutcome): string[] {
  const found: string[] = [];
  for (const { statement } of statements) {
    if (statement.type === 'utility') found.push(...statement.relations.map((table) => table.name));
    walkStatement(statement, { from: (item) => { if (item.type === 'table') found.push(item.name); } });
  }
  return found;
}

const DIALECTS: DialectId[] = ['postgres', 'snowflake', 'bigquery', 'clickhouse', 'duckdb', 'mysql', 'redshift'];
const repeat = (count: number, each: (n: number) => string, separator: string) => Array.from({ length: count }, (_, n) => each(n)).join(separator);

/** Texts of every kind that has broken a parser, or might. */
const HOSTILE: [name: string, text: string][] = [
  ['10,000 nested brackets', `select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['a list of 50,000', `select a from task where b in (${repeat(50_000, String, ',')})`],
  ['a megabyte of one string', `select '${'x'.repeat(999_000)}' from task`],
  ['a megabyte of rows', `insert into task values ${repeat(60_000, (n) => `(${n},'x')`, ',')}`],
  ['a megabyte of garbage', repeat(70_000, (n) => `%] ${n} x`, ' ')],
  ['more than a megabyte', `select '${'x'.repeat(5_000_000)}'`],
  ['a NUL', 'select \0 1'],
  ['a text that is cut off', "select a from task where b = 'open"],
  ['garbage', ']] ;; %% "'],
  ['900 alternatives', `select a from task where ${repeat(900, (n) => `a = ${n}`, ' or ')}`],
  ['5,000 concatenations', `select ${repeat(5000, () => 'a', ' || ')} from task`],
  ['30 nested calls', `select ${'coalesce(a, '.repeat(30)}b${')'.repeat(30)} from task`],
  ['30 nested sub-queries', `${'select * from ('.repeat(30)}select 1 as x from task${') q'.repeat(30)}`],
  ['2,000 unions', repeat(2000, () => 'select a from task', ' union all ')],
  ['escape sequences', 'select \u001b[31m a from task'],
  ['what was not UTF-8', 'select \ufffd\ufffd, \ud800 from \udfff'],
];

describe.each(DIALECTS)('%s', (name) => {
  test.each(HOSTILE)('%s: a tree or a diagnostic with a position, and the next text is read as ever', async (_name, text) => {
    const outcome = await read(name, text);
    expect(outcome.statements.length + outcome.diagnostics.length).toBeGreaterThan(0);
    for (const { offset, message } of outcome.diagnostics) {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThanOrEqual(text.length);
      expect(message).not.toMatch(/\p{Cc}/u);
    }
    const next = await read(name, `select a from officer where b = ${text.length}`);
    expect(next.diagnostics).toEqual([]);
    expect(relations(next)).toEqual(['officer']);
  });

  test('the statements around a broken one are read', async () => {
    const sql = 'select a from task; selec b; select c from officer';
    const outcome = await read(name, sql);
    expect(relations(outcome)).toEqual(['task', 'officer']);
    expect(outcome.diagnostics.map(({ offset }) => offset)).toEqual([20]);
  });

  test('of a text that is cut off the relations are kept', async () => {
    const sql = 'select t.a from task t join officer o on o.id = t.officer and';
    const outcome = await read(name, sql);
    expect(relations(outcome)).toEqual(['task', 'officer']);
    expect(outcome.diagnostics).toEqual([{ severity: 'error', message: 'the text ends in the middle of a statement', offset: sql.length }]);
  });

  test('columns stand where their spans say, behind a list that was shortened and odd spaces', async () => {
    const sql = `\ufeffselect '€𝄞',\u00a0t.size\u00a0from task t where t.b in (${repeat(1200, String, ',\n')}) and t.state = 1`;
    const outcome = await read(name, sql);
    const found: string[] = [];
    for (const { statement } of outcome.statements) {
      walkStatement(statement, { expression: (expression) => { if (expression.type === 'column') found.push(sql.slice(expression.span.start, expression.span.end)); } });
    }
    expect(found).toEqual(['t.size', 't.b', 't.state']);
  });

  test('property: any string has an outcome', async () => {
    const words = fc.constantFrom('select', 'from', 'where', '(', ')', ',', "'", '"', '`', '$1', '$$', '--', '/*', '*/', ';', 'a', '1', '::', 'case', 'end', 'join', 'on', '[', ']', '{', '}', '\\', '#', '\u0000', '\u001b[31m', '€', '\ud800');
    const texts = fc.sample(fc.oneof(fc.array(words, { maxLength: 30 }).map((parts) => parts.join(' ')), fc.string({ unit: 'binary', maxLength: 60 })), { numRuns: 300, seed: 4 });
    await parsers.prepare(dialect(name), texts);
    for (const text of texts) {
      const { diagnostics } = parsers.parse(dialect(name))(text);
      expect(diagnostics.every(({ offset }) => offset !== null && offset >= 0 && offset <= text.length)).toBe(true);
    }
    expect(relations(await read(name, 'select a from officer'))).toEqual(['officer']);
  });
});

test('a text that takes its parser more than its time is read by the other one', async () => {
  // In this dialect the first parser doubles its time with every level.
  const outcome = await read('tsql', `select ${'coalesce(a, '.repeat(30)}b${')'.repeat(30)} as c from task`);
  expect(outcome).toMatchObject({ frontEnd: 'polyglot', diagnostics: [] });
});

test('a text that was not prepared is said to be so', () => {
  expect(parsers.parse(dialect('snowflake'))('select never_prepared')).toMatchObject({
    statements: [], diagnostics: [{ severity: 'error', message: 'the text was not prepared for reading as snowflake', offset: 0 }],
  });
});

test('what is forgotten can be prepared again', async () => {
  const own = await createParsers();
  const parse = own.parse(dialect('mysql'));
  await own.prepare(dialect('mysql'), ['select a from task']);
  expect(relations(parse('select a from task'))).toEqual(['task']);
  own.forget();
  expect(relations(parse('select a from task'))).toEqual([]);
  await own.prepare(dialect('mysql'), ['select a from task']);
  expect(relations(parse('select a from task'))).toEqual(['task']);
  await own.close();
});

test('two parsers that agree are not talked about', async () => {
  const thorough = await createParsers({ thorough: true });
  try {
    const texts = [
      'select o.id, count(*) as n from shop.orders o left join shop.payment p on p.order_id = o.id where o.state <> 1 and p.amount between 1 and 9 group by o.id having count(*) > 2 order by n desc limit 5',
      'with late as (select t.id from task t where t.due < current_date and t.state not in (1, 2)) select l.id from late l where not exists (select 1 from officer o where o.id = l.id)',
      "select case when c.email like '%@example.org' then 1 else 0 end as internal, upper(c.name) as name from customer c where c.deleted_at is null",
    ];
    await thorough.prepare(dialect('snowflake'), texts);
    for (const text of texts) expect(thorough.parse(dialect('snowflake'))(text)).toMatchObject({ diagnostics: [], confidence: 'high' });
  } finally {
    await thorough.close();
  }
});

describe('threads', () => {
  const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length;

  test('are not started for PostgreSQL', async () => {
    const before = threads();
    const own = await createParsers();
    await own.prepare(dialect('postgres'), ['select a from task']);
    expect(relations(own.parse(dialect('postgres'))('select a from task'))).toEqual(['task']);
    expect(threads()).toBe(before);
    await own.close();
  });

  test('end with the signal, and what was not read is not known', async () => {
    const before = threads();
    const stop = new AbortController();
    const own = await createParsers({ signal: stop.signal });
    const reading = own.prepare(dialect('mysql'), Array.from({ length: 5000 }, (_, n) => `select a${n} from task`));
    stop.abort(new Error('interrupted'));
    await expect(reading).rejects.toThrow('interrupted');
    expect(own.parse(dialect('mysql'))('select a4999 from task').diagnostics).toHaveLength(1);
    await own.close();
    expect(threads()).toBe(before);
  });
});
