import type { SourceFile } from '../common/source-file.js';

/** The SQL files next to DAGs, as `sql="reports/fees.sql"` names them. */
export class SqlFiles {
  readonly #byPath = new Map<string, SourceFile>();
  readonly #used = new Set<SourceFile>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) this.#byPath.set(file.path, file);
  }

  /**
   * The file that a DAG names: beside it, below a folder of `template_searchpath`, or below a folder above it; last the only one
   * whose path ends so.
   */
  resolve(name: string, dagPath: string, searchPaths: readonly string[]): SourceFile | null {
    const wanted = normalise(name);
    if (wanted === '') return null;
    let folder = folderOf(dagPath);
    for (;;) {
      for (const below of ['', ...searchPaths.map((path) => `${normalise(path)}/`)]) {
        const found = this.#byPath.get(`${folder === '' ? '' : `${folder}/`}${below}${wanted}`);
        if (found !== undefined) return found;
      }
      if (folder === '') break;
      folder = folderOf(folder);
    }
    const [only, ...more] = [...this.#byPath.values()].filter(({ path }) => path === wanted || path.endsWith(`/${wanted}`) || wanted.endsWith(`/${path}`));
    return only !== undefined && more.length === 0 ? only : null;
  }

  use(file: SourceFile): void {
    this.#used.add(file);
  }

  get unused(): SourceFile[] {
    return [...this.#byPath.values()].filter((file) => !this.#used.has(file));
  }
}

function normalise(path: string): string {
  const steps: string[] = [];
  for (const step of path.trim().split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
