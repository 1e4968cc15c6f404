// The trust rule on the real process: what permits counts from GitHub's word, never from a record that was pushed by hand.
import { Octokit } from '@octokit/rest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { verifySignature } from '../../src/adapters/system/signature.ts';
import { githubLog } from '../../src/adapters/github/log-store.ts';
import { branchPolicy, usable } from '../../src/adapters/github/policy.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { execute } from '../../src/engine/execute.ts';
import { routeEvents } from '../../src/engine/fold.ts';
import { projectionOf } from '../../src/engine/project.ts';
import { evolutionsOf } from '../../src/engine/registry-port.ts';
import { nextHybridTime } from '../../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../../src/log/id.ts';
import type { CommitDraft, LogStore } from '../../src/log/store.ts';
import { registry } from '../../src/registry.ts';
import { newestRun, openPull, say, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
}, 120_000);

afterEach(() => {
  expect(scene.fake.violations).toEqual([]);
});

afterAll(async () => {
  await scene.stop();
});

/** The commit that would put a record on the log, claiming to be said by a person on GitHub. */
async function forgedDraft(op: string, input: Record<string, unknown>): Promise<CommitDraft> {
  const clock = systemClock();
  const repository = { owner: 'octo', repo: 'demo' };
  const client = new Octokit({
    baseUrl: `${scene.fake.url}/api/v3`,
    auth: scene.app.createToken(),
  });
  const log = githubLog({ client, repository, appSlug: null });
  const drafts: CommitDraft[] = [];
  const store: LogStore = {
    place: log.place,
    head: () => log.head(),
    read: (range) => log.read(range),
    checkpoint: (oid) => log.checkpoint(oid),
    exclusively: (work) => work(),
    append: (draft) => {
      drafts.push(draft);
      return Promise.resolve({ ok: true, oid: '0'.repeat(40) });
    },
  };
  const evolutions = routeEvents(evolutionsOf(registry));
  const projection = projectionOf(store, evolutions, clock);
  const policy = async () => usable(await branchPolicy(client, repository, null));
  const { log: id, position } = await projection.load();
  const now = clock.now();
  const intent = {
    ...{ id: uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes)), log: id ?? '' },
    ...{ op, actor: 'gh:ada', input, hlc: nextHybridTime(position?.hlc ?? null, now) },
  };
  const auth = { by: 'github', subject: 'user:1:ada' } as const;
  const engine = {
    ...{ store, registry, evolutions, projection, clock, policy },
    verify: verifySignature,
  };
  const [answer] = await execute(engine, [{ intent, auth, isPersonPresent: true }]);
  const [draft] = drafts;
  if (answer?.ok === true && draft !== undefined) return draft;
  throw new Error(`The forgery was refused: ${JSON.stringify(answer)}`);
}

/** Pushes it by hand, in a commit that has the App's address as its author's; only GitHub's signature is missing. */
async function forge(op: string, input: Record<string, unknown>): Promise<void> {
  const { files, message } = await forgedDraft(op, input);
  const { botLogin: author } = scene.app;
  await scene.demo.seed({ branch: 'coord', author, message, files: Object.fromEntries(files) });
}

async function judgeAgain(number: number): Promise<string | null> {
  scene.demo.rerequestCheckRun(newestRun(scene, number).id, 'ada');
  await scene.fake.settled();
  return newestRun(scene, number).conclusion;
}

function issue(): number {
  return scene.demo.openIssue({ author: 'ada', title: 'Talk' });
}

describe.each([
  {
    name: 'a phase',
    path: 'src/ui/x.ts',
    op: 'plan.start',
    input: { phase: 'ui' },
    words: '/coord plan start ui',
  },
  {
    name: 'a grant',
    path: 'docs/guide.md',
    op: 'plan.grant',
    input: { agent: 'codex', glob: 'docs/**', duration: '2h', why: 'docs' },
    words: '/coord grant codex docs/** 2h --why "docs"',
  },
])('$name', ({ path, op, input, words }) => {
  it('permits nothing when it was pushed by hand, and counts when a writer says it on GitHub', async () => {
    const number = await openPull(scene, op, { [path]: `${op}\n` });
    expect(newestRun(scene, number).conclusion).toBe('failure');
    const before = newestRun(scene, number).output.summary;
    await forge(op, input);
    expect(await judgeAgain(number)).toBe('failure');
    expect(newestRun(scene, number).output.summary).not.toBe(before);
    await say(scene, issue(), words);
    expect(await judgeAgain(number)).toBe('success');
  });
});
