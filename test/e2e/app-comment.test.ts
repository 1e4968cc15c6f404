// The real App process: what a comment with `/coord` lines does, what it answers, and whom it does not obey.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { startAppProcess } from '../app-process.ts';
import type { AppToRun } from '../app-process.ts';
import {
  deliver,
  lastDelivery,
  reactionsTo,
  repliesIn,
  say,
  scenePolicy,
  startScene,
  webhookSecret,
} from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';
import { findCommands } from '../../src/grammar/comment.ts';

let scene: Scene;

beforeAll(async () => {
  const self = 'agents:\n  self: { github: "coord[bot]", tier: executive }\n';
  scene = await startScene({ policy: scenePolicy.replace('agents:\n', self) });
}, 120_000);

afterEach(() => {
  expect(scene.fake.violations).toEqual([]);
});

afterAll(async () => {
  await scene.stop();
});

function issue(): number {
  return scene.demo.openIssue({ author: 'ada', title: 'Talk' });
}

interface Shown {
  readonly op: string;
  readonly actor: string;
  readonly commit: string;
  readonly auth: { readonly by: string; readonly subject: string };
}

/** The records of the log as the shell of a clone shows them, oldest first. */
async function records(): Promise<Shown[]> {
  const { records: shown } = await scene.coord('log', '--limit', '200');
  return [...(shown as (Shown & { seq: number })[])].sort((left, right) => left.seq - right.seq);
}

