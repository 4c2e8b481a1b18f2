import { Scanner, Token } from '../../sql/lexer/scanner.js';
import { Refused } from './expression.js';

/** Words that change the answer of a query and that the tree does not hold in every dialect. */
const NOT_HELD = new Map(
  Object.entries({
    'an ASOF join': 'asof', 'a positional join': 'positional', 'a sample': 'sample tablesample', 'a cast that gives NULL where it fails': 'try_cast safe_cast try_convert', 'a limit in percent': 'percent',
    'a limit with ties': 'ties', 'NULL passed over by a function': 'ignore respect', 'an escape of a pattern': 'escape', 'FINAL': 'final', 'PREWHERE': 'prewhere', 'a pattern of rows': 'match_recognize',
    'PIVOT': 'pivot unpivot', 'a collation': 'collate', 'a past state of a table': 'system_time before', 'a join of any or all partners': 'anylast asofjoin', 'SETTINGS': 'settings', 'DIV': 'div', 'a binary comparison': 'binary', 'a regular expression': 'rlike regexp glob',
    'a hierarchy': 'connect prior', 'a parameter of a template': 'variable getvariable', 'SET': 'set',
  }).flatMap(([what, names]) => names.split(' ').map((name) => [name, what] as const)),
);

/** @throws Refused for a text with something in it that its tree does not hold */
export function refuseNotHeld(text: string): void {
  const scanner = new Scanner(text);
  let before = '';
  let last = '';
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const token = text.slice(scanner.start, scanner.end).toLowerCase();
    const what = kind === Token.Word && last !== '.' && last !== 'as' ? NOT_HELD.get(token) : undefined;
    if (what !== undefined) throw new Refused(`${what} is not read entirely`);
    if (token === '%' && before === 'limit') throw new Refused('a limit in percent is not read entirely');
    if (token === 'join' && (last === 'any' || last === 'all')) throw new Refused('a join of any or all partners is not read entirely');
    if (kind === Token.String && /['"\s]\s*$|^'/.test(token) && token.includes('\\')) throw new Refused('a backslash in a text is not read the same by every dialect');
    before = last;
    last = token;
  }
}
