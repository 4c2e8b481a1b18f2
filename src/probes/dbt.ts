import path from 'node:path';
import { z } from 'zod';
import { plainText } from '../text/plain-text.js';
import { ProbeUnsupported, type FileProbe } from './probe.js';
import { ArtefactFile } from './warehouse/artefact-file.js';
import { manifestFile, runResultsFile, sourcesFile, type RelationNames } from './warehouse/dbt-artefacts.js';
import { parseTime } from './warehouse/time.js';

export const payload = z.object({
  /** `target/sources.json`; null where there is none. */
  sources: z
    .object({
      generated_at: z.number(),
      results: z.array(
        z.object({
          /** `schema.name` as in the manifest, or the unique id. */
          name: z.string(),
          /** As dbt calls it: `source.estate.shop.orders`. */
          unique_id: z.string().optional(),
          max_loaded_at: z.number().nullable(),
          snapshotted_at: z.number().nullable(),
          status: z.string(),
          warn_after_seconds: z.number().nullable(),
          error_after_seconds: z.number().nullable(),
        }),
      ),
    })
    .nullable(),
  /** `target/run_results.json`; null where there is none. */
  runs: z
    .object({
      generated_at: z.number(),
      results: z.array(
        z.object({
          /** Of the model, snapshot or seed. */
          name: z.string(),
          unique_id: z.string().optional(),
          /** `schema.name`; null where neither the run nor the manifest tells. */
          relation: z.string().nullable(),
          status: z.string(),
          finished_at: z.number().nullable(),
          execution_seconds: z.number().nullable(),
        }),
      ),
    })
    .nullable(),
});
export type DbtPayload = z.output<typeof payload>;

const RESULTS_MAX = 5_000;
/** What is built as a relation; tests and operations are not. */
const RESOURCES = new Set(['model', 'snapshot', 'seed']);
const PERIOD_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };

/**
 * Freshness and runs as dbt left them in its target folder: sources.json (schemas v1 to v3) and run_results.json (v3 to v6), and
 * names from manifest.json where it is there. Messages, SQL and test results are not taken: values may stand in them.
 */
export const probe: FileProbe<DbtPayload> = {
  kind: 'files',
  id: 'dbt',
  pace_seconds: 30,
  deadline_ms: 5_000,
  payload,
  paths: ({ dbt }) => dbt,
  create: (folder) => {
    const files = (name: string): string[] => [path.join(folder, 'target', name), path.join(folder, name)];
    const sources = new ArtefactFile(files('sources.json'), sourcesFile);
    const runs = new ArtefactFile(files('run_results.json'), runResultsFile);
    const manifest = new ArtefactFile(files('manifest.json'), manifestFile);
    return async ({ signal }) => {
      const found = { sources: await sources.read(signal), runs: await runs.read(signal) };
      if (found.sources === null && found.runs === null) {
        throw new ProbeUnsupported(
          `${plainText(folder, 300)}: dbt has left neither sources.json nor run_results.json there or in its target`,
          'Run dbt source freshness or dbt build there, or correct the folder under dbt.',
        );
      }
      const names = await namesFrom(manifest, signal);
      return { sources: found.sources === null ? null : sourcesOf(found.sources, names), runs: found.runs === null ? null : runsOf(found.runs, names) };
    };
  },
};

/** The manifest only gives names: one that is being written or too large costs nothing else. */
async function namesFrom(manifest: ArtefactFile<RelationNames>, signal: AbortSignal): Promise<RelationNames> {
  try {
    return (await manifest.read(signal)) ?? new Map();
  } catch {
    signal.throwIfAborted();
    return new Map();
  }
}

function sourcesOf(file: z.output<typeof sourcesFile>, names: RelationNames): NonNullable<DbtPayload['sources']> {
  return {
    generated_at: generatedAt(file),
    results: file.results.slice(0, RESULTS_MAX).map((result) => ({
      name: names.get(result.unique_id) ?? plainText(result.unique_id),
      unique_id: plainText(result.unique_id),
      max_loaded_at: timeIn(result.max_loaded_at),
      snapshotted_at: timeIn(result.snapshotted_at),
      status: plainText(result.status, 40),
      warn_after_seconds: secondsOf(result.criteria?.warn_after),
      error_after_seconds: secondsOf(result.criteria?.error_after),
    })),
  };
}

function runsOf(file: z.output<typeof runResultsFile>, names: RelationNames): NonNullable<DbtPayload['runs']> {
  const built = file.results.filter(({ unique_id }) => RESOURCES.has(unique_id.split('.', 1)[0] ?? ''));
  return {
    generated_at: generatedAt(file),
    results: built.slice(0, RESULTS_MAX).map((result) => ({
      // `model.estate.case_backlog_daily`, with a version behind it where there is one.
      name: plainText(result.unique_id.split('.').slice(2).join('.') || result.unique_id),
      unique_id: plainText(result.unique_id),
      relation: result.relation_name ?? names.get(result.unique_id) ?? null,
      status: plainText(result.status, 40),
      finished_at: timeIn(result.timing.find(({ name }) => name === 'execute')?.completed_at),
      execution_seconds: result.execution_time ?? null,
    })),
  };
}

function generatedAt({ metadata }: { metadata: { generated_at: string } }): number {
  return timeIn(metadata.generated_at) ?? 0;
}

function timeIn(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : parseTime(text);
}

function secondsOf(limit: { count?: number | null | undefined; period?: string | null | undefined } | null | undefined): number | null {
  const unit = PERIOD_SECONDS[limit?.period ?? ''];
  return unit === undefined || limit?.count === null || limit?.count === undefined ? null : limit.count * unit;
}
