import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchOccurrences } from '../../src/findings/match.js';
import type { Occurrence } from '../../src/findings/occurrences.js';
import { occurrence } from './occurrence.js';

const NONE: ReadonlyMap<string, string> = new Map();
const OF_STATEMENTS: ReadonlySet<string> = new Set(['dashboard-reads-internal']);

/** Few names, so that they meet. */
const any: fc.Arbitrary<Occurrence> = fc
  .record({ file: fc.constantFrom('a', 'b', 'c', 'd'), number: fc.integer({ min: 0, max: 3 }), digest: fc.constantFrom('', 'd1', 'd2', 'd3', 'd4'), relation: fc.constantFrom('x', 'y'), line: fc.integer({ min: 1, max: 4 }) })
  .map(({ file, number, digest, relation, line }) => occurrence({ at: `${file}:${line}`, consumer: number === 0 ? file : `${file} ${number}`, digest, relation, queryId: number === 0 ? '' : `q:${number}` }));
const some = fc.array(any, { maxLength: 10 });
const renames = fc.constantFrom(NONE, new Map([['b', 'a']]), new Map([['c', 'a'], ['d', 'b']]));

const key = ({ ruleId, consumer, relation, location, digest, queryId }: Occurrence): string => JSON.stringify([ruleId, consumer, relation, location, digest, queryId]);
const sorted = (all: readonly Occurrence[]): string[] => all.map(key).sort();

test('every occurrence is in exactly one place', () => {
  fc.assert(fc.property(some, some, renames, fc.boolean(), (before, after, renamed, isOfStatements) => {
    const { same, fresh, gone } = matchOccurrences(before, after, renamed, undefined, isOfStatements ? OF_STATEMENTS : undefined);
    expect(sorted([...same.map((pair) => pair.before), ...gone])).toEqual(sorted(before));
    expect(sorted([...same.map((pair) => pair.after), ...fresh])).toEqual(sorted(after));
    for (const pair of same) if (!isOfStatements) expect(pair.before.relation).toBe(pair.after.relation);
  }));
});

test('the order of what is given does not matter', () => {
  const shuffled = fc.tuple(some, some, renames).chain(([before, after, renamed]) => fc.record({
    before: fc.constant(before), after: fc.constant(after), renamed: fc.constant(renamed),
    otherBefore: fc.shuffledSubarray(before, { minLength: before.length }), otherAfter: fc.shuffledSubarray(after, { minLength: after.length }),
  }));
  fc.assert(fc.property(shuffled, fc.boolean(), ({ before, after, renamed, otherBefore, otherAfter }, isOfStatements) => {
    const rules = isOfStatements ? OF_STATEMENTS : undefined;
    const shown = (one: ReturnType<typeof matchOccurrences>) => [one.same.map((pair) => key(pair.before) + key(pair.after)), one.fresh.map(key), one.gone.map(key)];
    expect(shown(matchOccurrences(otherBefore, otherAfter, renamed, undefined, rules))).toEqual(shown(matchOccurrences(before, after, renamed, undefined, rules)));
  }));
});

test('of k that are added to what stays, exactly those k are new', () => {
  const addition = fc.array(fc.constantFrom('a', 'b', 'new'), { maxLength: 5 });
  fc.assert(fc.property(some, addition, (before, files) => {
    const added = files.map((file, index) => occurrence({ at: `${file}:${index + 9}`, consumer: `${file} added`, digest: `new${index}`, relation: 'x' }));
    for (const rules of [undefined, OF_STATEMENTS]) {
      const { fresh, gone } = matchOccurrences(before, [...added, ...before], NONE, undefined, rules);
      expect([sorted(fresh), gone]).toEqual([sorted(added), []]);
    }
  }));
});

test('copies of what stays are all new', () => {
  fc.assert(fc.property(some, fc.nat({ max: 9 }), (before, index) => {
    const copied = before[index];
    fc.pre(copied !== undefined && copied.digest !== '');
    if (copied === undefined) return;
    const copy = occurrence({ at: 'copy', consumer: 'copy', digest: copied.digest, relation: copied.relation });
    expect(matchOccurrences(before, [...before, copy], NONE)).toMatchObject({ fresh: [copy], gone: [] });
  }));
});

test('whatever files are called afterwards, nothing is new and nothing is fixed, in one step and with what git tells', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const moves = fc.record({ from: fc.shuffledSubarray(names, { minLength: 1 }), to: fc.shuffledSubarray(names, { minLength: 7 }), isTold: fc.boolean(), perFile: fc.integer({ min: 1, max: 3 }) });
  fc.assert(fc.property(moves, ({ from, to, isTold, perFile }) => {
    const at = (file: string, index: number, statement: number): Occurrence => occurrence({ at: `${file}.sql:${statement + 1}`, consumer: `${file}.sql ${statement}`, queryId: `sql-files:${file}.sql:${statement}`, digest: `d${index}-${statement}` });
    const statements = [...Array(perFile).keys()];
    const before = from.flatMap((file, index) => statements.map((statement) => at(file, index, statement)));
    const after = from.flatMap((_file, index) => statements.map((statement) => at(to[index] ?? '', index, perFile - 1 - statement)));
    // git tells a rename only where the new name is new and the old one gone.
    const renamed = new Map(isTold ? from.flatMap((file, index): [string, string][] => (from.includes(to[index] ?? '') || to.slice(0, from.length).includes(file) ? [] : [[`${to[index]}.sql`, `${file}.sql`]])) : []);
    const { same, fresh, gone } = matchOccurrences(before, after, renamed);
    expect([same.length, fresh, gone]).toEqual([before.length, [], []]);
  }), { numRuns: 200 });
});

test('every statement edited in place stays what it was', () => {
  const consumers = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });
  fc.assert(fc.property(consumers, (files) => {
    const side = (suffix: string): Occurrence[] => files.map((file) => occurrence({ at: file, consumer: file, digest: `${file}${suffix}` }));
    expect(matchOccurrences(side('1'), side('2'), NONE)).toMatchObject({ fresh: [], gone: [] });
  }));
});

test('twenty thousand on each side of one rule and relation are matched in time that grows with their number', () => {
  const side = (shift: number): Occurrence[] => Array.from({ length: 20_000 }, (_, index) => occurrence({ at: `f${index + shift}.sql`, consumer: `f${index + shift}.sql`, digest: `d${index}` }));
  expect(matchOccurrences(side(0), side(1), NONE)).toMatchObject({ fresh: [], gone: [] });
}, 60_000);
