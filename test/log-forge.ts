// Rewrites a log with plain git, as somebody might who can push: every commit laid out, changed at will, made anew.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { present } from '../src/kernel/assert.ts';

/** Git's answer as text; throws with its complaint when it fails. */
export function git(directory: string, args: readonly string[], input = ''): string {
  const who = { name: 'Mallory', email: 'mallory@example.org', date: '2026-11-20T12:00:00Z' };
  const run = spawnSync('git', ['-C', directory, ...args], {
    input,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...{ GIT_AUTHOR_NAME: who.name, GIT_AUTHOR_EMAIL: who.email, GIT_AUTHOR_DATE: who.date },
      ...{ GIT_COMMITTER_NAME: who.name, GIT_COMMITTER_EMAIL: who.email },
      GIT_COMMITTER_DATE: who.date,
    },
  });
  if (run.status !== 0) throw new Error(`git ${args.join(' ')} failed: ${run.stderr}`);
  return run.stdout;
}

/** An entry of a commit's root tree. */
export interface ForgedEntry {
  mode: string;
  oid: string;
}

export interface ForgedCommit {
  oid: string;
  message: string;
  batch: string;
  /** Name to entry; the batch is among them, and replaced by `batch`. */
  entries: Map<string, ForgedEntry>;
  /** Parents beside the commit before. */
  moreParents: string[];
}

function entriesOf(gitDir: string, commit: string): Map<string, ForgedEntry> {
  const lines = git(gitDir, ['ls-tree', '-z', commit]).split('\0').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [head = '', name = ''] = line.split('\t');
      const [mode = '', , oid = ''] = head.split(' ');
      return [name, { mode, oid }];
    }),
  );
}

/** The commits of a log, oldest first. */
export function layOut(gitDir: string, ref = 'refs/heads/coord'): ForgedCommit[] {
  const oids = git(gitDir, ['rev-list', '--reverse', ref]).trim().split('\n');
  return oids.map((oid) => ({
    oid,
    message: git(gitDir, ['log', '-1', '--format=%B', oid]).trimEnd() + '\n',
    batch: git(gitDir, ['cat-file', 'blob', `${oid}:batch.ndjson`]),
    entries: entriesOf(gitDir, oid),
    moreParents: [],
  }));
}

export function blob(gitDir: string, text: string): string {
  return git(gitDir, ['hash-object', '-w', '--stdin'], text).trim();
}

const types: Readonly<Record<string, string>> = { '040000': 'tree', '160000': 'commit' };

export function tree(gitDir: string, entries: ReadonlyMap<string, ForgedEntry>): string {
  const lines = [...entries].map(
    ([name, { mode, oid }]) => `${mode} ${types[mode] ?? 'blob'} ${oid}\t${name}\n`,
  );
  return git(gitDir, ['mktree'], lines.join('')).trim();
}

/** Writes commits on top of one another, the first on `onto`, and moves the branch; answers their names. */
export function forge(
  gitDir: string,
  commits: readonly ForgedCommit[],
  onto: string | null = null,
  ref = 'refs/heads/coord',
): string[] {
  const made: string[] = [];
  for (const { message, batch, entries, moreParents } of commits) {
    const root = new Map(entries);
    if (root.has('batch.ndjson')) {
      root.set('batch.ndjson', { mode: '100644', oid: blob(gitDir, batch) });
    }
    const before = made.at(-1) ?? onto;
    const parents = [...(before === null ? [] : [before]), ...moreParents];
    const flags = parents.flatMap((parent) => ['-p', parent]);
    made.push(git(gitDir, ['commit-tree', tree(gitDir, root), ...flags], message).trim());
  }
  git(gitDir, ['update-ref', ref, present(made.at(-1), 'a log has commits')]);
  return made;
}

const digest = (...parts: Buffer[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** A message with right trailers for a batch that follows `parent`. */
export function rightMessage(parent: ForgedCommit, batch: string): string {
  const of = (name: string): string =>
    present(new RegExp(`^${name}: (?:sha256:)?(.*)$`, 'm').exec(parent.message)?.[1], name);
  const count = batch.split('\n').length - 1;
  const chain = digest(Buffer.from(of('Coord-Chain'), 'hex'), digest(Buffer.from(batch)));
  const trailers = [
    `Coord-Seq: ${Number(of('Coord-Seq')) + count}`,
    `Coord-Count: ${count}`,
    `Coord-Tail: ${Number(of('Coord-Tail')) + 1}`,
    `Coord-Chain: sha256:${chain.toString('hex')}`,
  ];
  return `${count} commands: forged [skip ci]\n\n${trailers.join('\n')}\n`;
}

/** A commit that format 1 allows, with records of anybody's making on top of `parent`. */
export function forgedOn(parent: ForgedCommit, records: readonly object[]): ForgedCommit {
  const batch = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  return { ...parent, batch, message: rightMessage(parent, batch), moreParents: [] };
}
