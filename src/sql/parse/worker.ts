import { serve } from './serve.js';

// The program of a parser's thread. Each parser is loaded when the first text for it comes.
serve({
  'sqlparser-ts': async () => (await import('./sqlparser.js')).createSqlparserFrontEnd(),
  polyglot: async () => (await import('./polyglot.js')).createPolyglotFrontEnd(),
});
