import type { Relation } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import { relationKey } from '../../sql/schema-index.js';
import { plainText } from '../../text/plain-text.js';
import type { StoreBoundary } from '../boundary.js';
import { type Fit, type Offer, OfferIndex } from './fit.js';
import { isLoadColumn } from './landing-name.js';
import type { Offered } from './offers.js';
import { type CarriedColumn, sortedColumns, waysOf } from './way.js';

/** Confidence by what speaks for a load. Each is believed by as much as the least sure part of it. */
const CONFIDENCE = { comment: 0.95, loader: 0.9, publication: 0.85, wholeFit: 0.7, fit: 0.55 } as const;
/** Where two offers fit nearly as well, nothing is said. */
const MARGIN = 0.08;
/** Beyond so many that fit, the others are no rivals. */
const RIVALS_MAX = 20;
/** What is known to be read or published is likelier to have landed than what is only there. */
const BONUS = { comment: 1, query: 0.2, publication: 0.15, contract: 0.02 } as const;

export interface Loads {
  movements: RelationMovement[];
  /** Landed relations of which several sources are as likely, in words. */
  notes: string[];
}

/**
 * Where landed relations come from, where no SQL tells: from the comment of the relation, from what loaders read and
 * publications give, and from names and columns that fit.
 *
 * @param isFilled whether it is known already where a relation comes from
 * @param isWanted whether a relation outside of the landing zone is worth a guess
 * @param derives whether one relation of a store is made of another, by its views
 */
export function loadMovements(
  targets: readonly StoreBoundary[], offers: readonly Offer<Offered>[],
  { isFilled, isWanted, derives }: { isFilled: (store: string, relation: string) => boolean; isWanted: (store: string, relation: string) => boolean; derives: (store: string, from: string, to: string) => boolean },
): Loads {
  const index = new OfferIndex(offers);
  const byKey = new Map<string, Offer<Offered>[]>();
  for (const offer of offers) for (const key of keysOf(offer.what)) byKey.set(key, [...(byKey.get(key) ?? []), offer]);
  const found: Loads = { movements: [], notes: [] };
  for (const { store, zones } of targets) {
    const ambiguous: string[] = [];
    for (const relation of store.catalog.relations) {
      const key = relationKey(relation);
      const zone = zones.get(key)?.zone ?? 'unknown';
      if (relation.definition !== null || relation.kind === 'partition' || relation.kind === 'foreign_table' || zone === 'control' || zone === 'contract' || isFilled(store.name, key)) continue;
      const isLanding = zone === 'raw' || zone === 'unknown' || store.role === 'projection';
      if (!isLanding && !isWanted(store.name, key)) continue;
      const named = namedIn(relation.comment, byKey);
      const fits = named.length > 0 ? named.map((offer) => fitByComment(offer, relation)) : index.fits({ schema: relation.schema, name: relation.name, columns: relation.columns.map(({ name }) => name) });
      const best = bestOf(fits.filter(({ offer }) => offer.what.store !== store.name).map(withBonus), derives);
      if (best === 'several') ambiguous.push(plainText(key, 200));
      else found.movements.push(...movementsFrom(best, relation, { store: store.name, named: named.length > 0, isLanding }));
    }
    found.notes.push(...notesOf(ambiguous, store.name));
  }
  return found;
}

const NAMED_MAX = 3;

function notesOf(ambiguous: readonly string[], store: string): string[] {
  if (ambiguous.length === 0) return [];
  const more = ambiguous.length > NAMED_MAX ? ` and ${ambiguous.length - NAMED_MAX} more` : '';
  return [`${ambiguous.slice(0, NAMED_MAX).join(', ')}${more} on ${store}${ambiguous.length === 1 ? ' fits' : ' fit'} several relations of other stores alike: what came over from where is not followed`];
}

