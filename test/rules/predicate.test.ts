import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupSchema } from '../../src/facts/schema.js';
import { predicateLanguage, PredicateError, UnknownFact } from '../../src/rules/cel.js';
import { groupsOf, type Facts } from '../../src/rules/facts.js';

const role = predicateLanguage(groupsOf('role'));
const access = predicateLanguage(groupsOf('access'));

/** A small vocabulary, so that random predicates meet random facts often. */
const groups = {
  cost: {
    calls: { type: 'number', doc: '' },
    rows: { type: 'number', doc: '' },
  },
  statement: {
    keyed: { type: 'bool', doc: '' },
    grouped: { type: 'bool', doc: '' },
    kind: { type: 'string', doc: '' },
    relations: { type: 'list', doc: '' },
  },
} as const satisfies Record<string, GroupSchema>;
const compile = predicateLanguage(groups);

interface SmallFacts extends Facts {
  cost: { calls: number; rows: number };
  statement: { keyed: boolean; grouped: boolean; kind: string; relations: string[] };
}

/** True, false, or null for not decided: Kleene's strong logic. */
type Truth = boolean | null;

/** A predicate as text, and what it means. */
interface Meaning {
  text: string;
  holds: (facts: SmallFacts) => Truth;
}

const not = (value: Truth): Truth => (value === null ? null : !value);
const all = (values: Truth[]): Truth => (values.includes(false) ? false : values.includes(null) ? null : true);
const any = (values: Truth[]): Truth => not(all(values.map(not)));

const kinds = ['select', 'delete', 'copy_to'];
const tables = ['app.task', 'shop.orders', 'shop.customer'];

const comparison = fc
  .tuple(fc.constantFrom('calls' as const, 'rows' as const), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), fc.integer({ min: 0, max: 3 }))
  .map(([field, operator, value]): Meaning => {
    const compare = (left: number): boolean =>
      ({ '<': left < value, '<=': left <= value, '>': left > value, '>=': left >= value, '==': left === value, '!=': left !== value })[operator] ??
      false;
    return {
      text: `cost.${field} ${operator} ${value}.0`,
      holds: ({ cost }) => (Number.isNaN(cost[field]) ? null : compare(cost[field])),
    };
  });

const equality: Meaning = {
  text: 'cost.calls != cost.rows',
  holds: ({ cost }) => (Number.isNaN(cost.calls) || Number.isNaN(cost.rows) ? null : cost.calls !== cost.rows),
};

const membership: Meaning = {
  text: 'cost.rows in [1.0, 2.0]',
  holds: ({ cost }) => (Number.isNaN(cost.rows) ? null : [1, 2].includes(cost.rows)),
};

const leaf: fc.Arbitrary<Meaning> = fc.oneof(
  { weight: 3, arbitrary: comparison },
  fc.constant(equality),
  fc.constant(membership),
  fc.constantFrom('keyed' as const, 'grouped' as const).map((field) => ({
    text: `statement.${field}`,
    holds: ({ statement }: SmallFacts) => statement[field],
  })),
  fc.constantFrom(...kinds).map((kind) => ({
    text: `statement.kind == "${kind}"`,
    holds: ({ statement }: SmallFacts) => statement.kind === kind,
  })),
  fc.constantFrom(...tables).map((table) => ({
    text: `"${table}" in statement.relations`,
    holds: ({ statement }: SmallFacts) => statement.relations.includes(table),
  })),
  fc.constant({
    text: 'like(statement.kind, "*e*")',
    holds: ({ statement }: SmallFacts) => statement.kind.includes('e'),
  }),
);

