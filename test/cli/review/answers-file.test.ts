import { describe, expect, test } from 'vitest';
import { parseAnswers } from '../../../src/cli/review/answers-file.js';
import { withQuestions } from '../../../src/cli/review/questions-file.js';
import { buildReview } from '../../../src/review/index.js';
import { consumer, emptyInput } from '../../review/empty-input.js';

const today = '2026-11-23';
const parse = (text: string) => parseAnswers(text, 'tidemark.review.yaml', today);

describe('the file of answers', () => {
  test('is read', () => {
    expect(parse('answers:\n  Q21: { answer: yes, by: Dana, on: 2026-11-01, note: the board }\nconsumers:\n  - match: "reports/*"\n    if_wrong: a fine\n    by: Dana\n    on: 2026-11-01\n')).toEqual({
      answers: new Map([[21, { answer: 'yes', by: 'Dana', on: '2026-11-01', note: 'the board' }]]), consumers: [{ match: 'reports/*', ifWrong: 'a fine', ifStale: null, by: 'Dana', on: '2026-11-01' }],
    });
  });

  test.each([[''], ['answers:\n'], ['answers: {}\nconsumers: []\n'], ['answers:\n  # Q21: { answer: yes }\n']])('may be empty: %j', (text) => {
    expect(parse(text)).toEqual({ answers: new Map(), consumers: [] });
  });

  test.each([
    ['answers:\n  Q21: { answer: maybe, by: Dana, on: 2026-11-01 }\n', 'tidemark.review.yaml:2:18 '],
    ['answers:\n  Q26: { answer: yes, by: Dana, on: 2026-11-01 }\n', 'tidemark.review.yaml:2:3 '],
    ['answers:\n  Q21: { answer: yes, on: 2026-11-01 }\n', 'tidemark.review.yaml:2:'],
    ['answers:\n  Q21: { answer: yes, by: Dana, on: 2026-02-30 }\n', 'must be a day, as in 2026-11-23'],
    ['answers:\n  Q21: { answer: yes, by: Dana, on: 2027-01-01 }\n', 'Q21 is answered on 2027-01-01, which has not come yet'],
    ['answers: [\n', 'is no YAML'],
    ['answers: &a\n  Q21: *b\n', 'there is no anchor &b'],
    ['answers:\n  Q21: !!binary x\n', 'tidemark.review.yaml:'],
  ])('is refused with its place: %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

test('a file that is nested too deeply is refused', () => {
  expect(() => parse(`a: ${'['.repeat(200_000)}`)).toThrow('nested too deeply');
});

describe('open questions', () => {
  const review = buildReview({ ...emptyInput, consumers: [{ ...consumer, name: 'reports/a: "b"\n# c.sql', decision: { value: 'regulatory-report', via: 'configured', confidence: 1, reasons: [] } }] });
  const first = withQuestions(null, review, today);

  test('are comments of a file that can be read', () => {
    expect(parse(first.text)).toEqual({ answers: new Map(), consumers: [] });
    expect(first.text).toContain('  # Q21: { answer: yes, by: NAME, on: 2026-11-23 }\n');
    expect(first.text).toContain('  # - match: "reports/a: \\"b\\" # c.sql"\n');
  });

  test('are answers without the number sign', () => {
    const filled = first.text.replace(/^( *)# (Q\d+:)/gm, '$1$2').replace(/^( *)# (- match:)/gm, '$1$2').replace(/^( *)# {3}(\w+:)/gm, '$1  $2');
    expect(parse(filled).answers.size).toBe(19);
    expect(parse(filled).consumers).toMatchObject([{ match: 'reports/a: "b" # c.sql' }]);
  });

  test('are not added twice', () => {
    expect(withQuestions(first.text, review, today)).toEqual({ text: first.text, added: 0 });
  });

  test.each([
    ['answers:\n    Q21: { answer: yes, by: Dana, on: 2026-11-01 } # mine\n'],
    ['# mine\nanswers: # here\n  Q21:\n    answer: yes\n    by: Dana\n    on: 2026-11-01'],
    ['answers: { Q21: { answer: yes, by: Dana, on: 2026-11-01 } }\n'],
    ['{ answers: { Q21: { answer: yes, by: Dana, on: 2026-11-01 } } }\n'],
    ['answers:\r\n  Q21: { answer: yes, by: Dana, on: 2026-11-01 }\r\n'],
    ['consumers:\n- match: x\n  by: Dana\n  on: 2026-11-01\nanswers:\n  Q21: { answer: yes, by: Dana, on: 2026-11-01 }\n'],
  ])('leave every answer as it is: %j', (content) => {
    const { text, added } = withQuestions(content, review, today);
    expect(added).toBeGreaterThan(10);
    expect(text).not.toContain('# Q21:');
    expect(parse(text)).toEqual(parse(content));
    let at = 0;
    for (const line of content.split(/\r?\n/)) {
      at = text.indexOf(line, at);
      expect(at).toBeGreaterThanOrEqual(0);
    }
    expect(withQuestions(text, review, today).added).toBe(0);
  });
});
