import { z } from 'zod';
import type { ConnectionReference } from '../../model/query.js';
import { pointerStep } from '../common/json-position.js';
import { isObject, parsedJson } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import { fromConnectionString, serverOf } from './access.js';
import { emptyModel, type Model, type PartitionSource } from './model.js';
import { jsonText } from './placed-text.js';
import type { TmdlObject } from './tmdl.js';

/** The folder of a model in a project, which gives it its name. */
const MODEL_FOLDER = /(?:^|\/)([^/]+)\.(?:SemanticModel|Dataset|Dataflow)\//;

/** Which model a file belongs to: its project folder, the archive it lies in, or its own folder. */
export function modelOf(path: string): string {
  const named = MODEL_FOLDER.exec(path)?.[1];
  if (named !== undefined) return named;
  const archive = /([^/]+)\.pbi[tx]!\//i.exec(path)?.[1];
  if (archive !== undefined) return archive;
  const folders = path.split('/').slice(0, -1).filter((folder) => !/^(definition|tables|expressions)$/i.test(folder));
  return folders.at(-1) ?? 'model';
}

/** Adds what one TMDL file defines. */
export function addTmdl(model: Model, objects: readonly TmdlObject[]): void {
  for (const object of objects) {
    const { keyword, name, expression, children } = object;
    if (keyword === 'table') addTmdlTable(model, object);
    else if (keyword === 'expression' && expression !== null) model.expressions.push({ name, description: object.description, text: expression });
    else if (keyword === 'model') model.defaultMode = object.properties.get('defaultMode') ?? model.defaultMode;
    else if (keyword === 'dataSource') model.dataSources.set(name, dataSourceOf(name, object.properties.get('connectionString'), detailsOf(object)));
    if (keyword === 'createOrReplace' || keyword === 'createOrAlter' || keyword === 'model' || keyword === 'database') addTmdl(model, children);
  }
}

function addTmdlTable(model: Model, table: TmdlObject): void {
  const before = model.partitions.length;
  for (const partition of table.children) {
    if (partition.keyword !== 'partition') continue;
    const source = tmdlSource(partition);
    if (source === null) continue;
    model.partitions.push({ table: table.name, name: partition.name, mode: partition.properties.get('mode') ?? null, description: table.description, source });
  }
  if (model.partitions.length > before) return;
  // The service cuts a table with incremental refresh into partitions that hold a range only: the text stands in the policy.
  const text = table.children.find(({ keyword }) => keyword === 'refreshPolicy')?.expressions.get('sourceExpression');
  if (text === undefined) return;
  const mode = table.children.find(({ keyword }) => keyword === 'partition')?.properties.get('mode') ?? null;
  model.partitions.push({ table: table.name, name: 'refresh policy', mode, description: table.description, source: { kind: 'm', text } });
}

function tmdlSource({ expression, expressions, children }: TmdlObject): PartitionSource | null {
  const type = expression?.text.trim() ?? 'm';
  const block = children.find(({ keyword }) => keyword === 'source');
  const text = expressions.get('source') ?? block?.expression ?? block?.expressions.get('expression') ?? null;
  if (type === 'query') {
    const query = block?.expressions.get('query') ?? text;
    const dataSource = block?.properties.get('dataSource') ?? block?.expressions.get('dataSource')?.text ?? null;
    return query === undefined || query === null ? null : { kind: 'query', text: query, dataSource: unquoted(dataSource) };
  }
  if (type === 'entity') {
    const entity = block?.properties.get('entityName');
    if (block === undefined || entity === undefined) return null;
    const place = block.propertyPlaces.get('entityName');
    const schema = unquoted(block.properties.get('schemaName') ?? null);
    return place === undefined ? null : { kind: 'entity', entity: place, schema, expression: unquoted(block.properties.get('expressionSource') ?? null) };
  }
  // Calculated tables are DAX over other tables.
  return type === 'm' && text !== null ? { kind: 'm', text } : null;
}

/** `connectionDetails = { "protocol": "tds", "address": … }`. */
function detailsOf({ expressions }: TmdlObject): ConnectionDetails {
  return connectionDetailsShape.parse(parsedJson(expressions.get('connectionDetails')?.text ?? 'null'));
}

function unquoted(name: string | null): string | null {
  return name !== null && /^'[^]*'$/.test(name) ? name.slice(1, -1).replaceAll("''", "'") : name;
}

const text = z.string().nullish().catch(null);
const list = z.array(z.unknown()).nullish().catch(null);
const anything = z.unknown().optional();
const tableShape = z.object({ name: text, description: text, partitions: list, refreshPolicy: z.object({ sourceExpression: anything }).nullish().catch(null) });
const partitionShape = z.object({ name: text, mode: text, source: z.object({ type: text, expression: anything, query: anything, dataSource: text, entityName: text, schemaName: text, expressionSource: text }).nullish().catch(null) });
const expressionShape = z.object({ name: text, description: text, expression: anything });
const connectionDetailsShape = z.object({ protocol: text, address: z.object({ server: text, database: text }).nullish().catch(null) }).nullish().catch(null);
type ConnectionDetails = z.infer<typeof connectionDetailsShape>;
const dataSourceShape = z.object({ name: text, connectionString: text, connectionDetails: connectionDetailsShape });
/** Protocols of structured data sources in the words of the access functions. */
const PROTOCOLS = new Map([
  ['tds', 'mssql'],
  ['postgresql', 'postgres'],
  ['google-bigquery', 'bigquery'],
]);

