import { readFile } from 'node:fs/promises';
import {
  absent,
  activations,
  compileKernels,
  kernelsReady,
  newKernels,
  wasmUrl,
} from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';

const source = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');

describe('module', () => {
  it('makes no instance before it is compiled', async () => {
    expect(kernelsReady()).toBe(false);
    expect(() => newKernels()).toThrow(/await compileKernels\(\) first/);
    await compileKernels();
    expect(kernelsReady()).toBe(true);
  });

  it('is at most 60 kB', async () => {
    expect((await readFile(wasmUrl)).byteLength).toBeLessThanOrEqual(60_000);
  });

  it('compiles once', async () => {
    expect(await compileKernels()).toBe(await compileKernels());
  });

  it('exports what its typed door lists, and nothing else', async () => {
    const module = await compileKernels();
    const exported = WebAssembly.Module.exports(module)
      .filter(({ kind }) => kind === 'function')
      .map(({ name }) => name);
    const door = (await source('../src/abi.ts')).match(
      /interface KernelFunctions \{([\s\S]*?)\n\}/,
    );
    const listed = Array.from((door?.[1] ?? '').matchAll(/^ {2}(\w+)\(/gm), ([, name]) => name);
    expect(listed.length).toBeGreaterThan(15);
    expect(exported.sort()).toEqual(listed.sort());
  });

  it('takes as many parameters as its typed door says', async () => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
    const { exports } = new WebAssembly.Instance(await compileKernels(), { env: { memory } });
    const kernels = exports as unknown as Record<string, { length: number }>;
    const abi = await source('../src/abi.ts');
    const door = abi.match(/interface KernelFunctions \{([\s\S]*?)\n\}/)?.[1] ?? '';
    for (const [, name = '', parameters = ''] of door.matchAll(/^ {2}(\w+)\(([^)]*)\)/gm)) {
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
    expect(hidden).toContain('ABSENT: i32 = -(1 << 20)');
    expect(absent).toBe(-(1 << 20));
  });

  it('gives every instance memory of its own, with scratch for gemm', () => {
    const [a, b] = [newKernels(), newKernels()];
    const at = a.arena.store(Float32Array.of(1));
    expect(b.arena.floats(1)).toBe(at);
    expect(b.arena.viewFloats(at, 1)[0]).toBe(0);
    expect(a.scratch).toBeGreaterThanOrEqual(a.heapBase());
    expect(at).toBeGreaterThanOrEqual(a.scratch + a.scratchBytes(0, 0, 0));
  });
});
