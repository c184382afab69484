/**
 * The kernels in AssemblyScript, of which engine/kernels/ holds the TypeScript twins: what they do is told there.
 * They see one shared memory and allocate nothing; addresses are of columns, or of the scratch of a thread. A name
 * ends with the width of the codes in bits, and with that of the numbers.
 */
export * from './select';
export * from './select-few';
export * from './group';
export * from './sum';
export * from './sum-by-key';
export * from './sum-by-byte';
export * from './sum-in-order';
export * from './extreme';
export * from './hash';
export * from './sketch';
