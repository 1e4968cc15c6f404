// A moment of the log as somebody names it: a seq, a time, or a commit.
import { z } from 'zod';

export type Point =
  | { readonly kind: 'seq'; readonly seq: number }
  /** ISO 8601 UTC. */
  | { readonly kind: 'time'; readonly at: string }
  /** The first characters of a commit's name, or all of them. */
  | { readonly kind: 'commit'; readonly prefix: string };

/** For messages. */
export const pointExamples = '--at 120, --at 2026-11-20, --at 2026-11-20T12:00:00Z or --at 3f2a91c';

const seqPattern = /^[1-9]\d{0,14}$/;
const commitPattern = /^[0-9a-f]{7,40}$/;
const timePattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Digits are a seq, seven or more hexadecimal characters a commit, and else it is a time in ISO 8601 with its zone, or
 * the beginning of a day in UTC. Null for anything else.
 */
export function parsePoint(text: string): Point | null {
  if (seqPattern.test(text)) return { kind: 'seq', seq: Number(text) };
  if (commitPattern.test(text)) return { kind: 'commit', prefix: text };
  const unixMs = timePattern.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(unixMs) ? null : { kind: 'time', at: new Date(unixMs).toISOString() };
}

/** A point in an input, kept as it was said. */
export const pointText = () =>
  z.string().refine((text) => parsePoint(text) !== null, {
    error: `That is no seq, time or commit of the log. Say it as in ${pointExamples}.`,
  });
