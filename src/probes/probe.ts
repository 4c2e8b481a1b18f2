import type { z } from 'zod';
import type { Catalog } from '../model/catalog.js';
import type { LiveConfiguration } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import type { Engine, StoreRole } from '../model/store.js';
import type { LiveSession } from '../stores/live.js';

export type { LiveSession } from '../stores/live.js';

/** The store that a probe is made for. */
export interface ProbeTarget {
  store: string;
  role: StoreRole;
  engine: Engine;
  settings: LiveConfiguration;
  /** As it was when the watch began; null where it could not be read. */
  catalog: Catalog | null;
  /** Of all stores that are watched, by name; without it those of others are not known. */
  engines?: Readonly<Record<string, Engine>> | undefined;
}

/** What one run gets. */
export interface ProbeInput {
  session: LiveSession;
  /** Another store, for probes that compare two. @throws what opening it throws. */
  sessionOf(store: string): Promise<LiveSession>;
  signal: AbortSignal;
  /** This machine's clock. */
  now(): EpochSeconds;
}

/**
 * One kind of look at a running store. One file in this folder, named after its id; `index.ts` lists it.
 *
 * - It reads only, by fixed statements; names of relations and columns are quoted, values of users never become SQL.
 * - One run is bounded by `deadline_ms` on both sides and answers with plain data in which no row value stands.
 * - It throws where it could not look; it never answers with zero or with what it saw before.
 * - What it must remember between two runs lives in the function that `create` gives, which dies with the connection.
 */
export interface StoreProbe<P> {
  readonly kind: 'store';
  readonly id: string;
  readonly pace_seconds: number;
  /** Where stores differ in what a look costs them; else `pace_seconds`. */
  paceOf?(target: ProbeTarget): number;
  readonly deadline_ms: number;
  /** `vital` goes on under pressure; `heavy` is the first to wait. */
  readonly weight: 'vital' | 'light' | 'heavy';
  /** The form of its answer, also in journals. */
  readonly payload: z.ZodType<P>;
  /** False where this store has nothing for it: then it is not run and not missed. */
  applies(target: ProbeTarget): boolean;
  create(target: ProbeTarget): (input: ProbeInput) => Promise<P>;
}

/** The same for files beside the stores, such as the artefacts of dbt. */
export interface FileProbe<P> {
  readonly kind: 'files';
  readonly id: string;
  readonly pace_seconds: number;
  readonly deadline_ms: number;
  readonly payload: z.ZodType<P>;
  /** Paths to look at, none where nothing is configured; each becomes a probe of its own. */
  paths(settings: LiveConfiguration): string[];
  create(path: string): (input: { signal: AbortSignal }) => Promise<P>;
}

/** A run that found the server without what it needs, with the next step. */
export class ProbeUnsupported extends Error {
  override readonly name = 'ProbeUnsupported';
  readonly nextStep: string;

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.nextStep = nextStep;
  }
}
