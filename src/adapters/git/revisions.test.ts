// What two revisions of a real repository tell of a pull request.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitEnvironment } from '../../../test/fakes/github/git/run.ts';
import { limits } from '../../kernel/limits.ts';
import { findRepository } from './repository.ts';
import { openRevisions } from './revisions.ts';
import type { RevisionFacts } from './revisions.ts';

let directory = '';

function git(...args: string[]): void {
  const who = ['-c', 'user.name=Tess', '-c', 'user.email=tess@example.com'];
  execFileSync('git', [...who, ...args], {
    cwd: directory,
    env: gitEnvironment({ GIT_CONFIG_GLOBAL: '/dev/null' }),
  });
}

function commit(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
}

/** A head that left the base before the base moved on. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'coord-revisions-'));
  git('init', '-q', '-b', 'main');
  mkdirSync(join(directory, 'coverage'));
  commit({ 'a.ts': 'old\n', 'coverage/lcov.info': 'then\n' });
  git('checkout', '-q', '-b', 'change');
  symlinkSync('a.ts', join(directory, 'link'));
  commit({ 'tab\tand "quote" ü.ts': 'x\n', 'coverage/lcov.info': 'now\n' });
  git('checkout', '-q', 'main');
  commit({ 'later.ts': 'x\n' });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function opened(): Promise<RevisionFacts> {
  return openRevisions(findRepository(directory), 'main', 'change');
}

describe('the entries of a tree', () => {
  it('are every file and link of the head, whatever its name', async () => {
    const entries = await (await opened()).entries('head');
    expect([...(entries ?? [])].map(([path, { mode }]) => [path, mode])).toEqual([
      ['a.ts', '100644'],
      ['coverage/lcov.info', '100644'],
      ['link', '120000'],
      ['tab\tand "quote" ü.ts', '100644'],
    ]);
    expect([...(entries ?? new Map<string, unknown>()).keys()]).toEqual([
      ...((await (await opened()).headPaths()) ?? []),
    ]);
  });

  it('of the base are those where the head left it, and can be read', async () => {
    const facts = await opened();
    const base = await facts.entries('base');
    expect([...(base ?? new Map<string, unknown>()).keys()]).toEqual([
      'a.ts',
      'coverage/lcov.info',
    ]);
    const head = await facts.entries('head');
    const oids = [base, head].map((entries) => entries?.get('coverage/lcov.info')?.oid ?? '');
    const texts = await facts.blobs(oids);
    expect(oids.map((oid) => texts.get(oid))).toEqual([
      { ok: true, text: 'then\n' },
      { ok: true, text: 'now\n' },
    ]);
  });
});

describe('a blob', () => {
  it('may be as large as is asked for', async () => {
    git('checkout', '-q', 'change');
    commit({ 'coverage/lcov.info': `${'x'.repeat(limits.analysedFileBytesMax)}\n` });
    const facts = await opened();
    const oid = (await facts.entries('head'))?.get('coverage/lcov.info')?.oid ?? '';
    const why = async (bytesMax?: number) => {
      const read = (await facts.blobs([oid], bytesMax)).get(oid);
      return read?.ok === false ? read.why : read?.text.length;
    };
    const bytes = limits.analysedFileBytesMax + 1;
    expect([await why(), await why(bytes - 1), await why(bytes)]).toEqual([
      ...['too-large', 'too-large'],
      bytes,
    ]);
  });
});

it('has no reports beside its trees', async () => {
  expect(await (await opened()).coverageReports()).toEqual([]);
});
