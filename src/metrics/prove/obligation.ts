import type { Column } from '../../model/catalog.js';
import type { Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import { everywhere, type JointContext, type JointFact, jointRelation, type JointRelation, type JointWorlds, jointWorlds, sameRows } from '../rows/joint.js';
import { rowRank } from '../rows/witness.js';
import type { Session } from './block.js';
import { aliasOf, column, columnPart, conjunction, keyOf, operation, ownColumns, sameText } from './expression.js';
import { TermBook } from './term.js';

/** Under which a pair of expressions is compared: rows of a join, and what is known to be true of them. */
export interface Surroundings {
  /** Sources whose row may be absent: the nullable sides of outer joins. */
  nullable: ReadonlySet<string>;
  premises: readonly Expression[];
}

export const ABSENT = '%absent';
export const absenceOf = (alias: string): Expression => column(`${alias}.${ABSENT}`);

/** Members that a type would have if it were another: one in each gap. */
const OTHER_MEMBER = '\u0000other';

/** What has to be shown of rows, shown by looking at all representative rows. Constraints that it rests on are noted. */
export class Obligations {
  readonly #session: Session;
  readonly terms: TermBook;
  readonly #shown = new Map<string, string[] | 'not'>();

  constructor(session: Session) {
    this.#session = session;
    this.terms = new TermBook(session);
  }

  /** Whether two filters are true for the same rows. */
  sameFilter(first: readonly Expression[], second: readonly Expression[], around: Surroundings): boolean {
    if (sameText(conjunction(first), conjunction(second))) return true;
    const [a, b, shared] = this.#apart(first, second);
    return this.#holds('same', [a, b], { ...around, premises: [...around.premises, ...shared] }, (worlds) => sameRows(worlds, 0, 1));
  }

  /** Shown over the columns at hand first, which is quick, and with all that the constraints tie to them where that does not do. */
  #holds(name: string, conditions: readonly (readonly Expression[])[], around: Surroundings, shown: (worlds: JointWorlds) => string[] | null): boolean {
    const key = [name, ...conditions.map((list) => list.map(keyOf).join('&')), [...around.nullable].join(), ...around.premises.map(keyOf)].join('|');
    const known = this.#shown.get(key) ?? this.#show(conditions, around, shown);
    this.#shown.set(key, known);
    if (known === 'not') return false;
    this.#session.facts.rest(known);
    return true;
  }

  #show(conditions: readonly (readonly Expression[])[], around: Surroundings, shown: (worlds: JointWorlds) => string[] | null): string[] | 'not' {
    for (const reach of ['near', 'all'] as const) {
      const worlds = this.worlds(conditions, around, reach);
      const needed = worlds === null ? null : shown(worlds);
      if (needed !== null) return needed;
      if (worlds?.partial !== true) return 'not';
    }
    return 'not';
  }

  /** Whether a condition is true for every row. */
  always(condition: Expression, around: Surroundings): boolean {
    return this.sameFilter([condition], [], around);
  }

  /** Whether two expressions have the same value, or are both NULL, in every row. */
  sameValue(first: Expression, second: Expression, around: Surroundings): boolean {
    if (sameText(first, second)) return true;
    return this.sameFilter([operation('is_not_distinct', this.terms.plain(first), this.terms.plain(second))], [], around);
  }

  /**
   * Whether a property of the truth of several conditions fails in no row.
   *
   * @param name of the property: the same for the same one
   */
  never(name: string, conditions: readonly (readonly Expression[])[], around: Surroundings, bad: (truth: (condition: number) => boolean) => boolean): boolean {
    return this.#holds(name, conditions, around, (worlds) => everywhere(worlds, bad));
  }

  relation(first: readonly Expression[], second: readonly Expression[], around: Surroundings): { worlds: JointWorlds; relation: JointRelation } | null {
    const worlds = this.worlds([first, second], around, 'all');
    if (worlds === null || worlds.partial) return null;
    const width = worlds.vocabulary.columns.length;
    const rank = rowRank(worlds.worlds, width, new Set(worlds.vocabulary.columns.keys()));
    const relation = jointRelation(worlds, 0, 1, rank);
    // Terms and moments are freer than they are in truth: what they show is no row for certain.
    return { worlds, relation: isConcrete(worlds, this.terms) ? relation : { ...relation, certain: { first: null, second: null, both: null } } };
  }

  worlds(definitions: readonly (readonly Expression[])[], around: Surroundings, reach: 'all' | 'near'): JointWorlds | null {
    const lowered = definitions.map((list) => list.map((part) => this.terms.abstract(part)));
    const mentioned = new Set(lowered.flat().flatMap(ownColumns));
    const premises = around.premises.map((part) => this.terms.abstract(part));
    const worlds = jointWorlds(lowered, this.#context(premises, mentioned, around.nullable), reach);
    this.#session.spend(200 + (worlds === null ? 0 : worlds.worlds.rows * worlds.worlds.perRow * (definitions.length + worlds.axioms.length)));
    return worlds;
  }

  /** Conditions that both have, and that share no column with the rest, say nothing about the rest. */
  #apart(first: readonly Expression[], second: readonly Expression[]): [Expression[], Expression[], Expression[]] {
    const keys = new Set(second.map(keyOf));
    const shared = first.filter((part) => keys.has(keyOf(part)));
    const known = new Set(shared.map(keyOf));
    return [first.filter((part) => !known.has(keyOf(part))), second.filter((part) => !known.has(keyOf(part))), shared];
  }

  /** What holds of the rows: premises and CHECKs that touch what is compared, directly or through each other, and what terms bring. */
  #context(premises: readonly Expression[], mentioned: Set<string>, nullable: ReadonlySet<string>): JointContext {
    const open = new Set<JointFact>(premises.map((expression) => ({ id: null, columns: ownColumns(expression), expression, holds: true, unless: null, origin: 'definition' })));
    const aliases = new Set<string>();
    const joint: JointFact[] = [];
    for (let grown = true; grown; ) {
      grown = false;
      for (const alias of [...mentioned].map(aliasOf)) {
        if (aliases.has(alias)) continue;
        aliases.add(alias);
        if (nullable.has(alias)) mentioned.add(`${alias}.${ABSENT}`);
        for (const fact of [...this.terms.factsOf(alias), ...this.#checks(alias, nullable)]) open.add(fact);
      }
      for (const fact of open) {
        if (!fact.columns.some((name) => mentioned.has(name))) continue;
        open.delete(fact);
        joint.push(fact);
        for (const name of fact.columns) mentioned.add(name);
        grown = true;
      }
    }
    return {
      shape: {
        column: (name) => this.#column(name),
        enumType: (name) => this.#enumType(name),
        utc: this.#session.utc,
      },
      facts: joint,
      notNull: (name) => this.#notNull(name),
      absence: (name) => (nullable.has(aliasOf(name)) && columnPart(name) !== ABSENT ? `${aliasOf(name)}.${ABSENT}` : null),
      nullWith: (name) => this.terms.tieOf(name),
    };
  }

  #checks(alias: string, nullable: ReadonlySet<string>): JointFact[] {
    const { facts, sources } = this.#session;
    return (sources.get(alias)?.table?.checks ?? []).filter(({ id }) => facts.holds(id)).map((check) => ({
      id: check.id, columns: check.columns.map((name) => `${alias}.${name}`), expression: prefixed(check.expression, alias), holds: false,
      unless: nullable.has(alias) ? `${alias}.${ABSENT}` : null, origin: 'constraint' as const,
    }));
  }

  #column(name: string): Column | undefined {
    if (columnPart(name) === ABSENT) return { name, type: 'boolean', nullable: false, comment: null, label: null, enumValues: null };
    const term = this.terms.columnOf(name);
    if (term !== undefined) return term;
    const source = this.#session.sources.get(aliasOf(name));
    const found = source?.columns.find((candidate) => candidate.name === columnPart(name));
    if (found === undefined) return undefined;
    const members = found.enumValues;
    if (members === null || source?.table === null || source === undefined) return { ...found, name };
    const id = `type ${source.table.key} ${found.name}`;
    if (this.#session.facts.holds(id)) {
      this.#session.facts.rest([id]);
      return { ...found, name };
    }
    return { ...found, name, enumValues: [OTHER_MEMBER, ...members.flatMap((member, place) => [member, `${OTHER_MEMBER}${place}`])] };
  }

  #enumType(name: string): Column | undefined {
    const bare = (type: string): string => type.split('.').at(-1)?.replaceAll('"', '') ?? type;
    for (const source of this.#session.sources.values()) {
      const found = source.columns.find((candidate) => candidate.enumValues !== null && bare(candidate.type) === bare(name));
      if (found !== undefined) return this.#column(`${source.alias}.${found.name}`);
    }
    return undefined;
  }

  /** The constraint that keeps NULL out of a column. */
  #notNull(name: string): string | null {
    if (columnPart(name) === ABSENT || this.terms.isNeverNull(name)) return '';
    return notNullBy(name, this.#session);
  }
}

