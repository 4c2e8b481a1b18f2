import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { WORKLOAD_CLASSES } from '../../src/model/workload.js';
import { readBundle } from '../../src/snapshot/bundle.js';
import { CaseError, type WorkloadCase } from './cases.js';

const LABELS = 'estate.tsv';
const STORE = 'production';
/** What describes the store without its rows: shape alone is judged, so no sizes are known. */
const DDL = ['20-casework-schema', '22-casework-constraints', '30-shop-schema', '32-shop-constraints', '40-boundary'];

const row = z.tuple([z.string().transform((text) => text.split(' or ')).pipe(z.array(z.enum(WORKLOAD_CLASSES)).min(1).max(2)), z.string().min(5), z.string().min(5)]);

/**
 * The statements that ran on the production of the fixture estate, as pg_stat_statements held them, each once, with the labels
 * of `estate.tsv`: a label belongs to the one statement that begins so.
 *
 * @throws CaseError for a statement without a label, or a label without a statement
 */
export async function readEstateCases(): Promise<WorkloadCase[]> {
  const { stores } = await readBundle(fileURLToPath(new URL('../../fixtures/estate/estate.tidemark', import.meta.url)));
  const statements = stores.find(({ name }) => name === STORE)?.statements ?? [];
  const texts = new Map(statements.flatMap(({ text, role }) => (text === null ? [] : [[text.replaceAll(/\s+/g, ' '), { text, role }] as const])));
  const ddl = DDL.map((name) => readFileSync(new URL(`../../fixtures/estate/postgres/${name}.sql`, import.meta.url), 'utf8')).join('\n');
  const lines = readFileSync(new URL(LABELS, import.meta.url), 'utf8').trim().split('\n').slice(1);
  const labelled = new Set<string>();
  const cases = lines.map((line, index): WorkloadCase => {
    const place = `${LABELS}:${index + 2}`;
    const result = row.safeParse(line.split('\t'));
    if (!result.success) throw new CaseError(`${place}: ${z.prettifyError(result.error)}`);
    const [labels, beginning, why] = result.data;
    const [found, another] = [...texts].filter(([text]) => text.startsWith(beginning));
    if (found === undefined || another !== undefined) throw new CaseError(`${place}: ${found ? 'several statements begin' : 'no statement begins'} with '${beginning}'`);
    const [key, { text, role }] = found;
    labelled.add(key);
    return { name: beginning, family: role, place, dialect: 'postgres', ddl, searchPath: ['public'], sql: text, labels, why };
  });
  const missing = [...texts.keys()].filter((text) => !labelled.has(text));
  if (missing.length > 0) throw new CaseError(`${LABELS}: no label for\n${missing.map((text) => text.slice(0, 160)).join('\n')}`);
  return cases;
}
