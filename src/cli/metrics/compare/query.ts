import type { Definition } from '../../../metrics/definition.js';
import type { ParseOutcome, SqlStatement } from '../../../model/syntax-tree.js';
import type { Dialect } from '../../../sql/dialect.js';
import type { Parsers } from '../../../sql/parse/parsers.js';
import { walkStatement } from '../../../sql/walk.js';
import { LineIndex } from '../../../text/line-index.js';
import { count } from '../../../text/quantity.js';

/**
 * The one query of a text as a definition; or why there is none, in words that follow its name.
 *
 * @throws the signal's reason
 */
export async function definitionOfText(sql: string, dialect: Dialect, timeZone: string | null, parsers: Parsers): Promise<Definition | { fault: string }> {
  const outcome = await read(sql, dialect, parsers);
  const fault = faultOf(sql, outcome);
  if (fault !== null) return { fault };
  const [only] = outcome.statements;
  if (only === undefined) return { fault: 'holds no statement' };
  const text = sql.slice(only.span.start, only.span.end);
  const own = text === sql ? outcome : await read(text, dialect, parsers);
  const statement = own.statements[0]?.statement;
  if (statement === undefined || own.statements.length > 1) return { fault: 'could not be read' };
  return { text, statement, dialect: dialect.id, timeZone };
}

async function read(text: string, dialect: Dialect, parsers: Parsers): Promise<ParseOutcome> {
  await parsers.prepare(dialect, [text]);
  return parsers.parse(dialect)(text);
}

function faultOf(sql: string, { statements, diagnostics }: ParseOutcome): string | null {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    const place = error.offset === null ? null : new LineIndex(sql).at(error.offset);
    return `does not parse${place === null ? '' : ` at ${place.line}:${place.column}`}: ${error.message}`;
  }
  const [only, another] = statements;
  if (only === undefined) return sql.trim() === '' ? 'is empty' : 'holds no statement';
  if (another !== undefined) return `holds ${count(statements.length, 'statement')}, and one query is compared with one`;
  if (only.statement.type !== 'query_statement' || only.statement.form !== 'select') return `is no query but ${kindOf(only.statement)}`;
  return partsFault(only.statement);
}

function kindOf(statement: SqlStatement): string {
  switch (statement.type) {
    case 'query_statement':
      return 'a cursor';
    case 'create':
      return `CREATE ${statement.object.replaceAll('_', ' ').toUpperCase()}`;
    case 'table_definition':
      return 'CREATE TABLE';
    case 'utility':
      return statement.verb.replaceAll('_', ' ').toUpperCase();
    default:
      return statement.type.toUpperCase();
  }
}

/** What no query that is compared may have inside. */
function partsFault(statement: Definition['statement']): string | null {
  let fault: string | null = null;
  walkStatement(statement, {
    query: ({ ctes }) => {
      if (ctes.some((table) => table.statement.type !== 'query_statement')) fault ??= 'writes in a WITH item';
    },
    expression: ({ type }) => {
      if (type === 'parameter') fault ??= 'has a parameter, whose value is not known';
    },
  });
  return fault;
}
