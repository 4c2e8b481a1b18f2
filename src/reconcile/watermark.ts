import { z } from 'zod';
import type { LiveConfiguration, ReconcilePair } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import { expressionsOf } from '../stores/expressions/index.js';
import type { LiveSession } from '../stores/live.js';
import { plainText } from '../text/plain-text.js';
import type { Allowance } from './allowance.js';
import { PairProblem, placeOf } from './problem.js';
import { isTooCostly } from './read-side.js';
import { columnOf, describeRelation, fromOf, newestSql, sqlFor, timeForm, type SideShape } from './side.js';

/**
 * How far the target has applied the source, and what says so: the watermark of a data product, or the largest business time
 * in the target, which is weaker (rows need not arrive in the order of their business time, and quiet tables have none).
 */
export interface Watermark {
  at: EpochSeconds | null;
  from: 'product' | 'newest-row' | 'none';
}

/** The columns of the control table by convention. */
const PRODUCT_COLUMN = 'data_product_name';
const WATERMARK_COLUMN = 'source_high_watermark';

const STATEMENT_MS = 3_000;
const DAY = 86_400;

/** Of engines that answer over HTTP numbers come as text. */
const seconds = z.coerce.number().nullable();
const newestRow = z.object({ newest: seconds });
const watermarkRow = z.object({ newest: seconds, row_count: z.coerce.number() });
const relationRow = z.object({ schema: z.string(), name: z.string() });

/**
 * The watermark of the product that a pair names, from its own column or from the control table.
 * @param session of the store that holds it.
 * @throws PairProblem where it is named and cannot be found or read.
 */
export async function readProductWatermark(
  session: LiveSession,
  pair: Pick<ReconcilePair, 'product'>,
  settings: LiveConfiguration,
  allowance: Allowance,
): Promise<Watermark> {
  const deadline_ms = allowance.deadline_ms(STATEMENT_MS);
  const product = settings.dataProducts.find(({ name }) => name === pair.product);
  if (product?.watermark && 'relation' in product.watermark) {
    const { relation, column } = product.watermark;
    const { newest } = await readTime(session, relation, column, 'true', deadline_ms);
    return { at: required(newest, placeOf(session.store, relation), `column ${plainText(column, 63)} is empty`), from: 'product' };
  }
  const columns = { product: settings.control.columns[PRODUCT_COLUMN] ?? PRODUCT_COLUMN, watermark: settings.control.columns[WATERMARK_COLUMN] ?? WATERMARK_COLUMN };
  const relation = settings.control.watermarks ?? (await findControlTable(session, columns, deadline_ms));
  const name = plainText(pair.product ?? '', 63);
  const expressions = expressionsOf(session.engine);
  const condition = `${columnOf(expressions, columns.product)} = ${expressions.text(pair.product ?? '')}`;
  const { newest, row_count } = await readTime(session, relation, columns.watermark, condition, deadline_ms);
  return { at: required(newest, placeOf(session.store, relation), row_count === 0 ? `it has no row for ${name}` : `the watermark of ${name} is empty`), from: 'product' };
}

function required(at: EpochSeconds | null, place: string, missing: string): EpochSeconds {
  if (at !== null) return at;
  throw new PairProblem(`${place} tells no watermark: ${missing}`, "Correct the pair's product in tidemark.yaml, or let the loader write its watermark.");
}

async function readTime(session: LiveSession, relation: string, column: string, condition: string, deadline_ms: number) {
  const expressions = expressionsOf(session.engine);
  const described = await describeRelation(session, relation, deadline_ms);
  const found = described?.columns.find(({ name }) => name === column);
  const place = placeOf(session.store, relation);
  if (described === null || found === undefined) {
    throw new PairProblem(`${place} has no column ${plainText(column, 63)} for the watermark`, 'Name relation and column of the watermark in tidemark.yaml.');
  }
  const form = timeForm(expressions, found.type);
  if (form === null) {
    throw new PairProblem(`${place}: the watermark ${plainText(column, 63)} is of type ${plainText(found.type, 63)}, not a time`, 'Name a column that holds a time.');
  }
  const newest = expressions.epochSeconds(`max(${columnOf(expressions, column)})`, form);
  const sql = `select ${newest} as ${expressions.name('newest')}, ${expressions.digits('count(*)')} as ${expressions.name('row_count')} from ${fromOf(expressions, relation, described)} where ${condition}`;
  const [row] = await session.query(watermarkRow, sql, { deadline_ms });
  return row ?? { newest: null, row_count: 0 };
}

async function findControlTable(session: LiveSession, columns: { product: string; watermark: string }, deadline_ms: number): Promise<string> {
  const { text } = expressionsOf(session.engine);
  const values = { product_column: text(columns.product), watermark_column: text(columns.watermark) };
  const found = await session.query(relationRow, sqlFor(session, 'control', values), { deadline_ms });
  const [only] = found;
  if (found.length === 1 && only !== undefined) return `${only.schema}.${only.name}`;
  const what = found.length === 0 ? 'has no table of watermarks' : `has several tables of watermarks (${found.map(({ schema, name }) => plainText(`${schema}.${name}`, 80)).join(', ')})`;
  throw new PairProblem(`${plainText(session.store, 60)} ${what}`, 'Name it as control.watermarks in tidemark.yaml.');
}

/** The largest business time of the target up to now. */
export async function readNewestRow(session: LiveSession, shape: SideShape, from: EpochSeconds, now: EpochSeconds, allowance: Allowance): Promise<Watermark> {
  const to = shape.time.kind === 'date' ? (Math.floor(now / DAY) + 1) * DAY : now;
  const statement = newestSql(shape, from, to);
  if (await isTooCostly(session, statement, allowance.deadline_ms(STATEMENT_MS))) return { at: null, from: 'none' };
  const [row] = await session.query(newestRow, statement, { deadline_ms: allowance.deadline_ms(STATEMENT_MS) });
  const at = row?.newest ?? null;
  return at === null ? { at, from: 'none' } : { at, from: 'newest-row' };
}
