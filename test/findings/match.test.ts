import { describe, expect, test } from 'vitest';
import { matchOccurrences } from '../../src/findings/match.js';
import type { Occurrence } from '../../src/findings/occurrences.js';
import { occurrence } from './occurrence.js';

const NONE: ReadonlyMap<string, string> = new Map();

/** What became of each, in words: `consumer digest`, and for pairs both sides. */
function told(before: Occurrence[], after: Occurrence[], renames = NONE, standing?: ReadonlySet<string>): { same: string[]; fresh: string[]; gone: string[] } {
  const name = ({ consumer, digest, relation }: Occurrence): string => [consumer || relation, digest].filter((part) => part !== '').join(' ');
  const { same, fresh, gone } = matchOccurrences(before, after, renames, standing);
  return { same: same.map((pair) => `${name(pair.before)} → ${name(pair.after)}`), fresh: fresh.map(name), gone: gone.map(name) };
}

/** An unnamed statement of a file, as sql-files names it. */
const unnamed = (number: number | null, digest: string, line = number ?? 1): Occurrence =>
  occurrence({ at: `r.sql:${line}`, consumer: number === null ? 'r.sql r' : `r.sql r ${number}`, queryId: number === null ? 'sql-files:r.sql' : `sql-files:r.sql:${number}`, digest });
const inFile = (file: string, digest: string): Occurrence => occurrence({ at: file, consumer: file, queryId: `sql-files:${file}`, digest });
const card = (number: number, title: string, digest: string, file = `cards/${number}.json`): Occurrence =>
  occurrence({ at: `${file}#/dataset_query/native/query`, consumer: `metabase card ${number} ${title}`, queryId: `metabase:production:card:${number}`, digest });
const panel = (dashboard: string, title: string, digest: string, id = 'uid:panel-1'): Occurrence =>
  occurrence({ at: 'dashboard.json#/panels/0/targets/0/rawSql', consumer: `grafana panel ${dashboard} / ${title}`, queryId: `grafana:${id}`, digest });

describe('statements of one file', () => {
  test('edited in place', () => {
    expect(told([inFile('a.sql', 'd1')], [inFile('a.sql', 'd2')])).toEqual({ same: ['a.sql d1 → a.sql d2'], fresh: [], gone: [] });
  });
  test('one without a name is added above two others: it alone is new, whatever it is called', () => {
    expect(told([unnamed(1, 'd1'), unnamed(2, 'd2')], [unnamed(1, 'new'), unnamed(2, 'd1'), unnamed(3, 'd2')])).toEqual({
      same: ['r.sql r 1 d1 → r.sql r 2 d1', 'r.sql r 2 d2 → r.sql r 3 d2'], fresh: ['r.sql r 1 new'], gone: [],
    });
  });
  test('the only statement gets a number when another joins it', () => {
    expect(told([unnamed(null, 'd1')], [unnamed(1, 'new'), unnamed(2, 'd1')])).toEqual({ same: ['r.sql r d1 → r.sql r 2 d1'], fresh: ['r.sql r 1 new'], gone: [] });
    expect(told([unnamed(1, 'd1'), unnamed(2, 'd2')], [unnamed(null, 'd2')])).toEqual({ same: ['r.sql r 2 d2 → r.sql r d2'], fresh: [], gone: ['r.sql r 1 d1'] });
  });
  test('a second one under the same name is new, though its consumer is known', () => {
    const twice = (line: number, digest: string): Occurrence => occurrence({ at: `t.sql:${line}`, consumer: 't.sql Look up', digest });
    expect(told([twice(1, 'd1')], [twice(1, 'd1'), twice(5, 'd2')])).toEqual({ same: ['t.sql Look up d1 → t.sql Look up d1'], fresh: ['t.sql Look up d2'], gone: [] });
    expect(told([twice(1, 'd1')], [twice(1, 'd3'), twice(5, 'd2')]).fresh).toHaveLength(1);
    expect(told([twice(1, 'd1'), twice(5, 'd2')], [twice(1, 'd2')])).toEqual({ same: ['t.sql Look up d2 → t.sql Look up d2'], fresh: [], gone: ['t.sql Look up d1'] });
  });
  test('edited and numbered at once', () => {
    expect(told([unnamed(null, 'd1')], [unnamed(2, 'edited')])).toEqual({ same: ['r.sql r d1 → r.sql r 2 edited'], fresh: [], gone: [] });
  });
  test('edited, where its number now belongs to another: taken for new, as nothing tells', () => {
    expect(told([unnamed(2, 'd2')], [unnamed(3, 'edited')], NONE, new Set(['r.sql r 1', 'r.sql r 2', 'r.sql r 3']))).toEqual({ same: [], fresh: ['r.sql r 3 edited'], gone: ['r.sql r 2 d2'] });
  });
});

