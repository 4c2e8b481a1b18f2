import { afterAll, describe, expect, it } from 'vitest';
import type { MetricConfiguration } from '../../../src/model/configuration.js';
import type { MetricDeclaration } from '../../../src/model/metric-declaration.js';
import type { MetricGroup } from '../../../src/model/metric-report.js';
import { analyse, analyseMetrics, type MetricContext } from '../../../src/metrics/analyse.js';
import type { MetricInput } from '../../../src/metrics/claim/claim.js';
import { metricFacts } from '../../../src/metrics/facts.js';
import { ScratchError } from '../../../src/model/scratch-engine.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';
import { card, caseFile, caseworkCatalog } from '../support/cards.js';
import { column, constraint, table } from '../support/catalog.js';

const engine = scratchEngine('pglite');
afterAll(() => engine.close());

const proofsOnly: MetricContext = {
  catalogOf: () => caseworkCatalog,
  zoneOf: (_store, relation) => (relation.startsWith('analytics_semantic.') ? 'semantic' : 'internal'),
  parse: parsePostgres,
};
const withEngine: MetricContext = { ...proofsOnly, scratch: () => engine.open() };

async function groups(cards: Promise<MetricInput>[], context: Partial<MetricContext> = {}): Promise<MetricGroup[]> {
  return analyseMetrics(await Promise.all(cards), { ...proofsOnly, ...context });
}

const titles = (group: MetricGroup | undefined): string[] | undefined => group?.members.map(({ title }) => title);

const metric = (name: string, more: Partial<MetricConfiguration>): MetricConfiguration => ({
  name, intent: null, store: null, relation: null, eligibility: null, formula: null, sql: null, time: null, dimensions: null, grain: null, owner: null,
  version: null, deprecated: null, access: null, changelog: null, pin: [], split: [], aliases: [], ...more,
});

const declaration = (name: string, more: Partial<MetricDeclaration> = {}): MetricDeclaration => ({
  by: 'dbt', name, label: null, intent: null, owner: null, version: null, deprecated: null, aliases: [], time: null, dimensions: null, grain: null,
  fillNullsWith: null, nonAdditive: null, access: null, changelog: null, incomplete: null, ...more,
});

const open = (consumer: string, condition = 'closed_at IS NULL', more: Partial<MetricInput> = {}): Promise<MetricInput> =>
  card('Open cases', `SELECT count(*) FROM app.case_file WHERE ${condition}`, { consumer, ...more });

describe('the scope of a dashboard', () => {
  const north = (title: string, sql: string): Promise<MetricInput> => card(title, sql, { consumer: `north ${title}`, container: 'Region North' });
  const board = [
    north('Open cases', "SELECT count(*) FROM app.case_file c WHERE c.region_code = 'N' AND c.closed_at IS NULL"),
    north('Fees', "SELECT sum(fee) FROM app.case_file WHERE region_code = 'N'"),
    north('Escalated cases', "SELECT count(*) FROM app.case_file WHERE region_code = 'N' AND status = 'ESCALATED'"),
  ];

  it('is what most of its cards carry, and no part of the definition', async () => {
    const [group] = await groups([open('desk'), ...board]);
    expect([group?.verdict, group?.definitions.length]).toEqual(['equal', 1]);
    expect(group?.members[1]).toMatchObject({ scope: ["region_code = 'N'"], filters: ['closed_at is null'], notes: ["left out as the scope of its dashboard: region_code = 'N'"] });
  });

  it('needs three cards', async () => {
    const [group] = await groups([open('desk'), ...board.slice(0, 2)]);
    expect(group?.verdict).toBe('stricter');
  });

  it('is not what all its titles name', async () => {
    const cards = ['Open cases', 'Overdue open cases', 'Urgent open cases'].map((title, priority) =>
      card(title, `SELECT count(*) FROM app.case_file WHERE closed_at IS NULL AND priority > ${priority}`, { consumer: title, container: 'Backlog' }),
    );
    const [group] = await groups([open('desk', 'priority > 0'), ...cards]);
    expect(group?.members[1]?.scope).toEqual([]);
    expect(group?.verdict).toBe('stricter');
  });
});