const { predicate } = fc.letrec<{ predicate: Meaning }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('predicate'), tie('predicate')).map(([a, b]) => ({ text: `(${a.text} && ${b.text})`, holds: (f: SmallFacts) => all([a.holds(f), b.holds(f)]) })),
    fc.tuple(tie('predicate'), tie('predicate')).map(([a, b]) => ({ text: `(${a.text} || ${b.text})`, holds: (f: SmallFacts) => any([a.holds(f), b.holds(f)]) })),
    tie('predicate').map((a) => ({ text: `!(${a.text})`, holds: (f: SmallFacts) => not(a.holds(f)) })),
    fc.tuple(tie('predicate'), tie('predicate'), tie('predicate')).map(([a, b, c]) => ({
      text: `(${a.text} ? ${b.text} : ${c.text})`,
      holds: (f: SmallFacts) => (a.holds(f) === null ? null : a.holds(f) === true ? b.holds(f) : c.holds(f)),
    })),
    fc.tuple(tie('predicate'), fc.constantFrom(...tables)).map(([a, table]) => ({
      text: `statement.relations.exists(relation, relation == "${table}" && ${a.text})`,
      holds: (f: SmallFacts) => any(f.statement.relations.map((relation) => all([relation === table, a.holds(f)]))),
    })),
    fc.tuple(tie('predicate'), fc.constantFrom(...tables)).map(([a, table]) => ({
      text: `statement.relations.all(relation, relation != "${table}" || ${a.text})`,
      holds: (f: SmallFacts) => all(f.statement.relations.map((relation) => any([relation !== table, a.holds(f)]))),
    })),
  ),
}));

const amount = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 3 }));
const smallFacts: fc.Arbitrary<SmallFacts> = fc.record({
  cost: fc.record({ calls: amount, rows: amount }),
  statement: fc.record({
    keyed: fc.boolean(),
    grouped: fc.boolean(),
    kind: fc.constantFrom(...kinds),
    relations: fc.subarray(tables),
  }),
});

const decided = (outcome: boolean | UnknownFact): Truth => (outcome instanceof UnknownFact ? null : outcome);

/** Quantifiers stand in each other at most twice; a deeper random predicate is refused, which is not the subject here. */
function compiled(text: string) {
  try {
    return compile(text);
  } catch (error) {
    if (error instanceof PredicateError && error.message.includes('more than one other')) return null;
    throw error;
  }
}

