import { graphBuilder } from './graph.js';

/** out (m,n) = a (m,k) b (k,n). */
export function gemmGraph(m: number, n: number, k: number): Uint8Array {
  const g = graphBuilder();
  return g.model(g.node('MatMul', [g.input('a', [m, k]), g.input('b', [k, n])]));
}

/** out (tokens,d) = softmax(q kᵀ/√d) v. The scale goes on q, which is smaller than the scores. */
export function softmaxGraph(tokens: number, d: number): Uint8Array {
  const g = graphBuilder();
  const [q, k, v] = ['q', 'k', 'v'].map((name) => g.input(name, [tokens, d])) as [
    string,
    string,
    string,
  ];
  const scale = g.constant(Float32Array.of(1 / Math.sqrt(d)), []);
  const keys = g.node('Transpose', [k], { perm: { ints: [1, 0] } });
  const scores = g.node('MatMul', [g.node('Mul', [q, scale]), keys]);
  const weights = g.node('Softmax', [scores], { axis: { int: 1 } });
  return g.model(g.node('MatMul', [weights, v]));
}

/**
 * out (tokens,d) = φ(q) φ(k)ᵀ [v | 1], divided by its last column, with φ(x) = exp(w x/d^¼ − ‖x‖²/2√d).
 * Inputs q, k (tokens,d), `v1` (tokens,d + 1) with the ones in place, `w` (d,m) transposed.
 */
export function astrocyteGraph(tokens: number, d: number, m: number): Uint8Array {
  const g = graphBuilder();
  const w = g.input('w', [d, m]);
  const scale = g.constant(Float32Array.of(d ** -0.25), []);
  const half = g.constant(Float32Array.of(0.5), []);
  const last = g.constant(BigInt64Array.of(1n), [1]);
  const features = (name: string) => {
    const x = g.node('Mul', [g.input(name, [tokens, d]), scale]);
    const norm = g.node('ReduceSum', [g.node('Mul', [x, x]), last]);
    return g.node('Exp', [g.node('Sub', [g.node('MatMul', [x, w]), g.node('Mul', [norm, half])])]);
  };
  const queries = features('q');
  const keys = g.node('Transpose', [features('k')], { perm: { ints: [1, 0] } });
  const synapses = g.node('MatMul', [keys, g.input('v1', [tokens, d + 1])]);
  const both = g.node('MatMul', [queries, synapses]);
  const columns = (from: number, to: number) =>
    g.node('Slice', [
      both,
      ...[from, to, 1].map((at) => g.constant(BigInt64Array.of(BigInt(at)), [1])),
    ]);
  return g.model(g.node('Div', [columns(0, d), columns(d, d + 1)]));
}
