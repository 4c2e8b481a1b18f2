import type { StoreBoundary } from '../graph/boundary.js';
import type { Relation } from '../model/catalog.js';
import { relationKey } from '../sql/schema-index.js';
import { sqlIdentifier } from '../text/sql-name.js';
import { type PersonalColumns, words } from './needs.js';
import type { Plan } from './plan.js';

interface NoteInput {
  boundary: StoreBoundary;
  personal: PersonalColumns;
  owner: string | null;
  /** Consumers of which no role is known. */
  unknownRoles: readonly string[];
  count: (number: number, thing: string) => string;
}

/** What a proposal takes for granted or leaves open, the gravest first. */
export function notesOf(plan: Plan, { boundary, personal, owner, unknownRoles, count }: NoteInput): string[] {
  const { relation, columns, conditions, needs, replaces } = plan;
  const key = relationKey(relation);
  const view = `${plan.schema}.${plan.name}`;
  const direct = columns.filter(({ source }) => personal.get(`${key}.${source}`)?.class === 'direct');
  const notes: string[] = [];
  if (isUnprintable([relation.schema, relation.name, ...columns.map(({ source }) => source)])) notes.push(`a name in ${key} holds characters that are not printed, so that this SQL does not find it: rename it first`);
  const guarded = guardedBelow(relation, boundary);
  if (guarded.length > 0) notes.push(`${key} reads with the rights of who asks (security_invoker) and ${guarded.join(', ')} below it ${guarded.length === 1 ? 'has' : 'have'} row security; a view on top reads with the rights of its own owner: make it with security_invoker = true, too, or readers may see other rows`);
  if (relation.rowSecurity) {
    const policies = boundary.store.catalog.policies.filter(({ schema, relation: of }) => `${schema}.${of}` === key).map(({ name }) => name);
    notes.push(`${key} has row security (${policies.join(', ') || 'no policy'}), and a view reads with the rights of its owner: give it an owner to whom the policies apply, or readers see all rows. The comparison leaves row security aside`);
  }
  if (direct.length > 0) notes.push(`it gives out what identifies a person: ${direct.map(({ name, source }) => `${name} (${words(personal.get(`${key}.${source}`)?.kind ?? '')}, shown by ${shownBy(source, plan)})`).join('; ')}. Who does not need it should stop showing it before the view is made`);
  for (const { column, kind, secret } of withheld(plan)) {
    if (kind === 'date_of_birth') notes.push(`${key}.${column} (${words(kind)}) is left out, since nobody shows it. For counting its year does: date_part('year', ${sqlIdentifier(column)}) AS year_of_birth`);
    else notes.push(secret
      ? `${key}.${column} (${words(kind)}) is left out: secrets never go into a contract. What is counted by it can be a column of its own, as in ${sqlIdentifier(column)} IS NOT NULL AS has_${column}`
      : `${key}.${column} (${words(kind)}) is left out, since nobody shows it. For comparing and counting a keyed pseudonym does: encode(hmac(${sqlIdentifier(column)}::text, key, 'sha256'), 'hex') of pgcrypto, with a key that only the owner of the view knows`);
  }
  if (conditions.size > 0) notes.push(`all of its readers ask for ${[...conditions.keys()].join(' and ')}, so that the view shows no other rows; they may drop it from their own text later, and who needs other rows needs another version`);
  const stars = needs.filter(({ star }) => star).map(({ reader }) => reader.consumer);
  if (stars.length > 0) notes.push(`${few(stars)} ${stars.length === 1 ? 'reads' : 'read'} * of ${key}: the view has its ${count(relation.columns.length, 'column')} of today by name, and a column that is added later is a new version`);
  if (replaces !== null) notes.push(`${relationKey(replaces.view)} stays as it is for those who read it; ${view} is it with ${count(columns.length - replaces.columns.size, 'more column')}. It can be deprecated once its readers have moved`);
  if (plan.exists) notes.push(`${view} is there already and gives all that these consumers use: nothing is to be made`);
  if (unknownRoles.length > 0) notes.push(`no role is known that runs ${few(unknownRoles)}: grant it by hand`);
  if (owner === null) notes.push('nobody is known who answers for it: name the team in the registry and in the contract');
  if (!plan.exists && boundary.store.address === undefined) notes.push('the address of the server is not known, so that the contract names none');
  return notes;
}

function isUnprintable(names: readonly string[]): boolean {
  return names.some((name) => sqlIdentifier(name).replace(/^"(.*)"$/su, '$1').replaceAll('""', '"') !== name);
}

/** Tables with row security that a view shows only as far as the asking role may see. */
function guardedBelow({ kind, options, recordedColumns }: Relation, { reader }: StoreBoundary): string[] {
  if (kind !== 'view' || !options.some((option) => /^security_invoker=(?:true|on|1|yes)$/i.test(option))) return [];
  const below = new Set((recordedColumns ?? []).map((column) => column.slice(0, column.lastIndexOf('.'))));
  return [...below].filter((name) => reader.index.get(name)?.rowSecurity === true).sort();
}

const NAMED_MAX = 3;

/** The first names of many; all of them stand with their queries. */
function few(names: readonly string[]): string {
  if (names.length <= NAMED_MAX + 1) return names.join(', ');
  return `${names.slice(0, NAMED_MAX).join(', ')} and ${names.length - NAMED_MAX} more`;
}

function shownBy(source: string, { needs }: Plan): string {
  const readers = [...new Set(needs.filter(({ shows }) => shows.includes(source)).map(({ reader }) => reader.consumer))];
  const [first = 'none of these consumers', ...others] = readers;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function withheld({ needs }: Plan): { column: string; kind: string; secret: boolean }[] {
  return [...new Map(needs.flatMap((need) => need.withheld).map((column) => [column.column, column])).values()];
}
