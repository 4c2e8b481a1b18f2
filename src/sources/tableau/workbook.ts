import type { ConnectionReference } from '../../model/query.js';
import { connectionOfUrl } from '../code/connection-url.js';
import type { XmlElement, XmlText } from '../common/xml.js';

/** What a workbook or data source file tells, apart from its SQL. */
export interface Workbook {
  root: XmlElement;
  /** Without the pseudo data source of the parameters. */
  datasources: Datasource[];
  parameters: ReadonlyMap<string, Parameter>;
}

export interface Datasource {
  element: XmlElement;
  /** Tableau's internal name, which stays when it is renamed. */
  name: string;
  caption: string;
  connections: readonly NamedConnection[];
  connectionsByName: ReadonlyMap<string | null, NamedConnection>;
  /** True where the workbook reads a copy that is refreshed, not the store. */
  isExtract: boolean;
  /** `hyper`, before v10.5 `tde`; null for a live data source and where nothing tells. */
  extractFormat: string | null;
  /** The published data source it stands for; null for one of its own. */
  published: string | null;
  worksheets: string[];
  dashboards: string[];
}

export interface NamedConnection {
  /** What relations call it; null where there is only one, without a name. */
  name: string | null;
  element: XmlElement;
  reference: ConnectionReference;
}

/** A parameter of the workbook as it was saved. */
export interface Parameter {
  caption: string;
  datatype: string;
  /** As Tableau writes literals: `"abc"`, `10`, `#2024-01-01#`, `true`. */
  value: string;
}

/** Connections to files and web pages: their tables are sheets, which no SQL reaches. */
const FILES = /^(excel-direct|excel|textscan|textclean|csv|hyper|dataengine|ogrdirect|google-sheets|webdata-direct.*|semistructpassivestore-direct|pdf-direct|stat-direct|cloudfile:.*|msbing)$/i;

/** Large parts of a workbook that say nothing about what is read. */
const SKIPPED = new Set([
  'thumbnails', 'windows', 'metadata-records', 'style', 'shapes', 'external', 'mapsources', 'cols', 'layout', 'semantic-values', 'aliases', 'preferences',
  'devicelayouts', 'document-format-change-manifest', 'datasource-dependencies', 'panes', 'pane', 'rows', 'filter', 'column-instance', 'columns', 'group', 'style-rule',
]);

export function skipsOfWorkbook(name: string): boolean {
  return SKIPPED.has(bareName(name));
}

/** An element's name without the prefix of the feature that wrote it: `_.fcp.ObjectModelEncapsulateLegacy.true...relation`. */
export function bareName(name: string): string {
  const prefix = name.lastIndexOf('...');
  return prefix < 0 ? name : name.slice(prefix + 3);
}

export function bareChildren(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => bareName(child.name) === name) ?? [];
}

/** The workbook of a document; null where its root is neither a workbook nor a data source. */
export function readWorkbook(root: XmlElement): Workbook | null {
  const isWorkbook = root.name === 'workbook';
  if (!isWorkbook && root.name !== 'datasource') return null;
  // Worksheets hold copies of what they refer to: only the block at the top defines data sources.
  const elements = isWorkbook ? bareChildren(root, 'datasources').flatMap((block) => bareChildren(block, 'datasource')) : [root];
  const usage = usageOf(root);
  const parameters = new Map(elements.filter(isParameters).flatMap(parametersOf));
  const datasources = elements.filter((element) => !isParameters(element)).map((element, index) => readDatasource(element, index, usage));
  return { root, datasources, parameters };
}

function isParameters(element: XmlElement): boolean {
  return element.attribute('name') === 'Parameters';
}

function parametersOf(element: XmlElement): [string, Parameter][] {
  return bareChildren(element, 'column').flatMap((column) => {
    const name = column.attribute('name');
    const value = column.attribute('value') ?? column.child('calculation')?.attribute('formula') ?? null;
    if (name === null || value === null) return [];
    return [[name, { caption: column.attribute('caption') ?? name, datatype: column.attribute('datatype') ?? '', value }]];
  });
}

