import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Engine } from '../../src/model/store.js';
import { describe as describeRelation, openLive, openStore, relationFacts } from '../../src/stores/index.js';
import { DeadlineExceeded } from '../../src/stores/live.js';
import { StoreLost, type OpenContext, type StoreTarget } from '../../src/stores/store.js';
import { startReplayServer, type Exchange, type ReplayAnswer, type ReplayRule, type ReplayServer } from '../support/replay-server.js';
import { identityAnswer, resultOf as snowflakeResult } from '../support/snowflake-answers.js';
import { openingRules, resultOf as bigQueryResult } from '../support/bigquery-answers.js';
import { noContext } from '../support/store-context.js';

/** In every credential. */
const CANARY = 'canary-4c1d77e0a9b2f3';
const anything = z.record(z.string(), z.unknown());
const HTTP_ENGINES = ['bigquery', 'databricks', 'snowflake', 'trino'] as const satisfies readonly Engine[];
type HttpEngine = (typeof HTTP_ENGINES)[number];

let server: ReplayServer;
beforeAll(async () => {
  server = await startReplayServer();
});
afterAll(() => server.stop());

const targets: Record<HttpEngine, (more?: Partial<StoreTarget>) => StoreTarget> = {
  bigquery: (more) => ({ name: 'warehouse', url: `bigquery://regulator-pay/analytics?endpoint=http://127.0.0.1:${server.port}/`, credentials: { token: CANARY }, ...more }),
  databricks: (more) => ({ name: 'warehouse', url: `databricks://127.0.0.1:${server.port}/main/mart?warehouse=ab12`, credentials: { token: CANARY }, ...more }),
  snowflake: (more) => ({ name: 'warehouse', url: `snowflake://AUDIT_RO@127.0.0.1:${server.port}/CASEWORK?protocol=http&account=regulator`, credentials: { token: CANARY }, ...more }),
  trino: (more) => ({ name: 'warehouse', url: `trino://auditor@127.0.0.1:${server.port}/iceberg/mart`, credentials: { token: CANARY }, ...more }),
};

const databricksResult = (types: Record<string, string>, data: readonly (readonly (string | null)[])[]): ReplayAnswer => ({
  body: { statement_id: '01ee-tide', status: { state: 'SUCCEEDED' }, manifest: { truncated: false, schema: { columns: Object.entries(types).map(([name, type_name]) => ({ name, type_name })) } }, result: { data_array: data, next_chunk_internal_link: null } },
});
const trinoResult = (types: Record<string, string>, data: readonly (readonly unknown[])[]): ReplayAnswer => ({ body: { id: '20260302_tide', columns: Object.entries(types).map(([name, type]) => ({ name, type })), data, stats: { state: 'FINISHED' } } });

const asText = ({ body }: Exchange): string => (typeof body === 'string' ? body : JSON.stringify(body ?? ''));
const isStatement = ({ method, path }: Exchange): boolean => method === 'POST' && /statement|queries$/.test(path) && !path.endsWith('cancel');
/** What an opening asks, and an answer for each. */
const openings: Record<HttpEngine, readonly ReplayRule[]> = {
  bigquery: openingRules,
  databricks: [
    { when: ({ path }) => path.startsWith('/api/2.0/sql/warehouses/'), answers: [{ body: { name: 'tide', state: 'RUNNING' } }] },
    { when: (exchange) => asText(exchange).includes('current_version()'), answers: [databricksResult({ role: 'STRING', version: 'STRING' }, [['auditor', '2026.10']])] },
  ],
  snowflake: [{ when: (exchange) => asText(exchange).includes('current_version()'), answers: [identityAnswer] }],
  trino: [
    { when: ({ path }) => path === '/v1/info', answers: [{ body: { nodeVersion: { version: '476' }, starting: false } }] },
    { when: (exchange) => asText(exchange).includes('current_user'), answers: [trinoResult({ role: 'varchar' }, [['auditor']])] },
  ],
};
const empties: Record<HttpEngine, ReplayAnswer> = {
  bigquery: bigQueryResult([['name', 'STRING']], []),
  databricks: databricksResult({ name: 'STRING' }, []),
  snowflake: snowflakeResult([['name', 'text']], []),
  trino: trinoResult({ name: 'varchar' }, []),
};
const one: Record<HttpEngine, ReplayAnswer> = {
  bigquery: bigQueryResult([['n', 'INTEGER']], [['1']]),
  databricks: databricksResult({ n: 'INT' }, [['1']]),
  snowflake: snowflakeResult([['n', 'fixed', 1, 0]], [['1']]),
  trino: trinoResult({ n: 'integer' }, [[1]]),
};
const answering = (id: HttpEngine, ...answers: ReplayRule['answers'][number][]): void => server.script([...openings[id], { when: isStatement, answers }, { when: () => true, answers: [{ body: {} }] }]);
const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  const outcome = await work.then((value) => new Error(`it did not fail: ${inspect(value)}`), (error: unknown) => error);
  return outcome instanceof Error ? outcome : new Error(String(outcome));
};
/** Everything that a log of an error could show. */
const shown = (error: unknown): string => inspect(error, { depth: 10, maxStringLength: 100_000 });

