// npm run bench -- [--quick] [--fast] [--json FILE] [--only NAME | --slopes | --page]
//
// Installs and builds the packages, then the bench itself with its peers (700 MB, once), then runs it.
// The bench is a workspace of its own, so that nobody else has to fetch the peers.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bench = fileURLToPath(new URL('.', import.meta.url));
const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
const measured = ['sdk', 'model-use-lite', 'model-vit-digits'];

console.error('Installing and building (some minutes the first time) …');
const ok =
  pnpm(root, 'install', '--frozen-lockfile') &&
  pnpm(
    root,
    'exec',
    'turbo',
    'run',
    'build',
    ...measured.map((p) => `--filter=@tripartite/${p}`),
  ) &&
  pnpm(bench, 'install', '--frozen-lockfile') &&
  pnpm(bench, 'run', 'build');
process.exitCode = ok ? measure() : 1;

/** Runs pnpm in a folder; true if it succeeded. What it prints is shown only on failure. */
function pnpm(cwd, ...args) {
  const { status, error, stdout, stderr } = spawnSync('npx', ['--yes', packageManager, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
  return status === 0;
}

/** Runs the bench in the user's folder, or serves its page; the exit code. */
function measure() {
  const args = process.argv.slice(2);
  const script = args.includes('--page') ? 'page.mjs' : 'dist/main.js';
  args.unshift(fileURLToPath(new URL(script, import.meta.url)));
  const { status, error } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}
