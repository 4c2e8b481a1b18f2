import type { Answer } from '../../src/model/review.js';

/**
 * What the example estate has to answer, written by hand from its EXPECTED.md before the review was run for the first time.
 * `control` is the answer where its control tables were read.
 */
export const ESTATE_ANSWERS: Readonly<Record<number, { answer: Answer; control?: Answer; because: string }>> = {
  // Three answers were wrong by hand: every statement is told; the part is near a half, not more; nothing is official before control tables are read.
  1: { answer: 'yes', because: 'every statement is one or the other' },
  2: { answer: 'partly', because: 'half of what production reads is for dashboards and exports' },
  3: { answer: 'partly', because: 'metabase_ro has no limits, others have' },
  4: { answer: 'partly', because: 'backoffice_app, metabase_ro and case_search serve both' },
  5: { answer: 'no', because: 'case_app decides by a mart, and three roles write past the applications' },
  6: { answer: 'partly', because: 'Open cases, Overdue tasks and others differ, some agree' },
  7: { answer: 'partly', because: 'some boards show a watermark' },
  8: { answer: 'unknown', control: 'partly', because: 'right and wrong runs are recorded' },
  9: { answer: 'partly', because: 'the stream and the loader are known, some raw tables have no known origin' },
  10: { answer: 'unknown', because: 'the warehouse keeps no keys' },
  11: { answer: 'no', control: 'partly', because: 'a segment is overwritten under last quarter' },
  12: { answer: 'unknown', control: 'partly', because: 'nobody sees who writes to a DuckDB file' },
  13: { answer: 'no', because: 'dashboards read internal tables, and contracts are unregistered, changed and old' },
  14: { answer: 'partly', because: 'a superuser reports, and row security is lost' },
  15: { answer: 'no', because: 'it is shown, stored, copied for nothing, and written into queries' },
  16: { answer: 'no', because: 'addresses leave by COPY, and nothing audits it' },
  17: { answer: 'no', because: 'two copies lose row security or the tenant, and metabase_ro is exempt' },
  18: { answer: 'partly', because: 'one contract is in no registry' },
  19: { answer: 'partly', because: 'boards claim metrics that nobody owns' },
  20: { answer: 'partly', because: 'data products have owners, other marts have none' },
  21: { answer: 'unknown', because: 'nobody was asked' },
  22: { answer: 'unknown', control: 'partly', because: 'right and wrong pipelines are recorded' },
  23: { answer: 'partly', because: 'orders and cases are compared, the rest is not' },
  24: { answer: 'unknown', control: 'partly', because: 'some watermarks do not tell the truth' },
  25: { answer: 'unknown', because: 'nobody was asked' },
};
