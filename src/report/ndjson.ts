import type { CheckSummary } from '../model/check.js';
import type { Report } from '../model/report.js';
import { sortedJson } from './layout/sorted-json.js';

/**
 * One JSON object a line, each with its `type`: `report` first, then `verdict`, `finding`, `gap`, `assumption`, `store`,
 * `workload`, `metric` and one `coverage`; of a check also `fixed` for each finding that is gone, `knownGap`, `changedFile`, `ratchet`,
 * `note` and one `check` with the rest. Under the same contract as the JSON report.
 */
export function render(report: Report): string {
  const { schemaVersion, tool, takenAt } = report;
  const lines = [
    { type: 'report', schemaVersion, tool, takenAt },
    ...report.verdicts.map((verdict) => ({ type: 'verdict', ...verdict })),
    ...report.findings.map((finding) => ({ type: 'finding', ...finding })),
    ...report.gaps.map((gap) => ({ type: 'gap', ...gap })),
    ...report.assumptions.map((text) => ({ type: 'assumption', text })),
    ...report.stores.map((store) => ({ type: 'store', ...store })),
    ...(report.workload ?? []).map((workload) => ({ type: 'workload', ...workload })),
    ...(report.metrics ?? []).map((metric) => ({ type: 'metric', ...metric })),
    { type: 'coverage', ...report.coverage },
    ...(report.check === undefined ? [] : checkRecords(report.check)),
  ];
  return lines.map((line) => `${sortedJson(line)}\n`).join('');
}

function checkRecords({ fixed, knownGaps, files, ratchet, notes = [], ...rest }: CheckSummary): object[] {
  return [
    ...fixed.map((finding) => ({ type: 'fixed', ...finding })),
    ...knownGaps.map((gap) => ({ type: 'knownGap', ...gap })),
    ...files.map((file) => ({ type: 'changedFile', ...file })),
    ...ratchet.map((text) => ({ type: 'ratchet', text })),
    ...notes.map((text) => ({ type: 'note', text })),
    { type: 'check', ...rest },
  ];
}
