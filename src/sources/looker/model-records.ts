import type { Container } from '../../model/query.js';
import { ExploreReader } from './explore-records.js';
import type { ReadModel } from './models.js';
import type { Part } from './part.js';
import type { Records } from './records.js';
import { Trace } from './setting.js';
import { ViewReader, type Home } from './view-records.js';

/** What was read for a connection already: several models may include one file. */
export type ReadOnce = Set<string>;

/** Every SQL text of a model: its views, explores, tests and datagroups. */
export function readModel({ model, explores, connection }: ReadModel, projects: ReadonlyMap<string, string>, records: Records, once: ReadOnce): void {
  const container: Container =
    model.name === '' ? { kind: 'project', id: model.project.name, title: null } : { kind: 'model', id: model.name, title: null };
  const homeOf = (part: Part): Home => ({ project: projects.get(part.file.path) ?? model.project.name, model: model.name, container, connection });
  const isNew = (part: Part): boolean => {
    const key = [connection?.name, part.key, part.name, part.file.path, part.start].join('\n');
    if (once.has(key)) return false;
    once.add(key);
    return true;
  };
  for (const name of explores.scope.viewNames) {
    const view = explores.scope.view(name);
    if (view !== undefined && isNew(view) && !isTemplate(view, explores.scope.viewNames, (other) => explores.scope.view(other))) {
      new ViewReader(explores, homeOf(view), records).read(view);
    }
  }
  for (const name of explores.scope.exploreNames) {
    const explore = explores.scope.explore(name);
    if (explore !== undefined && isNew(explore)) new ExploreReader(explores, homeOf(explore), records).read(explore);
  }
  for (const test of explores.scope.tests) if (isNew(test)) new ExploreReader(explores, homeOf(test), records).test(test);
  for (const group of explores.scope.datagroups.values()) if (isNew(group)) datagroup(group, explores.alone, homeOf(group), records);
}

/** A view that only others may use: its texts are those of the views that extend it. */
function isTemplate(view: Part, names: readonly string[], get: (name: string) => Part | undefined): boolean {
  if (view.value('extension') !== 'required') return false;
  return names.some((name) => name !== view.name && [...(get(name)?.words('extends') ?? []), ...(get(name)?.words('extends__all') ?? [])].includes(view.name));
}

function datagroup(group: Part, resolver: ReadModel['explores']['alone'], home: Home, records: Records): void {
  const property = group.properties.get('sql_trigger');
  if (property === undefined) return;
  const trace = new Trace();
  const { variants, problems } = resolver.neutralised(property, group.name, trace);
  const subject = {
    id: `${home.project}:datagroup:${group.name}`,
    title: group.value('label') ?? group.name,
    description: group.value('description'),
    container: home.container,
    connection: home.connection,
    schedule: group.value('max_cache_age') === null ? null : `max_cache_age ${group.value('max_cache_age') ?? ''}`,
  };
  const fragment = { role: 'hook', sqlKind: 'statement', pointer: `datagroup:${group.name}/sql_trigger` } as const;
  records.stored(subject, fragment, property, variants, [...problems, ...trace.notes.problems], home.model);
}
