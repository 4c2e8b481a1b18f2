import { z } from 'zod';
import type { CollectedQuery, ConnectionReference } from '../../model/query.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { wrapFragment } from '../../template/wrap.js';
import { pointerStep } from '../common/json-position.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import { neutraliseInitialSql } from './custom-sql.js';
import { tableVariant } from './names.js';
import { hostOf } from './workbook.js';

const ID = 'tableau';
const LOADS_SQL = /^\.v\w{1,20}\.LoadSql(Proxy)?$/;

const text = z.string().nullish().catch(null);
const attributesShape = z.object({ class: text, server: text, dbname: text, schema: text, datasourcename: text, datasourceName: text }).nullish().catch(null);
const connectionShape = z.object({ name: text, connectionAttributes: attributesShape });
/** An input of a flow, as far as it is read. */
const nodeShape = z.object({
  nodeType: text,
  name: text,
  description: text,
  connectionId: text,
  connectionAttributes: attributesShape,
  relation: z.object({ type: text, query: text, table: text }).nullish().catch(null),
});
type Node = z.infer<typeof nodeShape>;

/** How surely a document is a flow of Tableau Prep: `flow` within a `.tfl` or `.tflx`. */
export function flowCertainty(json: unknown): number {
  if (!isObject(json) || !isObject(json['nodes']) || !isObject(json['connections'])) return 0;
  const nodes = Object.values(json['nodes']).slice(0, 50);
  return nodes.some((node) => isObject(node) && typeof node['nodeType'] === 'string' && /^\.v\w{1,20}\.\w+$/.test(node['nodeType'])) ? 0.9 : 0;
}

/** What the flows of Tableau Prep read of databases each time that they run: custom SQL and tables. */
export function flowQueries(file: SourceFile, context: ReadContext, origins: Origins): CollectedQuery[] {
  const { json } = file;
  if (!isObject(json) || !isObject(json['nodes'])) return [];
  const connections = new Map(isObject(json['connections']) ? Object.entries(json['connections']) : []);
  const flow = flowName(file.path);
  return Object.entries(json['nodes']).flatMap(([id, value]) => {
    const node = isObject(value) ? nodeShape.parse(value) : null;
    const isProxy = LOADS_SQL.exec(node?.nodeType ?? '');
    if (node === null || isProxy === null) return [];
    const connection = connections.get(node.connectionId ?? '');
    return [record({ id, node, isProxy: isProxy[1] !== undefined, flow, connection: referenceOf(node, connection) ?? context.connection }, file, origins)];
  });
}

function flowName(path: string): string {
  const archive = path.split('!/')[0] ?? path;
  return archive.slice(archive.lastIndexOf('/') + 1).replace(/\.(tflx?|json)$/i, '') || path;
}

function referenceOf({ connectionId, connectionAttributes: own }: Node, value: unknown): ConnectionReference | null {
  if (!isObject(value)) return null;
  const { name, connectionAttributes: attributes } = connectionShape.parse(value);
  return { id: connectionId ?? null, name: titleOf(name), engine: attributes?.class ?? null, host: hostOf(attributes?.server ?? null), database: own?.dbname || attributes?.dbname || null };
}

interface Input {
  id: string;
  node: Node;
  isProxy: boolean;
  flow: string;
  connection: ConnectionReference | null;
}

function record({ id, node, isProxy, flow, connection }: Input, file: SourceFile, origins: Origins): CollectedQuery {
  const pointer = `${pointerStep('nodes')}${pointerStep(id)}`;
  const name = node.name ?? id;
  const { raw, step, ...read } = isProxy ? published(node) : inputOf(node, connection);
  return {
    id: `${ID}:${flow}:flow:${id}`,
    kind: ID,
    role: 'relation',
    title: titleOf(`${flow}: ${name}`),
    description: descriptionOf(node.description),
    container: { kind: 'dag', id: flow, title: titleOf(flow) },
    owners: [],
    connection,
    origin: origins.add(file, pointer + step),
    raw: raw.length > TEXT_LENGTH_MAX ? '' : raw,
    reconstructed: false,
    isPublic: false,
    lifecycle: 'active',
    usage: null,
    schedule: 'flow run',
    ...read,
  };
}

type Text = Pick<CollectedQuery, 'raw' | 'sqlKind' | 'variants' | 'problems'> & { step: string };

function inputOf({ relation }: Node, connection: ConnectionReference | null): Text {
  const { query, table } = relation ?? {};
  if (query?.trim()) return { raw: query, step: '/relation/query', sqlKind: 'statement', ...neutraliseInitialSql(query, new Map()) };
  if (table?.trim()) {
    const variants = [wrapFragment(tableVariant(table, connection?.engine ?? null), 'relation', null)];
    return { raw: table, step: '/relation/table', sqlKind: 'relation', variants, problems: [] };
  }
  return { raw: '', step: '', sqlKind: 'statement', variants: [], problems: [{ code: 'missing-reference', message: 'the input names neither a table nor a query' }] };
}

function published({ name, connectionAttributes: attributes }: Node): Text {
  const source = attributes?.datasourceName ?? attributes?.datasourcename ?? name ?? 'of an unknown name';
  const message = `the SQL lies in the published data source ${source.slice(0, 100)} on the Tableau server; export it too, or read the server`;
  return { raw: '', step: '', sqlKind: 'relation', variants: [], problems: [{ code: 'missing-reference', message }] };
}
