import type { Catalog } from '../../model/catalog.js';
import type { MetricComparison } from '../../model/metric-verdict.js';
import { ScratchError } from '../../model/scratch-engine.js';
import type { DialectId } from '../../sql/dialect.js';
import { plainText } from '../../text/plain-text.js';
import type { MetricContext } from '../context.js';
import { catalogueDdl } from '../schema/ddl.js';
import { schemaFromDdl } from '../schema/read.js';
import type { Workspace } from '../verdict/index.js';
import { withAsserted } from './group-schema.js';

/** Dialects whose meaning an engine over invented rows has. */
export const ENGINES: ReadonlyMap<DialectId, readonly string[]> = new Map([['postgres', ['pglite', 'postgres']], ['duckdb', ['duckdb']]]);

/** So much that is not known of the schema is told. */
const DOUBTS_MAX = 3;

/** What a space is made of. */
interface Around {
  catalog: Catalog;
  relations: readonly string[];
  path: (dialect: DialectId) => string[];
}

/** The one space of a group, opened when the first comparison needs it, and anew after a call was cut off with it. */
export class Room {
  readonly #doubts = new Set<string>();
  #workspace: Workspace | null = null;
  #fault: string | null = null;

  constructor(private readonly store: string, private readonly context: MetricContext, private readonly around: Around) {}

  /** Why the engine was of no use, in words; null while it is, and before it was asked for. */
  get fault(): string | null {
    return this.#fault;
  }

  get isOpen(): boolean {
    return this.#workspace !== null;
  }

  failed({ message }: ScratchError): void {
    this.#fault = `Nothing was searched: ${plainText(message, 200)}.`;
  }

  async workspace(dialect: DialectId): Promise<Workspace | null> {
    if (this.#fault !== null) return null;
    if (this.#workspace !== null && !this.#workspace.space.ended) return this.#workspace;
    await this.close();
    const space = (await this.context.scratch?.(this.store)) ?? null;
    if (space === null || ENGINES.get(dialect)?.includes(space.kind) !== true) {
      await space?.close();
      this.#fault = '';
      return null;
    }
    try {
      const { catalog, relations, path } = this.around;
      const { ddl, late, doubts } = catalogueDdl(catalog, relations);
      const schema = await schemaFromDdl(space, ddl, late);
      for (const doubt of [...doubts, ...schema.failures.map(({ statement, message }) => `the engine refused ${plainText(statement, 80)} (${plainText(message, 120)})`)].slice(0, DOUBTS_MAX)) this.#doubts.add(doubt);
      this.#workspace = { space, schema: { ...withAsserted(schema, this.context.assertedOf?.(this.store) ?? []), searchPath: path(dialect) } };
      return this.#workspace;
    } catch (error) {
      await space.close();
      if (!(error instanceof ScratchError)) throw error;
      this.failed(error);
      return null;
    }
  }

  /** Rows that show a difference may be ones that the store refuses for a reason which the catalogue does not tell. */
  doubted(comparison: MetricComparison): MetricComparison {
    if (comparison.witness === null || this.#doubts.size === 0) return comparison;
    return { ...comparison, why: `${comparison.why} Not known here: ${[...this.#doubts].join('; ')}.` };
  }

  async close(): Promise<void> {
    await this.#workspace?.space.close();
    this.#workspace = null;
  }
}
