import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { auditWithJoin, type Audited } from '../../src/audit.js';
import { withStoresOf } from '../../src/config/defaults.js';
import { parseConfiguration } from '../../src/config/parse.js';
import { reviewMarkdown } from '../../src/cli/review/markdown.js';
import { reviewPage } from '../../src/cli/review/page.js';
import type { Review } from '../../src/model/review.js';
import { createPage } from '../../src/report/layout/page.js';
import { NO_ANSWERS } from '../../src/review/answers.js';
import { isAmong } from '../../src/review/checklist/asked.js';
import { QUESTIONS } from '../../src/review/checklist/index.js';
import { buildReview } from '../../src/review/index.js';
import type { ReviewInput } from '../../src/review/input.js';
import { parsePreviousReview } from '../../src/review/previous.js';
import { loadRules } from '../../src/rules/load.js';
import { readBundle } from '../../src/snapshot/bundle.js';
import { ESTATE_ANSWERS } from './estate-answers.js';

const estate = fileURLToPath(new URL('../../fixtures/estate', import.meta.url));

let input: ReviewInput;
let audited: Audited;
let review: Review;
let ruleIds: string[];

beforeAll(async () => {
  const snapshot = await readBundle(path.join(estate, 'estate.tidemark'));
  const loaded = parseConfiguration(readFileSync(path.join(estate, 'tidemark.yaml'), 'utf8'), estate, { environment: {}, connects: false, displayName: 'tidemark.yaml' });
  const { configuration } = withStoresOf(snapshot, loaded.configuration);
  const rules = await loadRules();
  ruleIds = rules.map(({ id }) => id);
  audited = await auditWithJoin(snapshot, configuration, rules, '0.0.0');
  input = { ...audited, snapshot, configuration, answers: NO_ANSWERS, previous: null, backlog: [], title: null, today: snapshot.takenAt.slice(0, 10) };
  review = buildReview(input);
}, 120_000);

describe('the review of the example estate', () => {
  test('answers as was written by hand', () => {
    const sawControl = input.snapshot.stores.some(({ control }) => control !== undefined);
    const expected = Object.fromEntries(Object.entries(ESTATE_ANSWERS).map(([number, { answer, control }]) => [number, sawControl ? control ?? answer : answer]));
    expect(Object.fromEntries(review.checklist.map(({ number, answer }) => [number, answer]))).toEqual(expected);
  });

  test('has every finding, verdict, gap and assumption of the audit', () => {
    const { report } = audited;
    expect(review).toMatchObject({ findings: report.findings, verdicts: report.verdicts, gaps: report.gaps, assumptions: report.assumptions, coverage: report.coverage });
    expect(review.findings.length).toBeGreaterThan(150);
  });

  test('asks for every finding that breaks an area somewhere in the checklist', () => {
    const asked = new Set(review.checklist.flatMap(({ rules }) => rules));
    expect([...new Set(review.findings.filter(({ level }) => level !== 'note').map(({ ruleId }) => ruleId))].filter((ruleId) => !asked.has(ruleId))).toEqual([]);
  });

  test('says of every answer why, and never ticks a cell without evidence', () => {
    for (const { sentence, answer, evidence } of review.checklist) {
      expect(sentence).not.toBe('');
      if (answer === 'partly' || answer === 'no') expect(evidence.length + sentence.length).toBeGreaterThan(20);
    }
    const { concepts, steps } = review.stabilisation;
    expect(concepts.length).toBeGreaterThan(2);
    for (const { cells } of concepts) {
      expect(cells.map(({ step }) => step)).toEqual(steps.map(({ number }) => number));
      for (const { evidence } of cells) expect(evidence).not.toBe('');
    }
  });

  test('scores by the arithmetic that it prints', () => {
    const { areas, total } = review.score;
    for (const { area, score, answered } of areas) {
      const values = review.checklist.filter((one) => one.area === area).flatMap(({ value }) => value ?? []);
      expect(answered).toBe(values.length);
      expect(score).toBe(values.length === 0 ? null : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 100));
    }
    const scored = areas.flatMap(({ score }) => score ?? []);
    expect(total).toBe(Math.round(scored.reduce((sum, score) => sum + score, 0) / scored.length));
  });

  test('differs from itself in nothing, and tells what was fixed, came anew and changed', () => {
    const before = parsePreviousReview(JSON.stringify(review));
    const same = buildReview({ ...input, previous: before }).difference;
    expect(same).toMatchObject({ answers: [], findings: { fixed: 0, added: 0, unseen: 0, unchanged: new Set(review.findings.map(({ partialFingerprints }) => partialFingerprints.boundary)).size }, consumers: { added: [], gone: [], changed: [] } });
    const fewer = { ...audited.report, findings: audited.report.findings.filter(({ ruleId }) => ruleId !== 'role-without-statement-timeout') };
    const better = buildReview({ ...input, report: fewer, previous: before }).difference;
    expect(better?.findings).toMatchObject({ fixed: 2, added: 0 });
    expect(better?.areas.find(({ area }) => area === 'workload')).toSatisfy(({ before: was, after }: { before: number; after: number }) => after > was);
    const blind = { ...fewer, stores: fewer.stores.filter(({ role }) => role !== 'operational'), gaps: [...fewer.gaps, { subject: 'production', missing: 'everything', cause: 'no connection', remedy: null, severity: 'blind' as const }], findings: [] };
    // Of production nothing is called fixed.
    expect(buildReview({ ...input, report: blind, previous: before }).difference?.findings.fixed).toBeLessThanOrEqual(review.findings.filter(({ store }) => store !== 'production').length);
  });

  test('reads the review before from a page that holds it', () => {
    const html = `<!doctype html><title>x</title><script type="application/json" id="tidemark-review">${JSON.stringify(review).replaceAll('<', '\\u003c')}</script>`;
    expect(parsePreviousReview(html)).toEqual(parsePreviousReview(JSON.stringify(review)));
  });

  test('is a page of text and a Markdown document', () => {
    const lines = reviewPage(createPage(80, false), review, { quiet: false, all: false, answers: 'tidemark.review.yaml', written: [] });
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join('\n')).toContain(`Score: ${review.score.total} of 100`);
    const markdown = reviewMarkdown(review);
    expect(markdown.match(/^## .*/gm)).toEqual(expect.arrayContaining(['## Verdict', '## Checklist', '## Stabilisation', '## Decision records', `## Findings (${review.findings.length})`]));
    expect(markdown.match(/\*\*Q\d+ /g)).toHaveLength(25);
  });

  test('names rules that exist, and every rule but those of suppressions belongs to a question', () => {
    const named = QUESTIONS.flatMap(({ rules }) => rules);
    expect(named.filter((rule) => !rule.endsWith('*') && !ruleIds.includes(rule))).toEqual([]);
    expect(ruleIds.filter((id) => !id.startsWith('suppression-') && !isAmong(id, named))).toEqual([]);
  });
});
