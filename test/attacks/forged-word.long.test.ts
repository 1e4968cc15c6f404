// Records that somebody with push makes by hand, in anybody's name and with any `auth`: none of them permits anything.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene, signers } from './scene.ts';
import type { Forged } from './scene.ts';

const scene = new Scene();
beforeAll(() => scene.open(), 120_000);
afterAll(() => scene.remove());

const until = new Date(Date.now() + 3_600_000).toISOString();
const start: Forged = {
  ...{ op: 'plan.start', actor: 'gh:eve', input: { phase: 'rpc' } },
  events: [{ type: 'plan.phase-started', data: { phase: 'rpc' } }],
};
const granted = { agent: 'codex', glob: '**', duration: '1h', why: 'x' };
const grant: Forged = {
  ...{ op: 'plan.grant', actor: 'gh:eve', input: granted },
  events: [{ type: 'plan.granted', data: { agent: 'codex', glob: '**', until, why: 'x' } }],
};
const byGitHub = { by: 'github', subject: 'user:1:eve' } as const;
const byKey = { by: 'key', subject: signers.opus.publicKey } as const;

it('the honest scene: out of scope, locked, refused, and nothing is named but shells', () => {
  const { verdict, refusals, named } = scene.honest();
  expect(verdict.filter(([, conclusion]) => conclusion === 'failure')).toMatchObject([
    ['scope', 'failure', { length: 3 }],
    ['locks', 'failure', ['lock-held src/held/a.ts']],
  ]);
  expect(refusals).toEqual(['not-allowed', 'signature-required', 'vouch-needed']);
  expect(named.filter((reason) => !/implementer|validator/.test(reason))).toEqual([]);
});

it('what is told apart: a phase that opus starts with its key changes the verdict', async () => {
  const honest = scene.copy();
  expect((await honest.say('plan', 'start', 'rpc', '--as', 'opus')).status).toBe(0);
  expect((await honest.say('unlock', 'src/held/**', '--as', 'opus')).status).toBe(0);
  expect((await honest.verdict()).filter(([, , found]) => found.length > 0)).toEqual([
    ['scope', 'failure', [expect.stringMatching(/docs/), expect.stringMatching(/ui/)]],
  ]);
});

describe('a forged permission', () => {
  it.each<[string, Forged, RegExp]>([
    ['a phase start by a stranger', start, /starts the phase "rpc", and nobody vouches/],
    [
      'a phase start that says GitHub vouches',
      { ...start, auth: byGitHub },
      /starts the phase "rpc", and it says that GitHub vouches/,
    ],
    [
      'a phase start in the name of an agent with a key',
      { ...start, actor: 'opus' },
      /opus signs since seq \d+, and this record carries no signature/,
    ],
    [
      'a phase start that says a key vouches',
      { ...start, actor: 'opus', auth: byKey },
      /says that a key vouches for it, and carries no signature/,
    ],
    [
      'a phase start with a signature that is none',
      { ...start, actor: 'opus', auth: byKey, sig: `${'A'.repeat(86)}==` },
      /signature fits no key of opus/,
    ],
    [
      'a phase start by the App',
      { ...start, actor: 'opus', auth: { by: 'app', subject: 'app:1:coord' } },
      /opus signs since/,
    ],
    ['a grant of everything', grant, /grants "\*\*" to "codex", and nobody vouches/],
    [
      'a grant in the name of a person with a key',
      { ...grant, actor: 'ada', auth: byGitHub },
      /grants "\*\*" to "codex", and it says that GitHub vouches/,
    ],
    [
      'a grant inside another command',
      { ...grant, op: 'message.send', actor: 'gh:eve' },
      /plan.granted does not come of message.send/,
    ],
    [
      'a phase completed, so that the next may start',
      {
        ...{ op: 'plan.complete', actor: 'gh:eve', input: { phase: 'base' } },
        events: [{ type: 'plan.phase-started', data: { phase: 'ui' } }],
      },
      /plan.phase-started does not come of plan.complete/,
    ],
    [
      'a membership with a tier of its own',
      {
        ...{ op: 'agent.join', actor: 'codex', input: { name: 'codex', tier: 'executive' } },
        events: [
          {
            type: 'agent.joined',
            data: { name: 'codex', tier: 'executive', capabilities: [], session: null },
          },
        ],
      },
      /lets "codex" join as "executive", and nobody vouches/,
    ],
    [
      'a membership of somebody else',
      {
        ...{ op: 'agent.join', actor: 'gh:eve', input: { name: 'haiku', tier: 'executive' } },
        events: [
          {
            type: 'agent.joined',
            data: { name: 'haiku', tier: 'executive', capabilities: [], session: null },
          },
        ],
      },
      /lets "haiku" join as "executive", and nobody vouches/,
    ],
  ])('%s', async (_name, forged, named) => {
    const attacked = scene.copy();
    attacked.push(attacked.record(forged));
    await scene.gainsNothing(attacked, named);
  });

  it('signed by the insider whom the policy does not let', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.signed({ ...start, actor: 'codex' }, signers.codex));
    await scene.gainsNothing(attacked, /the policy does not let codex use plan.start/);
  });
});

