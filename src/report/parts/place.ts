import path from 'node:path';
import type { Finding } from '../../model/finding.js';
import { plainText } from '../../text/plain-text.js';
import type { RenderOptions } from '../index.js';

export type Location = Finding['locations'][number];

/** Where a forge is to show something: a file of the repository, by its path from the root with `/`. */
export interface Place {
  path: string;
  line: number;
  column: number;
}

/** File systems take at most 4,096 bytes. */
const PATH_LENGTH_MAX = 4_096;

/** The file in the repository that holds a location, be it an archive; null for an address of an API and for what lies outside. */
export function placeOf({ file, line, column }: Location, { folder = '' }: RenderOptions): Place | null {
  const [archive = ''] = file.split('!/');
  const written = plainText(archive.replaceAll('\\', '/'), PATH_LENGTH_MAX);
  if (written === '' || /^[a-z][a-z0-9+.-]*:/i.test(written) || written.startsWith('/')) return null;
  const joined = path.posix.normalize(path.posix.join(folder, written));
  if (joined === '.' || joined === '..' || joined.startsWith('../')) return null;
  return { path: joined, line: Math.max(1, line), column: Math.max(1, column) };
}

/** Where a finding is shown: its first location in the repository, else the configuration, which names the source or store. */
export function shownPlace({ locations }: Pick<Finding, 'locations'>, options: RenderOptions): Place {
  for (const location of locations) {
    const place = placeOf(location, options);
    if (place !== null) return place;
  }
  return configurationPlace(options);
}

export function configurationPlace({ folder = '', configurationName = 'tidemark.yaml' }: RenderOptions): Place {
  return { path: path.posix.join(folder, plainText(configurationName, 255)), line: 1, column: 1 };
}

/** A path as the relative reference of RFC 3986, which may not begin like a scheme. */
export function relativeUri(file: string): string {
  return file.split('/').map((part) => encodeURIComponent(part)).join('/');
}
