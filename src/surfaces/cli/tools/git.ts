// `coord git ARGS...`: git on the store, so that everything can be looked at with the tool everybody knows.
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { storeDirectory } from '../../../adapters/git/local-log.ts';
import { Fault } from '../../../kernel/fault.ts';
import { tool } from '../tool.ts';

const input = z.object({ words: z.array(z.string()).default([]).describe('Arguments for git') });

function passThrough(gitDir: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [`--git-dir=${gitDir}`, ...words], { stdio: 'inherit' });
    child.on('error', () =>
      reject(
        new Fault(
          'git-missing',
          'git is not installed, or not on the PATH. Install git 2.30 or newer.',
        ),
      ),
    );
    child.on('close', (code) => resolve(code ?? 128));
  });
}

export const git = tool({
  name: 'git',
  summary: 'Run git on the store of the log.',
  input,
  positional: ['words'],
  examples: [{ text: 'git log -p coord', means: { words: ['log', '-p', 'coord'] } }],
  takesRest: true,
  async run(shell, { words }) {
    const directory = storeDirectory(shell.repository().commonDir);
    const status = await passThrough(directory, words);
    return {
      ok: true,
      result: { status },
      text: '',
      status: status === 0 ? 0 : 1,
      isPrinted: true,
    };
  },
});
