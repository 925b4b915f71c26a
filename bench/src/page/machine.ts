import { relaxedSupported } from '@tripartite/kernels';

/** What of the browser and its machine decides about times. */
export interface Machine {
  /** Threads that contests may have: 1 where memory cannot be shared. */
  readonly threads: number;
  readonly relaxed: boolean;
  /** One line each: browser, processor, what is missing. */
  readonly lines: readonly string[];
}

/** User-Agent Client Hints, which only some browsers have, and TypeScript's library has not. */
interface Hints {
  readonly architecture?: string;
  readonly bitness?: string;
  readonly platform?: string;
  readonly fullVersionList?: readonly { readonly brand: string; readonly version: string }[];
}
interface HintsSource {
  getHighEntropyValues(names: readonly string[]): Promise<Hints>;
}

/** Asks the browser what it is and what it can do. */
export async function describeMachine(): Promise<Machine> {
  const isolated = globalThis.crossOriginIsolated === true;
  const cores = navigator.hardwareConcurrency;
  const relaxed = relaxedSupported();
  return {
    threads: isolated ? cores : 1,
    relaxed,
    lines: [
      await browserLine(),
      `${cores} logical processors, ${isolated ? 'all of them used where a row says so' : 'one used: the page is not cross-origin isolated'}`,
      relaxed ? 'relaxed SIMD available' : 'no relaxed SIMD in this browser',
    ],
  };
}

async function browserLine(): Promise<string> {
  const { userAgentData } = navigator as Navigator & { readonly userAgentData?: HintsSource };
  if (!userAgentData) return navigator.userAgent;
  const names = ['architecture', 'bitness', 'fullVersionList'];
  const { architecture, bitness, platform, fullVersionList } =
    await userAgentData.getHighEntropyValues(names);
  // One of the brands is made up, so that nobody relies on the list; it looks like "Not A;Brand".
  const brands = fullVersionList?.filter(({ brand }) => !/not.a.brand/i.test(brand)) ?? [];
  const browser = brands.map(({ brand, version }) => `${brand} ${version}`).join(', ');
  return `${browser || navigator.userAgent}, ${platform}, ${architecture} ${bitness} bit`;
}
