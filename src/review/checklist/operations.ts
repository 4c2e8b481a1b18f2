import { count } from '../../text/quantity.js';
import type { Look } from '../input.js';
import { type Asked, breaking, type Check, landedOf, noneOf, notApplicable, ofChecks, ofUnits, type Question, unknown, warehousesOf } from './asked.js';

const PIPELINES = ['pipeline-*'] as const;
const PRODUCTS = ['product-status-hides-staleness', 'product-watermark-behind-load', 'product-never-loaded'] as const;

/** Questions 22 to 25 of Part 066 §29. */
export const OPERATIONS: readonly Question[] = [
  {
    number: 22, area: 'operations', question: 'Can runs of pipelines be observed?', rules: [...PIPELINES, 'warehouse-*'], by: 'machine',
    ask: (look) => {
      const looked = look.snapshot.stores.flatMap(({ name, control }) => (control === undefined ? [] : [{ name, control }]));
      if (looked.length === 0) return unknown('Control tables were not looked at');
      const pipelines = looked.flatMap(({ name, control }) => control.pipelines.map(({ pipeline }) => ({ store: name, pipeline })));
      const found = breaking(look, ...PIPELINES);
      if (pipelines.length === 0) {
        if (warehousesOf(look).length === 0) return notApplicable('No warehouse was looked at');
        return { answer: 'no', value: 0, sentence: 'No store keeps a table of pipeline runs', evidence: [] };
      }
      const bad = pipelines.filter(({ store, pipeline }) => found.some((finding) => finding.store === store && finding.relation === pipeline)).length;
      return ofUnits({ good: pipelines.length - bad, known: pipelines.length }, `${pipelines.length - bad} of ${count(pipelines.length, 'pipeline')} that ${pipelines.length === 1 ? 'is' : 'are'} recorded ${pipelines.length - bad === 1 ? 'tells' : 'tell'} what became of every run`, found.map(({ message }) => message));
    },
  },
  {
    number: 23, area: 'operations', question: 'Is production reconciled with analytics by a machine?', rules: ['flow-*', 'table-untested*', 'mart-*'], by: 'machine',
    ask: (look) => reconciled(look),
  },
  {
    number: 24, area: 'operations', question: 'Are watermarks kept where consumers can see them?', rules: PRODUCTS, by: 'machine',
    ask: (look) => {
      if (warehousesOf(look).length === 0) return notApplicable('No warehouse was looked at');
      const controls = look.snapshot.stores.flatMap(({ control }) => (control === undefined ? [] : [control]));
      const tables = controls.flatMap((control) => control.tables.filter(({ kind }) => kind === 'watermark').map(({ relation }) => relation));
      const declared = look.configuration.live.dataProducts.filter(({ watermark }) => watermark !== null);
      const isKept = tables.length + declared.length > 0;
      const kept: Check = {
        holds: 'watermarks are kept', state: isKept ? true : controls.length === 0 ? null : false,
        evidence: isKept ? [...tables.map((table) => `${table} has them`), ...declared.map(({ name }) => `declared for ${name}`)] : [controls.length === 0 ? 'control tables were not looked at' : 'no table of watermarks was found'],
      };
      return ofChecks([kept, ...(isKept ? [noneOf(look, 'they tell the truth', { area: 'movement', rules: PRODUCTS, looked: controls.length > 0 })] : [])]);
    },
  },
  {
    number: 25, area: 'operations', question: 'Is there a runbook for stale reports?', rules: ['product-without-freshness-contract'], by: 'person',
    ask: () => unknown('Nobody has answered whether there is a runbook for stale reports'),
  },
];

function reconciled(look: Look): Asked {
  if (warehousesOf(look).length === 0) return notApplicable('No warehouse was looked at');
  const pairs = look.configuration.live.reconcile;
  const targets = new Set(pairs.map(({ target }) => `${target.store} ${target.relation}`));
  const landed = landedOf(look);
  const evidence = pairs.map(({ name, source, target }) => `${name}: ${source.store} ${source.relation} against ${target.store} ${target.relation}`);
  if (landed.length === 0) {
    if (pairs.length === 0) return unknown('Nothing tells what is copied from production, and no pair is configured');
    return unknown(`${count(pairs.length, 'pair')} ${pairs.length === 1 ? 'is' : 'are'} configured; what else is copied from production is not known`, evidence);
  }
  const covered = landed.filter(({ store, relation }) => targets.has(`${store} ${relation}`)).length;
  const bare = landed.filter(({ store, relation }) => !targets.has(`${store} ${relation}`)).map(({ relation }) => relation);
  return ofUnits({ good: covered, known: landed.length }, `${covered} of ${count(landed.length, 'relation')} that ${landed.length === 1 ? 'is' : 'are'} filled from production ${covered === 1 ? 'is' : 'are'} compared with it`, [
    ...evidence, ...(bare.length === 0 ? [] : [`not compared: ${bare.slice(0, 8).join(', ')}${bare.length > 8 ? ' …' : ''}`]),
  ]);
}
