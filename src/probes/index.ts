import type { z } from 'zod';
import type { SampleFailure, SampleFrame } from '../model/sample.js';
import { probe as activity } from './activity.js';
import { probe as audit } from './audit.js';
import { probe as dbt } from './dbt.js';
import { probe as facts } from './facts.js';
import { probe as keys } from './keys.js';
import { probe as landed } from './landed.js';
import { probe as modified } from './modified.js';
import { probe as pipelineRuns } from './pipeline-runs.js';
import { probe as publications } from './publications.js';
import { probe as receiver } from './receiver.js';
import { probe as reconciliation } from './reconciliation.js';
import { probe as replication } from './replication.js';
import { probe as semanticViews } from './semantic-views.js';
import { probe as setup } from './setup.js';
import { probe as statements } from './statements.js';
import { probe as throughput } from './throughput.js';
import { probe as walDirectory } from './wal-directory.js';
import { probe as watermarks } from './watermarks.js';

/** All probes by id. Static, so that a sample has the type of its probe. */
export const PROBES = {
  activity,
  audit,
  dbt,
  facts,
  keys,
  landed,
  modified,
  'pipeline-runs': pipelineRuns,
  publications,
  receiver,
  reconciliation,
  replication,
  'semantic-views': semanticViews,
  setup,
  statements,
  throughput,
  'wal-directory': walDirectory,
  watermarks,
} as const;

export type ProbeId = keyof typeof PROBES;
export type PayloadOf<Id extends ProbeId> = z.output<(typeof PROBES)[Id]['payload']>;

/** One run of one probe: an answer or a failure. */
export type SampleOf<Id extends ProbeId> = SampleFrame & { probe: Id } & (
    | { payload: PayloadOf<Id>; failure: null }
    | { payload: null; failure: SampleFailure }
  );
export type Sample = { [Id in ProbeId]: SampleOf<Id> }[ProbeId];
