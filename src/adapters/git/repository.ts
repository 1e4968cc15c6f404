// The user's own repository: found without starting git, read through git, never written.
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Fault, UsageError } from '../../kernel/fault.ts';
import { runGit, tryGit } from './native.ts';

export interface Repository {
  /** Directory git is run in. */
  readonly directory: string;
  /** `.git`, of a linked worktree its own. */
  readonly gitDir: string;
  /** The directory that all worktrees share. */
  readonly commonDir: string;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isGitDir(path: string): boolean {
  return isDirectory(join(path, 'objects')) && read(join(path, 'HEAD')) !== null;
}

function isWorktreeGitDir(path: string): boolean {
  return read(join(path, 'commondir')) !== null && read(join(path, 'HEAD')) !== null;
}

function against(base: string, path: string): string {
  return isAbsolute(path) ? path : resolve(base, path);
}

/** Where a `.git` file of a linked worktree or a submodule points. */
function linkedGitDir(directory: string, dotGit: string): string | null {
  const link = /^gitdir: (.+)$/m.exec(read(dotGit) ?? '')?.[1];
  if (link === undefined) return null;
  const target = against(directory, link);
  return isGitDir(target) || isWorktreeGitDir(target) ? target : null;
}

function gitDirAt(directory: string): string | null {
  const dotGit = join(directory, '.git');
  if (isDirectory(dotGit) && isGitDir(dotGit)) return dotGit;
  return linkedGitDir(directory, dotGit) ?? (isGitDir(directory) ? directory : null);
}

/** The repository that holds `directory`: work tree, linked worktree, submodule or bare. Fault `no-repository` otherwise. */
export function findRepository(directory: string): Repository {
  const start = resolve(directory);
  if (!isDirectory(start)) {
    throw new UsageError('no-directory', `${directory} is no directory. Name one with -C.`, {
      directory,
    });
  }
  for (let current = start; ; current = dirname(current)) {
    const gitDir = gitDirAt(current);
    if (gitDir !== null) {
      const common = read(join(gitDir, 'commondir'));
      return {
        directory: start,
        gitDir,
        commonDir: common === null ? gitDir : against(gitDir, common),
      };
    }
    if (dirname(current) === current) break;
  }
  throw new Fault(
    'no-repository',
    `${start} is not inside a git repository. Change into one, name one with -C, or run \`git init\` first.`,
    { directory: start },
  );
}

/** The URL of a remote for fetching or pushing; null when there is none of that name. */
export async function remoteUrl(
  repository: Repository,
  name: string,
  direction: 'fetch' | 'push',
): Promise<string | null> {
  const flags = direction === 'push' ? ['--push'] : [];
  const run = await tryGit(['remote', 'get-url', ...flags, '--', name], {
    cwd: repository.directory,
  });
  const url = run.stdout.toString('utf8').split('\n')[0] ?? '';
  if (run.status !== 0 || url === '') return null;
  const isLocalPath = !/^[a-z][a-z0-9+.-]*:/i.test(url) && !/^[^/]+@?[^/]*:/.test(url);
  return isLocalPath ? against(repository.directory, url) : url;
}

/** Whether any remote is configured at all. */
export function hasRemotes(repository: Repository): boolean {
  const config = read(join(repository.commonDir, 'config')) ?? '';
  return /^\s*\[remote "/m.test(config);
}

/** Whether a remote of that name is configured; reads the configuration file, starts nothing. */
export function hasRemote(repository: Repository, name: string): boolean {
  const config = read(join(repository.commonDir, 'config')) ?? '';
  return config.split('\n').some((line) => line.trim() === `[remote "${name}"]`);
}

const inherited =
  /^(credential|http|https|url|core\.sshcommand|core\.askpass|ssh|protocol|core\.gitproxy)\b/i;

/** The settings of the user's repository that reaching its remotes takes, as environment for another repository. */
export async function transportSettings(repository: Repository): Promise<Record<string, string>> {
  const run = await tryGit(['config', '--local', '--null', '--list'], {
    cwd: repository.directory,
  });
  const entries = run.stdout
    .toString('utf8')
    .split('\0')
    .map((entry) => entry.split('\n'))
    .filter(([key]) => key !== undefined && inherited.test(key));
  const settings: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) };
  entries.forEach(([key = '', ...value], index) => {
    settings[`GIT_CONFIG_KEY_${index}`] = key;
    settings[`GIT_CONFIG_VALUE_${index}`] = value.join('\n');
  });
  return settings;
}

/** Full object id of a revision's commit; UsageError `revision-unknown` when there is none. */
export async function resolveCommit(repository: Repository, revision: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const run = await tryGit(args, { cwd: repository.directory });
  const oid = run.stdout.toString('utf8').trim();
  if (run.status === 0 && oid !== '') return oid;
  throw new UsageError(
    'revision-unknown',
    `There is no commit \`${revision}\` here. \`git branch -a\` lists branches; a shallow clone may have to fetch more.`,
    { revision },
  );
}

interface BatchEntry {
  readonly oid: string;
  readonly type: string;
  readonly body: string;
}

const objectHeader = /^(?<oid>[0-9a-f]{40,64}) (?<type>[a-z]+) (?<size>\d+)$/;

/** Splits what `cat-file --batch` printed into its entries; what is missing has type `missing`. */
function batchEntries(output: Buffer): BatchEntry[] {
  const entries: BatchEntry[] = [];
  let offset = 0;
  while (offset < output.length) {
    const end = output.indexOf(10, offset);
    const header = objectHeader.exec(output.toString('utf8', offset, end))?.groups;
    const length = Number(header?.['size'] ?? 0);
    const body = output.toString('utf8', end + 1, end + 1 + length);
    const { oid, type } = { oid: '', type: 'missing', ...header };
    entries.push({ oid, type, body });
    offset = end + 1 + (header === undefined ? 0 : length + 1);
  }
  return entries;
}

/** The blob at a path in the first revision that exists, with its id; null when that has none. */
export async function blobAt(
  repository: Repository,
  revisions: readonly string[],
  path: string,
): Promise<{ oid: string; text: string; revision: string } | null> {
  const input = revisions.map((name) => `${name}^{commit}\n${name}:${path}\n`).join('');
  const output = await runGit(['cat-file', '--batch'], { cwd: repository.directory, input });
  const entries = batchEntries(output);
  const index = revisions.findIndex((_, position) => entries[2 * position]?.type === 'commit');
  const blob = entries[2 * index + 1];
  if (index < 0 || blob?.type !== 'blob') return null;
  return { oid: blob.oid, text: blob.body, revision: revisions[index] ?? '' };
}

/** The git user here; empty strings where not set. */
export interface GitUser {
  readonly name: string;
  readonly email: string;
}

/** Name and e-mail of the git user here. */
export async function gitUser(repository: Repository): Promise<GitUser> {
  const run = await tryGit(['config', '--null', '--get-regexp', '^user\\.(name|email)$'], {
    cwd: repository.directory,
  });
  const found = new Map(
    run.stdout
      .toString('utf8')
      .split('\0')
      .map((entry) => entry.split('\n') as [string, string | undefined]),
  );
  return { name: found.get('user.name') ?? '', email: found.get('user.email') ?? '' };
}
