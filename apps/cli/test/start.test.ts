import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tripartite } from './command.js';

it('compares a paragraph, a photograph and a digit, writes one report and ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tripartite start '));
  try {
    const { code, stdout, stderr } = await tripartite(['start', '--reports', folder]);
    expect(stderr).not.toContain('tripartite: ');
    expect(code).toBe(0);
    const report = join(folder, 'start.html');
    for (const words of ['cosine of the two embeddings', 'PSNR of the twin', 'label of the twin']) {
      expect(stdout).toContain(words);
    }
    expect(stdout).toContain(report);
    expect(stdout).toContain('npm run web');
    expect(await readFile(report, 'utf8')).toContain('photo-mae');
    expect((await stat(report)).size).toBeLessThan(2_000_000);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