/** Relations that a comment names with their schema: `Copied by contract from integration.v_case_opened_v1.` */
function namedIn(comment: string | null, byKey: ReadonlyMap<string, readonly Offer<Offered>[]>): Offer<Offered>[] {
  if (comment === null) return [];
  const names = comment.slice(0, 2000).match(/[\p{L}_][\p{L}\p{N}_$]*\.[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return [...new Set(names)].flatMap((name) => byKey.get(name) ?? []);
}

function fitByComment(offer: Offer<Offered>, { columns }: Relation): Fit<Offered> {
  const own = columns.filter(({ name }) => !isLoadColumn(name));
  const share = own.length === 0 ? 0 : own.filter(({ name }) => offer.columns.has(name.toLowerCase())).length / own.length;
  return { offer, share, sameName: true, score: share };
}

function withBonus(fit: Fit<Offered>): Fit<Offered> {
  const { what } = fit.offer;
  const bonus = what.kind === 'query' ? BONUS.query : (what.published ? BONUS.publication : 0) + (what.isContract ? BONUS.contract : 0);
  return { ...fit, score: fit.score + bonus };
}

/** The best that fits, and after it what is the same source and fits less; `several` where another source fits nearly as well. */
function bestOf(fits: readonly Fit<Offered>[], derives: (store: string, from: string, to: string) => boolean): Fit<Offered>[] | 'several' {
  const [best, ...others] = fits.toSorted((one, other) => other.score - one.score).slice(0, RIVALS_MAX);
  if (!best) return [];
  const same = others.filter((fit) => isSameSource(best.offer.what, fit.offer.what, derives));
  return others.some((fit) => best.score - fit.score < MARGIN && !same.includes(fit)) ? 'several' : [best, ...same];
}

/** A view and the table behind it, and a relation and what is asked of it, are one source. */
function isSameSource(one: Offered, other: Offered, derives: (store: string, from: string, to: string) => boolean): boolean {
  if (one.store !== other.store) return false;
  return keysOf(one).some((key) => keysOf(other).some((another) => key === another || derives(one.store, key, another) || derives(one.store, another, key)));
}

function keysOf(offered: Offered): readonly string[] {
  return offered.kind === 'query' ? offered.keys : [offered.key];
}

interface Landing {
  store: string;
  /** Its comment says where it comes from. */
  named: boolean;
  /** It lies where loads land. */
  isLanding: boolean;
}

/** What a loader asks says more of each column than a name; the columns that it does not ask for may come from the relation all the same. */
function movementsFrom(fits: readonly Fit<Offered>[], target: Relation, landing: Landing): RelationMovement[] {
  const asked = fits.find(({ offer }) => offer.what.kind === 'query');
  const whole = fits.find(({ offer }) => offer.what.kind === 'relation');
  const byQuery = asked ? movementsOfQuery(asked, target, landing) : [];
  // `NULL AS email` lands too, and nothing with it.
  const named = new Set(asked?.offer.what.kind === 'query' ? asked.offer.what.slots.map(({ name }) => name.toLowerCase()) : []);
  const known = new Set([...byQuery.flatMap(({ columns }) => columns.map(({ to }) => to)), ...target.columns.map(({ name }) => name).filter((name) => named.has(name.toLowerCase()))]);
  return [...byQuery, ...(whole ? movementsOfRelation(whole, target, landing, known) : [])];
}

function movementsOfQuery({ offer: { what }, ...fit }: Fit<Offered>, target: Relation, { store, named }: Landing): RelationMovement[] {
  if (what.kind !== 'query') return [];
  const to = relationKey(target);
  const names = new Map(target.columns.map(({ name }) => [name.toLowerCase(), name]));
  const slots = what.slots.flatMap((slot) => {
    const name = names.get(slot.name.toLowerCase());
    return name === undefined ? [] : [{ ...slot, name }];
  });
  const confidence = named ? CONFIDENCE.comment : CONFIDENCE.loader;
  const evidence = `${what.by} reads ${what.keys.join(', ')}, and ${named ? `the comment of ${to} says so` : `${to} has ${likeness(fit)}`}`;
  // Which rows one of its statements takes is of no meaning: others take the others.
  return waysOf(slots, what, { store: what.store, to, via: 'load', by: what.by, rowFilter: null, confidence, evidence }).map((movement) => ({ ...movement, to: { store, relation: to } }));
}

function movementsOfRelation({ offer, ...fit }: Fit<Offered>, target: Relation, { store, named, isLanding }: Landing, known: ReadonlySet<string>): RelationMovement[] {
  const { what } = offer;
  const columns = sameColumns(offer, target).filter(({ to }) => !known.has(to));
  if (what.kind !== 'relation' || columns.length === 0) return [];
  const { key, published } = what;
  const to = relationKey(target);
  const byFit = fit.share === 1 && fit.sameName && isLanding ? CONFIDENCE.wholeFit : CONFIDENCE.fit;
  const said = named ? `the comment of ${to} names ${key}` : `${to} has ${likeness(fit)} of ${key}`;
  return [{
    from: { store: what.store, relation: key },
    to: { store, relation: to },
    via: published ? 'replication' : 'load',
    by: published ? `publication ${published.name}` : 'a load that nothing names',
    rowFilter: published?.rowFilter ?? null,
    columns,
    conditions: [],
    confidence: named ? CONFIDENCE.comment : published ? CONFIDENCE.publication : byFit,
    evidence: published ? `publication ${published.name} gives ${key}, and ${said}` : said,
  }];
}

function likeness({ share, sameName }: Pick<Fit<Offered>, 'share' | 'sameName'>): string {
  return `${sameName ? 'the same name' : 'a name alike'} and ${share === 1 ? 'all' : `${Math.round(share * 100)} % of the`} columns`;
}

function sameColumns({ columns, what }: Offer<Offered>, target: Relation): CarriedColumn[] {
  const theirs = what.kind === 'relation' ? new Map(what.relation.columns.map(({ name }) => [name.toLowerCase(), name])) : new Map<string, string>();
  return sortedColumns(target.columns.flatMap(({ name }): CarriedColumn[] => {
    const folded = name.toLowerCase();
    const from = columns.has(folded) ? theirs.get(folded) : undefined;
    return from === undefined ? [] : [{ from, to: name, mask: 'raw', identity: true }];
  }));
}
