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

type Agent = 'codex' | 'opus';

interface Set {
  readonly root: string;
  readonly fake: FakeGitHub;
  readonly repository: RepositoryHandle;
  readonly clones: Readonly<Record<Agent, string>>;
}

/** How the race ended; who wins is decided by the race alone, and the story goes on from there. */
interface Roles {
  readonly winner: Agent;
  readonly loser: Agent;
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
  narrator.say('codex and opus both may write src/network/**, and nothing else.');
  return { root, fake, repository, clones };
}

/** A word as one would type it. */
function typed(word: string): string {
  return /^[\w./@:=-]+$/.test(word) ? word : `'${word}'`;
}

async function show(set: Set, agent: Agent, words: readonly string[]): Promise<void> {
  narrator.show(
    `coord ${words.map(typed).join(' ')}   (${agent})`,
    await coord(set.clones[agent], agent, words),
  );
}

async function agentsMeet(set: Set): Promise<Roles> {
  narrator.scene('The log is created; two agents join and race for one task');
  const init = await play(process.execPath, [program, '-C', set.clones.codex, 'init']);
  narrator.show('coord init', init);
  await show(set, 'codex', ['agent', 'join', 'codex', '--capability', 'ts']);
  await show(set, 'opus', ['agent', 'join', 'opus', '--capability', 'ts']);
  const task = ['task', 'add', 'Back off between retries', '--files', 'src/network/**'];
  await show(set, 'codex', task);
  const claim = ['claim', 'T-1'];
  const [ofCodex, ofOpus] = await Promise.all([
    coord(set.clones.codex, 'codex', claim),
    coord(set.clones.opus, 'opus', claim),
  ]);
  narrator.say('$ coord claim T-1   (codex and opus at the same time)');
  for (const { status, out, err } of [ofCodex, ofOpus])
    narrator.say(status === 0 ? (out.split('\n')[0] ?? '') : err);
  if ((ofCodex.status === 0) === (ofOpus.status === 0)) {
    throw new Error(`One of the two must win the race: ${ofCodex.err} ${ofOpus.err}`);
  }
  const isCodex = ofCodex.status === 0;
  return isCodex ? { winner: 'codex', loser: 'opus' } : { winner: 'opus', loser: 'codex' };
}

async function agentsTalk(set: Set, { winner, loser }: Roles): Promise<void> {
  narrator.scene(`${winner} has the task and locks what it works on; ${loser} wants a file there`);
  await show(set, winner, ['lock', 'src/network/**', '--ttl', '1h', '--reason', 'backoff']);
  await show(set, loser, ['lock', 'src/network/route.ts']);
  await show(set, loser, ['send', winner, 'Routing', 'I need route.ts; when are you done?']);
  await show(set, winner, ['inbox']);
}

async function push(
  set: Set,
  agent: Agent,
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

/** Branches of the two pull requests. */
function branchesOf({ winner, loser }: Roles): readonly [string, string] {
  return [`${winner}/backoff`, `${loser}/route`];
}

async function pullRequests(set: Set, roles: Roles): Promise<readonly number[]> {
  narrator.scene('The App is started as a process of its own; both agents open pull requests');
  const app = await set.fake.createApp({
    name: 'coord',
    permissions: appPermissions,
    events: appEvents,
    webhookSecret: 'the secret of this demo',
  });
  const running = await startAppProcess(set.fake, app, {}, [process.execPath, program, 'serve']);
  const { winner, loser } = roles;
  const [backoff, route] = branchesOf(roles);
  try {
    const numbers = [
      await push(set, winner, backoff, inside),
      await push(set, loser, route, astray),
    ];
    await set.fake.settled();
    narrator.say(
      `${winner} stayed in its scope. ${loser} did not wait: it wrote into src/server, and a function of complexity 12.`,
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

async function farewell(set: Set, roles: Roles): Promise<void> {
  const [, route] = branchesOf(roles);
  await mustPlay('git', ['-C', set.clones.codex, 'fetch', '--quiet']);
  narrator.scene('Look around');
  narrator.say(
    [
      `${set.clones.codex}    a clone: run coord status, coord log, coord git log -p there`,
      `${set.repository.gitDir}    the remote: git log coord`,
      `node ${program} -C ${set.clones.codex} --as ${roles.loser} check --base main --head origin/${route}    the second verdict again`,
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
  const roles = await agentsMeet(set);
  await agentsTalk(set, roles);
  const numbers = await pullRequests(set, roles);
  await lookBack(set);
  expectEnding(set, numbers);
  await farewell(set, roles);
} finally {
  await set.fake.stop();
}
