import type { LiveConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, ObjectiveView, PipelineView } from '../../model/live.js';
import type { PipelineRun } from '../../probes/pipeline-runs.js';
import type { Sample, SampleOf } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import { Feed } from '../freshness/feed.js';
import { FactTable } from './fact-table.js';
import { Load } from './load.js';
import { SemanticView } from './semantic-view.js';

/** A control table may name any number of pipelines, a warehouse any number of views. */
const SUBJECTS_MAX = 500;
const DAY_SECONDS = 86_400;

/** What control tables, fact tables and views tell of the loads of a warehouse. */
export class PipelineTracker {
  readonly #feeds = new Map<string, Feed>();
  /** By store and name. */
  readonly #loads = new Map<string, Load>();
  readonly #facts = new Map<string, FactTable>();
  readonly #views = new Map<string, SemanticView>();
  /** Of data products, by name, from the control table of watermarks. */
  readonly #watermarks = new Map<string, EpochSeconds>();

  constructor(private readonly settings: LiveConfiguration) {}

  accept(sample: Sample): void {
    switch (sample.probe) {
      case 'pipeline-runs':
        return this.#acceptRuns(sample);
      case 'facts':
        return this.#acceptFacts(sample);
      case 'semantic-views':
        return this.#acceptViews(sample);
      case 'watermarks':
        return this.#acceptWatermarks(sample);
      default:
    }
  }

