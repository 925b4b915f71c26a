import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustRun, pnpmArguments, root } from './commands.js';

const packages = [
  'packages/kernels',
  'packages/sdk',
  'packages/models/use-lite',
  'packages/models/vit-digits',
  'packages/models/photo-mae',
];

const program = `
import digits from '@tripartite/model-vit-digits';
import { compare, loadModel, type Picture } from '@tripartite/sdk';

const image: Picture = { width: 28, height: 28, channels: 1, data: new Uint8Array(784) };
const model = await loadModel(digits);
const result = await compare(model, { image }, { hidden: { kind: 'matched', neurons: 16 } });
console.log(JSON.stringify({ heads: result.heads.length, type: result.output.type }));
`;

describe('the packed tarballs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tripartite packed '));
  const consumer = join(folder, 'a stranger’s project');
  const tarballs = new Map<string, string>();

  beforeAll(() => {
    const require = createRequire(import.meta.url);
    for (const path of packages) {
      const from = join(root, path);
      const out = join(folder, basename(path));
      mkdirSync(out);
      mustRun('npx', pnpmArguments('pack', '--pack-destination', out), from);
      const { name } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as {
        name: string;
      };
      tarballs.set(name, join(out, readdirSync(out)[0] as string));
    }
    mkdirSync(join(consumer, 'src'), { recursive: true });
    writeFileSync(
      join(consumer, 'package.json'),
      JSON.stringify({
        name: 'stranger',
        private: true,
        type: 'module',
        dependencies: Object.fromEntries([...tarballs].map(([n, file]) => [n, `file:${file}`])),
      }),
    );
    writeFileSync(
      join(consumer, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'ES2022',
          lib: ['ES2023', 'DOM'],
          module: 'NodeNext',
          strict: true,
          types: [],
          outDir: 'out',
          rootDir: 'src',
        },
        include: ['src'],
      }),
    );
    writeFileSync(join(consumer, 'src/main.ts'), program);
    writeFileSync(
      join(consumer, 'index.html'),
      '<!doctype html><title>s</title><script type="module" src="/src/main.ts"></script>',
    );
    mustRun('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], consumer);
    const tsc = require.resolve('typescript/bin/tsc');
    mustRun(process.execPath, [tsc, '-p', consumer], consumer);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('install without TensorFlow.js or anything of the package that the weights come from', () => {
    const installed = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    const names = Object.keys(installed.packages);
    expect(names.filter((name) => /tensorflow|tfjs|energetic/.test(name))).toEqual([]);
    expect(names).toContain('node_modules/@tripartite/sdk');
  });

  test('run in Node, typed by their own declarations', () => {
    const printed = mustRun(process.execPath, ['out/main.js'], consumer);
    expect(JSON.parse(printed)).toEqual({ heads: 16, type: 'label' });
  });

  test('bundle with Vite, which emits the kernels and the weights', () => {
    const require = createRequire(import.meta.url);
    const vite = join(require.resolve('vite/package.json'), '../bin/vite.js');
    mustRun(
      process.execPath,
      [vite, 'build', '--logLevel', 'warn', '--target', 'es2022'],
      consumer,
    );
    const assets = readdirSync(join(consumer, 'dist/assets'));
    for (const file of [
      /^kernels-(?!relaxed-).*\.wasm$/,
      /^kernels-relaxed-.*\.wasm$/,
      /^model-.*\.safetensors$/,
      /^calibration-.*\.npz$/,
    ]) {
      expect(assets.filter((name) => file.test(name))).toHaveLength(1);
    }
  });

  test.each(packages)('%s is clean for publint', async (path) => {
    const pkg = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as {
      name: string;
    };
    const bytes = readFileSync(tarballs.get(pkg.name) as string);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });
});
