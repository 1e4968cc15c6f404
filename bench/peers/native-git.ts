// Native git as a script would use it: hash-object, mktree, commit-tree and update-ref, a process each.
import { run } from '../program.ts';
import type { Batch, Peer } from './peer.ts';
import { linesOf } from './raw.ts';

export function openNativeGit(directory: string): Peer {
  run('git', ['init', '--quiet', '--bare', directory]);
  const git = (words: readonly string[], input = ''): string =>
    run('git', ['-C', directory, ...words], { input }).trim();
  let head = '';
  return {
    append: (batch: Batch) => {
      const blob = git(['hash-object', '-w', '--stdin'], linesOf(batch));
      const tree = git(['mktree'], `100644 blob ${blob}\tbatch.ndjson\n`);
      const parent = head === '' ? [] : ['-p', head];
      const next = git(['commit-tree', tree, ...parent, '-m', 'A batch']);
      git(['update-ref', 'refs/heads/coord', next, head]);
      head = next;
    },
    close: () => undefined,
  };
}
