import type { AttentionFunctions } from './abi/attention.js';
import type { ElementaryFunctions } from './abi/elementary.js';
import type { FittingFunctions } from './abi/fitting.js';
import type { MemoryFunctions } from './abi/memory.js';
import type { ProductFunctions } from './abi/products.js';
import type { ReverseFunctions } from './abi/reverse.js';

/**
 * The functions that the module exports. Outputs come first, then inputs, parameters and sizes; pointers are
 * byte addresses, sizes and strides count float32 elements. See the module's sources for shapes and error
 * bounds, which hold for both builds.
 */
export interface KernelFunctions
  extends ElementaryFunctions,
    ProductFunctions,
    AttentionFunctions,
    MemoryFunctions,
    FittingFunctions,
    ReverseFunctions {}
