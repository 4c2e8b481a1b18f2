/**
 * One lexical pass over SQL text. It knows quoting and comments as PostgreSQL's scanner does (`src/backend/parser/scan.l`
 * and `src/fe_utils/psqlscan.l`, version 18) and nothing of grammar. Every function is linear in the text, keeps no stack
 * and never throws; what is left open at the end of the text reaches to the end.
 */
export { executesBuiltSql } from './lexer/built-sql.js';
export { commentText, leadingComments } from './lexer/comments.js';
export { credentials, withoutCredentials } from './lexer/credentials.js';
export { literals, regionAt, regions, type Literal, type Region, type RegionKind } from './lexer/regions.js';
export { Scanner, Token, type LexOptions, type Span, type TokenKind } from './lexer/scanner.js';
export { scriptView, withoutTemplates } from './lexer/script-view.js';
export { splitStatements, type StatementSpan } from './lexer/statements.js';
