import { nearestName } from '../checkpoint/nearest-name.js';
import { TripartiteError } from '../errors.js';
import { useLite } from './architectures/use-lite.js';
import { vit } from './architectures/vit.js';
import { vitMae } from './architectures/vit-mae.js';
import type { Architecture, Plan } from './plan.js';

/** Architectures by `model_type` of config.json. */
export const architectures: Readonly<Record<string, Architecture>> = {
  use_lite: useLite,
  vit,
  vit_mae: vitMae,
};

/** The plan for a parsed config.json. Throws `BAD_CHECKPOINT` and `UNSUPPORTED`. */
export function readPlan(config: unknown): Plan {
  const type = (config as { model_type?: unknown } | null)?.model_type;
  // A name that every object inherits, such as toString, is no architecture.
  const known = typeof type === 'string' && Object.hasOwn(architectures, type);
  const architecture = known ? architectures[type] : undefined;
  if (architecture) return architecture(config);
  const names = Object.keys(architectures);
  const near = typeof type === 'string' ? nearestName(type, names) : undefined;
  throw new TripartiteError(
    'UNSUPPORTED',
    `config.json: model_type is ${JSON.stringify(type)}${near ? `; did you mean ${near}?` : ''} (built: ${names.join(', ')})`,
  );
}
