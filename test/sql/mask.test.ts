import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Call, Expression } from '../../src/model/syntax-tree.js';
import { type DialectId, POSTGRES } from '../../src/sql/dialect.js';
import type { MaskLevel } from '../../src/sql/flow.js';
import { lineageContext, resolveStatement, type LineageContext } from '../../src/sql/lineage.js';
import { declaredMask, maskOfCall, maskOfOperator, masksOfCall } from '../../src/sql/mask.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';

const DDL = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, phone text, full_name text, born_on date, country_code char(2), postcode char(5),
    last_ip inet, network cidr, credit numeric(10,2), points integer, seen_at timestamptz, latitude numeric(9,6), national_id text, attributes jsonb);
  CREATE TABLE vault.pepper (key text, customer_id bigint);
  CREATE VIEW integration.v_customer_v1 AS
    SELECT md5(email) AS email_hash, left(postcode, 3) AS area, date_trunc('year', born_on) AS birth_year, email FROM shop.customer;
  CREATE FUNCTION app.mask_email(value text) RETURNS text LANGUAGE sql AS $$ SELECT left(value, 1) || '***@' || split_part(value, '@', 2) $$;
  CREATE FUNCTION app.mask_phone(value text) RETURNS text LANGUAGE sql AS $$ SELECT value $$;
  CREATE FUNCTION app.tokenize_id(value text) RETURNS text LANGUAGE sql AS $$ SELECT encode(hmac(value, current_setting('app.key'), 'sha256'), 'hex') $$;
  CREATE FUNCTION app.mask_name(value text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN left(value, 1); END $$;
`;

let parse: Parse;
let context: LineageContext;

beforeAll(async () => {
  parse = await createPostgresParser();
  context = lineageContext(new SchemaIndex(await catalogFromDdl(DDL)), parse, { searchPath: ['shop'] });
});

/** `column:level` of every source of the first output. */
function shown(sql: string, more: Partial<LineageContext> = {}): string {
  const statement = parse(sql).statements[0]?.statement;
  if (!statement) throw new Error(`cannot be parsed: ${sql}`);
  const flows = resolveStatement(statement, { ...context, views: new Map(), ...more }).outputs[0]?.flows ?? new Map();
  return [...flows].map(([column, { mask }]) => `${column.replace('shop.customer.', '')}:${mask}`).toSorted().join(' ');
}

const of = (expression: string, dialect: DialectId = 'postgres'): string => shown(`SELECT ${expression} FROM customer, vault.pepper k`, { dialect: { ...POSTGRES, id: dialect } });

function callOf(expression: string): Call {
  const statement = parse(`SELECT ${expression}`).statements[0]?.statement;
  const select = statement?.type === 'query_statement' && statement.query.body.type === 'select' ? statement.query.body : null;
  const found = select?.projections[0]?.expression;
  if (found?.type !== 'call') throw new Error(`is no call: ${expression}`);
  return found;
}

describe('what looks like masking and is not', () => {
  test.each([
    ['a mask that keeps the bits of the host', 'set_masklen(last_ip, 24)', 'last_ip:raw'],
    ['the network of a bare address', 'network(last_ip)', 'last_ip:raw'],
    ['a piece longer than the value', 'left(country_code, 3)', 'country_code:raw'],
    ['all five digits of a post code', 'substr(postcode, 1, 5)', 'postcode:raw'],
    ['the person of an e-mail address', "split_part(email, '@', 1)", 'email:raw'],
    ['a number without its punctuation', "regexp_replace(phone, '[^0-9+]', '', 'g')", 'phone:raw'],
    ['one digit of many replaced', "regexp_replace(phone, '[0-9]', '#')", 'phone:raw'],
    ['digits replaced where there are few', "regexp_replace(email, '[0-9]', '#', 'g')", 'email:raw'],
    ['a date in full', "to_char(born_on, 'DD.MM.YYYY')", 'born_on:raw'],
    ['seconds since 1970', 'extract(epoch FROM born_on)', 'born_on:raw'],
    ['a date cut to the day', "date_trunc('day', born_on)", 'born_on:raw'],
    ['rounding to what there is', 'round(credit, 2)', 'credit:raw'],
    ['an amount without its cents', 'ceil(credit)', 'credit:raw'],
    ['rounding of whole numbers', 'floor(points)', 'points:raw'],
    ['the second of an event', "date_trunc('second', seen_at)", 'seen_at:raw'],
    ['a truncation that nobody knows', 'date_trunc($1, seen_at)', 'seen_at:raw'],
    ['what a pattern picks out of values that nobody knows', "regexp_substr(country_code, '([A-Z]+)_#(\\d+)')", 'country_code:raw'],
    ['a piece of a number that is written otherwise', "split_part(phone, '/', 1)", 'phone:raw'],
    ['a field of a document', "attributes ->> 'email'", 'attributes:raw'],
    ['a function that is only called so', 'hide_email(email)', 'email:raw'],
    ['a function of another schema that is called as the real one', 'app.sha256(email::bytea)', 'email:raw'],
    ['the smallest of a group', 'min(email)', 'email:raw'],
    ['the lowest end of an interpolation', 'percentile_cont(0) WITHIN GROUP (ORDER BY credit)', 'credit:raw'],
  ])('%s', (_, expression, expected) => {
    expect(of(expression)).toBe(expected);
  });
});

describe('what masks', () => {
  test.each([
    ['the network that a mask cuts', 'network(set_masklen(last_ip, 24))', 'last_ip:partial'],
    ['a cast that zeroes the host', 'set_masklen(last_ip, 24)::cidr', 'last_ip:partial'],
    ['a cast that is too short', 'postcode::varchar(2)', 'postcode:partial'],
    ['a degree to one digit', 'round(latitude, 1)', 'latitude:partial'],
    ['an amount in thousands', 'round(credit, -3)', 'credit:partial'],
    ['what follows the @', "substr(email, strpos(email, '@') + 1)", 'email:partial'],
    ['the first number of an address', "split_part(host(last_ip), '.', 1)", 'last_ip:partial'],
    ['a degree as a shorter number', 'latitude::numeric(4, 1)', 'latitude:partial'],
    ['the hour of an event', "date_trunc('hour', seen_at)", 'seen_at:partial'],
    ['the day of an event', "date_bin('1 day', seen_at, '2001-01-01')", 'seen_at:partial'],
    ['a later piece of a number that is written otherwise', "split_part(phone, '/', 2)", 'phone:partial'],
    ['an age', "date_part('year', age(born_on))", 'born_on:partial'],
    ['a week', "to_char(born_on, 'IYYY-IW')", 'born_on:partial'],
    ['all letters and digits replaced', "regexp_replace(national_id, '\\w', '*', 'g')", 'national_id:constant'],
    ['a name to its first letter', "regexp_replace(full_name, '^(.).*$', '\\1.')", 'full_name:partial'],
    ['a test of a document', 'attributes IS JSON', 'attributes:predicate'],
    ['a remainder', 'customer.customer_id % 16', 'customer_id:partial'],
    ['nothing times everything', 'points * 0', 'points:constant'],
  ])('%s', (_, expression, expected) => {
    expect(of(expression)).toBe(expected);
  });
});

describe('secrets', () => {
  test.each([
    ["hmac(email, 'k3y', 'sha256')", 'email:pseudonymous-weak'],
    ["hmac(email, decode('6b3379', 'hex'), 'sha256')", 'email:pseudonymous-weak'],
    ["hmac(email, 'k3y' || current_database(), 'sha256')", 'email:pseudonymous-weak'],
    ["hmac(email, $1, 'sha256')", 'email:pseudonymous-keyed'],
    ['hmac(email, $1, $2)', 'email:pseudonymous-weak'],
    ["hmac(email, k.key, 'sha256')", 'email:pseudonymous-keyed vault.pepper.key:pseudonymous-keyed'],
    ["hmac(k.key, k.customer_id::text, 'sha256')", 'vault.pepper.customer_id:pseudonymous-weak vault.pepper.key:pseudonymous-weak'],
    ["public.hmac(email, current_setting('app.key'), 'sha256')", 'email:pseudonymous-keyed'],
    ["crypt(national_id, gen_salt('bf', 8))", 'national_id:pseudonymous-keyed'],
    ["crypt(national_id, '$2a$06$saltsaltsaltsaltsaltsa')", 'national_id:pseudonymous-weak'],
    ["pgp_sym_decrypt(national_id::bytea, current_setting('app.key'))", 'national_id:reversible'],
    ["left(encode(digest(email, 'sha256'), 'hex'), 12)", 'email:pseudonymous-weak'],
    ['left(md5(email), 2)', 'email:partial'],
  ])('%s', (expression, expected) => {
    expect(of(expression)).toBe(expected);
  });
});

describe('each argument by itself', () => {
  test.each<[string, MaskLevel[]]>([
    ["replace(note, full_name, '***')", ['raw', 'predicate', 'raw']],
    ['arg_max(email, placed_at)', ['raw', 'predicate']],
    ['iff(consent, email, phone)', ['predicate', 'raw', 'raw']],
    ["decode(kind, 'a', email, 'b', phone, full_name)", ['predicate', 'predicate', 'raw', 'predicate', 'raw', 'raw']],
    ["decode(kind, 'a', email)", ['predicate', 'predicate', 'raw']],
    ["decode(email, 'hex')", ['reversible', 'reversible']],
    ['multiif(a, email, b, phone, c)', ['predicate', 'raw', 'predicate', 'raw', 'raw']],
    ['sumif(amount, paid)', ['aggregate', 'predicate']],
    ['anylastornullif(email, paid)', ['raw', 'predicate']],
    ['mode() within group (order by email)', ['raw']],
  ])('%s', (expression, levels) => {
    expect(masksOfCall(callOf(expression))).toEqual(levels);
  });

  test('and each operand', () => {
    expect(of('nullif(email, phone)')).toBe('email:raw phone:predicate');
    expect(of('points % customer.customer_id')).toBe('customer_id:raw points:raw');
  });
});

describe('the same name in another dialect', () => {
  test.each<[DialectId, string, string]>([
    ['postgres', "regexp_replace(phone, '\\d', '#')", 'phone:raw'],
    ['snowflake', "regexp_replace(phone, '\\d', '#')", 'phone:constant'],
    ['postgres', 'mask(full_name)', 'full_name:raw'],
    ['databricks', 'mask(full_name)', 'full_name:constant'],
    ['clickhouse', 'quantile(credit)', 'credit:aggregate'],
    ['duckdb', 'quantile(credit, 0.5)', 'credit:raw'],
    ['postgres', "(string_to_array(email, '@'))[1]", 'email:raw'],
    ['spark', "(split(email, '@'))[1]", 'email:partial'],
    ['mysql', "substring(national_id, -4)", 'national_id:partial'],
    ['postgres', "substring(national_id, -4)", 'national_id:raw'],
  ])('%s: %s', (dialect, expression, expected) => {
    expect(of(expression, dialect)).toBe(expected);
  });
});

describe('over whole queries', () => {
  test.each([
    ['the lowest of several paths counts', "SELECT coalesce(md5(email), email) FROM customer", 'email:raw'],
    ['a hash over several columns masks all of them', "SELECT md5(full_name || phone) FROM customer", 'full_name:pseudonymous-weak phone:pseudonymous-weak'],
    ['decoding takes away what encoding added and no more', "SELECT decode(encode(digest(email, 'md5'), 'hex'), 'hex') FROM customer", 'email:pseudonymous-weak'],
    ['through a view', 'SELECT email_hash FROM integration.v_customer_v1', 'email:pseudonymous-weak'],
    ['an aggregate of what a view masks', 'SELECT max(area) FROM integration.v_customer_v1', 'postcode:partial'],
    ['a view that shows both', "SELECT email_hash || email FROM integration.v_customer_v1", 'email:raw'],
    ['through a common table', 'WITH h AS (SELECT sha256(email::bytea) AS h FROM customer) SELECT h FROM h', 'email:pseudonymous-weak'],
    ['one branch of a union shows it', 'SELECT md5(email) FROM customer UNION ALL SELECT email FROM customer', 'email:raw'],
    ['a CASE that returns it sometimes', "SELECT CASE WHEN points > 10 THEN email ELSE left(email, 1) END FROM customer", 'email:raw'],
    ['a CASE that never does', "SELECT CASE WHEN points > 10 THEN md5(email) ELSE left(email, 1) END FROM customer", 'email:pseudonymous-weak'],
    ['a join on the hash shows nothing of what is hashed', 'SELECT c.points FROM customer c JOIN integration.v_customer_v1 v ON md5(c.email) = v.email_hash', 'points:raw'],
    ['a list of hashes is one of pseudonyms', "SELECT string_agg(md5(email), ',') FROM customer", 'email:pseudonymous-weak'],
    ['a list of values that another count does not mask', "SELECT string_agg(email, ',') || count(*)::text FROM customer", 'email:raw'],
    ['a count in a wrapping document', "SELECT json_build_object('n', count(email)) FROM customer", 'email:aggregate'],
  ])('%s', (_, sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });
});

describe('functions of the catalogue count by what they do', () => {
  test.each([
    ['one that masks', 'app.mask_email(email)', 'email:partial'],
    ['one that only says so', 'app.mask_phone(phone)', 'phone:raw'],
    ['one with a key of the server', 'app.tokenize_id(national_id)', 'national_id:pseudonymous-keyed'],
    ['one that cannot be read', 'app.mask_name(full_name)', 'full_name:raw'],
    ['one in another', 'app.mask_email(app.mask_phone(email))', 'email:partial'],
  ])('%s', (_, expression, expected) => {
    expect(of(expression)).toBe(expected);
  });

  test('and a declaration wins over the body', () => {
    const declaredMasks = new Map<string, MaskLevel>([['app.mask_name', 'partial'], ['mask_email', 'pseudonymous-keyed']]);
    expect(shown('SELECT app.mask_name(full_name) FROM customer', { declaredMasks })).toBe('full_name:partial');
    expect(shown('SELECT app.mask_email(email) FROM customer', { declaredMasks })).toBe('email:pseudonymous-keyed');
  });
});

describe('declared functions', () => {
  const declared = new Map<string, MaskLevel>([['security.tokenize', 'pseudonymous-keyed'], ['blur', 'partial'], ['md5', 'raw']]);

  test('count by full name, or by bare name in every schema, whatever else is known of the name', () => {
    expect(shown('SELECT security.tokenize(email) FROM customer', { declaredMasks: declared })).toBe('email:pseudonymous-keyed');
    expect(shown('SELECT app.tokenize(email) FROM customer', { declaredMasks: declared })).toBe('email:raw');
    expect(shown('SELECT app.blur(phone) FROM customer', { declaredMasks: declared })).toBe('phone:partial');
    expect(shown('SELECT md5(phone) FROM customer', { declaredMasks: declared })).toBe('phone:raw');
  });

  test('are found by any part of the name that SQL would find them by', () => {
    expect(declaredMask(['warehouse', 'Security', 'TOKENIZE'], declared)).toBe('pseudonymous-keyed');
    expect(declaredMask(['tokenize'], declared)).toBeNull();
    expect(declaredMask(['blur'], undefined)).toBeNull();
  });
});

describe('hostile text', () => {
  test.each(['(a+)+$', '(x*)*y', '^(.*)(.*)(.*)(.*)(.*)@$', '(a|a)*b', '.?'.repeat(40) + '@', '(a|b|ab)'.repeat(14), '[', '\\', '(?<=a)b', 'a{1000}{1000}', '('.repeat(500)])('the pattern %s masks nothing and takes no time', (pattern) => {
    expect(of(`regexp_replace(email, '${pattern}', '*', 'g')`)).toBe('email:raw');
  });

  test('whatever is called, there is one level for each argument', () => {
    const literal = (value: string, kind: 'string' | 'number'): Expression => ({ type: 'literal', kind, value, span: { start: 0, end: 0 } });
    const names = fc.oneof(
      fc.constantFrom('left', 'substr', 'regexp_replace', 'translate', 'overlay', 'to_char', 'round', 'extract', 'date_trunc', 'hmac', 'encrypt', 'decode', 'split_part', 'multiif', 'mask', 'sumif', 'network'),
      fc.string(),
    );
    const argument = fc.oneof(
      fc.string().map((value) => literal(value, 'string')),
      fc.integer().map((value) => literal(String(value), 'number')),
      fc.constantFrom('email', 'phone', 'born_on', 'zip', 'month').map((name): Expression => ({ type: 'column', parts: [name], span: { start: 0, end: 0 } })),
    );
    fc.assert(
      fc.property(names, fc.array(argument, { minLength: 1, maxLength: 6 }), fc.constantFrom<DialectId>('postgres', 'clickhouse', 'spark', 'mysql'), (name, operands, dialect) => {
        const call: Call = {
          type: 'call', name: [name], arguments: operands, distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span: { start: 0, end: 0 },
        };
        expect(masksOfCall(call, { dialect })).toHaveLength(operands.length);
        expect(masksOfCall(call, { dialect })).toEqual(expect.not.arrayContaining([undefined]));
        expect(masksOfCall(call, { dialect })).toContain(maskOfCall(call, { dialect }));
      }),
      { numRuns: 500 },
    );
  });
});

test('comparisons tell one bit, operators that nobody knows tell all', () => {
  for (const operator of ['=', 'like', '= any', 'is_null', '@>', 'and']) expect(maskOfOperator(operator)).toBe('predicate');
  for (const operator of ['||', '+', '->>', 'coalesce', '<=>', '@-@']) expect(maskOfOperator(operator)).toBe('raw');
});
