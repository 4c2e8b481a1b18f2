import type { CollectedQuery, Origin } from '../../model/query.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { titleOf } from '../common/words.js';
import { functionText } from './javascript.js';
import { CubeModel } from './model.js';
import { YamlNode, type ModelNode, type ModelText } from './node.js';

/** An answer to `GET /cubejs-api/v1/meta?extended`: its members are named with their cubes. */
export function isMeta(json: unknown): boolean {
  if (!isObject(json) || !Array.isArray(json['cubes'])) return false;
  const first: unknown = json['cubes'][0];
  if (!isObject(first) || typeof first['name'] !== 'string') return false;
  return Object.hasOwn(first, 'connectedComponent') || Object.hasOwn(first, 'isVisible') || (Object.hasOwn(first, 'type') && Object.hasOwn(first, 'segments'));
}

/** The cubes of an answer, as a model. */
export class MetaFile {
  readonly model: CubeModel;

  constructor(file: SourceFile, origins: Origins, known: ReadonlySet<string>) {
    this.model = new CubeModel([], origins);
    const root = new MetaNode(file, file.json, '', origins);
    for (const item of root.get('cubes')?.items() ?? []) {
      const name = item.get('name')?.path() ?? null;
      if (name !== null && !known.has(name)) this.model.add(name, item, file);
    }
  }
}

/** Members are named `orders.count`, and SQL is the text of a function that gives it. */
class MetaNode extends YamlNode implements ModelNode {
  override get(key: string): MetaNode | undefined {
    // The type of a measure's values is told as its `type`.
    const found = (key === 'type' ? super.get('agg_type') : undefined) ?? super.get(key);
    return found instanceof YamlNode ? this.#of(found) : undefined;
  }

  override items(): MetaNode[] {
    return super.items().flatMap((item) => (item instanceof YamlNode ? [this.#of(item)] : []));
  }

  override named(): [string, ModelNode][] {
    return super.named().map(([name, node]) => [name.slice(name.lastIndexOf('.') + 1), node]);
  }

  override text(): ModelText | null {
    const found = typeof this.value === 'string' ? functionText(this.value) : null;
    return found === null ? super.text() : { text: found.text, style: 'javascript' };
  }

  override origin(): Origin {
    const found = typeof this.value === 'string' ? functionText(this.value) : null;
    return this.origins.add(this.file, this.pointer, found?.offset ?? 0);
  }

  #of({ file, value, pointer, origins }: YamlNode): MetaNode {
    return new MetaNode(file, value, pointer, origins);
  }
}

/** What Cube says that it would send: an answer of `POST /cubejs-api/v1/sql`, kept with the question. */
export function generatedSql(file: SourceFile, origins: Origins): CollectedQuery[] {
  const { json } = file;
  if (!isObject(json) || !isObject(json['sql']) || !isObject(json['query'])) return [];
  const parts: unknown = json['sql']['sql'];
  const sql: unknown = Array.isArray(parts) ? parts[0] : null;
  if (typeof sql !== 'string' || sql.trim() === '') return [];
  const measures: unknown = json['query']['measures'];
  const first: unknown = Array.isArray(measures) ? measures[0] : null;
  const cube = typeof first === 'string' ? (first.split('.')[0] ?? 'query') : 'query';
  const source: unknown = json['sql']['dataSource'];
  const name = typeof source === 'string' ? source : 'default';
  return [
    {
      id: `cube:${cube}:generated`,
      kind: 'cube',
      role: 'query',
      sqlKind: 'statement',
      title: titleOf(`${cube}, its measures`),
      description: null,
      container: { kind: 'model', id: cube, title: titleOf(cube) },
      owners: [],
      connection: { id: name, name, engine: null, host: null, database: null },
      origin: origins.add(file, '/sql/sql/0'),
      raw: sql,
      reconstructed: false,
      variants: [{ label: 'default', sql, map: [], assumptions: ['Cube gives it for a query of the measures of the cube'] }],
      isPublic: false,
      lifecycle: 'active',
      usage: null,
      schedule: null,
      problems: [],
    },
  ];
}