describe('numbers that are not known', () => {
  test('random predicates have the value that three-valued logic gives them', () => {
    fc.assert(
      fc.property(predicate, fc.array(smallFacts, { minLength: 1, maxLength: 8 }), (meaning, situations) => {
        const compiledPredicate = compiled(meaning.text);
        fc.pre(compiledPredicate !== null);
        for (const facts of situations) expect(decided(compiledPredicate.evaluate(facts))).toBe(meaning.holds(facts));
      }),
      { numRuns: 500 },
    );
  });

  test('what is decided without them stays so whatever they are', () => {
    fc.assert(
      fc.property(predicate, smallFacts, (meaning, facts) => {
        const compiledPredicate = compiled(meaning.text);
        fc.pre(compiledPredicate !== null);
        const outcome = compiledPredicate.evaluate(facts);
        fc.pre(!(outcome instanceof UnknownFact));
        for (const calls of [0, 1, 2, 3, 1e9]) {
          for (const rows of [0, 1, 2, 3, 1e9]) {
            const cost = {
              calls: Number.isNaN(facts.cost.calls) ? calls : facts.cost.calls,
              rows: Number.isNaN(facts.cost.rows) ? rows : facts.cost.rows,
            };
            expect(compiledPredicate.evaluate({ ...facts, cost })).toBe(outcome);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each(['cost.calls != 3.0', '!(cost.calls == 3.0)', '!(cost.calls > 3.0)', 'cost.calls > 3.0 ? false : true', '!(cost.calls in [3.0])'])(
    '%s is not decided, and the outcome names the number',
    (text) => {
      const facts = { cost: { calls: Number.NaN, rows: 1 }, statement: { keyed: false, grouped: false, kind: '', relations: [] } };
      expect(compile(text).evaluate(facts)).toMatchObject({ path: 'cost.calls' });
    },
  );
});

/** What a person reads: the message, and the part of the predicate that it points at. */
function refusal(language: (source: string) => unknown, source: string): string {
  try {
    language(source);
  } catch (error) {
    if (error instanceof PredicateError) return `${error.message}\n${source}\n${' '.repeat(error.start)}${'^'.repeat(error.end - error.start)}`;
    throw error;
  }
  return 'not refused';
}

describe('what is refused when a rule is loaded', () => {
  test('a fact that is misspelt', () => {
    expect(refusal(role, 'role.can_login && role.statement_timeot_seconds == 0.0')).toMatchInlineSnapshot(`
      "unknown fact 'role.statement_timeot_seconds'; did you mean 'statement_timeout_seconds'?
      role.can_login && role.statement_timeot_seconds == 0.0
                             ^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a group that is misspelt', () => {
    expect(refusal(role, 'roles.can_login')).toMatchInlineSnapshot(`
      "unknown name 'roles'; did you mean 'role'?
      roles.can_login
      ^^^^^"
    `);
  });
  test('a group of another subject', () => {
    expect(refusal(role, 'statement.keyed')).toMatchInlineSnapshot(`
      "unknown name 'statement'; this rule sees role, store, threshold
      statement.keyed
      ^^^^^^^^^"
    `);
  });
  test('a whole group', () => {
    expect(refusal(role, 'role == store')).toMatchInlineSnapshot(`
      "role is a group of facts; name one of them, such as role.name
      role == store
      ^^^^"
    `);
  });
  test('a number compared with a whole number', () => {
    expect(refusal(role, 'role.statement_timeout_seconds == 0')).toMatchInlineSnapshot(`
      "'==' does not go with number and whole number; write 0.0
      role.statement_timeout_seconds == 0
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a text compared with a number', () => {
    expect(refusal(access, 'statement.keyed || statement.kind == 7')).toMatchInlineSnapshot(`
      "'==' does not go with text and whole number
      statement.keyed || statement.kind == 7
                         ^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a number looked for in whole numbers', () => {
    expect(refusal(access, 'statement.limit in [10, 100]')).toMatchInlineSnapshot(`
      "'in' does not go with number and list of whole numbers; write 10.0, 100.0
      statement.limit in [10, 100]
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a predicate that is a text', () => {
    expect(refusal(access, 'statement.kind')).toMatchInlineSnapshot(`
      "must be true or false, and this is a text
      statement.kind
      ^^^^^^^^^^^^^^"
    `);
  });
  test('a regular expression', () => {
    expect(refusal(access, 'statement.head.matches("(a+)+$")')).toMatchInlineSnapshot(`
      "matches() is refused: it runs a regular expression without a bound on its time; use like(text, pattern), where * stands for any characters
      statement.head.matches("(a+)+$")
                     ^^^^^^^"
    `);
  });
  test('arithmetic, which could make a number that is none', () => {
    expect(refusal(access, 'cost.total_ms / cost.calls > 100.0')).toMatchInlineSnapshot(`
      "a rule compares facts and computes nothing; what must be computed is a fact of its own
      cost.total_ms / cost.calls > 100.0
      ^^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('has()', () => {
    expect(refusal(access, '!has(cost.calls)')).toMatchInlineSnapshot(`
      "has() is refused: every fact is there, and a number that is not known already leaves the rule undecided
      !has(cost.calls)
       ^^^"
    `);
  });
  test('a conversion', () => {
    expect(refusal(access, 'string(cost.calls) == "NaN"')).toMatchInlineSnapshot(`
      "string() is not part of the rule language
      string(cost.calls) == "NaN"
      ^^^^^^"
    `);
  });
  test('an element of a list by its number', () => {
    expect(refusal(access, 'statement.relations[0] == "app.task"')).toMatchInlineSnapshot(`
      "facts are read as group.field; to look into a list use "in", exists() or all()
      statement.relations[0] == "app.task"
      ^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a function that is misspelt', () => {
    expect(refusal(access, 'statement.head.startWith("SELECT")')).toMatchInlineSnapshot(`
      "startWith() is not part of the rule language; did you mean 'startsWith'?
      statement.head.startWith("SELECT")
                     ^^^^^^^^^"
    `);
  });
  test('a wrong argument', () => {
    expect(refusal(access, 'statement.head.startsWith(5)')).toMatchInlineSnapshot(`
      "wrong kind of argument: text.startsWith(whole number)
      statement.head.startsWith(5)
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('three quantifiers in each other', () => {
    const text = 'statement.relations.exists(a, statement.writes.exists(b, statement.aggregates.exists(c, a == b)))';
    expect(refusal(access, text)).toMatchInlineSnapshot(`
      "exists() stands in more than one other exists() or all(); what needs that is a fact
      statement.relations.exists(a, statement.writes.exists(b, statement.aggregates.exists(c, a == b)))
                                                                                    ^^^^^^"
    `);
  });
  test('a name of a list element that is misspelt', () => {
    expect(refusal(access, 'statement.relations.exists(relation, realtion == "app.task")')).toMatchInlineSnapshot(`
      "unknown name 'realtion'; did you mean 'relation'?
      statement.relations.exists(relation, realtion == "app.task")
                                           ^^^^^^^^"
    `);
  });
  test('null', () => {
    expect(refusal(access, 'consumer.owner == null')).toMatchInlineSnapshot(`
      "there is no null: a text or list that is not known is empty
      consumer.owner == null
                        ^^^^"
    `);
  });
  test('an expression that ends too early', () => {
    expect(refusal(access, 'statement.keyed &&')).toMatchInlineSnapshot(`
      "the expression ends too early
      statement.keyed &&
                        ^"
    `);
  });
  test('a character that CEL does not know', () => {
    expect(refusal(access, 'statement.keyed and statement.grouped')).toMatchInlineSnapshot(`
      "unexpected 'and'; write &&
      statement.keyed and statement.grouped
                      ^^^"
    `);
  });
  test('a text that is not closed', () => {
    expect(refusal(access, 'statement.kind == "select')).toMatchInlineSnapshot(`
      "unterminated string
      statement.kind == "select
                        ^^^^^^^"
    `);
  });
  test('a condition that is no condition', () => {
    expect(refusal(access, 'statement.keyed && statement.kind')).toMatchInlineSnapshot(`
      "'&&' joins conditions, and this is a text
      statement.keyed && statement.kind
                         ^^^^^^^^^^^^^^"
    `);
  });
  test('an assignment', () => {
    expect(refusal(access, 'statement.keyed && statement.kind = "select"')).toMatchInlineSnapshot(`
      "unexpected '='; write ==
      statement.keyed && statement.kind = "select"
                                        ^"
    `);
  });
  test('more than a rule needs', () => {
    expect(refusal(access, Array(400).fill('true').join('||')).split('\n')[0]).toMatchInlineSnapshot(`"has more than 500 parts"`);
    expect(refusal(access, Array(300).fill('statement.keyed').join(' || ')).split('\n')[0]).toMatchInlineSnapshot(`"a predicate has at most 4000 characters"`);
    expect(refusal(access, 'statement.keyed'.padEnd(5000)).split('\n')[0]).toMatchInlineSnapshot(`"a predicate has at most 4000 characters"`);
    expect(refusal(access, `${'('.repeat(100)}statement.keyed${')'.repeat(100)}`).split('\n')[0]).toMatchInlineSnapshot(`"is nested more than 50 deep"`);
  });
});

test('explains each condition by itself', () => {
  const facts = { cost: { calls: Number.NaN, rows: 2 }, statement: { keyed: true, grouped: false, kind: 'select', relations: [] } };
  const conditions = compile('statement.keyed && (cost.calls > 1.0 || statement.grouped) && statement.kind == "delete"').explain(facts);
  expect(conditions.map(({ source, outcome, paths }) => [source, decided(outcome), paths])).toEqual([
    ['statement.keyed', true, ['statement.keyed']],
    ['cost.calls > 1.0 || statement.grouped', null, ['cost.calls', 'statement.grouped']],
    ['statement.kind == "delete"', false, ['statement.kind']],
  ]);
});

test('facts that lack what the schema promises are an error, not an outcome', () => {
  const facts = { cost: { calls: 1, rows: 2 } };
  expect(() => compile('statement.keyed').evaluate(facts)).toThrow('the facts have no group statement');
  expect(() => compile('cost.calls > 1.0').evaluate({ cost: { rows: 2 } })).toThrow('No such key: calls');
});
