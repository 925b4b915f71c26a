"""Writes sobol-directions.ts: polynomials and initial direction numbers of the first 256 dimensions.

Source: new-joe-kuo-6.21201 of Joe and Kuo, https://web.maths.unsw.edu.au/~fkuo/sobol/, as scipy 1.10.1
carries it (scipy/stats/_sobol_direction_numbers.npz: `poly`, `vinit`).

    python3 sobol-directions.py
"""

import pathlib

import numpy as np
import scipy.stats

DIMENSIONS = 256

HEADER = """// Written by sobol-directions.py; do not edit.

/*! Direction numbers new-joe-kuo-6 of S. Joe and F. Y. Kuo, https://web.maths.unsw.edu.au/~fkuo/sobol/
 *
 * Copyright (c) 2008, Frances Y. Kuo and Stephen Joe
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without modification, are permitted provided
 * that the following conditions are met:
 *
 *  - Redistributions of source code must retain the above copyright notice, this list of conditions and
 *    the following disclaimer.
 *  - Redistributions in binary form must reproduce the above copyright notice, this list of conditions and
 *    the following disclaimer in the documentation and/or other materials provided with the distribution.
 *  - Neither the names of the copyright holders nor the names of the University of New South Wales and the
 *    University of Waikato and its contributors may be used to endorse or promote products derived from
 *    this software without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS ``AS IS'' AND ANY EXPRESS OR IMPLIED WARRANTIES,
 * INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR
 * PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDERS BE LIABLE FOR ANY DIRECT, INDIRECT,
 * INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF
 * SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND
 * ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR
 * OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH
 * DAMAGE.
 */

/** Dimensions that `SOBOL_DIRECTIONS` covers. */
export const SOBOL_DIMENSIONS = 256;

/**
 * For each dimension in turn: its primitive polynomial over GF(2) as a binary number (x³ + x + 1 is 11),
 * then as many initial direction numbers m₁, m₂ … as its degree. The first dimension's polynomial is 1.
 */
"""

source = pathlib.Path(scipy.stats.__file__).parent / "_sobol_direction_numbers.npz"
with np.load(source) as file:
    polynomials = file["poly"][:DIMENSIONS].tolist()
    initial = file["vinit"][:DIMENSIONS].tolist()

numbers = []
for polynomial, row in zip(polynomials, initial):
    numbers.append(polynomial)
    numbers += row[: polynomial.bit_length() - 1]

lines = [" "]
for number in numbers:
    piece = f" {number},"
    if len(lines[-1]) + len(piece) > 100:
        lines.append(" ")
    lines[-1] += piece

path = pathlib.Path(__file__).with_suffix(".ts")
text = HEADER + "export const SOBOL_DIRECTIONS: readonly number[] = [\n" + "\n".join(lines) + "\n];\n"
path.write_text(text, encoding="utf-8", newline="\n")
