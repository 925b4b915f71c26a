import type { AttentionHead, Engine, HiddenLayer } from '@tripartite/sdk';
import { astrocyteHead, openEngine, softmaxHead } from '@tripartite/sdk';
import type { Contestant, Setting } from '../contest.js';
import { normals } from '../inputs.js';

/** Our softmax head of width d, over N tokens. */
export async function ourSoftmax(
  width: number,
  tokens: number,
  setting: Setting,
  name = 'ours',
): Promise<Contestant> {
  const engine = await openEngine(setting);
  return ourHead(name, softmaxHead({ width, engine }), tokens, engine);
}

/** Our head of neurons and astrocytes with this hidden layer, over N tokens. */
export async function ourAstrocyte(
  hidden: HiddenLayer,
  tokens: number,
  setting: Setting,
  name = 'ours',
): Promise<Contestant> {
  const engine = await openEngine(setting);
  return ourHead(name, astrocyteHead({ width: hidden.width, hidden, engine }), tokens, engine);
}

/** Queries, keys and values (tokens,d), the same for the same sizes. */
export function tokensOf(tokens: number, d: number): Record<'q' | 'k' | 'v', Float32Array> {
  const [q, k, v] = ['q', 'k', 'v'].map((label) => normals(label, tokens * d)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { q, k, v };
}

/** A head from arrays into an array, all written, then all read. */
function ourHead(name: string, head: AttentionHead, tokens: number, engine: Engine): Contestant {
  const { q, k, v } = tokensOf(tokens, head.width);
  const output = new Float32Array(tokens * head.width);
  const run = () => {
    head.begin();
    head.write(k, v);
    head.read(q, output);
  };
  return {
    name,
    run,
    result() {
      run();
      return output;
    },
    close: () => engine.close(),
  };
}
