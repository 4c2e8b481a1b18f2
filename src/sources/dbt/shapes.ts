import { z } from 'zod';

/** What is read of dbt's manifests (v1 to v12), project files, property files and profiles. Nothing is required: versions differ. */
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const anything = z.unknown().optional();
const list = z.array(z.unknown()).nullish().catch(null);
const object = z.record(z.string(), z.unknown()).nullish().catch(null);
const word = z.union([z.string(), z.number()]).transform(String).nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);

const period = z.object({ count: z.number().nullish().catch(null), period: text }).nullish().catch(null);
const freshness = z.object({ filter: text, warn_after: period, error_after: period, build_after: period }).nullish().catch(null);

export const configShape = z.object({
  /** A text is a template: `{{ target.type == 'postgres' }}`. */
  enabled: z.union([z.boolean(), z.string()]).nullish().catch(null),
  materialized: text,
  schema: text,
  database: text,
  alias: text,
  target_schema: text,
  target_database: text,
  meta: object,
  group: text,
  owner: anything,
  where: text,
  schedule: text,
  loaded_at_query: text,
  freshness,
  loaded_at_field: text,
  'pre-hook': anything,
  'post-hook': anything,
  // Of tests.
  fail_calc: text,
  severity: text,
  warn_if: text,
  error_if: text,
  limit: word,
  store_failures: flag,
});
export type DbtConfig = z.infer<typeof configShape>;

export const manifestShape = z.object({
  metadata: z.object({ dbt_schema_version: text, project_name: text, adapter_type: text }).nullish().catch(null),
  nodes: object,
  sources: object,
  exposures: object,
  groups: object,
  metrics: object,
  semantic_models: object,
  saved_queries: object,
  macros: object,
  disabled: anything,
});

const testMetadataShape = z.object({ name: text, namespace: text, kwargs: object });

export const nodeShape = z.object({
  unique_id: text,
  resource_type: text,
  name: text,
  alias: text,
  database: text,
  schema: text,
  relation_name: text,
  package_name: text,
  original_file_path: text,
  language: text,
  raw_code: text,
  raw_sql: text,
  compiled_code: text,
  compiled_sql: text,
  depends_on: z.object({ nodes: texts }).nullish().catch(null),
  description: text,
  config: configShape.nullish().catch(null),
  meta: object,
  group: text,
  version: word,
  latest_version: word,
  test_metadata: testMetadataShape.nullish().catch(null),
  column_name: text,
  attached_node: text,
});
export type ManifestNode = z.infer<typeof nodeShape>;

export const manifestSourceShape = z.object({
  unique_id: text,
  source_name: text,
  name: text,
  identifier: text,
  database: text,
  schema: text,
  relation_name: text,
  package_name: text,
  description: text,
  loaded_at_query: text,
  freshness,
  loaded_at_field: text,
  meta: object,
  source_meta: object,
  config: configShape.nullish().catch(null),
});

export const exposureShape = z.object({
  unique_id: text,
  package_name: text,
  name: text,
  label: text,
  type: text,
  url: text,
  description: text,
  owner: anything,
  meta: object,
  group: text,
  config: configShape.nullish().catch(null),
  depends_on: anything,
});

export const groupShape = z.object({ name: text, owner: anything, config: z.object({ meta: object }).nullish().catch(null) });

export const macroShape = z.object({ name: text, package_name: text, macro_sql: text });

export const projectShape = z.object({
  name: text,
  profile: text,
  'model-paths': texts,
  'source-paths': texts,
  'macro-paths': texts,
  'snapshot-paths': texts,
  'analysis-paths': texts,
  'test-paths': texts,
  'target-path': text,
  'packages-install-path': text,
  vars: object,
  models: object,
  snapshots: object,
  seeds: object,
  tests: object,
  data_tests: object,
  'on-run-start': anything,
  'on-run-end': anything,
});

export const profileShape = z.object({ target: text, outputs: object });
/** Passwords, tokens and keys are not among the fields and fall away here. */
export const outputShape = z.object({
  type: text,
  host: text,
  server: text,
  account: text,
  dbname: text,
  database: text,
  project: text,
  catalog: text,
  path: text,
  schema: text,
  dataset: text,
});

/** A model, snapshot, seed or source table of a property file. */
export const propertyShape = z.object({
  name: text,
  description: text,
  config: configShape.nullish().catch(null),
  meta: object,
  group: text,
  relation: text,
  identifier: text,
  loaded_at_query: text,
  freshness,
  loaded_at_field: text,
  tests: list,
  data_tests: list,
  columns: list,
  versions: list,
  latest_version: word,
});

export const sourceShape = z.object({
  name: text,
  database: text,
  schema: text,
  description: text,
  loaded_at_query: text,
  freshness,
  loaded_at_field: text,
  meta: object,
  config: configShape.nullish().catch(null),
  tables: list,
});

export const versionShape = z.object({ v: word, defined_in: text });

export const macroTestShape = z.object({ name: text, test_name: text, description: text, where: text, config: z.looseObject({ where: text }).nullish().catch(null) });
