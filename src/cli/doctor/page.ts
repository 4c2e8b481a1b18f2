import { isBlind, type Check, type CheckState, type DoctorReport, type Examined } from '../../doctor/check.js';
import { paragraph, type Mark, type Page } from '../../report/layout/page.js';
import { pad, widthOf } from '../../report/layout/wrap.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';

const TITLE_WIDTH_MAX = 26;
/** What is lost and what mends it stand below a line, further left than it, so that most SQL fits. */
const BELOW = '      ';
const SQL_LENGTH_MAX = 2_000;

/** One line for each capability, what is lost and what mends it below it, and the SQL of a role in the end. */
export function doctorPage(page: Page, report: DoctorReport, quiet: boolean): string[] {
  const shown = report.subjects.map((subject) => ({ subject, checks: subject.checks.filter(({ id, state }) => state !== 'ok' || (!quiet && !inHead(subject, id))) }));
  const closing = [...(quiet ? [] : roleLines(page, report)), ...costLines(page, report)];
  return [
    ...paragraph(page, verdict(report), { first: '', columns: 0, paint: page.strong }),
    ...shown.filter(({ checks }) => checks.length > 0).flatMap(({ subject, checks }) => ['', ...subjectLines(page, subject, checks)]),
    ...(quiet ? [] : roleSqlLines(page, report)),
    ...(closing.length === 0 ? [] : ['', ...closing]),
  ];
}

/** The head of a PostgreSQL store tells its version. */
function inHead({ kind, engine }: Examined, id: string): boolean {
  return kind === 'store' && engine === 'postgres' && id === 'version';
}

function verdict(report: DoctorReport): string {
  const { ok, warning, notAvailable } = report.totals;
  const numbers = `${formatQuantity(ok, 'count')} ok, ${count(warning, 'warning')}, ${formatQuantity(notAvailable, 'count')} not available`;
  if (isBlind(report)) return `Not everything can be looked at: ${numbers}`;
  return `Everything needed can be looked at: ${numbers}`;
}

function subjectLines(page: Page, { name, description, kind }: Examined, checks: readonly Check[]): string[] {
  const widest = (texts: string[]): number => Math.max(...texts.map((text) => widthOf(text)));
  const widths = {
    state: widest(checks.map(({ state }) => wordOf(markOf(page, state)))),
    title: Math.min(widest(checks.map(({ title }) => plainText(title))), TITLE_WIDTH_MAX),
  };
  const head = kind === 'configuration' ? description : `${name}: ${description}`;
  return [...paragraph(page, head, { first: '', columns: 0, paint: page.strong }), ...checks.flatMap((check) => checkLines(page, check, widths))];
}

function checkLines(page: Page, { state, title, seen, lost, remedy }: Check, widths: { state: number; title: number }): string[] {
  const mark = markOf(page, state);
  const label = plainText(title);
  const columns = 2 + widths.state + 2 + widths.title + 2;
  const isLong = widthOf(label) > widths.title;
  const head = `  ${mark.paint(pad(wordOf(mark), widths.state))}  `;
  const first = isLong ? ' '.repeat(columns) : `${head}${pad(label, widths.title)}  `;
  return [
    ...(isLong ? [`${head}${label}`] : []),
    ...paragraph(page, seen, { first, columns }),
    ...(lost === null ? [] : paragraph(page, `lost: ${lost}`, { first: `${BELOW}· `, columns: BELOW.length + 2, paint: page.faint })),
    ...(remedy === null || state === 'ok' ? [] : remedyLines(page, remedy)),
  ];
}

/** Sentences are wrapped; SQL is copied, so each statement stands on a line of its own unless all is short. */
function remedyLines(page: Page, { text, sql, by, restart }: NonNullable<Check['remedy']>): string[] {
  const words = [...(by === null ? [] : [`by ${by}`]), ...(restart ? ['needs a restart'] : [])];
  const suffix = words.length === 0 ? '' : `(${words.join(', ')})`;
  const columns = BELOW.length + 2;
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(`${BELOW}${lines.length === 0 ? '→ ' : '  '}${line}`);
  const whole = plainText(`${text} ${suffix}`.trim());
  if (widthOf(whole) + columns <= page.width_columns) {
    add(whole);
    return lines;
  }
  let rest = text;
  for (const statement of sql) {
    const at = rest.indexOf(statement);
    // In brackets it is a part of its sentence.
    if (at < 0 || rest[at - 1] === '(') continue;
    for (const line of sentence(page, rest.slice(0, at), columns)) add(line);
    add(plainText(statement, SQL_LENGTH_MAX));
    rest = rest.slice(at + statement.length);
  }
  for (const line of sentence(page, `${rest.replace(/^\.(?=\s|$)/, '')} ${suffix}`, columns)) add(line);
  return lines;
}

function sentence(page: Page, text: string, columns: number): string[] {
  return text.trim() === '' ? [] : paragraph(page, text.trim(), { first: '', columns }).map((line) => line.trimStart());
}

function wordOf({ glyph, word }: Mark): string {
  return `${glyph} ${word}`;
}

function markOf(page: Page, state: CheckState): Mark {
  if (state === 'ok') return page.outcome('holds', null);
  if (state === 'warning') return page.level('warning');
  return { ...page.unknown, word: 'not available' };
}

/** The whole SQL where a role lacks something or may too much. */
function roleSqlLines(page: Page, { subjects }: DoctorReport): string[] {
  return subjects.flatMap(({ name, roleSql }) => {
    if (roleSql?.wanted !== true) return [];
    const title = `The least-privilege role for ${name} (tidemark doctor --sql prints it alone)`;
    // SQL is copied: it is cleaned, never wrapped.
    return ['', ...paragraph(page, title, { first: '', columns: 0, paint: page.strong }), ...roleSql.sql.trimEnd().split('\n').map((line) => (line === '' ? '' : `  ${plainText(line, SQL_LENGTH_MAX)}`))];
  });
}

/** Where nothing is wrong with a role, a word on where its SQL is. */
function roleLines(page: Page, { subjects }: DoctorReport): string[] {
  const enough = subjects.filter(({ roleSql }) => roleSql?.wanted === false).map(({ name }) => name);
  if (enough.length === 0) return [];
  return paragraph(page, `The role in ${enough.join(' and ')} has what tidemark needs; tidemark doctor --sql prints it.`, { first: '', columns: 0 });
}

function costLines(page: Page, { cost, subjects }: DoctorReport): string[] {
  const asked = subjects.filter((subject) => subject.cost !== null);
  if (asked.length === 0) return [];
  const each = asked.length < 2 ? '' : ` (${asked.map((subject) => `${subject.name} ${formatQuantity(subject.cost?.elapsed_ms ?? 0, 'ms')}`).join(', ')})`;
  return [...paragraph(page, `This look cost at most ${formatQuantity(cost.elapsed_ms, 'ms')} of database time in ${count(cost.queries, 'statement')}${each}.`, { first: '', columns: 0, paint: page.faint })];
}
