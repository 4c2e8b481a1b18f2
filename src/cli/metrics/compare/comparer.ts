import type { Definition, MetricSchema } from '../../../metrics/definition.js';
import { asEnforced } from '../../../metrics/prove/dialect-schema.js';
import { schemaFromDdl } from '../../../metrics/schema/read.js';
import { compareDefinitions } from '../../../metrics/verdict/index.js';
import { relevantDdl } from '../../../metrics/verdict/relevant-ddl.js';
import type { MetricComparison } from '../../../model/metric-verdict.js';
import { ScratchError, type ScratchEngine, type ScratchSpace } from '../../../model/scratch-engine.js';
import type { Constraint } from '../../../model/catalog.js';
import { scratchEngine } from '../../../scratch/index.js';
import { type Dialect, POSTGRES } from '../../../sql/dialect.js';
import type { Parsers } from '../../../sql/parse/parsers.js';
import { plainText } from '../../../text/plain-text.js';
import type { EngineChoice } from './options.js';
import { definitionOfText } from './query.js';
import type { SessionSettings } from './session.js';

/** Two queries and what they are compared on. */
export interface Question {
  /** Each with what messages call it. */
  a: { sql: string; name: string; session: SessionSettings };
  b: { sql: string; name: string; session: SessionSettings };
  dialect: Dialect;
  ddl: string;
  late: string;
  /** Constraints that nobody enforces and DDL therefore does not have. */
  asserted: readonly Constraint[];
  /** What the schema leaves open, as texts. */
  doubts: readonly string[];
  /** What sentences call the two. */
  names: readonly [string, string];
}

/** Compares pairs one after another in one engine, which it starts for the first of them. */
export class Comparer {
  readonly #parsers: Parsers;
  readonly #choice: EngineChoice | null;
  readonly #milliseconds: number;
  readonly #engines = new Map<string, ScratchEngine>();
  #open: { key: string; space: ScratchSpace; schema: MetricSchema } | null = null;

  /** @param milliseconds what a pair may take once its engine runs */
  constructor(parsers: Parsers, choice: EngineChoice | null, milliseconds: number) {
    this.#parsers = parsers;
    this.#choice = choice;
    this.#milliseconds = milliseconds;
  }

  /**
   * The verdict; or why there can be none, as a sentence without a full stop.
   *
   * @throws ScratchError when the engine cannot be reached or started
   */
  async compare(asked: Question): Promise<MetricComparison | { fault: string }> {
    const question = { ...asked, ddl: relevantDdl(asked.ddl, [asked.a.sql, asked.b.sql, asked.late]) };
    const definitions: Definition[] = [];
    for (const { sql, name, session } of [question.a, question.b]) {
      const definition = await definitionOfText(sql, question.dialect, session.timeZone, this.#parsers);
      if ('fault' in definition) return { fault: `${name} ${definition.fault}` };
      definitions.push(definition);
    }
    const [pathA, pathB] = [question.a.session.searchPath, question.b.session.searchPath];
    if (JSON.stringify(pathA) !== JSON.stringify(pathB)) return { fault: 'the two sessions have different search paths, which is not reproduced: write the schemas into the queries' };
    const engine = this.#engineFor(question.dialect);
    const space = await this.#spaceOf(engine, question);
    try {
      const schema = await this.#schemaOf(space, question);
      const unknown = await unknownZone(space, definitions);
      if (unknown !== null) return { fault: `the session's time zone ${plainText(unknown, 60)} is not known to ${engine.kind === 'duckdb' ? 'DuckDB' : 'PostgreSQL'}` };
      // Rows that part them in another engine than their own show nothing: then only proofs speak.
      const own = isNative(engine, question.dialect) ? space : null;
      const compared = await compareDefinitions(definitions, withPath(schema, pathA), own, this.#parsers.postgres, {
        names: question.names, milliseconds: this.#milliseconds, now: new Date().toISOString().replace('T', ' ').replace(/\.\d+Z$/, '+00'),
      });
      const comparison = compared.pair(0, 1);
      return { ...comparison, why: [comparison.why, ...notes(schema, engine, question)].join(' ') };
    } catch (error) {
      await this.#drop();
      await space.close();
      if (!(error instanceof ScratchError)) throw error;
      return { fault: error.timedOut ? 'the queries or the schema did not finish in time' : `the engine refused: ${plainText(error.message, 300)}` };
    }
  }

