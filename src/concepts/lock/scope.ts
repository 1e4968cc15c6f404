// What a lock can be on, as people write it.
import { z } from 'zod';
import { limits } from '../../kernel/limits.ts';
import { parseGlob } from '../../kernel/scope-glob.ts';

const resourcePattern = /^@[a-z0-9][a-z0-9._-]*$/i;

/**
 * A path glob, or `@name` for a named resource; names do not care about case. Locks are told apart by this text,
 * so it is brought into one form.
 */
export const lockScope = z
  .string()
  .min(1)
  .max(limits.inputGlobCharsMax)
  .superRefine((scope, context) => {
    if (resourcePattern.test(scope)) return;
    const parsed = parseGlob(scope);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
  })
  .transform((scope) =>
    resourcePattern.test(scope) ? scope.toLowerCase() : scope.normalize('NFC'),
  );

/** The scopes of a command, each once, in the order in which locks are always taken. */
export const lockScopes = z
  .array(lockScope)
  .min(1)
  .max(limits.listItemsMax)
  .transform((scopes) => [...new Set(scopes)].sort());