describe('statements that move', () => {
  test('to another file', () => {
    expect(told([inFile('a.sql', 'd1')], [inFile('b.sql', 'd1')])).toEqual({ same: ['a.sql d1 → b.sql d1'], fresh: [], gone: [] });
  });
  test('a copy is new while the first stays', () => {
    expect(told([inFile('b.sql', 'd1')], [inFile('a.sql', 'd1'), inFile('b.sql', 'd1')])).toEqual({ same: ['b.sql d1 → b.sql d1'], fresh: ['a.sql d1'], gone: [] });
  });
  test('a copy is new also where the first is edited', () => {
    expect(told([inFile('b.sql', 'd1')], [inFile('a.sql', 'd1'), inFile('b.sql', 'edited')])).toEqual({ same: ['b.sql d1 → b.sql edited'], fresh: ['a.sql d1'], gone: [] });
  });
  test('two files take each other\'s names', () => {
    expect(told([inFile('a.sql', 'd1'), inFile('b.sql', 'd2')], [inFile('a.sql', 'd2'), inFile('b.sql', 'd1')])).toMatchObject({ fresh: [], gone: [] });
    expect(told([inFile('a.sql', 'd1'), inFile('b.sql', 'd2')], [inFile('a.sql', 'edited'), inFile('b.sql', 'd1')])).toMatchObject({ fresh: [], gone: [] });
  });
  test('files take names in a row: a is now b, b is now c', () => {
    expect(told([inFile('a.sql', 'd1'), inFile('b.sql', 'd2'), inFile('c.sql', 'd3')], [inFile('b.sql', 'd1'), inFile('c.sql', 'd2'), inFile('d.sql', 'd3')])).toEqual({
      same: ['a.sql d1 → b.sql d1', 'b.sql d2 → c.sql d2', 'c.sql d3 → d.sql d3'], fresh: [], gone: [],
    });
  });
  test('a row whose first text is gone for good leaves its last name new', () => {
    expect(told([inFile('a.sql', 'd1'), inFile('b.sql', 'd2')], [inFile('b.sql', 'other'), inFile('c.sql', 'd2')])).toEqual({ same: ['b.sql d2 → b.sql other'], fresh: ['c.sql d2'], gone: ['a.sql d1'] });
  });
  test('a file is renamed and edited, which git tells', () => {
    const renames = new Map([['new/b.sql', 'old/a.sql']]);
    const [before, after] = [occurrence({ at: 'old/a.sql', digest: 'd1' }), occurrence({ at: 'new/b.sql', digest: 'd2' })];
    expect(told([before], [after], renames)).toEqual({ same: ['old/a.sql Kinds of work d1 → new/b.sql Kinds of work d2'], fresh: [], gone: [] });
    expect(told([before], [after])).toMatchObject({ fresh: ['new/b.sql Kinds of work d2'], gone: ['old/a.sql Kinds of work d1'] });
  });
  test('an archive is renamed, and a chart in it edited', () => {
    const inArchive = (archive: string, digest: string): Occurrence => occurrence({ at: `${archive}!/charts/a.yaml`, consumer: 'superset chart 1 Tasks', digest });
    expect(told([inArchive('one.zip', 'd1')], [inArchive('two.zip', 'd2')], new Map([['two.zip', 'one.zip']]))).toMatchObject({ fresh: [], gone: [] });
  });
});

describe('cards and panels', () => {
  test('a card is imported again under another number, and edited', () => {
    expect(told([card(101, 'Open cases', 'd1')], [card(231, 'Open cases', 'd1')])).toMatchObject({ fresh: [], gone: [] });
    expect(told([card(101, 'Open cases', 'd1')], [card(231, 'Open cases', 'd2')])).toEqual({ same: ['metabase card 101 Open cases d1 → metabase card 231 Open cases d2'], fresh: [], gone: [] });
  });
  test('another card of the same title is new while the old number stands', () => {
    const standing = new Set(['metabase card 101 Open cases', 'metabase card 231 Open cases']);
    expect(told([card(101, 'Open cases', 'd1')], [card(231, 'Open cases', 'd2')], NONE, standing)).toMatchObject({ fresh: ['metabase card 231 Open cases d2'], gone: ['metabase card 101 Open cases d1'] });
  });
  test('numbers of a title are words: the card of another year is another card', () => {
    expect(told([card(12, 'Sales 2024', 'd1')], [card(13, 'Sales 2025', 'd2')])).toMatchObject({ fresh: ['metabase card 13 Sales 2025 d2'], gone: ['metabase card 12 Sales 2024 d1'] });
  });
  test('a card is retitled, and edited', () => {
    expect(told([card(101, 'Open cases', 'd1')], [card(101, 'Cases in progress', 'd2')])).toMatchObject({ fresh: [], gone: [] });
  });
  test('a card gets another number and title and text in a file that git knows as renamed', () => {
    expect(told([card(101, 'Open cases', 'd1')], [card(231, 'Cases', 'd2')], new Map([['cards/231.json', 'cards/101.json']]))).toMatchObject({ fresh: [], gone: [] });
  });
  test('a panel moves to another dashboard; edited besides, it is new', () => {
    expect(told([panel('Floor', 'Open', 'd1')], [panel('Office', 'Open', 'd1', 'other:panel-9')])).toMatchObject({ fresh: [], gone: [] });
    expect(told([panel('Floor', 'Open', 'd1')], [panel('Office', 'Open', 'd2', 'other:panel-9')])).toMatchObject({ fresh: ['grafana panel Office / Open d2'], gone: ['grafana panel Floor / Open d1'] });
  });
  test('a dashboard is retitled, and a panel of it edited', () => {
    expect(told([panel('Floor', 'Open', 'd1')], [panel('Operations', 'Open', 'd2')])).toMatchObject({ fresh: [], gone: [] });
  });
});

