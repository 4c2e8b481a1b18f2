import type { ScratchSpace } from '../../model/scratch-engine.js';
import type { MetricSchema } from '../definition.js';

/** An engine's space and the schema that stands in it. */
export interface Workspace {
  space: ScratchSpace;
  schema: MetricSchema;
}

/** Makes the space when it is first needed, and another when that one has ended; null where there is no engine. Who gives a space closes it. */
export type SpaceSupplier = () => Promise<Workspace | null>;

/** Where definitions are run: nothing is opened before something must be. */
export class Bench {
  readonly #given: ScratchSpace | SpaceSupplier | null;
  readonly #schema: MetricSchema;
  #workspace: Promise<Workspace | null> | null = null;
  #known: Workspace | null = null;

  /** @param schema what stands in the space, where a space is given */
  constructor(given: ScratchSpace | SpaceSupplier | null, schema: MetricSchema) {
    this.#given = given;
    this.#schema = schema;
  }

  /** @throws what the supplier throws */
  async workspace(): Promise<Workspace | null> {
    // A space that a slow query ended is no use any more; who gave it can give another.
    if (this.#known?.space.ended === true && typeof this.#given === 'function') this.#workspace = null;
    this.#workspace ??= this.#make();
    this.#known = await this.#workspace;
    return this.#known;
  }

  /** The workspace where it was needed, for what is told afterwards. */
  get used(): Workspace | null {
    return this.#known;
  }

  async #make(): Promise<Workspace | null> {
    if (this.#given === null) return null;
    return typeof this.#given === 'function' ? this.#given() : { space: this.#given, schema: this.#schema };
  }
}