  async close(): Promise<void> {
    await this.#drop();
    for (const engine of this.#engines.values()) await engine.close();
  }

  #engineFor(dialect: Dialect): ScratchEngine {
    const choice = this.#choice ?? (dialect.id === POSTGRES.id || dialect.id === 'redshift' ? 'pglite' : 'duckdb');
    const key = typeof choice === 'string' ? choice : choice.url;
    const known = this.#engines.get(key) ?? scratchEngine(choice);
    this.#engines.set(key, known);
    return known;
  }

  /** The open space where it holds the schema already. */
  async #spaceOf(engine: ScratchEngine, { ddl, late, dialect }: Question): Promise<ScratchSpace> {
    const key = JSON.stringify([engine.kind, dialect.id, ddl, late]);
    if (this.#open?.key === key && !this.#open.space.ended) return this.#open.space;
    await this.#drop();
    return engine.open();
  }

  async #schemaOf(space: ScratchSpace, { ddl, late, asserted, dialect }: Question): Promise<MetricSchema> {
    if (this.#open?.space === space) return this.#open.schema;
    space.limit(SCHEMA_MS_MAX);
    const read = asEnforced(await schemaFromDdl(space, ddl, late === '' ? undefined : late), dialect.id);
    const schema = asserted.length === 0 ? read : { ...read, catalog: { ...read.catalog, constraints: [...read.catalog.constraints, ...asserted] } };
    this.#open = { key: JSON.stringify([space.kind, dialect.id, ddl, late]), space, schema };
    return schema;
  }

  async #drop(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.space.close();
  }
}

/** What making a schema may take; it is not counted as time of the pair. */
const SCHEMA_MS_MAX = 10_000;

const FAILURES_MAX = 3;

function withPath(schema: MetricSchema, path: readonly string[] | null): MetricSchema {
  return path === null ? schema : { ...schema, searchPath: path };
}

/** The first time zone of the definitions' sessions that the engine does not have. */
async function unknownZone(space: ScratchSpace, definitions: readonly Definition[]): Promise<string | null> {
  const zones = [...new Set(definitions.flatMap(({ timeZone }) => (timeZone === null ? [] : [timeZone])))];
  for (const zone of zones) {
    try {
      await space.timeZone(zone);
    } catch (error) {
      if (!(error instanceof ScratchError) || error.timedOut) throw error;
      return zone;
    }
  }
  if (zones.length > 0) await space.timeZone('UTC');
  return null;
}

/** Whether the engine is the one that the queries are written for. */
function isNative({ kind }: ScratchEngine, { id }: Dialect): boolean {
  return kind === 'duckdb' ? id === 'duckdb' : id === POSTGRES.id;
}

/** What a reader must know beside the verdict. */
function notes({ failures, leftOut = [] }: MetricSchema, engine: ScratchEngine, { dialect, doubts }: Question): string[] {
  const refused = failures.slice(0, FAILURES_MAX).map(({ statement, message }) => `Not part of the schema, since the engine refused it: ${plainText(statement, 80)} (${plainText(message, 120)}).`);
  const more = failures.length > FAILURES_MAX ? [`So were ${failures.length - FAILURES_MAX} more statements of the DDL.`] : [];
  const open = doubts.slice(0, FAILURES_MAX).map((doubt) => `The bundle does not tell all: ${plainText(doubt, 200)}.`);
  const apart = leftOut.length === 0 ? [] : [`Not taken into account: ${leftOut.slice(0, FAILURES_MAX).map((one) => plainText(one, 120)).join(', ')}; rows are compared as they stand in the end.`];
  return [...refused, ...more, ...apart, ...open, ...(isNative(engine, dialect) ? [] : [`No rows were tried: there is no engine of ${dialect.id} here.`])];
}
