// Who acts at a shell: a name given, the environment of an agent, or the git user as the policy knows them.
import { describe, expect, it } from 'vitest';
import {
  commitFile,
  git,
  inside,
  newLog,
  newRepository,
  useRepositories,
} from './shell-repository.ts';

useRepositories();

const policy = `version: 1
people:
  tess: { github: tess, email: tess@example.com }
agents:
  codex: { github: "codex-bot[bot]", tier: implementer, email: [codex@example.com] }
  opus: { github: "opus-bot[bot]", tier: executive }
`;

async function actorOf(
  directory: string,
  environment: Record<string, string>,
  flags: string[] = [],
): Promise<unknown> {
  const sent = await inside(directory, [...flags, 'agent', 'join', 'somebody'], environment);
  if (!sent.answer.ok) return sent.answer.error.data['actor'] ?? sent.answer.error.code;
  const log = await inside(directory, ['log']);
  const records = log.answer.result['records'] ?? log.answer.result['entries'];
  return (records as { actor: string }[]).at(-1)?.actor;
}

describe('the actor', () => {
  it.each([
    ['CLAUDECODE', 'claude'],
    ['CODEX_SANDBOX', 'codex'],
    ['COPILOT_AGENT_START_TIME_SEC', 'copilot'],
    ['CURSOR_AGENT', 'cursor'],
    ['GEMINI_CLI', 'gemini'],
  ])('is the agent whose environment %s marks', async (variable, agent) => {
    const directory = await newRepository();
    await inside(directory, ['init']);
    const refused = await inside(directory, ['task', 'add', 'One'], { [variable]: '1' });
    expect([refused.status, refused.answer.error.code]).toEqual([1, 'not-joined']);
    expect(refused.answer.error.data['actor']).toBe(agent);
    const unset = await inside(directory, ['task', 'add', 'One'], { [variable]: '' });
    expect(unset.status).toBe(0);
  });

  it('is whom --as says before COORD_AGENT before the environment before git', async () => {
    const directory = await newLog();
    const environment = { COORD_AGENT: 'opus', CLAUDECODE: '1' };
    const who = async (given: Record<string, string>, flags: string[] = []): Promise<unknown> =>
      (await inside(directory, [...flags, 'lock', 'a/**'], given)).answer.error.data['actor'];
    expect(await who(environment, ['--as', 'haiku'])).toBe('haiku');
    expect(await who(environment)).toBe('opus');
    expect(await who({ CLAUDECODE: '1' })).toBe('claude');
    expect(await who({ CLAUDECODE: '1', COORD_AGENT: '' })).toBe('claude');
  });

  it('is the git user without any of these, by the policy or as git:NAME', async () => {
    const directory = await newRepository();
    await inside(directory, ['init']);
    expect(await actorOf(directory, {})).toBe('git:tess-tester');
    await commitFile(directory, '.github/coord.yml', policy);
    const added = await inside(directory, ['task', 'add', 'One']);
    expect(added.status).toBe(0);
    expect(JSON.stringify((await inside(directory, ['log'])).answer.result)).toContain('"tess"');
    await git(directory, 'config', 'user.email', 'CODEX@example.com');
    const unjoined = await inside(directory, ['task', 'add', 'Two']);
    expect(unjoined.answer.error.data['actor']).toBe('codex');
  });

  it('is never another person', async () => {
    const directory = await newRepository();
    await inside(directory, ['init']);
    await commitFile(directory, '.github/coord.yml', policy);
    for (const [name, environment] of [
      ['git:somebody', {}],
      ['tess', { CLAUDECODE: '1' }],
      ['gh:tess', {}],
    ] as const) {
      const run = await inside(directory, ['task', 'add', 'One', '--as', name], environment);
      expect([name, run.status, run.answer.error.code]).toEqual([name, 2, 'not-yourself']);
    }
  });
});
