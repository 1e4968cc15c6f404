// The plan in a policy: phases in order, and who may write and delete what while a phase is active.
import { z } from 'zod';
import { limits } from '../kernel/limits.ts';
import { protectedByDefault } from './protected.ts';
import { byName, globs, list, name } from './schema-values.ts';

const expectedTitle = `a title of 1 to ${limits.titleCharsMax} characters`;

const scope = z
  .strictObject({
    write: globs.prefault([]).describe('Files it may add and change while the phase is active.'),
    delete: globs.prefault([]).describe('Files it may delete while the phase is active.'),
  })
  .describe("One agent's part of the phase.");

const phase = z
  .strictObject({
    id: name.describe('Word that names the phase in commands and in "after".'),
    title: z
      .string({ error: expectedTitle })
      .min(1, { error: expectedTitle })
      .max(limits.titleCharsMax, { error: expectedTitle })
      .optional()
      .describe('One line for people.'),
    status: z
      .enum(['planned', 'active', 'completed'])
      .default('planned')
      .describe('Where the phase stands at first; "/coord plan start ID" moves it on the log.'),
    after: list(name)
      .prefault([])
      .describe('Phases that must be completed before this one starts.'),
    scopes: byName(scope).prefault({}).describe('What each agent may do, by agent name.'),
  })
  .describe('One phase.');

export const plan = z
  .strictObject({
    phases: z
      .array(phase)
      .max(limits.policyPhasesMax, { error: `at most ${limits.policyPhasesMax} phases` })
      .prefault([])
      .describe('Phases of the work.'),
    protected: globs
      .prefault([])
      .describe(
        `Files no agent changes unless its scope lists that very path or glob. Always protected: ${protectedByDefault.join(', ')}.`,
      ),
  })
  .prefault({})
  .describe('Who may change what, and when.');
