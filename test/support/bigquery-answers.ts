import { z } from 'zod';
import type { Exchange, ReplayAnswer, ReplayRule } from './replay-server.js';

/** A field of a schema as BigQuery describes it: name, type, mode. */
export type AnsweredField = readonly [name: string, type: string, mode?: string];

/** A complete answer of one page (REST, jobs.query). */
export function resultOf(fields: readonly AnsweredField[], rows: readonly (readonly unknown[])[]): ReplayAnswer {
  return {
    body: {
      kind: 'bigquery#queryResponse', schema: { fields: fields.map(([name, type, mode = 'NULLABLE']) => ({ name, type, mode })) },
      jobReference: { projectId: 'regulator-pay', jobId: 'job_one', location: 'EU' }, totalRows: String(rows.length), jobComplete: true, cacheHit: false, totalBytesProcessed: '0',
      rows: rows.map((row) => ({ f: row.map((v) => ({ v })) })),
    },
  };
}

const submitted = z.object({ query: z.string() });

export function statementOf({ body }: Exchange): string {
  return submitted.safeParse(body).data?.query ?? '';
}

/** Answers a statement that holds these words. */
export function onStatement(words: string, ...answers: ReplayAnswer[]): ReplayRule {
  return { when: (exchange) => statementOf(exchange).includes(words), answers };
}

/** Answers what is read by its own address. */
export function onPath(pattern: RegExp, ...answers: ReplayAnswer[]): ReplayRule {
  return { when: ({ path, method }) => method === 'GET' && pattern.test(path), answers };
}

/** The two things that an opening asks. */
export const openingRules: readonly ReplayRule[] = [
  onPath(/\/datasets\/analytics$/, { body: { location: 'EU' } }),
  onStatement('session_user()', resultOf([['user', 'STRING']], [['audit-ro@regulator-pay.iam.gserviceaccount.com']])),
];
