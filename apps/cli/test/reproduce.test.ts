import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeHidden, hiddenSource, type StudyRow, type WeightedLayer } from '@tripartite/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../src/model-registry.js';
import { studies } from '../src/reproduce/studies.js';
import { type Outcome, tripartite } from './command.js';

/** What `--json` prints of a study. */
interface Described {
  readonly name: string;
  readonly command: string;
  readonly weights: string;
  readonly rows: readonly StudyRow[];
}

let folder = '';
let all: Outcome;
let described: readonly Described[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite reproduce '));
  all = await run('--quick', '--json', '--quiet');
  described = (JSON.parse(all.stdout) as { studies: Described[] }).studies;
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command; what it writes goes into `all` in the folder of this test, unless `--out` says otherwise. */
function run(...words: string[]): Promise<Outcome> {
  const out = words.includes('--out') ? [] : ['--out', 'all'];
  return tripartite(['reproduce', ...words, ...out], { cwd: folder });
}

const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8');

/** Cells of a line of CSV. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

describe('reproduce --quick', () => {
  it('runs every study without a word beside the JSON', () => {
    expect(all.code, all.stderr).toBe(0);
    expect(all.stderr).toBe('');
    expect(described.map(({ name }) => name)).toEqual(studies.map(({ name }) => name));
    for (const { name, command, weights, rows } of described) {
      expect(command).toBe(`tripartite reproduce ${name} --quick`);
      expect(weights).toMatch(/^[0-9a-f]{64}$/);
      expect(rows.length, name).toBeGreaterThan(0);
      for (const { values } of rows) {
        for (const { value, interval } of Object.values(values)) {
          expect(Number.isFinite(value), name).toBe(true);
          if (!interval) continue;
          expect(interval[0]).toBeLessThanOrEqual(value);
          expect(interval[1]).toBeGreaterThanOrEqual(value);
        }
      }
    }
  });

  it('writes a page, tables, figures and parts of each', async () => {
    const files = await readdir(join(folder, 'all'));
    for (const { name } of studies) {
      const own = files.filter((file) => file === `${name}.md` || file.startsWith(name));
      for (const suffix of ['md', 'csv', 'json']) expect(own).toContain(`${name}.${suffix}`);
      if (name === 'neurons') continue;
      const figures = own.filter((file) => file.endsWith('.svg'));
      expect(figures.length, name).toBeGreaterThan(0);
      for (const figure of figures) expect(files).toContain(figure.replace(/svg$/, 'png'));
      const page = await read('all', `${name}.md`);
      for (const figure of figures) expect(page).toContain(`](${figure})`);
      expect(page).toContain(`Made by \`tripartite reproduce ${name} --quick\``);
    }
    expect(files.filter((file) => file.includes('.tmp'))).toEqual([]);
  });

  it('writes the same numbers into the CSV, with verdicts', async () => {
    const rows = described.find(({ name }) => name === 'fidelity')?.rows ?? [];
    const [header = '', ...lines] = (await read('all', 'fidelity.csv')).trimEnd().split('\r\n');
    const names = cells(header);
    const main = rows.filter(({ table }) => table === '');
    expect(lines).toHaveLength(main.length);
    for (const [i, line] of lines.entries()) {
      const row = Object.fromEntries(cells(line).map((cell, at) => [names[at], cell]));
      const { labels, values, expected } = main[i] as StudyRow;
      expect(row.hidden).toBe(labels.hidden);
      expect(Number(row.cosine)).toBe(values.cosine?.value);
      expect(Number(row.cosine_low)).toBe(values.cosine?.interval?.[0]);
      expect(Number(row.worst)).toBe(values.worst?.value);
      expect(row.verdict).toBe(expected?.verdict ?? '');
      expect(row.source).toBe(expected?.source ?? '');
    }
    expect(await read('all', 'fidelity-heads.csv')).toMatch(/^hidden,neurons,head,/);
    expect(await read('all', 'response-tokens.csv')).toMatch(/^head,hidden,neurons,token,piece,/);
  });

  it('draws the patches of photo-mae', async () => {
    const svg = await read('all', 'patches.svg');
    expect(svg.match(/<image /g)?.length).toBeGreaterThan(200);
  });
});

describe('reproduce with names', () => {
  it('prints tables and verdicts, and says what it wrote', async () => {
    const { code, stdout, stderr } = await run('painting', 'digits', '--quick', '--out', 'two');
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ matched, orthogonal +│ +64 │ +\d\.\d{3} \[\d\.\d{3}, \d\.\d{3}\] │/);
    expect(stdout).toMatch(/reproduced|differs|better/);
    expect(stdout).toMatch(/Of 4 rows with an earlier value: /);
    expect(stdout).toContain('This is the quick form');
    // In the order of the list, whatever the order of the names.
    expect(stdout.indexOf('vit-digits')).toBeLessThan(stdout.indexOf('photo-mae'));
    expect(stderr).toMatch(/digits: \d files in .*two/);
    const files = await readdir(join(folder, 'two'));
    expect(files.every((file) => /^(digits|painting)/.test(file))).toBe(true);
  });

  it('takes another number of draws', async () => {
    const { stdout } = await run('digits', '--quick', '--seeds', '3', '--json', '--out', 'draws');
    const { studies: found } = JSON.parse(stdout) as { studies: Described[] };
    expect(found[0]?.rows[0]?.values.agreement?.draws).toBe(3);
    expect(found[0]?.command).toBe('tripartite reproduce digits --quick --seeds 3');
  });

  it('goes on from what was measured with --resume only, and only on the same', async () => {
    const place = join(folder, 'all', 'digits.json');
    const kept = JSON.parse(await readFile(place, 'utf8'));
    const [first] = Object.keys(kept.units) as [string];
    kept.units[first][0].values.agreement.value = 0.123;
    delete kept.units[Object.keys(kept.units).at(-1) as string];
    const agreements = async (...words: string[]) => {
      const { stdout, stderr, code } = await run('digits', '--json', ...words);
      expect(code, stderr).toBe(0);
      const { studies: found } = JSON.parse(stdout) as { studies: Described[] };
      return found[0]?.rows.map(({ values }) => values.agreement?.value);
    };
    const units = Object.keys(kept.units).length + 1;
    const before = described.find(({ name }) => name === 'digits')?.rows ?? [];
    const measured = before.map(({ values }) => values.agreement?.value);
    await writeFile(place, JSON.stringify(kept));
    expect(await agreements('--quick', '--resume')).toEqual([0.123, ...measured.slice(1)]);
    // The whole file is there again; without the option nothing of it is used.
    expect(Object.keys(JSON.parse(await readFile(place, 'utf8')).units)).toHaveLength(units);
    expect(await agreements('--quick')).toEqual(measured);
    for (const other of [{ weights: 'f00' }, { inputs: 'f00' }, { quick: false }]) {
      await writeFile(place, JSON.stringify({ ...kept, ...other }));
      expect(await agreements('--quick', '--resume')).toEqual(measured);
    }
    await writeFile(place, 'no JSON');
    expect(await agreements('--quick', '--resume')).toEqual(measured);
  });

  it('measures fitted layers of one’s own in the studies of their model', async () => {
    const model = await openModel('vit-digits');
    const source = hiddenSource({ kind: 'performer', neurons: 64 });
    const layers = model.layers.map(({ heads, headWidth: width }, layer) =>
      Array.from(
        { length: heads },
        (_, head) => source({ layer, head, width }, 1) as WeightedLayer,
      ),
    );
    const file = join(folder, 'own.safetensors');
    await writeFile(
      file,
      encodeHidden({
        ...{ kind: 'learned', neurons: 64, shared: false, layers },
        ...{ model: 'vit-digits', modelHash: await model.weightsHash() },
        ...{ dataHash: '0'.repeat(64), inputs: 1, seed: 1, settings: {}, quality: {} },
      }),
    );
    const words = ['digits', 'painting', '--quick', '--json', '--out', 'own', '--hidden', file];
    const { studies: found } = JSON.parse((await run(...words)).stdout) as { studies: Described[] };
    const [digits, painting] = found;
    const of = (hidden: string) =>
      digits?.rows.find(({ labels }) => labels.hidden === hidden && labels.neurons === 64);
    expect(of('learned')?.values.agreement?.value).toBe(
      of('performer, iid')?.values.agreement?.value,
    );
    expect(digits?.command).toContain('--hidden');
    expect(painting?.command).not.toContain('--hidden');
    expect(painting?.rows.some(({ labels }) => labels.hidden === 'learned')).toBe(false);
  });

  it('lists what there is without running it', async () => {
    const { code, stdout } = await run('--list');
    expect(code).toBe(0);
    for (const { name, summary } of studies) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(summary);
    }
    const json = JSON.parse((await run('--list', '--json')).stdout);
    expect(json.studies).toHaveLength(studies.length);
  });

  it.each([
    [['fidelty'], "study 'fidelty' is unknown; allowed: fidelity", "did you mean 'fidelity'?"],
    [['digits', 'x9'], "study 'x9' is unknown; allowed: fidelity", ''],
    [['digits', '--seeds', '0'], "--seeds is '0'; allowed is a whole number from 1 to 1000", ''],
    [['digits', '--out', 'no/such/folder'], 'which does not exist', ''],
    [['digits', '--hidden', 'none.safetensors'], '"none.safetensors" does not exist', ''],
    [['digits', '--quik'], "unknown option '--quik'", '--quick'],
  ])('refuses %j in one line, with code 2', async (words, said, near) => {
    const { code, stdout, stderr } = await run(...words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(said);
    expect(stderr).toContain(near);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
