// The real App process: who mentions or assigns a joined agent puts a linked message into its inbox.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lastDelivery, say, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
  await scene.coord('agent', 'join', 'codex', '--as', 'codex');
}, 120_000);

afterEach(() => {
  expect(scene.fake.violations).toEqual([]);
});

afterAll(async () => {
  await scene.stop();
});

interface Shown {
  readonly from: string;
  readonly subject: string;
  readonly link: string | null;
}

async function inbox(): Promise<Shown[]> {
  const { messages } = await scene.coord('inbox', '--as', 'codex');
  return messages as Shown[];
}

function issue(body = '', author = 'ada'): number {
  return scene.demo.openIssue({ author, title: 'A talk', body });
}

/** How many messages came while something happened. */
async function newMessages(happen: () => unknown): Promise<Shown[]> {
  const before = (await inbox()).map(({ subject, link }) => `${subject} ${link ?? ''}`);
  await happen();
  await scene.fake.settled();
  return (await inbox()).filter(
    ({ subject, link }) => !before.includes(`${subject} ${link ?? ''}`),
  );
}

describe('a mention', () => {
  it.each([
    ['by name', 'Can @codex look at this?'],
    ['by login', '@codex-bot please'],
    ['by login with its suffix', 'see @codex-bot[bot], thanks'],
    ['twice in one text', '@codex and @codex-bot'],
  ])('%s in a comment is one message with a link', async (_name, body) => {
    const number = issue();
    await scene.fake.settled();
    const found = await newMessages(() => say(scene, number, body));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      from: 'gh:ada',
      subject: `Mentioned in #${number}: A talk`,
      link: expect.stringMatching(/^http:.*#issuecomment-\d+$/) as string,
    });
  });

  it('in a new issue is one message', async () => {
    let number = 0;
    const found = await newMessages(() => (number = issue('Hello @codex.')));
    expect(found.map(({ subject }) => subject)).toEqual([`Mentioned in #${number}: A talk`]);
  });

  it.each([
    ['in a code span', 'run `@codex` and ``x ` @codex``'],
    ['in a fence', '```\n@codex\n```'],
    ['in a quote', '> @codex said'],
    ['in an HTML comment', 'a <!-- @codex --> b'],
    ['in an address', 'mail me@codex.example or a/@codex'],
    ['of somebody else', '@codexx @opus'],
  ])('%s is none', async (_name, body) => {
    const number = issue();
    expect(await newMessages(() => say(scene, number, body))).toEqual([]);
  });

  it('by a stranger or an unlisted bot is none', async () => {
    const number = issue();
    expect(await newMessages(() => say(scene, number, 'hey @codex', 'bob'))).toEqual([]);
    expect(await newMessages(() => say(scene, number, 'hey @codex', 'spam-bot[bot]'))).toEqual([]);
    expect(await newMessages(() => issue('hey @codex', 'bob'))).toEqual([]);
  });

  it('delivered again, also to an App started anew, stays one message', async () => {
    const number = issue();
    await say(scene, number, 'again @codex');
    const count = (await inbox()).length;
    const guid = lastDelivery(scene, 'issue_comment');
    await scene.fake.redeliver(guid);
    await scene.restart();
    await scene.fake.redeliver(guid);
    expect(await inbox()).toHaveLength(count);
  });
});

describe('an assignment', () => {
  it('is one message with a link', async () => {
    const number = issue();
    const found = await newMessages(() => scene.demo.assign(number, 'codex-bot[bot]', 'ada'));
    expect(found).toEqual([
      expect.objectContaining({
        subject: `Assigned to #${number}: A talk`,
        link: expect.stringContaining(`/issues/${number}`) as string,
      }),
    ]);
  });

  it('by a stranger is none', async () => {
    const number = issue();
    expect(await newMessages(() => scene.demo.assign(number, 'codex-bot[bot]', 'bob'))).toEqual([]);
  });
});
