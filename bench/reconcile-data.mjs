/** The same orders by the same arithmetic in three engines: eleven columns, some 220 bytes a row in PostgreSQL. */
const STATUS = ['new', 'paid', 'sent', 'Größe'];
const list = STATUS.map((status) => `'${status}'`).join(', ');

export const TYPES = {
  postgres: 'id bigint primary key, tenant uuid not null, customer_id integer not null, status text not null, amount numeric(12,2) not null, rate double precision, paid boolean not null, note text, payload bytea, created_at timestamptz not null, updated_at timestamptz not null',
  duckdb: 'id bigint, tenant uuid, customer_id integer, status varchar, amount decimal(12,2), rate double, paid boolean, note varchar, payload blob, created_at timestamptz, updated_at timestamptz',
  clickhouse: "id Int64, tenant UUID, customer_id Int32, status String, amount Decimal(12,2), rate Nullable(Float64), paid Bool, note Nullable(String), payload String, created_at DateTime64(6, 'UTC'), updated_at DateTime64(6, 'UTC')",
};

/** Rows with the ids of a query that gives `i`. */
export const ROWS = {
  postgres: (ids) => `select i, md5(i::text)::uuid, i % 5003, (array[${list}])[i % 4 + 1], (i % 100000)::numeric / 100, case when i % 11 <> 0 then i * 0.001 end, i % 2 = 0, case when i % 7 <> 0 then 'order ' || i end,
    decode(md5(i::text), 'hex'), timestamptz '2026-01-01 00:00:00+00' + i * interval '1.000001 seconds', timestamptz '2026-06-01 00:00:00+00' + i * interval '1 millisecond' from (${ids}) as g (i)`,
  duckdb: (ids) => `select i, md5(i::varchar)::uuid, i % 5003, ([${list}])[i % 4 + 1], ((i % 100000)::decimal(18,2) / 100)::decimal(12,2), case when i % 11 <> 0 then i * 0.001 end, i % 2 = 0, case when i % 7 <> 0 then 'order ' || i end,
    unhex(md5(i::varchar)), timestamptz '2026-01-01 00:00:00+00' + to_microseconds(i * 1000001), timestamptz '2026-06-01 00:00:00+00' + to_milliseconds(i) from (${ids}) as g (i)`,
  clickhouse: (ids) => `select i, toUUID(concat(substring(h, 1, 8), '-', substring(h, 9, 4), '-', substring(h, 13, 4), '-', substring(h, 17, 4), '-', substring(h, 21, 12))), i % 5003, [${list}][i % 4 + 1], toDecimal64(i % 100000, 2) / 100,
    if(i % 11 != 0, i * 0.001, null), i % 2 = 0, if(i % 7 != 0, concat('order ', toString(i)), null), unhex(h), fromUnixTimestamp64Micro(1767225600000000 + i * 1000001, 'UTC'), fromUnixTimestamp64Micro(1780272000000000 + i * 1000, 'UTC')
    from (select toInt64(i) as i, lower(hex(MD5(toString(i)))) as h from (${ids}))`,
};

export const SERIES = {
  postgres: (rows) => `select i from generate_series(1, ${rows}::bigint) s (i)`,
  duckdb: (rows) => `select i from range(1, ${rows}::bigint + 1) s (i)`,
  clickhouse: (rows) => `select number + 1 as i from numbers(${rows})`,
};

/** Three missing, three extra and four changed, spread over a table of so many rows, as statements of a target. */
export function planted(engine, table, rows) {
  const at = (share) => Math.round(rows * share);
  const missing = [1, at(0.51), rows];
  const extra = [rows + 7, rows + 1_000, rows + 500_000];
  const changed = { amount: at(0.2), note: at(0.4) - (at(0.4) % 7) + 1, rate: at(0.6) - (at(0.6) % 11) + 1, created_at: at(0.8) };
  const microsecond = engine === 'duckdb' ? 'created_at + to_microseconds(1)' : 'addMicroseconds(created_at, 1)';
  const sets = { amount: engine === 'duckdb' ? 'amount + 0.01' : "amount + toDecimal64('0.01', 2)", note: engine === 'duckdb' ? "note || ' '" : "concat(note, ' ')", rate: 'rate + 0.00001', created_at: microsecond };
  const ids = engine === 'duckdb' ? `select unnest([${extra.join(', ')}]::bigint[])` : `select arrayJoin([${extra.join(', ')}]) as i`;
  const insert = `insert into ${table} ${ROWS[engine](ids)}`;
  const statements =
    engine === 'duckdb'
      ? [`delete from ${table} where id in (${missing.join(', ')})`, ...Object.entries(sets).map(([column, value]) => `update ${table} set ${column} = ${value} where id = ${changed[column]}`), insert]
      : [`alter table ${table} delete where id in (${missing.join(', ')}) settings mutations_sync = 2`, ...Object.entries(sets).map(([column, value]) => `alter table ${table} update ${column} = ${value} where id = ${changed[column]} settings mutations_sync = 2`), insert];
  const expected = [...missing.map((id) => `missing ${id}`), ...extra.map((id) => `extra ${id}`), ...Object.entries(changed).map(([column, id]) => `changed ${id} ${column}`)].sort();
  return { statements, expected };
}
