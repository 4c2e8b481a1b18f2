import { describe, expect, test } from 'vitest';
import { DECISION_WORDS, LEVEL_WORDS, wordIn } from '../../src/classify/words.js';

/** Rules speak from here on. */
const SURE = 0.75;

describe('a title', () => {
  test.each([
    'KYC review queue', 'GDPR erasure requests to handle', 'Audit log search', 'Job board applicants', 'Scrum board', 'Leader board', 'VAT numbers to verify',
    'Compliance training progress', 'Tax rates by country', 'Onboarding checklist', 'Credit scoring queue', 'Feature requests', 'Sessions of the conference',
  ])('%s makes no official report of what a product does every day', (title) => {
    const level = wordIn(LEVEL_WORDS, title);
    expect(level !== null && level.confidence >= SURE && level.value !== 'exploratory').toBe(false);
    const decision = wordIn(DECISION_WORDS, title);
    expect(decision !== null && decision.confidence >= SURE && ['regulatory-report', 'ml-features', 'product-analytics'].includes(decision.value)).toBe(false);
  });

  test.each([
    ['Regulatory submission Q3', 'regulatory-report'], ['Statutory accounts', 'regulatory-report'], ['Monthly VAT statement', 'regulatory-report'], ['reports/month_end.sql', 'regulatory-report'], ['Checkout funnel', 'product-analytics'],
    ['Churn score features', 'ml-features'], ['Revenue by month', 'management-reporting'], ['Live orders', 'near-real-time-monitoring'], ['Support backlog now', 'near-real-time-monitoring'],
    ['Suspicious logins', 'investigation-analytics'], ['Umsatz nach Region', 'management-reporting'], ['Laporan resmi bulanan', 'regulatory-report'],
  ])('%s tells %s, surely', (title, decision) => {
    expect(wordIn(DECISION_WORDS, title)).toMatchObject({ value: decision, confidence: expect.toSatisfy((confidence: number) => confidence >= SURE) });
  });

  test('is taken by whole words', () => {
    expect(wordIn(DECISION_WORDS, 'Alive and officially closed taxidermists')).toBeNull();
    expect(wordIn(DECISION_WORDS, '')).toBeNull();
  });
});
