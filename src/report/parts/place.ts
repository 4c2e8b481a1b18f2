import path from 'node:path';
import { gapFile, gapLine } from '../../findings/suppressions/gap-identity.js';
import type { Finding } from '../../model/finding.js';
import type { Gap } from '../../model/snapshot.js';
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

/** A subject that is a path and nothing else, perhaps with a position. */
const WHOLE_FILE = /^(?<file>\S.*\.[a-z][a-z0-9]{0,7})(?::(?<line>\d{1,9})(?::(?<column>\d{1,9}))?)?$/is;

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

/** Where a gap is shown: the file that its subject names, as `reports/late.sql Late (reports/late.sql:14)` or `boards/floor.json` do, else the configuration. */
export function gapPlace(gap: Gap, options: RenderOptions): Place {
  const named = gapFile(gap);
  if (named !== null) return shownPlace({ locations: [{ file: named, pointer: '', line: gapLine(gap) ?? 1, column: 1 }] }, options);
  const { file, line, column } = WHOLE_FILE.exec(gap.subject)?.groups ?? {};
  // Panels are named `board / panel`.
  if (file === undefined || file.includes(' / ')) return configurationPlace(options);
  return shownPlace({ locations: [{ file, pointer: '', line: Number(line ?? 1), column: Number(column ?? 1) }] }, options);
}

export function configurationPlace({ folder = '', configurationName = 'tidemark.yaml' }: RenderOptions): Place {
  return { path: path.posix.join(folder, plainText(configurationName, 255)), line: 1, column: 1 };
}

/** A path as the relative reference of RFC 3986, which may not begin like a scheme. */
export function relativeUri(file: string): string {
  return file.split('/').map((part) => encodeURIComponent(part)).join('/');
}
