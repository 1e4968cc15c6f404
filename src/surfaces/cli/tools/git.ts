// `coord git ARGS...`: git on the store, so that everything can be looked at with the tool everybody knows.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { storeDirectory } from '../../../adapters/git/local-log.ts';
import { refuse } from '../../../kernel/decider.ts';
import { Fault } from '../../../kernel/fault.ts';
import { tool } from '../tool.ts';

const input = () =>
  z.object({ words: z.array(z.string()).default([]).describe('Arguments for git') });

interface Ran {
  readonly status: number;
  /** Empty where git itself printed it. */
  readonly output: string;
}

/** Runs git with the terminal in its hands; `isKept` keeps what it prints for the answer. */
function passThrough(gitDir: string, words: readonly string[], isKept: boolean): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [`--git-dir=${gitDir}`, ...words], {
      stdio: ['inherit', isKept ? 'pipe' : 'inherit', 'inherit'],
    });
    const printed: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
    child.on('error', () =>
      reject(
        new Fault(
          'git-missing',
          'git is not installed, or not on the PATH. Install git 2.30 or newer.',
        ),
      ),
    );
    child.on('close', (code) =>
      resolve({ status: code ?? 128, output: Buffer.concat(printed).toString('utf8') }),
    );
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
    if (!existsSync(directory)) {
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    const { isJson } = shell.globals;
    const { status, output } = await passThrough(directory, words, isJson);
    const result = isJson ? { status, output } : { status };
    return { ok: true, result, text: '', status: status === 0 ? 0 : 1, isPrinted: !isJson };
  },
});
