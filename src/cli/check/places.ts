import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { SourceConfiguration } from '../../model/configuration.js';
import type { Clone } from '../git/merge-base.js';

/** Names of files as the clone has them (from its root) and as sources name them (from the folder of the configuration). */
export class Places {
  /** Of the configuration's folder, absolute and with links resolved. */
  readonly directory: string;

  constructor(
    readonly clone: Clone,
    /** The folder of the configuration, as it was reached. */
    private readonly given: string,
  ) {
    this.directory = path.join(clone.root, clone.prefix);
  }

  /** As sources name it. */
  shown(inClone: string): string {
    return path.posix.relative(this.clone.prefix, inClone);
  }

  /** Null where the file lies outside of the clone. `configured` is from the folder of the configuration, or absolute. */
  inClone(configured: string): string | null {
    const absolute = path.isAbsolute(configured) ? this.resolved(configured) : path.join(this.directory, configured);
    return this.#below(absolute);
  }

  /** Where it leads if it or a folder above it is a link within the clone; `outside` where it leads out. Null for no link, and for nothing there. */
  target(inClone: string): string | 'outside' | null {
    const absolute = path.join(this.clone.root, inClone);
    if (!existsSync(absolute)) return null;
    const found = this.#below(realpathSync(absolute));
    return found === inClone ? null : (found ?? 'outside');
  }

  /** The source by a path from the folder of the configuration, so that both sides of a change name its files alike. */
  relative(source: SourceConfiguration): SourceConfiguration {
    if (!path.isAbsolute(source.path)) return source;
    const inClone = this.inClone(source.path);
    return inClone === null ? source : { ...source, path: this.shown(inClone) || '.' };
  }

  private resolved(absolute: string): string {
    const below = path.relative(this.given, absolute);
    return path.join(this.directory, below);
  }

  #below(absolute: string): string | null {
    const below = path.relative(this.clone.root, absolute);
    if (below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below)) return null;
    return below.split(path.sep).join('/');
  }
}
