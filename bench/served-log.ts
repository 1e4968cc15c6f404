// A seeded log as a server would keep it: a bare repository, repacked by native git, made once beside the log.
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './program.ts';

/** The store of a repository's log. */
export function storeOf(repository: string): string {
  return join(repository, '.git', 'coord', 'store.git');
}

/** A bare repository with the log and the repository's `main`, everything repacked by native git. */
export function served(repository: string): string {
  const remote = join(repository, 'served.git');
  if (existsSync(remote)) return remote;
  const making = `${remote}.making-${process.pid}`;
  run('git', ['init', '--quiet', '--bare', '--initial-branch=main', making]);
  const refs = ['refs/heads/coord:refs/heads/coord'];
  run('git', ['-C', making, 'fetch', '--quiet', storeOf(repository), ...refs]);
  run('git', ['-C', making, 'fetch', '--quiet', join(repository, '.git'), 'main:main']);
  run('git', ['-C', making, 'repack', '-a', '-d', '--quiet']);
  renameSync(making, remote);
  return remote;
}
