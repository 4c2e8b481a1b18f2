import type { CollectedQuery } from '../model/query.js';
import { Origins } from './common/origins.js';
import { legacyPage, sharedQueries, sourceQueries } from './evidence/legacy.js';
import { metricQueries, metricsViews } from './evidence/metrics.js';
import { EvidenceProjects, kindOf } from './evidence/project.js';
import { studioPage } from './evidence/studio.js';
import type { Source } from './source.js';

/**
 * Evidence projects. Of the older tool (Svelte pages, to v40): `sources/` asks the real database when it is built, pages ask
 * the extract. Of Evidence Studio (Markdoc pages): fenced queries, components and `metrics/` ask the warehouse live.
 */
export const source: Source = {
  id: 'evidence',
  recognises: (file, surroundings) => kindOf(file, surroundings)?.certainty ?? 0,
  read(files, context) {
    const projects = new EvidenceProjects(files);
    const origins = new Origins();
    const views = metricsViews(projects.metrics);
    const pages = projects.pages.flatMap((page) =>
      page.isStudio ? studioPage(page, projects.sharedWith(page.file.path), views, projects.connectionOf(page.file.path) ?? context.connection) : legacyPage(page, projects.sharedWith(page.file.path)),
    );
    const queries = [...sourceQueries(projects, context), ...sharedQueries(projects, context), ...pages, ...metricQueries(views, projects, context.connection, origins)];
    origins.resolve();
    return unique(queries);
  },
};

/** Pages that name two queries alike run the last one; both are kept. */
function unique(queries: readonly CollectedQuery[]): CollectedQuery[] {
  const taken = new Map<string, CollectedQuery>();
  for (const query of queries) {
    let id = query.id;
    for (let count = 2; taken.has(id); count++) id = `${query.id}#${count}`;
    taken.set(id, { ...query, id });
  }
  return [...taken.values()];
}
