import type { Snapshot } from '../model/snapshot.js';
import { remark, yamlText } from './yaml.js';

/** What was read of dashboards, reports and code. */
export function sourceLines({ sources, queries }: Pick<Snapshot, 'sources' | 'queries'>): string[] {
  if (sources.length === 0) return [remark('No dashboards, reports or code were looked at. Exports of their tools make findings name whom they are about:'), '#sources:', '#  - path: exports'];
  return [
    'sources:',
    ...sources.flatMap(({ path, queries: byTool }) => {
      const counts = Object.entries(byTool).sort().map(([tool, number]) => `${tool}: ${number} ${number === 1 ? 'query' : 'queries'}`);
      const store = storeIn(queries, path);
      return [remark(counts.length === 0 ? 'nothing was recognised in it' : counts.join(', '), '  '), `  - path: ${yamlText(path)}`, ...(store === null ? [] : [`    store: ${yamlText(store)}`])];
    }),
  ];
}

/** The store that the files of a source name themselves, where all name the same one. */
function storeIn(queries: Snapshot['queries'], path: string): string | null {
  const own = queries.filter(({ origin }) => origin.file === path || origin.file.startsWith(`${path}/`) || origin.file.startsWith(`${path}!`));
  const [first, ...others] = new Set(own.map(({ connection }) => (connection !== null && connection.engine === null && connection.id === null ? connection.name : null)));
  return others.length === 0 ? (first ?? null) : null;
}
