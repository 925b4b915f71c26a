// The neuron–astrocyte associative memory (Kozachkov, Slotine, Krotov, PNAS 2025) as it is written down, in float64.

/** Neurons x (N), synapses s (N,N), astrocyte processes p (N,N). */
export interface State {
  readonly x: number[];
  readonly s: number[];
  readonly p: number[];
}

/** Inputs b (N), c and d (N,N), patterns (K of N), and the scalars of the equations. */
export interface System {
  readonly patterns: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly c: readonly number[];
  readonly d: readonly number[];
  readonly beta: number;
  readonly lambda: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly kappa: number;
  readonly tauN: number;
  readonly tauS: number;
  readonly tauP: number;
}

const at = (values: readonly number[], place: number): number => values[place] as number;
const sum = (values: readonly number[]): number => values.reduce((a, v) => a + v, 0);

/** (Tψ)_ij = (1/N³) Σ_μ ξ_i ξ_j e_μ, e_μ = Σ_kl ξ_k ψ_kl ξ_l. */
export function store(patterns: System['patterns'], psi: readonly number[], n: number): number[] {
  const out = new Array<number>(n * n).fill(0);
  for (const xi of patterns) {
    const overlap = sum(psi.map((v, kl) => v * at(xi, Math.floor(kl / n)) * at(xi, kl % n)));
    out.forEach((v, ij) => {
      out[ij] = v + (at(xi, Math.floor(ij / n)) * at(xi, ij % n) * overlap) / n ** 3;
    });
  }
  return out;
}

/** `store` with T built: N⁴ numbers. */
export function storeByTensor(
  patterns: System['patterns'],
  psi: readonly number[],
  n: number,
): number[] {
  const tensor = (i: number, j: number, k: number, l: number) =>
    sum(patterns.map((xi) => at(xi, i) * at(xi, j) * at(xi, k) * at(xi, l))) / n ** 3;
  return psi.map((_, ij) =>
    sum(psi.map((v, kl) => v * tensor(Math.floor(ij / n), ij % n, Math.floor(kl / n), kl % n))),
  );
}

/** The time derivatives of all variables. */
export function slopes(system: System, { x, s, p }: State): State {
  const n = x.length;
  const { beta, lambda, alpha, gamma, kappa, tauN, tauS, tauP, b, c, d } = system;
  const activate = (values: readonly number[]) => values.map((v) => Math.tanh(beta * v));
  const [phi, g, psi] = [activate(x), activate(s), activate(p)];
  const stored = store(system.patterns, psi, n);
  return {
    x: x.map((v, i) => {
      const input = sum(phi.map((other, j) => at(g, i * n + j) * other));
      return (-lambda * v + input + at(b, i)) / tauN;
    }),
    s: s.map((v, ij) => {
      const product = at(phi, Math.floor(ij / n)) * at(phi, ij % n);
      return (-alpha * v + product + at(psi, ij) + at(c, ij)) / tauS;
    }),
    p: p.map((v, ij) => (-gamma * v + at(stored, ij) + kappa * at(g, ij) + at(d, ij)) / tauP),
  };
}

/** One Euler step. */
export function step(system: System, state: State, dt: number): State {
  const slope = slopes(system, state);
  const move = (v: readonly number[], dv: readonly number[]) => v.map((y, i) => y + dt * at(dv, i));
  return { x: move(state.x, slope.x), s: move(state.s, slope.s), p: move(state.p, slope.p) };
}

/** The energy, for symmetric s, p, c, d and κ = 1. */
export function energy(system: System, { x, s, p }: State): number {
  const { beta, lambda, alpha, gamma, b, c, d, patterns } = system;
  const n = x.length;
  const dot = (u: readonly number[], v: readonly number[]) => sum(u.map((y, i) => y * at(v, i)));
  const activate = (values: readonly number[]) => values.map((v) => Math.tanh(beta * v));
  const lagrangian = (values: readonly number[]) =>
    sum(values.map((v) => Math.log(Math.cosh(beta * v)))) / beta;
  const [phi, g, psi] = [activate(x), activate(s), activate(p)];
  const transmission = dot(
    phi,
    phi.map((_, i) => dot(g.slice(i * n, (i + 1) * n), phi)),
  );
  return (
    lambda * (dot(x, phi) - lagrangian(x)) -
    dot(b, phi) +
    (alpha * (dot(s, g) - lagrangian(s)) - dot(c, g)) / 2 +
    (gamma * (dot(p, psi) - lagrangian(p)) - dot(d, psi)) / 2 -
    transmission / 2 -
    dot(g, psi) / 2 -
    dot(psi, store(patterns, psi, n)) / 4
  );
}

/** −dE/dt: τ_n ẋᵀφ′ẋ + ½ τ_s ṡ:g′ṡ + ½ τ_p ṗ:ψ′ṗ. */
export function dissipation(system: System, state: State): number {
  const slope = slopes(system, state);
  const weighted = (values: readonly number[], dv: readonly number[]) =>
    sum(values.map((v, i) => system.beta * (1 - Math.tanh(system.beta * v) ** 2) * at(dv, i) ** 2));
  return (
    system.tauN * weighted(state.x, slope.x) +
    (system.tauS * weighted(state.s, slope.s)) / 2 +
    (system.tauP * weighted(state.p, slope.p)) / 2
  );
}
