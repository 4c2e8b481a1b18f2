import { Scanner, Token, type Span } from '../sql/lexer.js';

/** `$__macro(arguments)`; arguments are trimmed, and there is none where the parentheses are empty. */
export interface MacroNode extends Span {
  kind: 'macro';
  name: string;
  arguments: Span[];
}

/** `$name`, `${name}`, `${name.path:format}` or `[[name:format]]`. */
export interface VariableNode extends Span {
  kind: 'variable';
  name: string;
  path: string;
  format: string;
}

export type GrafanaNode = MacroNode | VariableNode;

/**
 * What Grafana looks for (`templateSrv` and the macro engines), bounded so that a text without a closing brace stays cheap.
 * 1 macro, 2–4 braces, 5 bare, 6–7 legacy brackets.
 */
const CONSTRUCT =
  /\$(?:(__[A-Za-z0-9_]+)\(|\{(\w+)(\.[^:}\n]{0,100})?(?::([^}\n]{0,100}))?\}|([A-Za-z_]\w*))|\[\[([A-Za-z_]\w*)(?::(\w+))?\]\]/g;

/** The parentheses of a text outside its quotes and comments: where each one closes, and its commas at the top level. */
export class Parentheses {
  readonly #calls = new Map<number, { close: number; commas: number[] }>();

  constructor(text: string, dollarQuotes: 'closed' | 'none') {
    const scanner = new Scanner(text, { dollarQuotes });
    const open: { at: number; commas: number[] }[] = [];
    for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
      if (kind !== Token.Punctuation) continue;
      const character = text.charAt(scanner.start);
      if (character === '(') open.push({ at: scanner.start, commas: [] });
      else if (character === ',') open.at(-1)?.commas.push(scanner.start);
      else if (character === ')') {
        const call = open.pop();
        if (call !== undefined) this.#calls.set(call.at, { close: scanner.start, commas: call.commas });
      }
    }
  }

  call(open: number): { close: number; commas: number[] } | undefined {
    return this.#calls.get(open);
  }
}

/** The constructs that stand directly in `start..end`, in order; those within a macro's arguments are left to its reader. */
export function* constructs(text: string, span: Span, parentheses: Parentheses): Generator<GrafanaNode> {
  const pattern = new RegExp(CONSTRUCT);
  pattern.lastIndex = span.start;
  for (let match = pattern.exec(text); match !== null && match.index < span.end; match = pattern.exec(text)) {
    const start = match.index;
    const end = pattern.lastIndex;
    const macro = match[1];
    if (macro === undefined) {
      const name = match[2] ?? match[5] ?? match[6] ?? '';
      yield { kind: 'variable', start, end, name, path: match[3]?.slice(1) ?? '', format: match[4] ?? match[7] ?? '' };
      continue;
    }
    const call = parentheses.call(end - 1);
    if (call === undefined) {
      yield { kind: 'variable', start, end: end - 1, name: macro, path: '', format: '' };
      continue;
    }
    yield { kind: 'macro', start, end: call.close + 1, name: macro, arguments: argumentsOf(text, end, call) };
    pattern.lastIndex = call.close + 1;
  }
}

function argumentsOf(text: string, start: number, call: { close: number; commas: number[] }): Span[] {
  const bounds = [start - 1, ...call.commas, call.close];
  const spans: Span[] = [];
  for (let index = 0; index + 1 < bounds.length; index++) {
    let from = (bounds[index] ?? 0) + 1;
    let to = bounds[index + 1] ?? from;
    while (from < to && text.charAt(from).trim() === '') from++;
    while (to > from && text.charAt(to - 1).trim() === '') to--;
    spans.push({ start: from, end: to });
  }
  return spans.length === 1 && spans[0]?.start === spans[0]?.end ? [] : spans;
}

