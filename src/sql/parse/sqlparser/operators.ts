/** Operators of the one tree, by the parser's names. */
export const BINARY: Record<string, string> = {
  Plus: '+', Minus: '-', Multiply: '*', Divide: '/', Modulo: '%', StringConcat: '||', Gt: '>', Lt: '<', GtEq: '>=', LtEq: '<=',
  Spaceship: '<=>', Eq: '=', NotEq: '<>', And: 'and', Or: 'or', Xor: 'xor', BitwiseOr: '|', BitwiseAnd: '&', BitwiseXor: '^',
  DuckIntegerDivide: '//', MyIntegerDivide: 'div', Match: 'match', Regexp: 'regexp', Overlaps: 'overlaps', Assignment: ':=',
  PGBitwiseXor: '#', PGBitwiseShiftLeft: '<<', PGBitwiseShiftRight: '>>', PGExp: '^', PGOverlap: '&&', PGRegexMatch: '~',
  PGRegexIMatch: '~*', PGRegexNotMatch: '!~', PGRegexNotIMatch: '!~*', PGLikeMatch: '~~', PGILikeMatch: '~~*', PGNotLikeMatch: '!~~',
  PGNotILikeMatch: '!~~*', PGStartsWith: '^@', Arrow: '->', LongArrow: '->>', HashArrow: '#>', HashLongArrow: '#>>', AtAt: '@@',
  AtArrow: '@>', ArrowAt: '<@', HashMinus: '#-', AtQuestion: '@?', Question: '?', QuestionAnd: '?&', QuestionPipe: '?|',
  LtDashGt: '<->', DoubleHash: '##', AndLt: '&<', AndGt: '&>',
};

export const UNARY: Record<string, string> = {
  Plus: '+', Minus: '-', Not: 'not', BangNot: 'not', BitwiseNot: '~', PGBitwiseNot: '~', PGSquareRoot: '|/', PGCubeRoot: '||/',
  PGPostfixFactorial: '!', PGPrefixFactorial: '!!', PGAbs: '@', Hash: '#', DoubleAt: '@@',
};

/** Predicates of one operand. */
export const TESTS: Record<string, string> = {
  IsNull: 'is_null', IsNotNull: 'is_not_null', IsTrue: 'is_true', IsNotTrue: 'is_not_true', IsFalse: 'is_false',
  IsNotFalse: 'is_not_false', IsUnknown: 'is_unknown', IsNotUnknown: 'is_not_unknown', Prior: 'prior', OuterJoin: '(+)',
};

/** What the one tree has as operations and the parser as functions. */
export const FUNCTION_OPERATORS: ReadonlySet<string> = new Set(['coalesce', 'nullif', 'greatest', 'least']);

/** Functions that are written without parentheses, where the parser reads a column. */
const EVERYWHERE = ['current_user', 'session_user', 'current_catalog', 'localtime'];
const BY_DIALECT: Partial<Record<string, readonly string[]>> = {
  redshift: ['user', 'sysdate', 'current_schema', 'current_database'],
  oracle: ['user', 'uid', 'sysdate', 'systimestamp', 'rownum'],
  teradata: ['user', 'database'],
  tsql: ['system_user', 'user'],
};

export function isValueFunction(word: string, dialect: string): boolean {
  return EVERYWHERE.includes(word) || (BY_DIALECT[dialect] ?? []).includes(word);
}
