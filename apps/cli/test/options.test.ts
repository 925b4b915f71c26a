import { TripartiteError } from '@tripartite/sdk';
import { expect, it } from 'vitest';
import { parseSettings, parseSwap, parseWhole } from '../src/options.js';

function errorOf(action: () => unknown): TripartiteError {
  try {
    action();
  } catch (error) {
    if (error instanceof TripartiteError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('takes what the model prefers, seed 1 and all heads where nothing is said', () => {
  expect(parseSettings({})).toEqual({
    hidden: {},
    seed: 1,
    seeds: 1,
    swap: 'all',
  });
});

it.each(['0', '-5', '1000001', '1.5', '1e3', 'many', '', ' 7', '0x10', 'NaN', 'Infinity', '٣'])(
  'refuses %j hidden neurons, naming option, value and range',
  (neurons) => {
    const { code, message } = errorOf(() => parseSettings({ neurons }));
    expect(code).toBe('BAD_INPUT');
    expect(message).toBe(`--neurons is '${neurons}'; allowed is a whole number from 1 to 1000000`);
  },
);

it.each(['-1', '1.5', '9007199254740992', 'one', ''])('refuses the seed %j', (seed) => {
  expect(errorOf(() => parseSettings({ seed })).message).toContain(`--seed is '${seed}'`);
});

it('takes both ends of each range', () => {
  const low = parseSettings({ neurons: '1', seed: '0', seeds: '1' });
  expect([low.hidden.neurons, low.seed, low.seeds]).toEqual([1, 0, 1]);
  const high = parseSettings({ neurons: '1000000', seed: '9007199254740991' });
  expect([high.hidden.neurons, high.seed]).toEqual([1_000_000, Number.MAX_SAFE_INTEGER]);
});

it('refuses seeds that would run past the largest one', () => {
  expect(errorOf(() => parseSettings({ seed: '9007199254740991', seeds: '2' })).code).toBe(
    'BAD_INPUT',
  );
});

it('suggests the near miss of an unknown hidden layer or sampling', () => {
  expect(errorOf(() => parseSettings({ hidden: 'perfomer' })).message).toContain(
    "did you mean 'performer'?",
  );
  expect(errorOf(() => parseSettings({ sampling: 'ortogonal' })).message).toContain(
    "did you mean 'orthogonal'?",
  );
});

it.each(['learned', 'fine-tuned', 'adapted'])('takes the fitted kind %s, and one φ', (kind) => {
  const { hidden, hiddenFile } = parseSettings({ hidden: kind, neurons: '64', shared: true });
  expect(hidden).toEqual({ kind, neurons: 64, shared: true });
  expect(hiddenFile).toBeUndefined();
});

it.each(['layer.safetensors', 'Layer.SAFETENSORS', './layer', 'a/b', 'C:\\layers\\c'])(
  'takes %s for the file of a fitted layer',
  (hidden) => {
    expect(parseSettings({ hidden })).toMatchObject({ hidden: {}, hiddenFile: hidden });
  },
);

it('suggests the near miss of a fitted kind', () => {
  expect(errorOf(() => parseSettings({ hidden: 'lerned' })).message).toMatch(
    /--hidden is 'lerned'.*adapted.*did you mean 'learned'\?/,
  );
});

it.each([
  [{ hidden: 'learned', sampling: 'iid' }, /--sampling is 'iid', but --hidden learned is fitted/],
  [{ hidden: 'a/b', sampling: 'iid' }, /--hidden a\/b is fitted/],
  [{ hidden: 'performer', shared: true }, /--shared chooses among/],
  [{ hidden: 'a.safetensors', shared: true }, /--shared chooses among/],
  [{ sampling: 'sobol', shared: true }, /--shared chooses among/],
])('refuses %j, which say nothing together', (flags, message) => {
  const { code, message: said } = errorOf(() => parseSettings(flags));
  expect(code).toBe('BAD_INPUT');
  expect(said).toMatch(message);
});

it('reads places to swap, with blanks around them', () => {
  expect(parseSwap('all')).toBe('all');
  expect(parseSwap(' none ')).toBe('none');
  expect(parseSwap('0, 2.1 ,3')).toBe('0,2.1,3');
});

it.each(['', ',', '0,', '1.', '.2', 'a', '1.2.3', '-1', 'all,1', '1-2'])(
  'refuses the places %j',
  (swap) => {
    expect(errorOf(() => parseSwap(swap)).code).toBe('BAD_INPUT');
  },
);

it('reads only plain decimal digits as a whole number', () => {
  expect(parseWhole('--seed', '007', 0, 10)).toBe(7);
  expect(errorOf(() => parseWhole('--seed', '+7', 0, 10)).code).toBe('BAD_INPUT');
});
