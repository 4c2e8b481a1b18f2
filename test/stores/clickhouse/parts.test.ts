import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/stores/clickhouse/address.js';
import { AnswerTooLarge, readBytes, rowsOf } from '../../../src/stores/clickhouse/answer.js';
import { engineOf, keyColumns } from '../../../src/stores/clickhouse/engines.js';
import { serverFailure } from '../../../src/stores/clickhouse/failure.js';
import type { SettingRow } from '../../../src/stores/clickhouse/identity.js';
import { sessionSettings } from '../../../src/stores/clickhouse/settings.js';
import { ConnectError } from '../../../src/stores/store.js';
import { noContext } from '../../support/store-context.js';

const address = (url: string): ReturnType<typeof addressOf> => addressOf({ name: 'warehouse', url }, noContext);
const setting = (name: string, value: string, more: Partial<SettingRow> = {}): SettingRow => ({ name, value, fixed: 0, least: null, most: null, ...more });

describe('the address of a server', () => {
  it('has TLS by scheme, parameter, port and service', () => {
    const origins = ['clickhouse://wh.example', 'clickhouse://wh.example:8443', 'clickhouse://wh.example?secure=1', 'https://wh.example:8443?secure=false', 'clickhouses://wh.example', 'https+clickhouse://wh.example:443', 'http+clickhouse://wh.example', 'clickhouse://abc.eu-west-1.aws.clickhouse.cloud', 'clickhouse://[::1]:8123'];
    expect(origins.map((url) => address(url).origin)).toEqual([
      'http://wh.example:8123', 'https://wh.example:8443', 'https://wh.example:8443', 'http://wh.example:8443', 'https://wh.example:8443', 'https://wh.example:443', 'http://wh.example:8123', 'https://abc.eu-west-1.aws.clickhouse.cloud:8443', 'http://[::1]:8123',
    ]);
  });

  it('has user, password and database as they are meant, and shows none of the first two', () => {
    expect(address('clickhouse://reader:p%40ss%25@wh.example/case%20work')).toMatchObject({ user: 'reader', password: 'p@ss%', database: 'case work', place: 'wh.example:8123/case work' });
    expect(address('clickhouse://wh.example?database=shop&user=a&password=100%')).toMatchObject({ user: 'a', password: '100%', database: 'shop' });
    const environment = { CLICKHOUSE_USER: 'other', CLICKHOUSE_PASSWORD: 'theirs' };
    expect(addressOf({ name: 'warehouse', url: 'clickhouse://reader@wh.example' }, { ...noContext, environment })).toMatchObject({ user: 'reader', password: '' });
    expect(addressOf({ name: 'warehouse', url: 'clickhouse://wh.example' }, { ...noContext, environment })).toMatchObject({ user: 'other', password: 'theirs' });
    expect(() => address('wh.example')).toThrow(ConnectError);
  });
});

describe('an answer', () => {
  const answer = (body: string): Buffer => Buffer.from(`{"meta":[{"name":"id","type":"Nullable(UInt64)"},{"name":"n","type":"UInt8"},{"name":"fee","type":"LowCardinality(Nullable(Decimal(9, 2)))"}],"data":[${body}`);

  it('keeps every digit where the user may not ask for quotes', () => {
    expect(rowsOf(answer('[18446744073709551615, 7, 1234567890123456.25], [null, 0, -0.5]],"rows":2}'), false)).toEqual([
      { id: '18446744073709551615', n: 7, fee: '1234567890123456.25' },
      { id: null, n: 0, fee: '-0.5' },
    ]);
  });

  it('is none where it ends in the middle, whatever form the error has', () => {
    expect(() => rowsOf(answer('["1", 7, "2"], ["2"'), true)).toThrow('the answer ends in the middle or is not JSON');
    expect(() => rowsOf(answer('["1", 7, "2"]Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED) (version 24.3.1.1)'), true)).toThrow('Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)');
    expect(() => rowsOf(answer('["1", 7, "2"]],"exception":"Code: 159. DB::Exception: Timeout exceeded. (TIMEOUT_EXCEEDED)"}'), true)).toThrow('Timeout exceeded (TIMEOUT_EXCEEDED)');
    const rows = '["Code: 6. DB::Exception: anna", 7, "2"], '.repeat(5_000);
    expect(() => rowsOf(answer(`${rows}\r\n__exception__\r\nabc\r\nCode: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.7.2.1 (official build))\n99 abc\r\n__exception__\r\n`), true)).toThrow(/^Memory limit exceeded \(MEMORY_LIMIT_EXCEEDED\)$/);
    expect(() => rowsOf(Buffer.from('<html>'), true)).toThrow('is not JSON');
  });

  it('is refused where it is larger than anything that tidemark asks for', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 32);
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield await Promise.resolve(megabyte);
    }
    await expect(readBytes(endless(), false)).rejects.toThrow(AnswerTooLarge);
    expect((await readBytes(endless(), true)).length).toBe(1024 * 1024);
  });
});

