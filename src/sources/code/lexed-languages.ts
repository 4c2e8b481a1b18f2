import { textBlock } from './java.js';
import { comment, quoted, type Heredoc, type StringReader } from './lexed-strings.js';

/** A language that is read by its string literals alone. */
export interface LexedLanguage {
  read: StringReader;
  /** Between two literals: the text goes on. */
  concatenation: string;
  /** 1 the kind (`class`, `def` …), 2 the name. */
  declaration: RegExp;
  /** True where a call needs no parentheses. */
  barecalls: boolean;
}

function ruby(source: string, at: number, heredocs: Heredoc[]): ReturnType<StringReader> {
  const character = source.charAt(at);
  switch (character) {
    case '#':
      return comment(source, at, '#', null);
    case '=':
      return source.startsWith('=begin', at) && (at === 0 || source.charAt(at - 1) === '\n') ? comment(source, at, '=begin', '\n=end') : null;
    case '"':
      return quoted(source, at, { opening: 1, close: '"', style: 'ruby', interpolation: 'ruby' });
    case "'":
      return quoted(source, at, { opening: 1, close: "'", style: 'kotlin', interpolation: null });
    case '`':
      return { ...quoted(source, at, { opening: 1, close: '`', style: 'ruby', interpolation: 'ruby' }), text: null };
    case '%': {
      const match = /^%([qQ]?)([([{|])/.exec(source.slice(at, at + 3));
      const close = match?.[2] === undefined ? undefined : { '(': ')', '[': ']', '{': '}', '|': '|' }[match[2]];
      if (match === null || close === undefined || /[\w)\]]\s?$/.test(source.slice(Math.max(0, at - 2), at))) return null;
      return quoted(source, at, { opening: match[0].length, close, style: match[1] === 'q' ? 'none' : 'ruby', interpolation: match[1] === 'q' ? null : 'ruby' });
    }
    case '/':
      return isRegularExpression(source, at) ? { ...quoted(source, at, { opening: 1, close: '/', style: 'ruby', interpolation: null, oneLine: true }), text: null } : null;
    case '<': {
      const match = /^<<([~-]?)(['"]?)([A-Z_][A-Z0-9_]{0,40})\2/i.exec(source.slice(at, at + 60));
      if (match?.[3] === undefined || (match[1] === '' && match[3] !== match[3].toUpperCase())) return null;
      heredocs.push({ word: match[3], start: at, end: at + match[0].length, isRaw: match[2] === "'", style: 'ruby' });
      return { start: at, end: at + match[0].length, text: null };
    }
    default:
      return null;
  }
}

function isRegularExpression(source: string, at: number): boolean {
  return /(^|[(,=~|&!{;\n])\s*$|\b(if|unless|when|and|or|match)\s+$/.test(source.slice(Math.max(0, at - 30), at));
}

function kotlin(source: string, at: number): ReturnType<StringReader> {
  switch (source.charAt(at)) {
    case '/':
      return comment(source, at, '//', null) ?? comment(source, at, '/*', '*/');
    case '"':
      return source.startsWith('"""', at)
        ? quoted(source, at, { opening: 3, close: '"""', style: 'none', interpolation: 'kotlin' })
        : quoted(source, at, { opening: 1, close: '"', style: 'kotlin', interpolation: 'kotlin', oneLine: true });
    case "'":
      return { ...quoted(source, at, { opening: 1, close: "'", style: 'kotlin', interpolation: null, oneLine: true }), text: null };
    default:
      return null;
  }
}

function csharp(source: string, at: number): ReturnType<StringReader> {
  const character = source.charAt(at);
  if (character === '/') return comment(source, at, '//', null) ?? comment(source, at, '/*', '*/');
  if (character === "'") return { ...quoted(source, at, { opening: 1, close: "'", style: 'csharp', interpolation: null, oneLine: true }), text: null };
  if (character !== '"' && character !== '@' && character !== '$') return null;
  const match = /^([@$]{0,3})("{3,8}|")/.exec(source.slice(at, at + 12));
  if (match?.[2] === undefined) return null;
  const [, prefix = ''] = match;
  const interpolation = prefix.includes('$') ? 'csharp' : null;
  if (match[2].length >= 3) {
    const raw = quoted(source, at, { opening: match[0].length, close: match[2], style: 'none', interpolation });
    return interpolation === null && /^\s*\n/.test(source.slice(at + match[0].length, at + match[0].length + 40)) ? { ...raw, text: textBlock(source, at + match[0].length - 3, raw.end) } : raw;
  }
  const isVerbatim = prefix.includes('@');
  return quoted(source, at, { opening: match[0].length, close: '"', style: isVerbatim ? 'none' : 'csharp', interpolation, doubled: isVerbatim, oneLine: !isVerbatim });
}

function php(source: string, at: number, heredocs: Heredoc[]): ReturnType<StringReader> {
  // What stands outside the program is HTML.
  if (at === 0 && !source.startsWith('<?')) return comment(source, 0, '', '<?');
  switch (source.charAt(at)) {
    case '/':
      return comment(source, at, '//', null) ?? comment(source, at, '/*', '*/');
    case '#':
      return source.charAt(at + 1) === '[' ? null : comment(source, at, '#', null);
    case '?':
      return source.startsWith('?>', at) ? comment(source, at, '?>', '<?') : null;
    case '"':
      return quoted(source, at, { opening: 1, close: '"', style: 'php', interpolation: 'php' });
    case "'":
      return quoted(source, at, { opening: 1, close: "'", style: 'kotlin', interpolation: null });
    case '<': {
      const match = /^<<<[ \t]*(['"]?)([A-Za-z_]\w{0,40})\1/.exec(source.slice(at, at + 60));
      if (match?.[2] === undefined) return null;
      heredocs.push({ word: match[2], start: at, end: at + match[0].length, isRaw: match[1] === "'", style: 'php' });
      return { start: at, end: at + match[0].length, text: null };
    }
    default:
      return null;
  }
}

function r(source: string, at: number): ReturnType<StringReader> {
  switch (source.charAt(at)) {
    case '#':
      return comment(source, at, '#', null);
    case '"':
    case "'":
      return quoted(source, at, { opening: 1, close: source.charAt(at), style: 'r', interpolation: 'r' });
    case '`':
      return { ...quoted(source, at, { opening: 1, close: '`', style: 'none', interpolation: null }), text: null };
    default:
      return null;
  }
}

export const LEXED_LANGUAGES: Readonly<Record<'ruby' | 'kotlin' | 'csharp' | 'php' | 'r', LexedLanguage>> = {
  ruby: { read: ruby, concatenation: '+', declaration: /\b(class|module|def)\s+(?:self\.)?([A-Za-z_][\w:]*[?!]?)/g, barecalls: true },
  kotlin: { read: kotlin, concatenation: '+', declaration: /\b(class|object|interface|fun)\s+(?:<[^<>]{0,100}>\s*)?(?:\w+\.)?`?([A-Za-z_]\w*)/g, barecalls: false },
  csharp: { read: csharp, concatenation: '+', declaration: /\b(class|record|struct|(?:public|private|protected|internal|static|async|override|virtual)\s+[\w<>[\],.? ]{1,100}?)\s+([A-Za-z_]\w*)\s*(?=[({:\n]|<[^<>()\n]{0,60}>\s*[({]|$)/g, barecalls: false },
  php: { read: php, concatenation: '.', declaration: /\b(class|trait|interface|function)\s+&?([A-Za-z_]\w*)/g, barecalls: false },
  r: { read: r, concatenation: '\0', declaration: /(^|\n)\s*([A-Za-z_.][\w.]*)\s*(?:<-|=)\s*function\b/g, barecalls: false },
};
