// Capabilities where they do not belong: widened, over, revoked, of somebody else, of another log, of keys that count no more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeLink } from '../../src/adapters/system/capability-token.ts';
import type { TokenSigner } from '../../src/adapters/system/signature.ts';
import type { Capability } from '../../src/policy/capability.ts';
import { Scene, signers } from './scene.ts';
import type { Attacked, Forged } from './scene.ts';

const scene = new Scene();
beforeAll(() => scene.open(), 120_000);
afterAll(() => scene.remove());

const { opus, codex, eve, stolen, ada } = signers;
/** Id of the capability that opus lends. */
const root = '01a1f954-9eba-70f0-98c5-310938250001';
const hour = 3600;
const nowSeconds = Math.floor(Date.now() / 1000);

/** What opus would lend to eve: with this alone she may start phases. */
function lent(attacked: Attacked, change: Partial<Capability> = {}): Capability {
  return {
    ...{ jti: root, aud: attacked.lastRecord().log, sub: 'opus', parent: null },
    ...{ iss: opus.publicKey, holder: eve.publicKey, operations: ['plan.start'], globs: [] },
    ...{ bounds: { durationSeconds: hour }, exp: nowSeconds + hour },
    ...change,
  };
}

const start: Forged = {
  ...{ op: 'plan.start', actor: 'opus', input: { phase: 'rpc' } },
  events: [{ type: 'plan.phase-started', data: { phase: 'rpc' } }],
};

/** Pushes a start of a phase under a token, signed by `by`. */
function pushUnder(attacked: Attacked, capability: string, by = eve, change: Partial<Forged> = {}) {
  attacked.push(attacked.signed({ ...start, capability, ...change }, by));
}

/** One link that was issued by `signer`, whatever it says of that. */
function link(attacked: Attacked, change: Partial<Capability>, signer: TokenSigner) {
  return encodeLink(lent(attacked, change), signer);
}

it('what is told apart: with a capability of opus eve starts the phase', async () => {
  const honest = scene.copy();
  pushUnder(honest, await link(honest, {}, opus));
  expect(await honest.verdict()).not.toEqual(scene.honest().verdict);
  expect(await honest.named()).toEqual(scene.honest().named);
});

describe('a capability', () => {
  it('that is over', async () => {
    const attacked = scene.copy();
    pushUnder(attacked, await link(attacked, { exp: nowSeconds - hour }, opus));
    await scene.gainsNothing(attacked, new RegExp(`capability ${root} had ended at`));
  });

  it('that was revoked', async () => {
    const attacked = scene.copy();
    const revoke = ['capability', 'revoke', root, '--reason', 'lost', '--as', 'opus'];
    expect((await attacked.say(...revoke)).status).toBe(0);
    pushUnder(attacked, await link(attacked, {}, opus));
    await scene.gainsNothing(attacked, new RegExp(`capability ${root} was revoked at seq \\d+`));
  });

  it('whose parent was revoked', async () => {
    const attacked = scene.copy();
    const revoke = ['capability', 'revoke', root, '--reason', 'lost', '--as', 'opus'];
    expect((await attacked.say(...revoke)).status).toBe(0);
    const parent = await link(attacked, { holder: codex.publicKey }, opus);
    const child = await link(attacked, { jti: 'c-2', iss: codex.publicKey, parent: root }, codex);
    pushUnder(attacked, `${parent}~${child}`);
    await scene.gainsNothing(attacked, new RegExp(`capability ${root} was revoked at seq \\d+`));
  });

  it('of somebody else, found on the log', async () => {
    const attacked = scene.copy();
    pushUnder(attacked, await link(attacked, { holder: codex.publicKey }, opus));
    await scene.gainsNothing(attacked, /not signed by the holder of its capability/);
  });

  it('for another log', async () => {
    const attacked = scene.copy();
    const aud = '01a1f954-9eba-70f0-98c5-310938259999';
    pushUnder(attacked, await link(attacked, { aud }, opus));
    await scene.gainsNothing(attacked, new RegExp(`capability ${root} is for log 01a1f954`));
  });

  it('with the record that it was used for on another log', async () => {
    const attacked = scene.copy();
    const log = '01a1f954-9eba-70f0-98c5-310938259999';
    pushUnder(attacked, await link(attacked, { aud: log }, opus), eve, { log });
    await scene.gainsNothing(attacked, /The record is for log/);
  });

  it('of a key that was rotated out', async () => {
    const attacked = scene.copy();
    pushUnder(attacked, await link(attacked, { iss: stolen.publicKey }, stolen));
    await scene.gainsNothing(attacked, /issued by a key of opus that ended at seq \d+/);
  });

  it('of a key that never counted', async () => {
    const attacked = scene.copy();
    pushUnder(attacked, await link(attacked, { iss: ada.publicKey }, ada));
    await scene.gainsNothing(attacked, /issued by no key of opus/);
  });

  it('that says opus issued it, and another key signed', async () => {
    const attacked = scene.copy();
    pushUnder(attacked, await link(attacked, {}, eve));
    await scene.gainsNothing(attacked, /Link 1 of its capability is not signed by the key/);
  });

  it('of an issuer who has no right to what it lends', async () => {
    const attacked = scene.copy();
    const own = { iss: codex.publicKey, sub: 'codex' };
    pushUnder(attacked, await link(attacked, own, codex), eve, { actor: 'codex' });
    await scene.gainsNothing(attacked, /the policy does not let codex use plan.start/);
  });

  it('that lends a say in keys', async () => {
    const attacked = scene.copy();
    const key = { agent: 'opus', key: eve.publicKey };
    const add: Forged = {
      ...{ op: 'key.add', actor: 'opus', input: key },
      events: [{ type: 'key.added', data: key }],
    };
    pushUnder(attacked, await link(attacked, { operations: ['key.add'] }, opus), eve, add);
    attacked.push(attacked.signed(start, eve));
    await scene.gainsNothing(attacked, /Link 1 of its capability says nothing/);
  });
});

