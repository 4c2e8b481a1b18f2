import { like } from '../../text/glob.js';
import { count } from '../../text/quantity.js';
import type { Look } from '../input.js';
import { type Asked, breaking, operationalOf, ofUnits, type Question, relationsOf, unknown, warehousesOf } from './asked.js';

/** Questions 18 to 21 of Part 066 §29. */
export const OWNERSHIP: readonly Question[] = [
  {
    number: 18, area: 'ownership', question: 'Does somebody own each source contract?', rules: ['asset-*', 'contract-unregistered'], by: 'machine',
    ask: (look) => {
      const registered = look.snapshot.stores.flatMap(({ contractRegistry }) => contractRegistry?.rows ?? []);
      const declared = look.snapshot.contracts ?? [];
      const contracts = relationsOf(operationalOf(look), ['contract']).map(({ store, relation }) => {
        const row = registered.find(({ name }) => name === relation || relation.endsWith(`.${name}`));
        const file = declared.find(({ relations }) => relations.some(({ schema, name }) => (schema === null ? relation.endsWith(`.${name}`) : `${schema}.${name}` === relation)));
        return { store, name: relation, owner: row?.owner ?? file?.owner ?? null };
      });
      if (contracts.length === 0) return unknown('There is no contract that consumers could read');
      return owned(look, contracts, 'contract');
    },
  },
  {
    number: 19, area: 'ownership', question: 'Does somebody own each metric definition?', rules: ['asset-*', 'metric-declaration-incomplete'], by: 'machine',
    ask: (look) => {
      const declared = new Map((look.configuration.metrics ?? []).map(({ name, owner }) => [name, owner]));
      const names = new Set([...declared.keys(), ...(look.report.metrics ?? []).map(({ name }) => name)]);
      if (names.size === 0) return unknown('No metric is declared, and none is claimed by several dashboards');
      return owned(look, [...names].sort().map((name) => ({ store: '', name, owner: declared.get(name) ?? null })), 'metric');
    },
  },
  {
    number: 20, area: 'ownership', question: 'Does somebody own each mart transformation?', rules: ['asset-*'], by: 'machine',
    ask: (look) => {
      const read = new Set(look.consumers.flatMap(({ reads }) => reads.flatMap(({ store, relations }) => relations.map((relation) => `${store} ${relation}`))));
      const marts = relationsOf(warehousesOf(look), ['mart', 'semantic']).filter(({ store, relation }) => look.consumers.length === 0 || read.has(`${store} ${relation}`));
      if (marts.length === 0) return unknown('No mart is known that a consumer reads');
      const products = look.configuration.live.dataProducts;
      return owned(look, marts.map(({ store, relation }) => ({ store, name: relation, owner: products.find((product) => product.relation === relation)?.owner ?? ownerInComment(look, store, relation) })), 'mart');
    },
  },
  {
    number: 21, area: 'ownership', question: 'Is it agreed who approves official reports?', rules: ['report-run-approved-*', 'official-report-approver*'], by: 'person',
    ask: (look) => {
      const found = breaking(look, 'report-run-approved-*', 'official-report-approver*');
      return unknown('Nobody has answered who approves official reports', found.map(({ message }) => message));
    },
  },
];

interface Owned {
  store: string;
  name: string;
  owner: string | null;
}

/** `owner: Data Platform Team` in the comment of a relation. */
function ownerInComment({ snapshot }: Look, store: string, relation: string): string | null {
  const comment = snapshot.stores.find(({ name }) => name === store)?.catalog.relations.find(({ schema, name }) => `${schema}.${name}` === relation)?.comment ?? '';
  return /\bowner\s*[:=]\s*([^\n;,.]+)/i.exec(comment)?.[1]?.trim() ?? null;
}

/** Who is accountable, by the registry, the configuration, or what was found of owners. */
function owned(look: Look, things: readonly Owned[], one: string): Asked {
  const ownerless = look.report.findings.filter(({ ruleId }) => ruleId === 'asset-without-accountable');
  const assets = look.configuration.assets ?? [];
  const bad = things.filter(({ store, name, owner }) => {
    if (ownerless.some((finding) => finding.relation === name && (store === '' || finding.store === store))) return true;
    if (owner !== null) return false;
    return !assets.some(({ match, accountable }) => accountable !== null && (like(name, match) || like(`${store}:${name}`, match)));
  });
  const good = things.length - bad.length;
  return ofUnits({ good, known: things.length }, `${good} of ${count(things.length, one)} ${good === 1 ? 'has' : 'have'} somebody who is accountable`, bad.map(({ name }) => `nobody is known to be accountable for ${name}`));
}
