import type { StoreSnapshot } from '../../model/snapshot.js';
import { count } from '../../text/quantity.js';
import type { Look } from '../input.js';
import { type Asked, breaking, type Check, landedOf, noneOf, notApplicable, ofChecks, ofUnits, operationalOf, type Question, relationsOf, unknown, warehousesOf } from './asked.js';

const INTERNAL = ['dashboard-reads-internal', 'dashboard-bypasses-contract', 'dashboard-reads-unpromised-view', 'dashboard-selects-star', 'loader-reads-internal', 'unknown-reader-of-internal', 'read-model-used-as-mart', 'publication-of-whole-table'] as const;
const REGISTERED = ['contract-unregistered', 'contract-without-relation'] as const;
const TRUE_TO_IT = ['contract-differs-from-registration', 'contract-has-unregistered-columns', 'contract-selects-star', 'contract-passes-on-a-view'] as const;
const OLD = ['contract-deprecated-still-read', 'contract-older-version-read'] as const;
const CLOSED = ['history-changed-unexplained', 'restatement-scope-understated', 'restatement-without-change'] as const;
const CORRECTED = ['correction-*', 'history-by-present-value'] as const;
const RESTATED = ['restatement-incomplete', 'restatement-names-unknown-product'] as const;
const LOADS = ['flow-*', 'table-fact-*', 'pipeline-watermark-overlap', 'pipeline-counts-do-not-add-up'] as const;

/** Questions 9 to 13 of Part 066 §29. */
export const MOVEMENT: readonly Question[] = [
  {
    number: 9, area: 'movement', question: 'Is it known and chosen how data leaves production?', rules: ['flow-*', 'outbox-*', 'publication-*', 'mart-built-on-operational', 'loader-reads-internal'], by: 'proposed',
    ask: (look) => {
      if (warehousesOf(look).length === 0) return notApplicable('No warehouse was looked at');
      const landed = landedOf(look);
      const arrived = relationsOf(warehousesOf(look), ['raw']);
      if (landed.length + arrived.length === 0) return unknown('Nothing tells how rows come into the warehouse');
      const named = landed.filter(({ isNamed }) => isNamed);
      const ways = new Map<string, number>();
      for (const { via, by } of named) ways.set(`${via}, ${by}`, (ways.get(`${via}, ${by}`) ?? 0) + 1);
      const known = new Set(named.map(({ store, relation }) => `${store} ${relation}`));
      const all = new Set([...landed, ...arrived].map(({ store, relation }) => `${store} ${relation}`));
      const dark = [...all].filter((one) => !known.has(one));
      return ofUnits({ good: known.size, known: all.size }, `It is known what fills ${known.size} of ${count(all.size, 'relation')} that lie in a raw zone or come from production`, [
        ...[...ways].map(([way, number]) => `${count(number, 'relation')} by ${way}`), ...dark.map((one) => `nothing names what fills ${one.replace(' ', ': ')}`),
      ]);
    },
  },
  {
    number: 10, area: 'movement', question: 'Can a load run twice without doubling anything?', rules: LOADS, by: 'machine',
    ask: (look) => {
      if (warehousesOf(look).length === 0) return notApplicable('No warehouse was looked at');
      const stores = new Map(look.snapshot.stores.map((store) => [store.name, store]));
      const landed = landedOf(look);
      if (landed.length === 0) return unknown('Nothing tells which relations are loaded from production');
      const found = breaking(look, ...LOADS);
      const doubled = new Set(found.map(({ relation }) => relation));
      const keyed = landed.filter(({ store, relation }) => hasKey(stores.get(store), relation));
      const good = keyed.filter(({ relation }) => !doubled.has(relation)).length;
      const unkeyed = landed.length - keyed.length;
      const told = landed.filter(({ store, relation }) => !hasKey(stores.get(store), relation) && doubled.has(relation)).length + keyed.length;
      return ofUnits({ good, known: told, unseen: landed.length - told }, `${good} of ${count(landed.length, 'relation')} that ${landed.length === 1 ? 'is' : 'are'} loaded from production ${good === 1 ? 'has' : 'have'} a key that refuses a row that is there already`, [
        ...found.map(({ message }) => message), ...(unkeyed > 0 ? [`no key is known of ${landed.filter(({ store, relation }) => !hasKey(stores.get(store), relation)).map(({ relation }) => relation).slice(0, 6).join(', ')}`] : []),
      ]);
    },
  },
  {
    number: 11, area: 'movement', question: 'Are deletes and corrections handled so that history stays explained?', rules: [...CLOSED, ...CORRECTED, ...RESTATED], by: 'machine',
    ask: (look) => {
      const controls = look.snapshot.stores.flatMap(({ control }) => (control === undefined ? [] : [control]));
      const hasTable = controls.some(({ tables }) => tables.some(({ kind }) => kind === 'restatement'));
      const isKept = (look.snapshot.closedPeriods ?? []).length > 0;
      const table: Check = { holds: 'restatements are recorded', state: hasTable ? true : controls.length === 0 ? null : false, evidence: hasTable ? [] : [controls.length === 0 ? 'control tables were not looked at' : 'no table of restatements was found'] };
      return ofChecks([
        table,
        ...(hasTable ? [noneOf(look, 'restatements are complete', { area: 'correctness', rules: RESTATED })] : []),
        noneOf(look, 'closed periods change with a restatement only', { area: 'correctness', rules: CLOSED, looked: isKept }),
        noneOf(look, 'corrections keep what was reported before', { area: 'correctness', rules: CORRECTED, looked: look.report.coverage.statements.total > 0 }),
      ]);
    },
  },
  {
    number: 12, area: 'movement', question: 'Can a pipeline be run again from its source?', rules: ['raw-*', 'outbox-*', 'flow-*', 'pipeline-watermark-gap', 'pipeline-failing', 'pipeline-never-ended'], by: 'proposed',
    ask: (look) => replay(look),
  },
  {
    number: 13, area: 'movement', question: 'Are changes of the schema versioned for those who read it?', rules: [...INTERNAL, ...REGISTERED, ...TRUE_TO_IT, ...OLD, 'migration-*', 'flow-*'], by: 'machine',
    ask: (look) => {
      const operational = operationalOf(look);
      if (operational.length === 0) return unknown('No operational store was looked at');
      const looked = look.report.coverage.queries.total + look.report.coverage.statements.total > 0;
      const contracts = relationsOf(operational, ['contract']);
      const rule = (holds: string, rules: readonly string[]): Check => noneOf(look, holds, { area: 'coupling', rules, looked });
      return ofChecks([
        rule('consumers read contracts and nothing internal', INTERNAL),
        ...(contracts.length === 0 ? [] : [rule('every contract is registered with a version', REGISTERED), rule('contracts are as they were registered', TRUE_TO_IT), rule('no old version is read', OLD)]),
      ]);
    },
  },
];

