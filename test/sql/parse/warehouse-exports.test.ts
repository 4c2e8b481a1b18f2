import { expect, test } from 'vitest';
import { type DialectId, dialectOf } from '../../../src/sql/dialect.js';
import { createParsers } from '../../../src/sql/parse/parsers.js';
import { shapeOf } from '../../../src/sql/shape.js';

/** As a history of queries has them, literals masked. */
const EXPORTS: [DialectId, string][] = [
  ['snowflake', 'COPY INTO @exports/daily FROM (SELECT email FROM mart.customer) FILE_FORMAT = (TYPE = CSV)'],
  ['snowflake', "COPY INTO '?' FROM mart.customer FILE_FORMAT = (TYPE = CSV)"],
  ['bigquery', "EXPORT DATA OPTIONS (uri = '?', format = '?') AS SELECT email FROM mart.customer"],
  ['redshift', "UNLOAD ('SELECT email FROM mart.customer WHERE city = ''?''') TO '?' IAM_ROLE '?'"],
  ['clickhouse', "INSERT INTO FUNCTION s3('?', '?', '?', '?') SELECT email FROM mart.customer"],
  ['clickhouse', "SELECT email FROM mart.customer INTO OUTFILE '?' FORMAT CSV"],
  ['databricks', "INSERT OVERWRITE DIRECTORY '?' USING csv OPTIONS ('?' '?') SELECT email FROM mart.customer"],
];
const LOADS: [DialectId, string][] = [
  ['snowflake', 'COPY INTO mart.customer FROM @landing/customer'],
  ['databricks', "COPY INTO mart.customer FROM '?' FILEFORMAT = CSV"],
  ['clickhouse', 'SELECT email FROM mart.customer FORMAT CSV'],
];

test('rows that leave a warehouse are an export, whatever its dialect calls it, and rows that come in are none', async () => {
  const parsers = await createParsers();
  try {
    for (const [cases, exports] of [[EXPORTS, true], [LOADS, false]] as const) {
      for (const [id, sql] of cases) {
        const dialect = dialectOf(id);
        if (dialect === null) throw new Error(id);
        await parsers.prepare(dialect, [sql]);
        const { statements, diagnostics } = parsers.parse(dialect)(sql);
        expect({ sql, problems: diagnostics.map(({ message }) => message), exports: statements.map(({ statement }) => shapeOf(statement).exports) }).toEqual({ sql, problems: [], exports: [exports] });
      }
    }
  } finally {
    await parsers.close();
  }
});
