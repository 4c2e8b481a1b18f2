import { createInterface, emitKeypressEvents } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';

/** One press of a key, or one pasted text. */
export interface Key {
  /** `j`, `G`, `?`, `enter`, `escape`, `tab`, `shift-tab`, `up`, `pagedown`, `ctrl-l`, `paste`. */
  name: string;
  /** What it writes where text is typed; empty for keys that write nothing. */
  text: string;
}

/** As Node describes a press; see the `keypress` event of node:readline. */
interface Press {
  sequence?: string;
  name?: string;
  ctrl?: boolean;
  meta?: boolean;
  shift?: boolean;
}

/** How long an escape character may be the beginning of a sequence. Slow lines part sequences; people wait for `esc`. */
const ESCAPE_MS = 60;
/** Nobody filters by more. */
const PASTE_MAX = 500;

/**
 * Tells `heed` each key of a terminal in raw mode, several of one read one by one. Sequences that mean no key are left out, and
 * pasted text is one key, so that it never acts. The returned function ends it.
 */
export function readKeys(input: Readable, heed: (key: Key) => void): () => void {
  // Only a readline interface can carry the time after which an escape character is a key.
  const timing = createInterface({ input: new PassThrough(), escapeCodeTimeout: ESCAPE_MS });
  emitKeypressEvents(input, timing);
  let pasted: string | null = null;
  const press = (text: string | undefined, { name, sequence = '', ctrl = false, meta = false, shift = false }: Press): void => {
    if (name === 'paste-start') pasted = '';
    else if (name === 'paste-end') {
      if (pasted !== null && pasted !== '') heed({ name: 'paste', text: pasted });
      pasted = null;
    } else if (pasted !== null) {
      if (pasted.length < PASTE_MAX) pasted += text !== undefined && isPrintable(text) ? text : ' ';
    } else for (const key of keysOf({ name, sequence, ctrl, meta, shift })) heed(key);
  };
  input.on('keypress', press);
  return () => {
    input.off('keypress', press);
    timing.close();
  };
}

const NAMES: Readonly<Record<string, string>> = { return: 'enter', '\x1c': 'ctrl-\\' };
const WRITTEN: Readonly<Record<string, string>> = { space: ' ' };

function keysOf({ name, sequence, ctrl, meta, shift }: { [Part in keyof Press]-?: Press[Part] | (Part extends 'name' ? undefined : never) }): Key[] {
  // Node joins an escape and a key that follow at once to one press with `meta`; here both are keys.
  if (meta && sequence.length >= 2 && !sequence.startsWith('\x1b[') && !sequence.startsWith('\x1bO')) {
    const rest = [...sequence.replace(/^\x1b+/, '')].join('');
    return [{ name: 'escape', text: '' }, ...(rest.length > 0 && isPrintable(rest) ? [{ name: rest, text: rest }] : [])];
  }
  if (ctrl) return name === undefined ? [] : [{ name: `ctrl-${name}`, text: '' }];
  if (name !== undefined && name in WRITTEN) return [{ name, text: WRITTEN[name] ?? '' }];
  if (isPrintable(sequence)) return [{ name: sequence, text: sequence }];
  const named = NAMES[name ?? sequence] ?? name;
  if (named === undefined || named === 'undefined') return [];
  return [{ name: shift && named === 'tab' ? 'shift-tab' : named, text: '' }];
}

/** One character that can be shown. */
function isPrintable(text: string): boolean {
  return /^[^\p{C}\p{Zl}\p{Zp}]$/u.test(text);
}
