import { describe, expect, test } from 'vitest';
import type { ClassWork, WorkloadClass } from '../../../src/model/workload.js';
import { coveredTime, headline } from '../../../src/report/layout/workload.js';

function classes(blocks: Partial<Record<WorkloadClass, number>>): ClassWork[] {
  const total = Object.values(blocks).reduce((sum, own) => sum + own, 0);
  return (['analytical', 'mixed', 'unknown', 'operational'] as const).map((name) => {
    const own = blocks[name] ?? 0;
    const part = own / total;
    return {
      class: name, statements: own > 0 ? 3 : 0, work: { calls: own, rows: 0, execution_ms: own, planning_ms: null, blocks: own, blocks_read: 0, temp_bytes: 0, wal_bytes: null }, share: { time: part, blocks: part, temp: null, wal: null },
    };
  });
}

const told = (blocks: Partial<Record<WorkloadClass, number>>): string =>
  headline({ store: 'production', role: 'operational', since: '2026-03-01T08:00:00.000Z', until: '2026-03-01T20:00:00.000Z', classes: classes(blocks) }).replaceAll('\u00A0', ' ');

describe('one store in a sentence', () => {
  test('a part of all that is known', () => {
    expect(told({ analytical: 40, operational: 60 })).toBe('Reporting is 40 % of block reads on production: 40 % of time; 3 of 6 statements. On 2026-03-01 from 08:00 to 20:00 UTC, 12 h.');
  });

  test('what could not be classified may all be reporting', () => {
    expect(told({ analytical: 40, operational: 50, unknown: 10 })).toMatch(/^Reporting is at least 40 % of block reads on production: 40 % of time; 3 of 9 statements\. Another 10 % is unknown\./);
    expect(told({ unknown: 90, mixed: 10 })).toMatch(/^How much of the work on production is reporting is not known: of block reads 10 % is mixed and 90 % is unknown\./);
    expect(told({ analytical: 1, unknown: 99 })).toMatch(/^Reporting is at least 1 % of block reads/);
  });

  test('clocks that do not agree give no length', () => {
    expect(coveredTime('2026-03-09T08:00:00.000Z', '2026-03-01T20:00:00.000Z').replaceAll('\u00A0', ' ')).toBe('up to 2026-03-01 20:00 UTC, since when is not known: by its clock the counters begin later, 2026-03-09 08:00 UTC');
  });
});
