import type { MigrationFile, SchemaChange, UnknownChange } from './migration.js';

/**
 * What a change does to who reads. `breaks`: the query fails, or an object cannot be changed while it stands; `meaning`: it still
 * runs and answers something else; `unproved`: definitions that are equal today may part, as what proved it is gone; `contract`: a
 * promise to others is broken without a new version; `widens`: someone sees more than before.
 */
export const IMPACT_EFFECTS = ['breaks', 'meaning', 'unproved', 'contract', 'widens'] as const;
export type ImpactEffect = (typeof IMPACT_EFFECTS)[number];

/** Who or what is hit. */
export interface ImpactedThing {
  kind: 'card' | 'code' | 'role' | 'view' | 'model' | 'metric' | 'function' | 'constraint' | 'publication' | 'contract' | 'policy';
  /** As reports name it. */
  name: string;
  owner: string | null;
  store: string;
  dashboard: string | null;
  location: { file: string; line: number } | null;
}

export interface Impact {
  effect: ImpactEffect;
  thing: ImpactedThing;
  /** Places of the changes in `changes` that do it, ascending. */
  changes: number[];
  /** From the changed relation to the thing, both left out: views, models and copies on the way. */
  through: string[];
  /** One sentence: what happens, with the names. */
  sentence: string;
  /** What mends or prepares it, in a sentence or as SQL; null where there is nothing to do but to tell. */
  remedy: string | null;
  /** 0 to 1: how sure it is that it happens. */
  confidence: number;
  /** How often it runs, where the statistics tell; null otherwise. */
  calls: number | null;
}

/**
 * When a change may be deployed. `now`: nothing that reads notices; `after-consumers`: once those of `waitsFor` have moved;
 * `with-consumers`: it changes what they mean, so they have to decide; `unknown`: not all of it could be looked at.
 */
export const DEPLOY_PHASES = ['now', 'after-consumers', 'with-consumers', 'unknown'] as const;
export type DeployPhase = (typeof DEPLOY_PHASES)[number];

/** What `tidemark impact` tells. */
export interface ImpactReport {
  /** The store whose schema is migrated. */
  store: string;
  files: Pick<MigrationFile, 'path' | 'tool' | 'version'>[];
  /** In the order in which they are made. */
  changes: (SchemaChange & { phase: DeployPhase; /** Names of who has to move first, sorted. */ waitsFor: string[]; /** Why it may be deployed then, in a sentence. */ because?: string | undefined })[];
  /** Worst first. */
  impacts: Impact[];
  /** Of a breaking change that an expand and a contract phase would make safe: the statements of both. */
  expandContract: { change: number; expand: string[]; move: string; contract: string[] }[];
  /** Whom to tell, those who are hit hardest first; the owner is null for consumers that nobody owns. */
  notify: { owner: string | null; consumers: string[]; breaks: number; meaning: number }[];
  /** What may change anything. */
  unknown: UnknownChange[];
  /** Consumers that could not be read in full, so that it is not known whether they are hit. */
  unread: string[];
  /** How much was looked at. */
  looked: { consumers: number; views: number; metrics: number };
}
