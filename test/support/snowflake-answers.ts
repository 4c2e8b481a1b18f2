import { z } from 'zod';
import type { Exchange, ReplayAnswer, ReplayRule } from './replay-server.js';

/** A column of a result as the SQL API describes it: name, type, precision, scale. */
export type AnsweredColumn = readonly [name: string, type: string, precision?: number, scale?: number];

/** A whole result in one partition (SQL API reference, ResultSet). */
export function resultOf(columns: readonly AnsweredColumn[], data: readonly (readonly (string | null)[])[]): ReplayAnswer {
  const rowType = columns.map(([name, type, precision = null, scale = null]) => ({ name, database: '', schema: '', table: '', type, nullable: true, byteLength: null, length: null, precision, scale, collation: null }));
  return {
    body: {
      resultSetMetaData: { numRows: data.length, format: 'jsonv2', partitionInfo: [{ rowCount: data.length, uncompressedSize: 100 }], rowType },
      data, code: '090001', statementStatusUrl: '/api/v2/statements/01b2-handle', requestId: 'a', sqlState: '00000', statementHandle: '01b2-handle', message: 'Statement executed successfully.', createdOn: 1_597_090_533_987,
    },
  };
}

/** All columns are text, named as the statement names them. */
export function textsOf(names: readonly string[], data: readonly (readonly (string | null)[])[]): ReplayAnswer {
  return resultOf(names.map((name) => [name, 'text'] as const), data);
}

const submitted = z.object({ statement: z.string() });

export function statementOf({ body }: Exchange): string {
  return submitted.safeParse(body).data?.statement ?? '';
}

/** Answers a statement that holds these words. */
export function onStatement(words: string, ...answers: ReplayAnswer[]): ReplayRule {
  return { when: (exchange) => statementOf(exchange).includes(words), answers };
}

export const identityAnswer = resultOf(
  [['version', 'text'], ['database', 'text'], ['role', 'text'], ['user', 'text'], ['warehouse', 'text']],
  [['9.34.1', 'CASEWORK', 'AUDITOR', 'AUDIT_RO', 'AUDIT_WH']],
);
