import type { DataProductConfiguration, LiveConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, ObjectiveView, ProductView } from '../../model/live.js';
import type { PayloadOf, Sample, SampleOf } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import { Feed } from './feed.js';
import { Product, type ProductSpec } from './product.js';
import { BARE, RANK_OF, type Reading } from './reading.js';
import { type Context, controlReading, dbtRunReading, dbtSourceReading, landedReading, modifiedReading } from './readings.js';
import { type SourceLookup, SourceLog } from './source.js';
import { configured, ofDbt, uncontracted } from './specs.js';
import { objectiveView, productView, type ReadersOf } from './views.js';

/** Rows of control tables and sources of dbt that nobody configured; a hostile table may have any number. */
const FOUND_MAX = 500;

interface Configured {
  settings: DataProductConfiguration;
  product: Product;
  /** What a control table says of a product whose watermark stands elsewhere. */
  report: Report | null;
  /** The store that was found to have it, where the configuration names none. */
  store: string | null;
}

type ControlRow = PayloadOf<'watermarks'>['products'][number];
type Report = Pick<Reading, 'status' | 'reported_in' | 'loaded_at' | 'failed_at'>;

/** How fresh data products are, against what is promised, from watermarks wherever they stand. */
export class FreshnessTracker {
  readonly #configured: Configured[];
  /** By id: rows and sources that the configuration does not know. */
  readonly #found = new Map<string, Product>();
  readonly #feeds = new Map<string, Feed>();
  readonly #replication = new Map<string, Feed>();
  readonly #logs = new Map<string | null, SourceLog>();
  readonly #warehouse: string | null;
  readonly #readersOf: ReadersOf;
  #source: SourceLookup = () => null;

