import { describe, expect, test } from 'vitest';
import type { ClassifiedConsumer } from '../../src/model/classified-consumer.js';
import { isStale, NO_ANSWERS, type PersonAnswer } from '../../src/review/answers.js';
import { ofChecks, ofUnits } from '../../src/review/checklist/asked.js';
import { QUESTIONS } from '../../src/review/checklist/index.js';
import { buildReview } from '../../src/review/index.js';
import { configured, consumer, emptyInput } from './empty-input.js';

const answered = (number: number, said: Partial<PersonAnswer>): Parameters<typeof buildReview>[0] => ({
  ...emptyInput, answers: { ...NO_ANSWERS, answers: new Map([[number, { answer: 'yes', by: 'Dana', on: '2026-11-01', note: null, ...said }]]) },
});
const question = (input: Parameters<typeof buildReview>[0], number: number) => buildReview(input).checklist.find((one) => one.number === number);

describe('a system of which nothing could be seen', () => {
  const review = buildReview(emptyInput);

  test('has no score and no good answer', () => {
    expect(review.score).toMatchObject({ total: null, arithmetic: 'no question could be answered' });
    expect(review.checklist.filter(({ answer }) => answer !== 'unknown' && answer !== 'not-applicable')).toEqual([]);
    expect(review.verdict.outcome).toBe('undetermined');
    expect(review.stabilisation).toMatchObject({ concepts: [], done: 0, next: 'Name the critical business concepts under concepts: in tidemark.yaml' });
    expect(review).toMatchObject({ title: 'No store', decisions: [], firstThings: [], difference: null });
  });

  test('has all 25 questions in their order and areas', () => {
    expect(QUESTIONS.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(review.score.areas.map(({ questions }) => questions)).toEqual([4, 4, 5, 4, 4, 4]);
  });
});

describe('answers of people', () => {
  test('count where only people know', () => {
    expect(question(answered(21, { note: 'the board' }), 21)).toMatchObject({ answer: 'yes', value: 1, by: 'person', sentence: 'Dana answered yes on 2026-11-01: the board', answeredBy: { name: 'Dana', on: '2026-11-01', note: 'the board' } });
    expect(question(answered(25, { answer: 'no' }), 25)).toMatchObject({ answer: 'no', value: 0, by: 'person' });
    expect(question(answered(25, { answer: 'not-applicable' }), 25)).toMatchObject({ answer: 'not-applicable', value: null });
    expect(question(answered(25, { answer: 'partly' }), 25)).toMatchObject({ answer: 'partly', value: 0.5 });
  });

  test('count where nothing could be seen, and do not overrule what was', () => {
    expect(question(answered(16, {}), 16)).toMatchObject({ answer: 'yes', by: 'person' });
    expect(question({ ...configured, answers: answered(19, {}).answers }, 19)).toMatchObject({ answer: 'no', value: 0, by: 'machine', sentence: '0 of 1 metric have somebody who is accountable; Dana answered yes, and the evidence decides' });
  });

  test('go stale, and then are not counted', () => {
    expect(question(answered(21, { on: '2026-05-01' }), 21)).toMatchObject({ answer: 'unknown', value: null, by: 'stale' });
    expect(isStale('2026-05-27', '2026-11-23', 180 * 86_400)).toBe(false);
    expect(isStale('2026-05-26', '2026-11-23', 180 * 86_400)).toBe(true);
  });

  test('of what is proposed confirm it', () => {
    const names = { ...configured.configuration, metrics: configured.configuration.metrics };
    expect(question({ ...configured, configuration: names }, 6)).toMatchObject({ answer: 'yes', by: 'proposed' });
    expect(question({ ...configured, configuration: names, answers: answered(6, {}).answers }, 6)).toMatchObject({ answer: 'yes', by: 'person' });
  });
});

describe('what is not known', () => {
  test('is neither good nor bad', () => {
    expect(ofUnits({ good: 2, known: 2, unseen: 1 }, 'x', [])).toMatchObject({ answer: 'unknown', value: null });
    expect(ofUnits({ good: 1, known: 2, unseen: 1 }, 'x', [])).toMatchObject({ answer: 'partly', value: 0.5, sentence: 'x; 1 more could not be told' });
    expect(ofUnits({ good: 0, known: 0 }, 'x', [])).toMatchObject({ answer: 'unknown' });
    const check = (state: boolean | null) => ({ holds: 'it holds', state, evidence: [] });
    expect(ofChecks([check(true), check(null)])).toMatchObject({ answer: 'unknown', value: null });
    expect(ofChecks([check(true), check(false), check(null)])).toMatchObject({ answer: 'partly', value: 0.5 });
    expect(ofChecks([check(true)])).toMatchObject({ answer: 'yes', value: 1 });
  });
});

describe('consumers', () => {
  const official: ClassifiedConsumer = { ...consumer, name: 'reports/month_end.sql', level: { value: 'financial-regulatory', via: 'configured', confidence: 1, reasons: [] } };
  const controlled = (state: 'present' | 'absent' | 'unknown'): ClassifiedConsumer => ({ ...official, controls: [{ control: 'reproducible-run', required: true, state, evidence: 'no run of it is recorded' }] });

  test('that are official need recorded runs', () => {
    expect(question({ ...emptyInput, consumers: [controlled('absent')] }, 8)).toMatchObject({ answer: 'no', evidence: ['reports/month_end.sql: no run of it is recorded'] });
    expect(question({ ...emptyInput, consumers: [controlled('unknown')] }, 8)).toMatchObject({ answer: 'unknown' });
    expect(question({ ...emptyInput, consumers: [controlled('present')] }, 8)).toMatchObject({ answer: 'yes' });
    expect(question({ ...emptyInput, consumers: [consumer] }, 8)).toMatchObject({ answer: 'not-applicable' });
  });

  test('that are official are asked what happens if they are wrong', () => {
    expect(buildReview({ ...emptyInput, consumers: [consumer, official] }).consequences).toEqual([{ consumer: 'reports/month_end.sql', ifWrong: null, ifStale: null, answeredBy: null, isStale: false }]);
    const answers = { ...NO_ANSWERS, consumers: [{ match: 'reports/*', ifWrong: 'a fine', ifStale: null, by: 'Dana', on: '2026-01-01' }] };
    expect(buildReview({ ...emptyInput, consumers: [official], answers }).consequences).toMatchObject([{ ifWrong: 'a fine', isStale: true }]);
  });

  test('that should move the same way are one decision', () => {
    const moving = ['a', 'b'].map((name): ClassifiedConsumer => ({ ...consumer, name, current: 'operational-store', target: { pattern: 'warehouse-mart', reason: 'It looks back a year.' }, frees: { blockShare: 0.1, timeShare: null, calls: 3 } }));
    expect(buildReview({ ...emptyInput, consumers: moving }).decisions).toMatchObject([{ id: 'ADR-1', title: 'Move 2 consumers to a mart of the warehouse', consumers: ['a', 'b'], status: 'proposed' }]);
  });
});
