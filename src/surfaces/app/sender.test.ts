// Who may say something on GitHub: a policy's list of agents stands in for GitHub's word only where GitHub has none.
import { describe, expect, it } from 'vitest';
import { policyFrom } from '../../../test/memory-engine.ts';
import type { Permission } from '../../adapters/github/permission.ts';
import type { Desk } from './desk.ts';
import { mayWrite, senderOf } from './sender.ts';
import type { SenderAnswer } from './sender.ts';

const policy = policyFrom(`version: 1
agents:
  codex: { github: mallory, tier: executive }
  opus: { github: "opus-bot[bot]", tier: executive }
`);

/** A desk where GitHub says this of everybody; `null` when it does not answer. */
function deskSaying(permission: Permission | null): { desk: Desk; asked: string[] } {
  const asked: string[] = [];
  const client: Desk['client'] = {
    request: (_route, parameters = {}) => {
      asked.push(String(parameters['username']));
      return permission === null
        ? Promise.reject(new Error('away'))
        : Promise.resolve({ data: { role_name: permission } });
    },
    graphql: () => Promise.reject(new Error('nobody asks that way')),
  };
  const reader = { policy: () => Promise.resolve({ oid: 'none', policy }) };
  const desk = { repository: { owner: 'o', repo: 'r' }, client, reader } as unknown as Desk;
  return { desk, asked };
}

const mallory = { login: 'Mallory', id: 5, type: 'User' };
const bot = { login: 'opus-bot[bot]', id: 6, type: 'Bot' };

const writes = (answer: SenderAnswer): boolean => answer.ok && mayWrite(answer.sender);

describe('a person whom the policy lists under agents', () => {
  it.each([
    ['admin', true, true],
    ['write', true, true],
    ['triage', true, false],
    ['read', false, false],
    ['none', false, false],
  ] as const)('with %s on GitHub may speak: %s, and change something: %s', async (...row) => {
    const [permission, speaks, changes] = row;
    const { desk, asked } = deskSaying(permission);
    const answer = await senderOf(desk, mallory);
    expect([answer.ok, writes(answer)]).toEqual([speaks, changes]);
    expect(asked).toEqual(['Mallory']);
    if (answer.ok) expect(answer.sender).toMatchObject({ actor: 'codex', isPersonPresent: false });
    else expect(answer.kind).toBe('stranger');
  });

  it('may nothing while GitHub does not answer', async () => {
    expect(await senderOf(deskSaying(null).desk, mallory)).toMatchObject({ kind: 'unknown' });
  });
});

describe('a bot', () => {
  it('that the policy lists may write; GitHub, which knows nothing of it, is not asked', async () => {
    const { desk, asked } = deskSaying(null);
    const answer = await senderOf(desk, bot);
    expect([answer.ok, writes(answer), asked]).toEqual([true, true, []]);
  });

  it('that it does not list may nothing, nor may a person of a listed bot’s name', async () => {
    const { desk } = deskSaying('none');
    expect(await senderOf(desk, { ...bot, login: 'other[bot]' })).toMatchObject({
      kind: 'unlisted-bot',
    });
    expect(await senderOf(desk, { login: 'opus-bot', id: 7, type: 'User' })).toMatchObject({
      kind: 'stranger',
    });
  });
});