  constructor(settings: LiveConfiguration, options: { warehouse: string | null; readersOf: ReadersOf }) {
    this.#warehouse = options.warehouse;
    this.#readersOf = options.readersOf;
    this.#configured = settings.dataProducts.map((product) => ({ settings: product, product: this.#create(configured(product, settings, options.warehouse)), report: null, store: product.store }));
    for (const { settings, product } of this.#configured) product.missing = nothingYet(settings);
  }

  /**
   * `source` tells of operational stores at the moment of the sample; without it the last one given holds. Time is accounted
   * with what it told until then, so a replay that gives it here gives the same budgets.
   */
  accept(sample: Sample, source?: SourceLookup): void {
    if (source !== undefined) this.#source = source;
    if (sample.probe === 'replication') {
      const feed = this.#replication.get(sample.store) ?? new Feed(sample.probe, sample.store);
      this.#replication.set(sample.store, feed);
      if (feed.accept(sample)) this.#lookAtSources(sample.at);
    }
    if (sample.probe !== 'watermarks' && sample.probe !== 'landed' && sample.probe !== 'dbt' && sample.probe !== 'modified') return;
    const feed = this.#feedOf(sample.probe, sample.store);
    if (!feed.accept(sample)) {
      if (sample.failure !== null) this.#explain(feed, sample.at);
      return;
    }
    this.#lookAtSources(sample.at);
    if (sample.probe === 'watermarks') this.#acceptWatermarks(sample, feed);
    else if (sample.probe === 'landed') this.#acceptLanded(sample, feed);
    else if (sample.probe === 'modified') this.#acceptModified(sample, feed);
    else this.#acceptDbt(sample, feed);
  }

  /** As configured, then by name. */
  view(now: EpochSeconds, source: SourceLookup): ProductView[] {
    const sees = this.#see(now, source);
    return this.#products().map((product) => productView(product, now, { sees: sees(product), source: source(product.spec.source ?? undefined), readersOf: this.#readersOf }));
  }

  objectives(now: EpochSeconds, source: SourceLookup): ObjectiveView[] {
    const sees = this.#see(now, source);
    return this.#products().flatMap((product) => objectiveView(product, now, sees(product)) ?? []);
  }

  #see(now: EpochSeconds, source: SourceLookup): (product: Product) => boolean {
    this.#source = source;
    this.#lookAtSources(now);
    const seen = new Map([...this.#logs.keys()].map((name) => [name, this.#changeOf(name, now) !== null]));
    return ({ spec }) => seen.get(spec.source) ?? false;
  }

  #lookAtSources(at: EpochSeconds): void {
    for (const [name, log] of this.#logs) {
      const change_at = this.#changeOf(name, at);
      if (change_at !== null) log.see(at, change_at);
    }
  }

  /** Null while the source is not seen: what it last told is no news of now. Without a name all stores must be seen, since any may be meant. */
  #changeOf(name: string | null, at: EpochSeconds): EpochSeconds | null {
    const feeds = [...this.#replication.values()].filter(({ store }) => name === null || store === name);
    if (feeds.some((feed) => feed.silence(at) !== null)) return null;
    return this.#source(name ?? undefined)?.last_change_at ?? null;
  }

  #products(): Product[] {
    const found = [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, product]) => product);
    return [...this.#configured.map(({ product }) => product), ...found];
  }

  #create(spec: ProductSpec): Product {
    const log = this.#logs.get(spec.source) ?? new SourceLog();
    this.#logs.set(spec.source, log);
    return new Product(spec, log);
  }

  #feedOf(probe: string, store: string): Feed {
    const key = `${probe} ${store}`;
    const feed = this.#feeds.get(key) ?? new Feed(probe, store);
    this.#feeds.set(key, feed);
    return feed;
  }

  /** Products that have no reading yet say why. */
  #explain(feed: Feed, at: EpochSeconds): void {
    const silence = feed.silence(at);
    for (const entry of this.#configured) {
      const { settings, product } = entry;
      const isIts = feed.probe === 'dbt' || feed.store === (entry.store ?? this.#warehouse);
      if (feed.probe === 'watermarks' && isIts) entry.report = null;
      if (product.reading() === null && silence !== null && expects(settings, feed.probe) && isIts) product.missing = silence;
    }
  }

  /** Whether a product is where this answer comes from: as configured, else in the warehouse, else where it is found first. */
  #isAt(entry: Configured, { store }: Feed, found: boolean): boolean {
    if (entry.settings.store !== null) return entry.settings.store === store;
    if (found && (entry.store === null || store === this.#warehouse)) entry.store = store;
    return store === (entry.store ?? this.#warehouse);
  }

  #acceptWatermarks(sample: SampleOf<'watermarks'>, feed: Feed): void {
    const { payload } = sample;
    if (payload === null) return;
    const rows = new Map(payload.products.map((row) => [row.name, row]));
    const taken = new Set<string>();
    const context: Context = { feed, looked_at: payload.as_of ?? sample.at, place: payload.relation };
    for (const entry of this.#configured) {
      const { settings, product } = entry;
      const row = rows.get(settings.name);
      if (!this.#isAt(entry, feed, row !== undefined)) continue;
      if (row !== undefined) taken.add(row.name);
      entry.report = row === undefined ? null : { status: row.status, reported_in: payload.relation, loaded_at: row.loaded_at, failed_at: row.failed_at };
      if (settings.watermark !== null) continue;
      if (row !== undefined) product.accept('control', controlReading(row, context));
      else this.#noteMissing(product, context, payload.left_off === true);
    }
    this.#acceptFound([...rows.values()].filter(({ name }) => !taken.has(name)), context);
  }

  /** A row that was there and is gone leaves no good value behind. */
  #noteMissing(product: Product, { feed, looked_at, place }: Context, left_off: boolean): void {
    const has = left_off ? 'has more rows than are read, and none of those read is its' : 'has no row for it; add one';
    const problem = `${plainText(place, 80)} ${has}, or configure where its watermark is`;
    product.missing = problem;
    if (product.hasReadingOf('control')) product.accept('control', { ...BARE, from: 'control table', place, feed, looked_at, watermark_at: null, problem });
  }

  #acceptFound(rows: readonly ControlRow[], context: Context): void {
    const { store } = context.feed;
    const present = new Set<string>();
    for (const row of rows) {
      const isPlain = store === this.#warehouse && !this.#configured.some(({ settings }) => settings.name === row.name);
      const key = isPlain ? row.name : `${store}/${row.name}`;
      present.add(key);
      const product = this.#find(uncontracted(row.name, store, key));
      product?.accept('control', controlReading(row, context));
    }
    for (const [key, product] of this.#found) if (product.spec.store === store && product.spec.objective === null && !present.has(key)) this.#found.delete(key);
  }

  #find(spec: ProductSpec): Product | null {
    const known = this.#found.get(spec.key);
    if (known !== undefined || this.#found.size >= FOUND_MAX) return known ?? null;
    const product = this.#create(spec);
    this.#found.set(spec.key, product);
    return product;
  }

  #acceptLanded(sample: SampleOf<'landed'>, feed: Feed): void {
    const { payload } = sample;
    if (payload === null) return;
    for (const entry of this.#configured) {
      const { settings, product, report } = entry;
      const explicit = settings.watermark !== null && 'relation' in settings.watermark ? settings.watermark : null;
      if (explicit === null && settings.watermark !== null) continue;
      const relation = explicit?.relation ?? settings.relation;
      const rows = payload.relations.filter((row) => isNamed(row.relation, relation) && (explicit === null || isNamed(row.column, explicit.column)));
      if (!this.#isAt(entry, feed, rows.length > 0)) continue;
      if (rows.length === 0 && explicit !== null) product.missing = `${plainText(explicit.relation, 80)}.${plainText(explicit.column, 60)} was not found; look at the name in the configuration`;
      for (const row of rows) {
        const passed = row.lsn === null ? null : (this.#source(product.spec.source ?? undefined)?.clock?.timeAt(row.lsn) ?? null);
        const reading = landedReading(row, { feed, looked_at: payload.as_of ?? sample.at, place: row.relation }, passed);
        // The user's word makes a watermark of a time of writing, too.
        if (explicit === null) product.accept(RANK_OF[row.meaning], reading);
        else product.accept('commit', { ...reading, ...report, is_bound: row.lsn !== null && reading.is_bound });
      }
    }
  }

  /** For products of which nothing better is said; `Product` takes the best. */
  #acceptModified({ payload, at }: SampleOf<'modified'>, feed: Feed): void {
    for (const row of payload?.relations ?? []) {
      for (const entry of this.#configured) {
        const { settings, product } = entry;
        if (settings.watermark !== null || !isNamed(row.relation, settings.relation) || !this.#isAt(entry, feed, true)) continue;
        product.accept('changed', modifiedReading(row, { feed, looked_at: payload?.as_of ?? at, place: row.relation }));
      }
    }
  }

  #acceptDbt(sample: SampleOf<'dbt'>, feed: Feed): void {
    const { payload } = sample;
    if (payload === null) return;
    const sources = payload.sources?.results ?? [];
    const generated: Context = { feed, looked_at: payload.sources?.generated_at ?? sample.at, place: sample.store };
    const taken = new Set<string>();
    for (const { settings, product, report } of this.#configured) {
      if (settings.watermark === null || !('dbt' in settings.watermark)) continue;
      const name = settings.watermark.dbt;
      const before = product.reading();
      const source = sources.find((result) => isCalled(result, name));
      const run = payload.runs?.results.find((result) => isCalled(result, name) || isNamed(result.relation ?? '', name));
      if (source !== undefined) {
        taken.add(source.name);
        product.accept('commit', { ...dbtSourceReading(source, generated), ...report });
      } else if (run !== undefined) product.accept('written', dbtRunReading(run, { feed, looked_at: sample.at, place: run.name }, before));
      else if (before === null) product.missing = `dbt left nothing of ${plainText(name, 80)} in ${plainText(sample.store, 120)}; look at its name, and run dbt`;
      // A run of other models says nothing against the last one of this.
      else if (!before.is_occasional) product.accept('written', { ...before, looked_at: sample.at });
    }
    for (const source of sources) {
      const spec = taken.has(source.name) ? null : ofDbt(source, this.#warehouse ?? '');
      if (spec !== null) this.#find(spec)?.accept('commit', dbtSourceReading(source, generated));
    }
  }
}

/** Names of relations and columns are the same whatever their case, as in the probes that look for them. */
function isNamed(found: string, wanted: string | null): boolean {
  return wanted !== null && found.toLowerCase() === wanted.toLowerCase();
}

/** `shop.orders`, `source.estate.shop.orders` and the last parts of that mean the same. */
function isCalled({ name, unique_id }: { name: string; unique_id?: string | undefined }, wanted: string): boolean {
  return name === wanted || unique_id === wanted || (unique_id?.endsWith(`.${wanted}`) ?? false);
}

/** Whether the product waits for this probe. */
function expects({ watermark }: DataProductConfiguration, probe: string): boolean {
  if (watermark === null) return probe === 'watermarks';
  return probe === ('dbt' in watermark ? 'dbt' : 'landed');
}

function nothingYet({ watermark }: DataProductConfiguration): string {
  if (watermark === null) return 'no control table has told its watermark; configure control.watermarks or where its watermark is';
  return 'dbt' in watermark ? 'the folder of dbt has not been read yet; name it under dbt in the configuration' : `${plainText(watermark.relation, 80)} has not been read yet`;
}
