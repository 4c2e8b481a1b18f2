import { COULD_NOT_LOOK } from '../../model/suppression.js';
import { suggestion } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';

/** What a comment asks for, or why that cannot be read. `line` counts from the first line of the comment, from 0 on. */
export type Directive = { line: number } & ({ rule: string; reason: string } | { rule: string; cause: string });

const REASON_LENGTH_MAX = 300;
const FORM = 'write -- tidemark-ignore RULE: why it may stay';
const ASKS = /^tidemark-ignore(?=[\s:]|$)/i;
/** What people write who mean it. */
const NEARLY_ASKS = /^tidemark[-_: ]{0,2}(?:ignor|disabl|suppress|waive)[\w-]{0,40}/i;

/**
 * What a comment says of rules, each line of it by itself: `tidemark-ignore rule, other-rule: reason`. In place of a rule
 * `could-not-look` may stand.
 *
 * @param comment with its signs: `--`, `#`, or those of a block
 * @param rules ids and former ids, each with the id that the rule has now; null where they are not known
 */
export function directivesIn(comment: string, rules: ReadonlyMap<string, string> | null): Directive[] {
  if (!/tidemark/i.test(comment)) return [];
  const lines = comment.replace(/(?:\*+\/|-?#\})$/, '').split(/\r\n|\n|\r/);
  return lines.flatMap((line, index) => directiveOf(line.replace(/^\s*(?:--+|\/\*+|\{#-?|#+|\*+(?!\/))?\s*/, '').trimEnd(), rules).map((said): Directive => ({ line: index, ...said })));
}

type Said = { rule: string; reason: string } | { rule: string; cause: string };

function directiveOf(line: string, rules: ReadonlyMap<string, string> | null): Said[] {
  const asked = ASKS.exec(line);
  if (asked === null) {
    const nearly = NEARLY_ASKS.exec(line);
    return nearly === null ? [] : [{ rule: '', cause: `'${plainText(nearly[0], 60)}' is not understood; ${FORM}` }];
  }
  const said = line.slice(asked[0].length);
  const colon = said.indexOf(':');
  const names = [...new Set((colon < 0 ? said : said.slice(0, colon)).split(',').map((name) => name.trim()).filter((name) => name !== ''))];
  if (names.length === 0) return [{ rule: '', cause: `it names no rule; ${FORM}` }];
  const reason = colon < 0 ? '' : said.slice(colon + 1).trim();
  if (!/[\p{L}\p{N}]/u.test(reason)) return [{ rule: plainText(names.map((name) => name.split(' ', 1)[0]).join(', '), 120), cause: `it gives no reason; ${FORM}` }];
  return names.map((name) => {
    const rule = rules === null || name === COULD_NOT_LOOK ? name : rules.get(name);
    if (rule !== undefined && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(rule)) return { rule, reason: plainText(reason, REASON_LENGTH_MAX) };
    return { rule: plainText(name, 60), cause: `there is no rule '${plainText(name, 60)}'${suggestion(name, [...(rules?.keys() ?? [])])}` };
  });
}
