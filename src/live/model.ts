import type { LiveConfiguration } from '../model/configuration.js';
import type { EpochSeconds, LiveView } from '../model/live.js';
import type { Engine, StoreRole } from '../model/store.js';
import type { PayloadOf, Sample } from '../probes/index.js';
import { CdcTracker } from './cdc/tracker.js';
import { Changes } from './changes.js';
import { AuditFindings } from './findings.js';
import type { SourceState } from './freshness/source.js';
import { FreshnessTracker } from './freshness/tracker.js';
import { Looks } from './looks.js';
import { pathOf } from './path.js';
import { PipelineTracker } from './pipeline/tracker.js';
import { ReconciliationTracker } from './reconciliation/tracker.js';
import { answerOf, countsOf, worstFirst } from './sentence.js';
import { Throughput } from './throughput.js';
import { WorkloadTracker } from './workload/tracker.js';

export interface LiveStore {
  name: string;
  role: StoreRole;
  engine: Engine;
}

/**
 * Everything that is known at a moment, from the samples up to it. The same samples and the same moments of looking give the
 * same views: a recorded incident can be seen again.
 */
export class LiveModel {
  readonly #cdc: CdcTracker;
  readonly #freshness: FreshnessTracker;
  readonly #pipelines: PipelineTracker;
  readonly #reconciliation: ReconciliationTracker;
  readonly #workload: WorkloadTracker;
  readonly #throughput = new Throughput();
  readonly #looks: Looks;
  readonly #findings = new AuditFindings();
  readonly #changes = new Changes();
  readonly #source: string | null;
  readonly #target: string | null;
  #readers: PayloadOf<'audit'>['readers'] = [];

  /** @param audits false where no audit runs beside it, so that nobody says what is analytical */
  constructor(settings: LiveConfiguration, stores: readonly LiveStore[], audits = true) {
    this.#source = (stores.find(({ role }) => role === 'operational') ?? stores.find(({ role }) => role === 'replica'))?.name ?? null;
    this.#target = (stores.find(({ role }) => role === 'warehouse') ?? stores.find(({ role }) => role === 'projection'))?.name ?? null;
    this.#cdc = new CdcTracker(settings, stores);
    this.#freshness = new FreshnessTracker(settings, { warehouse: this.#target, readersOf: (store, relation) => this.#readersOf(store, relation) });
    this.#pipelines = new PipelineTracker(settings);
    this.#reconciliation = new ReconciliationTracker(settings);
    this.#workload = new WorkloadTracker(settings, audits);
    this.#looks = new Looks(settings, new Set(stores.flatMap(({ name, engine }) => (engine === 'duckdb' ? [name] : []))));
  }

  accept(sample: Sample): void {
    this.#cdc.accept(sample);
    this.#freshness.accept(sample, this.#sourceOf);
    this.#pipelines.accept(sample);
    this.#reconciliation.accept(sample);
    this.#workload.accept(sample);
    this.#throughput.accept(sample);
    this.#looks.accept(sample);
    if (sample.probe === 'audit' && sample.payload !== null) {
      this.#readers = sample.payload.readers;
      this.#findings.accept(sample.payload, sample.at);
    }
  }

  /** Part of the present work that no audit has seen, 0 to 1. */
  unrecognisedShare(now: EpochSeconds): number {
    return this.#workload.unrecognisedShare(now);
  }

  view(now: EpochSeconds): LiveView {
    const streams = this.#cdc.view(now);
    const products = this.#freshness.view(now, this.#sourceOf);
    const workload = this.#workload.view(now);
    const probes = this.#looks.probes(now);
    const objectives = worstFirst(
      this.#changes.judge(
        [
          ...this.#cdc.objectives(now),
          ...this.#freshness.objectives(now, this.#sourceOf),
          ...this.#pipelines.objectives(now),
          ...this.#reconciliation.objectives(now),
          ...this.#workload.objectives(now),
        ],
        now,
      ),
    );
    const findings = this.#findings.view(products);
    const parts = { source: this.#source, target: this.#target, streams, products, workload, findings, probes, objectives };
    return {
      at: now,
      ...parts,
      ...answerOf(objectives, probes),
      counts: countsOf(objectives),
      path: pathOf({ ...parts, transactions_per_second: this.#throughput.transactions_per_second(this.#source, now) }),
      pipelines: this.#pipelines.view(now),
      reconciliations: this.#reconciliation.view(now),
      statements: this.#workload.statements(now),
      events: this.#changes.events(),
      costs: this.#looks.costs(now),
    };
  }

  readonly #sourceOf = (store?: string): SourceState | null => {
    const name = store ?? this.#source;
    return name === null ? null : this.#cdc.source(name);
  };

  #readersOf(store: string, relation: string): { consumer: string; owner: string | null }[] {
    return this.#readers.filter((reader) => reader.store === store && reader.relation === relation).map(({ consumer, owner }) => ({ consumer, owner }));
  }
}
