import { describe, expect, test } from 'vitest';
import { loadReportFormat, reportFormats, type RenderOptions } from '../../src/report/index.js';
import { caseworkReport } from '../report/casework-report.js';

const options: RenderOptions = { width_columns: 100, color: false, all: true, quiet: false };

test('the folder holds the formats that are promised', () => {
  expect(reportFormats()).toEqual(expect.arrayContaining(['github', 'gitlab', 'html', 'json', 'junit', 'markdown', 'ndjson', 'sarif', 'text']));
});

test('a format that is not there is refused, and nothing outside the folder is loaded', async () => {
  await expect(loadReportFormat('sariff')).rejects.toThrow("no report format 'sariff'");
  await expect(loadReportFormat('index')).rejects.toThrow(RangeError);
  await expect(loadReportFormat('layout/page')).rejects.toThrow(RangeError);
});

/** Formats of other tools hold issues and no account of what was looked at; Markdown writes `-` so that it makes no list. */
const ISSUES_ONLY = ['github', 'gitlab', 'junit', 'markdown', 'sarif'];

describe.each(reportFormats())('%s', (id) => {
  test('tells every finding and every gap, and every store where it is a report of its own', async () => {
    const written = (await loadReportFormat(id)).render(caseworkReport, options).replace(/\s+/g, ' ').replaceAll('\\', '');
    for (const finding of caseworkReport.findings) expect(written).toContain(finding.ruleId);
    for (const gap of caseworkReport.gaps) expect(written).toContain(gap.subject);
    if (!ISSUES_ONLY.includes(id)) for (const store of caseworkReport.stores) expect(written).toContain(store.name);
  });

  test('gives the same text for the same report and leaves the report alone', async () => {
    const format = await loadReportFormat(id);
    const report = structuredClone(caseworkReport);
    expect(format.render(report, options)).toBe(format.render(report, options));
    expect(report).toEqual(caseworkReport);
  });

  test('ends with a line break', async () => {
    expect((await loadReportFormat(id)).render(caseworkReport, options)).toMatch(/[^\n]\n$/);
  });
});
