import { readFile } from 'node:fs/promises';
import { relaxedSupported, relaxedWasmUrl, wasmUrl } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareMemory } from '../src/shared-module.js';

const plain = Uint8Array.from(await readFile(wasmUrl));
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A module of one import section; `env.memory` is the name. */
const withImports = (...section: number[]) =>
  Uint8Array.of(...header, 2, section.length, ...section);
const name = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79];

describe('the shared form of a module', () => {
  it('differs in one bit, and takes shared memory where the other refuses it', async () => {
    const urls = relaxedSupported() ? [wasmUrl, relaxedWasmUrl] : [wasmUrl];
    for (const url of urls) {
      const bytes = Uint8Array.from(await readFile(url));
      const before = bytes.slice();
      const shared = shareMemory(bytes);
      expect(bytes).toEqual(before);
      const changed = [...shared].flatMap((byte, i) => (byte === bytes[i] ? [] : [i]));
      expect(changed).toHaveLength(1);
      const env = {
        memory: new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true }),
      };
      const instance = new WebAssembly.Instance(await WebAssembly.compile(shared), { env });
      expect(Object.keys(instance.exports)).toContain('gemm');
      const module = await WebAssembly.compile(bytes);
      expect(() => new WebAssembly.Instance(module, { env })).toThrow(WebAssembly.LinkError);
    }
  });

  it('finds the memory behind other sections, and behind a name that looks like flags', () => {
    const custom = [0, 5, 1, 0x78, 1, 1, 1];
    const section = [1, 1, 1, 1, 1, 2, 1, 1, 2];
    const bytes = Uint8Array.of(...header, ...custom, 2, section.length, ...section);
    const shared = shareMemory(bytes);
    expect(WebAssembly.validate(shared)).toBe(true);
    expect([...shared].filter((byte, i) => byte !== bytes[i])).toEqual([3]);
    expect(shared[bytes.length - 3]).toBe(3);
  });

  it('reads a view into a larger buffer', () => {
    const wide = new Uint8Array(plain.length + 20);
    wide.set(plain, 13);
    const view = wide.subarray(13, 13 + plain.length);
    expect(shareMemory(view)).toEqual(shareMemory(plain));
    expect(shareMemory(plain.buffer)).toEqual(shareMemory(plain));
  });

  it('is refused to what is no kernel module', () => {
    const refused: [Uint8Array<ArrayBuffer>, RegExp][] = [
      [new Uint8Array(0), /does not begin/],
      [Uint8Array.of(0x7b, ...plain.subarray(1)), /does not begin/],
      [Uint8Array.of(...header), /imports no memory/],
      [shareMemory(plain), /limits of kind 3/],
      [withImports(1, ...name, 2, 0, 16), /limits of kind 0/],
      [withImports(1, ...name, 3, 0x7f, 0), /imports more, or other/],
      [withImports(2, ...name, 2, 1, 16, 32, ...name, 2, 1, 16, 32), /imports more, or other/],
      [Uint8Array.of(...header, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), /number in it is too long/],
      [Uint8Array.of(...header, 2, 99, 1), /end too soon/],
    ];
    for (const [bytes, reason] of refused) expect(() => shareMemory(bytes)).toThrow(reason);
  });

  it('is an error, or valid, for every beginning and every damage of a module', () => {
    fc.assert(
      fc.property(fc.nat({ max: plain.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const damaged = plain.slice();
        damaged[at] = value;
        for (const bytes of [plain.slice(0, at), damaged]) {
          let shared: Uint8Array;
          try {
            shared = shareMemory(bytes);
          } catch (error) {
            expect((error as Error).message).toMatch(/^not a kernel module: /);
            continue;
          }
          expect([...shared].filter((byte, i) => byte !== bytes[i])).toEqual([3]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
