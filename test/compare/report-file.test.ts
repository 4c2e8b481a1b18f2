import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseReport, ReportFileError } from '../../src/compare/report-file.js';
import { render } from '../../src/report/json.js';
import { render as renderLines } from '../../src/report/ndjson.js';
import { caseworkReport } from '../report/casework-report.js';

const json = render(caseworkReport);

function refusal(content: string): string {
  try {
    parseReport(content, 'june.json');
  } catch (error) {
    if (error instanceof ReportFileError) return error.message;
    throw error;
  }
  throw new Error('it was read');
}

/** The report as plain data, changed by hand. */
function changed(changes: object): string {
  const report: object = JSON.parse(json);
  return JSON.stringify({ ...report, ...changes });
}

describe('a report', () => {
  test('is read as it was written', () => {
    expect(parseReport(json, 'june.json')).toEqual(caseworkReport);
  });

  test('of a later version of the same form is read without what it added', () => {
    const [finding, ...others] = caseworkReport.findings;
    const later = changed({ weather: 'fine', findings: [{ ...finding, mood: 'good' }, ...others] });
    expect(parseReport(later, 'june.json')).toEqual(caseworkReport);
  });

  test('of an earlier version is read without what came later', () => {
    const { workload: _workload, ...earlier } = caseworkReport;
    expect(parseReport(JSON.stringify(earlier), 'june.json')).toEqual(earlier);
  });

  test('of a check keeps what it knows of the change', () => {
    const check = { since: { ref: 'main', commit: 'c0ffee' }, knownGaps: caseworkReport.gaps };
    expect(parseReport(changed({ verdicts: [], check: { ...check, files: [], counts: { new: 1 } } }), 'june.json').check).toEqual(check);
  });
});

describe('what is no report', () => {
  test('is refused in one sentence with the next step', () => {
    const told = {
      'cut off': refusal(json.slice(0, -40)),
      empty: refusal(''),
      'a list': refusal('[]'),
      ndjson: refusal(renderLines(caseworkReport)),
      sarif: refusal('{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[]}'),
      newer: refusal(changed({ schemaVersion: 2, findings: 'of another form' })),
      'another command': refusal('{"schemaVersion":1,"tool":{"name":"tidemark","version":"0.1.0"},"stores":[]}'),
      'another tool': refusal('{"schemaVersion":1,"tool":{"name":"other","version":"0.1.0"},"findings":[],"coverage":{}}'),
      damaged: refusal(changed({ gaps: [{ subject: 'anna@example.org', missing: 7 }] })),
    };
    expect(told).toMatchInlineSnapshot(`
      {
        "a list": "june.json: it is not a report of tidemark. Write it with tidemark audit --format json, or give a bundle.",
        "another command": "june.json: it is the answer of another command. Write it with tidemark audit --format json, or give a bundle.",
        "another tool": "june.json: the report is not valid: tool.name: invalid value (and 11 more). Write it again.",
        "cut off": "june.json: it is no whole JSON document: cut off, or something else. Copy it again, or write it again with --format json.",
        "damaged": "june.json: the report is not valid: gaps[0].missing: expected string (and 3 more). Write it again.",
        "empty": "june.json: it is no whole JSON document: cut off, or something else. Copy it again, or write it again with --format json.",
        "ndjson": "june.json: it is NDJSON, which is for streams. Write it with --format json.",
        "newer": "june.json: it was written by a newer tidemark: schemaVersion 2, this one reads 1. Update tidemark.",
        "sarif": "june.json: it is SARIF, which does not hold all that is compared. Write it with tidemark audit --format json, or give a bundle.",
      }
    `);
  });

  test('never throws anything else, whatever is cut or changed', () => {
    fc.assert(
      fc.property(fc.nat(json.length - 1), fc.constantFrom('', '"', '{', '0', 'x', '\u0000'), (at, instead) => {
        for (const content of [json.slice(0, at), json.slice(0, at) + instead + json.slice(at + 1)]) {
          try {
            parseReport(content, 'june.json');
          } catch (error) {
            expect(error).toBeInstanceOf(ReportFileError);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
