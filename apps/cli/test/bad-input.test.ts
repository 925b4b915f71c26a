import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { endingOf } from '../src/exit.js';
import { buildProgram } from '../src/program.js';
import { tripartite } from './command.js';

let folder = '';
let before: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite bad input '));
  await writeFile(join(folder, 'empty.txt'), '');
  await writeFile(join(folder, 'blank.txt'), ' \n\t\n');
  await writeFile(join(folder, 'broken.png'), 'no picture at all');
  await writeFile(join(folder, 'binary.txt'), Uint8Array.of(0xff, 0x00, 0xc3, 0x28));
  await writeFile(join(folder, 'good.txt'), 'A text that can be read.');
  await mkdir(join(folder, 'no model'));
  before = await everything();
});
afterAll(() => rm(folder, { recursive: true }));

async function everything(): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

const text = ['--text', 'Some text.'];

type Case = readonly [words: string[], line: RegExp];

/** Words after `tripartite`, and what the line on standard error has to say; each a process of its own. */
const processes: readonly Case[] = [
  [['compare'], /input is missing.*--text/],
  [['run'], /input is missing.*--image/],
  [['run', '--json'], /input is missing/],
  [['run', '--image', 'broken.png', '--json'], /broken\.png.*PNG, JPEG/],
  [['compare', ...text, '--swap', '0.99'], /99/],
  [['compare', ...text, '--threads', 'most'], /--threads is 'most'/],
  [['compare', ...text, '--modle', 'use-lite'], /--modle.*--model/],
  [['comparee', ...text], /'comparee'.*compare, run, .*models \(did you mean 'compare'\?\)/],
];

/** The same in this process, which reads no standard input and keeps what it has loaded. */
const cases: readonly Case[] = [
  [['compare', '--text', ''], /no text in it/],
  [['compare', '--text', ' \n '], /no text in it/],
  [['compare', '--text-file', 'empty.txt'], /empty\.txt.*no text in it/],
  [['run', '--text-file', 'blank.txt'], /blank\.txt.*no text in it/],
  [['compare', '--text-file', 'binary.txt'], /binary\.txt.*UTF-8/],
  [['compare', '--text-file', 'no such file.txt'], /no such file\.txt.*does not exist/],
  [['compare', '--text-file', 'no model'], /no model.*no fitting file/],
  [['run', '--image', 'no.png'], /no\.png.*does not exist/],
  [['compare', '--image', 'broken.png'], /broken\.png.*PNG, JPEG/],
  [['compare', '--image', 'sample:kat'], /did you mean 'cat'\?/],
  [['compare', ...text, '--image', 'broken.png'], /--text and --image came both/],
  [['compare', ...text, '--text-file', 'good.txt'], /--text and --text-file came both/],
  [['compare', ...text, '--model', 'use-lit'], /did you mean 'use-lite'\?/],
  [['compare', ...text, '--model', join('no', 'folder')], /does not exist/],
  [['compare', ...text, '--model', 'no model'], /config\.json/],
  [['run', ...text, '--model', 'good.txt'], /good\.txt.*folder/],
  [['compare', ...text, '--model', 'photo-mae'], /photo-mae.*given text.*--image/],
  [['compare', ...text, '--hidden', 'perfomer'], /did you mean 'performer'\?/],
  [['compare', ...text, '--hidden', 'no.safetensors'], /--hidden is 'no\.safetensors'.*not exist/],
  [['compare', ...text, '--hidden', './no model'], /--hidden is '\.\/no model', a folder/],
  [['compare', ...text, '--hidden', './good.txt'], /good\.txt: header length/],
  [['compare', ...text, '--hidden', 'fine-tuned', '--sampling', 'iid'], /draws nothing/],
  [
    ['compare', ...text, '--hidden', 'adapted'],
    /brings no adapted.*tripartite fit --model use-lite/,
  ],
  [['compare', ...text, '--sampling', 'sobel'], /did you mean 'sobol'\?/],
  [['compare', ...text, '--neurons', '0'], /--neurons is '0'.*1 to 1000000/],
  [['compare', ...text, '--neurons', '-5'], /--neurons is '-5'/],
  [['compare', ...text, '--neurons', 'many'], /--neurons is 'many'/],
  [['compare', ...text, '--neurons', '1000001'], /--neurons is '1000001'/],
  [['compare', ...text, '--neurons'], /--neurons/],
  [['compare', ...text, '--seed', '-1'], /--seed is '-1'/],
  [['compare', ...text, '--seed', '1.5'], /--seed is '1\.5'/],
  [['run', ...text, '--seed', 'x'], /--seed is 'x'/],
  [['run', ...text, '--threads', '0'], /--threads is '0'.*1 to 64, or all/],
  [['compare', ...text, '--threads', '65'], /--threads is '65'/],
  [['compare', ...text, '--threads'], /--threads/],
  [['start', '--threads', 'many'], /--threads is 'many'/],
  [['compare', ...text, '--fast', 'yes'], /'yes'.*--text/],
  [['compare', ...text, '--seeds', '0'], /--seeds is '0'/],
  [['compare', ...text, '--swap', 'first'], /--swap has 'first'/],
  [['compare', ...text, '--swap', '99'], /99/],
  [['compare', ...text, '--report', join('no', 'report.html')], /--report.*does not exist/],
  [['compare', ...text, '--report', 'no model'], /--report.*a folder/],
  [['compare', ...text, '--save', join('no', 'such', 'folder')], /--save.*does not exist/],
  [['compare', ...text, '--figures', join('no', 'such', 'folder')], /--figures.*does not exist/],
  [['compare', ...text, '--save', 'good.txt'], /--save.*a file/],
  [['compare', '--text-file', 'good.txt', '--calibrate', 'good.txt'], /good\.txt.*also compared/],
  [['compare', 'a bare word'], /'a bare word'.*--text/],
  [['comparr'], /'comparr'.*compare, run, .*models/],
  [['stop', ...text], /'stop' is not a command; allowed: compare, run, .*models;/],
  [['--versoin'], /'--versoin' \(did you mean '--version'\?\)/],
  [['--json', 'compare', ...text], /'--json' comes before any command/],
];

describe('bad input ends with code 2, one line on standard error and no file', () => {
  it.concurrent.each(processes)('tripartite %j, as a process', async (words, line) => {
    const { code, stdout, stderr } = await tripartite(words, { cwd: folder });
    expect(stderr).toMatch(/^tripartite: [^\n]+\n$/);
    expect(stderr).toMatch(line);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each(cases)('tripartite %j', async (words, line) => {
    const home = process.cwd();
    const print = vi.spyOn(process.stdout, 'write');
    const note = vi.spyOn(process.stderr, 'write');
    process.chdir(folder);
    try {
      const error: unknown = await buildProgram()
        .parseAsync(words, { from: 'user' })
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      const { code, line: said } = endingOf(error);
      expect(said).toMatch(line);
      expect(said).not.toContain('\n');
      expect(code).toBe(2);
      expect(print).not.toHaveBeenCalled();
      expect(note).not.toHaveBeenCalled();
    } finally {
      process.chdir(home);
      vi.restoreAllMocks();
    }
  });

  it('leaves every folder as it was', async () => {
    expect(await everything()).toEqual(before);
  });
});

it('ends with code 0 and help where no command is given', async () => {
  const { code, stdout, stderr } = await tripartite([]);
  expect(stdout).toContain('Usage: tripartite');
  expect([code, stderr]).toEqual([0, '']);
});
