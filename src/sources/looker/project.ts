import type { SourceFile } from '../common/source-file.js';
import { Part } from './part.js';
import { scanLookml, type Node, type ScanError } from './scan.js';

/** A LookML file, scanned. */
export interface LookmlFile {
  file: SourceFile;
  nodes: Node[];
  errors: ScanError[];
  top: Part;
}

/** The files below one manifest; those without one are a project of their own. */
export interface Project {
  /** What `//name/` in includes means; in ids too. */
  name: string;
  /** The folder of the manifest with a slash at its end; '' for the topmost. */
  root: string;
  files: LookmlFile[];
  constants: Map<string, string>;
}

/** What a model sees: its own file and everything that it includes, in the order of the includes. */
export interface Model {
  name: string;
  project: Project;
  file: SourceFile | null;
  files: LookmlFile[];
  connection: string | null;
}

/** The name of a project without a manifest. */
const UNNAMED = 'lookml';

export function readLookml(file: SourceFile): LookmlFile {
  const { nodes, errors } = scanLookml(file.text);
  return { file, nodes, errors, top: Part.ofFile(nodes, file) };
}

/** Sorts files into projects. An imported project that stands within another one is one of its own. */
export function projectsOf(files: readonly LookmlFile[]): Project[] {
  const manifests = files.filter(({ file, top }) => isManifest(file, top));
  const roots = new Map<string, Project>();
  for (const { file, top } of manifests) {
    const root = folderOf(file.path);
    const project = roots.get(root) ?? { name: '', root, files: [], constants: new Map<string, string>() };
    project.name ||= top.value('project_name') ?? '';
    for (const constant of top.named('constant')) project.constants.set(constant.name, constant.properties.get('value')?.value ?? '');
    roots.set(root, project);
  }
  const sorted = [...roots.values()].toSorted((one, other) => other.root.length - one.root.length);
  for (const project of sorted) project.name ||= project.root.split('/').at(-2) ?? UNNAMED;
  const loose: Project = { name: UNNAMED, root: '', files: [], constants: new Map() };
  for (const file of files) (sorted.find(({ root }) => file.file.path.startsWith(root)) ?? loose).files.push(file);
  return [...sorted, loose].filter((project) => project.files.length > 0).toSorted((one, other) => (one.root < other.root ? -1 : 1));
}

function isManifest(file: SourceFile, top: Part): boolean {
  return /(^|\/)manifest\.lkml$/.test(file.path) || top.properties.has('project_name');
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The models of all projects and, without a name, what no model of any project includes. */
export function modelsOf(projects: readonly Project[]): Model[] {
  const models = projects.flatMap((project) => project.files.filter(isModel).map((start) => modelAt(start, project, projects)));
  const included = new Set(models.flatMap(({ files }) => files));
  const rest = projects.flatMap((project): Model[] => {
    const files = project.files.filter((file) => !included.has(file));
    return files.length === 0 ? [] : [{ name: '', project, file: null, files, connection: null }];
  });
  return [...models, ...rest];
}

function isModel({ file, top }: LookmlFile): boolean {
  return top.properties.has('connection') || file.path.endsWith('.model.lkml');
}

function modelAt(start: LookmlFile, project: Project, projects: readonly Project[]): Model {
  const files = new Includes(project, projects).from(start);
  const connection = files.findLast(({ top }) => top.value('connection') !== null)?.top.value('connection') ?? null;
  const name = start.file.path.slice(folderOf(start.file.path).length).replace(/(\.model)?\.(lkml|lookml)$/, '');
  return { name, project, file: start.file, files, connection: connection === null ? null : constantsIn(connection, project.constants) };
}

/** `@{name}` as the manifest gives it. */
export function constantsIn(text: string, constants: ReadonlyMap<string, string>): string {
  return text.replace(/@\{([^}\n]*)\}/g, (whole, name: string) => constants.get(name.trim()) ?? whole);
}

/** Follows the includes of a file. */
class Includes {
  readonly #found = new Set<LookmlFile>();
  readonly #seen = new Set<LookmlFile>();

  constructor(
    readonly project: Project,
    readonly projects: readonly Project[],
  ) {}

  /** What is included comes before the file that includes it, each file once. */
  from(start: LookmlFile): LookmlFile[] {
    const stack: { file: LookmlFile; next: LookmlFile[] }[] = [];
    const enter = (file: LookmlFile): void => {
      if (this.#seen.has(file)) return;
      this.#seen.add(file);
      stack.push({ file, next: this.#includesOf(file).toReversed() });
    };
    enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.next.pop();
      if (next !== undefined) enter(next);
      else {
        this.#found.add(top.file);
        stack.pop();
      }
    }
    return [...this.#found];
  }

  #includesOf({ file, nodes }: LookmlFile): LookmlFile[] {
    const patterns = nodes.filter(({ key }) => key === 'include').flatMap(({ text, items }) => (items.length > 0 ? items.map(({ value }) => value) : [text.value]));
    return patterns.flatMap((pattern) => this.#matches(constantsIn(pattern, this.project.constants), file));
  }

  #matches(pattern: string, from: SourceFile): LookmlFile[] {
    if (pattern.startsWith('//')) {
      const [name = '', ...rest] = pattern.slice(2).split('/');
      const project = this.projects.find((other) => other.name === name || other.root.endsWith(`/${name}/`) || other.root === `${name}/`);
      return project === undefined ? [] : within(project, project.root, rest.join('/'));
    }
    if (!pattern.startsWith('/')) {
      const relative = within(this.project, folderOf(from.path), pattern);
      // Projects from before folders: every file could be anywhere.
      return relative.length > 0 ? relative : within(this.project, this.project.root, `**/${pattern}`);
    }
    const path = pattern.slice(1);
    if (this.project.root !== '') return within(this.project, this.project.root, path);
    // Without a manifest nobody says where the root is: some folder above.
    for (let folder = folderOf(from.path); ; folder = folderOf(folder.slice(0, -1))) {
      const found = within(this.project, folder, path);
      if (found.length > 0 || folder === '') return found;
    }
  }
}

function within(project: Project, folder: string, pattern: string): LookmlFile[] {
  const matcher = glob(pattern);
  return project.files.filter(({ file }) => file.path.startsWith(folder) && matcher(file.path.slice(folder.length)));
}

/** `*` within a folder, `**` across folders; the ending `.lkml` may be left out. No regular expression of a foreign text can run wild. */
export function glob(pattern: string): (path: string) => boolean {
  const steps = pattern.split('/').filter((step) => step !== '' && step !== '.');
  return (path) => matchSteps(steps, path.split('/'));
}

function matchSteps(steps: readonly string[], names: readonly string[]): boolean {
  // Rows of the usual table: whether the first `at` names match the steps so far.
  let row = names.map(() => false);
  row.unshift(true);
  for (const [index, step] of steps.entries()) {
    const next = row.map(() => false);
    for (let at = 0; at <= names.length; at++) {
      if (step === '**') next[at] = row[at] === true || (at > 0 && next[at - 1] === true);
      else if (at > 0) next[at] = row[at - 1] === true && matchName(step, names[at - 1] ?? '', index === steps.length - 1);
    }
    row = next;
  }
  return row[names.length] === true || (steps.at(-1) === '**' && row.includes(true));
}

function matchName(step: string, name: string, isLast: boolean): boolean {
  if (isLast && matchStars(step, name.replace(/\.(lkml|lookml)$/, ''))) return true;
  return matchStars(step, name);
}

function matchStars(step: string, name: string): boolean {
  const pieces = step.split(/\*+/);
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return first === name;
  const last = pieces.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
