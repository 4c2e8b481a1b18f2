import stringWidth from 'string-width';

const ASCII = /^[ -~]*$/;

/** How many terminal columns a text without escape sequences fills. */
export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** Stands for a space at which no line may end; printed as an ordinary space. */
const UNBROKEN = '\u00A0';

/** Keeps a number and its unit, or a name and its number, on one line. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', UNBROKEN);
}

/** A number with its unit or what it counts, a share, and a moment as this product writes them. */
const AMOUNT = /(\d) (?=(?:%|ms|s|min|h|days?|bytes|[KMGT]iB|blocks?|calls?|rows?|entries|entry|statements?)(?![\w/]))/g;
const MOMENT = /(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)(?: (UTC))?/g;

/** Keeps every number of a text with its unit: text of findings and of evidence is written for machines too, with ordinary spaces. */
export function withAmountsUnbroken(text: string): string {
  return text.replace(AMOUNT, `$1${UNBROKEN}`).replace(MOMENT, (moment) => unbroken(moment));
}

/** The same with ordinary spaces, where nothing is wrapped. */
export function broken(text: string): string {
  return text.replaceAll(UNBROKEN, ' ');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Breaks one line of plain text (no escape sequences) into lines of at most `columns` terminal columns: at spaces, and
 * within a word only where it is longer than a line.
 */
export function wrap(text: string, columns: number): string[] {
  const width_max = Math.max(columns, 1);
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const word of text.split(' ').filter((part) => part !== '')) {
    for (const piece of splitWord(word, width_max)) {
      const pieceWidth = widthOf(piece);
      if (line !== '' && width + 1 + pieceWidth > width_max) {
        lines.push(line);
        line = '';
        width = 0;
      }
      width = line === '' ? pieceWidth : width + 1 + pieceWidth;
      line = line === '' ? piece : `${line} ${piece}`;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines.map(broken);
}

function splitWord(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word];
  const pieces: string[] = [];
  let piece = '';
  let width = 0;
  for (const { segment } of graphemes.segment(word)) {
    const segmentWidth = widthOf(segment);
    if (piece !== '' && width + segmentWidth > columns) {
      const cut = breakOf(piece);
      pieces.push(piece.slice(0, cut));
      piece = piece.slice(cut);
      width = widthOf(piece);
    }
    piece += segment;
    width += segmentWidth;
  }
  return [...pieces, piece];
}

/** Behind the last sign that parts a name, `analytics.fact_` before `order`; at the end where none stands in the second half. */
function breakOf(piece: string): number {
  const sign = Math.max(...['.', '_', '/', '-'].map((one) => piece.lastIndexOf(one)));
  return sign + 1 > piece.length / 2 ? sign + 1 : piece.length;
}

/** Fills with spaces up to `columns`; longer text is left as it is. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}
