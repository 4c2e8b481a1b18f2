import { storeOf } from '../graph/connection.js';
import type { CollectedQuery, ConnectionReference } from '../model/query.js';
import type { GuessInput } from './input.js';
import { remark, yamlFlow, yamlPattern, yamlText } from './yaml.js';

/** The stores, with the connections of dashboard tools that lead to each. */
export function storeLines({ stores, snapshot, configuration }: GuessInput): string[] {
  const found = connections(snapshot.queries, (query) => storeOf(query, snapshot.stores, configuration));
  const unplaced = found.filter(({ store }) => store === null);
  return [
    'stores:',
    ...stores.flatMap(({ name, role, engine, url, remarks }) => {
      const own = found.filter(({ store }) => store === name);
      return [
        ...remarks.map((text) => remark(text, '  ')),
        `  - name: ${yamlText(name)}`, `    role: ${role}`, `    engine: ${engine}`, `    url: ${url.startsWith('${') ? url : yamlText(url)}`,
        ...(own.length === 0 ? [] : ['    match:', ...own.flatMap(({ pattern, why }) => [...(why === null ? [] : [remark(`guess: ${why}`, '      ')]), `      - ${pattern}`])]),
      ];
    }),
    ...(unplaced.length === 0 ? [] : [remark('Connections that lead to none of these stores. Where one does, add its line to the match of that store:', '  '), ...unplaced.map(({ pattern }) => remark(pattern, '  '))]),
  ];
}

interface FoundConnection {
  pattern: string;
  store: string | null;
  why: string | null;
}

/** Each connection once; one pattern that would lead to two stores is said of none. */
function connections(queries: readonly CollectedQuery[], placed: (query: CollectedQuery) => { name: string | null; guess: string | null; nowhere: boolean }): FoundConnection[] {
  const found = new Map<string, FoundConnection>();
  for (const query of queries) {
    const pattern = patternOf(query.kind, query.connection);
    const { name, guess, nowhere } = placed(query);
    if (pattern === null || nowhere || (guess === null && name !== null)) continue;
    const known = found.get(pattern);
    if (known === undefined) found.set(pattern, { pattern, store: name, why: guess });
    else if (known.store !== name) found.set(pattern, { pattern, store: null, why: null });
  }
  return [...found.values()].sort((one, other) => (one.pattern < other.pattern ? -1 : 1));
}

/** What names a connection within its tool: its name, else its identifier, else where it leads. */
function patternOf(tool: string, connection: ConnectionReference | null): string | null {
  if (connection === null) return null;
  const { id, name, host, database } = connection;
  if (name !== null && name !== '') return yamlFlow({ tool: yamlText(tool), name: yamlPattern(name) });
  if (id !== null && id !== '') return yamlFlow({ tool: yamlText(tool), id: yamlText(id) });
  if (!host || !database) return null;
  return yamlFlow({ tool: yamlText(tool), host: yamlPattern(host), database: yamlPattern(database) });
}