describe('a command of somebody who may write', () => {
  it('goes on the log in one commit that GitHub signed, with eyes and then a rocket', async () => {
    const number = issue();
    const comment = await say(scene, number, '/coord lock src/network/** --ttl 1h');
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'rocket']);
    expect(repliesIn(scene, number)).toEqual([]);
    const last = (await records()).at(-1);
    expect(last).toMatchObject({ op: 'lock.acquire', actor: 'gh:ada', auth: { by: 'github' } });
    expect(last?.auth.subject).toMatch(/^user:\d+:ada$/);
    expect(scene.demo.isSigned(last?.commit ?? '')).toBe(true);
    await say(scene, number, '/coord unlock src/network/**');
  });

  it('stands with the others of its comment in one commit, in their order', async () => {
    const number = issue();
    const before = (await records()).length;
    const body = 'First:\n/coord task add "One"\r\n/coord task add "Two"\n\n/coord lock @deploy';
    const comment = await say(scene, number, body);
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'rocket']);
    const added = (await records()).slice(before);
    expect(added.map(({ op }) => op)).toEqual(['task.add', 'task.add', 'lock.acquire']);
    expect(new Set(added.map(({ commit }) => commit)).size).toBe(1);
  });

  it('between questions is answered with them in one reply', async () => {
    const number = issue();
    const body = '/coord lock @a\n\n/coord status\n\n/coord unlock @a\n\n/coord nonsense';
    const comment = await say(scene, number, body);
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'confused']);
    const [reply = '', ...more] = repliesIn(scene, number);
    expect(more).toEqual([]);
    expect(reply).toMatch(
      /`\/coord lock @a`: done\.[^]*`\/coord status`:\n\n```text\n[^]*`\/coord unlock @a`: done\./,
    );
    expect(findCommands(reply)).toEqual([]);
  });
});

describe('a question', () => {
  it.each([
    '/coord status',
    '/coord help',
    '/coord help lock',
    '/coord help agent',
    '/coord',
    '/coord log',
  ])('%s gets one fenced reply that commands nothing', async (body) => {
    const number = issue();
    const comment = await say(scene, number, body);
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'rocket']);
    const replies = repliesIn(scene, number);
    expect(replies).toHaveLength(1);
    expect(replies[0]).toMatch(/^```text\n[^]+\n```\n\n<!-- coord:reply \d+ -->$/);
    expect(findCommands(replies[0] ?? '/coord')).toEqual([]);
  });

  it('may be asked by who only triages, a command may not', async () => {
    const number = issue();
    const read = await say(scene, number, '/coord status', 'tess');
    expect(reactionsTo(scene, number, read)).toEqual(['eyes', 'rocket']);
    const before = (await records()).length;
    const write = await say(scene, number, '/coord lock @x', 'tess');
    expect(reactionsTo(scene, number, write)).toEqual(['eyes', 'confused']);
    expect(repliesIn(scene, number)[1]).toContain('write access; you have triage');
    expect(await records()).toHaveLength(before);
  });
});

describe('what goes wrong', () => {
  it('is told with what was read, why, and what is nearest', async () => {
    const number = issue();
    const comment = await say(scene, number, '/coord lokc @team `x`');
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'confused']);
    const [reply = ''] = repliesIn(scene, number);
    expect(reply).toContain("`/coord lokc @team 'x'`");
    expect(reply).toContain('lokc');
    expect(reply).toMatch(/Did you mean \\`(un)?lock\\`\?/);
    expect(reply.replace(/`[^`]*`/g, '')).not.toContain('@team');
  });

  it('is told when a lock is held', async () => {
    await scene.coord('agent', 'join', 'opus', '--as', 'opus', '--tier', 'implementer');
    await scene.coord('lock', '@release', '--as', 'opus');
    const number = issue();
    const comment = await say(scene, number, '/coord lock @release');
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'confused']);
    expect(repliesIn(scene, number)[0]).toContain('opus');
    await scene.coord('unlock', '@release', '--as', 'opus');
    await scene.fake.redeliver(lastDelivery(scene, 'issue_comment'));
    await scene.restart();
    const delivery = scene.fake.deliveries.find(
      ({ payload }) => (payload['comment'] as { id?: number } | undefined)?.id === comment,
    );
    await scene.fake.redeliver(delivery?.guid ?? '');
    expect(repliesIn(scene, number)).toHaveLength(1);
    expect((await records()).at(-1)?.op).toBe('lock.release');
  });

  it('is told when the comment is too large or holds too many commands, and nothing ran', async () => {
    const before = (await records()).length;
    const number = issue();
    const large = await say(scene, number, `/coord lock @big\n${'x'.repeat(1_000_000)}`);
    expect(reactionsTo(scene, number, large)).toEqual(['confused']);
    const many = await say(scene, number, '/coord lock @many\n\n'.repeat(11));
    expect(reactionsTo(scene, number, many)).toEqual(['confused']);
    const replies = repliesIn(scene, number);
    expect(replies[0]).toContain('131072 bytes');
    expect(replies[1]).toContain('at most 10 commands');
    expect(await records()).toHaveLength(before);
  });

  it('is shown by the reaction where the conversation is locked; the command runs', async () => {
    const number = issue();
    scene.demo.lock(number);
    const comment = await say(scene, number, '/coord lock @quiet');
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'rocket']);
    const wrong = await say(scene, number, '/coord lokc');
    expect(reactionsTo(scene, number, wrong)).toEqual(['eyes', 'confused']);
    expect(repliesIn(scene, number)).toEqual([]);
  });
});

