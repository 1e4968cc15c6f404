// Makes repositories: a bare one on disk, empty or as a fork of another.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ObjectStore } from '../git/object-store.ts';
import { git, initBare } from '../git/run.ts';
import type { AccountType } from '../state/account.ts';
import type { Repository } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import { nodeId } from '../state/world.ts';

export interface NewRepository {
  readonly isPrivate: boolean;
  readonly defaultBranch?: string;
  readonly ownerType?: AccountType;
  /** The repository this one is forked from. */
  readonly parent?: Repository;
}

function namesOf(fullName: string): readonly [string, string] {
  const [owner, name, ...rest] = fullName.split('/');
  if (owner === undefined || name === undefined || rest.length > 0) {
    throw new Error(`A repository is named owner/name, not ${fullName}.`);
  }
  return [owner, name];
}

/** Makes the bare repository and everything GitHub keeps beside it. */
export async function openRepository(
  world: World,
  fullName: string,
  options: NewRepository,
): Promise<Repository> {
  const [ownerLogin, name] = namesOf(fullName);
  if (world.repository(fullName) !== null) throw new Error(`There is already a ${fullName}.`);
  const id = world.nextId();
  const gitDir = join(world.folder, ownerLogin, `${name}.git`);
  const { parent = null } = options;
  const defaultBranch = options.defaultBranch ?? parent?.defaultBranch ?? 'main';
  await mkdir(dirname(gitDir), { recursive: true });
  await initBare(gitDir, defaultBranch);
  if (parent !== null) {
    await git(gitDir, 'fetch', '--quiet', parent.gitDir, '+refs/heads/*:refs/heads/*');
  }
  const repository: Repository = {
    id,
    nodeId: nodeId('Repository', id),
    owner: world.account(ownerLogin, options.ownerType ?? 'User'),
    name,
    fullName,
    isPrivate: options.isPrivate,
    defaultBranch,
    gitDir,
    objects: new ObjectStore(gitDir),
    parent,
    roles: new Map(),
    threads: new Map(),
    comments: new Map(),
    checkRuns: new Map(),
    checkSuites: new Map(),
    signed: new Map(),
    rules: new Map(),
    diffs: new Map(),
    createdAt: world.timestamp(),
    pushedAt: world.timestamp(),
    writing: Promise.resolve(),
  };
  world.repositories.set(fullName.toLowerCase(), repository);
  return repository;
}
