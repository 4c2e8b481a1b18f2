import type { StoreBoundary } from '../../../graph/boundary.js';
import type { Relation } from '../../../model/catalog.js';
import type { Finding } from '../../../model/finding.js';
import type { Report } from '../../../model/report.js';
import { sqlIdentifier, sqlRelation } from '../../../text/sql-name.js';
import type { RemedyGroup } from './answer.js';
import { remediesOf } from './guardrails.js';
import { remedyOf, viewWithout } from './remedy.js';

/** By store: `schema.table.column` → what it holds, as sure as a report must be. */
export type PersonalColumns = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** For each relation with findings of the area privacy: a view without its personal columns, rights, and what only people can do. Sorted. */
export function privacyRemedies({ findings }: Pick<Report, 'findings'>, boundaries: readonly StoreBoundary[], personal: PersonalColumns): RemedyGroup[] {
  const groups = new Map<string, { boundary: StoreBoundary | undefined; relation: string; findings: Finding[] }>();
  for (const finding of findings.filter(({ area }) => area === 'privacy')) {
    const boundary = boundaries.find(({ store }) => store.name === finding.store);
    const relation = relationOf(finding.relation, boundary);
    const key = JSON.stringify([finding.store, relation]);
    const group = groups.get(key) ?? { boundary, relation, findings: [] };
    group.findings.push(finding);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => remediesOfRelation(group, personal)).toSorted((a, b) => (`${a.store} ${a.subject}` < `${b.store} ${b.subject}` ? -1 : 1));
}

/** Findings name a relation or a column of one. */
function relationOf(named: string, boundary: StoreBoundary | undefined): string {
  if (boundary === undefined || catalogued(named, boundary) !== undefined) return named;
  const parent = named.slice(0, Math.max(0, named.lastIndexOf('.')));
  return catalogued(parent, boundary) === undefined ? named : parent;
}

const catalogued = (name: string, { store }: StoreBoundary): Relation | undefined => store.catalog.relations.find((relation) => `${relation.schema}.${relation.name}` === name);

function remediesOfRelation({ boundary, relation, findings }: { boundary: StoreBoundary | undefined; relation: string; findings: Finding[] }, known: PersonalColumns): RemedyGroup {
  const mended = remediesOf(findings, boundary?.store.catalog.roles ?? []);
  const columns = (boundary === undefined ? undefined : catalogued(relation, boundary))?.columns.map(({ name }) => name) ?? [];
  const exposed = new Set(findings.flatMap(({ relation: named }) => (named.startsWith(`${relation}.`) ? [named.slice(relation.length + 1)] : [])));
  // A view that leaves out what was found today and shows the next column of its kind would mend nothing.
  const personal = new Set([...exposed, ...columns.filter((name) => exposed.size > 0 && known.get(boundary?.store.name ?? '')?.has(`${relation}.${name}`) === true)]);
  const rest = columns.filter((name) => !personal.has(name));
  const view = `${relation}_public`;
  const isThere = boundary !== undefined && catalogued(view, boundary) !== undefined;
  const rules = [...new Set(findings.filter(({ relation: named }) => named !== relation).map(({ ruleId }) => ruleId))].sort();
  const made = personal.size === 0 || rest.length === 0 || isThere ? [] : [
    { ...viewWithout(relation, rest, view), rules },
    ...rolesOf(findings, boundary).map((role) => remedyOf(`GRANT SELECT ON ${sqlRelation(view)} TO ${sqlIdentifier(role)};`, rules, [])),
  ];
  const [first] = findings;
  return {
    store: first?.store ?? '', subject: relation, owner: first?.owner ?? null,
    notes: [
      ...(personal.size === 0 ? [] : [`personal or secret: ${[...personal].sort().join(', ')}`]),
      ...(isThere ? [`${view} is there already: point its readers at it`] : []),
      ...(made.length === 0 ? [] : ['the view has every other column of today; point the readers below at it, then take the right to the table away']),
    ],
    statements: [...made, ...mended.statements], byHand: mended.byHand,
  };
}

/** The logins under which the consumers of the findings were seen. */
function rolesOf(findings: readonly Finding[], boundary: StoreBoundary | undefined): string[] {
  const consumers = new Set(findings.map(({ consumer }) => consumer));
  const roles = (boundary?.accesses ?? []).filter(({ consumer }) => consumers.has(consumer.name)).map(({ consumer }) => consumer.role);
  return [...new Set(roles.filter((role) => role !== ''))].sort();
}
