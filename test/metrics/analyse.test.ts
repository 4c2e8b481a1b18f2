import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/model/catalog.js';
import type { MetricInput } from '../../src/metrics/claim/claim.js';
import { analyseMetrics, type MetricGroup } from '../../src/metrics/analyse.js';
import { metricFacts } from '../../src/metrics/facts.js';
import { parsePostgres } from '../../src/sql/parse/postgres.js';
import { caseFile, caseworkCatalog, card } from './support/cards.js';
import { check } from './support/catalog.js';

async function analyse(cards: Promise<MetricInput>[], catalog: Catalog = caseworkCatalog): Promise<MetricGroup[]> {
  return analyseMetrics(await Promise.all(cards), {
    catalogOf: (store) => (store === 'casework' ? catalog : null),
    zoneOf: (_store, relation) => (relation.startsWith('analytics_semantic.') ? 'semantic' : 'internal'),
    parse: parsePostgres,
  });
}

const consumersOf = (group: MetricGroup | undefined): string[][] => (group?.definitions ?? []).map(({ members }) => members.map((member) => group?.members[member]?.consumer ?? ''));
const differencesOf = (group: MetricGroup | undefined): string[] => (group === undefined ? [] : metricFacts(group).differences);

const A = card('Open cases', "SELECT count(*) FROM app.case_file WHERE status <> 'CLOSED'");
const B = card('Backlog', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL');
const C = card('Open cases by region', "SELECT region_code, count(*) FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW', 'ESCALATED') GROUP BY 1");
const D = card('Unresolved case files', "SELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')");

const tie = "CHECK closed_has_date on app.case_file: ((status = 'CLOSED') = (closed_at IS NOT NULL))";
const notNull = 'NOT NULL on app.case_file.status';

describe('the open cases of four dashboards', () => {
  it('are four definitions, and two of them agree only by a constraint', async () => {
    const [group, another] = await analyse([A, B, C, D]);
    expect(another).toBeUndefined();
    expect(group && metricFacts(group)).toMatchObject({
      name: 'Open cases',
      relation: 'app.case_file',
      measure: 'count of rows',
      verdict: 'stricter',
      definitions: 4,
      consumers: 4,
      consumer_names: ['card Backlog', 'card Open cases', 'card Open cases by region', 'card Unresolved case files'],
      rests_on: [tie, notNull],
      semantic: [],
    });
    const verdicts = group?.pairs.map(({ first, second, comparison }) => `${'ABCD'[first]}${'ABCD'[second]} ${comparison.verdict}`);
    expect(verdicts).toEqual(['AB equal-under', 'AC looser', 'AD looser', 'BC looser', 'BD looser', 'CD stricter']);
    expect(group?.canonical).toEqual({ definition: 1, reason: '2 of 4 consumers agree on it' });
    expect(group?.members.map(({ title, conforms }) => `${title}: ${conforms}`)).toEqual([
      'Open cases: equal-under', 'Backlog: canonical', 'Open cases by region: stricter', 'Unresolved case files: stricter',
    ]);
  });

  it('are three where a CHECK closes the list of states', async () => {
    const list = "(status = ANY (ARRAY['OPEN'::text, 'IN_REVIEW'::text, 'ESCALATED'::text, 'CLOSED'::text, 'CANCELLED'::text, 'DUPLICATE'::text]))";
    const [group] = await analyse([A, B, C, D], { ...caseworkCatalog, constraints: [...caseworkCatalog.constraints, check(caseFile, 'status_known', list)] });
    const [last] = group?.pairs.filter(({ first, second }) => first === 2 && second === 3) ?? [];
    expect(last?.comparison.verdict).toBe('equal-under');
    expect(last?.comparison.restsOn.map(({ name }) => name)).toContain('status_known');
  });

  it('overlap without the constraint, each with a row that the other leaves out', async () => {
    const [group] = await analyse([A, B], { ...caseworkCatalog, constraints: caseworkCatalog.constraints.filter(({ kind }) => kind !== 'check') });
    expect(group?.verdict).toBe('overlapping');
  });

  it('agree on what is written twice', async () => {
    const copy = card('Open cases', "SELECT count(*) AS n FROM (SELECT * FROM app.case_file) AS s WHERE NOT (s.status = 'CLOSED')", { consumer: 'other card' });
    const [group] = await analyse([A, copy]);
    expect([group?.verdict, group?.definitions.length, group?.pairs]).toEqual(['equal', 1, []]);
  });
});

describe('what is put together', () => {
  const groups = async (...cards: Promise<MetricInput>[]): Promise<string[][]> => (await analyse(cards)).map(({ members }) => members.map(({ title }) => title));

  it('leaves other concepts, relations and stores alone', async () => {
    expect(
      await groups(
        A,
        card('Cases opened', 'SELECT count(*) FROM app.case_file'),
        card('Overdue open cases', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL AND priority > 3'),
        card('Open tasks', 'SELECT count(*) FROM app.task WHERE done_at IS NULL'),
        card('Open cases', 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL', { store: 'warehouse' }),
        card('Open fees', 'SELECT sum(fee) FROM app.case_file'),
      ),
    ).toEqual([]);
  });

  it('does not join two measures by synonyms', async () => {
    expect(await groups(A, card('Backlog', 'SELECT sum(fee) FROM app.case_file WHERE closed_at IS NULL'))).toEqual([]);
  });

  it('names a measure by its column where the query shows several', async () => {
    const several = card('Summary', "SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open_cases, count(*) AS all_cases FROM app.case_file");
    const [group] = await analyse([A, several]);
    expect(group?.members.map(({ title }) => title)).toEqual(['Open cases', 'Summary: open_cases']);
    // A title with words of its own may narrow every measure of the card.
    expect(await groups(A, card('Appeals', "SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open_cases, count(*) AS n FROM app.case_file"))).toEqual([]);
  });

  it('needs two consumers: one card may show a concept twice', async () => {
    const twice = 'SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open_cases, count(closed_at) AS open_cases FROM app.case_file';
    expect(await groups(card('Cases', twice))).toEqual([]);
  });

});

describe('what cannot be compared', () => {
  it('is said, and does not hide what can', async () => {
    const joined = card('Open cases', 'SELECT count(*) FROM app.case_file c JOIN app.task t ON t.case_id = c.case_id WHERE closed_at IS NULL', { consumer: 'joined card', container: 'Tasks board' });
    const [alone] = await analyse([A, joined]);
    expect([alone?.verdict, alone?.definitions.length]).toEqual(['undecided', 2]);
    expect(differencesOf(alone)).toEqual([expect.stringMatching(/^card and Tasks board could not be compared: /)]);
    const [mixed] = await analyse([A, C, joined]);
    expect(mixed?.verdict).toBe('stricter');
  });

  it('is the same definition where the whole query is the same', async () => {
    const sql = 'SELECT count(*) FROM app.case_file WHERE case_id IN (SELECT case_id FROM app.task)';
    const [group] = await analyse([card('Cases with tasks', sql), card('Cases with tasks', `${sql} `, { consumer: 'copy' })]);
    expect([group?.verdict, group?.definitions.length, differencesOf(group)]).toEqual(['equal', 1, []]);
  });

  it('is decided for two even where a third stands in the way', async () => {
    const overdue = (condition: string, consumer: string): Promise<MetricInput> =>
      card('Overdue cases', `SELECT count(*) FROM app.case_file WHERE opened_at < now() AND ${condition}`, { consumer });
    const cards = [overdue('closed_at IS NULL', 'a'), overdue('closed_at IS NULL', 'b'), overdue("status <> 'DONE'", 'c'), overdue("opened_at > '2020-01-01'", 'd')];
    const [group] = await analyse(cards);
    expect(group?.verdict).toBe('overlapping');
    expect(differencesOf(group)[0]).toBe(
      'a case_file row with status DONE, closed_at NULL and opened_at before now() is counted by a (and 1 more) and not by c; a case_file row with status CLOSED, closed_at not NULL and opened_at before now() is counted by c and not by a (and 1 more)',
    );
  });

  it('is an expression that is not looked into', async () => {
    const [group] = await analyse([
      card('Appeals', "SELECT count(*) FROM app.case_file WHERE lower(status) = 'appeal'"),
      card('Appeals', "SELECT count(*) FROM app.case_file WHERE status ILIKE 'appeal'", { consumer: 'other' }),
    ]);
    expect(group?.verdict).toBe('undecided');
    expect(differencesOf(group)).toEqual([expect.stringMatching(/^card and other could not be compared: /)]);
  });
});

describe('measures', () => {
  it('are different under one name', async () => {
    const [group] = await analyse([
      card('Fees', 'SELECT sum(fee) FROM app.case_file', { consumer: 'a', container: 'Finance' }),
      card('Fees', 'SELECT sum(paid) FROM app.case_file', { consumer: 'b', container: 'Board' }),
      card('Fees', 'SELECT count(*) FROM app.case_file WHERE fee > 0', { consumer: 'c', container: 'Desk' }),
    ]);
    expect(group && metricFacts(group)).toMatchObject({
      verdict: 'different',
      definitions: 3,
      measure: 'count of rows or sum of fee or sum of paid',
      differences: ['Finance shows the sum of fee, Board the sum of paid', 'Finance shows the sum of fee, Desk the count of rows', 'Board shows the sum of paid, Desk the count of rows'],
    });
  });

  it('are different where one counts each thing once', async () => {
    const [group] = await analyse([
      card('Officers', 'SELECT count(officer_id) FROM app.case_file'),
      card('Officers', 'SELECT count(DISTINCT officer_id) FROM app.case_file', { consumer: 'other' }),
    ]);
    expect([group?.verdict, differencesOf(group)]).toEqual([
      'different',
      ['card shows the count of rows, other the count of distinct officer_id'],
    ]);
  });

  it('are the same where a key makes each thing distinct, and say so', async () => {
    const [group] = await analyse([A, card('Open cases', "SELECT count(DISTINCT case_id) FROM app.case_file WHERE status <> 'CLOSED'", { consumer: 'other' })]);
    expect([group?.verdict, group?.pairs[0]?.comparison.restsOn.map(({ text }) => text)]).toEqual(['equal-under', ['PRIMARY KEY (case_id) on app.case_file']]);
    // Nobody gives up a primary key unawares, so that no rule speaks of it.
    expect(group && metricFacts(group)).toMatchObject({ verdict: 'equal', rests_on: [] });
  });

  it('part by rows that add something to a sum', async () => {
    const fees = (condition: string, consumer: string): Promise<MetricInput> => card('Fees', `SELECT sum(fee) FROM app.case_file WHERE ${condition}`, { consumer });
    const [group] = await analyse([fees('fee > 0', 'a'), fees('fee > 10', 'b')]);
    expect(differencesOf(group)).toEqual(['a case_file row with fee 10 is counted by a and not by b']);
  });

  it('differ by rows whose value is missing', async () => {
    const [group] = await analyse([
      card('Assigned cases', 'SELECT count(*) FROM app.case_file'),
      card('Assigned cases', 'SELECT count(officer_id) FROM app.case_file', { consumer: 'other' }),
    ]);
    expect(differencesOf(group)).toEqual(['a case_file row with officer_id NULL is counted by card and not by other']);
  });
});

describe('the semantic zone', () => {
  it('is named where some read the concept there', async () => {
    const semantic = card('Open cases', 'SELECT sum(backlog_cases) FROM analytics_semantic.case_backlog_daily', { consumer: 'semantic card' });
    const [group] = await analyse([A, B, semantic]);
    expect([group?.semantic, group?.members.length]).toEqual([['analytics_semantic.case_backlog_daily'], 2]);
  });

  it('is found for a name that says no more than the relation', async () => {
    const all = (title: string, consumer: string) => card(title, 'SELECT count(*) FROM app.case_file', { consumer });
    const semantic = card('Cases', 'SELECT sum(backlog_cases) FROM analytics_semantic.case_backlog_daily', { consumer: 'semantic card' });
    const [group] = await analyse([all('Cases', 'a'), all('Case files', 'b'), semantic]);
    expect([group?.semantic, group?.members.length]).toEqual([['analytics_semantic.case_backlog_daily'], 2]);
  });
});

describe('many definitions', () => {
  it('are evaluated over shared worlds', async () => {
    const conditions = ['priority > 1', 'priority > 2', 'priority > 3', 'priority >= 2', 'priority >= 3', 'priority IN (3, 4)', 'NOT priority <= 2'];
    const cards = conditions.map((condition, index) => card('Urgent cases', `SELECT count(*) FROM app.case_file WHERE ${condition}`, { consumer: `card ${index}` }));
    const [group] = await analyse(cards);
    expect(consumersOf(group)).toEqual([
      ['card 1', 'card 4', 'card 6'],
      ['card 0', 'card 3'],
      ['card 2'],
      ['card 5'],
    ]);
    expect(group?.verdict).toBe('overlapping');
  });

  it('keep their answer when all of them together have too many worlds', async () => {
    const list = Array.from({ length: 30 }, (_, index) => index * 3).join(', ');
    const cards = [
      card('Odd cases', `SELECT count(*) FROM app.case_file WHERE priority IN (${list})`, { consumer: 'a' }),
      card('Odd cases', `SELECT count(*) FROM app.case_file WHERE priority = ANY (ARRAY[${list}])`, { consumer: 'b' }),
      card('Odd cases', `SELECT count(*) FROM app.case_file WHERE fee IN (${list})`, { consumer: 'c' }),
      card('Odd cases', `SELECT count(*) FROM app.case_file WHERE unit_id IN (${list})`, { consumer: 'd' }),
    ];
    const [group] = await analyse(cards);
    expect(consumersOf(group)).toEqual([['a', 'b'], ['c'], ['d']]);
    expect(group?.verdict).toBe('overlapping');
  });
});
