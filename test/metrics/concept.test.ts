import { describe, expect, it } from 'vitest';
import { conceptOf, isGenericAlias } from '../../src/metrics/claim/concept.js';

const key = (title: string, dimensions = false, additive = true): string | null =>
  conceptOf(title, 'case_file', { dimensions, additive })?.key.join(' ') ?? null;

describe('conceptOf', () => {
  it.each([
    ['Open cases', 'open'],
    ['Backlog', 'open'],
    ['Number of open case files', 'open'],
    ['1. Unresolved Cases', 'open'],
    ['open_cases', 'open'],
    ['OpenCases', 'open'],
    ['Cases', ''],
    ['Total', null],
    ['Cases opened', 'opened'],
    ['Overdue open cases', 'open overdue'],
    ['Open cases North', 'north open'],
    ['Offene Fälle', 'falle open'],
    ['Cases per officer', 'officer per'],
    ['🚨', null],
  ])('%s is %s', (title, expected) => {
    expect(key(title)).toBe(expected);
  });

  it('takes what it is broken down by out of the title, only where it is', () => {
    expect(key('Open cases by region', true)).toBe('open');
    expect(key('Monthly open cases', true)).toBe('open');
    expect(key('Open cases per officer over time', true)).toBe('open');
    expect(key('Cases closed by system')).toBe('by closed system');
  });

  it('keeps the period of a distinct count: the active officers of a month are not those of its days', () => {
    expect(key('Monthly active officers', true, false)).not.toBe(key('Daily active officers', true, false));
  });
});

describe('isGenericAlias', () => {
  it('knows names that name nothing', () => {
    expect(['count', 'n', 'total_count', 'value'].filter((alias) => !isGenericAlias(alias))).toEqual([]);
    expect(['open_cases', 'revenue'].filter(isGenericAlias)).toEqual([]);
  });
});
