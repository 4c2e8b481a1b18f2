import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgress, progressForm } from '../../src/cli/progress.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function recorded(form: 'line' | 'log' | 'none', columns = 40) {
  const written: string[] = [];
  return { written, progress: createProgress({ write: (text) => void written.push(text), columns, form }) };
}

describe('on a terminal', () => {
  test('a short run shows nothing', () => {
    const { written, progress } = recorded('line');
    progress.stage('reading dashboards');
    vi.advanceTimersByTime(900);
    progress.stage('judging');
    progress.end();
    vi.advanceTimersByTime(5_000);
    expect(written).toEqual([]);
  });

  test('a longer one shows one line that is rewritten, and removes it', () => {
    const { written, progress } = recorded('line');
    progress.stage('reading dashboards');
    vi.advanceTimersByTime(1_000);
    progress.stage('looking at production');
    progress.end();
    progress.stage('too late');
    expect(written).toEqual(['\r\u001B[2Kreading dashboards', '\r\u001B[2Klooking at production', '\r\u001B[2K']);
  });

  test('details redraw the line ten times a second at most', () => {
    const { written, progress } = recorded('line');
    vi.advanceTimersByTime(1_000);
    for (let file = 1; file <= 1_000; file += 1) {
      progress.detail(`file ${file}`);
      vi.advanceTimersByTime(1);
    }
    progress.end();
    expect(written.length).toBeGreaterThan(8);
    expect(written.length).toBeLessThan(13);
  });

  test('the line never wraps nor carries what comes from outside', () => {
    const { written, progress } = recorded('line', 30);
    progress.stage(`reading \u001B[31m${'dashboards/'.repeat(10)}`);
    vi.advanceTimersByTime(1_000);
    expect(written).toEqual(['\r\u001B[2Kreading dashboards/dashboard…']);
    progress.end();
  });
});

test('in a log each stage is a line with its time', () => {
  const { written, progress } = recorded('log');
  progress.stage('reading dashboards');
  vi.advanceTimersByTime(2_340);
  progress.detail('file 3 of 12');
  progress.stage('judging');
  progress.end();
  progress.stage('too late');
  expect(written).toEqual(['   0.0 s  reading dashboards\n', '   2.3 s  judging\n']);
});

test.each([
  ['a terminal', { isTerminal: true }, 'line'],
  ['a file', {}, 'none'],
  ['continuous integration', { inContinuousIntegration: true }, 'log'],
  ['--verbose', { isTerminal: true, verbose: true }, 'log'],
  ['--quiet', { isTerminal: true, verbose: true, quiet: true }, 'none'],
  ['--no-progress', { isTerminal: true, progress: false }, 'none'],
] as const)('%s is told by %j as %s', (_where, given, form) => {
  const nowhere = { isTerminal: false, progress: true, quiet: false, verbose: false, inContinuousIntegration: false };
  expect(progressForm({ ...nowhere, ...given })).toBe(form);
});
