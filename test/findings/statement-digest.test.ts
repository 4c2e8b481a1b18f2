import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { statementDigest } from '../../src/findings/statement-digest.js';
import { Pseudonyms } from '../../src/snapshot/pseudonym.js';
import { redactQuery } from '../../src/snapshot/redact-query.js';
import { collectedQuery } from '../support/snapshot.js';

const digest = (raw: string, engine?: string): string => statementDigest({ raw, variants: [] }, engine);

/** Texts that differ in form only, each set with one digest. */
const SAME: Record<string, string[]> = {
  'case, blanks and lines': ['SELECT Region_Code, count(*)\nFROM app.task\nGROUP BY 1;', 'select region_code , COUNT( * ) from app . task group by 1', '\tSELECT region_code,count(*)\r\nFROM app.task\r\nGROUP BY 1 ;;\n'],
  comments: ['SELECT a FROM t', '-- tidemark-ignore x: y\nSELECT a -- it\'s the key\nFROM t', '/* a /* nested */ one */ SELECT a FROM /* "it" */ t', '# MySQL says: don\'t\nSELECT a\n  # and "here"\nFROM t', '#standardSQL\nSELECT a FROM t', '{# of dbt: it\'s #} SELECT a FROM t'],
  'line ends within texts': ["SELECT 'a\nb', $$c\nd$$", "select 'a\r\nb', $$c\r\nd$$"],
  'prefixes of texts': ["SELECT E'\\n', U&\"d\\0061t\"", "select e'\\n', u&\"d\\0061t\""],
  'numbers': ['SELECT 1E5, 0XFF', 'select 1e5, 0xff'],
  'blanks in templates': ["SELECT * FROM {{ ref('orders') }} WHERE $__timeFilter( at ) {% if  x %} AND b = ${ b } {%endif%}", "select * from {{ref('orders')}} where $__timeFilter(at) {%if x%} and b = ${b} {% endif %}"],
  'optional clauses of Metabase': ['SELECT a FROM t [[ WHERE b = {{ b }} ]]', 'select a from t [[where b={{b}}]]'],
};

/** Texts each with a digest of its own. */
const DIFFERENT: Record<string, string[]> = {
  literals: ["SELECT 'A'", "SELECT 'a'", "SELECT 'a '", 'SELECT 1', 'SELECT $$a$$', "SELECT E'a'"],
  'quoted names': ['SELECT "A"', 'SELECT "a"', 'SELECT a', 'SELECT `a`'],
  operators: ['SELECT a < b', 'SELECT a <= b', 'SELECT a #> b', 'SELECT a #>> b'],
  'a semicolon between statements': ['SELECT 1; SELECT 2', 'SELECT 1 SELECT 2'],
  'names of variables': ['SELECT ${TABLE}.a', 'SELECT ${table}.a', 'SELECT {{TABLE}}.a'],
  'what stands within texts': ["SELECT '-- a'", "SELECT '-- b'", "SELECT '{# a #}'", "SELECT '/* a */'"],
  'words that only a comment parts': ['SELECT ab', 'SELECT a/* */b'],
};

describe('the digest of a statement', () => {
  test.each(Object.entries(SAME))('keeps over %s', (_name, texts) => {
    expect(new Set(texts.map((text) => digest(text))).size).toBe(1);
  });
  test.each(Object.entries(DIFFERENT))('tells apart %s', (_name, texts) => {
    expect(new Set(texts.map((text) => digest(text))).size).toBe(texts.length);
  });

  test('is 12 hexadecimal digits, and stays what it is over versions', () => {
    expect(digest('SELECT * FROM shop.orders WHERE status = \'OPEN\'')).toMatchInlineSnapshot(`"564211e65c08"`);
  });
  test('is empty where nothing is said', () => {
    expect(['', ' \n', '-- only a comment', ';;', '{# nothing #}'].map((text) => digest(text))).toEqual(['', '', '', '', '']);
  });
  test('of a query that its tool builds is that of its first variant', () => {
    const variant = { label: 'default', sql: 'SELECT a FROM t', map: [], assumptions: [] };
    expect(statementDigest({ raw: '', variants: [variant, { ...variant, sql: 'SELECT b' }] })).toBe(digest('select a from t'));
  });
  test('reads # within a line as a comment only where the engine has it', () => {
    expect(digest('SELECT 1 # one', 'mysql')).toBe(digest('SELECT 1'));
    expect(digest("SELECT data #> '{a}'", 'postgres')).not.toBe(digest('SELECT data'));
    expect(digest('SELECT a\nFROM\n#totals', 'sqlserver')).not.toBe(digest('SELECT a FROM'));
  });
  test('is the same at each collection, which puts other stand-ins in place of personal data', () => {
    const raw = "SELECT 1 FROM shop.customer WHERE email = 'nils.horvat@example.org' AND card = 4111111111111111 -- of nils.horvat@example.org";
    const collected = [1, 2, 3].map(() => redactQuery(collectedQuery({ raw }), new Pseudonyms()));
    expect(new Set(collected.map((query) => query.raw)).size).toBe(3);
    expect(new Set(collected.map((query) => statementDigest(query))).size).toBe(1);
  });
  test('does not depend on form: any blanks and comments between any words', () => {
    const words = fc.array(fc.constantFrom('SELECT', 'a', '(', ')', ',', "'it''s -- x'", '"Q /*"', '1.5', '$$ -- $$', '{{ v }}', '=', '`b`'), { minLength: 1, maxLength: 12 });
    const gap = fc.constantFrom(' ', '\n', '\t\r\n', ' -- it\'s\n', '/* " */', ' /* /* */ */ ', '\n# \'\n');
    fc.assert(fc.property(words, fc.array(gap, { minLength: 13, maxLength: 13 }), (said, gaps) => {
      const formed = said.map((word, index) => `${gaps[index] ?? ' '}${word}`).join('') + (gaps[12] ?? '');
      // A text continues behind a line break: two of them in a row are one.
      fc.pre(!said.some((word, index) => word.startsWith("'") && said[index + 1]?.startsWith("'")));
      expect(digest(formed)).toBe(digest(said.join(' ')));
    }), { numRuns: 200 });
  });
  test('never throws, and takes time in proportion to the length of hostile texts', () => {
    const parts = ["'", '"', '$a$', '{{', '}}', '{%', '${', '/*', '*/', '--', '#', '\n', '{#', ' ', 'x', '\u0000', '\ud800', ';', '\\'];
    fc.assert(fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), (some) => {
      expect(digest(some.join(''))).toMatch(/^(?:[0-9a-f]{12})?$/);
    }), { numRuns: 300 });
    for (const part of [...parts, "'a' -- b\n", '$a$b', '\n#', '{{ "', "{{ '"]) expect(digest(part.repeat(Math.ceil(200_000 / part.length)))).toMatch(/^(?:[0-9a-f]{12})?$/);
  }, 60_000);
});