describe('what a person says', () => {
  it('puts a claim to a metric and names it', async () => {
    const pinned = card('Work in progress', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL', { consumer: 'board card' });
    const [group] = await groups([open('desk'), pinned], { metrics: [metric('open cases', { pin: ['Work in*'] })] });
    expect([group?.name, titles(group)]).toEqual(['open cases', ['Open cases', 'Work in progress']]);
    expect(group?.members[1]).toMatchObject({ score: 1, evidence: expect.arrayContaining(['pinned in the configuration']) });
    expect(group?.canonical).toEqual({ definition: 0, reason: 'pinned in the configuration' });
  });

  it('parts a claim from it', async () => {
    const cards = [open('desk'), open('board'), open('court', "status = 'APPEALED'", { container: 'Court' })];
    const [group] = await groups(cards, { metrics: [metric('Open cases', { split: ['Court / *'] })] });
    expect(group?.members.map(({ consumer }) => consumer)).toEqual(['desk', 'board']);
  });
});

describe('declared metrics', () => {
  it('are canonical, and gather what has their name', async () => {
    const declared = card('open_cases', "SELECT count(*) AS open_cases FROM app.case_file WHERE status <> 'CLOSED'", { consumer: 'dbt open_cases', declaration: declaration('open_cases', { version: '2' }) });
    const [group] = await groups([open('desk'), card('Open cases', 'SELECT count(DISTINCT officer_id) FROM app.case_file WHERE closed_at IS NULL', { consumer: 'board' }), declared]);
    expect(group?.canonical?.reason).toBe('declared by dbt: open_cases version 2');
    expect(group?.members.map(({ consumer, conforms }) => `${consumer} ${conforms}`)).toEqual(['desk equal-under', 'board different', 'dbt open_cases canonical']);
    expect(group?.suggestion).toBeNull();
    expect(group?.members[2]?.declared).toMatchObject({ by: 'dbt', name: 'open_cases', version: '2', deprecated: null, missing: expect.arrayContaining(['owner']) });
  });

  it('that one project declares under two names are two, however alike the names', async () => {
    const declared = (name: string, measure: string): Promise<MetricInput> => card(name, `SELECT ${measure} FROM app.case_file WHERE closed_at IS NULL`, { consumer: `dbt metric ${name}`, declaration: declaration(name) });
    const found = await groups([declared('open_cases', 'count(*)'), declared('open_case_value', 'sum(fee)'), open('desk')]);
    expect(found.map(({ members }) => members.map(({ consumer }) => consumer))).toEqual([['dbt metric open_cases', 'desk']]);
  });

  it('of which nothing may be proved are not compared', async () => {
    const running = card('Open cases', 'SELECT count(*) FROM app.case_file', { consumer: 'dbt running', declaration: declaration('open_cases', { incomplete: 'it is summed up over a window' }) });
    const [group] = await groups([open('desk'), open('board', 'closed_at IS NULL '), running]);
    expect(group?.definitions.map(({ unreadable }) => unreadable)).toEqual([null, 'it is summed up over a window']);
    expect(group?.verdict).toBe('undecided');
  });
});

describe('names', () => {
  const task = (title: string, consumer = 'task board'): Promise<MetricInput> => card(title, 'SELECT count(*) FROM app.task WHERE done_at IS NULL', { consumer });

  it('that mean two things are told and not compared', async () => {
    const [group] = await groups([open('desk'), open('board'), task('Open cases')]);
    expect(group?.nameClashes).toEqual([{ consumer: 'task board', title: 'Open cases', store: 'casework', relations: ['app.task'] }]);
    expect([group?.members.length, group?.verdict]).toEqual([2, 'equal']);
  });

  it('that are one by a synonym only do not clash', async () => {
    const [group] = await groups([open('desk'), open('board'), task('Unresolved cases')]);
    expect(group?.nameClashes).toEqual([]);
  });

  it('do not clash with the semantic view that shows the same', async () => {
    const semantic = (consumer: string) => card('Open cases', 'SELECT sum(backlog_cases) FROM analytics_semantic.case_backlog_daily', { consumer });
    const found = await groups([open('desk'), open('board'), semantic('trend'), semantic('month')]);
    expect(found.map(({ relation, nameClashes }) => [relation, nameClashes])).toEqual([['analytics_semantic.case_backlog_daily', []], ['app.case_file', []]]);
  });

  it('do not clash with the table behind a view', async () => {
    const view = table('app', 'pending_case', [column('case_id', 'bigint')], { kind: 'view', definition: 'SELECT case_id FROM app.case_file WHERE closed_at IS NULL', recordedColumns: ['app.case_file.case_id', 'app.case_file.closed_at'] });
    const catalog = { ...caseworkCatalog, relations: [...caseworkCatalog.relations, view] };
    const found = await groups([open('desk'), open('board'), card('Open cases', 'SELECT count(*) FROM app.pending_case', { consumer: 'queue' })], { catalogOf: () => catalog });
    expect(found.map(({ nameClashes }) => nameClashes)).toEqual([[]]);
  });

  it('of two lone cards clash too: nothing is compared, and neither is right', async () => {
    const [group, another] = await groups([open('desk'), task('Open cases')]);
    expect(another).toBeUndefined();
    expect(group).toMatchObject({ name: 'Open cases', verdict: 'different', canonical: null, suggestion: null, partial: null });
    expect(group?.definitions.map(({ sql }) => sql)).toEqual(['SELECT count(*) FROM app.case_file WHERE closed_at IS NULL', 'SELECT count(*) FROM app.task WHERE done_at IS NULL']);
    expect(group?.pairs.map(({ comparison }) => [comparison.kind, comparison.by, comparison.witness])).toEqual([['source', 'none', null]]);
    expect(group && metricFacts(group).name_clashes).toEqual(['desk reads app.case_file', 'task board reads app.task']);
  });

  it.each(['Total', 'Overview', 'Count', 'Status', 'By region'])('that say nothing are no clash: %s', async (title) => {
    expect(await groups([card(title, 'SELECT count(*) FROM app.case_file', { consumer: 'desk' }), task(title)])).toEqual([]);
  });

  it('of two lone cards on one table of two stores do not clash: one is a copy', async () => {
    expect(await groups([open('desk'), open('mart', "status <> 'CLOSED'", { store: 'warehouse' })])).toEqual([]);
  });

  it('of one thing are offered as the same', async () => {
    const other = card('Caseload', 'SELECT region_code, count(*) FROM app.case_file WHERE closed_at IS NULL GROUP BY 1', { consumer: 'load card' });
    const [group] = await groups([open('desk'), open('board'), other]);
    expect(group?.possibleSynonyms).toEqual([{ consumer: 'load card', title: 'Caseload' }]);
  });

  it.each([
    ['all rows of a table', 'Caseload', 'SELECT count(*) FROM app.case_file', 'SELECT count(*) FROM app.case_file'],
    ['another period', 'Caseload', "SELECT count(*) FROM app.case_file WHERE closed_at IS NULL AND opened_at BETWEEN '2026-01-01' AND '2026-02-01'", 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL'],
    ['a title that is its breakdown', 'Region code split', 'SELECT region_code, count(*) FROM app.case_file WHERE closed_at IS NULL GROUP BY 1', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL'],
    ['a title that says nothing', 'Total', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL'],
    ['other rows', 'Caseload', 'SELECT count(*) FROM app.case_file WHERE officer_id IS NULL', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL'],
  ])('is not offered for %s', async (_name, title, sql, own) => {
    const [group] = await groups([card('Open cases', own, { consumer: 'desk' }), card('Open cases', own, { consumer: 'board' }), card(title, sql, { consumer: 'other' })]);
    expect(group?.possibleSynonyms).toEqual([]);
  });
});

describe('the view that would hold it', () => {
  it('has the dimensions of the cards, and says which it replaces', async () => {
    const [group] = await groups([
      open('desk'),
      card('Open cases by region', 'SELECT region_code, count(*) FROM app.case_file WHERE closed_at IS NULL GROUP BY 1', { consumer: 'map', owner: 'Team Supervision' }),
      open('director', "status <> 'CLOSED'"),
      open('regulator', "status NOT IN ('CLOSED', 'DUPLICATE')"),
    ]);
    expect(group?.suggestion?.replaces).toEqual([0, 1, 2]);
    expect(group?.suggestion?.sql).toMatchInlineSnapshot(`
      "-- Open cases: count of rows where closed_at is null
      -- owner: to be named (its cards belong to Team Supervision)
      -- grain: one row for each region_code
      -- time rule: no time axis: the state when it is read
      CREATE VIEW analytics_semantic.open_cases AS
      SELECT region_code, count(*) AS open_cases FROM app.case_file WHERE closed_at IS NULL
      GROUP BY 1;"
    `);
  });
});

describe('in an engine', () => {
  it('a difference comes with rows that were replayed', async () => {
    const [group] = await groups([open('desk'), open('regulator', "status NOT IN ('CLOSED', 'DUPLICATE')")], withEngine);
    const comparison = group?.pairs[0]?.comparison;
    expect([comparison?.verdict, comparison?.by]).toEqual(['looser', 'replay']);
    expect(comparison?.witness?.rows).toMatchObject({ 'app.case_file': [{ status: 'DUPLICATE' }] });
    expect([comparison?.witness?.a, comparison?.witness?.b]).toEqual([1, 0]);
  }, 60_000);

  it('of a share it is told which half parts', async () => {
    const share = (below: string, consumer: string) => card('Share of paid fees', `SELECT 100.0 * sum(paid) / NULLIF(sum(${below}), 0) FROM app.case_file`, { consumer });
    const [group] = await groups([share('fee', 'desk'), share('fee + paid', 'board')], withEngine);
    expect(group?.verdict).toBe('different');
    expect(group?.pairs[0]?.parts?.map(({ part, comparison }) => `${part}: ${comparison.verdict}`)).toEqual(['numerator: equal', 'denominator: different']);
    expect(group?.members[0]?.notes).toEqual(['in percent']);
  }, 60_000);

  it('months of two clocks are two definitions', async () => {
    const monthly = (column: string) => card('Completed cases', `SELECT date_trunc('month', ${column}), count(*) FROM app.case_file WHERE status = 'CLOSED' GROUP BY 1`, { consumer: column });
    const [group] = await groups([monthly('opened_at'), monthly('closed_at')], withEngine);
    expect([group?.verdict, group?.definitions.length, group?.pairs[0]?.comparison.kind]).toEqual(['different', 2, 'time-column']);
  }, 60_000);

  it('is opened once for a group, however many comparisons it takes', async () => {
    let opened = 0;
    const share = (below: string, column: string) => card('Share of paid fees', `SELECT date_trunc('month', ${column}), 100.0 * sum(paid) / NULLIF(sum(${below}), 0) FROM app.case_file GROUP BY 1`, { consumer: `${below} ${column}` });
    const [group] = await groups([share('fee', 'opened_at'), share('fee', 'closed_at'), share('fee + paid', 'opened_at')], { scratch: () => { opened += 1; return engine.open(); } });
    expect([group?.definitions.length, group?.verdict, opened]).toEqual([3, 'different', 1]);
  }, 60_000);

  it('is not opened in an audit for what is proved equal', async () => {
    let opened = 0;
    const context: Partial<MetricContext> = { depth: 'replay', scratch: () => { opened += 1; return engine.open(); } };
    const [group] = await groups([open('desk'), open('director', "status <> 'CLOSED'")], context);
    expect([group?.verdict, opened]).toEqual(['equal-under', 0]);
  });

  it('shows in an audit the difference that a proof suggests', async () => {
    const [group] = await groups([open('desk'), open('regulator', "status NOT IN ('CLOSED', 'DUPLICATE')")], { ...withEngine, depth: 'replay' });
    expect(group?.pairs[0]?.comparison).toMatchObject({ verdict: 'looser', by: 'replay', witness: { rows: { 'app.case_file': [{ status: 'DUPLICATE' }] } } });
  }, 60_000);

  it('finds a name without a schema in the only schema that has it', async () => {
    const [group] = await groups([open('desk'), card('Open cases', "SELECT count(*) FROM case_file WHERE status <> 'CLOSED' AND fee > 0", { consumer: 'model' })], withEngine);
    expect([group?.verdict, group?.pairs[0]?.comparison.by]).toEqual(['stricter', 'replay']);
  }, 60_000);

  it('that cannot be used costs no more than its search', async () => {
    const context: Partial<MetricContext> = { scratch: () => Promise.reject(new ScratchError('out of memory')) };
    const different = (consumer: string, function_: string) => card('Fee spread', `SELECT ${function_}(fee) FROM app.case_file`, { consumer });
    const [group] = await groups([different('desk', 'stddev_pop'), different('board', 'stddev_samp')], context);
    expect(group?.verdict).toBe('undecided');
    expect(group?.pairs[0]?.comparison.why).toContain('Nothing was searched: out of memory.');
  });

  it.each([
    ['no engine of its dialect is here', ['mysql', 'mysql'], 'Nothing was searched, since no engine of mysql can be started here.'],
    ['the dialects are two', ['postgres', 'duckdb'], 'They are written for different engines, so that nothing was searched.'],
  ] as const)('is not asked for where %s', async (_name, [own, other], why) => {
    let asked = 0;
    const context: Partial<MetricContext> = { scratch: () => { asked += 1; return Promise.resolve(null); } };
    const [group] = await groups([open('desk', "status = 'OPEN'", { dialect: own }), open('board', "status = 'open'", { dialect: other })], context);
    expect([group?.verdict, asked]).toEqual(['undecided', 0]);
    expect(group?.pairs[0]?.comparison.why).toContain(why);
  });

  it('is asked for only where there is something to compare', async () => {
    let asked = 0;
    await groups([open('desk'), open('board', 'closed_at  IS  NULL')], { scratch: () => { asked += 1; return Promise.resolve(null); } });
    expect(asked).toBe(0);
  });
});

describe('what is only asserted', () => {
  it('is told apart from what the engine enforces', async () => {
    const tested = constraint(caseFile, 'check', 'dbt test accepted_values', { expression: "status IN ('OPEN', 'CLOSED')", enforced: false });
    const cards = [open('desk', "status = 'OPEN'"), open('board', "status IN ('OPEN', 'PAUSED')")];
    const [group] = await groups(cards, { assertedOf: () => [tested] });
    expect([group?.verdict, group?.pairs[0]?.comparison.underAsserted.map(({ name, enforced }) => [name, enforced])]).toEqual(['stricter', [['dbt test accepted_values', false]]]);
    const [without] = await groups(cards);
    expect(without?.pairs[0]?.comparison.underAsserted).toEqual([]);
  });
});

describe('bounds', () => {
  it('of an audit: the groups of most consumers are compared, and the others say that they are not', async () => {
    const pair = (title: string, consumers: number) => Array.from({ length: consumers }, (_, index) => card(title, `SELECT count(*) FROM app.case_file WHERE ${index === 0 ? 'closed_at IS NULL' : "status <> 'CLOSED'"} AND priority > ${title.length}`, { consumer: `${title} ${index}` }));
    const found = await groups([...pair('Open urgent cases', 2), ...pair('Open cases', 3)], { depth: 'replay', limits: { pairs: 1, spaces: 1, searches: 1 } });
    expect(found.map(({ name, verdict, partial }) => [name, verdict, partial])).toEqual([
      ['Open cases', 'equal-under', null],
      ['Open urgent cases', 'undecided', 'its definitions were not compared, since an audit compares those that most consumers show: tidemark metrics compares all'],
    ]);
  });

  it('of two hundred claims', async () => {
    const many = Array.from({ length: 210 }, (_, index) => open(`card ${index}`, `priority > ${index % 3}`));
    const [group] = await groups(many);
    expect([group?.members.length, group?.definitions.length, group?.partial]).toEqual([200, 3, '10 of 210 claims were not looked at']);
  });

  it('of forty definitions', async () => {
    const many = Array.from({ length: 44 }, (_, index) => open(`card ${index}`, `priority > ${index} AND lower(region_code) = '${index}'`));
    const [group] = await groups(many, { limits: { pairs: 0, spaces: 0, searches: 0 } });
    expect([group?.definitions.length, group?.partial]).toEqual([44, '4 more definitions were not compared: 40 are']);
    expect(group?.definitions.at(-1)?.unreadable).toBe('it is beyond the definitions that are compared');
  });

  it('are told by what was looked at', async () => {
    const inputs = await Promise.all([open('desk'), open('board'), card('Fees', 'SELECT sum(fee) FROM app.case_file'), card('List', 'SELECT case_id FROM app.case_file')]);
    expect((await analyse(inputs, proofsOnly)).coverage).toEqual({ cards: 4, claims: 3, grouped: 2, alone: 1, notClaimed: [{ why: 'shows no aggregate', count: 1 }] });
  });
});

describe('dialects', () => {
  it('differ by the time zone of their sessions', async () => {
    const monthly = (consumer: string, timeZone: string) => card('Cases opened', "SELECT date_trunc('month', opened_at), count(*) FROM app.case_file GROUP BY 1", { consumer, timeZone });
    const [group] = await groups([monthly('desk', 'UTC'), monthly('board', 'Asia/Jakarta')]);
    expect(group?.dialectDifferences).toEqual(['a day or month of a time with zone begins at midnight of the session: Asia/Jakarta on casework, UTC on casework']);
  });
});

describe('in sentences', () => {
  const why = async (...cards: Promise<MetricInput>[]): Promise<string | undefined> => (await groups(cards))[0]?.pairs[0]?.comparison.why;

  it('a definition is called by its title where that is its own', async () => {
    const other = card('Backlog', "SELECT count(*) FROM app.case_file WHERE closed_at IS NULL AND status <> 'DUPLICATE'", { consumer: 'metabase card 9 Backlog' });
    expect(await why(open('metabase card 7 Open cases'), other)).toMatch(/counted by “Open cases”.*not by “Backlog”|“Backlog”.*“Open cases”/);
  });

  it.each([
    ['its dashboard', { container: 'Operations floor' }, { container: 'Casework operations' }, 'Operations floor', 'Casework operations'],
    ['its file', { consumer: 'warehouse-reports/board.sql Open cases', container: 'warehouse-reports' }, { consumer: 'warehouse-reports/quarterly.sql Open cases', container: 'warehouse-reports' }, 'board.sql', 'quarterly.sql'],
    ['who declares it', { declaration: declaration('open_cases'), container: 'project' }, { container: 'Casework operations' }, 'dbt', 'Casework operations'],
    ['its card', { consumer: 'metabase card 7 Open cases' }, { consumer: 'metabase card 9 Open cases' }, 'metabase card 7', 'metabase card 9'],
  ])('and by %s where several have one title', async (_name, one, other, first, second) => {
    const text = await why(open('desk', 'closed_at IS NULL', one), open('board', "status NOT IN ('CLOSED', 'DUPLICATE')", { ...other, consumer: 'consumer' in other ? other.consumer : 'board' }));
    expect(text).toContain(first);
    expect(text).toContain(second);
    expect(text).not.toContain('“Open cases”');
  });

  it('a long title is cut', async () => {
    const long = `Open cases ${'of every office in the north '.repeat(10)}`;
    const text = await why(card(long, 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL', { consumer: 'a' }), card(long.toUpperCase(), "SELECT count(*) FROM app.case_file WHERE closed_at IS NULL AND status <> 'DUPLICATE'", { consumer: 'b' }));
    expect(text?.length).toBeLessThan(400);
  });
});
