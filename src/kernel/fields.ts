// Input fields that several operations share: one definition, one description, one bound.
import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { limits } from './limits.ts';
import { parseGlob } from './scope-glob.ts';

/** Agent names are case-insensitive; they are kept in lower case. */
export const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export const agentName = () =>
  z
    .string()
    .transform((text) => text.replace(/^@/, '').toLowerCase())
    .refine((name) => namePattern.test(name), {
      error: `A name is 1 to ${limits.nameCharsMax} letters, digits, dots, dashes or underscores and starts with a letter or digit.`,
    });

/** A duration such as `1h`, read into seconds. */
export const durationSeconds = () =>
  z.string().transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== undefined && seconds <= limits.durationSecondsMax) return seconds;
    context.addIssue({
      code: 'custom',
      message: 'A duration looks like 30s, 15m, 2h or 7d and is at most 366d.',
    });
    return z.NEVER;
  });

/** A glob over paths of the repository; by its mark a surface that stands in a folder knows what to read from there. */
export const pathGlob = () =>
  z
    .string()
    .max(limits.inputGlobCharsMax, { abort: true })
    .superRefine((text, context) => {
      const parsed = parseGlob(text);
      if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
    })
    .meta({ path: true });

export const reason = () => z.string().min(1).max(limits.reasonCharsMax);

/** A field that names a thing of another command; stored as that command's id. */
export function reference(noun: string): z.ZodString {
  return z.string().min(1).max(limits.nameCharsMax).meta({ ref: noun });
}
