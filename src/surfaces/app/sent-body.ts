// The body of `POST /coord/v1/commands`, and what is answered: one shape for the App and for whoever sends.
import { z } from 'zod';
import { namePattern } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { isId } from '../../log/id.ts';

const text = z.string().min(1).max(200);

/** An agent's or a person's name, as shells give it. */
function isActor(name: string): boolean {
  return namePattern.test(name.replace(/^(?:git|gh):/, ''));
}

const command = z.strictObject({
  id: z.string().refine(isId, { error: 'a UUID of version 7' }),
  /** Empty where the sender knows of no log; the engine says what to do. */
  log: z.string().max(200),
  op: text,
  actor: text.refine(isActor, { error: 'a name in lower case' }),
  session: text.optional(),
  hlc: text,
  notAfter: text.optional(),
  input: z.record(z.string(), z.unknown()),
  capability: z.string().max(limits.capabilityCharsMax).optional(),
  sig: z.string().max(1000).optional(),
});

/** Commands for the log of one repository. */
export const sentBody = z.strictObject({
  repository: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/),
  interactive: z.boolean().default(false),
  commands: z.array(command).min(1).max(limits.sentCommandsMax),
});

export type SentBody = z.output<typeof sentBody>;
export type SentCommand = SentBody['commands'][number];
