/** A byte address in the instance's memory. */
export type Pointer = number;
