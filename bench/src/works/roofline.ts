import type { Contest, Setting } from '../contest.js';
import { compilePeak, operationsPerRound } from '../peak.js';
import { ourGemm } from './gemm.js';

/** Our product against as many operations in registers alone: the ratio is the share of the 128-bit peak. */
export async function roofline(size: number, setting: Setting): Promise<Contest> {
  const peak = compilePeak();
  const rounds = Math.round((2 * size ** 3) / operationsPerRound);
  return {
    name: 'roofline gemm',
    shape: `${size}×${size}×${size}`,
    threads: 1,
    ours: await ourGemm(size, size, size, setting),
    peers: [
      {
        name: '128-bit peak',
        run: () => void peak(rounds),
        result: () => Float32Array.of(peak(rounds)),
      },
    ],
  };
}
