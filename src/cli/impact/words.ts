import type { DeployPhase, Impact, ImpactEffect } from '../../model/impact-report.js';
import type { SchemaChange } from '../../model/migration.js';
import { LIKELY } from '../../impact/likely.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';
import type { ImpactAnswer } from './answer.js';

/** A text for the page: one line, personal data by its kind. */
export function clean(text: string, limit = 120): string {
  return plainText(nameMarkers(text), limit);
}

export const EFFECT_WORDS: Record<ImpactEffect, string> = { breaks: 'fails', meaning: 'changes', unproved: 'unproved', contract: 'promise', widens: 'shows more' };

const PHASE_WORDS: Record<DeployPhase, string> = {
  now: 'may be deployed now', 'after-consumers': 'only after its readers have moved', 'with-consumers': 'only once its readers have decided', unknown: 'not known: not everything could be looked at',
};

export function phaseInWords(phase: DeployPhase): string {
  return PHASE_WORDS[phase];
}

/** The answer in one sentence: what fails first, then what changes, and whom to tell. */
export function headline({ impacts, unknown, unread, changes, looked, notify }: ImpactAnswer): string {
  const likely = impacts.filter(({ confidence }) => confidence >= LIKELY);
  const parts = [
    ...said(likely, 'breaks', (number, things) => `${things} ${number === 1 ? 'fails' : 'fail'}`),
    ...said(likely, 'meaning', (number, things) => `${things} ${number === 1 ? 'answers' : 'answer'} something else without failing`),
    ...said(likely, 'unproved', (number) => `${counted(number, 'metric')} ${number === 1 ? 'is' : 'are'} no longer proved to agree`),
    ...said(likely, 'contract', (number) => `${counted(number, 'contract')} ${number === 1 ? 'is' : 'are'} broken`),
    ...said(likely, 'widens', (_, things) => `more is shown by ${things}`),
  ];
  const owners = notify.flatMap(({ owner }) => (owner === null ? [] : [clean(owner, 60)]));
  const tell = owners.length === 0 || parts.length === 0 ? '' : ` Tell ${listed(owners, 5)}.`;
  const open = unknown.length + unread.length;
  const rest = open === 0 ? '' : ` ${counted(open, 'thing')} could not be looked at.`;
  if (parts.length > 0) return `${capital(listed(parts, 6))}.${tell}${rest}`;
  const where = `${counted(looked.consumers, 'consumer')} and ${counted(looked.views, 'view')} were looked at`;
  if (open > 0) return `Whether anything is hit is not known: ${counted(open, 'thing')} could not be looked at. Nothing else notices ${changes.length === 1 ? 'this change' : 'these changes'}: ${where}.`;
  if (impacts.length > 0) return `Nothing fails; ${counted(impacts.length, 'hint')} below. ${where}.`;
  if (changes.length === 0) return `These migrations change no schema that could be read. ${where}.`;
  return `Nothing that reads the store notices ${changes.length === 1 ? 'this change' : `these ${amount(changes.length)} changes`}: ${where}.`;
}

function said(impacts: readonly Impact[], effect: ImpactEffect, words: (number: number, things: string) => string): string[] {
  const things = new Map<string, Set<string>>();
  for (const { effect: own, thing } of impacts) if (own === effect) things.set(thing.kind, (things.get(thing.kind) ?? new Set()).add(`${thing.store} ${thing.name}`));
  const number = [...things.values()].reduce((sum, names) => sum + names.size, 0);
  if (number === 0) return [];
  const named = KINDS.flatMap(([kind, one, many]) => {
    const own = things.get(kind)?.size ?? 0;
    return own === 0 ? [] : [counted(own, one, many)];
  });
  return [words(number, listed(named, 6))];
}