describe('what a server says', () => {
  it('is read in the forms of all versions, in time that grows with its length only', () => {
    expect(serverFailure("Code: 60, e.displayText() = DB::Exception: Table shop.gone doesn't exist. (version 19.17.5.18), e.what() = DB::Exception")?.message).toBe("Table shop.gone doesn't exist (60)");
    expect(serverFailure('Code: 497. DB::Exception: reader: Not enough privileges. (ACCESS_DENIED) (version 26.7.2.1 (official build))\n')).toMatchObject({ code: 497, message: 'reader: Not enough privileges (ACCESS_DENIED)' });
    expect(serverFailure('Code: 27. DB::ParsingException: Cannot parse input: anna@example.org. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)')?.message).not.toContain('anna');
    expect(serverFailure('<html>Bad gateway</html>')).toBeNull();
    for (const filler of ['(A', ' (version ', ' 1 a __exception__', '. ']) expect(serverFailure(`Code: 60. DB::Exception: ${filler.repeat(200_000)}`)?.code).toBe(60);
  });
});

describe('the settings of a session', () => {
  it('are those that the server knows and this user may change, within what he is allowed', () => {
    const { sent, takesBounds, within } = sessionSettings([
      setting('readonly', '0'), setting('max_execution_time', '0', { most: '60' }), setting('max_threads', '16', { most: '2' }), setting('log_comment', '', { fixed: 1 }), setting('skip_unavailable_shards', '1'),
      setting('output_format_json_quote_64bit_integers', 'true'),
    ]);
    expect(sent).toEqual({ max_threads: '2', skip_unavailable_shards: '0', readonly: '2' });
    expect(takesBounds).toBe(true);
    expect([within('max_execution_time', 30), within('max_execution_time', 600)]).toEqual(['30', '60']);
  });

  it('are none under a read-only profile, which must not cut answers short by itself', () => {
    const strict = [setting('readonly', '1'), setting('max_execution_time', '0'), setting('read_overflow_mode', 'throw'), setting('limit', '0')];
    expect(sessionSettings(strict)).toMatchObject({ sent: {}, takesBounds: false, adverse: [] });
    expect(sessionSettings(strict).isReadOnly).toBe(true);
    // Then the guard of statements stands in for the server.
    expect(sessionSettings([setting('readonly', '0', { fixed: 1 })]).isReadOnly).toBe(false);
    expect(sessionSettings([...strict, setting('timeout_overflow_mode', 'break')]).adverse).toEqual([{ name: 'timeout_overflow_mode', value: 'break' }]);
    expect(sessionSettings([setting('readonly', '2'), setting('timeout_overflow_mode', 'break')])).toMatchObject({ sent: { timeout_overflow_mode: 'throw' }, adverse: [] });
    expect(sessionSettings([setting('readonly', '0'), setting('limit', '100', { fixed: 1 })]).adverse).toEqual([{ name: 'limit', value: '100' }]);
  });
});

describe('what an engine of tables means', () => {
  const table = (engine: string, engine_full: string, create_table_query = ''): ReturnType<typeof engineOf> => engineOf({ database: 'shop', name: 'x', engine, engine_full, create_table_query });

  it('is told by its name and arguments', () => {
    expect(['MergeTree', 'ReplicatedMergeTree', 'ReplicatedReplacingMergeTree', 'SharedVersionedCollapsingMergeTree', 'AggregatingMergeTree', 'Log'].map((engine) => table(engine, engine).mergesRows)).toEqual([false, false, true, true, true, false]);
    expect(['Kafka', 'RabbitMQ', 'NATS', 'S3Queue', 'MergeTree', 'S3'].map((engine) => table(engine, engine).isQueue)).toEqual([true, true, true, true, false, false]);
    expect(['S3', 'PostgreSQL', 'Merge', 'View', 'MaterializedView', 'Memory', 'SharedMergeTree'].map((engine) => table(engine, engine).kind)).toEqual(['foreign_table', 'foreign_table', 'foreign_table', 'view', 'materialized_view', 'table', 'table']);
  });

  it('leads to the table behind it', () => {
    expect(table('Distributed', "Distributed('wh', 'shop', 'orders_local', cityHash64(order_id))").behind).toEqual({ database: 'shop', name: 'orders_local' });
    expect(table('Distributed', "Distributed('wh', '', 'o\\'hara', rand())").behind).toEqual({ database: 'shop', name: "o'hara" });
    expect(table('Buffer', "Buffer('raw', 'orders', 16, 10, 100, 10000, 1000000, 10000000, 100000000)").behind).toEqual({ database: 'raw', name: 'orders' });
    expect(table('MaterializedView', '', 'CREATE MATERIALIZED VIEW shop.feed TO raw.`daily to go` (`day` Date) AS SELECT day FROM shop.orders').behind).toEqual({ database: 'raw', name: 'daily to go' });
    expect(table('MaterializedView', '', "CREATE MATERIALIZED VIEW shop.feed (`day` Date) ENGINE = MergeTree ORDER BY day AS SELECT ' TO x ' AS day FROM shop.orders").behind).toBeNull();
    expect(table('MergeTree', "MergeTree ORDER BY id COMMENT 'TO be'").behind).toBeNull();
  });

  it('has as key columns only', () => {
    const columns = new Set(['tenant', 'case id', 'id', 'a`b']);
    expect([keyColumns('tenant, `case id`', columns), keyColumns('(id)', columns), keyColumns('(tenant, id)', columns), keyColumns('`a\\`b`', columns), keyColumns('tenant, toDate(id)', columns), keyColumns('(tenant, cityHash64(id))', columns), keyColumns('tuple()', columns), keyColumns('', columns)]).toEqual([
      ['tenant', 'case id'], ['id'], ['tenant', 'id'], ['a`b'], null, null, null, null,
    ]);
  });
});
