import type { Definition, MetricSchema } from '../../../src/metrics/definition.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { compareDefinitions, type CompareOptions, type Compared } from '../../../src/metrics/verdict/index.js';
import type { MetricComparison } from '../../../src/model/metric-verdict.js';
import type { ScratchEngine, ScratchSpace } from '../../../src/model/scratch-engine.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';

/** An engine in which definitions are compared. */
export class Bench {
  private constructor(
    readonly engine: ScratchEngine,
    readonly parsers: Parsers,
  ) {}

  static async start(kind: 'pglite' | 'duckdb' = 'pglite'): Promise<Bench> {
    return new Bench(scratchEngine(kind), await createParsers());
  }

  async end(): Promise<void> {
    await this.engine.close();
    await this.parsers.close();
  }

  definition(text: string, timeZone: string | null = null): Definition {
    const [only] = this.parsers.postgres(text).statements;
    if (only === undefined) throw new Error(`no statement: ${text}`);
    return { text, statement: only.statement, dialect: 'postgres', timeZone };
  }

  async pair(ddl: string, a: string | Definition, b: string | Definition, options: CompareOptions & { late?: string; change?: (schema: MetricSchema) => MetricSchema } = {}): Promise<MetricComparison> {
    return (await this.all(ddl, [a, b], undefined, options)).pair(0, 1);
  }

  async all(
    ddl: string,
    texts: readonly (string | Definition)[],
    names?: readonly string[],
    { late, change = (schema) => schema, ...options }: CompareOptions & { late?: string; change?: (schema: MetricSchema) => MetricSchema } = {},
  ): Promise<Compared> {
    const space = await this.engine.open();
    try {
      const schema = change(await schemaFromDdl(space, ddl, late));
      const definitions = texts.map((text) => (typeof text === 'string' ? this.definition(text) : text));
      return await compareDefinitions(definitions, schema, space, this.parsers.postgres, { ...(names && { names }), ...options });
    } finally {
      await space.close();
    }
  }

  async inSpace<T>(work: (space: ScratchSpace) => Promise<T>): Promise<T> {
    const space = await this.engine.open();
    try {
      return await work(space);
    } finally {
      await space.close();
    }
  }
}
