import { describe, expect, test } from 'vitest';
import { reviewMarkdown } from '../../../src/cli/review/markdown.js';
import { reviewPage } from '../../../src/cli/review/page.js';
import type { Finding } from '../../../src/model/finding.js';
import { createPage } from '../../../src/report/layout/page.js';
import { buildReview } from '../../../src/review/index.js';
import { consumer, emptyInput } from '../../review/empty-input.js';

const HOSTILE = '\u001b[31m<script>alert(1)</script> [x](javascript:1) | `y` @all #1 \u202Eevil\n# head\u0000';

const finding: Finding = {
  ruleId: 'analytical-on-operational', area: 'workload', level: 'error', message: HOSTILE, consumer: HOSTILE, owner: HOSTILE, store: 'production', relation: 'app.x', evidence: [HOSTILE], why: HOSTILE, fix: HOSTILE, clause: HOSTILE,
  locations: [], confidence: 1, weight: 1, partialFingerprints: { boundary: 'x' },
};
const review = buildReview({
  ...emptyInput, title: HOSTILE,
  consumers: [{ ...consumer, name: HOSTILE, members: [HOSTILE], target: { pattern: 'warehouse-mart', reason: HOSTILE }, decision: { value: 'regulatory-report', via: 'evidence', confidence: 0.7, reasons: [HOSTILE] } }],
  report: { ...emptyInput.report, findings: [finding], gaps: [{ subject: HOSTILE, missing: HOSTILE, cause: HOSTILE, remedy: HOSTILE, severity: 'blind' }], assumptions: [HOSTILE] },
  backlog: [{ id: 'x', kind: 'guardrail', phase: 'today', title: HOSTILE, why: HOSTILE, effort: { size: 'S', hours_min: 1, hours_max: 2, reason: HOSTILE }, gain: HOSTILE, frees_block_share: null, owner: HOSTILE, store: 'production', findings: ['x'], command: HOSTILE }],
});

describe('hostile names', () => {
  test('do nothing in Markdown', () => {
    const markdown = reviewMarkdown(review);
    // oxlint-disable-next-line no-control-regex
    expect(markdown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]|<script|\n# head|[^\\]\]\(|[^\\]`/);
    expect(markdown.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
  });

  test.each([40, 80, 120])('do nothing on a page of %i columns', (width) => {
    const text = reviewPage(createPage(width, false), review, { quiet: false, all: true, answers: 'tidemark.review.yaml', written: ['review.html'] });
    // oxlint-disable-next-line no-control-regex
    expect(text.join('\n')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/);
    expect(text.filter((line) => line.length > width)).toEqual([]);
  });
});

test('a system of which nothing was seen has an honest first page', () => {
  expect(reviewPage(createPage(100, false), buildReview(emptyInput), { quiet: true, all: false, answers: 'tidemark.review.yaml', written: [] })).toMatchInlineSnapshot(`
    [
      "tidemark  2026-11-23 03:00 UTC · no store",
      "",
      "Boundary review: No store",
      "◌ undetermined: Nothing was found, and not everything could be looked at",
      "  - 4 questions wait for a person: Q5, Q6, Q21, Q25",
      "",
      "Score: no score",
      "  no question could be answered",
      "  ◌ Workload      –    Q1, Q2, Q3, Q4 could not be answered",
      "  ◌ Correctness   –    Q7, Q8 could not be answered; Q5, Q6 wait for a person",
      "  ◌ Data movement –    Q11, Q13 could not be answered; Q9, Q10, Q12 do not apply",
      "  ◌ Security      –    Q14, Q15, Q16, Q17 could not be answered",
      "  ◌ Ownership     –    Q18, Q19, Q20 could not be answered; Q21 waits for a person",
      "  ◌ Operations    –    Q22 could not be answered; Q25 waits for a person; Q23, Q24 do not apply",
    ]
  `);
});
