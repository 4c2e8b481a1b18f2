import { readdirSync } from 'node:fs';
import type { Level } from '../model/finding.js';
import type { Report } from '../model/report.js';

/** How a report is to be written. JSON formats heed none of it: they always hold everything. */
export interface RenderOptions {
  /** Terminal columns that a line may fill. */
  width_columns: number;
  color: boolean;
  /** Without it long lists are cut, and say so. */
  all: boolean;
  /** Only findings and what could not be looked at. */
  quiet: boolean;
  /** The configuration's folder from the root of the repository, with `/`; empty or absent where it is the root. Forges want paths from the root. */
  folder?: string | undefined;
  /** The configuration's file in that folder, on which is shown what has no file of its own. */
  configurationName?: string | undefined;
  /** The least level that fails the run; `error` where absent. */
  failOn?: Level | 'never' | undefined;
}

/** What a file of this folder exports; its name is the format's id. The text ends with a line break or is empty. */
export interface ReportFormat {
  render(report: Report, options: RenderOptions): string;
}

const folder = new URL('.', import.meta.url);

/** The ids of all formats, sorted. */
export function reportFormats(): string[] {
  return readdirSync(folder)
    .map((name) => /^([a-z][a-z0-9-]*)\.[jt]s$/.exec(name)?.[1] ?? 'index')
    .filter((id) => id !== 'index')
    .sort();
}

/** Loads one format, and only that. Throws a RangeError for an id that is not in `reportFormats()`. */
export async function loadReportFormat(id: string): Promise<ReportFormat> {
  if (!reportFormats().includes(id)) throw new RangeError(`no report format '${id}'`);
  const module: unknown = await import(`./${id}.js`);
  if (!isReportFormat(module)) throw new TypeError(`src/report/${id} exports no render()`);
  return module;
}

function isReportFormat(module: unknown): module is ReportFormat {
  return typeof module === 'object' && module !== null && 'render' in module && typeof module.render === 'function';
}
