import type { Report } from '../model/report.js';
import { sortedJson } from './layout/sorted-json.js';

/**
 * One JSON object a line, each with its `type`: `report` first, then `verdict`, `finding`, `gap`, `assumption`, `store`,
 * `workload`, of type `metric` and one `coverage`. Under the same contract as the JSON report.
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
  ];
  return lines.map((line) => `${sortedJson(line)}\n`).join('');
}
