import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import type { ConnectionReference } from '../../model/query.js';
import { isObject } from '../common/json.js';
import type { SourceFile } from '../common/source-file.js';
import type { Surroundings } from '../source.js';
import { readPage, type Page } from './markdown.js';
import { folderOf } from './record.js';

export type EvidenceFile = 'configuration' | 'connection' | 'source-query' | 'shared-query' | 'page' | 'metrics';

const CONFIGURATION = 'evidence.config.yaml';
const CONNECTION = 'connection.yaml';
/** Warehouses that a project of Evidence Studio may name at its root. */
const STUDIO_ENGINES = new Set(['snowflake', 'bigquery', 'clickhouse', 'databricks', 'redshift', 'postgres', 'postgresql', 'motherduck', 'duckdb']);

/** What a file is to Evidence, and how surely; null where it is nothing to it. */
export function kindOf(file: SourceFile, surroundings: Surroundings): { kind: EvidenceFile; certainty: number } | null {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  if (/\.sql$/i.test(name)) return sqlFileKind(file.path, surroundings);
  if (/\.md$/i.test(name)) return pageKind(file, surroundings);
  if (!/\.ya?ml$/i.test(name)) return null;
  if (name === CONFIGURATION) return isObject(file.yaml) && ['plugins', 'appearance', 'deployment', 'layout'].some((key) => Object.hasOwn(Object(file.yaml), key)) ? { kind: 'configuration', certainty: 0.9 } : null;
  if (name === CONNECTION && isConnection(file.yaml, file.path)) return { kind: 'connection', certainty: 0.9 };
  return /\bmetrics\b/.test(file.text) && isMetricsView(file.yaml) ? { kind: 'metrics', certainty: 0.9 } : null;
}

function sqlFileKind(path: string, surroundings: Surroundings): { kind: EvidenceFile; certainty: number } | null {
  const project = surroundings.nearest(CONFIGURATION, path);
  const connection = surroundings.nearest(CONNECTION, path);
  // Folders above the project may have these names too.
  if (connection !== null && /(^|\/)sources\/[^/]+$/.test(below(connection, project))) return { kind: 'source-query', certainty: 0.95 };
  if (project !== null && /^sources\/[^/]+\//.test(below(path, project))) return { kind: 'source-query', certainty: 0.95 };
  const root = project ?? connection;
  return root !== null && below(path, root).startsWith('queries/') ? { kind: 'shared-query', certainty: 0.95 } : null;
}

/** A path as the folder of a project sees it; one that lies elsewhere stays. */
function below(path: string, folder: string | null): string {
  return folder !== null && folder !== '' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

const NAMED_FENCE = /^ {0,3}```sql[ \t]+[A-Za-z_]\w*[ \t]*\r?$/m;
const COMPONENT_DATA = /\b(?:data|metric)\s?=/;

function pageKind(file: SourceFile, surroundings: Surroundings): { kind: EvidenceFile; certainty: number } | null {
  const inProject = surroundings.nearest(CONFIGURATION, file.path) !== null || surroundings.nearest(CONNECTION, file.path) !== null;
  const isSign = NAMED_FENCE.test(file.text) || (file.text.includes('{%') && COMPONENT_DATA.test(file.text));
  if (!isSign && !(inProject && /^ {0,3}```\w/m.test(file.text) && file.path.includes('pages/'))) return null;
  if (inProject) return { kind: 'page', certainty: 0.95 };
  // Documentation shows pages within fences of its own.
  const { fences, components } = readPage(file.text);
  const asks = fences.some(({ language, meta }) => language === 'sql' && /^[A-Za-z_]\w*$/.test(meta)) || components.some(({ attributes }) => attributes.has('data') || attributes.has('metric'));
  return asks ? { kind: 'page', certainty: 0.6 } : null;
}

