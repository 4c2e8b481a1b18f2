import { problemRecord } from './common/record.js';
import type { CollectedQuery, ConnectionReference, Owner } from '../model/query.js';
import { isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import { descriptionOf, titleOf } from './common/words.js';
import { fetchCube } from './cube/api.js';
import { measureDeclaration } from './cube/declaration.js';
import { fragmentsOf, type CubeFragment } from './cube/fragments.js';
import { generatedSql, isMeta, MetaFile } from './cube/meta.js';
import { CubeModel, isJavaScript, type Cube, type GeneratedCube } from './cube/model.js';
import { stringOf, type ModelNode } from './cube/node.js';
import { CubeResolver } from './cube/resolver.js';
import type { ReadContext, Source } from './source.js';

const ID = 'cube';

/**
 * Cube: models in YAML and JavaScript (`model/`, earlier `schema/`), read after `@cubejs-backend/schema-compiler` 1.7, and what
 * its interface answers to `GET /cubejs-api/v1/meta?extended`. JavaScript is parsed, never run.
 */
export const source: Source = {
  id: ID,
  recognises(file) {
    if (isJavaScript(file)) return certaintyOfProgram(file.text);
    if (!/\b(cubes|views|view_groups|sql)\b/.test(file.text)) return 0;
    return certaintyOfValue(file.value);
  },
  read(files, context) {
    const origins = new Origins();
    const model = new CubeModel(files.filter((file) => !isMeta(file.json)), origins);
    const queries = new Map<string, CollectedQuery>();
    readModel(model, context, queries);
    // The interface tells the same cubes again, as they were compiled; what files tell comes first.
    const names = new Set(model.cubes.map(({ name }) => name));
    for (const file of files.filter(({ json }) => isMeta(json))) readModel(new MetaFile(file, origins, names).model, context, queries);
    for (const query of files.flatMap((file) => generatedSql(file, origins))) keep(query, query.origin.file, queries);
    origins.resolve();
    return [...queries.values()];
  },
  api: { credentials: "an API token: a JSON Web Token signed with the deployment's secret", fetch: fetchCube },
};

function certaintyOfProgram(text: string): number {
  if (!text.includes('cube(')) return 0;
  if (/(^|[^\w.])cube\(\s*[`'"][\w ]{1,100}[`'"]\s*,\s*\{/.test(text)) return 0.95;
  return /(^|[^\w.])cube\(\s*[`'"\w]/.test(text) && /\b(sql|sqlTable|sql_table|measures|dimensions|asyncModule)\b/.test(text) ? 0.8 : 0;
}

function certaintyOfValue(value: unknown): number {
  const documents = Array.isArray(value) ? value.slice(0, 10) : [value];
  return Math.max(0, ...documents.map(certaintyOfDocument));
}

function certaintyOfDocument(value: unknown): number {
  if (!isObject(value)) return 0;
  if (isMeta(value)) return 0.95;
  if (isObject(value['query']) && isObject(value['sql']) && Array.isArray(value['sql']['sql'])) return 0.9;
  const cubes = listed(value['cubes']);
  if (cubes.some((cube) => ['sql', 'sql_table', 'sqlTable', 'extends', 'measures', 'dimensions', 'joins'].some((key) => Object.hasOwn(cube, key)))) return 0.95;
  return listed(value['views']).some((view) => Array.isArray(view['cubes']) || Array.isArray(view['includes'])) ? 0.9 : 0;
}

function listed(value: unknown): Record<string, unknown>[] {
  const items: unknown[] = Array.isArray(value) ? value.slice(0, 50) : [];
  return items.filter(isObject).filter((item) => typeof item['name'] === 'string');
}

function readModel(model: CubeModel, context: ReadContext, queries: Map<string, CollectedQuery>): void {
  const resolver = new CubeResolver(model);
  for (const cube of model.cubes) {
    for (const fragment of fragmentsOf(cube, model, resolver)) keep(fragmentQuery(fragment, cube, model, context), cube.file.path, queries);
  }
  for (const [index, generated] of model.generated.entries()) {
    const { file, name } = generated;
    keep(generatedQuery(generated, name ?? `${file.path}:generated:${index + 1}`, context), file.path, queries);
  }
}

function fragmentQuery(fragment: CubeFragment, cube: Cube, model: CubeModel, context: ReadContext): CollectedQuery {
  const { part, role, sqlKind, node, origin, raw, reconstructed, variants, problems, schedule } = fragment;
  const owners = ownersOf(node, cube.node);
  const measure = role === 'metric' && part.startsWith('measure:') ? part.slice('measure:'.length) : null;
  return {
    id: `${ID}:${cube.name}:${part}`,
    kind: ID,
    role,
    sqlKind,
    title: titleOf(fragment.title),
    description: descriptionOf(fragment.description),
    container: { kind: 'model', id: cube.name, title: titleOf(stringOf(cube.node.get('title')) ?? cube.name) },
    owners,
    connection: connectionOf(cube, model) ?? context.connection ?? named('default'),
    origin,
    raw,
    reconstructed,
    variants,
    isPublic: false,
    lifecycle: 'active',
    usage: null,
    schedule,
    problems: variants.length === 0 && problems.length === 0 ? [{ code: 'unreadable', message: 'the text is empty' }] : problems,
    ...(measure === null ? {} : { declaration: measureDeclaration(cube, measure, fragment, model, owners) }),
  };
}

function generatedQuery({ file, origin, problem }: GeneratedCube, name: string, context: ReadContext): CollectedQuery {
  return problemRecord(ID, `${ID}:${name}`, origin, problem, { role: 'relation', title: titleOf(file.path.slice(file.path.lastIndexOf('/') + 1)), connection: context.connection ?? named('default') });
}

/** `meta.owner` of the member, then of its cube: a name, or an object with one. */
function ownersOf(...nodes: readonly ModelNode[]): Owner[] {
  const names = nodes.flatMap((node) => {
    const owner = node.get('meta')?.get('owner') ?? node.get('meta')?.get('owners');
    const stated = owner === undefined ? [] : [owner, ...owner.items()];
    return stated.flatMap((one) => titleOf(stringOf(one) ?? stringOf(one.get('email')) ?? stringOf(one.get('name'))) ?? []);
  });
  return [...new Set(names)].map((name) => ({ name, via: 'meta' }));
}

/** A data source of Cube; what stands behind it is known to the environment of the deployment (`CUBEJS_DS_…`). */
function connectionOf(cube: Cube, model: CubeModel): ConnectionReference | null {
  const name = stringOf(model.property(cube, 'data_source')?.node);
  return name === null || name === 'default' ? null : named(name);
}

function named(name: string): ConnectionReference {
  return { id: name, name, engine: null, host: null, database: null };
}

/** A cube of the same name in another file is another one: other deployments may stand in the folder. */
function keep(query: CollectedQuery, path: string, queries: Map<string, CollectedQuery>): void {
  let id = query.id;
  for (let count = 1; queries.has(id); count++) id = count === 1 ? `${query.id}@${path}` : `${query.id}@${path}#${count}`;
  queries.set(id, { ...query, id });
}
