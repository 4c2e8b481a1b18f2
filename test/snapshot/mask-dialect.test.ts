import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/model/store.js';
import { maskStatementOf } from '../../src/snapshot/mask-dialect.js';

const CASES: [Engine, string, string][] = [
  ['bigquery', 'select name from `shop-prod.mart.customer` where email = "anna@example.org" and city = \'Köln\'', "select name from `shop-prod.mart.customer` where email = '?' and city = '?'"],
  ['bigquery', `select r'C:\\Users\\Anna', """it's "Anna" here""", '''a'b''' from mart.t`, "select r'?', '?', '?' from mart.t"],
  ['bigquery', "select 'O\\'Brien', b\"\\x00Anna\" from shop-prod-77.mart.customer where id = 4711 # for Anna's report", "select '?', b'0' from `shop-prod-77.mart.customer` where id = 0 -- for Anna's report"],
  ['bigquery', "export data options (uri = 'gs://exports/anna-*.csv', format = 'CSV') as select email from mart.customer", "export data options (uri = '?', format = '?') as select email from mart.customer"],
  ['clickhouse', "select `na\\`me`, \"order\" from events.visit where ip = '10.0.0.7' and note = 'it\\'s Anna' limit 10", "select `na``me`, \"order\" from events.visit where ip = '?' and note = '?' limit 10"],
  ['clickhouse', "select $note$it's Anna$note$, toDecimal64(4711.5, 2), CAST(x AS DateTime64(3)) from events.visit #! for Anna 4711471", "select '?', toDecimal64(0, 0), CAST(x AS DateTime64(3)) from events.visit -- for Anna 0"],
  ['clickhouse', "insert into function s3('https://b.s3.amazonaws.com/anna.csv', 'KEY', 'Spring7ide', 'CSV') select email from mart.customer", "insert into function s3('?', '?', '?', '?') select email from mart.customer"],
  ['snowflake', "copy into @exports/daily from (select email from mart.customer where id = 4711) file_format = (type = csv)", 'copy into @exports/path from (select email from mart.customer where id = 0) file_format = (type = csv)'],
  ['snowflake', 'put file:///home/anna/mailing.csv @~/anna/4711 auto_compress = true', "put '?' @~/path auto_compress = true"],
  ['clickhouse', 'insert into mart.customer (id, name) format CSV 4711,Anna\n4712,Ben', 'insert into mart.customer (id, name) format CSV'],
  ['clickhouse', 'insert into mart.customer select id, name from format(JSONEachRow, \'{"id": 4711}\') where id < 4711', "insert into mart.customer select id, name from format(JSONEachRow, '?') where id < 0"],
  ['clickhouse', 'select “name” from mart.customer where name = ‘Anna’ and id =\u00a04711 and balance < −4711', 'select "name" from mart.customer where name = \'?\' and id = 0 and balance < -0'],
  ['databricks', 'set spark.hadoop.fs.azure.account.key.shop = Spring7ide/+==', "set spark.hadoop.fs.azure.account.key.shop = '?'"],
  ['databricks', "set variable city = 'Köln'", "set variable city = '?'"],
  ['redshift', "unload ($q$select email from mart.customer where city = 'Köln'$q$) to 's3://b/x'", "unload ('select email from mart.customer where city = ''?''') to '?'"],
  ['snowflake', "copy into 's3://b/x' from mart.customer credentials = (aws_key_id = 'AKIA' aws_secret_key = 'Spring7ide')", "copy into '?' from mart.customer credentials = (aws_key_id = '?' aws_secret_key = '?')"],
  ['snowflake', "select $$it's Anna$$, 'a\\'b', t.$1, amount::number(12,2) from mart.t // of Anna's", "select '?', '?', t.$1, amount::number(12,2) from mart.t -- of Anna's"],
  ['databricks', "select \"Anna\", r'C:\\', 'Anna' from mart.customer where id = 4711", "select '?', r'?', '?' from mart.customer where id = 0"],
  ['trino', "select \"Anna's column\", 'C:\\', 'Anna' from hive.mart.customer", "select \"Anna's column\", '?', '?' from hive.mart.customer"],
  ['redshift', "unload ('select email from mart.customer where city = ''Köln'' and id = 4711') to 's3://b/x' iam_role 'arn:aws:iam::4711:role/x'", "unload ('select email from mart.customer where city = ''?'' and id = 0') to '?' iam_role '?'"],
  ['redshift', "unload ($$select email from mart.customer where city = 'Köln'$$) to 's3://b/x'", "unload ('select email from mart.customer where city = ''?''') to '?'"],
  ['snowflake', "select 1 /* outer /* inner */ from mart.t where name = 'Anna'", "select 0 /* outer / * inner */ from mart.t where name = '?'"],
];

