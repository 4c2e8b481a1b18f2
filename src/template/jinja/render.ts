import type { JinjaEnvironment } from '../jinja.js';
import { MacroReturn } from './builtins.js';
import { Evaluator } from './evaluate.js';
import type { Expression, JinjaMacro, Target, TemplateNode } from './nodes.js';
import { NOWHERE } from './operators.js';
import { BLOCK_CONTENT, shown } from './heads.js';
import { parseTemplate, UnbalancedTemplate, type ParsedTemplate } from './parse.js';
import { CALLS_MAX, doubt, itemsOf, LimitExceeded, OUTPUT_LENGTH_MAX, type Runtime } from './runtime.js';
import { Scope } from './scope.js';
import { callable, isUnknown, JinjaText, unknown, type JinjaArguments, type JinjaKeywords, type JinjaValue, type Piece } from './value.js';

/** The text that a node stands in: spans count in it, and only those of the template itself are places of the output. */
interface Frame {
  text: string;
  scope: Scope;
}

/** Writes a template out as pieces that know where they come from. @throws LimitExceeded */
export class Renderer {
  readonly #evaluator: Evaluator;
  readonly #module = new Scope(null);
  #pieces: Piece[] = [];
  #length = 0;
  #nesting = 0;
  #macros = 0;

  constructor(
    readonly template: ParsedTemplate,
    readonly environment: JinjaEnvironment,
    readonly runtime: Runtime,
  ) {
    this.#evaluator = new Evaluator(runtime, environment, (macro, args, kwargs) => this.#runMacro(macro, args, kwargs));
    // A macro may be called above its definition where another one calls it.
    for (const [name, macro] of template.macros) this.#module.variables.set(name, this.#callable(macro));
  }

  render(): Piece[] {
    this.#nodes(this.template.nodes, { text: this.template.text, scope: this.#module });
    return this.#pieces;
  }

  #nodes(nodes: readonly TemplateNode[], frame: Frame): void {
    for (const node of nodes) {
      this.runtime.step();
      if ('start' in node && this.#isMain(frame)) this.#evaluator.site = { start: node.start, end: node.end };
      try {
        this.#node(node, frame);
      } catch (signal) {
        if (!(signal instanceof MacroReturn) || this.#macros > 0) throw signal;
        this.#write(signal.value);
      }
    }
  }

  #node(node: TemplateNode, frame: Frame): void {
    switch (node.kind) {
      case 'text':
        return this.#text(node.start, node.end, frame);
      case 'output': {
        const value = node.expression === null ? unknown(node.text, {}) : this.#evaluator.evaluate(node.expression, frame.scope);
        return this.#write(value);
      }
      case 'if': {
        const branch = node.branches.find(({ test, text, start, end }) => {
          if (this.#isMain(frame)) this.#evaluator.site = { start, end };
          return test === null ? this.runtime.decide(doubt(text)) : this.#evaluator.holds(test, frame.scope);
        });
        return this.#nodes(branch?.body ?? node.otherwise, frame);
      }
      case 'for':
        return this.#for(node, frame);
      case 'set':
        return this.#assign(node.target, node.value === null ? unknown(node.text) : this.#evaluator.evaluate(node.value, frame.scope), frame.scope);
      case 'set-block':
        return this.#assign(node.target, this.#filtered(this.#captured(node.body, frame), node.filters, frame.scope), frame.scope);
      case 'filter-block':
        return this.#write(this.#filtered(this.#captured(node.body, { ...frame, scope: new Scope(frame.scope) }), node.filters, frame.scope));
      case 'do':
        if (node.expression !== null) this.#evaluator.evaluate(node.expression, frame.scope);
        return;
      case 'macro':
        frame.scope.variables.set(node.macro.name, this.#callable(node.macro));
        return;
      case 'call-block':
        return this.#callBlock(node, frame);
      case 'scope': {
        const scope = new Scope(frame.scope);
        for (const [name, value] of node.assignments) scope.variables.set(name, value === null ? unknown(name) : this.#evaluator.evaluate(value, frame.scope));
        return this.#nodes(node.body, { ...frame, scope });
      }
      case 'include':
      case 'import':
      case 'from':
        return this.#load(node, frame);
    }
  }

  #isMain(frame: Frame): boolean {
    return frame.text === this.template.text;
  }

  #text(start: number, end: number, frame: Frame): void {
    const text = frame.text.slice(start, end);
    this.#push(this.#isMain(frame) ? { kind: 'copy', start, end, text } : { kind: 'text', text, ...this.#evaluator.site });
  }

  #push(piece: Piece): void {
    this.#length += piece.kind === 'hole' ? 1 : piece.text.length;
    if (this.#length > OUTPUT_LENGTH_MAX) throw new LimitExceeded(`it writes more than ${OUTPUT_LENGTH_MAX} characters`);
    const { start, end } = this.#evaluator.site;
    this.#pieces.push(piece.start === NOWHERE ? { ...piece, start, end } : piece);
  }

  #write(value: JinjaValue, depth = 0): void {
    const { start, end } = this.#evaluator.site;
    if (value instanceof JinjaText) return this.#writeAll(value.pieces, depth);
    if (isUnknown(value) && value.sql === undefined) return this.#push({ kind: 'hole', unknown: value, start, end });
    if (isUnknown(value) && value.sql !== undefined && depth < CALLS_MAX) {
      if (value.assumption !== undefined) this.runtime.notes.assume(value.assumption);
      const pieces = this.runtime.pieces(value.sql, start, end);
      return this.#writeAll(pieces.map((piece) => (piece.kind === 'copy' ? piece : { ...piece, call: value.name })), depth + 1);
    }
    this.#writeAll(this.runtime.pieces(this.runtime.text(value), start, end), depth);
  }

