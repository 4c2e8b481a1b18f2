import type { Impact } from '../../model/impact-report.js';
import { changeInWords } from '../../impact/change-words.js';
import { LIKELY } from '../../impact/likely.js';
import { plainText } from '../../text/plain-text.js';
import { nameMarkers } from '../../text/marker.js';
import type { ImpactAnswer } from './answer.js';
import { EFFECT_WORDS, headline, phaseInWords } from './words.js';

const ROWS_MAX = 60;
const SQL_LENGTH_MAX = 4_000;

/** The answer as a comment on a pull request. Every text is escaped: names come from dashboards and databases. */
export function impactMarkdown(answer: ImpactAnswer): string {
  const { impacts, changes, expandContract, notify, unknown, unread, store } = answer;
  const sections = [
    [`### tidemark impact: ${escaped(store)}`, '', `**${escaped(headline(answer), 800)}**`],
    impacts.length === 0 ? [] : ['| effect | who | owner | what happens | change |', '| --- | --- | --- | --- | --- |', ...impacts.slice(0, ROWS_MAX).map((impact) => row(impact, answer)), ...rest(impacts.length - ROWS_MAX)],
    changes.length === 0 ? [] : ['<details><summary>Changes, and when they may be deployed</summary>', '', ...changes.slice(0, ROWS_MAX).map((change, place) => `${place + 1}. ${escaped(changeInWords(change), 300)} (${escaped(`${change.place.file}:${change.place.line}`, 300)}): ${phaseInWords(change.phase)}${change.waitsFor.length === 0 ? '' : `: ${change.waitsFor.slice(0, 12).map((name) => escaped(name)).join(', ')}`}`), ...rest(changes.length - ROWS_MAX), '', '</details>'],
    expandContract.length === 0 ? [] : ['<details><summary>SQL of a safe order, to be run by hand</summary>', '', ...expandContract.flatMap(({ change, expand, move, contract }) => [`Change ${change + 1}; between both move: ${escaped(move, 400)}`, '', ...fenced([...expand, '-- after they have moved', ...contract])]), '</details>'],
    notify.length === 0 ? [] : ['**Tell**', '', ...notify.map(({ owner, consumers }) => `- ${owner === null ? 'nobody is known to own' : escaped(owner)}: ${consumers.slice(0, 12).map((name) => escaped(name)).join(', ')}${consumers.length > 12 ? ` and ${consumers.length - 12} more` : ''}`)],
    unknown.length + unread.length === 0 ? [] : ['**May be hit too, and could not be looked at**', '', ...unknown.slice(0, ROWS_MAX).map(({ place, why }) => `- ${escaped(`${place.file}:${place.line}`, 300)}: ${escaped(why, 300)}`), ...unread.slice(0, ROWS_MAX).map((text) => `- ${escaped(text, 300)}`)],
  ];
  return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n')}\n`;
}

function row({ effect, thing, sentence, through, remedy, confidence, changes }: Impact, { changes: all }: ImpactAnswer): string {
  const way = through.length === 0 ? '' : ` (through ${through.map((one) => escaped(one)).join(' → ')})`;
  const place = changes.map((one) => `${one + 1}`).join(', ');
  const first = all[changes[0] ?? -1];
  return `| ${EFFECT_WORDS[effect]}${confidence < LIKELY ? ' (perhaps)' : ''} | ${escaped(thing.name)}${thing.dashboard === null ? '' : ` · ${escaped(thing.dashboard)}`} | ${thing.owner === null ? '' : escaped(thing.owner)} | ${escaped(sentence.replaceAll(/(^|; )fails: /g, '$1'), 500)}${way}${remedy === null ? '' : `; ${escaped(remedy, 300)}`} | ${place}${first === undefined ? '' : ` ${escaped(`${first.place.file}:${first.place.line}`, 200)}`} |`;
}

function rest(more: number): string[] {
  return more > 0 ? ['', `… and ${more} more; --format json has them`] : [];
}

/** A fence is longer than any that stands in the text. */
function fenced(statements: readonly string[]): string[] {
  const text = statements.map((sql) => plainText(sql, SQL_LENGTH_MAX));
  const longest = Math.max(2, ...text.flatMap((line) => Array.from(line.matchAll(/`+/g), ([ticks]) => ticks.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sql`, ...text, fence, ''];
}

/** One line without meaning to Markdown, HTML or a forge: no link, mention, issue or table. */
export function escaped(text: string, limit = 160): string {
  return plainText(nameMarkers(text), limit)
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replaceAll('@', '@\u2060').replace(/(https?):\/\//gi, '$1:\u2060//');
}