describe('a statement of a warehouse', () => {
  it.each(CASES)('of %s loses its literals and no name: %s', (engine, sql, masked) => {
    expect(maskStatementOf(engine, sql)).toBe(masked);
    expect(maskStatementOf(engine, masked), 'masking again changes nothing').toBe(masked);
  });

  it('that is cut within a literal has nothing of it left', () => {
    for (const engine of ['bigquery', 'clickhouse', 'databricks', 'snowflake', 'trino', 'redshift'] as const) {
      expect(maskStatementOf(engine, "select name from mart.customer where name = 'Anna as")).toBe("select name from mart.customer where name = '?'");
    }
    expect(maskStatementOf('bigquery', 'select """Anna "as')).toBe("select '?'");
    expect(maskStatementOf('snowflake', 'select $$Anna as')).toBe("select '?'");
    expect(maskStatementOf('redshift', "unload ('select email from mart.customer where city = ''Anna as")).not.toContain('Anna');
  });

  it('lets no literal through, however it is quoted', () => {
    const secret = fc.stringMatching(/^[A-Z][a-z]{7,12}$/);
    const ways: Record<string, readonly ((text: string) => string)[]> = {
      bigquery: [(t) => `'${t}'`, (t) => `"${t}"`, (t) => `r'\\${t}'`, (t) => `'''${t}'"'''`, (t) => `"""'${t}"""`, (t) => `'\\'${t}\\\\'`, (t) => `"\\"${t}'"`],
      clickhouse: [(t) => `'${t}'`, (t) => `'\\'${t}'`, (t) => `''''||'${t}'`, (t) => `$$'${t}$$`, (t) => `$a$'$$${t}$a$`],
      databricks: [(t) => `'${t}'`, (t) => `"${t}'"`, (t) => `r'\\'||'${t}'`, (t) => `'\\'${t}'`],
      snowflake: [(t) => `'${t}'`, (t) => `'\\'${t}'`, (t) => `$$'"${t}$$`, (t) => `'''${t}'`],
      trino: [(t) => `'${t}'`, (t) => `'\\'||'${t}'`, (t) => `U&'\\0041${t}'`, (t) => `'''${t}'`],
    };
    const pieces = fc.constantFrom(' , ', ' /* it\'s */ , ', ' -- "\n , ', ' , `a` , ', ' , "b" , ');
    for (const engine of ['bigquery', 'clickhouse', 'databricks', 'snowflake', 'trino'] as const) {
      const literal = fc.tuple(secret, fc.constantFrom(...(ways[engine] ?? [])), pieces);
      fc.assert(
        fc.property(fc.array(literal, { minLength: 1, maxLength: 5 }), (literals) => {
          // A backtick quotes nothing in Trino.
          const between = (piece: string): string => (engine === 'trino' ? piece.replaceAll('`', '') : piece);
          const sql = `select ${literals.map(([text, way, piece]) => `${way(text)}${between(piece)}`).join('')} 1 from mart.customer`;
          const masked = maskStatementOf(engine, sql);
          for (const [text] of literals) expect(masked).not.toContain(text);
          expect(masked).toContain('from mart.customer');
        }),
        { numRuns: 150 },
      );
    }
  });

  it('takes time that grows with the text only', () => {
    for (const hostile of ["'", '"', '`', '$a', '$a$', '/*', 'a-', 'from a-', "unload ('", '"""', '\\']) {
      const text = hostile.repeat(60_000);
      for (const engine of ['bigquery', 'clickhouse', 'snowflake', 'databricks', 'redshift'] as const) expect(maskStatementOf(engine, text).length).toBeLessThan(text.length * 2 + 10);
    }
  });
});
