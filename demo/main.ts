// `npm run demo`: the main job on an embedded repository, from two agents that race to the verdicts on their pull requests.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appEvents, appPermissions, startAppProcess } from '../test/app-process.ts';
import { startFakeGitHub } from '../test/fakes/github/fake-github.ts';
import type { FakeGitHub } from '../test/fakes/github/fake-github.ts';
import type { RepositoryHandle } from '../test/fakes/github/repository-handle.ts';
import { Narrator, coord, mustPlay, play, program } from './stage.ts';
import { astray, beginning, inside } from './story.ts';

const narrator = new Narrator();

interface Set {
  readonly root: string;
  readonly fake: FakeGitHub;
  readonly repository: RepositoryHandle;
  /** Clones of codex and opus. */
  readonly clones: Readonly<Record<'codex' | 'opus', string>>;
}

async function buildSet(): Promise<Set> {
  const root = await mkdtemp(join(tmpdir(), 'coord-demo-'));
  narrator.scene(
    `A repository with a plan, and a GitHub to put it on (everything lies in ${root})`,
  );
  const fake = await startFakeGitHub({ folder: join(root, 'github') });
  for (const login of ['codex-bot[bot]', 'opus-bot[bot]']) fake.addUser(login, { type: 'Bot' });
  const repository = await fake.addRepository('octo/demo', {
    files: beginning,
    roles: { ada: 'admin' },
  });
  const clones = { codex: join(root, 'codex'), opus: join(root, 'opus') };
  for (const [name, clone] of Object.entries(clones)) {
    await mustPlay('git', ['clone', '--quiet', repository.gitDir, clone]);
    await mustPlay('git', ['-C', clone, 'config', 'user.name', name]);
    await mustPlay('git', ['-C', clone, 'config', 'user.email', `${name}@example.com`]);
  }
  narrator.say(`The policy is ${join(clones.codex, '.github/coord.yml')}; phase rpc is active:`);
  narrator.say('codex may write src/network/**, opus may write src/ui/**.');
  return { root, fake, repository, clones };
}

/** A word as one would type it. */
function typed(word: string): string {
  return /^[\w./@:=-]+$/.test(word) ? word : `'${word}'`;
}

async function show(set: Set, agent: 'codex' | 'opus', words: readonly string[]): Promise<void> {
  narrator.show(
    `coord ${words.map(typed).join(' ')}   (${agent})`,
    await coord(set.clones[agent], agent, words),
  );
}

async function agentsMeet(set: Set): Promise<void> {
  narrator.scene('The log is created; two agents join and race for one task');
  const init = await play(process.execPath, [program, '-C', set.clones.codex, 'init']);
  narrator.show('coord init', init);
  await show(set, 'codex', ['agent', 'join', 'codex', '--capability', 'ts']);
  await show(set, 'opus', ['agent', 'join', 'opus', '--capability', 'ts']);
  const task = ['task', 'add', 'Back off between retries', '--files', 'src/network/**'];
  await show(set, 'codex', task);
  const claim = ['claim', 'T-1'];
  const race = await Promise.all([
    coord(set.clones.codex, 'codex', claim),
    coord(set.clones.opus, 'opus', claim),
  ]);
  narrator.say('$ coord claim T-1   (codex and opus at the same time)');
  for (const { status, out, err } of race)
    narrator.say(status === 0 ? (out.split('\n')[0] ?? '') : err);
}

async function agentsTalk(set: Set): Promise<void> {
  narrator.scene('They lock what they work on and talk');
  await show(set, 'codex', ['lock', 'src/network/**', '--ttl', '1h', '--reason', 'backoff']);
  await show(set, 'opus', ['lock', 'src/network/route.ts']);
  await show(set, 'opus', ['send', 'codex', 'Routing', 'I need route.ts; when are you done?']);
  await show(set, 'codex', ['inbox']);
}

