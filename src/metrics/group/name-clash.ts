import type { Relation } from '../../model/catalog.js';
import type { MetricComparison } from '../../model/metric-verdict.js';
import { bucket } from '../bucket.js';
import type { Claim } from '../claim/claim.js';
import { conceptOf, wordsOfRelation } from '../claim/concept.js';
import type { MetricContext } from '../context.js';
import { severalConsumers, type ClaimGroup } from './group.js';

/** So many claims under one name are told. */
const TOLD_MAX = 20;

/** Views over views are followed so far. */
const DEPTH_MAX = 5;

type Catalogues = Pick<MetricContext, 'catalogOf' | 'zoneOf'>;

/**
 * One name for things that have no table in common (drift.md 7.2). The very words must be the same: what is one only by a synonym is
 * two names. What is read from the semantic zone is no clash, since that is made for being read in place of the tables, and neither is
 * a table of the same name in another store, which is a copy.
 */
export class NameClashes {
  readonly #context: Catalogues;
  readonly #sources = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>();

  constructor(context: Catalogues) {
    this.#context = context;
  }

  /** Claims under the name of a group that read nothing of what it reads. */
  of({ members, elsewhere }: Pick<ClaimGroup, 'members' | 'elsewhere'>): Claim[] {
    const names = new Set(members.map(nameOf));
    const read = new Set(members.flatMap((claim) => [...this.#readBy(claim)]));
    if (members.some((claim) => this.#isSemantic(claim))) return [];
    return elsewhere.filter((claim) => names.has(nameOf(claim)) && this.#clashes(claim, read)).slice(0, TOLD_MAX);
  }

  /** Claims that are alone under their relation and share their name with others that are: one of each that has no table in common. */
  ofLone(claims: readonly Claim[]): Claim[][] {
    const named = claims.filter((claim) => claim.relations.length > 0 && (claim.input.declaration ?? null) === null && !this.#isSemantic(claim) && saysSomething(claim));
    return [...bucket(named, nameOf).values()].flatMap((same) => {
      const apart: Claim[] = [];
      const read = new Set<string>();
      for (const claim of same) {
        if (apart.length > 0 && (!this.#clashes(claim, read) || apart.length >= TOLD_MAX)) continue;
        apart.push(claim);
        for (const table of this.#readBy(claim)) read.add(table);
      }
      return apart.length > 1 && severalConsumers(apart) ? [apart] : [];
    });
  }

  #clashes(claim: Claim, read: ReadonlySet<string>): boolean {
    return claim.relations.length > 0 && !this.#isSemantic(claim) && ![...this.#readBy(claim)].some((table) => read.has(table));
  }

  #isSemantic({ store, relations, input }: Claim): boolean {
    return (input.shownBy ?? null) !== null || relations.some((relation) => this.#context.zoneOf(store, relation) === 'semantic');
  }

  /** The names, without their schemas, of what a claim reads and of what is behind views. */
  #readBy({ store, relations }: Claim): Set<string> {
    const found = new Set<string>();
    let open: readonly string[] = relations;
    for (let depth = 0; depth < DEPTH_MAX && open.length > 0; depth += 1) {
      for (const relation of open) found.add(tableOf(relation));
      open = open.flatMap((relation) => [...(this.#sourcesIn(store).get(relation) ?? [])]).filter((relation) => !found.has(tableOf(relation)));
    }
    return found;
  }

  /** What each view of a store reads. */
  #sourcesIn(store: string): ReadonlyMap<string, ReadonlySet<string>> {
    const known = this.#sources.get(store);
    if (known !== undefined) return known;
    const all = this.#context.catalogOf(store)?.relations ?? [];
    const byTable = bucket(all, ({ name }) => name.toLowerCase());
    const sources = new Map(all.flatMap((relation) => (relation.definition === null ? [] : [[keyOf(relation), sourcesOf(relation, byTable)] as const])));
    this.#sources.set(store, sources);
    return sources;
  }
}

/** As the engine recorded it; else every relation whose name the definition mentions. */
function sourcesOf({ definition, recordedColumns }: Relation, byTable: ReadonlyMap<string, Relation[]>): Set<string> {
  if (recordedColumns !== null) return new Set(recordedColumns.map((column) => column.split('.').slice(0, 2).join('.')));
  const words = new Set((definition ?? '').toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);
  return new Set([...words].flatMap((word) => byTable.get(word) ?? []).map(keyOf));
}

/** The comparison of two claims that read no table in common: rows of the one change nothing in the other. */
export const NO_COMMON_TABLE: MetricComparison = {
  verdict: 'different', kind: 'source', cosmetic: false, restsOn: [], underAsserted: [], witness: null, region: null, bound: null, by: 'none',
  why: 'They have a name in common and no table: one name for two things, which are not compared.',
};

function keyOf({ schema, name }: Relation): string {
  return `${schema}.${name}`;
}

function tableOf(relation: string): string {
  return (relation.split('.').at(-1) ?? relation).toLowerCase();
}

/** The words of the title (of the output, where the query shows several), without synonyms. */
function wordsOf({ title, alias, oneOfSeveral, dimensions, measure }: Claim): string[] {
  const grouped = { dimensions: dimensions.length > 0, additive: !measure.distinct };
  const own = oneOfSeveral ? null : conceptOf(title, '', grouped);
  return (own ?? (alias === null ? null : conceptOf(alias, '', grouped)))?.words ?? [];
}

function nameOf(claim: Claim): string {
  return wordsOf(claim).join(' ');
}

/** Words that say how something is shown or over what, and alone not what it is. */
const SAYS_NOTHING = new Set(
  `status type category name state group source region country city user users date time day week month year today yesterday daily weekly monthly
   top new all other active rate ratio share percent percentage average avg sum max min distribution breakdown split history detail details list
   summary stats statistics result row rows item items record records data event events size volume trend growth score level id`.split(/\s+/),
);

/** One that is named after its table says no more than that it counts its rows, and so do a filter's name and a word of presentation. */
function saysSomething(claim: Claim): boolean {
  const things = new Set(claim.relations.flatMap((relation) => [...wordsOfRelation(tableOf(relation))]));
  return wordsOf(claim).some((word) => word.length > 2 && !/^\d+$/.test(word) && !things.has(word) && !SAYS_NOTHING.has(word));
}
