// What words of the shell mean where it stands, for every operation whose fields are marked.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../../../test/log-forge.ts';
import { findRepository } from '../../adapters/git/repository.ts';
import { acquire } from '../../concepts/lock/acquire.ts';
import { release } from '../../concepts/lock/release.ts';
import { grant } from '../../concepts/plan/grant.ts';
import { add } from '../../concepts/task/add.ts';
import { done } from '../../concepts/task/done.ts';
import { checkedInput } from '../../grammar/parse.ts';
import { UsageError } from '../../kernel/fault.ts';
import { asMeant, withNotes } from './as-meant.ts';

let work = '';
let head = '';

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'coord meant '));
  git(work, ['init', '-q', '--initial-branch=main']);
  mkdirSync(join(work, 'src', 'ui'), { recursive: true });
  writeFileSync(join(work, 'src', 'ui', 'button.ts'), '');
  git(work, ['add', '.']);
  git(work, ['commit', '-q', '-m', 'x']);
  git(work, ['tag', '-a', '-m', 'v', 'v1.0']);
  head = git(work, ['rev-parse', 'HEAD']).trim();
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const inUi = { repository: () => findRepository(join(work, 'src', 'ui')) };
const atTop = { repository: () => findRepository(work) };

describe('paths', () => {
  it.each([
    [
      'lock',
      acquire,
      { scope: ['./button.ts', '@build', 'docs/**'] },
      { scope: ['src/ui/button.ts', '@build', 'docs/**'] },
    ],
    ['unlock', release, { scope: ['./button.ts'] }, { scope: ['src/ui/button.ts'] }],
    [
      'task add',
      add,
      { title: './x', files: ['../api/**'] },
      { title: './x', files: ['src/api/**'] },
    ],
    [
      'grant',
      grant,
      { agent: 'codex', glob: './**', duration: '1h', why: '../' },
      { agent: 'codex', glob: 'src/ui/**', duration: '1h', why: '../' },
    ],
  ])('%s reads them from the current folder where they say so', async (_, verb, said, input) => {
    expect(await asMeant(inUi, verb, said)).toEqual({ input, notes: [] });
    expect(verb.input.safeParse(input).success).toBe(true);
  });

  it('that only the current folder has are told of, and stay', async () => {
    const input = { scope: ['button.ts', './button.ts', '@button'], reason: 'button.ts' };
    const meant = await asMeant(inUi, acquire, input);
    expect(meant.input['scope']).toEqual(['button.ts', 'src/ui/button.ts', '@button']);
    expect(meant.notes).toHaveLength(1);
    expect(meant.notes[0]).toContain('root of the repository: button.ts. No such path');
    expect((await asMeant(atTop, acquire, { scope: ['button.ts'] })).notes).toEqual([]);
  });

  it('that lead out of the repository are refused', async () => {
    const said = { scope: ['../../../x'] };
    await expect(asMeant(inUi, acquire, said)).rejects.toThrow(UsageError);
  });

  it('where none is said, no repository is looked for', async () => {
    const nowhere = { repository: () => expect.unreachable() };
    expect(await asMeant(nowhere, add, { title: 'x' })).toEqual({
      input: { title: 'x' },
      notes: [],
    });
    const evidence = ['#12', 'https://example.com/1'];
    const said = { id: 'T-1', evidence };
    expect((await asMeant(nowhere, done, said)).input).toEqual(said);
  });
});

describe('evidence', () => {
  const meant = async (...evidence: string[]) =>
    (await asMeant(atTop, done, { id: 'T-1', evidence })).input['evidence'];

  it.each(['HEAD', 'main', 'v1.0', 'main@{0}', ' HEAD '])(
    '%s is the commit it names',
    async (text) => {
      expect(await meant(text)).toEqual([head]);
    },
  );

  it('an id is made whole, beside what is none', async () => {
    const whole = 'f'.repeat(40);
    const others = ['#12', 'octo/demo#3', 'https://example.com/run/1', 'check:coord / gate', whole];
    expect(await meant(head.slice(0, 7), ...others, head.slice(0, 4))).toEqual([
      head,
      ...others,
      head,
    ]);
  });

  it('a short id that names nothing here is refused with the next step', async () => {
    await expect(meant('0000000')).rejects.toThrow(/`0000000` names no commit here.*git fetch/);
  });

  it.each(['tested', 'it works', 'abc', '12', 'two\nlines', ''])(
    '%j is left to the operation, which does not let it be said',
    async (text) => {
      expect(await meant(text)).toEqual([text]);
      expect(() => checkedInput(done, { id: 'T-1', evidence: [text] })).toThrow(UsageError);
    },
  );
});

it('notes stand behind those of the answer, for machines and people', () => {
  const answer = { ok: true as const, result: { notes: ['one'] }, text: 'Done.' };
  expect(withNotes(answer, [])).toBe(answer);
  expect(withNotes(answer, ['two\u001b'])).toEqual({
    ok: true,
    result: { notes: ['one', 'two\u001b'] },
    text: 'Done.\nNote: two ',
  });
});
