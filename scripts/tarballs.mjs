// Packs the packages that others install, for use outside this repository before they are on npm:
//
//   npm run tarballs     builds, then writes tarballs/*.tgz
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'tarballs');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const packages = [
  'packages/kernels',
  'packages/sdk',
  'packages/models/use-lite',
  'packages/models/vit-digits',
  'packages/models/photo-mae',
  'apps/cli',
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
for (const path of packages) {
  const { status, error } = spawnSync(
    'npx',
    ['--yes', packageManager, 'pack', '--pack-destination', out],
    { cwd: join(root, path), stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (error) throw error;
  if (status !== 0) process.exit(1);
}
