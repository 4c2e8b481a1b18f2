import { quoteName } from '../../stores/postgres/failure.js';
import { plainText } from '../../text/plain-text.js';
import { notAvailable, ok, type Check } from '../check.js';
import { valueOf, type PostgresFacts, type RelationFacts } from '../facts.js';
import { keyOf, type RelationNeed } from '../needs.js';
import { remedyOf, step } from '../remedy.js';
import { grants, policy } from '../role-sql.js';
import { unreadOf } from './server.js';

/** Each relation that the configuration reads: whether it is there, readable as a whole, and has its columns. */
export function relationChecks(facts: PostgresFacts, needs: readonly RelationNeed[]): Check[] {
  const found = valueOf(facts.relations);
  if (found === null) return needs.length === 0 ? [] : [notAvailable('relations', 'relations', unreadOf(facts.relations), 'whether what the configuration names can be read', null)];
  return needs.flatMap((need, number) => {
    const own = found.filter((relation) => relation.number === number);
    if (own.length === 0) return need.required ? [missing(need)] : [];
    return own.map((relation) => readable(facts, need, relation));
  });
}

function idOf(name: string): string {
  return `relation:${plainText(name, 140)}`;
}

function missing(need: RelationNeed): Check {
  const name = keyOf(need);
  return notAvailable(idOf(name), name, 'there is no such relation', need.purposes.join(', '), step('Correct the name in tidemark.yaml (schema.name, letters by case), or name the store that has it.'));
}

function readable({ hosting, target, identity }: PostgresFacts, need: RelationNeed, relation: RelationFacts): Check {
  const name = keyOf(relation);
  const purposes = need.purposes.join(', ');
  const gone = (seen: string, remedy: Parameters<typeof notAvailable>[4]): Check => notAvailable(idOf(name), name, seen, purposes, remedy);
  const role = identity.role ?? target;
  const columns = relation.missing_columns.map((column) => quoteName(plainText(column, 63)));
  if (columns.length > 0) return gone(`it has no column ${columns.join(', ')}`, step('Correct the column in tidemark.yaml, letters by case.'));
  if (!relation.uses_schema || !relation.selects) {
    const what = relation.uses_schema ? 'SELECT on it' : relation.selects ? 'USAGE on its schema' : 'USAGE on its schema and SELECT on it';
    const rows = relation.hides_rows && !relation.shows_us ? [policy(relation, role)] : [];
    const hidden = rows.length === 0 ? '' : ', and row security would hide rows';
    return gone(`${quoteName(role)} lacks ${what}${hidden}`, remedyOf([...grants(relation, role, { schema: !relation.uses_schema, select: !relation.selects }), ...rows].join(' '), hosting));
  }
  if (relation.foreign_server !== null && relation.mapped === false) {
    return gone(`its rows are on the server ${relation.foreign_server}, for which ${quoteName(role)} has no user mapping`, step(`Create one: CREATE USER MAPPING FOR ${quoteName(role)} SERVER ${relation.foreign_server} with the options of that server; or name the relation there.`, 'the owner of the server'));
  }
  if (relation.hides_rows && !relation.shows_us) {
    return gone(`row security hides rows from ${quoteName(role)}: counts would be too small`, remedyOf(policy(relation, role), hosting));
  }
  return ok(idOf(name), name, `readable, for ${purposes}`);
}