describe.each(HTTP_ENGINES)('%s', (id) => {
  const watch = (more?: Partial<StoreTarget>, context: OpenContext = noContext) => openLive(id, targets[id](more), context);

  it('reads a text of ten megabytes in an answer', async () => {
    const long = `select '${'o\\"'.repeat(3_400_000)}'`;
    const answers: Record<HttpEngine, ReplayAnswer> = {
      bigquery: bigQueryResult([['t', 'STRING']], [[long]]), databricks: databricksResult({ t: 'STRING' }, [[long]]), snowflake: snowflakeResult([['t', 'text']], [[long]]), trino: trinoResult({ t: 'varchar' }, [[long]]),
    };
    answering(id, answers[id]);
    const session = await watch();
    const [row] = await session.query(z.object({ t: z.string() }), 'select t');
    expect(row?.t.length).toBe(long.length);
    await session.close();
  });

  it('survives an error of megabytes with escape sequences, quotes and false tokens, in one short line', async () => {
    for (const filling of ['\u001b[31m\u202e', '-eyJ', '"\'']) {
      const message = filling.repeat(Math.ceil(2_000_000 / filling.length));
      // As a refusal, and as the state of a statement that was taken.
      const refused = { message, error: { message, errors: [{ reason: 'invalid', message }] }, error_code: 'BAD_REQUEST', code: '100038' };
      const failed = { id: 'q', error: { message, errorName: 'SYNTAX_ERROR' }, statement_id: 'q', status: { state: 'FAILED', error: { error_code: 'INTERNAL', message: `[PARSE_SYNTAX_ERROR] ${message}` } } };
      for (const answer of [{ status: 400, body: refused }, { status: id === 'snowflake' || id === 'bigquery' ? 422 : 200, body: id === 'snowflake' || id === 'bigquery' ? refused : failed }]) {
        answering(id, answer);
        const session = await watch();
        const error = await failureOf(session.query(anything, 'select 1'));
        expect(error.message.length).toBeLessThan(500);
        expect(error.message).not.toMatch(/[\p{Cc}\u202e]/u);
        expect(error).not.toBeInstanceOf(StoreLost);
        await session.close();
      }
    }
  });

  it('tells no secret in anything that a log of its errors could show', async () => {
    const answers: ReplayAnswer[] = [
      { status: 401, body: { message: `token ${CANARY} is bad`, error: { message: `${CANARY}`, errors: [{ message: CANARY }] } } },
      { status: 400, body: { message: `bad ${CANARY}`, error: { message: CANARY } } },
      { status: 302, headers: { location: `http://127.0.0.2:1/?token=${CANARY}` } },
      { text: `<html>${CANARY}`, headers: { 'content-type': 'text/html' } },
      { text: `{"${CANARY}`, headers: { 'content-type': 'application/json' } },
      { status: 500, text: CANARY, headers: { 'content-type': 'text/plain', 'retry-after': '9999' } },
    ];
    for (const answer of answers) {
      answering(id, answer);
      const session = await watch();
      const error = await failureOf(session.query(anything, 'select 1', { deadline_ms: 3_000 }));
      expect(shown(error)).not.toContain(CANARY);
      await session.close();
      server.script([{ when: () => true, answers: [answer] }]);
      expect(shown(await failureOf(watch()))).not.toContain(CANARY);
    }
  });

  it('shows no value that an error of a statement quotes', async () => {
    const answers: Record<HttpEngine, ReplayAnswer> = {
      bigquery: { status: 400, body: { error: { code: 400, message: 'Bad int64 value: Erika Mustermann', errors: [{ reason: 'invalidQuery', message: 'Bad int64 value: Erika Mustermann' }] } } },
      databricks: { body: { statement_id: '01ee-tide', status: { state: 'FAILED', error: { error_code: 'BAD_REQUEST', message: "[CAST_INVALID_INPUT] The value 'Erika Mustermann' of the type \"STRING\" cannot be cast to \"BIGINT\"" }, sql_state: '22018' } } },
      snowflake: { status: 422, body: { code: '100038', sqlState: '22018', message: "Numeric value 'Erika Mustermann' is not recognized", statementHandle: '01b2' } },
      trino: { body: { id: 'q', error: { message: "Cannot cast 'Erika Mustermann' to BIGINT", errorName: 'INVALID_CAST_ARGUMENT', errorType: 'USER_ERROR' } } },
    };
    answering(id, answers[id]);
    const session = await watch();
    const error = await failureOf(session.query(anything, 'select 1'));
    expect(error.name).toBe('StatementFailed');
    expect(shown(error)).not.toContain('Erika');
    await session.close();
  });

  it('takes a token that ends in a line break, and shows none that cannot be a header', async () => {
    answering(id, one[id]);
    const session = await watch({ credentials: { token: `${CANARY}\n` } });
    expect(server.exchanges.at(-1)?.headers.authorization).toBe(`Bearer ${CANARY}`);
    await session.close();
    const error = await failureOf(watch({ credentials: { token: `${CANARY}\r\nx-role: admin` } }));
    expect(shown(error)).not.toContain(CANARY);
    expect(error.name).toBe('ConnectError');
  });

  it('rejects a catalogue and a history with whatever reason an abort has', async () => {
    for (const part of ['catalog', 'statements'] as const) {
      answering(id, { behaviour: 'silent' });
      const controller = new AbortController();
      const store = await openStore(id, targets[id](), { ...noContext, signal: controller.signal });
      setTimeout(() => controller.abort(new Error('the user went home')), 50);
      await expect(store[part]()).rejects.toThrow('the user went home');
      await store.close();
    }
  });

  it('never shows an empty catalogue without saying that rights may be why', async () => {
    answering(id, empties[id]);
    const store = await openStore(id, targets[id](), noContext);
    const { value, gaps } = await store.catalog();
    expect(value.relations).toEqual([]);
    expect(gaps.filter(({ cause }) => /sees? no|no relation/.test(cause))).toHaveLength(1);
    await store.close();
  });

  it('goes nowhere else with its credentials', async () => {
    const other = await startReplayServer([{ when: () => true, answers: [{ body: {} }] }]);
    const away: ReplayAnswer[] = [
      { status: 307, headers: { location: `${other.url}/api` } },
      { status: 303, headers: { location: `${other.url}/api` } },
      { body: { id: 'q', nextUri: `${other.url}/v1/statement/executing/q/y/1`, statement_id: 'a', status: { state: 'SUCCEEDED' }, manifest: { schema: { columns: [] } }, result: { data_array: [], next_chunk_internal_link: `${other.url}/chunk` } } },
      { body: { id: 'q', nextUri: `//127.0.0.1:${other.port}/v1`, statement_id: 'a', status: { state: 'SUCCEEDED' }, manifest: { schema: { columns: [] } }, result: { data_array: [], next_chunk_internal_link: `//127.0.0.1:${other.port}/chunk` } } },
      { body: { id: 'q', nextUri: `@127.0.0.1:${other.port}/v1`, statement_id: 'a', status: { state: 'SUCCEEDED' }, manifest: { schema: { columns: [] } }, result: { data_array: [], next_chunk_internal_link: `@127.0.0.1:${other.port}/chunk` } } },
    ];
    for (const answer of away) {
      answering(id, answer);
      const session = await watch();
      await session.query(anything, 'select 1', { deadline_ms: 2_000 }).catch(() => []);
      await session.close();
    }
    expect(other.exchanges).toEqual([]);
    await other.stop();
  });

  it('ends a slow drip, a wrong length and a silent server at its deadline', async () => {
    for (const answer of [{ behaviour: 'silent' }, { body: { data: 'x' }, headers: { 'content-length': '5000' } }] as const) {
      answering(id, answer);
      const session = await watch();
      const error = await failureOf(session.query(anything, 'select 1', { deadline_ms: 300 }));
      expect(error instanceof DeadlineExceeded || error instanceof StoreLost, error.message).toBe(true);
      await session.close();
    }
  });
});

