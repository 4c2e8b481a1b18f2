import path from 'node:path';
import type { MetricGroup } from '../../model/metric-report.js';
import type { Snapshot } from '../../model/snapshot.js';
import { readBundle } from '../../snapshot/bundle.js';
import { createParsers } from '../../sql/parse/parsers.js';
import { openLive } from '../../stores/index.js';
import { targetOf } from '../../stores/shared/target.js';
import type { CommandContext } from '../command.js';
import { Scratch } from '../scratch.js';
import { givenTargets, type Prepared, prepareBundle, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { MetricsAnswer } from './answer.js';
import { byConsequence } from './consequence.js';
import type { AskedStore } from './measuring.js';
import type { ListOptions, ShowOptions } from './options.js';

type LookOptions = Pick<ListOptions & ShowOptions, 'postgres' | 'duckdb' | 'warehouse' | 'dashboards' | 'measure'>;

export interface LookedAtMetrics {
  answer: MetricsAnswer;
  /** The same groups with today's numbers. Only of live stores. */
  measure(groups: readonly MetricGroup[]): Promise<MetricGroup[]>;
}

/** Looks at a bundle or at what is live and compares what is defined. Throws UsageError, BundleError, ConfigurationError. */
export async function lookAtMetrics(context: CommandContext, bundles: readonly string[], options: LookOptions): Promise<LookedAtMetrics> {
  const { lifetime, progress } = context;
  const { prepared, snapshot, isLive } = await snapshotOf(context, bundles, options);
  progress.stage('comparing definitions');
  const { configuration } = prepared;
  const { joinOnly } = await import('../../audit.js');
  const { report, boundaries } = await joinOnly(snapshot, configuration, toolVersion(), { signal: lifetime.signal });
  const { metricAnalysis } = await import('../../graph/metric-subjects.js');
  const scratch = new Scratch(lifetime.signal);
  const parsers = await createParsers({ signal: lifetime.signal });
  try {
    const { groups, coverage } = await metricAnalysis(boundaries, parsers, { scratch: ({ engine }) => scratch.space(engine), contracts: snapshot.contracts ?? [], ...(configuration.metrics === undefined ? {} : { metrics: configuration.metrics }) });
    lifetime.signal.throwIfAborted();
    const answer: MetricsAnswer = {
      schemaVersion: 1,
      tool: { name: 'tidemark', version: toolVersion() },
      takenAt: snapshot.takenAt,
      stores: snapshot.stores.map(({ name, role, engine }) => ({ name, role, engine })),
      groups: byConsequence(groups),
      coverage,
      gaps: [...report.gaps, ...scratch.gaps],
      assumptions: [...prepared.assumptions, ...report.assumptions],
    };
    return { answer, measure: (chosen) => measureLive(context, prepared, snapshot, chosen, isLive) };
  } finally {
    await Promise.all([scratch.close(), parsers.close()]);
  }
}

interface Seen {
  prepared: Prepared;
  snapshot: Snapshot;
  isLive: boolean;
}

async function snapshotOf(context: CommandContext, [bundle, another]: readonly string[], { measure, ...targets }: LookOptions): Promise<Seen> {
  if (another !== undefined) throw new UsageError('metrics are compared within one bundle, and several were given', 'tidemark collect writes all stores and dashboards of a configuration into one bundle');
  if (bundle !== undefined) {
    if (measure === true) throw new UsageError('a bundle holds no connection: --measure runs definitions on live stores', 'as in tidemark metrics -c tidemark.yaml --measure');
    context.progress.stage(`reading ${bundle}`);
    const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
    return { prepared: await prepareBundle(context, givenTargets(targets), snapshot), snapshot, isLive: false };
  }
  const prepared = await prepareLive(context, givenTargets(targets));
  if (measure === true && prepared.configuration.stores.length === 0) throw new UsageError('--measure runs definitions on stores, and none was given', 'name one with --postgres or --duckdb, or in tidemark.yaml');
  const { takeSnapshot } = await import('../take-snapshot.js');
  return { prepared, snapshot: await takeSnapshot(context, prepared), isLive: true };
}

async function measureLive(context: CommandContext, { configuration }: Prepared, snapshot: Snapshot, groups: readonly MetricGroup[], isLive: boolean): Promise<MetricGroup[]> {
  if (!isLive) return [...groups];
  const { host, lifetime, progress } = context;
  const { measured } = await import('./measuring.js');
  progress.stage('measuring');
  const stores = snapshot.stores.flatMap(({ name, engine, catalog }): AskedStore[] => {
    const configured = configuration.stores.find((one) => one.name === name);
    if (configured === undefined || configured.url === null) return [];
    if (engine !== 'postgres' && engine !== 'duckdb') {
      context.output.note(`${name}: --measure asks PostgreSQL and DuckDB only, so no definition on this store of ${engine} was measured`);
      return [];
    }
    const open = { environment: host.environment, homeDirectory: host.homeDirectory, signal: lifetime.signal, lockFree: true };
    return [{ name, engine, catalog, open: () => openLive(engine, targetOf(configured), open) }];
  });
  const parsers = await createParsers({ signal: lifetime.signal });
  try {
    return await measured(groups, { stores, parsers, signal: lifetime.signal, onProgress: progress.detail });
  } finally {
    await parsers.close();
  }
}
