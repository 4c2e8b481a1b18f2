import { isObject } from '../common/json.js';
import type { SourceFile } from '../common/source-file.js';
import { isSemanticManifest } from '../metricflow/documents.js';
import { isManifest, Manifest } from './manifest.js';
import { DbtProject } from './project.js';

/** The files that belong to one project. */
export interface ProjectFiles {
  project: DbtProject;
  manifests: Manifest[];
  /** `.sql` and `.py` under the paths of the project. */
  texts: SourceFile[];
  properties: SourceFile[];
  /** Of its packages, and its own, with the names that calls use. */
  macros: { package: string; text: string; isOwn: boolean }[];
  /** Compiled texts by the paths of what they were compiled from. */
  compiled: Map<string, string>;
  semanticManifests: SourceFile[];
}

/** Which project a file belongs to, and as what. */
export class Workspace {
  readonly profiles: SourceFile[] = [];
  readonly #projects = new Map<string, ProjectFiles>();
  readonly #roots = new Map<string, { file: SourceFile; name: string }>();

  constructor(files: readonly SourceFile[]) {
    const sorted = files.toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
    for (const file of sorted) {
      if (nameOf(file.path) === 'dbt_project.yml') this.#roots.set(folderOf(file.path), { file, name: new DbtProject(folderOf(file.path), file).name });
    }
    const manifests = sorted.filter(({ path, json }) => path.endsWith('.json') && isManifest(json));
    for (const file of sorted) if (!manifests.includes(file)) this.#file(file);
    for (const file of manifests) this.#manifest(new Manifest(file));
  }

  get projects(): ProjectFiles[] {
    return [...this.#projects.values()];
  }

  #file(file: SourceFile): void {
    const name = nameOf(file.path);
    if (name === 'profiles.yml') {
      this.profiles.push(file);
      return;
    }
    const root = this.#rootOf(file.path);
    const own = root === null ? null : outsidePackages(root);
    const inPackage = own !== root;
    const files = this.#project(inPackage ? this.#rootOf(`${own ?? ''}/x`) : root);
    if (file.path.endsWith('.json')) {
      if (isSemanticManifest(file.json)) files.semanticManifests.push(file);
      return;
    }
    if (name === 'dbt_project.yml') return;
    if (inPackage) {
      const packageName = this.#roots.get(root ?? '')?.name ?? 'package';
      if (file.path.endsWith('.sql') && /\b(?:macro|test)\b/.test(file.text)) files.macros.push({ package: packageName, text: file.text, isOwn: false });
      return;
    }
    this.#own(file, files);
  }

  #own(file: SourceFile, files: ProjectFiles): void {
    const relative = files.project.relative(file.path);
    const kind = files.project.kindOf(relative);
    if (kind === 'package') return;
    if (kind === 'target') {
      const compiled = /^[^/]+\/compiled\/[^/]+\/(.+\.sql)$/.exec(relative)?.[1];
      if (compiled !== undefined) files.compiled.set(compiled, file.text);
      return;
    }
    if (/\.ya?ml$/i.test(file.path)) {
      files.properties.push(file);
      return;
    }
    if (file.path.endsWith('.sql') && /\{%[-+]?\s*(?:macro|test|data_test)\s/.test(file.text)) files.macros.push({ package: files.project.name, text: file.text, isOwn: true });
    files.texts.push(file);
  }

  /** The manifest of a project that is here belongs to it; another one makes a project of its own. */
  #manifest(manifest: Manifest): void {
    const nearest = this.#rootOf(manifest.file.path);
    const candidates = [...(nearest === null ? [] : [nearest]), ...this.#roots.keys()];
    const root = candidates.find((path) => this.#roots.get(path)?.name === manifest.project && outsidePackages(path) === path);
    if (root !== undefined) {
      this.#project(root).manifests.push(manifest);
      return;
    }
    const key = `manifest ${manifest.project}`;
    const known = this.#projects.get(key) ?? empty(new DbtProject(manifest.project, null));
    known.manifests.push(manifest);
    this.#projects.set(key, known);
  }

  #project(root: string | null): ProjectFiles {
    const key = root ?? 'no project';
    const known = this.#projects.get(key);
    if (known !== undefined) return known;
    const made = empty(new DbtProject(root ?? '', root === null ? null : (this.#roots.get(root)?.file ?? null)));
    this.#projects.set(key, made);
    return made;
  }

  #rootOf(path: string): string | null {
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      if (this.#roots.has(folder)) return folder;
      if (folder === '') return null;
    }
  }
}

/** The folder of the project that a package was installed into; the folder itself for what is no package. */
function outsidePackages(root: string): string {
  return /^(.*?)(?:^|\/)dbt_(?:packages|modules)(?:\/|$)/.exec(root)?.[1] ?? root;
}

function empty(project: DbtProject): ProjectFiles {
  return { project, manifests: [], texts: [], properties: [], macros: [], compiled: new Map(), semanticManifests: [] };
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** True for a project file: a `dbt_project.yml` that names itself. */
export function isProjectFile(value: unknown): boolean {
  return isObject(value) && typeof value['name'] === 'string' && ['version', 'profile', 'config-version', 'model-paths', 'source-paths', 'models', 'require-dbt-version'].some((key) => Object.hasOwn(value, key));
}