async function push(
  set: Set,
  agent: 'codex' | 'opus',
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<number> {
  const author = `${agent}-bot[bot]`;
  await set.repository.seed({ branch, files, author, message: `Work of ${agent}` });
  return set.repository.openPullRequest({ head: branch, author, title: `Work of ${agent}` });
}

function showVerdict(set: Set, number: number): void {
  const head = set.repository.pull(number).pull.headSha;
  const run = set.repository.checkRuns(head).at(-1);
  if (run === undefined) throw new Error(`Pull request ${number} got no check run.`);
  narrator.say(
    `Pull request #${number}: check run "${run.name}" on ${head.slice(0, 10)}: ${run.conclusion ?? run.status}`,
  );
  narrator.say(`  ${run.output.title ?? ''}`);
  for (const note of run.annotations) {
    narrator.say(
      `  ${String(note['annotation_level'])}: ${String(note['path'])}:${String(note['start_line'])}  ${String(note['message'])}`,
    );
  }
}

async function pullRequests(set: Set): Promise<readonly number[]> {
  narrator.scene('The App is started as a process of its own; both agents open pull requests');
  const app = await set.fake.createApp({
    name: 'coord',
    permissions: appPermissions,
    events: appEvents,
    webhookSecret: 'the secret of this demo',
  });
  const running = await startAppProcess(set.fake, app, {}, [process.execPath, program, 'serve']);
  try {
    const numbers = [
      await push(set, 'codex', 'codex/backoff', inside),
      await push(set, 'opus', 'opus/route', astray),
    ];
    await set.fake.settled();
    narrator.say(
      'codex stayed in its scope. opus wrote into src/network, and a function of complexity 12.',
    );
    for (const number of numbers) showVerdict(set, number);
    return numbers;
  } finally {
    await running.stop();
  }
}

async function lookBack(set: Set): Promise<void> {
  const clone = set.clones.codex;
  narrator.scene('What everybody sees afterwards');
  await show(set, 'codex', ['status']);
  const log = ['log', '--format=%h %s', 'coord'];
  narrator.show(`coord git ${log.join(' ')}`, await coord(clone, 'codex', ['git', ...log]));
  await show(set, 'codex', ['log']);
  const verified = await coord(clone, 'codex', ['verify']);
  narrator.show('coord verify', verified);
  if (verified.status !== 0) throw new Error('The log of the demo is not good.');
}

async function farewell(set: Set): Promise<void> {
  await mustPlay('git', ['-C', set.clones.codex, 'fetch', '--quiet']);
  narrator.scene('Look around');
  narrator.say(
    [
      `${set.clones.codex}    a clone: run coord status, coord log, coord git log -p there`,
      `${set.repository.gitDir}    the remote: git log coord`,
      `node ${program} -C ${set.clones.codex} --as opus check --base main --head origin/opus/route    the second verdict again`,
      '',
      'On a repository of your own: npm link here, then there: coord init --agents-md, write .github/coord.yml,',
      'let agents join, and run the App (coord serve) or the Action; README.md shows each step.',
    ].join('\n'),
  );
}

/** Fails when the story did not end as it should, so that the demo is a test too. */
function expectEnding(set: Set, numbers: readonly number[]): void {
  const conclusions = numbers.map((number) => {
    const head = set.repository.pull(number).pull.headSha;
    return set.repository.checkRuns(head).at(-1)?.conclusion;
  });
  const rules = set.repository
    .checkRuns(set.repository.pull(numbers[1] ?? 0).pull.headSha)
    .flatMap(({ annotations }) => annotations.map((note) => String(note['title'])));
  const isExpected =
    conclusions.join() === 'success,failure' &&
    rules.includes('scope: scope-outside') &&
    rules.includes('complexity: complexity') &&
    set.fake.violations.length === 0;
  if (isExpected) return;
  throw new Error(
    `The demo ended otherwise than it should: ${conclusions.join()}; ${rules.join()}; ${JSON.stringify(set.fake.violations)}`,
  );
}

const set = await buildSet();
try {
  await agentsMeet(set);
  await agentsTalk(set);
  const numbers = await pullRequests(set);
  await lookBack(set);
  expectEnding(set, numbers);
  await farewell(set);
} finally {
  await set.fake.stop();
}
