import type { CollectedQuery } from '../../model/query.js';
import { fillHoles } from '../../template/holes.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { mustacheHoles } from '../../template/mustache.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import { connectionTo } from './connection.js';
import { parameterOf } from './parameters.js';
import type { RedashDataSource } from './shapes.js';

const HEADER_LENGTH_MAX = 4_000;
const LINE = /^[ \t*]*(Name|Data source|Created By|Last Update At|Query ID|Description)\s*:[ \t]*(.*)$/gim;

/** A script that begins with the comment that exporters of Redash write: at least two of its lines. */
export function isExportedScript({ text, path }: SourceFile): boolean {
  return /\.sql$/i.test(path) && headerOf(text).size >= 2;
}

function headerOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const head = text.slice(0, HEADER_LENGTH_MAX);
  if (!head.trimStart().startsWith('/*')) return found;
  const end = head.indexOf('*/');
  const comment = end < 0 ? head : head.slice(0, end);
  if (!/^[ \t*/]*(Data source|Query ID)\s*:/im.test(comment)) return found;
  for (const [, key = '', value = ''] of comment.matchAll(LINE)) if (value.trim() !== '' && !found.has(key.toLowerCase())) found.set(key.toLowerCase(), value.trim());
  return found;
}

/** Its data source is named by its number or its name. */
export function exportedScript(file: SourceFile, dataSources: Iterable<RedashDataSource>, context: ReadContext, prefix = 'redash'): CollectedQuery {
  const header = headerOf(file.text);
  const start = file.text.length - file.text.trimStart().length;
  const raw = file.text.slice(start).trimEnd();
  const { variants, problems } = fillHoles(raw, mustacheHoles(raw, (name) => parameterOf(name, [])));
  const author = header.get('created by');
  const dataSource = header.get('data source');
  const known = [...dataSources].find(({ id, name }) => String(id) === dataSource || name === dataSource);
  return {
    id: `${prefix}:query:${header.get('query id') ?? file.path}`,
    kind: 'redash',
    role: 'query',
    sqlKind: 'statement',
    title: titleOf(header.get('name')) ?? titleOf(file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.sql$/i, '')),
    description: descriptionOf(header.get('description')),
    container: null,
    owners: author === undefined ? [] : [{ name: author, via: 'author' }],
    connection: known !== undefined ? connectionTo(known) : dataSource === undefined ? context.connection : { id: dataSource, name: null, engine: null, host: null, database: null },
    origin: { file: file.path, pointer: '', ...file.position(start) },
    raw: raw.length > TEXT_LENGTH_MAX ? '' : raw,
    reconstructed: false,
    variants,
    isPublic: false,
    lifecycle: 'active',
    usage: null,
    schedule: null,
    problems,
  };
}
