/** A fenced block of a page. Offsets count in the text of the page. */
export interface Fence {
  /** The first word behind the fence, and what follows it. */
  language: string;
  meta: string;
  text: string;
  start: number;
}

/** `{% line_chart data="…" /%}`: a component of Evidence Studio. */
export interface Component {
  kind: 'open' | 'close' | 'single';
  name: string;
  attributes: Map<string, Attribute>;
  start: number;
}

/** Strings as `text`, lists of strings as `items`; other values (`$variable`, numbers, objects) with their source only. */
export interface Attribute {
  text: string | null;
  items: string[];
  source: string;
}

export interface Page {
  /** The YAML between the `---` lines; '' where there is none. */
  frontMatter: string;
  fences: Fence[];
  components: Component[];
}

const TAG_LENGTH_MAX = 10_000;

/** Reads the structure of a page: fences after CommonMark 0.31 (section 4.5), indented code and comments left aside. Linear. */
export function readPage(text: string): Page {
  const frontMatter = /^---[ \t]*\r?\n([^]{0,50000}?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text.slice(0, 50_020));
  const fences: Fence[] = [];
  const prose: string[] = [];
  let open: { mark: string; info: string; start: number } | null = null;
  let offset = frontMatter?.[0].length ?? 0;
  prose.push(' '.repeat(offset));
  let inComment = false;
  while (offset < text.length) {
    const lineEnd = text.indexOf('\n', offset);
    const next = lineEnd < 0 ? text.length : lineEnd + 1;
    const line = text.slice(offset, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, '');
    const mark: RegExpExecArray | null = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\r\n]*)$/.exec(line);
    if (open !== null) {
      if (mark?.[1] !== undefined && mark[2]?.trim() === '' && mark[1].startsWith(open.mark)) {
        fences.push(fenceOf(text, open, offset));
        open = null;
      }
      prose.push(' '.repeat(next - offset));
    } else if (!inComment && mark?.[1] !== undefined && !(mark[1].startsWith('`') && mark[2]?.includes('`') === true)) {
      open = { mark: mark[1], info: mark[2] ?? '', start: next };
      prose.push(' '.repeat(next - offset));
    } else {
      inComment = commentAfter(line, inComment);
      // Components are often indented below others: four blanks make no code of them.
      prose.push(text.slice(offset, next));
    }
    offset = next;
  }
  // A fence that nothing closes reaches to the end.
  if (open !== null) fences.push(fenceOf(text, open, text.length));
  return { frontMatter: frontMatter?.[1] ?? '', fences, components: componentsOf(withoutComments(prose.join(''))) };
}

function fenceOf(text: string, { info, start }: { info: string; start: number }, end: number): Fence {
  const [language = '', ...rest] = info.trim().split(/[ \t]+/);
  return { language, meta: rest.join(' '), text: text.slice(start, end).replace(/\r?\n$/, ''), start };
}

function commentAfter(line: string, inComment: boolean): boolean {
  const opened = line.lastIndexOf('<!--');
  const closed = line.lastIndexOf('-->');
  if (opened < 0 && closed < 0) return inComment;
  return opened > closed;
}

/** The text with its comments blanked; one that nothing closes is none. */
function withoutComments(prose: string): string {
  const parts: string[] = [];
  let at = 0;
  for (let start = prose.indexOf('<!--'); start >= 0; start = prose.indexOf('<!--', at)) {
    const end = prose.indexOf('-->', start);
    if (end < 0) break;
    parts.push(prose.slice(at, start), ' '.repeat(end + 3 - start));
    at = end + 3;
  }
  return parts.join('') + prose.slice(at);
}

function componentsOf(prose: string): Component[] {
  const components: Component[] = [];
  for (let at = prose.indexOf('{%'); at >= 0; at = prose.indexOf('{%', at + 2)) {
    const end = tagEnd(prose, at + 2);
    if (end === null) continue;
    const inner = prose.slice(at + 2, end).trim();
    const name = /^\/?\s*([A-Za-z_][\w-]{0,100})/.exec(inner);
    if (name?.[1] === undefined) continue;
    const kind = inner.startsWith('/') ? 'close' : inner.endsWith('/') ? 'single' : 'open';
    components.push({ kind, name: name[1], attributes: kind === 'close' ? new Map() : attributesOf(inner.slice(name[0].length)), start: at });
  }
  return components;
}

/** The offset of the `%}` that ends a tag; those within strings do not. */
function tagEnd(text: string, from: number): number | null {
  let quote = '';
  const last = Math.min(text.length, from + TAG_LENGTH_MAX);
  for (let at = from; at < last; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"') quote = character;
    else if (character === '%' && text.charAt(at + 1) === '}') return at;
    else if (character === '{' && text.charAt(at + 1) === '%') return null;
  }
  return null;
}

function attributesOf(source: string): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  let at = 0;
  for (;;) {
    const name = /\s*([A-Za-z_][\w-]{0,100})\s*=\s*/y;
    name.lastIndex = at;
    const match = name.exec(source);
    if (match?.[1] === undefined) {
      at++;
      if (at >= source.length) return attributes;
      continue;
    }
    const start = match.index + match[0].length;
    const end = valueEnd(source, start);
    attributes.set(match[1], attributeOf(source.slice(start, end)));
    at = end;
  }
}

function valueEnd(source: string, start: number): number {
  const first = source.charAt(start);
  if (first === '"' || first === "'") return stringEnd(source, start) + 1;
  if (first !== '[' && first !== '{') {
    const rest = /[^\s]*/y;
    rest.lastIndex = start;
    return start + (rest.exec(source)?.[0].length ?? 0);
  }
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '"') at = stringEnd(source, at);
    else if (character === '[' || character === '{') depth++;
    else if ((character === ']' || character === '}') && --depth === 0) return at + 1;
  }
  return source.length;
}

function stringEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source.charAt(at) === '\\') at++;
    else if (source.charAt(at) === source.charAt(start)) return at;
  }
  return source.length;
}

function attributeOf(source: string): Attribute {
  const isString = /^["']/.test(source);
  const text = isString ? unescape(source.slice(1, -1)) : null;
  const items = source.startsWith('[') ? [...source.matchAll(/"((?:[^"\\]|\\.){0,2000})"/g)].map((match) => unescape(match[1] ?? '')) : [];
  return { text, items, source };
}

function unescape(text: string): string {
  return text.replace(/\\(["'\\])/g, '$1');
}
