import type { ParseOutcome } from '../../model/syntax-tree.js';
import type { DialectId } from '../../sql/dialect.js';
import type { Definition } from '../definition.js';
import type { Claim } from './claim.js';
import type { CoreCutter, CoreShape, CoreText } from './core.js';
import { skeletonOf } from './skeleton.js';

/** Reads SQL of a dialect; without one, PostgreSQL's. */
export type ParseDialect = (text: string, dialect?: DialectId) => ParseOutcome | Promise<ParseOutcome>;

/** The definition of one claim as it is compared. */
export interface CoreDefinition {
  definition: Definition;
  core: CoreText;
  /** Equal keys are one definition: the tree without positions, spellings made one, and the session that runs it. */
  key: string;
}

/**
 * Cuts the core out of a claim and reads it again. A cut that reads as anything else than what was meant is thrown away, and
 * the whole statement is taken in its place. Null where not even that is one query.
 */
export async function coreDefinition(claim: Claim, cutter: CoreCutter, shape: CoreShape, parse: ParseDialect): Promise<CoreDefinition | null> {
  const core = cutter.core(shape);
  const cut = core.form === 'measure' ? await read(claim, core, parse) : null;
  if (cut !== null) return cut;
  return read(claim, core.form === 'statement' ? core : cutter.statement('cannot be cut down to its measure'), parse);
}

async function read(claim: Claim, core: CoreText, parse: ParseDialect): Promise<CoreDefinition | null> {
  const dialect = claim.input.dialect ?? 'postgres';
  const outcome = await parse(core.text, dialect);
  const [parsed, another] = outcome.statements;
  if (parsed?.statement.type !== 'query_statement' || another !== undefined || outcome.diagnostics.some(({ severity }) => severity === 'error')) return null;
  const skeleton = skeletonOf(parsed.statement, dialect);
  if (core.expected !== null && skeleton !== core.expected) return null;
  const timeZone = claim.input.timeZone ?? null;
  const definition: Definition = { text: core.text, statement: parsed.statement, dialect, timeZone };
  const tree = skeleton ?? JSON.stringify(parsed.statement, (key, value: unknown) => (key === 'span' || key === 'spelling' ? undefined : value));
  return { definition, core, key: JSON.stringify([tree.includes('"type":"opaque') ? core.text : tree, core.columns, timeZone]) };
}
