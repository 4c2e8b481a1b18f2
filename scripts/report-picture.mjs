/**
 * Draws what a terminal would show as an SVG: `COLUMNS=110 tidemark demo --color always | node scripts/report-picture.mjs LINES > docs/report.svg`.
 * Knows the sixteen colours, bold and dim, which is all that tidemark writes.
 */
import { text } from 'node:stream/consumers';
import stringWidth from 'string-width';

const LINE_HEIGHT = 19;
const CHARACTER_WIDTH = 8.43;
const PADDING = 18;
const COLOURS = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 34: '#79c0ff', 35: '#d2a8ff', 36: '#76e3ea', 37: '#c9d1d9', 90: '#8b949e' };
const FOREGROUND = '#c9d1d9';

const lines = (await text(process.stdin)).split('\n').slice(0, Number(process.argv[2] ?? 60));
while (lines.at(-1) === '') lines.pop();

function escape(value) {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function drawLine(line, row) {
  let style = { colour: FOREGROUND, bold: false, dim: false };
  let column = 0;
  const spans = [];
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    if (part.startsWith('\u001b[')) {
      for (const code of part.slice(2, -1).split(';').map(Number)) style = restyle(style, code);
    } else if (part !== '') {
      const x = (PADDING + column * CHARACTER_WIDTH).toFixed(1);
      spans.push(`<tspan x="${x}" fill="${style.colour}"${style.bold ? ' font-weight="700"' : ''}${style.dim ? ' opacity="0.65"' : ''}>${escape(part)}</tspan>`);
      column += stringWidth(part);
    }
  }
  return `<text y="${PADDING + 14 + row * LINE_HEIGHT}" xml:space="preserve">${spans.join('')}</text>`;
}

function restyle(style, code) {
  if (code === 0) return { colour: FOREGROUND, bold: false, dim: false };
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: FOREGROUND };
  return COLOURS[code] ? { ...style, colour: COLOURS[code] } : style;
}

const plain = lines.map((line) => line.replace(/\u001b\[[\d;]*m/g, ''));
const width = Math.ceil(Math.max(...plain.map((line) => stringWidth(line))) * CHARACTER_WIDTH) + 2 * PADDING;
const height = lines.length * LINE_HEIGHT + 2 * PADDING;
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A report of tidemark">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${lines.map(drawLine).join('\n')}
</g>
</svg>
`);
