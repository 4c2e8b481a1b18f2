import type { StoreBoundary } from '../graph/boundary.js';
import { StatementReader } from '../graph/statement-reader.js';
import { searchPathsOf } from '../graph/search-paths.js';
import type { Catalog } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { DeclaredContract } from '../model/contract.js';
import type { ContractProposal } from '../model/contract-proposal.js';
import type { Gap } from '../model/snapshot.js';
import { dialectOfEngine } from '../sql/dialect.js';
import type { Parsers } from '../sql/parse/parsers.js';
import { relationKey } from '../sql/schema-index.js';
import { like } from '../text/glob.js';
import { count } from '../text/quantity.js';
import { existingContracts, withdrawnContracts } from './existing.js';
import { needsOf, type PersonalColumns, shownColumns } from './needs.js';
import { type Plan, plansFor } from './plan.js';
import { printer } from './print.js';
import { proposalsOf } from './proposals.js';
import { type Reader, isOperational, readersOf } from './readers.js';
import { Verifier, type VerifyOptions } from './verify.js';
import { conditionSql, viewQuery, viewRelation } from './view.js';

export type { VerifyOptions } from './verify.js';

export interface ProposeInput {
  boundaries: readonly StoreBoundary[];
  parsers: Pick<Parsers, 'parse'>;
  configuration: Configuration;
  /** Contracts on file, by which it is known which views are withdrawn. */
  contracts?: readonly DeclaredContract[];
  /** By store: what columns hold, as far as it is personal. */
  personal: ReadonlyMap<string, PersonalColumns>;
  /** Globs; only what fits is proposed and compared. */
  only?: { store?: string | undefined; relation?: string | undefined; consumer?: string | undefined };
  /** Null where rewrites are not compared. */
  verify: VerifyOptions | null;
  /** Told before each comparison. */
  onProgress?: (what: string) => void;
}

/**
 * For each internal relation that someone outside the application reads: the contract view that would serve them, all that goes
 * with it, and their queries on it, each compared with what it was. Nothing is run on a store. Those with the most consumers first.
 *
 * @throws ScratchError when a space that was opened breaks in another way than by a query; the signal's reason
 */
export async function proposeContracts(input: ProposeInput): Promise<ContractProposal[]> {
  const proposals: ContractProposal[] = [];
  for (const boundary of input.boundaries) {
    if (!isLookedAt(boundary, input)) continue;
    proposals.push(...(await proposalsForStore(boundary, input)));
  }
  const consumers = ({ consumers: list }: ContractProposal): number => new Set(list.map(({ consumer }) => consumer)).size;
  return proposals.toSorted((a, b) => consumers(b) - consumers(a) || order(a.store, b.store) || order(a.view, b.view));
}

/** Stores with coupled consumers for which no proposal can be written. */
export function notProposed({ boundaries, only }: Pick<ProposeInput, 'boundaries' | 'only'>): Gap[] {
  return boundaries.flatMap((boundary) => {
    const { name, engine } = boundary.store;
    if (!isOperational(boundary) || engine === 'postgres' || !fits(name, only?.store)) return [];
    const readers = readersOf(boundary);
    return readers.length === 0 ? [] : [{
      subject: name, missing: `contracts for ${count(readers.length, 'query', 'queries')} on internal relations`, cause: `contract views are written for PostgreSQL, and ${name} is ${engine}`,
      remedy: 'write the view by hand, with the columns that tidemark audit names for each reader', severity: 'blind',
    }];
  });
}

function isLookedAt(boundary: StoreBoundary, { only }: ProposeInput): boolean {
  return isOperational(boundary) && boundary.store.engine === 'postgres' && fits(boundary.store.name, only?.store);
}

function fits(text: string, pattern: string | undefined): boolean {
  return pattern === undefined || like(text, pattern);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function proposalsForStore(boundary: StoreBoundary, input: ProposeInput): Promise<ContractProposal[]> {
  const { only, verify } = input;
  const parse = input.parsers.parse(dialectOfEngine(boundary.store.engine));
  const print = await printer();
  const personal = input.personal.get(boundary.store.name) ?? new Map();
  const readers = readersOf(boundary);
  const plans = plansOf(boundary, readers, input).map((plan): Plan => {
    const written = [...plan.conditions].filter(([, condition]) => conditionSql(condition, parse) !== null);
    return { ...plan, conditions: new Map(written) };
  });
  const queries = new Map(plans.map((plan) => [plan, viewQuery(plan, [...plan.conditions.values()].flatMap((condition) => conditionSql(condition, parse) ?? []))]));
  const catalog = withViews(boundary.store.catalog, [...queries].flatMap(([plan, query]) => (plan.exists ? [] : [viewRelation(plan, query)])));
  const chosen = plans.filter(({ relation, needs }) =>
    (fits(relationKey(relation), only?.relation) || fits(relation.name, only?.relation)) && needs.some(({ reader }) => fits(reader.consumer, only?.consumer)));
  const reader = new StatementReader({ catalog, searchPaths: searchPathsOf(boundary.store), dialect: dialectOfEngine(boundary.store.engine), parse });
  const verifier = verify === null ? null : new Verifier(boundary, catalog, parse, verify);
  try {
    return await proposalsOf({ boundary, plans, chosen, queries, reader, verifier, print, personal, products: input.configuration.live.dataProducts, configuration: input.configuration, isAsked: (consumer) => fits(consumer, only?.consumer), onProgress: input.onProgress ?? (() => {}) });
  } finally {
    await verifier?.close();
  }
}

/** A store of hundreds of relations has one plan for each that is read from outside, and one more where a contract serves some. */
function plansOf(boundary: StoreBoundary, readers: readonly Reader[], { parsers, contracts, configuration, personal: all }: ProposeInput): Plan[] {
  const personal: PersonalColumns = all.get(boundary.store.name) ?? new Map();
  const parse = parsers.parse(dialectOfEngine(boundary.store.engine));
  const existing = existingContracts(boundary, parse, withdrawnContracts(boundary, contracts ?? []));
  const shown = shownColumns(readers, personal);
  const needs = readers.flatMap((reader) => needsOf(reader, boundary, personal, shown));
  const around = { boundary, contracts: existing, personal, taken: new Set<string>(), configuredSchema: configuredSchema(configuration) };
  return boundary.store.catalog.relations.flatMap((relation) => {
    const own = needs.filter((need) => need.relation === relationKey(relation));
    return own.length === 0 ? [] : plansFor(relation, own, around);
  });
}

/** The schema of a pattern for contracts: `integration` of `integration.v_*`. */
function configuredSchema({ zones }: Configuration): string | null {
  for (const { zone, patterns } of zones) {
    const pattern = zone === 'contract' ? patterns.find((candidate) => /^[^.*]+\./.test(candidate)) : undefined;
    if (pattern !== undefined) return pattern.slice(0, pattern.indexOf('.'));
  }
  return null;
}

function withViews(catalog: Catalog, views: Catalog['relations']): Catalog {
  return { ...catalog, relations: [...catalog.relations, ...views].toSorted((a, b) => order(relationKey(a), relationKey(b))) };
}
