// isomorphic-git as its documents show it: writeBlob, writeTree, commit. It syncs nothing and locks nobody out.
import * as fs from 'node:fs';
import git from 'isomorphic-git';
import type { Batch, Peer } from './peer.ts';
import { linesOf } from './raw.ts';

const author = { name: 'bench', email: 'bench@example.com' };

export async function openIsomorphic(directory: string): Promise<Peer> {
  const place = { fs, gitdir: directory };
  await git.init({ ...place, bare: true, defaultBranch: 'coord' });
  const append = async (batch: Batch): Promise<void> => {
    const blob = Buffer.from(linesOf(batch));
    const oid = await git.writeBlob({ ...place, blob });
    const entry = { mode: '100644', path: 'batch.ndjson', oid, type: 'blob' } as const;
    const tree = await git.writeTree({ ...place, tree: [entry] });
    await git.commit({ ...place, message: 'A batch', tree, ref: 'refs/heads/coord', author });
  };
  return { append, close: () => undefined };
}
