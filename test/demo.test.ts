// The demo plays to its end, and notices when the shell it plays with is broken on purpose.
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Plugin } from 'esbuild';
import { bundleShell } from '../scripts/shell-bundle.ts';

const cache = 'node_modules/.cache';
const folders: string[] = [];
const roots: string[] = [];

afterAll(async () => {
  await Promise.all(
    [...folders, ...roots].map((path) => rm(path, { recursive: true, force: true })),
  );
});

/** Takes one check out of the registry while bundling. */
function without(check: string): Plugin {
  return {
    name: `without-${check}`,
    setup(build) {
      build.onLoad({ filter: /src[\\/]registry\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const broken = source.replace(`  ${check},\n`, '');
        expect(broken).not.toBe(source);
        return { contents: broken, loader: 'ts' };
      });
    },
  };
}

interface Ending {
  readonly status: number | null;
  readonly printed: string;
}

async function playDemo(name: string, plugins: Plugin[] = []): Promise<Ending> {
  const folder = `${cache}/demo-${process.pid}-${name}`;
  folders.push(folder);
  await bundleShell(folder, plugins);
  const ending = await new Promise<Ending>((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'demo/main.ts'], {
      env: { ...process.env, COORD_PROGRAM: `../${folder}/coord.js` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    const take = (chunk: Buffer): void => void (printed += chunk.toString('utf8'));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, printed }));
  });
  const root = /everything lies in (.+)\)/.exec(ending.printed)?.[1];
  if (root !== undefined) roots.push(root);
  return ending;
}

describe('the demo', () => {
  it('shows the race, both verdicts, the status, the log and the verification', async () => {
    const { status, printed } = await playDemo('whole');
    const winner = /T-1 has been claimed by (codex|opus)/.exec(printed)?.[1] ?? 'nobody';
    const loser = winner === 'codex' ? 'opus' : 'codex';
    expect(printed).toContain(`${winner} has the task and locks what it works on`);
    expect(printed).toMatch(new RegExp(`coord lock 'src/network/.*\\(${winner}\\)`));
    expect(printed).toMatch(new RegExp(`coord lock src/network/route.ts +\\(${loser}\\)`));
    expect(printed).toContain(`${winner} stayed in its scope.`);
    expect(printed).toContain(`${loser} may write only \`src/network/**\``);
    expect(printed).toContain('Pull request #1: check run "coord / gate"');
    expect(printed).toMatch(/#1: .*: success\n/);
    expect(printed).toMatch(/#2: .*: failure\n/);
    expect(printed).toContain('`route` has complexity 12, 8 are allowed');
    expect(printed).toContain('$ coord status');
    expect(printed).toContain('1 command: verdict [skip ci]');
    expect(printed).toMatch(/\$ coord verify.*\n\s*The log is good/);
    expect(status).toBe(0);
  });

  it.each(['scopeCheck', 'complexityCheck'])('fails when %s is missing', async (check) => {
    const { status, printed } = await playDemo(check, [without(check)]);
    expect(printed).toContain('The demo ended otherwise than it should');
    expect(status).not.toBe(0);
  });
});
