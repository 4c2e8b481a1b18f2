import type { Problem } from '../../model/query.js';
import { NESTING_MAX } from '../limits.js';
import { ExpressionParser } from './expression.js';
import { filterChain, includeName, loopList, nameList, parameterList, shown, targetOf, wordOf } from './heads.js';
import { JinjaSyntaxError } from './lex.js';
import type { Condition, Expression, JinjaMacro, TemplateNode } from './nodes.js';
import { scanTemplate, type TemplateToken } from './scan.js';

/** Tags and ends of tags do not fit together: the template as a whole cannot be read. */
export class UnbalancedTemplate extends Error {
  override readonly name = 'UnbalancedTemplate';
}

/** A template that can be rendered. Tags that cannot be read have null for their expression and a problem. */
export interface ParsedTemplate {
  text: string;
  nodes: TemplateNode[];
  macros: Map<string, JinjaMacro>;
  problems: Problem[];
}

/** Blocks whose body is written where it stands. */
const TRANSPARENT = new Set(['block', 'autoescape', 'snapshot', 'trans', 'spaceless', 'scoped']);
/** Blocks that define something that is run by its own means, as a macro is. */
const MACRO_LIKE = new Set(['test', 'data_test', 'materialization', 'docs']);
const MACRO_PREFIX: Readonly<Record<string, string>> = { test: 'test_', data_test: 'test_', materialization: 'materialization_', docs: 'docs_' };
const INNER_WORDS = new Set(['else', 'elif', 'elseif', 'pluralize']);

/** @throws UnbalancedTemplate */
export function parseTemplate(text: string): ParsedTemplate {
  const { tokens, unclosed } = scanTemplate(text);
  if (unclosed !== null) throw new UnbalancedTemplate(`${unclosed.delimiter} is not closed`);
  const parser = new TemplateParser(text, tokens);
  const nodes = parser.body(new Set()).nodes;
  return { text, nodes, macros: parser.macros, problems: parser.problems };
}

type StatementToken = TemplateToken & { word: string; rest: string };

interface Body {
  nodes: TemplateNode[];
  end: StatementToken | null;
}

class TemplateParser {
  readonly macros = new Map<string, JinjaMacro>();
  readonly problems: Problem[] = [];
  readonly #ends: ReadonlySet<string>;
  #at = 0;
  #depth = 0;

  constructor(
    readonly text: string,
    readonly tokens: readonly TemplateToken[],
  ) {
    const statements = tokens.filter(({ kind }) => kind === 'statement');
    this.#ends = new Set(statements.map(({ inner }) => wordOf(inner)).filter((word) => word.startsWith('end')));
  }