function readDatasource(element: XmlElement, index: number, usage: Usage): Datasource {
  const name = element.attribute('name') ?? element.attribute('formatted-name') ?? `data source ${index + 1}`;
  const [connection] = bareChildren(element, 'connection');
  const isProxy = connection?.attribute('class') === 'sqlproxy';
  const worksheets = usage.worksheets.get(name) ?? [];
  const extracts = bareChildren(element, 'extract').filter((extract) => extract.attribute('enabled') === 'true');
  const dashboards = [...new Set(worksheets.flatMap((sheet) => usage.dashboards.get(sheet) ?? []))];
  const connections = connection === undefined ? [] : connectionsOf(connection);
  return {
    element,
    name,
    caption: element.attribute('caption') ?? name,
    connections,
    connectionsByName: new Map(connections.map((one) => [one.name, one])),
    isExtract: extracts.length > 0,
    extractFormat: extracts.map(formatOf).find((format) => format !== null) ?? null,
    published: isProxy ? (connection.attribute('server-ds-friendly-name') ?? connection.attribute('dbname') ?? 'of an unknown name') : null,
    worksheets,
    dashboards,
  };
}

/** The engine that keeps the copy: `hyper`, before v10.5 `dataengine`. */
function formatOf(extract: XmlElement): string | null {
  const kept = bareChildren(extract, 'connection')[0]?.attribute('class') ?? null;
  return kept === 'dataengine' ? 'tde' : kept === 'hyper' ? 'hyper' : null;
}

function connectionsOf(connection: XmlElement): NamedConnection[] {
  const named = bareChildren(connection, 'named-connections').flatMap((block) => bareChildren(block, 'named-connection'));
  if (named.length === 0) return [{ name: null, element: connection, reference: referenceOf(connection, null, null) }];
  return named.flatMap((item) => {
    const [inner] = bareChildren(item, 'connection');
    const name = item.attribute('name');
    return inner === undefined ? [] : [{ name, element: inner, reference: referenceOf(inner, name, item.attribute('caption')) }];
  });
}

function referenceOf(connection: XmlElement, id: string | null, caption: string | null): ConnectionReference {
  const value = (name: string): string | null => connection.attribute(name)?.trim() || null;
  const engine = value('class');
  const url = connectionOfUrl(value('jdbcurl') ?? '');
  if (url !== null) return { ...url, id, name: caption?.trim() || null };
  // BigQuery calls it a project; the service of Oracle is its database, that of Snowflake a role.
  const database = value('dbname') ?? value('CATALOG') ?? value('project') ?? (engine === 'oracle' ? value('service') : null);
  return { id, name: caption?.trim() || null, engine, host: hostOf(value('server')), database };
}

/** A server may be given as an address with everything in it: only the host is kept. */
export function hostOf(server: string | null): string | null {
  if (server === null) return null;
  if (!/[:/@]/.test(server)) return server;
  const address = /^[a-z][\w+.-]*:\/\//i.test(server) ? server : `tcp://${server}`;
  return URL.canParse(address) ? new URL(address).hostname || null : null;
}

/** The connection that a relation names; the only one where it names none. */
export function connectionOf(datasource: Datasource, name: string | null): NamedConnection | null {
  const found = datasource.connectionsByName.get(name);
  if (found !== undefined) return found;
  const [only, ...others] = datasource.connections;
  return only !== undefined && others.length === 0 ? only : null;
}

export function isOfFiles(connection: NamedConnection | null): boolean {
  return FILES.test(connection?.reference.engine ?? '');
}

interface Usage {
  /** The worksheets that read a data source, by its name. */
  worksheets: Map<string, string[]>;
  /** The dashboards that show a worksheet, by its name. */
  dashboards: Map<string, string[]>;
}

function usageOf(root: XmlElement): Usage {
  const usage: Usage = { worksheets: new Map(), dashboards: new Map() };
  for (const sheet of bareChildren(root.child('worksheets'), 'worksheet')) {
    const title = sheet.attribute('name') ?? '';
    for (const source of bareChildren(sheet.at('table', 'view', 'datasources'), 'datasource')) {
      const name = source.attribute('name') ?? '';
      const sheets = usage.worksheets.get(name);
      if (sheets === undefined) usage.worksheets.set(name, [title]);
      else sheets.push(title);
    }
  }
  for (const dashboard of bareChildren(root.child('dashboards'), 'dashboard')) {
    const shown = new Set<string>();
    for (const element of dashboard.descendants()) {
      const name = bareName(element.name) === 'zone' ? element.attribute('name') : null;
      if (name !== null) shown.add(name);
    }
    const title = dashboard.attribute('name') ?? '';
    for (const sheet of shown) {
      const dashboards = usage.dashboards.get(sheet);
      if (dashboards === undefined) usage.dashboards.set(sheet, [title]);
      else dashboards.push(title);
    }
  }
  return usage;
}

/** A piece of a decoded text, with its own positions. */
export function pieceOf(whole: XmlText, start: number, end: number): XmlText {
  return { text: whole.text.slice(start, end), offsetOf: (offset) => whole.offsetOf(start + Math.min(offset, end - start)) };
}