const connectionShape = z.object({
  name: z.string().nullish().catch(null),
  type: z.string(),
  host: z.string().nullish().catch(null),
  account: z.string().nullish().catch(null),
  database: z.string().nullish().catch(null),
  project: z.string().nullish().catch(null),
  options: z
    .object({
      host: z.string().nullish().catch(null),
      server: z.string().nullish().catch(null),
      account: z.string().nullish().catch(null),
      database: z.string().nullish().catch(null),
      project_id: z.string().nullish().catch(null),
      filename: z.string().nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

function isConnection(value: unknown, path: string): boolean {
  const { data } = connectionShape.safeParse(value);
  if (data === undefined || !isObject(value)) return false;
  if (/(^|\/)sources\/[^/]+\/[^/]+$/.test(path)) return typeof value['name'] === 'string' || isObject(value['options']);
  return STUDIO_ENGINES.has(data.type.toLowerCase()) && ['account', 'project', 'host', 'database', 'keyfile', 'warehouse'].some((key) => Object.hasOwn(value, key));
}

function isMetricsView(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['metrics'])) return false;
  if (typeof value['base'] !== 'string' && typeof value['base_sql'] !== 'string') return false;
  return Object.values(value['metrics']).some((metric) => isObject(metric) && typeof metric['sql'] === 'string');
}

export interface ReadPageFile {
  file: SourceFile;
  page: Page;
  /** The values of its front matter. */
  variables: Record<string, unknown>;
  /** True where its queries run live in the warehouse: the markup of Evidence Studio. */
  isStudio: boolean;
}

const NONE: readonly SourceFile[] = [];

/** The files of all projects, sorted by what they are. */
export class EvidenceProjects {
  readonly pages: ReadPageFile[] = [];
  readonly sourceQueries: SourceFile[] = [];
  readonly sharedQueries: SourceFile[] = [];
  readonly metrics: SourceFile[] = [];
  readonly #roots = new Set<string>();
  /** By project. */
  #shared: Map<string, SourceFile[]> | null = null;
  readonly #connections = new Map<string, ConnectionReference>();

  constructor(files: readonly SourceFile[]) {
    const everything: Surroundings = { has: () => true, nearest: (name, path) => this.#nearest(name, path) };
    for (const file of files) this.#register(file);
    for (const file of files) {
      switch (kindOf(file, everything)?.kind) {
        case 'source-query':
          this.sourceQueries.push(file);
          break;
        case 'shared-query':
          this.sharedQueries.push(file);
          break;
        case 'metrics':
          this.metrics.push(file);
          break;
        case 'page':
          this.pages.push(this.#page(file));
          break;
      }
    }
  }

  /** The connection whose folder is the nearest above; null where none is. */
  connectionOf(path: string): ConnectionReference | null {
    const folder = this.#nearest(CONNECTION, path);
    return folder === null ? null : (this.#connections.get(folder) ?? null);
  }

  /** The shared queries of the project that a file belongs to. */
  sharedWith(path: string): readonly SourceFile[] {
    if (this.#shared === null) {
      this.#shared = new Map();
      for (const file of this.sharedQueries) {
        const project = this.projectOf(file.path);
        const known = this.#shared.get(project);
        if (known === undefined) this.#shared.set(project, [file]);
        else known.push(file);
      }
    }
    return this.#shared.get(this.projectOf(path)) ?? NONE;
  }

  /** The folder of a file's project; '' where nothing tells. */
  projectOf(path: string): string {
    const project = this.#nearest(CONFIGURATION, path);
    if (project !== null) return project;
    const connection = this.#nearest(CONNECTION, path);
    return connection === null || /(^|\/)sources\/[^/]+$/.test(connection) ? '' : connection;
  }

  /** True for a project of the older tool: it has `evidence.config.yaml`, or folders of sources. */
  isLegacy(path: string): boolean {
    if (this.#nearest(CONFIGURATION, path) !== null) return true;
    const folder = this.#nearest(CONNECTION, path);
    return folder === null ? this.sourceQueries.length > 0 : /(^|\/)sources\/[^/]+$/.test(folder);
  }

  #register(file: SourceFile): void {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const folder = folderOf(file.path);
    if (name === CONFIGURATION) this.#roots.add(folder);
    const { data } = connectionShape.safeParse(name === CONNECTION ? file.yaml : null);
    if (data === undefined) return;
    const isSource = /(^|\/)sources\/[^/]+$/.test(folder);
    const { options } = data;
    this.#connections.set(folder, {
      id: isSource ? folder.slice(folder.lastIndexOf('/') + 1) : null,
      name: data.name ?? (isSource ? folder.slice(folder.lastIndexOf('/') + 1) : data.type),
      engine: data.type,
      host: withoutCredentials(options?.host ?? options?.server ?? options?.account ?? data.host ?? data.account ?? null),
      database: options?.database ?? options?.filename ?? options?.project_id ?? data.database ?? data.project ?? null,
    });
  }

  #nearest(name: string, path: string): string | null {
    const known: { has(folder: string): boolean } = name === CONFIGURATION ? this.#roots : this.#connections;
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      if (known.has(folder)) return folder;
      if (folder === '') return null;
    }
  }

  #page(file: SourceFile): ReadPageFile {
    const page = readPage(file.text);
    const isStudio = page.components.length > 0 || (!this.isLegacy(file.path) && (this.connectionOf(file.path) !== null || /\{\{|\[\[/.test(page.fences.map(({ text }) => text).join('\n'))));
    return { file, page, variables: frontMatterOf(page.frontMatter), isStudio };
  }
}

/** A host may be given as an address with a user and a password. */
function withoutCredentials(host: string | null): string | null {
  return host?.replace(/^[a-z+]+:\/\//i, '').replace(/^[^@/]*@/, '').replace(/[/?].*$/, '') ?? null;
}

function frontMatterOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = parse(text, { maxAliasCount: 20, strict: false, logLevel: 'silent' });
    return isObject(value) ? value : {};
  } catch (error) {
    // Pages without readable front matter are pages all the same: their variables are unknown.
    if (error instanceof YAMLParseError || error instanceof ReferenceError || error instanceof RangeError) return {};
    throw error;
  }
}
