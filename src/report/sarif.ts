import type { Finding } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { sortedJson } from './layout/sorted-json.js';
import { ratchetLevel, toldOf } from './parts/told.js';
import { oneLine } from './parts/words.js';
import { gapNotification, rulesOf } from './sarif/tool.js';
import { resultOf } from './sarif/result.js';
import type { RenderOptions } from './index.js';

/** GitHub refuses a run with more results, and shows the first 5,000: therefore the worst come first. */
const RESULTS_MAX = 25_000;

/**
 * SARIF 2.1.0. Nothing is left out that stands in the report: known and hidden findings carry `baselineState` and `suppressions`, fixed
 * ones are `absent`, what could not be looked at is a notification and `executionSuccessful` false. Sources: OASIS, "Static Analysis
 * Results Interchange Format (SARIF) Version 2.1.0"; docs.github.com, "SARIF support for code scanning".
 */
export function render(report: Report, options: RenderOptions): string {
  const { fresh, unchanged, hidden, fixed, gaps, knownGaps, ratchet } = toldOf(report);
  const all = [...fresh, ...unchanged, ...hidden, ...fixed];
  const findings = all.slice(0, RESULTS_MAX);
  const rules = rulesOf(findings);
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const run = {
    tool: { driver: driverOf(report, rules) },
    automationDetails: { id: report.check === undefined ? 'tidemark/audit/' : 'tidemark/check/' },
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: gaps.length === 0,
        toolExecutionNotifications: [
          ...gaps.map((gap) => gapNotification(gap, 'error', options)),
          ...knownGaps.map((gap) => gapNotification(gap, 'note', options)),
          ...ratchet.map((text) => noted(oneLine(text), ratchetLevel(options))),
          ...(report.check?.notes ?? []).map((text) => noted(oneLine(text), 'note')),
          ...(all.length > findings.length ? [noted(`${all.length - findings.length} results more than the ${RESULTS_MAX} that GitHub takes were left out, the least first`, 'warning')] : []),
        ],
      },
    ],
    results: resultsOf(findings, indexes, options),
  };
  return `${sortedJson({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, 2)}\n`;
}

function driverOf({ tool }: Report, rules: ReturnType<typeof rulesOf>): object {
  return {
    name: tool.name,
    version: tool.version,
    rules,
    notifications: [{ id: 'could-not-look', shortDescription: { text: 'Something could not be looked at, and is not known to be clean.' } }],
  };
}

function noted(text: string, level: Finding['level']): object {
  return { level, message: { text: text === '' ? '-' : text } };
}

function resultsOf(findings: readonly Finding[], indexes: ReadonlyMap<string, number>, options: RenderOptions): object[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { boundary } = finding.partialFingerprints;
    const nth = (seen.get(boundary) ?? 0) + 1;
    seen.set(boundary, nth);
    return resultOf(finding, { ruleIndex: indexes.get(finding.ruleId) ?? -1, nth, options });
  });
}