describe('what is never one', () => {
  test.each(['ruleId', 'store', 'relation'] as const)('findings that differ in %s, of one statement', (field) => {
    expect(told([occurrence()], [occurrence({ [field]: 'other' })])).toMatchObject({ same: [] });
  });
});

describe('rules that speak of a statement once, whatever it reads', () => {
  const ofStatements = new Set(['analytical-on-operational']);
  const reading = (file: string, digest: string, relation: string): Occurrence => ({ ...inFile(file, digest), ruleId: 'analytical-on-operational', relation });
  const outcome = (before: Occurrence[], after: Occurrence[]): Record<string, string[]> => {
    const { same, fresh, gone } = matchOccurrences(before, after, NONE, undefined, ofStatements);
    const name = ({ consumer, digest, relation }: Occurrence): string => `${consumer} ${digest} ${relation}`;
    return { same: same.map((pair) => `${name(pair.before)} → ${name(pair.after)}`), fresh: fresh.map(name), gone: gone.map(name) };
  };
  test('keep their finding where the statement joins a larger relation', () => {
    expect(outcome([reading('a.sql', 'd1', 'app.task')], [reading('a.sql', 'd2', 'app.sla_clock')])).toEqual({ same: ['a.sql d1 app.task → a.sql d2 app.sla_clock'], fresh: [], gone: [] });
  });
  test('tell a second statement all the same', () => {
    expect(outcome([reading('a.sql', 'd1', 'app.task')], [reading('a.sql', 'd2', 'app.sla_clock'), reading('b.sql', 'd1', 'app.task')])).toEqual({
      same: ['a.sql d1 app.task → a.sql d2 app.sla_clock'], fresh: ['b.sql d1 app.task'], gone: [],
    });
  });
  test('take of several statements of one consumer those that read the same for the same', () => {
    expect(outcome([reading('a.sql', 'd1', 'app.task')], [reading('a.sql', 'd2', 'app.queue'), reading('a.sql', 'd3', 'app.task')])).toEqual({
      same: ['a.sql d1 app.task → a.sql d3 app.task'], fresh: ['a.sql d2 app.queue'], gone: [],
    });
  });
});

describe('findings without a statement', () => {
  const onRelation = (relation: string): Occurrence => occurrence({ at: '', consumer: '', relation, ruleId: 'publication-of-whole-table', digest: '' });
  const metric = (name: string, queryIds: string[]): Occurrence => ({ ...occurrence({ at: 'board.sql', consumer: '', relation: name, ruleId: 'metric-definitions-differ', digest: '' }), queryIds });
  test('are known by rule, store and relation', () => {
    expect(told([onRelation('app.a')], [onRelation('app.b'), onRelation('app.a')])).toEqual({ same: ['app.a → app.a'], fresh: ['app.b'], gone: [] });
  });
  test('a metric keeps its finding when most of its members only call it otherwise', () => {
    expect(told([metric('Open cases', ['q1', 'q2', 'q3'])], [metric('Cases', ['q1', 'q3', 'q4'])])).toEqual({ same: ['Open cases → Cases'], fresh: [], gone: [] });
    expect(told([metric('Open cases', ['q1', 'q2'])], [metric('Cases', ['q1', 'q4'])])).toMatchObject({ fresh: ['Cases'], gone: ['Open cases'] });
  });
  test('a metric of a renamed file is found by the file before', () => {
    expect(told([metric('A', ['sql-files:a.sql:1', 'q2'])], [metric('B', ['q2', 'sql-files:b.sql:1'])], new Map([['b.sql', 'a.sql']]))).toMatchObject({ same: ['A → B'] });
  });
});
