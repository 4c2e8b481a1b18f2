import type { CollectedQuery, ConnectionReference, Problem, QueryVariant } from '../../model/query.js';
import { regionAt, regions } from '../../sql/lexer.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import type { SourceFile } from '../common/source-file.js';
import { titleOf } from '../common/words.js';
import { readXml, type XmlElement, type XmlText } from '../common/xml.js';
import type { ReadContext } from '../source.js';
import { fromConnectionString } from './access.js';
import { nativeStatements } from './tsql.js';

const ID = 'powerbi';

/** Layout, pictures and code say nothing of what is read. */
const SKIPPED = new Set(['Body', 'ReportSections', 'Page', 'EmbeddedImages', 'Code', 'Fields', 'CustomProperties', 'Description']);

const ENGINES = new Map([
  ['SQL', 'mssql'],
  ['SQLAZURE', 'mssql'],
  ['SQLPDW', 'mssql'],
  ['ORACLE', 'oracle'],
  ['TERADATA', 'teradata'],
  ['OLEDB', 'oledb'],
  ['OLEDB-MD', 'analysis-services'],
  ['ODBC', 'odbc'],
  ['POSTGRESQL', 'postgres'],
  ['NPGSQL', 'postgres'],
]);

/** How sure it is that a text is a paginated report or a shared data set (Report Definition Language). */
export function rdlCertainty({ path, text }: SourceFile): number {
  const head = text.slice(0, 5_000);
  if (!/^\s*</.test(head)) return 0;
  const isNamed = /\.(rdlc?|rsd|rds)$/i.test(path);
  const isRdl = /<(?:Report|SharedDataSet)\b[^>]{0,1000}schemas\.microsoft\.com\/sqlserver\/reporting/.test(head) || (isNamed && /<(?:RptDataSource|DataSourceDefinition)\b/.test(head));
  if (!isRdl) return isNamed ? 0.4 : 0;
  return 0.95;
}

/** What reports share, by the last part of its path on the server, in lower case. */
export interface Shared {
  /** Data sources of `.rds` files. */
  sources: ReadonlyMap<string, ConnectionReference>;
  /** Data sets of `.rsd` files, with the reports that read each. */
  sets: ReadonlyMap<string, string[]>;
}

/** What is shared among a set of files. */
export function sharedOf(files: readonly SourceFile[]): Shared {
  const sources = new Map<string, ConnectionReference>();
  const sets = new Map<string, string[]>();
  for (const file of files) {
    if (/\.rsd$/i.test(file.path) && rdlCertainty(file) > 0.5) sets.set(reportName(file.path).toLowerCase(), []);
    if (!/\.rds$/i.test(file.path) || rdlCertainty(file) < 0.5) continue;
    const { root } = readXml(file.text);
    const name = root?.attribute('Name') ?? file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.rds$/i, '');
    if (root !== null) sources.set(name.toLowerCase(), { ...dataSourceOf(root), name });
  }
  for (const file of files) {
    if (!/\.rdlc?$/i.test(file.path)) continue;
    for (const match of file.text.matchAll(/<SharedDataSetReference>([^<]{1,500})</g)) {
      const readers = sets.get(lastPart(match[1] ?? ''));
      const report = reportName(file.path);
      if (readers !== undefined && !readers.includes(report)) readers.push(report);
    }
  }
  return { sources, sets };
}

function lastPart(path: string): string {
  return path.trim().slice(path.trim().lastIndexOf('/') + 1).toLowerCase();
}

/** The data sets of paginated reports, each with its command. */
export function readRdl(file: SourceFile, shared: Shared, context: ReadContext): CollectedQuery[] {
  const { root, problem } = readXml(file.text, (name, parent) => SKIPPED.has(name) && parent.name !== 'Query');
  if (problem !== null) {
    const { line, column } = file.position(problem.offset);
    const missing = root === null ? 'the queries of this file' : 'the queries behind that place';
    context.gap({ subject: file.path, missing, cause: `${problem.cause} at line ${line}, column ${column}`, remedy: 'export the report again; the other files were read', severity: 'partial' });
  }
  if (root === null || (root.name !== 'Report' && root.name !== 'SharedDataSet')) return [];
  const [reader, ...readers] = root.name === 'SharedDataSet' ? (shared.sets.get(reportName(file.path).toLowerCase()) ?? []) : [];
  const report = { name: reportName(file.path), container: reader !== undefined && readers.length === 0 ? reader : reportName(file.path) };
  const sources = new Map((root.child('DataSources')?.childrenNamed('DataSource') ?? []).map((item) => [item.attribute('Name') ?? '', known(dataSourceOf(item), shared)]));
  const sets = [...(root.child('DataSets')?.childrenNamed('DataSet') ?? []), ...root.childrenNamed('DataSet')];
  const parameterSets = new Set(dataSetsOfParameters(root));
  return sets.flatMap((set) => dataSetQueries(set, report, parameterSets, sources, shared, file, context));
}

/** A data source that only refers to a shared one is that one, where it is among the files. */
function known(reference: ConnectionReference, { sources }: Shared): ConnectionReference {
  const found = reference.engine === null && reference.host === null ? sources.get(lastPart(reference.id ?? reference.name ?? '')) : undefined;
  return found === undefined ? reference : { ...found, id: reference.id, name: reference.name };
}

function reportName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.(rdlc?|rsd|xml)$/i, '') || path;
}

function textOf(element: XmlElement | undefined): string | null {
  return element?.text().text.trim() || null;
}

