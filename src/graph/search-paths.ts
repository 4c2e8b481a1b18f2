import type { StoreSnapshot } from '../model/snapshot.js';
import { parseSearchPath } from './statement-reader.js';

/** More ways to look names up tell nothing any more of the way of one card. */
const SEARCH_PATHS_MAX = 8;

/** The search paths that the server and its roles are set to. */
export function searchPathsOf({ catalog }: StoreSnapshot): string[][] {
  const settings = [...catalog.roles.map(({ name, settings: own }) => parseSearchPath(own['search_path'], name)), parseSearchPath(catalog.settings['search_path'], '')];
  const paths = new Map(settings.flatMap((path) => (path === null || path.length === 0 ? [] : [[path.join('\n'), path] as const])));
  return paths.size > SEARCH_PATHS_MAX ? [] : [...paths.values()];
}
