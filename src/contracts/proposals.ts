import type { StoreBoundary } from '../graph/boundary.js';
import type { StatementReader } from '../graph/statement-reader.js';
import type { Configuration, DataProductConfiguration } from '../model/configuration.js';
import type { ContractConsumer, ContractProposal } from '../model/contract-proposal.js';
import { relationKey } from '../sql/schema-index.js';
import { count } from '../text/quantity.js';
import { grantsOf, revokesOf, rolesOf } from './grants.js';
import { type Moved, movedQuery } from './moved.js';
import type { Need, PersonalColumns } from './needs.js';
import { notesOf } from './notes.js';
import { odcsFile } from './odcs.js';
import { ownerOfContract } from './owner.js';
import type { Plan } from './plan.js';
import type { Reader } from './readers.js';
import { registryStatements } from './registry.js';
import { NotRewritten, type Target } from './rewrite.js';
import type { Verified, Verifier } from './verify.js';
import { createStatements } from './view.js';

export interface ProposalsInput {
  boundary: StoreBoundary;
  /** All of the store: a query that reads several relations moves onto several views at once. */
  plans: readonly Plan[];
  chosen: readonly Plan[];
  /** The query of each plan's view. */
  queries: ReadonlyMap<Plan, string>;
  /** With the proposed views in its catalogue. */
  reader: StatementReader;
  verifier: Verifier | null;
  print: (sql: string) => string;
  personal: PersonalColumns;
  products: readonly DataProductConfiguration[];
  configuration: Configuration;
  isAsked: (consumer: string) => boolean;
  onProgress: (what: string) => void;
}

export async function proposalsOf(input: ProposalsInput): Promise<ContractProposal[]> {
  const movers = new Movers(input);
  const proposals: ContractProposal[] = [];
  for (const plan of input.chosen) {
    const consumers: ContractConsumer[] = [];
    for (const need of plan.needs) if (input.isAsked(need.reader.consumer)) consumers.push(await movers.consumer(need));
    proposals.push(proposalOf(plan, consumers, input, movers));
  }
  return proposals;
}

/** What became of one query: with all relations replaced that can be. */
interface Outcome {
  moved: Moved | null;
  /** Relations that it still names after the change, each with the reason. */
  left: ReadonlyMap<string, string>;
  views: string[];
  /** The views that it moves onto leave out no row. */
  isPlain: boolean;
  verified: Verified | null;
}

/** Moves queries, each once, whichever proposal asks. */
class Movers {
  readonly #input: ProposalsInput;
  readonly #outcomes = new Map<Reader, Outcome>();
  readonly #needs = new Map<Reader, { need: Need; plan: Plan }[]>();

  constructor(input: ProposalsInput) {
    this.#input = input;
    for (const plan of input.plans) for (const need of plan.needs) this.#needs.set(need.reader, [...(this.#needs.get(need.reader) ?? []), { need, plan }]);
  }

  async consumer(need: Need): Promise<ContractConsumer> {
    const { reader, relation } = need;
    const outcome = this.#outcome(reader);
    const { moved, left } = outcome;
    const base = { consumer: reader.consumer, owner: reader.owner, origin: reader.query?.origin ?? null, before: moved?.before ?? this.#textOf(reader) };
    const reason = left.get(relation);
    if (moved === null || reason !== undefined) return { ...base, after: null, unchanged: reason ?? 'it could not be rewritten', verdict: null, sentence: `Not rewritten: ${reason ?? 'it could not be rewritten'}.` };
    const verified = await this.#verified(reader, outcome, moved);
    const sentence = [verified.sentence, ...this.#besides(outcome, relation), ...(moved.remark === null ? [] : [capital(moved.remark)])].map(stopped).join(' ');
    if (verified.against !== null) return { ...base, after: null, unchanged: verified.against, verdict: verified.verdict, sentence };
    return { ...base, after: moved.after, unchanged: null, verdict: verified.verdict, sentence };
  }

  /** Whether a query still names the relation when all that was offered is done. */
  stays(query: Reader['query'] | string, relation: string): boolean {
    const known = [...this.#needs.keys()].find((reader) => (typeof query === 'string' ? reader.query === null && reader.texts[0]?.text === query : reader.query === query));
    if (known === undefined) return true;
    const { moved, left, verified } = this.#outcome(known);
    return moved === null || left.has(relation) || (verified !== null && verified.against !== null);
  }

  #textOf({ query, texts }: Reader): string {
    return query !== null && query.raw !== '' ? query.raw : (texts[0]?.text ?? '');
  }

  /** What else the rewrite changes, and what it leaves. */
  #besides({ left, views }: Outcome, relation: string): string[] {
    const own = this.#viewOf(relation, views);
    const others = views.filter((view) => !own.includes(view));
    return [
      ...(others.length === 0 ? [] : [`It also moves onto ${others.join(' and ')}`]),
      ...[...left].map(([name, why]) => `It still names ${name}: ${why}`),
    ];
  }

  #viewOf(relation: string, views: readonly string[]): string[] {
    const own = new Set(this.#input.plans.filter((plan) => relationKey(plan.relation) === relation).map((plan) => `${plan.schema}.${plan.name}`));
    return views.filter((view) => own.has(view));
  }

  #outcome(reader: Reader): Outcome {
    const known = this.#outcomes.get(reader) ?? this.#move(reader);
    this.#outcomes.set(reader, known);
    return known;
  }

