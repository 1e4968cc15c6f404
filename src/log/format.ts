// The constants of log format 1. Writer and verifier share these names and nothing else.

export const formatVersion = 1;
/** Content of the file `format`. */
export const formatText = 'coord-log 1\n';
export const branch = 'coord';
/** Where an epoch that is over is kept, behind its last commit; not fetched by default. The first epoch is 1. */
export function archiveRef(epoch: number): string {
  return `refs/coord/archive/${epoch}`;
}
/** The same where a host takes no refs but branches and tags. */
export function archiveBranch(epoch: number): string {
  return `refs/heads/coord-archive/${epoch}`;
}
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
  previous: 'Coord-Previous',
} as const;
