// The App as a process of its own against the fake GitHub with 150 ms a call: comment to reaction, push to completed gate.
import { join } from 'node:path';
import { appEvents, appPermissions, startAppProcess } from '../test/app-process.ts';
import type { AppProcess } from '../test/app-process.ts';
import { startFakeGitHub } from '../test/fakes/github/fake-github.ts';
import type { FakeGitHub } from '../test/fakes/github/fake-github.ts';
import type { RepositoryHandle } from '../test/fakes/github/repository-handle.ts';
import type { Figure } from './figure.ts';
import { program, run, runCoord, temporaryDirectory } from './program.ts';
import { median, percentile } from './sampling.ts';

const latencyMs = 150;
const reactionMsMax = 1500;
const gateMsMax = 4000;
const writesMax = 3;
const filesPerPush = 5;
const author = 'codex-bot[bot]';

const policy = `version: 1
enforce: require
agents:
  codex: { github: "${author}", tier: implementer }
plan:
  phases:
    - id: all
      status: active
      scopes: { codex: { write: ["src/**"] } }
`;

interface Scene {
  readonly fake: FakeGitHub;
  readonly repository: RepositoryHandle;
  readonly app: AppProcess;
  readonly end: () => Promise<void>;
}

/** Code of some 100 lines; `variant` makes it another text. */
function code(file: number, variant: number): string {
  const functions = Array.from({ length: 16 }, (_, at) => {
    const name = `part${file}Step${at}`;
    return `export function ${name}(given: readonly number[]): number {\n  let sum = ${variant};\n  for (const each of given) {\n    sum += each > ${at} ? each : ${at};\n  }\n  return sum;\n}\n`;
  });
  return functions.join('\n');
}

function changed(variant: number): Record<string, string> {
  const paths = Array.from({ length: filesPerPush }, (_, file) => file);
  return Object.fromEntries(paths.map((file) => [`src/part-${file}/code.ts`, code(file, variant)]));
}

async function openScene(): Promise<Scene> {
  const place = temporaryDirectory('app');
  const fake = await startFakeGitHub({ folder: join(place.path, 'github') });
  fake.addUser(author, { type: 'Bot' });
  const repository = await fake.addRepository('octo/bench', {
    files: { '.github/coord.yml': policy, ...changed(0) },
    roles: { ada: 'write' },
  });
  const clone = join(place.path, 'clone');
  run('git', ['clone', '--quiet', repository.gitDir, clone]);
  for (const words of [['init'], ['--as', 'codex', 'agent', 'join', 'codex']]) {
    runCoord(['-C', clone, ...words]);
  }
  const app = await fake.createApp({
    name: 'coord',
    permissions: appPermissions,
    events: appEvents,
    webhookSecret: 'the secret of this benchmark',
  });
  const command = [process.execPath, program, 'serve'];
  const running = await startAppProcess(fake, app, { LOG_LEVEL: 'error' }, command);
  fake.faults.delayMs(latencyMs);
  const end = async (): Promise<void> => {
    await running.stop();
    await fake.stop();
    place.remove();
  };
  return { fake, repository, app: running, end };
}

interface Outcome {
  /** From the act to the answer of the call that shows its effect. */
  readonly milliseconds: number;
  readonly writes: number;
}

/** Does something and waits until everything that it caused is over; the last call of `operation` ends the measuring. */
async function observe({ fake }: Scene, operation: string, act: () => unknown): Promise<Outcome> {
  const known = fake.requests.length;
  const began = performance.now();
  await act();
  await fake.settled();
  const caused = fake.requests.slice(known);
  const ends = caused
    .filter((request) => request.operation === operation)
    .map(({ at, durationMs }) => at + durationMs);
  if (ends.length === 0) throw new Error(`The App never called ${operation}.`);
  const writes = caused.filter(({ isWrite }) => isWrite).length;
  return { milliseconds: Math.max(...ends) - began, writes };
}

async function comments(scene: Scene, rounds: number): Promise<Outcome[]> {
  const { repository } = scene;
  const issue = repository.openIssue({ author: 'ada', title: 'What is to be done' });
  await scene.fake.settled();
  const outcomes: Outcome[] = [];
  // One more, because the first webhook of a process opens connections, reads the whole log and asks for a token.
  for (let round = 0; round <= rounds; round += 1) {
    const body = `/coord task add "Part ${round}"`;
    const outcome = await observe(scene, 'reactions/create-for-issue-comment', () =>
      repository.comment({ issue, user: 'ada', body }),
    );
    const reactions = repository.comments(issue)[round]?.reactions.map(({ content }) => content);
    if (reactions?.includes('rocket') !== true) {
      throw new Error(`A comment got ${reactions?.join() ?? 'no reaction'}: ${scene.app.output()}`);
    }
    outcomes.push(outcome);
  }
  return outcomes.slice(1);
}

async function pushes(scene: Scene, rounds: number): Promise<Outcome[]> {
  const { repository, fake } = scene;
  const branch = 'codex/work';
  await repository.seed({ branch, files: changed(1), author });
  const number = await repository.openPullRequest({ head: branch, author });
  await fake.settled();
  const outcomes: Outcome[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const files = changed(round + 2);
    outcomes.push(
      await observe(scene, 'checks/update', () => repository.push({ branch, files, author })),
    );
    const gate = repository.checkRuns(repository.pull(number).pull.headSha).at(-1);
    if (gate?.conclusion !== 'success') {
      throw new Error(`A push got ${gate?.conclusion ?? 'no gate'}: ${scene.app.output()}`);
    }
  }
  return outcomes;
}

function figureOf(outcomes: readonly Outcome[], name: string, limit: number): Figure {
  const all = outcomes.map(({ milliseconds }) => milliseconds);
  return {
    name,
    ...{ statistic: 'p95', unit: 'ms', rounds: all.length, measured: percentile(all, 95) },
    ...{ limit, limitIs: `fixed, with ${latencyMs} ms a call` },
    note: `median ${median(all).toFixed(0)} ms, slowest ${Math.max(...all).toFixed(0)} ms`,
  };
}

/** The three figures of the App. */
export async function appFigures(rounds: number): Promise<Figure[]> {
  const scene = await openScene();
  try {
    const commented = await comments(scene, rounds);
    const pushed = await pushes(scene, rounds);
    const [violation] = scene.fake.violations;
    if (violation !== undefined) throw new Error(`The fake GitHub objects: ${violation.message}`);
    const writes = pushed.map((outcome) => outcome.writes);
    return [
      figureOf(commented, 'comment to reaction', reactionMsMax),
      figureOf(pushed, `push of ${filesPerPush} files to completed gate`, gateMsMax),
      {
        name: 'API writes per push',
        ...{ statistic: 'max', unit: 'writes', rounds: writes.length },
        ...{ measured: Math.max(...writes), limit: writesMax, limitIs: 'fixed' },
        note: '',
      },
    ];
  } finally {
    await scene.end();
  }
}
