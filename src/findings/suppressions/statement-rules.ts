const OF_STATEMENTS: ReadonlySet<string> = new Set(['access', 'card', 'growth']);

/** The ids of rules that judge a statement, or all that a card runs, as a whole. */
export function statementRules(rules: readonly { id: string; subject: string }[]): Set<string> {
  return new Set(rules.filter(({ subject }) => OF_STATEMENTS.has(subject)).map(({ id }) => id));
}