describe('large stores', () => {
  it.each(['snowflake', 'trino'] as const)('cost one statement of %s, not the store, where an answer is larger than is read', async (id) => {
    answering(id, { text: `{"rows": "${'x'.repeat(70 * 1024 * 1024)}"}`, headers: { 'content-type': 'application/json' } }, one[id]);
    const session = await openLive(id, targets[id](), noContext);
    const error = await failureOf(session.query(anything, 'select big'));
    expect(error).not.toBeInstanceOf(StoreLost);
    expect(error.message).toMatch(/larger than/);
    expect(await session.query(anything, 'select 1 as n')).toHaveLength(1);
    await session.close();
  });

  it('read a partition of Snowflake with more rows than a call takes arguments, between empty ones', async () => {
    const rowType = [{ name: 'N', type: 'fixed', precision: 38, scale: 0 }];
    const partitionInfo = [{ rowCount: 0 }, { rowCount: 200_000 }, { rowCount: 0 }];
    server.script([
      ...openings.snowflake,
      { when: isStatement, answers: [{ body: { statementHandle: '01b2', resultSetMetaData: { rowType, partitionInfo }, data: [] } }] },
      { when: ({ query }) => query.get('partition') === '1', answers: [{ gzip: true, body: { data: Array.from({ length: 200_000 }, (_, n) => [n % 2 === 0 ? `9${'0'.repeat(20)}${n}` : null]) } }] },
      { when: ({ query }) => query.get('partition') === '2', answers: [{ body: { data: [] } }] },
    ]);
    const session = await openLive('snowflake', targets.snowflake(), noContext);
    const rows = await session.query(z.object({ n: z.string().nullable() }), 'select n');
    expect(rows).toHaveLength(200_000);
    expect(rows.slice(0, 2)).toEqual([{ n: '9000000000000000000000' }, { n: null }]);
    await session.close();
  });

  it('are read: a history of 5,000 groups, a catalogue of 20,000 columns', async () => {
    const text = `select ${'c.amount, '.repeat(300)} 1 from mart.case_file c`;
    const history = Array.from({ length: 5_000 }, (_, n) => [`user_${n % 40}`, 'dashboards', `${text} /* ${n} */`, 'false', '12', '0', String(9e6 - n), '900', '10', '1e9', '0', '1772000000', '1772600000']);
    const doubles = { runs: 'DOUBLE', failures: 'DOUBLE', execution_ms: 'DOUBLE', longest_ms: 'DOUBLE', rows: 'DOUBLE', scanned_bytes: 'DOUBLE', spilled_bytes: 'DOUBLE', since: 'DOUBLE', until: 'DOUBLE' };
    const tables = Array.from({ length: 1_000 }, (_, n) => ['mart', `case_${n}`, 'MANAGED', 'owner', null]);
    const columns = tables.flatMap(([, table]) => Array.from({ length: 20 }, (_, n) => ['mart', table ?? '', `column_${n}`, 'decimal(12,2)', 'YES', null]));
    const says = (words: string) => (exchange: Exchange): boolean => isStatement(exchange) && asText(exchange).includes(words);
    server.script([
      ...openings.databricks,
      { when: says('system.query.history'), answers: [databricksResult({ user_name: 'STRING', application: 'STRING', text: 'STRING', left_out: 'BOOLEAN', ...doubles }, history)] },
      { when: says('information_schema.tables'), answers: [databricksResult({ schema: 'STRING', name: 'STRING', kind: 'STRING', owner: 'STRING', comment: 'STRING' }, tables)] },
      { when: says('information_schema.columns'), answers: [databricksResult({ schema: 'STRING', relation: 'STRING', name: 'STRING', type: 'STRING', nullable: 'STRING', comment: 'STRING' }, columns)] },
      { when: isStatement, answers: [empties.databricks] },
    ]);
    const store = await openStore('databricks', targets.databricks(), noContext);
    const { value: catalog } = await store.catalog();
    const { value: read } = await store.statements();
    expect(catalog.relations.reduce((sum, relation) => sum + relation.columns.length, 0)).toBe(20_000);
    expect(read.statements).toHaveLength(5_000);
    await store.close();
  });
});

