import { like } from '../text/glob.js';
import { suggestion } from '../text/nearest-name.js';
import type { Unit } from '../text/quantity.js';

/** What rows can be asked for by name, as in `state:breach` and `lag>60`. */
export type Field<Row> = { text: (row: Row) => string } | { number: (row: Row) => number | null; unit: Unit };
export type Fields<Row> = Readonly<Record<string, Field<Row>>>;

export interface Filter<Row> {
  matches: (row: Row) => boolean;
  /** What could not be understood, for the reader; such a term hides nothing. */
  problem: string | null;
}

type Term<Row> = { test: (row: Row) => boolean } | { problem: string };

const OPERATORS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '=': (left, right) => left === right,
};

/**
 * Understands `text`, `!text`, `field:text` with `*` for anything, `field>number` with a unit, and `"two words"`; all terms must
 * hold. Letters without case, no regular expressions: time is linear in rows and text. A number that is not known is neither
 * above nor below any other.
 */
export function parseFilter<Row>(text: string, fields: Fields<Row>): Filter<Row> {
  const terms = words(text).map((word) => parseTerm(word, fields));
  const tests = terms.flatMap((term) => ('test' in term ? [term.test] : []));
  const problem = terms.find((term) => 'problem' in term);
  return {
    matches: (row) => tests.every((test) => test(row)),
    problem: problem !== undefined && 'problem' in problem ? problem.problem : null,
  };
}

/** Parts between blanks; quotation marks hold blanks together, and so does a comparison. */
function words(text: string): string[] {
  const joined = text.replace(/ *(>=|<=|>|<) */g, '$1');
  return [...joined.matchAll(/(?:"[^"]*"?|[^\s"]+)+/g)].map(([word]) => word);
}

function parseTerm<Row>(word: string, fields: Fields<Row>): Term<Row> {
  if (word.startsWith('!') && word.length > 1) {
    const term = parseTerm(word.slice(1), fields);
    return 'test' in term ? { test: (row) => !term.test(row) } : term;
  }
  const [, name = '', operator = '', value = ''] = /^(\w+)(:|>=|<=|>|<|=)(.*)$/.exec(word) ?? [];
  if (operator === '') return { test: containsIn(Object.values(fields), unquoted(word)) };
  const field = Object.entries(fields).find(([known]) => known === name.toLowerCase())?.[1];
  if (field === undefined) {
    return { problem: `no field '${name}'${suggestion(name, Object.keys(fields))}; there are ${Object.keys(fields).join(', ')}` };
  }
  // While it is typed, a term without a value asks for nothing yet.
  if (value === '') return { test: () => true };
  return 'text' in field ? textTerm(name, field, operator, unquoted(value)) : numberTerm(name, field, operator, unquoted(value));
}

function containsIn<Row>(fields: readonly Field<Row>[], wanted: string): (row: Row) => boolean {
  const texts = fields.flatMap((field) => ('text' in field ? [field.text] : []));
  return (row) => texts.some((text) => contains(text(row), wanted));
}

function textTerm<Row>(name: string, field: { text: (row: Row) => string }, operator: string, value: string): Term<Row> {
  if (operator !== ':' && operator !== '=') return { problem: `${name} is a text; ask for ${name}:${value}` };
  return { test: (row) => contains(field.text(row), value) };
}

function contains(text: string, wanted: string): boolean {
  const searched = text.slice(0, SEARCHED_MAX).toLowerCase();
  if (wanted === '*') return searched !== '';
  return wanted.includes('*') ? like(searched, wanted) : searched.includes(wanted);
}

/** Longer texts are searched up to here. */
const SEARCHED_MAX = 4_000;

function numberTerm<Row>(name: string, field: { number: (row: Row) => number | null; unit: Unit }, operator: string, value: string): Term<Row> {
  const wanted = parseNumber(value, field.unit);
  if (wanted === null) return { problem: `'${value}' is no number for ${name}; ask for ${name}>${EXAMPLES[field.unit]}` };
  const compare = OPERATORS[operator] ?? OPERATORS['='];
  return {
    test: (row) => {
      const known = field.number(row);
      return known !== null && compare !== undefined && compare(known, wanted);
    },
  };
}

const EXAMPLES: Readonly<Record<Unit, string>> = { seconds: '2min', bytes: '1GiB', ms: '40ms', share: '20%', days: '3', count: '100' };

const FACTORS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  seconds: { '': 1, ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400, days: 86_400 },
  ms: { '': 1, ms: 1, s: 1000, min: 60_000 },
  bytes: { '': 1, b: 1, k: 2 ** 10, kb: 2 ** 10, kib: 2 ** 10, m: 2 ** 20, mb: 2 ** 20, mib: 2 ** 20, g: 2 ** 30, gb: 2 ** 30, gib: 2 ** 30, t: 2 ** 40, tb: 2 ** 40, tib: 2 ** 40 },
  share: { '': 1, '%': 0.01 },
  days: { '': 1, d: 1, days: 1 },
  count: { '': 1, k: 1e3, m: 1e6, g: 1e9 },
};

function parseNumber(text: string, unit: Unit): number | null {
  const [, digits = '', suffix = ''] = /^(-?\d{1,15}(?:\.\d{0,9})?) ?([a-z%]*)$/.exec(text) ?? [];
  const factor = Object.entries(FACTORS[unit]).find(([known]) => known === suffix)?.[1];
  return digits === '' || factor === undefined ? null : Number(digits) * factor;
}

function unquoted(text: string): string {
  return text.replaceAll('"', '').toLowerCase();
}
