import type { ConnectionReference } from '../../model/query.js';
import { aliasesOf, Explores } from './explore.js';
import { modelsOf, type Model, type Project } from './project.js';
import type { QueryRequest } from './query.js';
import { partsOnce, Scope } from './scope.js';
import { Trace } from './setting.js';

export interface ReadModel {
  model: Model;
  explores: Explores;
  connection: ConnectionReference | null;
}

/** All models of all projects, and what is known of their connections. */
export class Models {
  readonly all: ReadModel[];
  /** The name of the project that a file belongs to. */
  readonly projects = new Map<string, string>();
  readonly #byName = new Map<string, ReadModel[]>();

  constructor(projects: readonly Project[], connections: ReadonlyMap<string, ConnectionReference>, fallback: ConnectionReference | null) {
    const partOf = partsOnce();
    for (const { name, files } of projects) for (const { file } of files) this.projects.set(file.path, name);
    this.all = modelsOf(projects).map((model) => ({
      model,
      explores: new Explores(new Scope(model, partOf)),
      connection: model.connection === null ? fallback : (connections.get(model.connection) ?? connectionNamed(model.connection)),
    }));
    for (const read of this.all) {
      const named = this.#byName.get(read.model.name);
      if (named === undefined) this.#byName.set(read.model.name, [read]);
      else named.push(read);
    }
  }

  /** The model that a dashboard names, first within its own project; without a name, the first one that has the explore. */
  find(name: string | null, explore: string, project: string | null): ReadModel | null {
    const candidates = name === null ? this.all : (this.#byName.get(name) ?? []);
    const known = candidates.filter(({ explores }) => explores.scope.explore(explore) !== undefined);
    return known.find(({ model }) => model.project.name === project) ?? known[0] ?? (name === null ? null : candidates.find(({ model }) => model.name !== '')) ?? null;
  }
}

export function connectionNamed(name: string): ConnectionReference {
  return { id: null, name, engine: null, host: null, database: null };
}

/** The base of an explore, by which fields without a view are read. */
export function baseOf(explores: Explores, explore: string): string {
  const part = explores.scope.explore(explore);
  return (part === undefined ? undefined : [...aliasesOf(part, explores.scope).keys()][0]) ?? explore;
}

/** The statement of a request, with what was met. */
export function built(explores: Explores, explore: string, request: QueryRequest, omitted: readonly string[]): { sql: string | null; trace: Trace } {
  const trace = new Trace();
  const sql = explores.query(explore, request, trace);
  for (const name of omitted) trace.notes.problem('unsupported', `the custom field ${name.slice(0, 80)} is an expression of Looker's own and is left out of the rebuilt query`);
  return { sql, trace };
}