describe('a forged end of somebody else’s lock', () => {
  const held = { scope: 'src/held/**', holder: 'opus' };
  const release = (actor: string, more: object = {}): Forged => ({
    ...{ op: 'lock.release', actor, input: { scope: ['src/held/**'], ...more } },
    events: [{ type: 'lock.released', data: { ...held, by: actor, why: 'x' } }],
  });

  it('by a stranger', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.record(release('gh:eve', { force: true, reason: 'x' })));
    await scene.gainsNothing(attacked, /releases the lock of "opus" on "src\/held/);
  });

  it('in its holder’s name, who signs', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.record(release('opus')));
    await scene.gainsNothing(attacked, /opus signs since seq/);
  });

  it('in its holder’s name, by GitHub’s word', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.record({ ...release('opus'), auth: byGitHub, sig: 'AAAA' }));
    await scene.gainsNothing(attacked, /signature fits no key of opus/);
  });

  it('signed by an insider, with force', async () => {
    const attacked = scene.copy();
    const forced = release('codex', { force: true, reason: 'x' });
    attacked.push(attacked.signed(forced, signers.codex));
    await scene.gainsNothing(
      attacked,
      /releases the lock of "opus" on .*only people and executives/,
    );
  });

  it('as lapsed', async () => {
    const attacked = scene.copy();
    const expired = { type: 'lock.expired', data: held };
    attacked.push(attacked.record({ op: 'lock.release', actor: 'opus', events: [expired] }));
    await scene.gainsNothing(attacked, /opus signs since seq/);
  });

  it('shortened and left to lapse', async () => {
    const attacked = scene.copy();
    const at = Date.parse(attacked.lastRecord().at);
    const soon = new Date(at + 1).toISOString();
    const short = { ...held, until: soon, task: null };
    const asked = { op: 'lock.acquire', actor: 'opus', input: { scope: ['src/held/**'] } };
    attacked.push(attacked.record({ ...asked, events: [{ type: 'lock.extended', data: short }] }));
    const again = { ...short, mode: 'shared', reason: null };
    attacked.push(attacked.record({ ...asked, events: [{ type: 'lock.acquired', data: again }] }));
    await scene.gainsNothing(attacked, /opus signs since seq/);
  });

  it('followed by a time in the far future', async () => {
    const attacked = scene.copy();
    const at = '2099-01-01T00:00:00.000Z';
    attacked.push(attacked.record({ ...release('gh:eve'), at }));
    // Nobody takes it over, and the check goes on with what was known before.
    await scene.gainsNothing(attacked, /not taken over: .* s ahead of the clock here/);
  });
});
