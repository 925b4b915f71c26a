import type { Versions } from '../versions.js';

/** What a study's numbers depend on, but its code. */
export interface Origin {
  /** The command that gives them again. */
  readonly command: string;
  readonly quick: boolean;
  readonly model: string;
  /** SHA-256 of the weights. */
  readonly weights: string;
  /** SHA-256 of the inputs; empty where the study brings its own. */
  readonly inputs: string;
  readonly build: string;
  readonly versions: Versions;
}
