import fc from 'fast-check';
import { column, required, table } from './catalog.js';

/** A table with a column of every family that the comparison understands. */
export const permit = table('app', 'permit', [
  required('permit_id', 'bigint'),
  column('fee', 'numeric(6,2)'),
  column('surcharge', 'numeric(6,2)'),
  column('share', 'numeric'),
  column('visits', 'integer'),
  column('limit_of_visits', 'integer'),
  required('grade', 'smallint'),
  column('ratio', 'double precision'),
  column('status', 'text'),
  column('previous_status', 'character varying(20)'),
  column('code', 'character varying(4)'),
  column('region', 'character(2)'),
  column('stage', 'app.permit_stage', { enumValues: ['DRAFT', 'FILED', 'GRANTED', 'REFUSED'] }),
  column('urgent', 'boolean'),
  column('appealed', 'boolean'),
  column('filed_on', 'date'),
  column('due_on', 'date'),
  column('opened_at', 'timestamp without time zone'),
  column('closed_at', 'timestamp without time zone'),
  column('paid_at', 'timestamp(0) without time zone'),
  column('seen_at', 'timestamp with time zone'),
  column('reference', 'uuid'),
]);

export const permitSql = [
  'create schema app',
  "create type app.permit_stage as enum ('DRAFT', 'FILED', 'GRANTED', 'REFUSED')",
  `create table app.permit (${permit.columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
];

const one = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const text = fc.oneof(
  fc.tuple(fc.string({ unit: fc.constantFrom('a', 'B', '%', '_', 'x', "''"), maxLength: 3 })).map(([inner]) => `'${inner}'`),
  one("'OPEN'", "'CLOSED'", "''", "'OPEN'::text", "'CLOSED'::character varying", "'no'::text", 'NULL', 'NULL::text'),
);

/** Literals of each family as people and servers write them. */
const literals: Record<string, fc.Arbitrary<string>> = {
  number: one('0', '10', '10.00', "'10'", '-1', '9.99', '9999.99', '-9999.99', '0.005', '1e2', '10::numeric', '(0)::numeric', "'12.5'::numeric", 'NULL', '100000'),
  whole: one('0', '1', '10', '2.5', "'3'", '-32768', '32767', '2147483647', '3::bigint', '10::numeric', 'NULL', '99999999999'),
  double: one('0', '0.1', '1e3', '-2.5', "'0.1'", '0.5::numeric', '2::double precision', 'NULL'),
  text,
  padded: one("'DE'", "'DE '", "'D'", "'FR'::bpchar", "''", 'NULL'),
  stage: one("'DRAFT'", "'FILED'", "'GRANTED'::app.permit_stage", "'REFUSED'", 'NULL'),
  day: one("'2024-02-29'", "'2024-03-01'", "'2024-03-01 17:00'", "date '2023-12-31'", "'infinity'", "timestamp '2024-03-01 00:00'", "timestamp '2024-03-01 06:30'", 'NULL'),
  moment: one("'2024-03-01'", "'2024-03-01 00:00:00'", "'2024-03-31 23:59:59.999999'", "timestamp '2024-02-29 12:00'", "date '2024-03-01'", "'-infinity'", "'2024-04-01T00:00:00Z'", 'NULL'),
  zoned: one("'2024-03-01 00:00:00+00'", "'2024-03-01T02:00:00+02:00'", "timestamptz '2024-03-05 00:00:00Z'", "'2024-03-09 12:00:00-05'", 'NULL'),
  uuid: one("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'{a0eebc999c0b4ef8bb6d6bb9bd380a11}'", "'00000000-0000-0000-0000-000000000000'", 'NULL'),
  pattern: one("'A%'", "'%E%'", "'_'", "'OP_N'", "'%'", "'a\\%'", "'%a%B'", "'CLOSED'"),
};

interface Term {
  sql: string;
  family: keyof typeof literals;
  ordered: boolean;
  /** Others that it may be compared with. */
  kin: string[];
}

const terms: Term[] = [
  { sql: 'fee', family: 'number', ordered: true, kin: ['surcharge'] },
  { sql: 'fee::numeric', family: 'number', ordered: true, kin: [] },
  { sql: 'coalesce(fee, 0)', family: 'number', ordered: true, kin: ['surcharge'] },
  { sql: 'coalesce(fee, surcharge, 10)', family: 'number', ordered: true, kin: [] },
  { sql: 'nullif(fee, 10)', family: 'number', ordered: true, kin: ['surcharge'] },
  { sql: 'case when urgent then fee else surcharge end', family: 'number', ordered: true, kin: [] },
  { sql: 'share', family: 'number', ordered: true, kin: [] },
  { sql: 'visits', family: 'whole', ordered: true, kin: ['limit_of_visits', 'grade'] },
  { sql: 'visits::bigint', family: 'whole', ordered: true, kin: ['limit_of_visits'] },
  { sql: 'grade', family: 'whole', ordered: true, kin: ['visits'] },
  { sql: 'ratio', family: 'double', ordered: true, kin: [] },
  { sql: 'status', family: 'text', ordered: false, kin: ['previous_status'] },
  { sql: "coalesce(status, 'OPEN')", family: 'text', ordered: false, kin: ['previous_status'] },
  { sql: "case status when 'a' then 'OPEN' when 'OPEN' then 'a' else previous_status end", family: 'text', ordered: false, kin: [] },
  { sql: 'previous_status::text', family: 'text', ordered: false, kin: ['status'] },
  { sql: 'code', family: 'text', ordered: false, kin: [] },
  { sql: 'region', family: 'padded', ordered: false, kin: [] },
  { sql: 'stage', family: 'stage', ordered: true, kin: [] },
  { sql: 'stage::text', family: 'text', ordered: false, kin: [] },
  { sql: 'filed_on', family: 'day', ordered: true, kin: ['due_on'] },
  { sql: 'filed_on::timestamp', family: 'moment', ordered: true, kin: [] },
  { sql: 'visits::numeric', family: 'number', ordered: true, kin: [] },
  { sql: "date_trunc('month', opened_at)::date::timestamp", family: 'moment', ordered: true, kin: [] },
  { sql: 'coalesce(filed_on, due_on)', family: 'day', ordered: true, kin: [] },
  { sql: "coalesce(filed_on, '2024-03-01')", family: 'day', ordered: true, kin: [] },
  { sql: 'opened_at', family: 'moment', ordered: true, kin: ['closed_at'] },
  { sql: 'paid_at', family: 'moment', ordered: true, kin: [] },
  { sql: 'opened_at::date', family: 'day', ordered: true, kin: [] },
  { sql: "date_trunc('month', opened_at)", family: 'moment', ordered: true, kin: [] },
  { sql: "date_trunc('week', opened_at)", family: 'moment', ordered: true, kin: [] },
  { sql: "date_trunc('hour', paid_at)", family: 'moment', ordered: true, kin: [] },
  { sql: "date_trunc('quarter', opened_at)::date", family: 'day', ordered: true, kin: [] },
  { sql: 'seen_at', family: 'zoned', ordered: true, kin: [] },
  { sql: 'reference', family: 'uuid', ordered: false, kin: [] },
];

const comparison = fc.constantFrom('=', '<>', '<', '<=', '>', '>=', '!=');
const equality = fc.constantFrom('=', '<>');

function atomOf(term: Term): fc.Arbitrary<string> {
  const literal = literals[term.family] ?? text;
  const operator = term.ordered ? comparison : equality;
  const bare = literal.filter((value) => !value.startsWith('NULL'));
  const forms: fc.Arbitrary<string>[] = [
    fc.tuple(operator, literal).map(([symbol, value]) => `${term.sql} ${symbol} ${value}`),
    fc.tuple(operator, literal).map(([symbol, value]) => `${value} ${symbol} ${term.sql}`),
    fc.tuple(fc.constantFrom('IN', 'NOT IN'), fc.array(literal, { minLength: 1, maxLength: 3 })).map(([word, values]) => `${term.sql} ${word} (${values.join(', ')})`),
    fc.constantFrom('IS NULL', 'IS NOT NULL').map((test) => `${term.sql} ${test}`),
    fc.tuple(fc.constantFrom('IS DISTINCT FROM', 'IS NOT DISTINCT FROM'), literal).map(([word, value]) => `${term.sql} ${word} ${value}`),
  ];
  if (term.ordered) {
    forms.push(
      fc.tuple(fc.constantFrom('BETWEEN', 'NOT BETWEEN', 'BETWEEN SYMMETRIC'), literal, literal).map(([word, low, high]) => `${term.sql} ${word} ${low} AND ${high}`),
    );
  }
  if (term.family === 'text' && !term.sql.includes('(') && !term.sql.startsWith('case')) {
    forms.push(fc.tuple(fc.constantFrom('LIKE', 'NOT LIKE'), literals['pattern'] ?? text).map(([word, pattern]) => `${term.sql} ${word} ${pattern}`));
    forms.push(
      fc.tuple(fc.constantFrom('= ANY', '<> ALL', '<> ANY', '= ALL'), fc.array(bare, { maxLength: 3 })).map(([word, values]) => `${term.sql} ${word} (ARRAY[${values.join(', ')}]::text[])`),
    );
  }
  for (const other of term.kin) {
    forms.push(operator.map((symbol) => `${term.sql} ${symbol} ${other}`), operator.map((symbol) => `${other} ${symbol} ${term.sql}`));
    forms.push(fc.constantFrom('IS DISTINCT FROM', 'IS NOT DISTINCT FROM').map((word) => `${term.sql} ${word} ${other}`));
  }
  return fc.oneof(...forms);
}

const booleanAtom = one(
  'urgent', 'NOT urgent', 'urgent IS TRUE', 'urgent IS NOT TRUE', 'urgent IS UNKNOWN', 'urgent = true', "urgent = 'f'", 'urgent <> appealed', 'urgent = appealed',
  'urgent IS DISTINCT FROM appealed', 'coalesce(urgent, false)', 'coalesce(urgent, appealed)', 'urgent IS NULL', 'true', 'false', 'NULL::boolean', '1 = 1', "'a' = 'b'", '2 > 10',
);

/** Conditions that are looked into only in part, or not at all. */
const obscure = one(
  "lower(status) = 'open'", "lower(status) IN ('open', 'a')", "'a' <> lower(status)", 'length(status) > 3', 'length(status) <= 3', "upper(code) = code", "status ILIKE 'o%'",
  "status NOT ILIKE 'o%'", "coalesce(lower(status), 'open') = 'open'", 'fee * 2 > 20', 'fee + surcharge < 20', 'fee + surcharge >= 20', 'round(fee) = fee', 'abs(fee) = 10',
  'due_on - 5 > filed_on', "opened_at + interval '1 day' > closed_at", "opened_at + interval '1 day' <= closed_at", "extract(year from opened_at) = 2024", "status > 'A'",
  "status || code = 'OPENa'", "substring(status from 1 for 1) = 'O'", "position('E' in status) > 0", "status ~ '^O'", "status !~ '^O'", "greatest(fee, surcharge) > 10", "visits % 2 = 0",
  "seen_at > now()", "seen_at <= now()", "seen_at > now() - interval '1 day'", "opened_at > now()", "filed_on < current_date", "current_date >= filed_on", "seen_at::date = '2024-03-01'", "fee::text = '10.00'", "fee IN (10, surcharge)", "(fee, visits) = (10, 1)", "reference::text LIKE 'a%'",
);

/** A condition over few columns, so that two of them often look at the same ones. */
function conditions(chosen: readonly Term[], rest: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const atom = fc.oneof({ weight: 5, arbitrary: fc.oneof(...chosen.map(atomOf)) }, { weight: 1, arbitrary: rest });
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      atom,
      fc.tuple(tie('tree'), fc.constantFrom('AND', 'OR'), tie('tree')).map(([a, word, b]) => `(${a} ${word} ${b})`),
      tie('tree').map((inner) => `NOT (${inner})`),
      fc.tuple(tie('tree'), fc.constantFrom('IS TRUE', 'IS NOT TRUE', 'IS FALSE', 'IS UNKNOWN', 'IS NULL')).map(([inner, test]) => `(${inner}) ${test}`),
      fc.tuple(tie('tree'), fc.constantFrom('=', '<>'), tie('tree')).map(([a, symbol, b]) => `((${a}) ${symbol} (${b}))`),
      fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `CASE WHEN ${a} THEN ${b} ELSE ${c} END`),
    ),
  }));
  return tree;
}

function triples(rest: fc.Arbitrary<string>): fc.Arbitrary<[string, string, string]> {
  return fc.uniqueArray(fc.constantFrom(...terms), { minLength: 1, maxLength: 2 }).chain((chosen) => {
    const condition = conditions(chosen, rest);
    return fc.tuple(condition, condition, condition);
  });
}

/** Two conditions over the same few columns, and a third for a constraint. */
export const clearConditions = triples(booleanAtom);

/** The same with parts that are not understood. */
export const obscureConditions = triples(fc.oneof(booleanAtom, obscure));

/** Ways to write a condition again that keep the rows for which it is true. */
export const REWRITES: ((condition: string) => string)[] = [
  (condition) => `(${condition}) AND (${condition})`,
  (condition) => `(${condition}) OR (${condition})`,
  (condition) => `NOT (NOT (${condition}))`,
  (condition) => `(${condition}) IS TRUE`,
  (condition) => `coalesce((${condition}), false)`,
  (condition) => `CASE WHEN ${condition} THEN true END`,
  (condition) => `(${condition}) = true`,
  (condition) => `((${condition}) IS NOT TRUE) IS FALSE`,
  (condition) => `CASE WHEN NOT (${condition}) THEN false ELSE (${condition}) END`,
  (condition) => `true AND ((${condition}) OR NULL::boolean IS NOT NULL)`,
];