describe('names that mean harm', () => {
  const NAMES = ["x'; drop table case_file; --", 'x"; drop table case_file; --', 'x`; drop table case_file; --', "x\\'; drop table case_file; --", 'x\\', "x\r\n'; drop", '/* x', '{{row_max}}', '$$; drop table x; $$', 'é😀\u202e', "x\0'", '%_'];
  it.each(HTTP_ENGINES)('stay names in every text that %s is sent', async (id) => {
    for (const name of NAMES) {
      answering(id, empties[id]);
      const session = await openLive(id, targets[id](), noContext);
      const failures: string[] = [];
      for (const work of [() => describeRelation(session, { schema: name, name }), () => relationFacts(session, [{ schema: name, name }])]) {
        await work().catch((error: unknown) => failures.push(String(error)));
      }
      // The guard sees words outside of quotes: a name that got out of them would be refused.
      expect(failures.filter((text) => /one reading statement/.test(text)), name).toEqual([]);
      for (const exchange of server.exchanges.filter(isStatement)) expect(asText(exchange)).not.toMatch(/\blimit row_max\b/);
      await session.close();
    }
  });
});

describe('scan_max', () => {
  it('refuses a statement of Databricks of which nobody knows what it would read', async () => {
    const plan = '== Optimized Logical Plan ==\nRelation spark_catalog.mart.case_file[id#1L] csv, Statistics(sizeInBytes=8.0 EiB)';
    answering('databricks', databricksResult({ plan: 'STRING' }, [[plan]]));
    const session = await openLive('databricks', targets.databricks({ scan_bytes_max: 1_000_000 }), noContext);
    await expect(session.query(anything, 'select count(*) from mart.case_file')).rejects.toThrow('warehouse: a statement was not run: scan_max is set, and how much it would read is not known');
    await session.close();
  });
});

