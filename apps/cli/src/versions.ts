import { readFileSync } from 'node:fs';

/** What made a result: for files and JSON, so that it can be repeated. */
export interface Versions {
  readonly tripartite: string;
  readonly node: string;
}

/** Reads the version of this package; of Node the running one's. */
export function readVersions(): Versions {
  const file = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return { tripartite: version, node: process.versions.node };
}
