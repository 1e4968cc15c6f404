// A loss is told on the log whatever its size: its refusal is shortened until the record fits.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { lostBy, commands } from '../concepts/command/command.ts';
import type { Commands } from '../concepts/command/command.ts';
import { refuse } from '../kernel/decider.ts';
import type { Details } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { command } from '../kernel/operation.ts';
import { execute } from './execute.ts';
import type { Engine } from './execute.ts';

/** The engine with a command that is always refused in these words. */
function refusing(engine: Engine, message: string, data: Details): Engine {
  const stubborn = command({
    ...{ name: 'test.lose', summary: 'Is refused.', positional: [], allow: ['human'] },
    input: () => z.object({ text: z.string().default('') }),
    examples: [{ text: 'test lose', means: {} }],
    on: {},
    refusals: ['test-refused'],
    decide: () => refuse('test-refused', message, data),
    result: () => ({}),
  });
  return { ...engine, registry: { operations: [...engine.registry.operations, stubborn] } };
}

interface Lost {
  readonly message: string;
  readonly data: Details;
  readonly text?: string;
}

const brief = { isShortened: true };
const long = 'ü'.repeat(limits.recordBytesMax);

it.each([
  [
    'a short one in full',
    { message: 'No.', data: { by: 'ada' } },
    { message: 'No.', data: { by: 'ada' } },
  ],
  ['long data left out', { message: 'No.', data: { long } }, { message: 'No.', data: brief }],
  [
    'a long message cut',
    { message: long, data: {} },
    { message: long.slice(0, limits.lostMessageCharsMax), data: brief },
  ],
  [
    'an input that leaves no room left out',
    { message: 'No.', data: { by: 'ada' }, text: 'x'.repeat(limits.recordBytesMax - 200) },
    { message: 'No.', data: brief },
  ],
])('tells %s', async (_, { message, data, text = '' }: Lost, told) => {
  const memory = await MemoryEngine.open();
  const engine = refusing(memory.engine, message, data);
  const made = memory.request('git:anna', 'test.lose', { text });
  const [answer] = await execute(engine, [{ ...made, mustTellLoss: true }]);
  expect(answer).toMatchObject({ ok: false, code: 'test-refused' });
  const fold = await memory.engine.projection.load();
  const lost = lostBy(fold.states.get(commands.name) as Commands, 'git:anna');
  expect(lost).toEqual([
    expect.objectContaining({ id: made.intent.id, op: 'test.lose', code: 'test-refused', ...told }),
  ]);
});

it('tells every one of many, though they do not fit into one batch', async () => {
  const memory = await MemoryEngine.open();
  const engine = refusing(memory.engine, 'No.', {});
  const text = 'x'.repeat(limits.batchBytesMax / 8);
  const requests = Array.from({ length: 10 }, () => ({
    ...memory.request('git:anna', 'test.lose', { text }),
    mustTellLoss: true,
  }));
  await execute(engine, requests);
  const fold = await memory.engine.projection.load();
  const lost = lostBy(fold.states.get(commands.name) as Commands, 'git:anna');
  expect(lost.map(({ id }) => id)).toEqual(requests.map(({ intent }) => intent.id));
});