const KINDS: readonly (readonly [Impact['thing']['kind'], string, string])[] = [
  ['card', 'card', 'cards'], ['code', 'place in code', 'places in code'], ['model', 'model', 'models'], ['role', 'role', 'roles'], ['view', 'view', 'views'], ['metric', 'metric', 'metrics'],
  ['contract', 'contract', 'contracts'], ['function', 'function', 'functions'], ['constraint', 'constraint', 'constraints'], ['policy', 'policy', 'policies'], ['publication', 'publication', 'publications'],
];

export function listed(words: readonly string[], limit: number): string {
  const shown = words.slice(0, limit);
  const rest = words.length - shown.length;
  const all = rest > 0 ? [...shown, `${amount(rest)} more`] : shown;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `drops app.case_file.region_code`. */
export function changeInWords(change: SchemaChange): string {
  const { relation } = change;
  switch (change.kind) {
    case 'relation-added':
      return `makes the ${change.relationKind.replaceAll('_', ' ')} ${relation}`;
    case 'relation-dropped':
      return `drops ${relation}${change.cascade ? ' with what depends on it' : ''}`;
    case 'relation-renamed':
      return `renames ${relation} to ${change.to}`;
    case 'view-replaced':
      return `defines ${relation} anew`;
    case 'column-added':
      return `adds ${relation}.${change.column} (${change.type}${change.nullable ? '' : ', not null'})`;
    case 'column-dropped':
      return `drops ${relation}.${change.column}${change.cascade ? ' with what depends on it' : ''}`;
    case 'column-renamed':
      return `renames ${relation}.${change.column} to ${change.to}`;
    case 'column-type':
      return `makes ${relation}.${change.column} ${change.to}, which was ${change.from}`;
    case 'column-default':
      return `sets the default of ${relation}.${change.column} to ${change.to ?? 'none'}, which was ${change.from ?? 'none'}`;
    case 'column-nullable':
      return change.nullable ? `lets ${relation}.${change.column} be NULL` : `makes ${relation}.${change.column} not null`;
    case 'column-generated':
      return change.to === null ? `stops computing ${relation}.${change.column}` : `computes ${relation}.${change.column} as ${change.to}`;
    case 'constraint-added':
      return `adds ${change.constraint.name} to ${relation}`;
    case 'constraint-dropped':
      return `drops ${change.constraint.name} of ${relation}`;
    case 'constraint-validated':
      return `validates ${change.constraint.name} of ${relation}`;
    case 'values-changed':
      return `changes the values of ${relation}.${change.column}: ${[...change.added.map((value) => `+ ${value}`), ...change.removed.map((value) => `− ${value}`), ...change.renamed.map(({ from, to }) => `${from} → ${to}`)].join(', ')}`;
    case 'function-added':
      return `makes the function ${change.name}`;
    case 'function-dropped':
      return `drops the function ${change.name}`;
    case 'function-replaced':
      return `replaces the function ${change.name}`;
    case 'row-security-changed':
      return `switches row security of ${relation} ${change.enabled ? 'on' : 'off'}`;
    case 'policy-added':
    case 'policy-dropped':
    case 'policy-changed':
      return `${change.kind === 'policy-added' ? 'adds' : change.kind === 'policy-dropped' ? 'drops' : 'changes'} the policy ${change.policy.name} of ${relation}`;
    case 'privilege-granted':
      return `grants ${change.privileges.join(', ')} on ${relation} to ${change.grantee}`;
    case 'privilege-revoked':
      return `revokes ${change.privileges.join(', ')} on ${relation} from ${change.grantee}`;
    case 'publication-changed':
      return `changes what ${change.publication} sends of ${relation}`;
    case 'trigger-added':
    case 'trigger-dropped':
      return `${change.kind === 'trigger-added' ? 'adds' : 'drops'} the trigger ${change.name} of ${relation}`;
    case 'rows-changed':
      return `${{ insert: 'inserts rows into', update: 'updates rows of', delete: 'deletes rows of', truncate: 'empties', merge: 'merges rows into' }[change.verb]} ${relation}`;
    case 'harmless':
      return change.what;
  }
}
