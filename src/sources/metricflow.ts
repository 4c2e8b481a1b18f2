import { isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { collectDocuments, isSemanticManifest } from './metricflow/documents.js';
import { SemanticLayer } from './metricflow/model.js';
import type { SemanticContext } from './metricflow/read.js';
import { readReference, relationName } from './metricflow/relation.js';
import { layerQueries } from './metricflow/records.js';
import type { Source } from './source.js';

const ID = 'metricflow';
const KEYS = ['semantic_model', 'metric', 'saved_query', 'project_configuration'];

/**
 * MetricFlow apart from a dbt project: YAML files of one or more documents, each a `semantic_model:`, `metric:`,
 * `saved_query:` or `project_configuration:`, and `semantic_manifest.json`.
 */
export const source: Source = {
  id: ID,
  recognises(file) {
    if (/\.ya?ml$/i.test(file.path)) return certaintyOfDocuments(file);
    return file.text.includes('"semantic_models"') && isSemanticManifest(file.json) ? 0.85 : 0;
  },
  read(files, { connection }) {
    const origins = new Origins();
    const taken = new Set<string>();
    const queries = layersOf(files).flatMap((layer) =>
      layerQueries(layer, { kind: ID, connection, container: () => null, nativeId: (type, _project, name) => `${type}.${name}`, origins }),
    );
    origins.resolve();
    return queries.map((query) => ({ ...query, id: unusedId(query.id, taken) }));
  },
};

/** A semantic manifest is whole in itself; YAML files make one layer together. */
function layersOf(files: readonly SourceFile[]): SemanticLayer[] {
  const shared = new SemanticLayer('keep');
  const layers = [shared];
  for (const file of files.toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))) {
    const layer = isSemanticManifest(file.json) ? new SemanticLayer('keep') : shared;
    if (layer !== shared) layers.push(layer);
    collectDocuments(file, layer, context);
  }
  return layers;
}

/** Another project may use the same name. */
function unusedId(id: string, taken: Set<string>): string {
  let candidate = id;
  for (let count = 2; taken.has(candidate); count++) candidate = `${id}#${count}`;
  taken.add(candidate);
  return candidate;
}

const context: SemanticContext = {
  project: null,
  relationOf(reference) {
    const read = readReference(reference);
    if (read === null) return null;
    return read.kind === 'source' ? relationName(...read.names.slice(0, 2)) : relationName(read.names.at(-1));
  },
  groupOwners: () => [],
};

function certaintyOfDocuments(file: SourceFile): number {
  if (!/^(?:semantic_model|metric|saved_query):\s*$/m.test(file.text)) return 0;
  const { yaml } = file;
  const documents: unknown[] = Array.isArray(yaml) ? yaml : [yaml];
  return documents.some((document) => isObject(document) && KEYS.some((key) => isObject(document[key]) && (key === 'project_configuration' || typeof document[key]['name'] === 'string'))) ? 0.85 : 0;
}
