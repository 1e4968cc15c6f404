// What a lock can be on, as people write it.
import { z } from 'zod';
import { limits } from '../../kernel/limits.ts';
import { parseGlob } from '../../kernel/scope-glob.ts';
import { isResource } from './lock.ts';

/** A slash at the end stands for all that lies beneath, as `**` behind it does. */
function pathScope(scope: string): string {
  return scope.normalize('NFC').replace(/\/$/, '/**');
}

/**
 * A path glob, or `@name` for a named resource; names do not care about case. Locks are told apart by this text,
 * so it is brought into one form.
 */
const lockScope = () =>
  z
    .string()
    .min(1)
    .max(limits.inputGlobCharsMax, { abort: true })
    .superRefine((scope, context) => {
      if (isResource(scope)) return;
      const parsed = parseGlob(pathScope(scope));
      if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
    })
    .meta({ path: true })
    .transform((scope) => (isResource(scope) ? scope.toLowerCase() : pathScope(scope)));

/** The scopes of a command, each once, in the order in which locks are always taken. */
export const lockScopes = () =>
  z
    .array(lockScope())
    .min(1)
    .max(limits.listItemsMax)
    .transform((scopes) => [...new Set(scopes)].sort());
