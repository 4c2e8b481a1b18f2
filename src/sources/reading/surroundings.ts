import type { Surroundings } from '../source.js';

/** The files that are read together, by the names that reports give them. */
export class FileSet implements Surroundings {
  readonly #paths: Set<string>;
  readonly #nearest = new Map<string, string | null>();

  constructor(paths: Iterable<string>) {
    this.#paths = new Set(paths);
  }

  add(path: string): void {
    this.#paths.add(path);
    this.#nearest.clear();
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  nearest(name: string, path: string): string | null {
    return this.#lookIn(name, folderOf(path));
  }

  #lookIn(name: string, folder: string): string | null {
    const key = `${name}\n${folder}`;
    const known = this.#nearest.get(key);
    if (known !== undefined) return known;
    const here = this.#paths.has(folder === '' ? name : `${folder}/${name}`);
    const found = here ? folder : folder === '' ? null : this.#lookIn(name, folderOf(folder));
    this.#nearest.set(key, found);
    return found;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
