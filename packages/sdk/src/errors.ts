/** What went wrong, as a stable code: texts may change between versions, codes do not. */
export type ErrorCode =
  | 'BAD_INPUT' // an argument outside what is allowed
  | 'BAD_TEXT' // empty text
  | 'BAD_IMAGE' // a picture that cannot be read or used
  | 'BAD_CHECKPOINT' // a file that is not what it claims to be
  | 'MISSING_TENSOR' // the architecture needs a tensor that the checkpoint lacks
  | 'BAD_SHAPE' // a tensor or array of the wrong shape
  | 'UNSUPPORTED' // a valid request that this version does not build
  | 'NOT_FOUND' // a file, folder or name that does not exist
  | 'ABORTED' // stopped by an AbortSignal
  | 'DIVERGED' // a fit whose loss is no number any more
  | 'OUT_OF_MEMORY'; // more than WebAssembly's 4 GiB would be needed

/**
 * The one error class of the SDK. `message` is one line: subject, what came, what is allowed.
 */
export class TripartiteError extends Error {
  override readonly name = 'TripartiteError';
  /** Stable code, for programs. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