describe('who is not obeyed', () => {
  it('a stranger, who is told once a conversation', async () => {
    const before = (await records()).length;
    const number = issue();
    const first = await say(scene, number, '/coord lock @mine', 'bob');
    const second = await say(scene, number, '/coord status', 'bob');
    await scene.restart();
    const third = await say(scene, number, '/coord lock @mine', 'bob');
    for (const comment of [first, second, third]) {
      expect(reactionsTo(scene, number, comment)).toEqual(['confused']);
    }
    expect(repliesIn(scene, number)).toHaveLength(1);
    expect(repliesIn(scene, number)[0]).toContain('you have read');
    expect(await records()).toHaveLength(before);
  });

  it('a bot that the policy does not list; one that it lists is its agent', async () => {
    const number = issue();
    const spam = await say(scene, number, '/coord lock @spam', 'spam-bot[bot]');
    expect(reactionsTo(scene, number, spam)).toEqual([]);
    expect(repliesIn(scene, number)).toEqual([]);
    await scene.coord('agent', 'join', 'codex', '--as', 'codex');
    const listed = await say(scene, number, '/coord lock @codex', 'codex-bot[bot]');
    expect(reactionsTo(scene, number, listed)).toEqual(['eyes', 'rocket']);
    expect((await records()).at(-1)).toMatchObject({ op: 'lock.acquire', actor: 'codex' });
  });

  it('somebody of whom GitHub does not say what they may do', async () => {
    const number = issue();
    const before = (await records()).length;
    const operation = 'repos/get-collaborator-permission-level';
    scene.fake.faults.next({ kind: 'status', status: 500, match: { operation }, times: 4 });
    const comment = await say(scene, number, '/coord lock @maybe');
    expect(scene.fake.faults.pending).toBe(0);
    expect(reactionsTo(scene, number, comment)).toEqual(['confused']);
    expect(repliesIn(scene, number)[0]).toContain('nothing was done');
    expect(await records()).toHaveLength(before);
  });

  it.each([
    ['code', '```\n/coord lock @code\n```'],
    ['an indented block', 'text\n\n    /coord lock @code'],
    ['a quote', '> /coord lock @code'],
    ['an HTML comment', '<!--\n/coord lock @code\n-->'],
    ['the middle of a line', 'say /coord lock @code'],
  ])('%s', async (_name, body) => {
    const number = issue();
    const comment = await say(scene, number, body);
    expect(reactionsTo(scene, number, comment)).toEqual([]);
    expect(repliesIn(scene, number)).toEqual([]);
  });

  it('an edit', async () => {
    const number = issue();
    const before = (await records()).length;
    const comment = await say(scene, number, 'Nothing yet.');
    scene.demo.editComment({ comment, user: 'ada', body: '/coord lock @edited' });
    await scene.fake.settled();
    expect(reactionsTo(scene, number, comment)).toEqual([]);
    expect(await records()).toHaveLength(before);
  });

  it('itself, even where the policy would list it', async () => {
    const number = issue();
    const before = (await records()).length;
    const comment = await say(scene, number, '/coord lock @self', scene.app.botLogin);
    expect(reactionsTo(scene, number, comment)).toEqual([]);
    expect(await records()).toHaveLength(before);
  });
});

describe('a comment delivered again', () => {
  it('adds no record and no reply, also after the App was started anew', async () => {
    const number = issue();
    const comment = await say(scene, number, '/coord lock @once\n\n/coord status');
    const count = (await records()).length;
    const guid = lastDelivery(scene, 'issue_comment');
    await scene.fake.redeliver(guid);
    await scene.restart();
    await scene.fake.redeliver(guid);
    expect(await records()).toHaveLength(count);
    expect(repliesIn(scene, number)).toHaveLength(1);
    expect(reactionsTo(scene, number, comment)).toEqual(['eyes', 'rocket']);
  });

  it('to two Apps at the same moment adds one record', async () => {
    const number = issue();
    await say(scene, number, 'Nothing yet.');
    const { app, fake } = scene;
    const { id, privateKey } = app;
    const other: AppToRun = { id, privateKey, webhookSecret, webhookUrl: null };
    const second = await startAppProcess(fake, other);
    const guid = lastDelivery(scene, 'issue_comment');
    const known = fake.deliveries.find((delivery) => delivery.guid === guid);
    const comment = { ...(known?.payload['comment'] as object), body: '/coord lock @both' };
    const payload = { ...known?.payload, comment };
    const before = (await records()).length;
    const same = { guid: randomUUID() };
    const both = [app, other];
    await Promise.all(
      both.map((each) => deliver({ app: each, fake }, 'issue_comment', payload, same)),
    );
    expect(await second.stop()).toBe(0);
    expect((await records()).slice(before).map(({ op }) => op)).toEqual(['lock.acquire']);
    expect(repliesIn(scene, number)).toEqual([]);
  });
});
