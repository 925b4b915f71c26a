import { memoryParameters } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import {
  dissipation,
  energy,
  type State,
  type System,
  step,
  store,
  storeByTensor,
} from './reference/associative-memory.js';
import { builds, inArena, uniform } from './workbench.js';

describe.each(builds)('$build', (kernels) => {
  const { arena } = kernels;

  /** The two widths, with the share of the largest |value| by which three steps may differ from float64's. */
  const widths = [
    {
      name: 'memorySteps32',
      array: Float32Array,
      advance: kernels.memorySteps32,
      scratchBytes: kernels.memoryScratchBytes32,
      bound: 2e-6,
    },
    {
      name: 'memorySteps64',
      array: Float64Array,
      advance: kernels.memorySteps64,
      scratchBytes: kernels.memoryScratchBytes64,
      bound: 1e-14,
    },
  ] as const;

  type Width = (typeof widths)[number];
  type Input = 'b' | 'c' | 'd';
  const single: Width = widths[0];
  const double: Width = widths[1];

  /** `calls` calls of `steps` steps. Inputs named in `without` are not handed over. Checks what is left alone. */
  function run(
    { array, advance, scratchBytes }: Width,
    system: System,
    state: State,
    dt: number,
    {
      steps = 1,
      calls = 1,
      without = [],
    }: { steps?: number; calls?: number; without?: Input[] } = {},
  ): State {
    return inArena(kernels, () => {
      const n = state.x.length;
      const { length: count } = system.patterns;
      const guard = [77, 77, 77, 77];
      const put = (values: readonly number[]) => arena.store(array.from([...values, ...guard]));
      const view = (at: number, length: number) => new array(arena.memory.buffer, at, length);
      const places = { x: put(state.x), s: put(state.s), p: put(state.p) };
      const patterns = count > 0 ? put(system.patterns.flat()) : 0;
      const inputs = (['b', 'c', 'd'] as const).map((name) =>
        without.includes(name) ? 0 : put(system[name]),
      );
      const parameters = arena.store(
        Float64Array.from(memoryParameters, (name) => (name === 'dt' ? dt : system[name])),
      );
      const bytes = scratchBytes(n, count);
      // Scratch memory holds what the last call left, and ends where it says.
      const scratch = arena.allocate(bytes + 64);
      arena.viewBytes(scratch, bytes + 64).fill(0xff);
      const [b = 0, c = 0, d = 0] = inputs;
      const before = inputs.map((at, i) => (at ? view(at, i ? n * n : n).slice() : undefined));
      for (let call = 0; call < calls; call++) {
        advance(
          places.x,
          places.s,
          places.p,
          patterns,
          b,
          c,
          d,
          parameters,
          steps,
          n,
          count,
          scratch,
        );
      }
      expect(arena.viewBytes(scratch + bytes, 64).every((byte) => byte === 0xff)).toBe(true);
      inputs.forEach((at, i) => {
        if (at) expect(view(at, i ? n * n : n)).toEqual(before[i]);
      });
      const take = (at: number, length: number) => {
        const all = Array.from(view(at, length + 4));
        expect(all.slice(length)).toEqual(guard);
        return all.slice(0, length);
      };
      return { x: take(places.x, n), s: take(places.s, n * n), p: take(places.p, n * n) };
    });
  }

  /** A system and a state of numbers that float32 holds too, every parameter different. */
  function problem(n: number, count: number, seed: number): { system: System; state: State } {
    const draw = uniform(seed);
    const numbers = (length: number, size: number) =>
      Array.from({ length }, () => Math.fround((2 * draw() - 1) * size));
    const system = {
      patterns: Array.from({ length: count }, () => numbers(n, 2)),
      b: numbers(n, 1),
      c: numbers(n * n, 1),
      d: numbers(n * n, 1),
      ...{ beta: 1.5, lambda: 0.75, alpha: 1.25, gamma: 0.5, kappa: 0.625 },
      ...{ tauN: 1, tauS: 2, tauP: 4 },
    };
    return { system, state: { x: numbers(n, 1), s: numbers(n * n, 1), p: numbers(n * n, 1) } };
  }

  function symmetric(values: readonly number[], n: number): number[] {
    return values.map((v, ij) => (v + (values[(ij % n) * n + Math.floor(ij / n)] as number)) / 2);
  }

  /** `problem` where the energy falls: s, p, c, d symmetric, κ = 1. */
  function symmetricProblem(n: number, count: number, seed: number) {
    const { system, state } = problem(n, count, seed);
    const { c, d } = system;
    return {
      system: { ...system, c: symmetric(c, n), d: symmetric(d, n), kappa: 1 },
      state: { x: state.x, s: symmetric(state.s, n), p: symmetric(state.p, n) },
    };
  }

  /** Largest difference as a share of the largest number, over x, s and p. */
  function difference(found: State, truth: State): number {
    return Math.max(
      ...(['x', 's', 'p'] as const).map((name) => {
        const size = truth[name].reduce((top, v) => Math.max(top, Math.abs(v)), 0);
        return found[name].reduce((top, v, i) => {
          const error = Math.abs(v - (truth[name][i] as number)) / size;
          return error <= top ? top : Number.isNaN(error) ? Infinity : error;
        }, 0);
      }),
    );
  }

  describe('the reference', () => {
    it('stores by patterns what the whole tensor stores', () => {
      const { system, state } = problem(5, 3, 1);
      const byTensor = storeByTensor(system.patterns, state.p, 5);
      store(system.patterns, state.p, 5).forEach((v, ij) => {
        expect(v).toBeCloseTo(byTensor[ij] as number, 14);
      });
    });
  });

  describe.each(widths)('$name', (width) => {
    const sizes = Array.from({ length: 70 }, (_, at) => at + 1);

    it.each([0, 1, 3, 10, 17])('follows the equations for every N to 70, K = %i', (count) => {
      for (const n of sizes) {
        const { system, state } = problem(n, count, n);
        // Every choice of missing inputs comes by as N grows.
        const without = (['b', 'c', 'd'] as const).filter((_, i) => (n >> i) & 1);
        const none = (values: readonly number[]) => values.map(() => 0);
        const given = { ...system };
        for (const name of without) given[name] = none(given[name]);
        let truth = state;
        for (let i = 0; i < 3; i++) truth = step(given, truth, 0.125);
        const found = run(width, system, state, 0.125, { steps: 3, without: [...without] });
        expect(difference(found, truth), `N = ${n}`).toBeLessThanOrEqual(width.bound);
      }
    });

    it('gives the same bits in one call as in many, on every run', () => {
      for (const [n, count] of [
        [32, 5],
        [37, 7],
      ] as const) {
        const { system, state } = problem(n, count, 3);
        const whole = run(width, system, state, 0.1, { steps: 12 });
        expect(run(width, system, state, 0.1, { steps: 12 })).toEqual(whole);
        expect(run(width, system, state, 0.1, { steps: 1, calls: 12 })).toEqual(whole);
        expect(run(width, system, state, 0.1, { steps: 4, calls: 3 })).toEqual(whole);
      }
    });

    it('stands still in no steps', () => {
      const { system, state } = problem(9, 2, 4);
      expect(run(width, system, state, 0.1, { steps: 0 })).toEqual(state);
    });

    it('keeps s and p symmetric where they, c and d are', () => {
      const { system, state } = symmetricProblem(13, 3, 5);
      const { s, p } = run(width, system, state, 0.1, { steps: 20 });
      const error = difference(
        { x: [1], s, p },
        { x: [1], s: symmetric(s, 13), p: symmetric(p, 13) },
      );
      expect(error).toBeLessThanOrEqual(10 * width.bound);
    });

    it('recalls the stored patterns of the tutorial from a tenth of wrong bits', () => {
      const [n, count, beta] = [64, 10, 5];
      for (const seed of [1, 2, 3]) {
        const draw = uniform(seed);
        const patterns = Array.from({ length: count }, () =>
          Array.from({ length: n }, () => (draw() < 0.5 ? -1 : 1)),
        );
        const none = new Array<number>(n * n).fill(0);
        const system = {
          ...{ patterns, b: none.slice(0, n), c: none, d: none, beta },
          ...{ lambda: 1, alpha: 1, gamma: 1, kappa: 1, tauN: 1, tauS: 1, tauP: 1 },
        };
        const pattern = patterns[seed] as number[];
        const x = pattern.map((v, i) => (i % 10 === seed ? -v : v));
        const h = x.map((v) => Math.tanh(beta * v));
        const psi = none.map((_, ij) => -(h[Math.floor(ij / n)] as number) * (h[ij % n] as number));
        const p = psi.map((v) => Math.atanh(v) / beta);
        const s = store(patterns, psi, n).map((v) => Math.atanh(-v) / beta);
        const recalled = run(width, system, { x, s, p }, 0.05, { steps: 1000, without: ['b'] });
        expect(recalled.x.map(Math.sign)).toEqual(pattern);
        expect(x).not.toEqual(pattern);
      }
    });
  });

  describe('the dynamics in float64', () => {
    it('never raise the energy', () => {
      const { system, state } = symmetricProblem(11, 3, 6);
      let now = state;
      let level = energy(system, now);
      const start = level;
      for (let i = 0; i < 300; i++) {
        now = run(double, system, now, 0.01);
        const next = energy(system, now);
        expect(next).toBeLessThanOrEqual(level);
        level = next;
      }
      expect(level).toBeLessThan(start - 1);
    });

    it('lose energy at the rate of dissipation, to first order in dt', () => {
      const { system, state } = symmetricProblem(11, 3, 7);
      const rate = dissipation(system, state);
      const error = (dt: number) => {
        const fall = energy(system, state) - energy(system, run(double, system, state, dt));
        return Math.abs(fall / dt - rate) / rate;
      };
      expect(error(1e-4)).toBeLessThan(1e-3);
      expect(error(2e-3) / error(1e-3)).toBeCloseTo(2, 1);
    });

    it('differ where the coupling of synapses to processes is cut', () => {
      const { system, state } = problem(12, 3, 8);
      const dt = 0.1;
      const whole = run(double, system, state, dt);
      const cut = run(double, { ...system, kappa: 0 }, state, dt);
      expect([cut.x, cut.s]).toEqual([whole.x, whole.s]);
      const { beta, kappa, tauP } = system;
      cut.p.forEach((v, ij) => {
        const share = (dt / tauP) * kappa * Math.tanh(beta * (state.s[ij] as number));
        expect((whole.p[ij] as number) - v).toBeCloseTo(share, 13);
      });
    });

    it('stay close to those in float32', () => {
      const { system, state } = problem(30, 4, 9);
      const truth = run(double, system, state, 0.05, { steps: 20 });
      const found = run(single, system, state, 0.05, { steps: 20 });
      expect(difference(found, truth)).toBeLessThanOrEqual(1e-5);
    });
  });
});
