import { type Comparison, describeEngine, relaxedSupported } from '@tripartite/sdk';
import { expect, it, vi } from 'vitest';
import { buildProgram } from '../src/program.js';
import { tripartite } from './command.js';

const text = ['--text', 'Astrocytes listen to synapses and answer with calcium.'];
const photograph = ['--image', 'sample:cat', '--neurons', '64', '--hidden', 'performer'];

it.each([
  ['a text compared', ['compare', ...text, '--seeds', '2']],
  ['a photograph compared', ['compare', ...photograph]],
  ['a photograph painted', ['run', '--image', 'sample:cat']],
])('prints the same JSON for %s on 1, 2 and 3 threads', async (_, words) => {
  const print = (threads: string) => tripartite([...words, '--json', '--threads', threads]);
  const [one, ...more] = [await print('1'), await print('2'), await print('3')];
  expect(one?.code).toBe(0);
  expect(JSON.parse(one?.stdout ?? '')).toMatchObject({ build: 'plain' });
  for (const { code, stdout } of more) {
    expect(code).toBe(0);
    expect(stdout).toBe(one?.stdout);
  }
});

it('says below the tables what computed: one thread unless told otherwise', async () => {
  const [compared, ran] = await Promise.all([
    tripartite(['compare', ...text]),
    tripartite(['run', ...text, '--threads', '3']),
  ]);
  expect(compared.stdout).toContain('\nComputed on 1 thread, plain SIMD.\n');
  expect(ran.stdout).toContain('\nComputed on 3 threads, plain SIMD.\n');
});

it('names either build in words', () => {
  expect(describeEngine({ threads: 1, build: 'plain' })).toBe('1 thread, plain SIMD');
  expect(describeEngine({ threads: 4, build: 'relaxed' })).toBe(
    '4 threads, relaxed SIMD: last bits may differ between processors',
  );
});

it('computes with relaxed SIMD for --fast, or says in one line that this Node has none', async () => {
  const { code, stdout, stderr } = await tripartite(['compare', ...text, '--json', '--fast']);
  expect(code).toBe(0);
  const fast = JSON.parse(stdout) as Comparison & { build: string };
  expect(fast.build).toBe(relaxedSupported() ? 'relaxed' : 'plain');
  expect(stderr.split('\n').filter((line) => line.includes('--fast'))).toHaveLength(
    relaxedSupported() ? 0 : 1,
  );
  const plain = JSON.parse((await tripartite(['compare', ...text, '--json'])).stdout) as Comparison;
  if (fast.output.type !== 'embedding' || plain.output.type !== 'embedding') {
    throw new Error('the output is no embedding');
  }
  expect(Math.abs(fast.output.cosine - plain.output.cosine)).toBeLessThan(1e-3);
});

it('moves a bar through the layers of a run, where standard error is a terminal', async () => {
  const { isTTY } = process.stderr;
  const drawn: string[] = [];
  vi.stubEnv('TERM', 'xterm');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    drawn.push(String(chunk));
    return true;
  });
  // Else a quick run is over before the bar is drawn again.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
  process.stderr.isTTY = true;
  try {
    await buildProgram().parseAsync(['run', ...text], { from: 'user' });
  } finally {
    process.stderr.isTTY = isTTY;
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
  const bars = drawn.filter((line) => line.includes(' %  text: '));
  expect(bars.length).toBeGreaterThan(3);
  const shares = bars.map((line) => Number(line.match(/(\d+) %/)?.[1]));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(100);
});