describe('clickhouse', () => {
  it('tells no secret and goes nowhere else, whatever answers in its place', async () => {
    const other = await startReplayServer([{ when: () => true, answers: [{ body: {} }] }]);
    const answers: ReplayAnswer[] = [
      { status: 401, text: `Code: 516. DB::Exception: auditor: Authentication failed: ${CANARY}. (AUTHENTICATION_FAILED)` },
      { status: 400, text: `Code: 62. DB::Exception: Syntax error at ${CANARY}. (SYNTAX_ERROR)` },
      { status: 307, headers: { location: `${other.url}/?password=${CANARY}` } },
      { text: `<html>${CANARY}` },
      { text: CANARY },
      { status: 502, text: `\u001b[31m${'-eyJ'.repeat(2_500_000)}` },
      { behaviour: 'cut', text: CANARY },
      { behaviour: 'hang up' },
    ];
    for (const credentials of [{ user: 'auditor', password: CANARY }, { token: CANARY }]) {
      for (const answer of answers) {
        server.script([{ when: () => true, answers: [answer] }]);
        const error = await failureOf(openLive('clickhouse', { name: 'warehouse', url: `clickhouse://127.0.0.1:${server.port}/mart`, credentials }, noContext));
        expect(error.name, error.message).toBe('ConnectError');
        expect(error.message.length).toBeLessThan(700);
        expect(error.message).not.toMatch(/\p{Cc}/u);
        expect(shown(error)).not.toContain(CANARY);
      }
    }
    server.script([{ when: () => true, answers: [{ body: {} }] }]);
    const broken = { name: 'warehouse', url: `clickhouse://127.0.0.1:${server.port}/mart`, credentials: { token: `${CANARY}\r\nx-role: admin` } };
    expect(shown(await failureOf(openLive('clickhouse', broken, noContext)))).not.toContain(CANARY);
    expect(server.exchanges.some(({ headers }) => headers['x-role'] !== undefined)).toBe(false);
    expect(other.exchanges).toEqual([]);
    await other.stop();
  });
});
