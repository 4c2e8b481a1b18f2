import type { ColumnPlace } from '../../model/movement.js';
import type { PersonalColumn, PersonalCopy, PersonalUse } from '../../model/personal-column.js';
import { amount } from '../../report/layout/amounts.js';
import { gapLines } from '../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { heading, headLines, remark } from '../lines.js';
import type { PrivacyAnswer } from './answer.js';
import { reachOf, reachOfUse, levelOf } from './reach.js';
import { clean, copiesInWords, maskInWords, reachMark, usesInWords } from './words.js';

const CONSUMERS_MAX = 3;
const CLASS_WORDS = { direct: 'tells who a person is', quasi: 'tells of a person together with other columns', secret: 'is a secret' } as const;

/** One column with all that becomes of it, as a tree. Pure. */
export function privacyShowPage(page: Page, answer: PrivacyAnswer, column: PersonalColumn, quiet: boolean): string[] {
  const sections = [
    quiet ? [] : headLines(page, answer),
    [...heading(page, `${column.place.relation}.${column.place.column} on ${column.place.store}`), ...reachLines(page, column)],
    whyLines(page, column),
    new Tree(page, column).lines(),
    gapLines(page, answer.gaps, false, '--format json'),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

/** The consequence, before what it rests on. */
function reachLines(page: Page, column: PersonalColumn): string[] {
  const reach = reachOf(column);
  const { text, paint } = reachMark(page, reach);
  const words = usesInWords(column, reach, CONSUMERS_MAX);
  const copied = column.copies.length === 0 ? '' : `copied to ${copiesInWords(column, CONSUMERS_MAX)}`;
  const said = reach === 'copied' || words === '' ? copied : words;
  return paragraph(page, said === '' ? 'nobody reads it, as far as was looked' : said, { first: `${paint(text)}  `, columns: text.length + 2 });
}

function whyLines(page: Page, column: PersonalColumn): string[] {
  const { kind, class: columnClass, confidence, dataType, zone, reasons, against, declarations } = column;
  const item = { first: '  - ', columns: 4 };
  return [
    ...paragraph(page, `${clean(kind)}: it ${CLASS_WORDS[columnClass]}, ${amount(confidence, 'share')} sure; ${dataType}, zone ${zone}`, { first: '', columns: 0 }),
    ...declarations.flatMap(({ by, words }) => paragraph(page, `declared by ${by}: ${words}`, item)),
    // What was declared stands above, in its own words.
    ...reasons.filter((reason) => declarations.length === 0 || !reason.startsWith('declared by its ')).flatMap((reason) => paragraph(page, reason, item)),
    ...against.flatMap((reason) => paragraph(page, `against it: ${reason}`, item)),
  ];
}

function keyOf({ store, relation, column }: ColumnPlace): string {
  return `${store}\n${relation}\n${column}`;
}

/** The way of a value: at each place who uses it, and where it goes on to. */
class Tree {
  readonly #copies = new Map<string, PersonalCopy[]>();
  readonly #uses = new Map<string, PersonalUse[]>();
  readonly #drawn = new Set<string>();

  constructor(private readonly page: Page, private readonly column: PersonalColumn) {
    for (const copy of column.copies) append(this.#copies, keyOf(copy.from), copy);
    for (const use of column.uses) append(this.#uses, keyOf(use.place), use);
  }

  lines(): string[] {
    const { place } = this.column;
    const first = `${place.relation}.${place.column}`;
    const below = this.#below(place, '  ');
    const rest = this.column.copies.filter(({ place: copy }) => !this.#drawn.has(keyOf(copy))).length;
    return [
      ...paragraph(this.page, first, { first: '  ', columns: 2 }),
      ...(below.length === 0 ? remark(this.page, 'nobody reads it, as far as was looked, and no copy of it is known', 4) : below),
      // A way that leads in a circle begins nowhere that is drawn.
      ...(rest > 0 ? remark(this.page, `${amount(rest)} more that come back to each other: --format json has them`) : []),
    ];
  }

  #below(place: ColumnPlace, indent: string): string[] {
    this.#drawn.add(keyOf(place));
    const uses = this.#uses.get(keyOf(place)) ?? [];
    const copies = (this.#copies.get(keyOf(place)) ?? []).filter((copy) => !this.#drawn.has(keyOf(copy.place)));
    for (const copy of copies) this.#drawn.add(keyOf(copy.place));
    const last = uses.length + copies.length - 1;
    return [
      ...uses.flatMap((use, index) => this.#item(useInWords(use, this.column), indent, index === last, this.#paintOf(use))),
      ...copies.flatMap((copy, at) => {
        const isLast = uses.length + at === last;
        return [...this.#item(copyInWords(copy, place), indent, isLast), ...this.#below(copy.place, `${indent}${isLast ? '   ' : '│  '}`)];
      }),
    ];
  }

  #item(text: string, indent: string, isLast: boolean, paint?: (line: string) => string): string[] {
    const room = indent.length + 3;
    const [first = '', ...more] = paragraph(this.page, text, { first: '', columns: room, ...(paint ? { paint } : {}) });
    return [`${indent}${isLast ? '└─ ' : '├─ '}${first}`, ...more.map((line) => `${indent}${isLast ? '   ' : '│  '}${line.slice(room)}`)];
  }

  #paintOf(use: PersonalUse): ((line: string) => string) | undefined {
    const reach = reachOfUse(use, this.column);
    const level = reach === null ? null : levelOf(reach);
    return level === null ? undefined : this.page.level(level).paint;
  }
}

const AUDIENCES = { public: ', to anyone with the link', embedded: ', to whoever opens the page that embeds it', inside: '' } as const;

function useInWords(use: PersonalUse, column: PersonalColumn): string {
  const { consumer, owner, output, mask, audience, exported, dashboard } = use;
  const who = `${clean(consumer)}${dashboard === null || consumer.includes(dashboard) ? '' : ` on ${clean(dashboard)}`}${owner === null ? '' : ` (${clean(owner)})`}`;
  if (use.use === 'grouping') return `grouped by, ${maskInWords(mask)}: ${who}`;
  if (use.use === 'condition') return `filtered by: ${who}`;
  const as = output === null || output === column.place.column ? '' : ` under the name ${clean(output)}`;
  return `${exported === null ? 'shown' : `exported (${clean(exported)})`} ${maskInWords(mask)}${as}${AUDIENCES[audience]}: ${who}`;
}

function copyInWords({ place, zone, mask, via, by, confidence }: PersonalCopy, from: ColumnPlace): string {
  const where = place.store === from.store ? '' : ` on ${clean(place.store)}`;
  const sure = confidence >= 0.95 ? '' : `, ${amount(confidence, 'share')} sure`;
  return `→ ${clean(place.relation)}.${clean(place.column)}${where}, ${maskInWords(mask)}, zone ${zone}: ${wayInWords(via, by)}${sure}`;
}

/** `by` names the way already where it begins with it: `view app.open_cases`. */
function wayInWords(via: PersonalCopy['via'], by: string): string {
  const words = via.replaceAll('-', ' ');
  if (by === '') return words;
  const isNamed = by.toLowerCase().startsWith(words) || via === 'model' || via === 'replication';
  return isNamed ? clean(by) : `${words}, ${clean(by)}`;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
