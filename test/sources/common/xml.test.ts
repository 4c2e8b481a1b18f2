import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readXml, type XmlElement } from '../../../src/sources/common/xml.js';

function escaped(text: string): string {
  return text.replace(/[&<>"'\r\n\t]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function rootOf(text: string): XmlElement {
  const { root, problem } = readXml(text);
  expect(problem).toBeNull();
  if (root === null) throw new Error('nothing was read');
  return root;
}

/** Characters that XML allows. */
const content = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '<', '>', '&', '"', "'", '\n', ' ', ']', '-', ';', '#') });

describe('the text of an element', () => {
  test('is decoded, and each character leads to where it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(content.map((text) => [text, escaped(text)] as const), content.filter((text) => !text.includes(']')).map((text) => [text, `<![CDATA[${text}]]>`] as const)), { maxLength: 5 }), (pieces) => {
        const source = `<?xml version='1.0'?>\n<a x='1'><b>${pieces.map(([, written]) => written).join('')}</b></a>`;
        const { text, offsetOf } = rootOf(source).children[0]?.text() ?? { text: '', offsetOf: () => 0 };
        expect(text).toBe(pieces.map(([plain]) => plain).join(''));
        for (const [at, unit] of text.split('').entries()) {
          const written = source.charAt(offsetOf(at));
          expect(written === unit || written === '&').toBe(true);
        }
        expect(source.startsWith('<', offsetOf(text.length))).toBe(true);
      }),
    );
  });

  test('is what XML makes of line ends, comments and children', () => {
    const source = '<a>one\r\ntwo<!-- no <b> --><?no way?><b c=">">not <b/> this</b>&#x41;\rthree<![CDATA[ <&amp;\r\n]]></a>';
    expect(rootOf(source).text().text).toBe('one\ntwoA\nthree <&amp;\n');
  });
});

describe('an attribute', () => {
  test('is decoded, and each character leads to where it is written', () => {
    fc.assert(
      fc.property(content, fc.constantFrom('"', "'"), (value, quote) => {
        const source = `<a  other = ${quote}x=${quote}\n\tname=${quote}${escaped(value)}${quote} last=${quote}${quote}/>`;
        const found = rootOf(source).attributeText('name');
        expect(found?.text).toBe(value);
        expect(rootOf(source).attribute('name')).toBe(value);
        for (const [at, unit] of value.split('').entries()) expect([unit, '&']).toContain(source.charAt(found?.offsetOf(at) ?? 0));
      }),
    );
  });

  test('that is not there is null', () => {
    expect(rootOf("<a b='1'/>").attributeText('c')).toBeNull();
    expect(rootOf("<a b=' c=1 '/>").attributeText('c')).toBeNull();
  });

  test('has blanks for line breaks, as the parser reads it', () => {
    const root = rootOf("<a b='one\r\ntwo\tthree&#10;'/>");
    expect(root.attributeText('b')?.text).toBe('one two three\n');
    expect(root.attribute('b')).toBe('one two three\n');
  });
});

describe('a document', () => {
  test('is read without what nobody asks for', () => {
    const { root } = readXml('<a><skip><b/></skip><b><skip/><c/></b></a>', (name) => name === 'skip');
    expect([...(root?.descendants() ?? [])].map((element) => element.path())).toEqual(['/a/b', '/a/b/c']);
  });

  test('has paths that tell elements of one name apart', () => {
    const root = rootOf("<a><b name='x'/><c/><c><d Name='y'/></c></a>");
    expect([...root.descendants()].map((element) => element.path())).toEqual(["/a/b[@name='x']", '/a/c[1]', '/a/c[2]', "/a/c[2]/d[@Name='y']"]);
  });

  test('that stops being XML gives what stands before, and where', () => {
    const { root, problem } = readXml('<a><b>1</b><c></a>');
    expect(root?.children.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(problem).toEqual({ offset: 18, cause: 'the XML is malformed' });
  });

  test('defines no entities', () => {
    expect(readXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).toMatchObject({ root: null, problem: { cause: 'the XML has a document type declaration, which is not read because it may define entities' } });
    expect(readXml('<a>&b;</a>').problem).toMatchObject({ cause: 'the XML is malformed' });
  });

  test('has limits', () => {
    expect(readXml('<a>'.repeat(100_000)).problem).toMatchObject({ cause: 'the XML nests more than 300 elements' });
    expect(readXml(`<a>${'<b/>'.repeat(600_000)}</a>`).problem).toMatchObject({ cause: 'the XML has more than 500000 elements' });
  });
});
