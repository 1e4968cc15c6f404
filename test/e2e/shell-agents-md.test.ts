// `coord init --agents-md`: the marked block, written into what stands there, as often as one likes.
import { lstat, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runShell } from '../shell.ts';
import {
  commitFile,
  git,
  inside,
  newFolder,
  newLog,
  newRepository,
  stateOf,
  useRepositories,
} from './shell-repository.ts';

useRepositories();

const init = ['init', '--agents-md'];
const read = (directory: string): Promise<string> => readFile(join(directory, 'AGENTS.md'), 'utf8');

describe('coord init --agents-md', () => {
  it('creates the file with the log, names it, and changes nothing the second time', async () => {
    const directory = await newRepository();
    const first = await inside(directory, init);
    expect(first.answer.result).toMatchObject({ agentsMd: 'AGENTS.md', confirmed: true });
    const text = await read(directory);
    expect(text).toMatch(/^<!-- coord:begin [^]*coord continue[^]*<!-- coord:end -->\n$/);
    const again = await inside(directory, init);
    expect([again.status, again.answer.result]).toEqual([0, { agentsMd: 'AGENTS.md' }]);
    expect(await read(directory)).toBe(text);
    const plain = await runShell(['-C', directory, ...init]);
    expect([plain.status, plain.out]).toEqual([
      0,
      'The block is in AGENTS.md; commit that file, so that every clone has it.',
    ]);
    const anew = await runShell(['-C', await newRepository(), ...init]);
    expect(anew.out).toMatch(/^Created the log .*\nThe block is in AGENTS.md; commit .*\nNext: /);
    expect((await readdir(directory)).sort()).toEqual(['.git', 'AGENTS.md', 'README.md']);
  });

  it('keeps what stands around the block, and renews what is inside', async () => {
    const directory = await newLog();
    await writeFile(join(directory, 'AGENTS.md'), '# Rules\n\nNo tabs.');
    await inside(directory, init);
    const once = await read(directory);
    expect(once.startsWith('# Rules\n\nNo tabs.\n\n<!-- coord:begin')).toBe(true);
    const edited = `${once.replace('coord continue', 'coord whatever')}\n## More\n`;
    await writeFile(join(directory, 'AGENTS.md'), edited);
    await inside(directory, init);
    expect(await read(directory)).toBe(`${once}\n## More\n`);
  });

  it('writes into the linked worktree it is run in, from any folder of it', async () => {
    const directory = await newLog();
    const tree = join(await newFolder(), 'linked');
    await git(directory, 'worktree', 'add', '-q', tree);
    await mkdir(join(tree, 'deep'));
    const run = await inside(join(tree, 'deep'), init);
    expect([run.status, run.answer.result]).toEqual([0, { agentsMd: 'AGENTS.md' }]);
    expect(await read(tree)).toContain('coord:begin');
    expect(await readdir(directory)).not.toContain('AGENTS.md');
  });

  it('writes to the file that AGENTS.md is a link to', async () => {
    const directory = await newLog();
    await commitFile(directory, 'CLAUDE.md', '# Claude\n');
    await symlink('CLAUDE.md', join(directory, 'AGENTS.md'));
    await inside(directory, init);
    expect((await lstat(join(directory, 'AGENTS.md'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(directory, 'CLAUDE.md'), 'utf8')).toMatch(/^# Claude\n\n<!-- coord/);
  });

  it('refuses in a bare repository, also in one inside a work tree, and creates no log', async () => {
    const outer = await newRepository();
    const bare = join(outer, 'bare.git');
    await git(outer, 'init', '-q', '--bare', bare);
    const before = await readdir(bare);
    const run = await inside(bare, init);
    expect([run.status, run.answer.error.code]).toEqual([2, 'bare-repository']);
    expect(await readdir(bare)).toEqual(before);
    expect(await readdir(outer)).not.toContain('AGENTS.md');
    expect((await inside(bare, ['init'])).status).toBe(0);
  });

  it('creates no log when AGENTS.md cannot be read', async () => {
    const directory = await newRepository();
    await mkdir(join(directory, 'AGENTS.md'));
    const before = await stateOf(directory);
    const run = await inside(directory, init);
    expect([run.status, run.answer.error.code]).toEqual([3, 'file-failed']);
    expect(await stateOf(directory)).toBe(before);
  });
});