  /** Nodes up to a tag that starts with one of the words. */
  body(until: ReadonlySet<string>, opener = ''): Body {
    if (++this.#depth > NESTING_MAX) throw new UnbalancedTemplate('its blocks are nested too deeply');
    const nodes: TemplateNode[] = [];
    for (let token = this.tokens[this.#at++]; token !== undefined; token = this.tokens[this.#at++]) {
      const { kind, start, end, inner } = token;
      if (kind === 'text') nodes.push({ kind: 'text', start, end });
      else if (kind === 'output') nodes.push({ kind: 'output', start, end, text: inner, expression: this.#expression(inner) });
      else if (kind === 'statement') {
        const word = wordOf(inner);
        const statement = { ...token, word, rest: inner.slice(word.length).trim() };
        if (until.has(word)) {
          this.#depth--;
          return { nodes, end: statement };
        }
        if (word.startsWith('end') || INNER_WORDS.has(word)) throw new UnbalancedTemplate(`{% ${word} %} closes nothing`);
        const node = this.#statement(statement);
        if (node !== null) nodes.push(...(Array.isArray(node) ? node : [node]));
      }
    }
    if (until.size > 0) throw new UnbalancedTemplate(`{% ${opener} %} is not closed`);
    this.#depth--;
    return { nodes, end: null };
  }

  #statement(token: StatementToken): TemplateNode | TemplateNode[] | null {
    const span = { start: token.start, end: token.end };
    const { word, rest } = token;
    switch (word) {
      case 'if':
        return this.#if(token);
      case 'for':
        return this.#for(token);
      case 'set':
        return this.#set(token);
      case 'do':
        return { kind: 'do', ...span, expression: this.#expression(rest), text: rest };
      case 'macro':
        return this.#macro(token, '');
      case 'call':
        return this.#callBlock(token);
      case 'filter': {
        const filters = this.#parsed(rest, (parser) => filterChain(parser));
        return { kind: 'filter-block', ...span, filters, body: this.#until(['endfilter'], word).nodes };
      }
      case 'with':
        return this.#with(token);
      case 'include':
        return { kind: 'include', ...span, name: this.#expression(includeName(rest)), ignoreMissing: /\bignore\s+missing\b/.test(rest) };
      case 'import':
        return this.#imported(token);
      case 'from':
        return this.#from(token);
    }
    return this.#otherBlock(token);
  }

  #otherBlock(token: StatementToken): TemplateNode[] | TemplateNode | null {
    const { word } = token;
    if (MACRO_LIKE.has(word) && this.#ends.has(`end${word}`)) return this.#macro(token, MACRO_PREFIX[word] ?? '');
    if (this.#ends.has(`end${word}`)) {
      if (!TRANSPARENT.has(word)) this.#unsupported(`the tag {% ${word.slice(0, 40)} %} is not known; what it encloses is read as it stands`);
      return this.#until([`end${word}`], word).nodes;
    }
    if (word !== 'debug') this.#unsupported(`the tag {% ${word.slice(0, 40)} %} is not known and left out`);
    return null;
  }

  #until(words: readonly string[], opener: string): { nodes: TemplateNode[]; end: StatementToken } {
    const { nodes, end } = this.body(new Set(words), opener);
    if (end === null) throw new UnbalancedTemplate(`{% ${opener} %} is not closed`);
    return { nodes, end };
  }

  #if(token: StatementToken): TemplateNode {
    const branches: Condition[] = [];
    let current = token;
    for (;;) {
      const { nodes, end } = this.#until(['elif', 'elseif', 'else', 'endif'], 'if');
      branches.push({ start: current.start, end: current.end, test: this.#expression(current.rest), text: current.rest, body: nodes });
      if (end.word === 'endif') return { kind: 'if', branches, otherwise: [] };
      if (end.word === 'else') return { kind: 'if', branches, otherwise: this.#until(['endif'], 'if').nodes };
      current = end;
    }
  }

  #for(token: StatementToken): TemplateNode {
    const head = this.#parsed(token.rest, (parser) => {
      const targets = nameList(parser);
      parser.expect('in');
      const list = parser.is('if') ? null : loopList(parser);
      const filter = parser.skip('if') ? parser.expression() : null;
      return { targets, list, filter, isRecursive: parser.skip('recursive') };
    });
    const { nodes: body, end } = this.#until(['else', 'endfor'], 'for');
    const otherwise = end.word === 'else' ? this.#until(['endfor'], 'for').nodes : [];
    const span = { start: token.start, end: token.end };
    return { kind: 'for', ...span, text: token.rest, body, otherwise, ...(head ?? { targets: [], list: null, filter: null, isRecursive: false }) };
  }

  #set(token: StatementToken): TemplateNode | null {
    const span = { start: token.start, end: token.end };
    const isBlock = !/^[^=|"']*=(?!=)/.test(token.rest);
    const read = this.#parsed(
      token.rest,
      (parser) => {
        const target = targetOf(parser);
        const value = parser.skip('=') ? parser.tuple() : null;
        const filters = parser.skip('|') ? filterChain(parser) : null;
        return { target, value, filters };
      },
      !isBlock,
    );
    if (isBlock) {
      const { nodes: body } = this.#until(['endset'], 'set');
      return read === null ? null : { kind: 'set-block', ...span, target: read.target, filters: read.filters, body };
    }
    if (read !== null) return { kind: 'set', ...span, target: read.target, value: read.value, text: token.rest };
    const name = /^[A-Za-z_]\w*/.exec(token.rest)?.[0];
    return name === undefined ? null : { kind: 'set', ...span, target: { names: [name] }, value: null, text: token.rest };
  }

  #macro(token: StatementToken, prefix: string): TemplateNode | null {
    const head = this.#parsed(token.rest, (parser) => {
      const name = parser.name();
      return { name, parameters: parser.is('(') ? parameterList(parser) : [] };
    }, token.word === 'macro');
    const { nodes: body } = this.#until([`end${token.word}`], token.word);
    const name = head?.name ?? /^[A-Za-z_]\w*/.exec(token.rest)?.[0];
    if (name === undefined) return null;
    const macro: JinjaMacro = { name: prefix + name, parameters: head?.parameters ?? [], body, text: this.text };
    this.macros.set(macro.name, macro);
    return { kind: 'macro', start: token.start, end: token.end, macro };
  }

