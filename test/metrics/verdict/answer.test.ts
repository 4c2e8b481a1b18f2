import { describe, expect, test } from 'vitest';
import { isEmptyAnswer, sameAnswer, shownAnswer, witnessValue } from '../../../src/metrics/verdict/answer.js';
import { answerWords, periodWords, valueWords } from '../../../src/metrics/verdict/value-words.js';

function answer(types: readonly string[], ...rows: (string | null)[][]) {
  return { columns: types.map((type, index) => ({ name: `column${index + 1}`, type })), rows };
}

describe('the same answer', () => {
  test('numbers are compared as numbers, to six decimals', () => {
    expect(sameAnswer(answer(['numeric'], ['1.50']), answer(['double precision'], ['1.5']))).toBe(true);
    expect(sameAnswer(answer(['integer'], ['3']), answer(['numeric'], ['3.0000000000']))).toBe(true);
    expect(sameAnswer(answer(['numeric'], ['0.3333333333']), answer(['double precision'], ['0.33333334']))).toBe(true);
    expect(sameAnswer(answer(['numeric'], ['0.333333']), answer(['numeric'], ['0.333334']))).toBe(false);
    expect(sameAnswer(answer(['double precision'], ['1e+20']), answer(['numeric'], ['100000000000000000000']))).toBe(true);
    expect(sameAnswer(answer(['numeric'], ['-0.0000001']), answer(['integer'], ['0']))).toBe(true);
    expect(sameAnswer(answer(['numeric'], ['NaN']), answer(['numeric'], ['0']))).toBe(false);
  });

  test('a date is the midnight of its day, in whichever zone the session shows it', () => {
    expect(sameAnswer(answer(['date'], ['2024-01-01']), answer(['timestamp without time zone'], ['2024-01-01 00:00:00']))).toBe(true);
    expect(sameAnswer(answer(['timestamp with time zone'], ['2024-01-01 00:00:00+00']), answer(['timestamp with time zone'], ['2024-01-01 00:00:00+07']))).toBe(true);
    expect(sameAnswer(answer(['date'], ['2024-01-01']), answer(['timestamp without time zone'], ['2024-01-01 00:00:01']))).toBe(false);
  });

  test('the order of rows makes no difference, the order of columns does', () => {
    expect(sameAnswer(answer(['text', 'bigint'], ['north', '1'], ['south', '2']), answer(['text', 'bigint'], ['south', '2'], ['north', '1']))).toBe(true);
    expect(sameAnswer(answer(['text', 'text'], ['a', 'b']), answer(['text', 'text'], ['b', 'a']))).toBe(false);
  });

  test('rows count as often as they are there, and NULL is a value of its own', () => {
    expect(sameAnswer(answer(['text'], ['north'], ['north']), answer(['text'], ['north']))).toBe(false);
    expect(sameAnswer(answer(['bigint'], [null]), answer(['bigint'], ['0']))).toBe(false);
    expect(sameAnswer(answer(['text'], [null]), answer(['text'], ['']))).toBe(false);
  });

  test('an error is the same as another error only', () => {
    expect(sameAnswer({ error: 'division by zero' }, { error: 'value out of range' })).toBe(true);
    expect(sameAnswer({ error: 'division by zero' }, answer(['bigint'], [null]))).toBe(false);
  });
});

test('what JSON holds exactly is a number, anything else a text', () => {
  expect(witnessValue('42', 'bigint')).toBe(42);
  expect(witnessValue('1.50', 'numeric(10,2)')).toBe(1.5);
  expect(witnessValue('9007199254740993', 'bigint')).toBe('9007199254740993');
  expect(witnessValue('NaN', 'numeric')).toBe('NaN');
  expect(witnessValue('t', 'boolean')).toBe(true);
  expect(witnessValue('007', 'text')).toBe('007');
  expect(witnessValue(null, 'text')).toBe(null);
});

test('one value stands alone, several rows stay rows', () => {
  expect(shownAnswer(answer(['bigint'], ['3']))).toBe(3);
  expect(shownAnswer(answer(['bigint'], [null]))).toBe(null);
  expect(shownAnswer(answer(['text', 'bigint'], ['north', '3']))).toEqual([['north', 3]]);
  expect(shownAnswer(answer(['bigint']))).toEqual([]);
  expect(shownAnswer({ error: 'division by zero' })).toEqual({ error: 'division by zero' });
});

test('nothing is no row, or one row of NULL and 0', () => {
  expect([answer(['bigint']), answer(['bigint'], ['0']), answer(['numeric'], ['0.00']), answer(['bigint'], [null])].map(isEmptyAnswer)).toEqual([true, true, true, true]);
  expect([answer(['bigint'], ['1']), answer(['text'], ['']), answer(['bigint'], ['0'], ['0']), { error: 'division by zero' }].map(isEmptyAnswer)).toEqual([false, false, false, false]);
});

describe('values in a sentence', () => {
  test('bare where they are seen as values', () => {
    expect(valueWords('DUPLICATE')).toBe('DUPLICATE');
    expect(valueWords('in progress')).toBe('in progress');
    expect(valueWords('12.50', 'numeric')).toBe('12.5');
    expect(valueWords('2024-01-31 20:00:00+00', 'timestamp with time zone')).toBe('2024-01-31 20:00Z');
    expect(valueWords('2024-01-31 20:00:00+07', 'timestamp with time zone')).toBe('2024-01-31 20:00+07');
    expect(valueWords('2024-02-01 00:00:00', 'timestamp without time zone')).toBe('2024-02-01');
    expect(valueWords(null)).toBe('NULL');
  });

  test('in quotes where they are not', () => {
    expect(valueWords('')).toBe("''");
    expect(valueWords('null')).toBe("'null'");
    expect(valueWords(' x')).toBe("'x'");
    expect(valueWords('\u001b[31mred')).toBe("'red'");
  });

  test('of many rows those that the other has not', () => {
    const types = ['text', 'bigint'];
    expect(answerWords(answer(types, ['north', '1'], ['south', '2']), answer(types, ['north', '1'], ['south', '3']))).toEqual(['(south, 2)', '(south, 3)']);
    expect(answerWords(answer(types, ['north', '1']), answer(types))).toEqual(['(north, 1)', 'no row']);
    expect(answerWords(answer(types, ['north', '1'], ['south', '2']), answer(types, ['north', '1']))).toEqual(['(south, 2)', 'no other row']);
  });

  test('a period by its month where it begins one', () => {
    expect(periodWords('2024-01-01', '2024-02-01 00:00:00')).toEqual(['January', 'February']);
    expect(periodWords('2023-12-01 00:00:00+00', '2024-01-01 00:00:00+07')).toEqual(['December 2023', 'January 2024']);
    expect(periodWords('2024-01-31', '2024-02-01')).toEqual(['2024-01-31', '2024-02-01']);
    expect(periodWords('north', '2024-02-01')).toBe(null);
  });
});
