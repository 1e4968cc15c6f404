// The Action as the runner starts it: its bundle in a folder of its own, and nothing in the environment but INPUT_* and GITHUB_*.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildInto } from '../scripts/action-bundle.ts';
import { inputs } from '../src/surfaces/action/io.ts';
import type { InputName, OutputName } from '../src/surfaces/action/io.ts';

/** The step that is run: inputs as the workflow gives them, the event as GitHub sends it. */
export interface ActionStep {
  readonly apiUrl: string;
  readonly repository: string;
  readonly event: string;
  readonly payload: unknown;
  readonly with: Readonly<Partial<Record<InputName, string>>>;
}

export interface ActionRun {
  readonly status: number | null;
  /** Standard output and error: the job's log with its workflow commands. */
  readonly log: string;
  readonly outputs: Readonly<Partial<Record<OutputName, string>>>;
  readonly summary: string;
}

export interface ActionBundle {
  run(step: ActionStep): Promise<ActionRun>;
  remove(): Promise<void>;
}

/** The inputs as the runner fills them in: what the step says, else the default. */
function inputVariables(given: ActionStep['with']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: fallback }]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name as InputName] ?? fallback,
    ]),
  );
}

/** Reads `name<<delimiter`, lines of the value, `delimiter`. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [, name = '', , value = ''] of text.matchAll(/^(.+?)<<(.+)\n([^]*?)\n\2$/gm)) {
    outputs[name] = value;
  }
  return outputs;
}

function start(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<Pick<ActionRun, 'status' | 'log'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program], {
      env: { ...env },
      cwd: dirname(program),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, log }));
  });
}

/** Bundles the Action as dist/ is bundled, below a package.json as the runner's checkout of the action has it. */
export async function bundleAction(): Promise<ActionBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'coord-action-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await buildInto(join(folder, 'dist'));
  let runs = 0;
  return {
    run: async (step) => {
      runs += 1;
      const path = (name: string): string => join(folder, `${runs}-${name}`);
      const files = { event: path('event.json'), output: path('output'), summary: path('summary') };
      await writeFile(files.event, JSON.stringify(step.payload));
      await writeFile(files.output, '');
      await writeFile(files.summary, '');
      const ended = await start(join(folder, 'dist/index.js'), {
        ...inputVariables(step.with),
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: step.apiUrl,
        GITHUB_EVENT_NAME: step.event,
        GITHUB_EVENT_PATH: files.event,
        GITHUB_OUTPUT: files.output,
        GITHUB_REPOSITORY: step.repository,
        GITHUB_STEP_SUMMARY: files.summary,
      });
      const outputs = readOutputs(await readFile(files.output, 'utf8'));
      return { ...ended, outputs, summary: await readFile(files.summary, 'utf8') };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
