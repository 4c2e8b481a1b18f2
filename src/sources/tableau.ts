import { isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { UniqueQueries } from './common/unique-queries.js';
import { readXml } from './common/xml.js';
import type { ReadContext, Source } from './source.js';
import { tableauApi } from './tableau/api.js';
import { customSqlOf, metadataCertainty, MetadataReader } from './tableau/metadata.js';
import { WorkbookReader, workbookName } from './tableau/workbook-reader.js';
import { flowCertainty, flowQueries } from './tableau/prep.js';
import { readWorkbook, skipsOfWorkbook, type Workbook } from './tableau/workbook.js';

const ID = 'tableau';
/** How much of a file is looked at to recognise it. */
const HEAD = 20_000;

/**
 * Tableau: workbooks (`.twb`) and data sources (`.tds`), packed or not, flows of Tableau Prep (`.tfl`), and what the Metadata API answers (`POST
 * /api/metadata/graphql`, `customSQLTables`). Extracts (`.hyper`) are data and not read.
 */
export const source: Source = {
  id: ID,
  recognises(file) {
    const { text } = file;
    if (/^\s*</.test(text.slice(0, HEAD))) return xmlCertainty(file);
    if (text.includes('customSQLTables') || text.includes('totalViewCount')) return metadataCertainty(file.json);
    return text.includes('"nodeType"') ? flowCertainty(file.json) : xmlCertainty(file);
  },
  read(files, context) {
    const queries = new UniqueQueries();
    const workbooks = files.flatMap((file) => workbookOf(file, context));
    const published = publishedAmong(workbooks);
    for (const { workbook, file } of workbooks) for (const query of new WorkbookReader(workbook, file, context, published).queries()) queries.add(query);
    const origins = new Origins();
    for (const file of files) if (flowCertainty(file.json) > 0) for (const query of flowQueries(file, context, origins)) queries.add(query);
    const metadata = new MetadataReader(files.filter(({ json }) => isObject(json) || Array.isArray(json)), context);
    for (const query of customSqlOf(metadata, origins)) queries.add(query);
    origins.resolve();
    return queries.all();
  },
  api: tableauApi,
};

function xmlCertainty({ path, text }: SourceFile): number {
  const head = text.slice(0, HEAD);
  if (!/^\s*</.test(head)) return 0;
  const isNamed = /\.(twb|tds)$/i.test(path);
  // The first element: what stands before it are declarations and comments.
  const start = head.search(/<(?:workbook|datasource)[\s>]/);
  if (start < 0) return isNamed ? 0.4 : 0;
  const element = head.slice(start, start + 2_000);
  const isTableau = /tableausoftware\.com\/xml|source-build=|source-platform=|formatted-name=/.test(element) || /<(?:datasources|connection class=|named-connections)\b/.test(head.slice(start));
  if (!isTableau) return isNamed ? 0.4 : 0;
  return isNamed ? 0.95 : 0.7;
}

interface ReadFile {
  workbook: Workbook;
  file: SourceFile;
}

function workbookOf(file: SourceFile, context: ReadContext): ReadFile[] {
  if (!/^\s*</.test(file.text.slice(0, HEAD))) return [];
  const { root, problem } = readXml(file.text, skipsOfWorkbook);
  if (problem !== null) {
    const { line, column } = file.position(problem.offset);
    const cause = `${problem.cause} at line ${line}, column ${column}`;
    context.gap({ subject: file.path, missing: root === null ? 'the queries of this file' : 'the queries behind that place', cause, remedy: 'export the file again; the other files were read', severity: 'partial' });
  }
  const workbook = root === null ? null : readWorkbook(root);
  return workbook === null ? [] : [{ workbook, file }];
}

/** The published data sources among the files, by every name that a workbook may call them, and the workbooks that do. */
function publishedAmong(workbooks: readonly ReadFile[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { workbook, file } of workbooks) {
    const { root } = workbook;
    if (root.name !== 'datasource') continue;
    const readers: string[] = [];
    for (const name of [workbookName(workbook, file), root.attribute('caption'), root.attribute('formatted-name')]) if (name) found.set(name, readers);
  }
  for (const { workbook, file } of workbooks) {
    const name = workbookName(workbook, file);
    for (const { published } of workbook.datasources) {
      const readers = found.get(published ?? '');
      if (readers !== undefined && !readers.includes(name)) readers.push(name);
    }
  }
  return found;
}
