"""Coefficients of assembly/lanes.ts: the minimax polynomial q of eʳ ≈ 1 + r + r² q(r), |r| ≤ ½ ln 2.

Lawson's iteration: weighted least squares, each point's weight multiplied by its error until all peaks are equal.
Prints the largest relative error and the coefficients, lowest first, as float32.  python3 fit-exp.py
"""

import numpy as np

DEGREE = 4
half = np.log(2) / 2 * 1.0005
r = np.cos(np.linspace(0, np.pi, 4001)) * half
r = r[np.abs(r) > 1e-6]
target = (np.exp(r) - 1 - r) / r**2
scale = r**2 / np.exp(r)
powers = np.vander(r, DEGREE + 1, increasing=True)
weights = np.ones_like(r)
for _ in range(200):
    root = np.sqrt(weights) * scale
    q, *_ = np.linalg.lstsq(powers * root[:, None], target * root, rcond=None)
    error = np.abs((powers @ q - target) * scale)
    weights *= error / error.max() + 1e-3
    weights /= weights.sum()
print(error.max(), [float(np.float32(c)) for c in q])
