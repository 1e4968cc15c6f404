// Signatures where they do not belong: replayed, moved to another log, over another input, by a key that counts no more or never did.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { Scene, signers } from './scene.ts';
import type { Forged } from './scene.ts';

const scene = new Scene();
beforeAll(() => scene.open(), 120_000);
afterAll(() => scene.remove());

const until = new Date(Date.now() + 3_600_000).toISOString();
const start: Forged = {
  ...{ op: 'plan.start', actor: 'opus', input: { phase: 'rpc' } },
  events: [{ type: 'plan.phase-started', data: { phase: 'rpc' } }],
};
const addKey = (agent: string, actor: string): Forged => ({
  ...{ op: 'key.add', actor, input: { key: signers.eve.publicKey, agent } },
  events: [{ type: 'key.added', data: { agent, key: signers.eve.publicKey } }],
});

describe('a signature of opus', () => {
  it('replayed: the same record once more', async () => {
    const attacked = scene.copy();
    const old = attacked.recordOf('plan.start');
    attacked.push({ ...old, seq: attacked.lastRecord().seq + 1, at: attacked.lastRecord().at });
    await scene.gainsNothing(attacked, /stands on the log already/);
  });

  it('replayed under a new id', async () => {
    const attacked = scene.copy();
    const { sig } = attacked.recordOf('plan.start');
    attacked.push(
      attacked.record({ ...start, auth: { by: 'key', subject: 'x' }, ...(sig && { sig }) }),
    );
    await scene.gainsNothing(attacked, /signature fits no key of opus/);
  });

  it('made for another log', async () => {
    const attacked = scene.copy();
    const log = '01a1f954-9eba-70f0-98c5-310938259999';
    attacked.push(attacked.signed({ ...start, log }, signers.opus));
    await scene.gainsNothing(attacked, /The record is for log/);
  });

  it('over another input', async () => {
    const attacked = scene.copy();
    const made = attacked.signed({ ...start, input: { phase: 'base' } }, signers.opus);
    attacked.push({ ...made, input: { phase: 'rpc' } });
    await scene.gainsNothing(attacked, /signature fits no key of opus/);
  });

  it('over an intent that never came to anything, with events of the attacker', async () => {
    const attacked = scene.copy();
    const data = { agent: 'codex', glob: '**', until, why: 'x' };
    const hello: Forged = {
      ...{ op: 'message.send', actor: 'opus', input: { to: 'all', subject: 'hello' } },
      events: [{ type: 'plan.granted', data }],
    };
    attacked.push(attacked.signed(hello, signers.opus));
    await scene.gainsNothing(attacked, /plan.granted does not come of message.send/);
  });

  it('over a grant, with wider events', async () => {
    const attacked = scene.copy();
    const asked = { agent: 'codex', glob: 'docs/b.md', duration: '1h', why: 'x' };
    const data = { agent: 'codex', glob: '**', until, why: 'x' };
    const grant: Forged = {
      ...{ op: 'plan.grant', actor: 'opus', input: asked },
      events: [{ type: 'plan.granted', data }],
    };
    attacked.push(attacked.signed(grant, signers.opus));
    await scene.gainsNothing(attacked, /plan.granted says another `glob`/);
  });

  it('from a clock far ahead, so that it lasts', async () => {
    const attacked = scene.copy();
    const hlc = '2099-01-01T00:00:00.000Z/0000';
    attacked.push(attacked.signed({ ...start, hlc }, signers.opus));
    await scene.gainsNothing(attacked, /s ahead of the log's time/);
  });

  it('that is too old, kept for later', async () => {
    const attacked = scene.copy();
    const hlc = '2020-01-01T00:00:00.000Z/0000';
    attacked.push(attacked.signed({ ...start, hlc }, signers.opus));
    await scene.gainsNothing(attacked, /is more than 30 days before/);
  });

  it('that was good until a time that is over', async () => {
    const attacked = scene.copy();
    const notAfter = '2020-01-01T00:00:00.000Z';
    attacked.push(attacked.signed({ ...start, notAfter }, signers.opus));
    await scene.gainsNothing(attacked, /It was good until 2020/);
  });
});

describe('a key', () => {
  it('that was rotated out', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.signed(start, signers.stolen));
    await scene.gainsNothing(attacked, /signed with a key of opus that ended at seq/);
  });

  it('that was revoked', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.signed(start, signers.eve));
    await scene.gainsNothing(attacked, /signed with a key of opus that ended at seq/);
  });

  it('that the attacker adds, and signs with', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.record(addKey('opus', 'gh:eve')));
    attacked.push(attacked.signed(start, signers.eve));
    await scene.gainsNothing(attacked, /adds a key of "opus", and nobody vouches/);
  });

  it('that the attacker adds by GitHub’s word', async () => {
    const attacked = scene.copy();
    const auth = { by: 'github', subject: 'user:1:ada' } as const;
    attacked.push(attacked.record({ ...addKey('opus', 'ada'), auth }));
    attacked.push(attacked.signed(start, signers.eve));
    await scene.gainsNothing(attacked, /adds a key of "opus", and it says that GitHub vouches/);
  });

  it('that an insider adds for somebody with more rights', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.signed(addKey('opus', 'codex'), signers.codex));
    attacked.push(attacked.signed(start, signers.eve));
    await scene.gainsNothing(attacked, /adds a key of "opus", and only a person/);
  });

  it('that a revoked key vouches for', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.signed(addKey('opus', 'opus'), signers.stolen));
    attacked.push(attacked.signed(start, signers.eve));
    await scene.gainsNothing(attacked, /signed with a key of opus that ended at seq/);
  });

  it('that its own record rotates in', async () => {
    const attacked = scene.copy();
    const [from, to] = [signers.opus.publicKey, signers.eve.publicKey];
    const rotation: Forged = {
      ...{ op: 'key.rotate', actor: 'opus', input: { from, to } },
      events: [{ type: 'key.rotated', data: { agent: 'opus', from, to } }],
    };
    attacked.push(attacked.signed(rotation, signers.eve));
    attacked.push(attacked.signed(start, signers.eve));
    await scene.gainsNothing(attacked, /signed with a key of opus that ended at seq/);
  });

  it('of opus that the attacker ends, to speak without one', async () => {
    const attacked = scene.copy();
    const key = signers.opus.publicKey;
    const end: Forged = {
      ...{ op: 'key.revoke', actor: 'opus', input: { key } },
      events: [{ type: 'key.revoked', data: { agent: 'opus', key, why: null } }],
    };
    attacked.push(attacked.record(end));
    attacked.push(attacked.record(start));
    await scene.gainsNothing(attacked, /opus signs since seq \d+, and this record carries no/);
  });
});
