// What somebody is told who has to sign and has not: where the keys are, and steps that can be taken on this machine.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { newPrivateKey, signerFrom } from '../adapters/system/signature.ts';
import { present } from '../kernel/assert.ts';
import { memoryStore } from '../log/memory-store.ts';
import { unsignedText } from './sign-request.ts';

const newKey = (): string => present(signerFrom(newPrivateKey()), 'a new key is one').publicKey;
const [first, second] = [newKey(), newKey()];

const policy = (codex = '', ada = ''): string => `version: 1
agents:
  codex: { tier: implementer${codex} }
people:
  ada: { email: ada@example.org${ada} }
`;
const naming = (key: string): string => `, keys: ["${key}"]`;
const codexPlace = 'agents.codex.keys in .github/coord.yml on the base branch';

let memory: MemoryEngine;

beforeEach(async () => {
  memory = await MemoryEngine.open(memoryStore('here'));
  memory.setPolicy(policy());
  await memory.join('codex');
});

async function told(actor: string, here: string | null, hasRemote = false): Promise<string> {
  const { policy: inForce } = await memory.engine.policy();
  const fold = await memory.engine.projection.load();
  return unsignedText({ actor, fold, policy: inForce, here, hasRemote });
}

async function forge(op: string, type: string, key: string): Promise<void> {
  const data = { agent: 'codex', key, why: null };
  await memory.forge(memory.request('git:eve', op, data), [{ type, data }]);
}

describe('whose key the policy names, and has none here', () => {
  beforeEach(() => memory.setPolicy(policy(naming(first))));

  it('is told which, where it stands, and how to make one', async () => {
    expect(await told('codex', null)).toBe(
      `codex signs its commands, and this one has no signature. Its key is ${first}, which the policy names (${codexPlace}). ` +
        'Run it on a machine that has that key. No key of codex is on this machine. ' +
        'To sign here too, make one, and read how it comes to count: coord agent key add --as codex',
    );
  });

  it('is told of GitHub where there is a remote, and else not', async () => {
    expect(await told('codex', null, true)).toContain('A comment on GitHub needs no signature.');
    expect(await told('codex', null)).not.toContain('GitHub needs');
    expect(await told('codex', second)).not.toContain('comment on GitHub');
  });

  it('does not need to be called by a flag where it is a person', async () => {
    memory.setPolicy(policy('', naming(first)));
    const text = await told('ada', null);
    expect(text).toContain('(people.ada.keys in');
    expect(text).toMatch(/: coord agent key add$/);
  });
});

describe('who has another key here', () => {
  it('is told every way in which it comes to count', async () => {
    memory.setPolicy(policy(naming(first)));
    expect(await told('codex', second)).toContain(
      `The key of codex on this machine is another, ${second}, and does not count. ` +
        `For it to count, say on such a machine: coord key add ${second} --as codex; ` +
        `or write it under ${codexPlace}; or say it as a person: coord key add ${second} codex`,
    );
    expect(await told('codex', second, true)).toMatch(
      / on the base branch; or comment on GitHub: \/coord key add ed25519:\S+ codex$/,
    );
  });

  it('is told nothing that cannot be done: a person cannot add its own key as another', async () => {
    memory.setPolicy(policy('', naming(first)));
    expect(await told('ada', second)).toMatch(/; or write it under people\.ada\.keys in [^;]*$/);
    expect(await told('git:pat', second, true)).not.toContain('/coord key add');
  });

  it('that was ended is not told to write it into the policy, where it would not count', async () => {
    memory.setPolicy(policy(naming(first)));
    await forge('key.add', 'key.added', second);
    await forge('key.revoke', 'key.revoked', second);
    const text = await told('codex', second);
    expect(text).toContain(`For it to count, say on such a machine: coord key add ${second}`);
    expect(text).not.toContain('write it under');
  });
});

describe('whose keys', () => {
  it('are on the log is told so, each with where it stands', async () => {
    await forge('key.add', 'key.added', second);
    expect(await told('codex', null)).toContain(`Its key is ${second}, which the log names.`);
    memory.setPolicy(policy(naming(first)));
    const both = await told('codex', null);
    expect(both).toContain(`${codexPlace}), and ${second}, which the log names. Run it on a`);
    expect(both).toContain('Run it on a machine that has one of those keys.');
  });

  it('were all ended is not sent to a machine that has one', async () => {
    memory.setPolicy(policy(naming(first)));
    await forge('key.revoke', 'key.revoked', first);
    const text = await told('codex', null);
    expect(text).toContain('All its keys were ended on the log (coord agent key list codex)');
    expect(text).not.toContain('Run it on a machine');
    expect(await told('codex', second)).toContain(`For it to count, write it under ${codexPlace}`);
  });
});

it('a refusal says of the policy’s keys that no list of the log has them', async () => {
  memory.setPolicy(policy(naming(first)));
  const rooted = await memory.say('codex', 'message.send', { to: 'all', subject: 'hello' });
  expect(rooted).toMatchObject({ code: 'signature-required' });
  expect(JSON.stringify(rooted)).toContain(`The policy names its keys (${codexPlace})`);
  memory.setPolicy(policy());
  await memory.say('codex', 'key.add', { key: second });
  const listed = await memory.say('codex', 'message.send', { to: 'all', subject: 'hello' });
  expect(listed).toMatchObject({
    code: 'signature-required',
    message: expect.stringMatching(/signature\. `coord agent key list codex` shows/) as string,
  });
});
