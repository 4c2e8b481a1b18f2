import type { ControlRecords } from '../model/control-record.js';
import type { Pseudonyms } from './pseudonym.js';
import { redactProse } from './redact-text.js';

/** Its names are what somebody typed: `report for anna@example.org`. */
export function redactControl(control: ControlRecords, pseudonyms: Pseudonyms): ControlRecords {
  const prose = (text: string): string => redactProse(text, pseudonyms);
  const maybe = (text: string | null): string | null => (text === null ? null : prose(text));
  return {
    ...control,
    watermarks: control.watermarks.map((row) => ({ ...row, product: prose(row.product), status: maybe(row.status) })),
    pipelines: control.pipelines.map((row) => ({ ...row, pipeline: prose(row.pipeline) })),
    reports: control.reports.map((row) => ({
      ...row, report: prose(row.report), versions: row.versions.map(prose),
      byStatus: Object.fromEntries(Object.entries(row.byStatus).map(([status, count]) => [prose(status), count])),
    })),
    restatements: control.restatements.map((row) => ({ ...row, id: prose(row.id), products: row.products.map(prose), status: maybe(row.status) })),
  };
}