  #callBlock(token: StatementToken): TemplateNode {
    const read = this.#parsed(token.rest, (parser) => {
      const parameters = parser.is('(') ? parameterList(parser) : [];
      return { parameters, call: parser.expression() };
    });
    const { nodes: body } = this.#until(['endcall'], 'call');
    const macro: JinjaMacro = { name: 'caller', parameters: read?.parameters ?? [], body, text: this.text };
    return { kind: 'call-block', start: token.start, end: token.end, call: read?.call ?? null, text: token.rest, macro };
  }

  #with(token: StatementToken): TemplateNode {
    const assignments = this.#parsed(token.rest, (parser) => {
      const pairs: [string, Expression][] = [];
      while (parser.peek.kind !== 'end') {
        const name = parser.name();
        parser.expect('=');
        pairs.push([name, parser.expression()]);
        if (!parser.skip(',')) break;
      }
      return pairs;
    });
    return { kind: 'scope', assignments: assignments ?? [], body: this.#until(['endwith'], 'with').nodes };
  }

  #imported(token: StatementToken): TemplateNode | null {
    const read = this.#parsed(token.rest.replace(/\s+with(out)?\s+context$/, ''), (parser) => {
      const name = parser.expression();
      parser.expect('as');
      return { name, alias: parser.name() };
    });
    return read === null ? null : { kind: 'import', start: token.start, end: token.end, ...read };
  }

  #from(token: StatementToken): TemplateNode | null {
    const read = this.#parsed(token.rest.replace(/\s+with(out)?\s+context$/, ''), (parser) => {
      const name = parser.expression();
      parser.expect('import');
      const names: [string, string][] = [];
      do {
        const macro = parser.name();
        names.push([macro, parser.skip('as') ? parser.name() : macro]);
      } while (parser.skip(','));
      return { name, names };
    });
    return read === null ? null : { kind: 'from', start: token.start, end: token.end, ...read };
  }

  #expression(source: string): Expression | null {
    return this.#parsed(source, (parser) => parser.tuple());
  }

  /** Null, with a problem, for a tag that cannot be read: it costs that tag only. */
  #parsed<T>(source: string, read: (parser: ExpressionParser) => T, isStrict = true): T | null {
    try {
      const parser = new ExpressionParser(source);
      const value = read(parser);
      if (isStrict) parser.end();
      return value;
    } catch (error) {
      if (!(error instanceof JinjaSyntaxError)) throw error;
      this.#unsupported(`the template expression ${shown(source)} cannot be read: ${error.message}`);
      return null;
    }
  }

  #unsupported(message: string): void {
    this.problems.push({ code: 'unsupported', message });
  }
}
