import type { CollectedQuery } from '../model/query.js';
import { isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { ID } from './dbt/context.js';
import { projectQueries } from './dbt/estate.js';
import { isManifest } from './dbt/manifest.js';
import { PROPERTY_KEYS } from './dbt/properties.js';
import { isProjectFile, nameOf, Workspace } from './dbt/workspace.js';
import { isSemanticManifest } from './metricflow/documents.js';
import type { Source, Surroundings } from './source.js';

/** Folders of a project that dbt makes or looks into by default. */
const USUAL_FOLDERS = /^(?:models|snapshots|analyses|analysis|tests?|macros|seeds|data|target|dbt_packages|dbt_modules)\//;
/** Tags that only a template of dbt has. */
const DBT_TAGS = /\{\{-?\s*(?:ref|source|config|var|this|env_var)\b|\{%-?\s*(?:snapshot|macro|test|materialization|do|set|if|for)\b/;
/** How much of a file is looked at to tell whether it is a template. */
const HEAD_LENGTH = 200_000;

/**
 * dbt: `target/manifest.json` of any version, and the files of a project (found by its `dbt_project.yml`) without compiling
 * them: models, snapshots, analyses, tests, macros, property files and profiles. Where both are there, each model is read
 * once. Property files that stand alone are read for their exposures, metrics and sources.
 */
export const source: Source = {
  id: ID,
  recognises(file, surroundings) {
    if (file.path.endsWith('.json')) return certaintyOfJson(file, surroundings);
    const root = surroundings.nearest('dbt_project.yml', file.path);
    if (/\.ya?ml$/i.test(file.path)) return certaintyOfYaml(file, root, surroundings);
    if (root === null) return 0;
    const relative = root === '' ? file.path : file.path.slice(root.length + 1);
    if (/\.sql$/i.test(file.path)) return USUAL_FOLDERS.test(relative) || DBT_TAGS.test(file.text.slice(0, HEAD_LENGTH)) ? 0.95 : 0;
    return file.path.endsWith('.py') && /^def model\(\s*dbt\b/m.test(file.text) ? 0.95 : 0;
  },
  read(files, { connection, declare }) {
    const workspace = new Workspace(files);
    const origins = new Origins();
    const queries = new Map<string, CollectedQuery>();
    for (const project of workspace.projects) {
      for (const query of projectQueries(project, workspace.profiles, origins, connection, declare)) {
        query.id = unusedId(query.id, queries);
        queries.set(query.id, query);
      }
    }
    origins.resolve();
    return [...queries.values()];
  },
};

function certaintyOfJson(file: SourceFile, surroundings: Surroundings): number {
  const { text } = file;
  if (text.includes('"dbt_schema_version"')) {
    if (isManifest(file.json)) return 0.97;
    // Results, catalogs and the like: known, and without a query.
    const { json } = file;
    return isObject(json) && isObject(json['metadata']) && typeof json['metadata']['dbt_schema_version'] === 'string' ? 0.9 : 0;
  }
  if (!text.includes('"semantic_models"') || !isSemanticManifest(file.json)) return 0;
  const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  return surroundings.nearest('dbt_project.yml', file.path) !== null || surroundings.has(`${folder}manifest.json`) ? 0.95 : 0;
}

function certaintyOfYaml(file: SourceFile, root: string | null, surroundings: Surroundings): number {
  const name = nameOf(file.path);
  if (name === 'dbt_project.yml') return isProjectFile(file.yaml) ? 0.95 : 0;
  if (name === 'profiles.yml') return /^\s+outputs:/m.test(file.text) && (root !== null || surroundings.has(`${file.path.slice(0, -name.length)}dbt_project.yml`)) ? 0.9 : 0;
  if (!PROPERTY_KEYS.some((key) => file.text.includes(`${key}:`))) return 0;
  const { yaml } = file;
  if (!isObject(yaml)) return 0;
  const lists = PROPERTY_KEYS.filter((key) => Array.isArray(yaml[key]));
  if (root !== null) return lists.some((key) => hasNamedItem(yaml[key])) ? 0.8 : 0;
  return isPropertyFileAlone(yaml) ? 0.6 : 0;
}

function hasNamedItem(value: unknown): boolean {
  return Array.isArray(value) && value.some((item) => isObject(item) && typeof item['name'] === 'string');
}

/** A property file without its project: it must say something that only dbt says. */
function isPropertyFileAlone(yaml: Record<string, unknown>): boolean {
  const some = (key: string, test: (item: Record<string, unknown>) => boolean): boolean => {
    const list = yaml[key];
    return Array.isArray(list) && list.some((item) => isObject(item) && typeof item['name'] === 'string' && test(item));
  };
  const hasKey = (...keys: string[]) => (item: Record<string, unknown>): boolean => keys.some((key) => Object.hasOwn(item, key));
  return (
    some('exposures', (item) => Array.isArray(item['depends_on'])) ||
    some('semantic_models', hasKey('entities', 'measures', 'dimensions')) ||
    some('metrics', hasKey('type_params', 'calculation_method')) ||
    some('saved_queries', hasKey('query_params')) ||
    some('models', hasKey('semantic_model', 'derived_semantics')) ||
    some('sources', (item) => Array.isArray(item['tables']))
  );
}

/** Two projects may share a name. */
function unusedId(id: string, queries: ReadonlyMap<string, CollectedQuery>): string {
  let candidate = id;
  for (let count = 2; queries.has(candidate); count++) candidate = `${id}#${count}`;
  return candidate;
}