function dataSourceOf(item: XmlElement): ConnectionReference {
  const name = item.attribute('Name');
  const properties = item.child('ConnectionProperties');
  const provider = textOf(properties?.child('DataProvider')) ?? textOf(properties?.child('Extension')) ?? textOf(item.child('Extension'));
  const written = textOf(properties?.child('ConnectString')) ?? textOf(item.child('ConnectString'));
  const base: ConnectionReference = { id: textOf(item.child('DataSourceReference')), name, engine: null, host: null, database: null };
  if (properties === undefined && written === null) return base;
  const told = written === null || written.startsWith('=') ? {} : fromConnectionString(written);
  return { ...base, ...told, name, engine: told.engine ?? ENGINES.get((provider ?? '').toUpperCase()) ?? provider?.toLowerCase() ?? null };
}

/** The data sets that fill the lists and defaults of parameters. */
function* dataSetsOfParameters(root: XmlElement): Generator<string> {
  for (const element of root.child('ReportParameters')?.descendants() ?? []) {
    const name = element.name === 'DataSetName' ? textOf(element) : null;
    if (name !== null) yield name;
  }
}

function dataSetQueries(
  set: XmlElement,
  { name: report, container }: { name: string; container: string },
  parameterSets: ReadonlySet<string>,
  sources: ReadonlyMap<string, ConnectionReference>,
  others: Shared,
  file: SourceFile,
  context: ReadContext,
): CollectedQuery[] {
  const name = set.attribute('Name') ?? set.attribute('Id') ?? 'data set';
  const query = set.child('Query');
  const command = query?.child('CommandText');
  const shared = textOf(set.at('SharedDataSet', 'SharedDataSetReference'));
  const sourceName = textOf(query?.child('DataSourceName')) ?? textOf(query?.child('DataSourceReference'));
  const connection = sources.get(sourceName ?? '') ?? (sourceName === null ? null : known({ id: null, name: sourceName, engine: null, host: null, database: null }, others));
  const element = command ?? set;
  const base = {
    kind: ID,
    role: parameterSets.has(name) ? ('variable' as const) : ('query' as const),
    sqlKind: 'statement' as const,
    title: titleOf(`${report}: ${name}`),
    description: null,
    container: { kind: 'dashboard' as const, id: container, title: titleOf(container) },
    owners: [],
    connection: connection ?? context.connection,
    reconstructed: false,
    isPublic: false,
    lifecycle: 'active' as const,
    usage: null,
    schedule: null,
  };
  const id = `${ID}:${report}:${name}`;
  const pointer = element.path();
  const stored = command?.text();
  // The text of a shared data set that is among the files is told there.
  if (stored === undefined && shared !== null && others.sets.has(lastPart(shared))) return [];
  if (stored === undefined || stored.text.trim() === '') {
    const message = shared === null ? 'the data set has no command' : `the command lies in the shared data set ${shared.slice(0, 100)}, which is not among the files`;
    return [{ ...base, id, origin: { file: file.path, pointer, ...file.position(element.start) }, raw: '', variants: [], problems: [{ code: 'missing-reference', message }] }];
  }
  return commands(stored, query, connection?.engine ?? null).map(({ start, raw, variants, problems }, index) => ({
    ...base,
    id: index === 0 ? id : `${id}:${index + 1}`,
    origin: { file: file.path, pointer, ...file.position(stored.offsetOf(start)) },
    raw,
    variants,
    problems,
  }));
}

interface Command {
  start: number;
  raw: string;
  variants: QueryVariant[];
  problems: Problem[];
}

function commands({ text }: XmlText, query: XmlElement | undefined, engine: string | null): Command[] {
  const type = textOf(query?.child('CommandType'));
  const refused = (code: Problem['code'], message: string): Command[] => [{ start: 0, raw: text.length > TEXT_LENGTH_MAX ? '' : text, variants: [], problems: [{ code, message }] }];
  if (type === 'StoredProcedure') return refused('unsupported', `the stored procedure ${text.trim().slice(0, 100)} runs in the database; what it reads is not in the report`);
  if (/^\s*=/.test(text)) return refused('dynamic-sql', 'the SQL is built by an expression of the report');
  if (engine === 'analysis-services' || /^\s*EVALUATE\b/i.test(text)) return refused('unsupported', 'the query is written in DAX or MDX, not in SQL');
  const names = (query?.child('QueryParameters')?.childrenNamed('QueryParameter') ?? []).flatMap((item) => item.attribute('Name') ?? []);
  const holes = parameterHoles(text, names);
  const found = text.length > TEXT_LENGTH_MAX ? [] : nativeStatements(text);
  const spans = found.length === 0 ? [{ start: 0, end: text.length }] : found;
  return spans.map(({ start, end }) => {
    const own = holes.filter((hole) => hole.start >= start && hole.end <= end).map((hole) => ({ ...hole, start: hole.start - start, end: hole.end - start }));
    const raw = text.slice(start, end);
    return { start, raw: raw.length > TEXT_LENGTH_MAX ? '' : raw, ...fillHoles(raw, own, { unknown: 'bound' }) };
  });
}

/** `@name` and `:name` of parameters that the report declares. */
function parameterHoles(text: string, names: readonly string[]): Hole[] {
  const declared = new Set(names.map((name) => name.replace(/^[@:]/, '').toLowerCase()));
  const view = regions(text);
  return [...text.matchAll(/[@:](\w{1,100})/g)].flatMap((match) => {
    const [whole, name = ''] = match;
    const isDeclared = declared.has(name.toLowerCase()) && regionAt(view, match.index)?.kind === 'code' && text.charAt(match.index - 1) !== whole.charAt(0);
    return isDeclared ? [{ start: match.index, end: match.index + whole.length, name }] : [];
  });
}
