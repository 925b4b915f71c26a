import { readdir, readFile } from 'node:fs/promises';
import {
  absent,
  activations,
  chooseBuild,
  compileKernels,
  kernelsReady,
  linearActivations,
  newKernels,
  relaxedSupported,
  relaxedWasmUrl,
  wasmUrl,
} from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';

const source = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');

/** Methods of all interfaces that the typed door is made of: name and parameters. */
async function doorMethods(): Promise<{ name: string; parameters: string }[]> {
  const folder = new URL('../src/abi/', import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const all = [await source('../src/abi.ts'), ...texts].join('\n');
  const bodies = Array.from(
    all.matchAll(/interface \w+Functions\b[^{]*\{([\s\S]*?)\n?\}/g),
    ([, body = '']) => body,
  );
  return Array.from(
    bodies.join('\n').matchAll(/^ {2}(\w+)\(([^)]*)\)/gm),
    ([, name = '', parameters = '']) => ({ name, parameters }),
  );
}

/** The builds that this engine compiles. */
const fastness = relaxedSupported() ? [false, true] : [false];

describe('module', () => {
  it('makes no instance before it is compiled', async () => {
    expect(kernelsReady()).toBe(false);
    expect(() => newKernels()).toThrow(/await compileKernels\(\) first/);
    await compileKernels();
    expect(kernelsReady()).toBe(true);
  });

  it.each([wasmUrl, relaxedWasmUrl])('is at most 60 kB: %s', async (url) => {
    expect((await readFile(url)).byteLength).toBeLessThanOrEqual(60_000);
  });

  it('compiles each build once', async () => {
    expect(await compileKernels()).toBe(await compileKernels());
    for (const fast of fastness) {
      expect(await compileKernels({ fast })).toBe(await compileKernels({ fast }));
      expect(kernelsReady(chooseBuild(fast))).toBe(true);
      expect(newKernels(chooseBuild(fast)).build).toBe(chooseBuild(fast));
    }
  });

  it('gives the relaxed build exactly where the engine has relaxed SIMD', async () => {
    expect(chooseBuild(false)).toBe('plain');
    expect(chooseBuild(true)).toBe(relaxedSupported() ? 'relaxed' : 'plain');
    const relaxed = await compileKernels({ fast: true });
    expect(relaxed === (await compileKernels())).toBe(!relaxedSupported());
    expect(WebAssembly.validate(await readFile(relaxedWasmUrl))).toBe(relaxedSupported());
  });

  it.each(fastness)(
    'exports what its typed door lists, and nothing else, fast: %s',
    async (fast) => {
      const module = await compileKernels({ fast });
      const exported = WebAssembly.Module.exports(module)
        .filter(({ kind }) => kind === 'function')
        .map(({ name }) => name);
      const listed = (await doorMethods()).map(({ name }) => name);
      expect(listed.length).toBeGreaterThan(30);
      expect(exported.sort()).toEqual(listed.sort());
    },
  );

  it.each(fastness)('takes as many parameters as its typed door says, fast: %s', async (fast) => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
    const module = await compileKernels({ fast });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const kernels = exports as unknown as Record<string, { length: number }>;
    for (const { name, parameters } of await doorMethods()) {
      const count = parameters.match(/\w+:/g)?.length ?? 0;
      expect(kernels[name]?.length, name).toBe(count);
    }
  });

  it('imports memory alone, with a fixed maximum', async () => {
    const imports = WebAssembly.Module.imports(await compileKernels());
    expect(imports).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });

  it('has the codes of activations and of absence that its sources have', async () => {
    const hidden = await source('../assembly/hidden.ts');
    for (const [name, code] of Object.entries(activations)) {
      const constant = name.toUpperCase().replace('-', '_');
      expect(hidden, name).toMatch(new RegExp(`^const ${constant}: i32 = ${code};`, 'm'));
    }
    const linear = await source('../assembly/linear.ts');
    const { none, ...named } = linearActivations;
    expect(none).toBe(0);
    for (const [name, code] of Object.entries(named)) {
      expect(linear, name).toMatch(new RegExp(`^const ${name.toUpperCase()}: i32 = ${code};`, 'm'));
    }
    expect(hidden).toContain('ABSENT: i32 = -(1 << 20)');
    expect(absent).toBe(-(1 << 20));
  });

  it('gives every instance memory of its own, with scratch for products', () => {
    const [a, b] = [newKernels(), newKernels()];
    const at = a.arena.store(Float32Array.of(1));
    expect(b.arena.floats(1)).toBe(at);
    expect(b.arena.viewFloats(at, 1)[0]).toBe(0);
    expect(a.scratch).toBeGreaterThanOrEqual(a.heapBase());
    expect(at).toBeGreaterThanOrEqual(a.scratch + a.scratchBytes(0, 0, 0));
  });
});