describe('a child', () => {
  const widenings: [string, Partial<Capability>, Partial<Capability>, RegExp][] = [
    ['an operation', { operations: ['lock.acquire'] }, {}, /Link 2 .* has plan.start, which/],
    ['a path', { globs: ['src/**'] }, { globs: ['**'] }, /Link 2 .* has \*\*, which its parent/],
    ['a time', { exp: nowSeconds - hour }, {}, /Link 2 .* lasts longer than its parent/],
    ['a bound', { bounds: { durationSeconds: 60 } }, {}, /Link 2 .* lasts longer than its parent/],
    ['a name', { sub: 'codex' }, {}, /Link 2 .* is for another log or name/],
  ];

  it.each(widenings)('that adds %s to its parent', async (_name, parentHas, childHas, named) => {
    const attacked = scene.copy();
    const parent = await link(attacked, { ...parentHas, holder: codex.publicKey }, opus);
    const issued = { jti: 'c-2', iss: codex.publicKey, parent: root, ...childHas };
    pushUnder(attacked, `${parent}~${await link(attacked, issued, codex)}`);
    await scene.gainsNothing(attacked, named);
  });

  it('that its parent’s holder did not issue', async () => {
    const attacked = scene.copy();
    const parent = await link(attacked, { holder: codex.publicKey }, opus);
    const child = await link(attacked, { jti: 'c-2', iss: eve.publicKey, parent: root }, eve);
    pushUnder(attacked, `${parent}~${child}`);
    await scene.gainsNothing(attacked, /not issued by the holder of its parent/);
  });

  it('without its parent', async () => {
    const attacked = scene.copy();
    pushUnder(attacked, await link(attacked, { jti: 'c-2', parent: root }, opus));
    await scene.gainsNothing(attacked, /Link 1 of its capability is no root/);
  });
});

describe('a record under a good capability', () => {
  it('that lends less than what is done', async () => {
    const attacked = scene.copy();
    pushUnder(attacked, await link(attacked, { operations: ['lock.acquire'] }, opus));
    await scene.gainsNothing(attacked, new RegExp(`capability ${root} does not have plan.start`));
  });

  it('from which the capability is left out', async () => {
    const attacked = scene.copy();
    const capability = await link(attacked, {}, opus);
    const fields = Object.entries(attacked.signed({ ...start, capability }, eve));
    attacked.push(Object.fromEntries(fields.filter(([name]) => name !== 'capability')));
    // Eve's own key was once one of opus, and ended: its signature covers the capability that is missing.
    await scene.gainsNothing(attacked, /signature fits no key of opus/);
  });

  it('into which a wider one was put', async () => {
    const attacked = scene.copy();
    const narrow = await link(attacked, { operations: ['lock.acquire'] }, opus);
    const made = attacked.signed({ ...start, capability: narrow }, eve);
    attacked.push({ ...made, capability: await link(attacked, {}, opus) });
    await scene.gainsNothing(attacked, /not signed by the holder of its capability/);
  });

  it('without its signature', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.record({ ...start, capability: await link(attacked, {}, opus) }));
    await scene.gainsNothing(attacked, /not signed by the holder of its capability/);
  });

  it('that gives more time than the capability allows', async () => {
    const attacked = scene.copy();
    const until = new Date(Date.now() + 3 * hour * 1000).toISOString();
    const given = { agent: 'codex', glob: 'docs/a.md', why: 'x' };
    const grant: Forged = {
      ...{ op: 'plan.grant', actor: 'ada', input: { ...given, duration: '1h' } },
      events: [{ type: 'plan.granted', data: { ...given, until } }],
    };
    const token = {
      sub: 'ada',
      iss: ada.publicKey,
      operations: ['plan.grant'],
      globs: ['docs/**'],
    };
    pushUnder(attacked, await link(attacked, token, ada), eve, grant);
    await scene.gainsNothing(attacked, new RegExp(`capability ${root} allows at most 3600 s`));
  });
});
