import type { ContractConsumer, ContractProposal } from '../../model/contract-proposal.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { assumptionLines, gapLines } from '../../report/layout/looked-at.js';
import { type Page, paragraph } from '../../report/layout/page.js';
import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';
import { heading, headLines } from '../lines.js';
import { runnable } from '../metrics/sql-lines.js';
import { type FixAnswer, outcomeOf } from './answer.js';
import { unifiedDiff } from './diff.js';
import type { ContractOptions } from './options.js';

export interface PageOptions {
  quiet: boolean;
  options: Pick<ContractOptions, 'relation' | 'consumer' | 'store'>;
  /** Why a pattern chose nothing. */
  nothing: string | null;
}

const NAME_LENGTH_MAX = 120;
const DIFF_LINES_MAX = 200;

/** All proposals for people, as a request for a change is written: what and why, then the SQL, then each query. Pure. */
export function fixPage(page: Page, answer: FixAnswer, { quiet, options, nothing }: PageOptions): string[] {
  const sections = [
    quiet ? [] : headLines(page, answer),
    heading(page, headline(answer, options)),
    nothing === null ? [] : paragraph(page, nothing, { first: '', columns: 0 }),
    ...answer.proposals.map((proposal, index) => proposalLines(page, proposal, index + 1)),
    gapLines(page, answer.gaps, false, '--format json'),
    quiet ? [] : assumptionLines(page, answer.assumptions, false, '--format json'),
    quiet || answer.proposals.length === 0 ? [] : paragraph(page, 'Nothing was run on a store: review the SQL, then run it by hand. --write FOLDER writes it as files.', { first: '', columns: 0, paint: page.faint }),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

/** The answer in one sentence; what is open is said in the same breath. */
function headline({ proposals, coverage, gaps }: FixAnswer, { relation, consumer, store }: PageOptions['options']): string {
  if (proposals.length === 0) {
    const chosen = [relation, consumer, store].some((pattern) => pattern !== undefined) ? ' that was asked for' : '';
    return gaps.length === 0 ? `No internal relation${chosen} is read from outside its application.` : `No internal relation${chosen} is known to be read from outside its application, and not everything was looked at.`;
  }
  const fresh = proposals.filter(({ create }) => create !== '').length;
  const relations = new Set(proposals.flatMap((proposal) => proposal.relations.map((name) => `${proposal.store} ${name}`))).size;
  const outcomes = [
    [coverage.proved, 'proved to return the same'], [coverage.searched, 'searched without a difference'],
    [coverage.notCompared, 'rewritten and not compared'], [coverage.unchanged, 'left as it is, with the reason'],
  ] as const;
  const told = outcomes.filter(([number]) => number > 0).map(([number, what]) => `${amount(number)} ${what}`);
  const made = fresh === 0 ? 'views that are there serve them' : `${counted(fresh, 'new view')} would serve them`;
  return `${counted(coverage.queries, 'query', 'queries')} from outside ${coverage.queries === 1 ? 'reads' : 'read'} ${counted(relations, 'internal relation')}; ${made}: ${told.join(', ')}.`;
}

function proposalLines(page: Page, proposal: ContractProposal, number: number): string[] {
  const { concept, relations, view, replaces, create, grants, revokes, registryTable, registryRow, odcs, notes, consumers, store } = proposal;
  const first = `${number}. `;
  const names = new Set(consumers.map(({ consumer }) => consumer)).size;
  const what = create === '' ? `${clean(view)} is there already` : replaces === null ? clean(view) : `${clean(view)}, the next version of ${clean(replaces)}`;
  return [
    ...paragraph(page, `${clean(concept)}: ${what}`, { first, columns: first.length, paint: page.strong }),
    ...paragraph(page, `${counted(names, 'consumer')} of ${relations.map(clean).join(' and ')} on ${clean(store)}: ${ownersOf(consumers)}`, { first: '   ', columns: 3 }),
    ...notes.flatMap((note) => paragraph(page, note, { first: '   - ', columns: 5 })),
    ...(create === '' ? sqlBlock(page, 'Grant', grants) : sqlBlock(page, 'Make the view, and let its consumers read it', [create, ...(grants.length === 0 ? [] : ['', ...grants])])),
    ...(registryRow === '' ? [] : sqlBlock(page, registryTable === null ? 'Register it' : 'Register it, in a registry to be made', [...(registryTable === null ? [] : [registryTable]), registryRow])),
    ...(create === '' ? [] : block(page, `Commit ${odcs.file}`, linesOf(odcs.text))),
    ...sqlBlock(page, 'Once the consumers have moved', revokes),
    ...consumers.flatMap((consumer) => consumerLines(page, consumer)),
  ];
}

function ownersOf(consumers: readonly ContractConsumer[]): string {
  const known = [...new Set(consumers.flatMap(({ owner }) => (owner === null ? [] : [clean(owner)])))].sort();
  return [...known, ...(consumers.some(({ owner }) => owner === null) ? ['no known owner'] : [])].join(', ');
}

function consumerLines(page: Page, consumer: ContractConsumer): string[] {
  const { consumer: name, owner, origin, before, after, sentence } = consumer;
  const mark = MARKS[outcomeOf(consumer)];
  const place = [owner, origin?.file].flatMap((part) => (part === undefined || part === null || part === '' ? [] : [clean(part)])).join(', ');
  const diff = after === null ? [] : unifiedDiff(before, after).slice(0, DIFF_LINES_MAX);
  return [
    '',
    ...paragraph(page, `${nameMarkers(name)}${place === '' ? '' : ` (${place})`}`, { first: `   ${mark} `, columns: 5, paint: page.strong }),
    ...paragraph(page, nameMarkers(sentence), { first: '     ', columns: 5 }),
    ...(diff.length === 0 ? [] : ['', ...diff.map((line) => `     ${tinted(page, harmless(line))}`)]),
  ];
}

const MARKS = { proved: '=', searched: '~', notCompared: '?', unchanged: '!' } as const;

function tinted(page: Page, line: string): string {
  if (line.startsWith('+')) return page.strong(line);
  return line.startsWith('@@') ? page.faint(line) : line;
}

function sqlBlock(page: Page, title: string, statements: readonly string[]): string[] {
  return statements.length === 0 ? [] : block(page, title, statements.flatMap((sql) => linesOf(sql)));
}

/** SQL stands as it is to be copied, without a break that is not its own. */
function block(page: Page, title: string, lines: readonly string[]): string[] {
  return ['', ...paragraph(page, title, { first: '   ', columns: 3, paint: page.faint }), '', ...lines.map((line) => (line === '' ? '' : `     ${line}`))];
}

function linesOf(text: string): string[] {
  return runnable(text).split('\n');
}

/** One line as it stands, signs of a diff and spaces before it kept. */
function harmless(line: string): string {
  const [lead = ''] = /^[-+ @]?\s*/.exec(line) ?? [];
  return `${lead.replaceAll('\t', '    ')}${plainText(nameMarkers(line.slice(lead.length)), Math.max(line.length, 1) + 40)}`;
}

function clean(text: string): string {
  return plainText(nameMarkers(text), NAME_LENGTH_MAX);
}