/** The constraint by which a column of a source is never NULL where the source has a row; empty where its query makes it so. */
export function notNullBy(name: string, session: Session): string | null {
  const source = session.sources.get(aliasOf(name));
  const id = source?.table?.notNull.get(columnPart(name));
  if (session.facts.holds(id)) return id;
  const { node } = source ?? {};
  if (node?.type !== 'block') return null;
  const output = node.outputs[Number(columnPart(name).slice(1))];
  if (output?.type === 'call' && output.name[0] === 'count' && output.over === null) return '';
  return null;
}

/** Whether every column is one of a row, or the one moment with which no fixed time is compared. */
export function isConcrete({ vocabulary }: JointWorlds, terms: TermBook): boolean {
  const moments = vocabulary.columns.flatMap(({ moment }, place) => (moment ? [place] : []));
  const bound = moments.some((place) => vocabulary.named(vocabulary.columns.flatMap((_, other) => (vocabulary.root(other) === vocabulary.root(place) ? [other] : []))).length > 0);
  return moments.length <= 1 && !bound && !vocabulary.columns.some(({ name }) => terms.columnOf(name) !== undefined);
}

function prefixed(expression: Expression, alias: string): Expression {
  return mapExpression(expression, { keepsQueries: true, expression: (inner) => (inner.type === 'column' ? column(`${alias}.${inner.parts.at(-1) ?? ''}`) : inner) });
}
