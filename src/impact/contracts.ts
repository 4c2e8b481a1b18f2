import type { Relation } from '../model/catalog.js';
import type { Impact } from '../model/impact-report.js';
import type { PlacedChange, Situation } from './situation.js';

/** What is promised to others: a relation of the contract zone, one that a registry lists or that a contract on file declares. */
interface Promised {
  relation: string;
  owner: string | null;
  by: string;
  deprecatedAt: string | null;
}

/** Promises that are broken under the same name: a column that goes, is renamed or becomes another type, a view that goes. */
export function contractImpacts(situation: Situation): Impact[] {
  return promisedOf(situation).flatMap((promised) => {
    const before = situation.relationsBefore.get(promised.relation);
    if (before === undefined) return [];
    const causes = causesOf(promised.relation, situation);
    if (causes.length === 0) return [];
    const broken = brokenParts(before, situation.relationsAfter.get(promised.relation) ?? null, causes);
    if (broken.length === 0) return [];
    // What is announced as going and read by nobody may go.
    if (promised.deprecatedAt !== null && !situation.touched.some(({ relations }) => relations.has(promised.relation))) return [];
    const since = promised.deprecatedAt === null ? '' : `, deprecated since ${promised.deprecatedAt.slice(0, 10)} and still read`;
    return [{
      effect: 'contract',
      thing: { kind: 'contract', name: promised.relation, owner: promised.owner, store: situation.store, dashboard: null, location: null },
      changes: causes.map(({ place }) => place),
      through: [],
      sentence: `${promised.by}${since}: ${broken.join('; ')}, without a new version`,
      remedy: `leave ${promised.relation} as it is and give out the next version beside it: ${nextVersion(promised.relation)}`,
      confidence: 0.9,
      calls: null,
    }];
  });
}

function promisedOf({ input: { boundary, contracts = [] }, store }: Situation): Promised[] {
  const found = new Map<string, Promised>();
  const registry = boundary.store.contractRegistry;
  for (const [relation, { zone, reason, guessed }] of boundary.zones) {
    if (zone === 'contract') found.set(relation, { relation, owner: null, by: guessed ? `taken for a contract (${reason.replace(/^guessed:? /, '')})` : 'a contract', deprecatedAt: null });
  }
  for (const [relation, contract] of boundary.store.contracted ?? []) {
    const declared = contracts.find(({ name, id }) => name === contract || id === contract);
    found.set(relation, { relation, owner: declared?.owner ?? null, by: `promised by the data contract ${contract}`, deprecatedAt: null });
  }
  for (const row of registry?.rows ?? []) {
    const relation = [...found.keys(), ...boundary.zones.keys()].find((key) => key === row.name || key.endsWith(`.${row.name}`) || (row.version !== null && key.endsWith(`.${row.name}_${row.version.startsWith('v') ? row.version : `v${row.version}`}`)));
    if (relation !== undefined) found.set(relation, { relation, owner: row.owner, by: `registered in ${registry?.relation ?? ''}`, deprecatedAt: row.deprecatedAt });
  }
  return [...found.values()].filter(() => store !== '').sort((a, b) => (a.relation < b.relation ? -1 : 1));
}

/** Changes of the relation itself, or that took it away. */
function causesOf(relation: string, { changes }: Situation): PlacedChange[] {
  return changes.filter(({ change, original }) => original.relation === relation || (change.kind === 'view-replaced' && change.relation === relation));
}

function brokenParts(before: Relation, after: Relation | null, causes: readonly PlacedChange[]): string[] {
  if (after === null) {
    const renamed = causes.find(({ change }) => change.kind === 'relation-renamed')?.change;
    return [renamed?.kind === 'relation-renamed' ? `it is called ${renamed.to} from now on` : 'it is dropped'];
  }
  const now = new Map(after.columns.map((column) => [column.name, column]));
  return before.columns.flatMap((column): string[] => {
    const own = now.get(column.name);
    if (own === undefined) return [`it loses the column ${column.name}`];
    if (own.type !== '' && column.type !== '' && own.type !== column.type) return [`${column.name} becomes ${own.type}, and was ${column.type}`];
    return !column.nullable && own.nullable && after.kind !== 'view' ? [`${column.name} may be NULL`] : [];
  });
}

/** `integration.v_case_file_v2` after `…_v1`. */
function nextVersion(relation: string): string {
  const [, head, number] = /^(.*_v)(\d+)$/.exec(relation) ?? [];
  return head === undefined || number === undefined ? `${relation}_v2` : `${head}${Number(number) + 1}`;
}
