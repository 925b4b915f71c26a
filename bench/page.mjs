// npm run bench -- --page
//
// Bundles bench.html with the contests and serves it with the peers' files, until it is stopped.
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const args = process.argv.slice(2).filter((arg) => arg !== '--');
if (args.length > 1) {
  console.error(`bench: ${args.join(' ')} given; --page takes no other options`);
  process.exit(1);
}

const configFile = fileURLToPath(new URL('vite.config.mjs', import.meta.url));
const shared = { configFile, logLevel: 'error' };
await build(shared);
const server = await preview(shared);
console.log(`bench: ${server.resolvedUrls?.local[0]}bench.html (Ctrl+C ends it)`);