/** The model within a TMSL document: `model.bim`, `DataModelSchema`, or a command that creates a database. */
export function tmslModel(json: unknown): { name: string | null; value: Record<string, unknown>; pointer: string } | null {
  let at: unknown = json;
  let pointer = '';
  for (let depth = 0; depth < 4 && isObject(at); depth++) {
    const { model, name } = at;
    if (isObject(model) && Array.isArray(model['tables'])) return { name: typeof name === 'string' ? name : null, value: model, pointer: `${pointer}/model` };
    const step = ['createOrReplace', 'create', 'alter', 'database'].find((key) => isObject(isObject(at) ? at[key] : null));
    if (step === undefined) return null;
    at = at[step];
    pointer += pointerStep(step);
  }
  return null;
}

export function addTmsl(model: Model, { value, pointer }: NonNullable<ReturnType<typeof tmslModel>>, file: SourceFile, origins: Origins): void {
  const { defaultMode, tables, expressions, dataSources } = value;
  if (typeof defaultMode === 'string') model.defaultMode = defaultMode;
  for (const [index, item] of objects(dataSources)) {
    const { name, connectionString, connectionDetails } = dataSourceShape.parse(item);
    model.dataSources.set(name ?? String(index), dataSourceOf(name ?? null, connectionString, connectionDetails));
  }
  for (const [index, item] of objects(expressions)) {
    const { name, description, expression } = expressionShape.parse(item);
    const placed = jsonText(origins, file, `${pointer}/expressions/${index}/expression`, expression);
    if (placed !== null) model.expressions.push({ name: name ?? `expression ${index + 1}`, description: descriptionOf(description), text: placed });
  }
  for (const [index, item] of objects(tables)) {
    const table = tableShape.parse(item);
    const before = model.partitions.length;
    for (const [at, inner] of objects(table.partitions)) {
      const partition = partitionShape.parse(inner);
      const source = tmslSource(partition.source, file, `${pointer}/tables/${index}/partitions/${at}/source`, origins);
      if (source === null) continue;
      model.partitions.push({ table: table.name ?? `table ${index + 1}`, name: partition.name ?? `partition ${at + 1}`, mode: partition.mode ?? null, description: descriptionOf(table.description), source });
    }
    if (model.partitions.length > before) continue;
    const policy = jsonText(origins, file, `${pointer}/tables/${index}/refreshPolicy/sourceExpression`, table.refreshPolicy?.sourceExpression);
    if (policy !== null) model.partitions.push({ table: table.name ?? `table ${index + 1}`, name: 'refresh policy', mode: null, description: descriptionOf(table.description), source: { kind: 'm', text: policy } });
  }
}

function dataSourceOf(name: string | null, connectionString: string | null | undefined, details: ConnectionDetails): ConnectionReference {
  const base: ConnectionReference = { id: null, name: null, engine: null, host: null, database: null };
  if (connectionString) {
    const told = fromConnectionString(connectionString);
    return { ...base, ...told, engine: told.engine ?? (/SqlClient/i.test(connectionString) ? 'mssql' : null), name };
  }
  const server = serverOf(details?.address?.server ?? '');
  const protocol = details?.protocol ?? null;
  return { ...base, engine: protocol === null ? null : (PROTOCOLS.get(protocol.toLowerCase()) ?? protocol), host: server.host, database: details?.address?.database ?? server.database, name };
}

function tmslSource(source: z.infer<typeof partitionShape>['source'], file: SourceFile, pointer: string, origins: Origins): PartitionSource | null {
  if (!source) return null;
  if (source.type === 'entity' || source.entityName) {
    const entity = jsonText(origins, file, `${pointer}/entityName`, source.entityName);
    return entity === null ? null : { kind: 'entity', entity, schema: source.schemaName ?? null, expression: source.expressionSource ?? null };
  }
  if (source.type === 'query' || (source.query !== undefined && source.query !== null)) {
    const query = jsonText(origins, file, `${pointer}/query`, source.query);
    return query === null ? null : { kind: 'query', text: query, dataSource: source.dataSource ?? null };
  }
  if (source.type !== 'm' && source.type !== null && source.type !== undefined) return null;
  const expression = jsonText(origins, file, `${pointer}/expression`, source.expression);
  return expression === null ? null : { kind: 'm', text: expression };
}

function objects(value: unknown): [number, Record<string, unknown>][] {
  return Array.isArray(value) ? value.flatMap((item: unknown, index): [number, Record<string, unknown>][] => (isObject(item) ? [[index, item]] : [])) : [];
}

/** The name of a model as people gave it; templates hold one that was made up. */
export function givenName(name: string | null, path: string): string | null {
  const isMadeUp = name === null || /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name) || /\.pbi[tx]!\//i.test(path) || MODEL_FOLDER.test(path);
  return isMadeUp || name.trim() === '' ? null : name;
}

/** The models of a set of files, by name. */
export class Models {
  readonly byId = new Map<string, Model>();

  of(id: string): Model {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const model = emptyModel(id, titleOf(id));
    this.byId.set(id, model);
    return model;
  }
}
