// When a judge of senders may be begun anew behind what was looked at: only while there is nothing to know.
import { expect, it } from 'vitest';
import { signatureJudge } from './verify-signature.ts';

const key = `ed25519:${'A'.repeat(43)}=`;

const event = (type: string, data: object) => ({ events: [{ type, data }] });

function silentAfter(parts: object): boolean {
  const judge = signatureJudge({
    verify: () => true,
    roots: (actor) => (actor === 'opus' ? [key] : []),
    everNamed: (actor) => (actor === 'opus' ? [key] : []),
    mayUse: () => true,
    isPerson: () => false,
    mayForce: () => false,
    trustsShell: false,
  });
  const record = {
    ...{ id: '01a1f954-9eba-70f0-98c5-310938257741', log: 'l', op: 'message.send', actor: 'opus' },
    ...{ hlc: '2026-11-20T12:00:00.000Z/0000', seq: 1, at: '2026-11-20T12:00:00.000Z' },
    ...{
      policy: 'none',
      input: {},
      auth: { by: 'shell', subject: 'x' },
      ...event('message.sent', {}),
      ...parts,
    },
  };
  const batch = new TextEncoder().encode(`${JSON.stringify(record)}\n`);
  expect(judge.isSilent()).toBe(true);
  judge.look({ oid: 'a'.repeat(40), batch });
  return judge.isSilent();
}

it.each<[string, object, boolean]>([
  ['what nobody has to vouch for', event('message.sent', {}), true],
  ['a signature', { sig: 'AAAA', auth: { by: 'key', subject: key } }, false],
  ['an added key', event('key.added', { agent: 'opus', key }), false],
  ['a key that ended', event('key.revoked', { agent: 'opus', key }), false],
  ['a capability that ended', event('capability.revoked', { capability: 'c-1' }), false],
  ['what permits without a vouch', event('plan.phase-started', { phase: 'rpc' }), false],
  ['a claim of a key without a signature', { auth: { by: 'key', subject: key } }, false],
])('%s', (_what, parts, expected) => {
  expect(silentAfter(parts)).toBe(expected);
});
