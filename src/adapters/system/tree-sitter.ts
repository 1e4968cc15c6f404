// The only importer of tree-sitter's runtime, which is a script: import this lazily.
import runtime from '@vscode/tree-sitter-wasm';

/** The runtime as it is loaded first. */
export const treeSitter = runtime;
