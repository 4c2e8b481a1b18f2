import { isObject } from '../common/json.js';
import type { SourceFile } from '../common/source-file.js';
import type { Place } from '../metricflow/model.js';
import { below } from '../metricflow/values.js';
import type { DbtHook } from './model.js';
import { configShape, projectShape, type DbtConfig } from './shapes.js';

export type PathKind = 'model' | 'snapshot' | 'analysis' | 'test' | 'macro' | 'target' | 'package' | 'other';

const FOLDER_DEPTH_MAX = 40;

/** Keys of a model's configuration that stand in dbt_project.yml with or without their plus sign. */
const CONFIG_KEYS = new Set(Object.keys(configShape.shape));

/** What `dbt_project.yml` says. */
export class DbtProject {
  readonly name: string;
  readonly profile: string | null;
  readonly variables: Record<string, unknown>;
  readonly hooks: DbtHook[];
  /** What holds for all tests unless they say otherwise. */
  readonly testDefaults: DbtConfig;
  readonly #paths: [PathKind, string[]][];
  /** Seeds that the tree of configurations names: their files are data, and not read. */
  readonly seedNames: string[];
  readonly #trees: Record<'model' | 'snapshot' | 'seed', Record<string, unknown>>;

  constructor(
    /** The folder, without a slash at its end; '' for the topmost. */
    readonly root: string,
    readonly file: SourceFile | null,
  ) {
    const value: unknown = file?.yaml;
    const project = projectShape.parse(isObject(value) ? value : {});
    this.name = project.name || (root === '' ? 'project' : root.slice(root.lastIndexOf('/') + 1));
    this.profile = project.profile ?? null;
    this.variables = variablesOf(project.vars ?? {}, this.name);
    this.hooks = file === null ? [] : projectHooks(project, { file, pointer: '' });
    this.testDefaults = settingsOf([project.tests, project.tests?.[this.name], project.data_tests, project.data_tests?.[this.name]]);
    this.#trees = { model: project.models ?? {}, snapshot: project.snapshots ?? {}, seed: project.seeds ?? {} };
    this.seedNames = leavesOf(this.#trees.seed[this.name]);
    this.#paths = [
      ['target', [project['target-path'] ?? 'target', 'target']],
      ['package', [project['packages-install-path'] ?? 'dbt_packages', 'dbt_packages', 'dbt_modules']],
      ['macro', project['macro-paths'] ?? ['macros']],
      ['snapshot', project['snapshot-paths'] ?? ['snapshots']],
      ['analysis', project['analysis-paths'] ?? ['analyses', 'analysis']],
      ['test', project['test-paths'] ?? ['tests', 'test']],
      ['model', project['model-paths'] ?? project['source-paths'] ?? ['models']],
    ];
  }

  /** The path of a file within the project. */
  relative(path: string): string {
    return this.root === '' ? path : path.slice(this.root.length + 1);
  }

  kindOf(relative: string): PathKind {
    return this.#paths.find(([, folders]) => folders.some((folder) => isBelow(relative, folder)))?.[0] ?? 'other';
  }

  /** The folders between the path of its kind and the file: the middle of dbt's `fqn`. */
  foldersOf(relative: string, kind: PathKind): string[] {
    const roots = this.#paths.find(([one]) => one === kind)?.[1] ?? [];
    const root = roots.find((folder) => isBelow(relative, folder)) ?? '';
    return relative.slice(withoutSlashes(root).length).split('/').filter((step) => step !== '').slice(0, -1).slice(0, FOLDER_DEPTH_MAX);
  }

  /** What the tree under `models:` or `snapshots:` says of a node, folder by folder; inner folders stand above outer ones. */
  configOf(kind: 'model' | 'snapshot' | 'seed', folders: readonly string[], name: string): DbtConfig {
    const tree = this.#trees[kind];
    const levels: unknown[] = [tree];
    let at: unknown = tree[this.name];
    for (const step of [...folders, name, null]) {
      levels.push(at);
      if (step === null || !isObject(at)) break;
      at = at[step];
    }
    return settingsOf(levels);
  }
}

/** What the levels of a tree say together; inner levels stand above outer ones. */
function settingsOf(levels: readonly unknown[]): DbtConfig {
  const merged: Record<string, unknown> = {};
  for (const level of levels) {
    if (!isObject(level)) continue;
    // A level may have a key for each of thousands of models.
    for (const bare of CONFIG_KEYS) {
      const value = level[`+${bare}`] ?? level[bare];
      if (value === undefined) continue;
      if (bare === 'meta' && isObject(value) && isObject(merged['meta'])) merged['meta'] = { ...merged['meta'], ...value };
      else merged[bare] = value;
    }
  }
  // Hooks of the tree stand once for all of its models.
  delete merged['pre-hook'];
  delete merged['post-hook'];
  return configShape.parse(merged);
}

/** The innermost names of a tree of configurations: what stands only around settings. */
function leavesOf(tree: unknown, depth = 0): string[] {
  if (!isObject(tree) || depth > FOLDER_DEPTH_MAX) return [];
  return Object.entries(tree).flatMap(([key, value]) => {
    if (key.startsWith('+') || CONFIG_KEYS.has(key) || key === 'column_types' || key === 'quote_columns' || !isObject(value)) return [];
    const inner = leavesOf(value, depth + 1);
    return inner.length > 0 ? inner : [key];
  });
}

function isBelow(path: string, folder: string): boolean {
  const bare = withoutSlashes(folder);
  return bare === '' || path.startsWith(`${bare}/`);
}

function withoutSlashes(path: string): string {
  return path.split('/').filter((step) => step !== '' && step !== '.').join('/');
}

/** Those of the project stand above those that hold for all. */
function variablesOf(variables: Record<string, unknown>, project: string): Record<string, unknown> {
  const own = variables[project];
  return { ...variables, ...(isObject(own) ? own : {}) };
}

function projectHooks(project: ReturnType<typeof projectShape.parse>, place: Place): DbtHook[] {
  const found: DbtHook[] = [];
  for (const when of ['on-run-start', 'on-run-end'] as const) found.push(...hooksOf(project[when], when, below(place, when)));
  const visit = (value: unknown, at: Place, depth: number): void => {
    if (!isObject(value) || depth > FOLDER_DEPTH_MAX) return;
    for (const [key, inner] of Object.entries(value)) {
      const when = /^\+?(pre|post)[-_]hook$/.exec(key)?.[1];
      if (when !== undefined) found.push(...hooksOf(inner, when === 'pre' ? 'pre-hook' : 'post-hook', below(at, key)));
      else visit(inner, below(at, key), depth + 1);
    }
  };
  visit(project.models, below(place, 'models'), 0);
  visit(project.snapshots, below(place, 'snapshots'), 0);
  return found;
}

/** A hook is a text, `{ sql, transaction }`, or a list of them. */
export function hooksOf(value: unknown, when: DbtHook['when'], place: Place): DbtHook[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [{ when, raw: value, place: { ...place, offset: 0 } }];
  if (Array.isArray(value)) return value.slice(0, 100).flatMap((item: unknown, index) => (Array.isArray(item) ? [] : hooksOf(item, when, below(place, index))));
  return isObject(value) && typeof value['sql'] === 'string' ? hooksOf(value['sql'], when, below(place, 'sql')) : [];
}
