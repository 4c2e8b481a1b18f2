import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './checked-repository.js';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

interface Instruction {
  name: string;
  value: string;
}

/** Instructions without remarks, continued lines joined. */
function instructionsOf(text: string): Instruction[] {
  const lines = text.replace(/^#.*\n/gm, '').replace(/\\\n/g, ' ').split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => ({ name: /^([A-Z]+) /.exec(line)?.[1] ?? line, value: line.replace(/^[A-Z]+ +/, '') }));
}

const instructions = instructionsOf(read('Containerfile'));
const valuesOf = (name: string) => instructions.filter((instruction) => instruction.name === name).map(({ value }) => value);

describe('the Containerfile', () => {
  test('holds instructions that builders know', () => {
    expect(new Set(instructions.map(({ name }) => name))).toEqual(new Set(['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'ENTRYPOINT', 'CMD']));
  });

  test('begins with one maintained Node.js, slim', () => {
    expect(valuesOf('FROM')).toEqual(['node:22-slim AS build', 'node:22-slim']);
  });

  test('ends as a user without rights, with tidemark to run', () => {
    const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
    expect(last.slice(last.findIndex(({ name }) => name === 'USER')).map(({ name, value }) => `${name} ${value}`)).toEqual(['USER node', 'WORKDIR /work', 'ENTRYPOINT ["tidemark"]', 'CMD ["--help"]']);
  });

  test('installs what the lock file names, and runs no script of it', () => {
    const commands = valuesOf('RUN').flatMap((value) => value.split('&&')).filter((command) => /\bnpm (ci|install)\b/.test(command));
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(command).toMatch(/npm ci .*--ignore-scripts/);
  });

  test('leaves a program that the package has', () => {
    expect(valuesOf('COPY')).toEqual(['. .', '--from=build /opt/tidemark /opt/tidemark']);
    const linked = /ln -s \/opt\/tidemark\/(\S+)/.exec(valuesOf('RUN').join('\n'))?.[1];
    expect(JSON.parse(read('package.json')).bin).toEqual({ tidemark: linked });
  });
});

describe('.containerignore', () => {
  const patterns = read('.containerignore').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const kept = patterns.slice(1).map((line) => line.replace(/^!/, ''));

  test('keeps out all that is not named', () => {
    expect(patterns[0]).toBe('*');
    expect(patterns.slice(1).filter((line) => !line.startsWith('!'))).toEqual([]);
  });

  test('names what is there', () => {
    expect(kept.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  });

  test('lets in all that is packed and what builds it', () => {
    const { files }: { files: string[] } = JSON.parse(read('package.json'));
    const needed = [...files.filter((name) => name !== 'dist'), 'src', 'package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];
    expect(needed.filter((name) => !kept.some((one) => name === one || name.startsWith(`${one}/`)))).toEqual([]);
  });
});
