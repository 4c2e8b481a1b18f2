import type { QueryVariant } from '../../model/query.js';
import { neutraliseJinja } from '../../template/jinja.js';
import { VARIANTS_MAX } from '../../template/limits.js';
import type { Neutralised } from '../../template/result.js';

/** Variables and loops of one file, at most. */
const STATEMENTS_MAX = 200;
/** A file that is longer was made by a program. Characters. */
const FILE_LENGTH_MAX = 1_000_000;

const SET = /\{%[-+]?\s{0,20}set\s{1,20}[A-Za-z_]\w{0,100}\s{0,20}=[^%]{1,2000}%\}/g;
const FOR = /\{%[-+]?\s{0,20}for\s{1,20}([A-Za-z_]\w{0,100}(?:\s{0,5},\s{0,5}[A-Za-z_]\w{0,100})?)\s{1,20}in\s[^%]{1,2000}%\}/g;

/**
 * A text of a YAML file that is a template of Jinja as a whole: with the variables that the file sets, and one variant for
 * each turn of the loop whose variable the text names.
 */
export function renderWithin(file: string, text: string): Neutralised {
  const statements = file.length > FILE_LENGTH_MAX ? '' : [...file.matchAll(SET)].slice(0, STATEMENTS_MAX).map(([tag]) => tag).join('');
  const loop = file.length > FILE_LENGTH_MAX ? undefined : [...file.matchAll(FOR)].slice(0, STATEMENTS_MAX).findLast((match) => names(match[1]).some((name) => new RegExp(`\\b${name}\\b`).test(text)));
  if (loop === undefined) return rendered(statements, text, '');
  const found: Neutralised = { variants: [], problems: [] };
  for (let turn = 0; turn < VARIANTS_MAX; turn++) {
    const { variants, problems } = rendered(`${statements}${loop[0]}{% if loop.index0 == ${turn} %}`, text, '{% endif %}{% endfor %}');
    const [first] = variants;
    if (first === undefined || first.sql.trim() === '' || found.variants.some(({ sql }) => sql === first.sql)) break;
    found.variants.push({ ...first, label: turn === 0 ? 'default' : `turn ${turn + 1}` });
    if (turn === 0) found.problems = problems;
  }
  return found.variants.length > 0 ? found : rendered(statements, text, '');
}

function names(variables: string | undefined): string[] {
  return (variables ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
}

/** What stands before and behind the text writes nothing: the map leads into the text alone. */
function rendered(before: string, text: string, after: string): Neutralised {
  const { variants, problems } = neutraliseJinja(before + text + after, { globals: new Map() });
  const within = (offset: number): number => Math.min(text.length, Math.max(0, offset - before.length));
  const moved = variants.map((variant): QueryVariant => {
    const map = variant.map.length > 0 || before === '' ? variant.map : [{ out: 0, src: 0, length: variant.sql.length, srcEnd: variant.sql.length, copy: true }];
    return { ...variant, map: map.map((segment) => ({ ...segment, src: within(segment.src), srcEnd: within(segment.srcEnd) })) };
  });
  return { variants: moved, problems };
}
