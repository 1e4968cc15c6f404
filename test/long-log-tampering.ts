// Ways to tamper with a long log that take more than a line: what somebody does who can push and has read the source.
import { createHash } from 'node:crypto';
import { checkpointSize, takeCheckpoint } from '../src/engine/checkpoint.ts';
import { applyCommit, routeEvents } from '../src/engine/fold.ts';
import { foldAt } from '../src/engine/project.ts';
import { evolutionsOf } from '../src/engine/registry-port.ts';
import { present } from '../src/kernel/assert.ts';
import { registry } from '../src/registry.ts';
import { rightMessage } from './log-forge.ts';
import { asForged, places } from './tampered-long-log.ts';
import type { LongCommit } from './tampered-long-log.ts';

const meta = 'checkpoint/meta.json';

/** The commit at a place. */
export function at(log: readonly LongCommit[], index: number): LongCommit {
  return present(log[index], 'the log is that long');
}

/** Changes the text of a file. */
export function edit(commit: LongCommit, path: string, change: (text: string) => string): void {
  commit.files.set(path, change(present(commit.files.get(path), path)));
}

/** Trailers that fit, from a commit on: what somebody does who has read the source. */
export function makeFit(log: LongCommit[], first: number): void {
  for (let index = first; index < log.length; index += 1) {
    const { message, batch } = at(log, index);
    const fit = rightMessage(asForged(at(log, index - 1)), batch);
    const tail = /^Coord-Tail: \d+$/m.exec(message)?.[0] ?? '';
    at(log, index).message = fit.replace(/^Coord-Tail: \d+$/m, tail);
  }
}

/** Changes the checkpoint of one commit, and of those that carry it over. */
export function editCheckpoint(
  log: LongCommit[],
  first: number,
  change: (commit: LongCommit) => void,
) {
  const next = first === places.newest ? log.length : places.newest;
  for (const commit of log.slice(first, next)) change(commit);
}

function weigh(commit: LongCommit): void {
  const bytes = checkpointSize(
    new Map([...commit.files].filter(([path]) => path.startsWith('checkpoint/'))),
  );
  edit(commit, meta, (text) => text.replace(/"bytes":\d+/, `"bytes":${bytes}`));
}

/** Gives somebody a tier in a checkpoint, and makes the next one from it as the records go on: both fit each other. */
export function lieTwice(log: LongCommit[]): void {
  editCheckpoint(log, places.before, (commit) => {
    edit(commit, 'checkpoint/agent.json', (text) =>
      text.replace('"tier":"implementer"', '"tier":"executive"'),
    );
    weigh(commit);
  });
  const evolutions = routeEvents(evolutionsOf(registry));
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  const commitAt = (index: number) => ({
    ...{ oid: `c${index}`, parents: [`c${index - 1}`], provenance: 'elsewhere' as const },
    ...{ message: at(log, index).message, batch: at(log, index).batch },
  });
  const fold = foldAt(commitAt(places.before), at(log, places.before).files, evolutions);
  for (let index = places.before + 1; index <= places.newest; index += 1) {
    applyCommit(fold, evolutions, commitAt(index), sha256);
  }
  const { files } = takeCheckpoint(fold);
  editCheckpoint(log, places.newest, (commit) => {
    for (const [path, text] of files) commit.files.set(path, text);
  });
}
