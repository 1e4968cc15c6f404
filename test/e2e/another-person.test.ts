// Acting as another person, by whatever means, gives nobody that person's powers.
import { expect, it } from 'vitest';
import { commitFile, inside, newLog, useRepositories } from './shell-repository.ts';

useRepositories();

const policy = `version: 1
people:
  tess: { email: tess@example.com }
  ada: { email: ada@example.com }
authority:
  operations:
    plan.start: [ada]
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/**"] } } }
`;

it.each([
  ['--as of a person whom the policy lists', ['--as', 'ada'], {}],
  ['--as in other letters', ['--as', 'ADA'], {}],
  ['--as of a person whom only git knows', ['--as', 'git:ada'], {}],
  ['--as of a person on GitHub', ['--as', 'gh:ada'], {}],
  ['COORD_AGENT', [], { COORD_AGENT: 'ada' }],
])('%s is not believed', async (_, flags, environment) => {
  const directory = await newLog();
  await commitFile(directory, '.github/coord.yml', policy);
  const run = await inside(directory, ['plan', 'start', 'rpc', ...flags], environment);
  expect([run.status, run.answer.error.code]).toEqual([2, 'not-yourself']);
  const shown = await inside(directory, ['plan', 'show']);
  expect(JSON.stringify(shown.answer.result)).not.toContain('"active"');
});

it('one’s own name may be said, and has one’s own powers and no more', async () => {
  const directory = await newLog();
  await commitFile(directory, '.github/coord.yml', policy);
  const run = await inside(directory, ['plan', 'start', 'rpc', '--as', 'tess']);
  expect([run.status, run.answer.error.code]).toEqual([1, 'not-allowed']);
  await commitFile(directory, '.github/coord.yml', policy.replace('[ada]', '[tess]'));
  expect((await inside(directory, ['plan', 'start', 'rpc', '--as', 'tess'])).status).toBe(0);
});
