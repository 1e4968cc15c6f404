// The facts of a pull request from two revisions of a local repository, as GitHub would show them.
import type { BlobText, ChangeSet, PullRequest, TreeEntry } from '../../checks/pull-request.ts';
import { Fault } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import { parserOf } from '../system/syntax-parser.ts';
import { runGit, tryGit } from './native.ts';
import { parseRawDiff } from './raw-diff.ts';
import { resolveCommit } from './repository.ts';
import type { Repository } from './repository.ts';

/** What two revisions can tell; author, policy and log are added by the caller. */
export type RevisionFacts = Pick<
  PullRequest,
  'head' | 'base' | 'changes' | 'blobs' | 'headPaths' | 'entries' | 'coverageReports' | 'parserOf'
> & {
  /** Where the head left the base; changes are counted from here. */
  readonly mergeBase: string;
};

async function mergeBaseOf(repository: Repository, base: string, head: string): Promise<string> {
  const run = await tryGit(['merge-base', base, head], { cwd: repository.directory });
  const oid = run.stdout.toString('utf8').trim();
  if (run.status === 0 && oid !== '') return oid;
  throw new Fault(
    'no-merge-base',
    'The two revisions have no common ancestor here. In a shallow clone fetch more: git fetch --unshallow.',
    { base, head },
  );
}

async function readChanges(
  repository: Repository,
  mergeBase: string,
  head: string,
): Promise<ChangeSet> {
  const args = ['diff-tree', '-r', '-z', '-M', '-l0', '--raw', '--numstat', '--no-abbrev'];
  const output = await runGit([...args, mergeBase, head], { cwd: repository.directory });
  const changes = parseRawDiff(output);
  const max = limits.changedFilesMax;
  // As many as GitHub lists at most: there nobody knows whether it is all of them.
  if (changes.length < max) return { changes, problem: null };
  const problem = `${changes.length} files changed; ${max} or more cannot be judged. Split the change.`;
  return { changes, problem };
}

interface Sized {
  readonly oid: string;
  readonly size: number | null;
}

async function sizesOf(repository: Repository, oids: readonly string[]): Promise<Sized[]> {
  const input = oids.map((oid) => `${oid}\n`).join('');
  const args = ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'];
  const output = await runGit(args, { cwd: repository.directory, input });
  return output
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      const [, type, size] = line.split(' ');
      return { oid: oids[index] ?? '', size: type === 'blob' ? Number(size) : null };
    });
}

function textOf(body: Buffer): BlobText {
  // Git calls a file binary when there is a NUL in its first 8,000 bytes.
  if (body.subarray(0, 8000).includes(0)) return { ok: false, why: 'binary' };
  return { ok: true, text: body.toString('utf8') };
}

async function bodiesOf(
  repository: Repository,
  oids: readonly string[],
): Promise<Map<string, BlobText>> {
  const input = oids.map((oid) => `${oid}\n`).join('');
  const output = await runGit(['cat-file', '--batch'], { cwd: repository.directory, input });
  const texts = new Map<string, BlobText>();
  let offset = 0;
  for (const oid of oids) {
    const end = output.indexOf(10, offset);
    const size = Number(output.toString('latin1', offset, end).split(' ')[2]);
    texts.set(oid, textOf(output.subarray(end + 1, end + 1 + size)));
    offset = end + size + 2;
  }
  return texts;
}

async function readBlobs(
  repository: Repository,
  wanted: readonly string[],
  bytesMax: number = limits.analysedFileBytesMax,
): Promise<Map<string, BlobText>> {
  const texts = new Map<string, BlobText>();
  const small: string[] = [];
  if (wanted.length === 0) return texts;
  for (const { oid, size } of await sizesOf(repository, [...new Set(wanted)])) {
    if (size === null) texts.set(oid, { ok: false, why: 'missing' });
    else if (size > bytesMax) texts.set(oid, { ok: false, why: 'too-large' });
    else small.push(oid);
  }
  if (small.length === 0) return texts;
  return new Map([...texts, ...(await bodiesOf(repository, small))]);
}

async function pathsAt(repository: Repository, commit: string): Promise<Set<string>> {
  const args = ['ls-tree', '-r', '-z', '--name-only', commit];
  const output = await runGit(args, { cwd: repository.directory });
  return new Set(output.toString('utf8').split('\0').slice(0, -1));
}

async function entriesAt(repository: Repository, commit: string): Promise<Map<string, TreeEntry>> {
  const output = await runGit(['ls-tree', '-r', '-z', commit], { cwd: repository.directory });
  const lines = output.toString('utf8').split('\0').slice(0, -1);
  return new Map(
    lines.map((line) => {
      // `<mode> <type> <oid>`, a tab, and the path as it is.
      const tab = line.indexOf('\t');
      const [mode = '', , oid = ''] = line.slice(0, tab).split(' ');
      return [line.slice(tab + 1), { mode, oid }];
    }),
  );
}

/** What git says of each of these names: `<oid> commit <size>`, or the name and what is wrong with it. */
async function lookedUp(repository: Repository, names: readonly string[]): Promise<string[]> {
  const input = names.map((name) => `${name}^{commit}\n`).join('');
  // A commit that a partial clone does not have is not worth a look at the network.
  const env = { GIT_NO_LAZY_FETCH: '1' };
  const args = ['cat-file', '--batch-check'];
  const output = await runGit(args, { cwd: repository.directory, input, env });
  return output.toString('utf8').split('\n');
}

/**
 * The full ids of the commits that revisions such as `HEAD`, a branch or a short id name here, in the same order; null
 * for what names none or more than one. Never asks the network.
 */
export async function commitsNamed(
  repository: Repository,
  revisions: readonly string[],
): Promise<(string | null)[]> {
  // One line is one name to git.
  const names = revisions.map((revision) => (/[\n\0]/.test(revision) ? '' : revision));
  if (names.every((name) => name === '')) return names.map(() => null);
  const lines = await lookedUp(repository, names);
  return lines
    .slice(0, names.length)
    .map((line) => /^([0-9a-f]{40,64}) commit \d+$/.exec(line)?.[1] ?? null);
}

/** Opens two revisions. UsageError `revision-unknown` when one does not exist, Fault `no-merge-base` when unrelated. */
export async function openRevisions(
  repository: Repository,
  baseRevision: string,
  headRevision: string,
): Promise<RevisionFacts> {
  const [base, head] = await Promise.all([
    resolveCommit(repository, baseRevision),
    resolveCommit(repository, headRevision),
  ]);
  const mergeBase = await mergeBaseOf(repository, base, head);
  return {
    ...{ base, head, mergeBase },
    changes: () => readChanges(repository, mergeBase, head),
    blobs: (oids, bytesMax) => readBlobs(repository, oids, bytesMax),
    headPaths: () => pathsAt(repository, head),
    entries: (side) => entriesAt(repository, side === 'head' ? head : mergeBase),
    // Two revisions have none beside their trees; the caller may know better.
    coverageReports: () => Promise.resolve([]),
    parserOf,
  };
}
