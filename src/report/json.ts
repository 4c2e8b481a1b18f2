import type { Report } from '../model/report.js';
import { sortedJson } from './layout/sorted-json.js';

/** The whole report as one JSON document. A contract: fields may be added, readers must ignore those they do not know. */
export function render(report: Report): string {
  return `${sortedJson(report, 2)}\n`;
}