  /** By name. */
  view(now: EpochSeconds): PipelineView[] {
    return sorted(this.#loads).map((load) => load.view(now));
  }

  objectives(now: EpochSeconds): ObjectiveView[] {
    return [
      ...sorted(this.#loads).map((load) => loadObjective(load, now)),
      ...sorted(this.#facts).flatMap((table) => table.objective(now) ?? []),
      ...sorted(this.#views).map((view) => view.objective(now, this.#loadsSucceed(view.feed.store))),
    ];
  }

  #feedOf(probe: string, store: string): Feed {
    const key = `${probe} ${store}`;
    const feed = this.#feeds.get(key) ?? new Feed(probe, store);
    this.#feeds.set(key, feed);
    return feed;
  }

  #acceptRuns(sample: SampleOf<'pipeline-runs'>): void {
    const feed = this.#feedOf(sample.probe, sample.store);
    if (!feed.accept(sample) || sample.payload === null) return;
    const { payload } = sample;
    const runs = new Map<string, PipelineRun[]>();
    for (const run of payload.runs) {
      const own = runs.get(run.pipeline);
      if (own === undefined) runs.set(run.pipeline, [run]);
      else own.push(run);
    }
    const failed = new Map(payload.failed_24h.map(({ pipeline, runs: number }) => [pipeline, number]));
    for (const [name, own] of runs) {
      const load = this.#loadOf(name, feed);
      load?.accept(own, { looked_at: payload.as_of ?? sample.at, failed_24h: failed.get(name) ?? 0, relation: payload.relation });
    }
    for (const [key, load] of this.#loads) if (load.feed === feed && !runs.has(load.name)) this.#loads.delete(key);
  }

  #loadOf(name: string, feed: Feed): Load | null {
    const key = `${feed.store} ${name}`;
    const known = this.#loads.get(key);
    if (known !== undefined || this.#loads.size >= SUBJECTS_MAX) return known ?? null;
    const load = new Load(keyOf(this.#loads, name, feed.store), name, feed);
    this.#loads.set(key, load);
    return load;
  }

  #acceptFacts(sample: SampleOf<'facts'>): void {
    const feed = this.#feedOf(sample.probe, sample.store);
    if (!feed.accept(sample) || sample.payload === null) return;
    const looked_at = sample.payload.as_of ?? sample.at;
    const present = new Set<string>();
    for (const row of sample.payload.relations) {
      const key = `${row.relation} ${sample.store}`;
      present.add(key);
      const table = this.#facts.get(key) ?? new FactTable(keyOf(this.#facts, row.relation, sample.store), row.relation, feed);
      if (!this.#facts.has(key) && this.#facts.size >= SUBJECTS_MAX) continue;
      this.#facts.set(key, table);
      const product = this.settings.dataProducts.find(({ name }) => name === row.product);
      const loaded_until = this.#watermarks.get(row.product ?? '') ?? loadedUntil(row, looked_at, product?.objective?.within_seconds ?? 0);
      table.accept(row, { looked_at, complete_until: Math.min(looked_at, loaded_until) - (product?.provisional_seconds ?? 0), has_time_column: product?.time_column != null });
    }
    for (const [key, table] of this.#facts) if (table.feed === feed && !present.has(key)) this.#facts.delete(key);
  }

  #acceptViews(sample: SampleOf<'semantic-views'>): void {
    const feed = this.#feedOf(sample.probe, sample.store);
    if (!feed.accept(sample) || sample.payload === null) return;
    const present = new Set<string>();
    for (const row of sample.payload.views) this.#viewOf(row.view, feed, present)?.accept(row, sample.payload.as_of ?? sample.at);
    for (const { view, reason } of sample.payload.unread ?? []) this.#viewOf(view, feed, present)?.skip(reason);
    for (const [key, view] of this.#views) if (view.feed === feed && !present.has(key)) this.#views.delete(key);
  }

  #viewOf(name: string, feed: Feed, present: Set<string>): SemanticView | null {
    const key = `${name} ${feed.store}`;
    present.add(key);
    const known = this.#views.get(key);
    if (known !== undefined || this.#views.size >= SUBJECTS_MAX) return known ?? null;
    const view = new SemanticView(keyOf(this.#views, name, feed.store), name, feed);
    this.#views.set(key, view);
    return view;
  }

  #acceptWatermarks(sample: SampleOf<'watermarks'>): void {
    const known = new Set(this.settings.dataProducts.map(({ name }) => name));
    for (const { name, watermark_at } of sample.payload?.products ?? []) if (known.has(name) && watermark_at !== null) this.#watermarks.set(name, watermark_at);
  }

  #loadsSucceed(store: string): boolean | null {
    const own = [...this.#loads.values()].filter((load) => load.feed.store === store);
    return own.length === 0 ? null : own.every(({ succeeds }) => succeeds);
  }
}

/**
 * How far a fact table has come, where no watermark tells: everything before its newest day is in, and by a day later, or by what
 * is promised, everything should be. A table that is loaded once a night has nothing of yesterday at midnight, and no drop.
 */
function loadedUntil({ days }: { days: readonly { day: string }[] }, looked_at: EpochSeconds, within_seconds: number): EpochSeconds {
  const newest = days.reduce((latest, { day }) => (day > latest ? day : latest), '');
  const begun = Date.parse(`${newest}T00:00:00Z`) / 1000;
  return Math.max(Number.isNaN(begun) ? -Infinity : begun, looked_at - Math.max(DAY_SECONDS, within_seconds));
}

/** The first store that has a subject of this name gives it its short id. */
function keyOf(subjects: ReadonlyMap<string, { key: string }>, name: string, store: string): string {
  return [...subjects.values()].some(({ key }) => key === name) ? `${store}/${name}` : name;
}

function sorted<T>(subjects: ReadonlyMap<string, T>): T[] {
  return [...subjects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
}

function loadObjective(load: Load, now: EpochSeconds): ObjectiveView {
  const { state, detail, cause, last_status, name } = load.view(now);
  return {
    id: `pipeline/${plainText(load.key)}`,
    kind: 'pipeline',
    name,
    target: 'succeeds',
    now: state === 'unknown' || last_status === null ? null : last_status.toLowerCase(),
    state,
    detail,
    since: null,
    history: load.history,
    limit: null,
    budget: null,
    sentence: cause,
    screen: 'freshness',
    subject: name,
  };
}
