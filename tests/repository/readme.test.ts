import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mustRun, root, runCommand } from './commands.js';

const documents = ['README.md', 'docs/file-formats.md'];

/** Code of every block of a language in a document. */
function blocksOf(document: string, language: string): string[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code]) => code as string,
  );
}

/** Words of a command line as a shell would split it; double quotes hold words together. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

const code = blocksOf('README.md', 'js');
const commands = documents
  .flatMap((document) => blocksOf(document, 'sh'))
  .flatMap((block) => block.trim().split('\n'));
const ours = commands.filter((line) => line.startsWith('npx tripartite '));

/** A Python that has numpy, as it is called here. */
const python = ['/usr/bin/python3', 'python3', 'python'].find((program) => {
  const { status } = spawnSync(program, ['-c', 'import numpy'], { timeout: 60_000 });
  return status === 0;
});

describe('the README', () => {
  test('has code and commands to test', () => {
    expect(code.length).toBeGreaterThan(2);
    expect(ours.length).toBeGreaterThan(4);
  });

  test.each(code.map((block, index) => [index, block] as const))(
    'code block %i runs as it stands',
    (index, block) => {
      const path = join(import.meta.dirname, `readme-block-${index}.part.mjs`);
      writeFileSync(path, block);
      try {
        mustRun(process.execPath, [path], import.meta.dirname);
      } finally {
        rmSync(path);
      }
    },
  );

  test.each(ours)('"%s" works as it stands', (line) => {
    const folder = mkdtempSync(join(tmpdir(), 'tripartite readme '));
    const words = splitWords(line).slice(2);
    const cli = join(root, 'apps/cli/bin/tripartite.js');
    const { status, stdout, stderr } = runCommand(process.execPath, [cli, ...words], folder);
    rmSync(folder, { recursive: true });
    expect(stderr.match(/error|warning/i)).toBeNull();
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(20);
    if (words.includes('--json')) expect(() => JSON.parse(stdout)).not.toThrow();
  });

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const text = ['README.md', 'CONTRIBUTING.md'].map((f) => readFileSync(join(root, f), 'utf8'));
    const named = [...text.join('\n').matchAll(/npm (?:run )?(start|test|[a-z]+)`/g)]
      .map(([, name]) => name as string)
      .filter((name) => name !== 'install');
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  test('links to files that exist', () => {
    for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/model.md', ...documents]) {
      const text = readFileSync(join(root, document), 'utf8');
      for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(root, document, '..', link as string)), link).toBe(true);
      }
    }
  });
});

describe('the file formats', () => {
  test.skipIf(python === undefined)(
    'Python code runs as it stands on what --save writes (needs a Python with numpy)',
    () => {
      // The others, of fitted hidden layers, are tested with the SDK.
      const [block, ...others] = blocksOf('docs/file-formats.md', 'python');
      expect(others).toHaveLength(2);
      const folder = mkdtempSync(join(tmpdir(), 'tripartite file formats '));
      try {
        const cli = join(root, 'apps/cli/bin/tripartite.js');
        const words = ['compare', '--text', 'Some text.', '--save', 'saved', '--quiet'];
        mustRun(process.execPath, [cli, ...words], folder);
        const printed = mustRun(python as string, ['-c', block as string], folder);
        const [, error] = printed.match(/^median relative error of the response: (\S+)\s*$/) ?? [];
        expect(Number(error)).toBeGreaterThan(0);
        expect(Number(error)).toBeLessThan(1e6);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
