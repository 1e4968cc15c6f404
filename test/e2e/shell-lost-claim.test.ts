// A command that another process of the same clone decides again, and loses, while its own process is publishing it.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { git, inside, newClone, newFolder, useRepositories } from './shell-repository.ts';

useRepositories();

const program = fileURLToPath(new URL('../../src/coord.ts', import.meta.url));
const coord = `env -i PATH="$PATH" HOME="$HOME" '${process.execPath}' --import '${import.meta.resolve('tsx')}' '${program}'`;

describe('a claim that is lost while it is being published', () => {
  it('is told as lost, although somebody else of the clone has synced it', async () => {
    const { directory: ours, remote } = await newClone();
    await inside(ours, ['init']);
    const theirs = await newFolder();
    await git(theirs, 'clone', '-q', remote, '.');
    await inside(ours, ['agent', 'join', 'opus'], { COORD_AGENT: 'opus' });
    await inside(theirs, ['agent', 'join', 'codex'], { COORD_AGENT: 'codex' });
    await inside(ours, ['task', 'add', 'Race'], { COORD_AGENT: 'opus' });
    // While our push stands before the door, codex claims the task, and another process here syncs.
    const hook = [
      '#!/bin/sh',
      'exec >&2',
      'test -e armed || exit 0',
      'rm armed',
      `${coord} -C '${theirs}' --as codex claim T-1`,
      `${coord} -C '${ours}' --as opus sync`,
      'exit 0',
    ];
    await writeFile(join(remote, 'hooks/pre-receive'), `${hook.join('\n')}\n`);
    await chmod(join(remote, 'hooks/pre-receive'), 0o755);
    await writeFile(join(remote, 'armed'), '');
    const claim = await inside(ours, ['claim', 'T-1'], { COORD_AGENT: 'opus' });
    expect([claim.status, claim.answer.error.kind]).toEqual([1, 'refusal']);
    expect(claim.answer.error.message).toContain('codex');
    const listed = await inside(ours, ['task', 'list']);
    expect(JSON.stringify(listed.answer.result)).toContain('"codex"');
    expect((await inside(ours, ['verify'])).answer.result['valid']).toBe(true);
  });
});
