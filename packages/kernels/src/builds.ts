import { readBytes } from '#bytes';
import { shareMemory } from './shared-module.js';

/**
 * The two builds of one source. `plain` uses fixed-width SIMD: the same bits on every processor. `relaxed`
 * lets the processor fuse a product and a sum, which is faster and may change the last bits.
 */
export type Build = 'plain' | 'relaxed';

/** Where the plain build lies; bundlers rewrite this to the asset they emit. */
export const wasmUrl: URL = new URL('./kernels.wasm', import.meta.url);

/** Where the relaxed build lies. */
export const relaxedWasmUrl: URL = new URL('./kernels-relaxed.wasm', import.meta.url);

/** () → v128: f32x4.relaxed_madd(0, 0, 0). */
const relaxedProbe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0xfd, 0x85, 2, 0x0b],
);

/** Whether this engine has relaxed SIMD (Node 20 has not; Node 24 and current Chromium have). */
export function relaxedSupported(): boolean {
  return WebAssembly.validate(relaxedProbe);
}

const compiling = new Map<Build, Promise<WebAssembly.Module>>();
const compilingShared = new Map<Build, Promise<WebAssembly.Module>>();
const compiled = new Map<Build, WebAssembly.Module>();
/** Bytes that have once compiled; the caller may have given them, and then there may be none to fetch. */
const sources = new Map<Build, BufferSource>();

/** Options of `compileKernels`. */
export interface CompileOptions {
  /** Compile the relaxed build where the engine has relaxed SIMD. Default: the plain build. */
  readonly fast?: boolean;
  /**
   * The module's bytes, from those whose bundler cannot emit assets: of `wasmUrl`, or, with `fast` where
   * `relaxedSupported()`, of `relaxedWasmUrl`.
   */
  readonly bytes?: BufferSource;
}

/** The build that `fast` gives in this engine: `plain` where relaxed SIMD is missing. */
export function chooseBuild(fast: boolean): Build {
  return fast && relaxedSupported() ? 'relaxed' : 'plain';
}

/** Makes a build's module once; what failed is tried again the next time. */
function once(
  kept: Map<Build, Promise<WebAssembly.Module>>,
  build: Build,
  make: () => Promise<WebAssembly.Module>,
): Promise<WebAssembly.Module> {
  const earlier = kept.get(build);
  if (earlier) return earlier;
  const module = make().catch((error: unknown) => {
    kept.delete(build);
    throw error;
  });
  kept.set(build, module);
  return module;
}

async function readSource(build: Build, given: BufferSource | undefined): Promise<BufferSource> {
  const url = build === 'plain' ? wasmUrl : relaxedWasmUrl;
  const source = given ?? sources.get(build) ?? (await readBytes(url));
  sources.set(build, source);
  return source;
}

/** Compiles a build once; later calls are free. After a failure the next call tries again. */
export function compileKernels({
  fast = false,
  bytes,
}: CompileOptions = {}): Promise<WebAssembly.Module> {
  const build = chooseBuild(fast);
  return once(compiling, build, async () => {
    const source = await readSource(build, bytes);
    const module = await WebAssembly.compile(source);
    compiled.set(build, module);
    return module;
  });
}

/** As `compileKernels`, for memory that threads share. */
export function compileSharedKernels({
  fast = false,
  bytes,
}: CompileOptions = {}): Promise<WebAssembly.Module> {
  const build = chooseBuild(fast);
  return once(compilingShared, build, async () =>
    WebAssembly.compile(shareMemory(await readSource(build, bytes))),
  );
}

/** The module of a build, or nothing before `compileKernels` has finished. */
export function compiledModule(build: Build): WebAssembly.Module | undefined {
  return compiled.get(build);
}

/** True once `compileKernels` has finished, that is, when `newKernels` may be called. */
export function kernelsReady(build: Build = 'plain'): boolean {
  return compiled.has(build);
}
