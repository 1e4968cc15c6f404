// The constants of log format 1. Writer and verifier share these names and nothing else.

export const formatVersion = 1;
/** Content of the file `format`. */
export const formatText = 'coord-log 1\n';
export const branch = 'coord';
export const batchPath = 'batch.ndjson';
export const formatPath = 'format';
export const boardPath = 'README.md';
export const checkpointFolder = 'checkpoint/';
export const checkpointMetaPath = 'checkpoint/meta.json';
/** Changes whenever the same records would fold to another state. */
export const reducerVersion = 2;

/** Stands before the canonical intent in what a sender signs, so that a signature means nothing elsewhere. */
export const signedPrefix = 'coord-command-1\n';

export const trailers = {
  seq: 'Coord-Seq',
  count: 'Coord-Count',
  tail: 'Coord-Tail',
  chain: 'Coord-Chain',
  kept: 'Coord-Kept',
} as const;
