// The program of a pool's worker whose parser breaks in every way that a parser can, by the first word of the text.
import { serve } from '../../../dist/sql/parse/serve.js';

/** @param {string} text @param {string} frontEnd */
function parse(text, frontEnd) {
  const [word] = text.trim().split(/\s+/);
  switch (word) {
    case 'HANG':
      for (;;);
    case 'TRAP':
      throw new WebAssembly.RuntimeError('memory access out of bounds');
    case 'EXIT':
      process.exit(3);
    case 'EXHAUST': {
      const block = Array.from({ length: 4_000_000 }, () => 0);
      const kept = [];
      for (;;) kept.push(block.slice());
    }
    case 'OVERFLOW':
      return parse(text, frontEnd) + 1;
    case 'REFUSE':
      return { statements: [], diagnostics: [{ severity: 'error', message: 'refused', offset: 0 }], frontEnd: null, confidence: 'high' };
    case 'PRINT':
      console.log('printed by a parser');
      console.error('printed by a parser');
  }
  const relations = text.trim().split(/\s+/).slice(1).map((name) => ({
    type: 'table', catalog: null, schema: null, name, alias: null, columnAliases: [], only: false, span: { start: text.indexOf(name), end: text.indexOf(name) + name.length },
  }));
  return {
    statements: [{ statement: { type: 'utility', verb: 'read', inner: null, relations }, span: { start: 0, end: text.length } }],
    diagnostics: [], frontEnd, confidence: 'high',
  };
}

serve({
  'sqlparser-ts': async () => ({ id: 'sqlparser-ts', parse: (text) => parse(text, 'sqlparser-ts') }),
  polyglot: async () => {
    throw new Error('its module is missing');
  },
});
