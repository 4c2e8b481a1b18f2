import { configurationFromTargets } from '../../src/config/defaults.js';
import type { ClassifiedConsumer } from '../../src/model/classified-consumer.js';
import type { Report } from '../../src/model/report.js';
import { NO_ANSWERS } from '../../src/review/answers.js';
import type { ReviewInput } from '../../src/review/input.js';

const { configuration } = configurationFromTargets({ postgres: [], duckdb: [], warehouse: [], dashboards: [] });
const none = { total: 0, parsed: 0, partial: 0, unparsed: 0 };
const takenAt = '2026-11-23T03:00:00.000Z';

const report: Report = {
  schemaVersion: 1, tool: { name: 'tidemark', version: '0.0.0' }, takenAt, verdicts: [], findings: [],
  coverage: { statements: none, queries: { ...none, problems: 0 }, relations: 0, views: { total: 0, agree: 0, differ: 0 }, columns: { resolved: 0, total: 0 }, attributedBlockShare: null },
  stores: [], gaps: [], assumptions: [],
};

/** A system of which nothing could be seen. */
export const emptyInput: ReviewInput = {
  report, consumers: [], boundaries: [], movements: [], snapshot: { takenAt, stores: [], queries: [], sources: [], gaps: [] }, configuration, answers: NO_ANSWERS, previous: null, backlog: [], title: null, today: '2026-11-23',
};

/** The same with one declared metric that nobody owns. */
export const configured: ReviewInput = {
  ...emptyInput,
  configuration: {
    ...configuration,
    metrics: [{
      name: 'Open cases', intent: null, store: null, relation: null, eligibility: null, formula: null, sql: null, time: null, dimensions: null, grain: null, owner: null, version: null, deprecated: null, access: null,
      changelog: null, pin: [], split: [], aliases: [],
    }],
  },
};

/** A dashboard of which next to nothing is known. */
export const consumer: ClassifiedConsumer = {
  seen: false, name: 'metabase dashboard Floor', kind: 'dashboard', members: ['metabase card 1 Floor'], decision: null, domain: null, level: null, freshness_seconds: null, history_seconds: null, authority: null,
  ownership: { accountable: null, responsible: null, consulted: [], via: '' }, reads: [], controls: [], actualLevel: null, fit: 'undetermined', fitReason: 'nothing is known of it', current: null, target: null, frees: null,
};
