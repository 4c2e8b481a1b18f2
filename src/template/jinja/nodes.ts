/** The operators of two sides; `in` and `not in` compare too. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '~' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'and' | 'or';

export interface Call {
  args: readonly Argument[];
}

export interface Argument {
  /** Of a keyword argument. */
  name: string | null;
  /** `*list` or `**dict`. */
  spread: '' | '*' | '**';
  value: Expression;
}

/** `text` is the source of the expression, for names and for deciding equal conditions equally. */
export type Expression =
  | { kind: 'literal'; value: null | undefined | boolean | number | string }
  | { kind: 'name'; name: string }
  | { kind: 'list'; items: readonly Expression[] }
  | { kind: 'dict'; entries: readonly (readonly [Expression, Expression])[] }
  | { kind: 'attribute'; target: Expression; name: string }
  | { kind: 'index'; target: Expression; index: Expression }
  | { kind: 'slice'; target: Expression; from: Expression | null; to: Expression | null; step: Expression | null }
  | { kind: 'call'; callee: Expression; args: readonly Argument[] }
  | { kind: 'filter'; target: Expression; name: string; args: readonly Argument[] }
  | { kind: 'test'; target: Expression; name: string; args: readonly Argument[]; negated: boolean; text: string }
  | { kind: 'not'; operand: Expression }
  | { kind: 'negate'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; text: string }
  | { kind: 'choice'; condition: Expression; then: Expression; otherwise: Expression | null; text: string };

export interface Span {
  start: number;
  end: number;
}

/** The target of `set` and `for`: names, or one attribute of a namespace. */
export type Target = { names: readonly string[] } | { namespace: string; attribute: string };

export interface Parameter {
  name: string;
  preset: Expression | null;
}

/** An expression that could not be read is null, and the tag says why. */
export interface Condition extends Span {
  test: Expression | null;
  text: string;
  body: readonly TemplateNode[];
}

export type TemplateNode =
  | (Span & { kind: 'text' })
  | (Span & { kind: 'output'; expression: Expression | null; text: string })
  | { kind: 'if'; branches: readonly Condition[]; otherwise: readonly TemplateNode[] }
  | (Span & {
      kind: 'for'; targets: readonly string[]; list: Expression | null; filter: Expression | null; isRecursive: boolean; text: string;
      body: readonly TemplateNode[]; otherwise: readonly TemplateNode[];
    })
  | (Span & { kind: 'set'; target: Target; value: Expression | null; text: string })
  | (Span & { kind: 'set-block'; target: Target; filters: Expression | null; body: readonly TemplateNode[] })
  | (Span & { kind: 'filter-block'; filters: Expression | null; body: readonly TemplateNode[] })
  | (Span & { kind: 'do'; expression: Expression | null; text: string })
  | (Span & { kind: 'macro'; macro: JinjaMacro })
  | (Span & { kind: 'call-block'; call: Expression | null; text: string; macro: JinjaMacro })
  | (Span & { kind: 'include'; name: Expression | null; ignoreMissing: boolean })
  | (Span & { kind: 'import'; name: Expression | null; alias: string })
  | (Span & { kind: 'from'; name: Expression | null; names: readonly (readonly [string, string])[] })
  | { kind: 'scope'; assignments: readonly (readonly [string, Expression | null])[]; body: readonly TemplateNode[] };

/** A template as it was parsed, with the text that its spans count in. */
export interface Template {
  text: string;
  nodes: readonly TemplateNode[];
  macros: ReadonlyMap<string, JinjaMacro>;
}

/** A macro with the text that it stands in. */
export interface JinjaMacro {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly TemplateNode[];
  /** The text of its file. */
  readonly text: string;
}