  #writeAll(pieces: readonly Piece[], depth: number): void {
    this.runtime.step(pieces.length);
    for (const piece of pieces) {
      if (piece.kind === 'hole' && piece.unknown.sql !== undefined) this.#write(piece.unknown, depth + 1);
      else this.#push(piece);
    }
  }

  #captured(nodes: readonly TemplateNode[], frame: Frame): JinjaText {
    if (++this.#nesting > CALLS_MAX) throw new LimitExceeded('its blocks and macros call one another without end');
    const [outer, length, { site }] = [this.#pieces, this.#length, this.#evaluator];
    this.#pieces = [];
    try {
      this.#nodes(nodes, frame);
      return new JinjaText(this.#pieces);
    } finally {
      this.#pieces = outer;
      this.#length = length;
      this.#evaluator.site = site;
      this.#nesting--;
    }
  }

  #filtered(content: JinjaText, filters: Expression | null, scope: Scope): JinjaValue {
    if (filters === null) return content;
    const inner = new Scope(scope);
    inner.variables.set(BLOCK_CONTENT, content);
    return this.#evaluator.evaluate(filters, inner);
  }

  #assign(target: Target, value: JinjaValue, scope: Scope): void {
    if ('namespace' in target) {
      const space = scope.find(target.namespace)?.value;
      if (space instanceof Map) space.set(target.attribute, value);
      return;
    }
    const [name] = target.names;
    if (target.names.length === 1 && name !== undefined) scope.variables.set(name, value);
    else for (const [index, one] of target.names.entries()) scope.variables.set(one, partOf(value, index, one));
  }

  #for(node: Extract<TemplateNode, { kind: 'for' }>, frame: Frame): void {
    const list = node.list === null ? unknown(node.text) : this.#evaluator.evaluate(node.list, frame.scope);
    const items = itemsOf(list, this.runtime) ?? this.#unknownItems(list, node.targets.join(', '));
    const chosen = items.filter((item) => {
      if (node.filter === null) return true;
      const scope = new Scope(frame.scope);
      this.#assign({ names: node.targets }, item, scope);
      return this.#evaluator.holds(node.filter, scope);
    });
    if (chosen.length === 0) return this.#nodes(node.otherwise, frame);
    for (const [index, item] of chosen.entries()) {
      const scope = new Scope(frame.scope);
      this.#assign({ names: node.targets }, item, scope);
      scope.variables.set('loop', loopOf(chosen, index));
      this.#nodes(node.body, { ...frame, scope });
    }
  }

  /** One item stands for those of an unknown list; none where the list is empty while nobody has chosen anything. */
  #unknownItems(list: JinjaValue, name: string): JinjaValue[] {
    if (!isUnknown(list)) return [];
    if (list.isEmptyUntouched === true && !this.runtime.decide(doubt(list.name))) return [];
    return [unknown(name === '' ? list.name : name, { type: list.type, values: list.values })];
  }

  #callable(macro: JinjaMacro): JinjaValue {
    return callable(macro.name, (args, kwargs) => this.#runMacro(macro, args, kwargs));
  }

  #runMacro(macro: JinjaMacro, args: JinjaArguments, kwargs: JinjaKeywords, isCaller: Scope | null = null): JinjaValue {
    const scope = new Scope(isCaller ?? (macro.text === this.template.text ? this.#module : null));
    const frame = { text: macro.text, scope };
    for (const [index, { name, preset }] of macro.parameters.entries()) {
      const given = index < args.length ? args[index] : kwargs.get(name);
      const isGiven = index < args.length || kwargs.has(name);
      scope.variables.set(name, isGiven || preset === null ? given : this.#evaluator.evaluate(preset, scope));
    }
    const names = new Set(macro.parameters.map(({ name }) => name));
    scope.variables.set('varargs', args.slice(macro.parameters.length));
    scope.variables.set('kwargs', new Map([...kwargs].filter(([name]) => !names.has(name))));
    if (isCaller === null) scope.variables.set('caller', kwargs.get('caller'));
    this.#macros++;
    try {
      return this.#captured(macro.body, frame);
    } catch (signal) {
      if (signal instanceof MacroReturn) return signal.value;
      throw signal;
    } finally {
      this.#macros--;
    }
  }

  #callBlock(node: Extract<TemplateNode, { kind: 'call-block' }>, frame: Frame): void {
    const caller = callable('caller', (args, kwargs) => this.#runMacro(node.macro, args, kwargs, frame.scope));
    if (node.call?.kind !== 'call') return this.#write(this.#runMacro(node.macro, [], new Map(), frame.scope));
    const scope = new Scope(frame.scope);
    scope.variables.set(CALLER, caller);
    const args = [...node.call.args, { name: 'caller', spread: '' as const, value: { kind: 'name' as const, name: CALLER } }];
    this.#write(this.#evaluator.evaluate({ ...node.call, args }, scope));
  }

  #load(node: Extract<TemplateNode, { kind: 'include' | 'import' | 'from' }>, frame: Frame): void {
    const name = node.name === null ? null : this.#evaluator.evaluate(node.name, frame.scope);
    const names = Array.isArray(name) ? name : [name];
    const text = names.flatMap((one) => (typeof one === 'string' ? (this.environment.load?.(one) ?? []) : []))[0];
    const called = shown(names.map((one) => this.runtime.shown(one)).join(', '));
    const loaded = text === undefined ? null : this.#parsed(text, called);
    if (loaded === null) {
      if (text === undefined && !('ignoreMissing' in node && node.ignoreMissing)) this.runtime.problem('missing-reference', `the included template ${called} is not among the files`);
      if (node.kind === 'include' && text === undefined) this.#write(unknown(called.slice(1, -1)));
      if (node.kind === 'import') frame.scope.variables.set(node.alias, unknown(node.alias, { isUndefined: true }));
      return;
    }
    if (node.kind === 'include') return this.#include(loaded, frame);
    const macros = new Map([...loaded.macros].map(([macro, one]) => [macro, this.#callable(one)]));
    if (node.kind === 'import') frame.scope.variables.set(node.alias, new Map(macros));
    else for (const [macro, alias] of node.names) if (macros.has(macro)) frame.scope.variables.set(alias, macros.get(macro));
  }

  #include(loaded: ParsedTemplate, frame: Frame): void {
    if (++this.#nesting > CALLS_MAX) throw new LimitExceeded('its templates include one another without end');
    this.#nodes(loaded.nodes, { text: loaded.text, scope: new Scope(frame.scope) });
    this.#nesting--;
  }

  #parsed(text: string, name: string): ParsedTemplate | null {
    this.runtime.step(1 + (text.length >> 4));
    try {
      const loaded = parseTemplate(text);
      for (const { code, message } of loaded.problems) this.runtime.problem(code, `in the template ${name}: ${message}`);
      return loaded;
    } catch (error) {
      if (!(error instanceof UnbalancedTemplate)) throw error;
      this.runtime.problem('unbalanced-template', `the template ${name} cannot be read: ${error.message}`);
      return null;
    }
  }
}

/** No template can write a name with a blank. */
const CALLER = ' caller';

function partOf(value: JinjaValue, index: number, name: string): JinjaValue {
  if (Array.isArray(value)) return value[index];
  return isUnknown(value) ? unknown(name) : undefined;
}

function loopOf(items: readonly JinjaValue[], index: number): JinjaValue {
  const { length } = items;
  return new Map<string, JinjaValue>([
    ['index', index + 1], ['index0', index], ['revindex', length - index], ['revindex0', length - index - 1], ['first', index === 0],
    ['last', index === length - 1], ['length', length], ['depth', 1], ['depth0', 0], ['previtem', items[index - 1]], ['nextitem', items[index + 1]],
    ['cycle', callable('cycle', (args) => (args.length === 0 ? undefined : args[index % args.length]))],
  ]);
}