/** Whether the catalogue has a key that is enforced; an engine that only records keys refuses nothing. */
export function hasKey(store: StoreSnapshot | undefined, relation: string): boolean {
  const { constraints, indexes } = store?.catalog ?? { constraints: [], indexes: [] };
  const isOn = (one: { schema: string; relation: string }): boolean => `${one.schema}.${one.relation}` === relation;
  return constraints.some((one) => isOn(one) && one.enforced && (one.kind === 'primary_key' || one.kind === 'unique')) || indexes.some((one) => isOn(one) && one.unique && one.valid);
}

function replay(look: Look): Asked {
  if (warehousesOf(look).length === 0) return notApplicable('No warehouse was looked at');
  const raw = relationsOf(warehousesOf(look), ['raw']);
  const landed = landedOf(look);
  if (raw.length + landed.length === 0) return unknown('Nothing tells how rows come into the warehouse');
  const written = warehousesOf(look).some(({ store }) => store.statementWindow !== null);
  return ofChecks([
    { holds: 'rows land in a raw zone first', state: raw.length > 0, evidence: raw.length > 0 ? [`raw: ${raw.slice(0, 6).map(({ relation }) => relation).join(', ')}`] : ['no relation lies in a raw zone'] },
    ...(raw.length === 0 ? [] : [noneOf(look, 'nobody changes what has landed', { area: 'movement', rules: ['raw-*'], looked: written })]),
    noneOf(look, 'loads join without a gap', { area: 'movement', rules: ['pipeline-watermark-gap'], looked: look.snapshot.stores.some(({ control }) => (control?.pipelines.length ?? 0) > 0) }),
  ]);
}