  #move(reader: Reader): Outcome {
    const left = new Map<string, string>();
    const targets = new Map<string, { target: Target; plan: Plan }>();
    for (const { need, plan } of this.#needs.get(reader) ?? []) {
      if (need.blocked === null) targets.set(need.relation, { target: targetOf(plan), plan });
      else left.set(need.relation, need.blocked);
    }
    if (targets.size === 0) return { moved: null, left, views: [], isPlain: false, verified: null };
    try {
      const moved = movedQuery(reader, new Map([...targets].map(([relation, { target }]) => [relation, target])), this.#input.reader);
      const plans = [...targets.values()].map(({ plan }) => plan);
      return { moved, left, views: plans.map((plan) => `${plan.schema}.${plan.name}`).sort(), isPlain: plans.every((plan) => !plan.narrows && plan.conditions.size === 0), verified: null };
    } catch (error) {
      if (!(error instanceof NotRewritten)) throw error;
      for (const relation of targets.keys()) left.set(relation, error.message);
      return { moved: null, left, views: [], isPlain: false, verified: null };
    }
  }

  async #verified(reader: Reader, outcome: Outcome, moved: Moved): Promise<Verified> {
    const { verifier, onProgress } = this.#input;
    if (outcome.verified !== null) return outcome.verified;
    if (verifier === null) return { verdict: null, sentence: 'Not compared: the rewrite changes names only and reads again as the same query.', against: null };
    onProgress(reader.consumer);
    const relations = new Set([...reader.texts.flatMap(({ parts }) => parts.flatMap(({ resolution }) => [...resolution.direct.keys(), ...resolution.base])), ...outcome.views]);
    outcome.verified = await verifier.verified(moved, relations, outcome.isPlain);
    return outcome.verified;
  }
}

function targetOf({ schema, name, columns, relation }: Plan): Target {
  return { schema, name, columns: new Map(columns.map((column) => [column.source, column.name])), all: relation.columns.map((column) => column.name) };
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function stopped(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `case_file` → `case file`, `orders` → `order`. */
export function conceptOf(name: string): string {
  const words = name.replaceAll(/[_\s]+/g, ' ').trim().toLowerCase();
  if (/(?:ss|us|is|ies)$/.test(words)) return words.replace(/ies$/, 'y');
  return words.replace(/s$/, '');
}

function proposalOf(plan: Plan, consumers: ContractConsumer[], input: ProposalsInput, movers: Movers): ContractProposal {
  const { boundary, personal, print, queries } = input;
  const { relation } = plan;
  const key = relationKey(relation);
  const concept = conceptOf(relation.name);
  const owner = ownerOfContract(plan, boundary, input.configuration);
  const roles = rolesOf(plan, boundary);
  const byName = new Map(relation.columns.map((column) => [column.name, column]));
  const columns = plan.columns.map(({ name, source }) => ({
    name,
    source: `${key}.${source}`,
    type: byName.get(source)?.type ?? '',
    personal: personal.get(`${key}.${source}`)?.kind ?? null,
    usedBy: [...new Set(plan.needs.flatMap((need) => (need.columns.includes(source) ? [need.reader.consumer] : [])))].sort(),
  }));
  const registered = registryStatements({ schema: plan.schema, view: plan.name, version: plan.version, owner, columns: columns.map(({ name, type, source }) => ({ name, type, nullable: byName.get(source.slice(key.length + 1))?.nullable ?? true })) }, boundary);
  const revokes = revokesOf(plan, roles.roles, boundary, (query) => movers.stays(query, key));
  const terminated = (sql: string): string => `${print(sql)};`;
  return {
    concept,
    store: boundary.store.name,
    relations: [key],
    view: `${plan.schema}.${plan.name}`,
    replaces: plan.replaces === null ? null : relationKey(plan.replaces.view),
    version: plan.version,
    columns,
    predicates: [...plan.conditions.keys()],
    create: plan.exists ? '' : createStatements(plan, queries.get(plan) ?? '', { catalog: boundary.store.catalog, personal, print }),
    grants: grantsOf(plan, roles, boundary).map((sql) => `${sql};`),
    revokes: revokes.statements.map((sql) => `${sql};`),
    registryRow: plan.exists ? '' : terminated(registered.row),
    registryTable: plan.exists || registered.table === null ? null : terminated(registered.table),
    odcs: odcsFile({ plan, concept, owner, roles: roles.roles, boundary, personal, products: input.products }),
    consumers,
    notes: [
      ...notesOf(plan, { boundary, personal, owner, unknownRoles: roles.unknown, count: (number, thing) => count(number, thing) }),
      ...(plan.exists ? [] : registered.notes),
      ...revokes.notes,
    ],
  };
}
