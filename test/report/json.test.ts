import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { render as renderJson } from '../../src/report/json.js';
import { render as renderNdjson } from '../../src/report/ndjson.js';
import { caseworkReport } from './casework-report.js';
import { hostileReport } from './hostile-report.js';

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

describe('json', () => {
  test('holds the whole report', () => {
    expect(JSON.parse(renderJson(caseworkReport))).toEqual(caseworkReport);
  });

  test('has its keys sorted at every depth', () => {
    const sorted = (value: unknown): boolean => {
      if (typeof value !== 'object' || value === null) return true;
      const keys = Object.keys(value);
      return (Array.isArray(value) || keys.join() === [...keys].sort().join()) && Object.values(value).every(sorted);
    };
    expect(sorted(JSON.parse(renderJson(caseworkReport)))).toBe(true);
    expect(sorted({ b: 1, a: 2 })).toBe(false);
  });

  test('says which version of its contract it is', () => {
    expect(renderJson(caseworkReport)).toContain('\n  "schemaVersion": 1,\n');
  });

  test('is the same text whatever the order in which the report was built', () => {
    const reversed = Object.fromEntries(Object.entries(caseworkReport).reverse());
    expect(renderJson({ ...caseworkReport, ...reversed })).toBe(renderJson(caseworkReport));
  });

  test('means the same as the report and shows a terminal nothing unseen, whatever the texts', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const json = renderJson(report);
        expect(JSON.parse(json)).toEqual(report);
        expect(json.replaceAll('\n', '')).not.toMatch(unseen);
      }),
    );
  });
});

describe('ndjson', () => {
  test('has one object a line, each with its type', () => {
    const types = renderNdjson(caseworkReport).trimEnd().split('\n').map((line) => JSON.parse(line).type);
    expect(types).toEqual([
      'report',
      ...caseworkReport.verdicts.map(() => 'verdict'),
      ...caseworkReport.findings.map(() => 'finding'),
      ...caseworkReport.gaps.map(() => 'gap'),
      ...caseworkReport.assumptions.map(() => 'assumption'),
      ...caseworkReport.stores.map(() => 'store'),
      ...(caseworkReport.workload ?? []).map(() => 'workload'),
      'coverage',
    ]);
  });

  test('holds what the report holds', () => {
    const lines = renderNdjson(caseworkReport).trimEnd().split('\n').map((line) => JSON.parse(line));
    const { type: _, ...finding } = lines.find((line) => line.type === 'finding');
    expect(finding).toEqual(caseworkReport.findings[0]);
    expect(lines[0]).toEqual({ type: 'report', schemaVersion: 1, takenAt: caseworkReport.takenAt, tool: caseworkReport.tool });
  });

  test('keeps its lines, whatever the texts', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const lines = renderNdjson(report).trimEnd().split('\n');
        expect(lines).toHaveLength(renderNdjson(caseworkReport).trimEnd().split('\n').length);
        for (const line of lines) {
          expect(JSON.parse(line)).toHaveProperty('type');
          expect(line).not.toMatch(unseen);
        }
      }),
    );
  });
});
