// Path hygiene: which paths out of a git tree are fit to be compared with globs, and which two are taken for one.
import { limits } from './limits.ts';

interface PathRule {
  readonly isBroken: (path: string) => boolean;
  readonly problem: string;
}

/** Ahead of an extension or not, whatever the case, Windows opens the device instead of the file. */
const windowsDevice =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[1-9\u00b9\u00b2\u00b3]|lpt[1-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i;
/** Joiners and variation selectors are left out: names with emoji and some scripts need them, and foldPath drops them. */
const unseen = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\u2060-\u2064\ufeff]/u;
const notUtf8 = /[\p{Cs}\ufffd]/u;

function hasSegment(test: (segment: string) => boolean): PathRule['isBroken'] {
  return (path) => path.split('/').some(test);
}

/** In the order in which they are tried; the length comes first, so that the others are quick. */
const rules: readonly PathRule[] = [
  {
    isBroken: isTooLong,
    problem: `The path has more than ${limits.pathBytesMax} bytes. Shorten it.`,
  },
  { isBroken: (path) => path === '', problem: 'The path is empty. Give the file a name.' },
  {
    isBroken: (path) => /^(?:\/|[a-z]:)/i.test(path),
    problem: 'The path is absolute. Write it from the root of the repository.',
  },
  {
    isBroken: (path) => path.includes('\\'),
    problem: 'The path has a backslash, which is a separator on Windows. Rename it.',
  },
  {
    isBroken: (path) => unseen.test(path),
    problem: 'The path has a control, bidirectional or invisible character. Rename it.',
  },
  {
    isBroken: (path) => notUtf8.test(path),
    problem: 'The path is not UTF-8. Rename it.',
  },
  {
    isBroken: hasSegment((segment) => segment === ''),
    problem: 'The path has an empty name between separators. Rename it.',
  },
  {
    isBroken: hasSegment((segment) => segment === '.' || segment === '..'),
    problem: 'The path has . or .. as a name. Write it from the root of the repository.',
  },
  {
    isBroken: hasSegment((segment) => /[. ]$/.test(segment)),
    problem: 'A name in the path ends with a dot or a space, which Windows drops. Rename it.',
  },
  {
    isBroken: hasSegment((segment) => windowsDevice.test(segment)),
    problem: 'A name in the path is reserved on Windows, as con, nul and com1 are. Rename it.',
  },
  {
    isBroken: hasSegment((segment) => foldPath(segment) === '.git'),
    problem: 'A name in the path is .git, which git keeps for itself. Rename it.',
  },
];

/** A UTF-16 unit is at least one byte in UTF-8, so text that is too long need not be encoded. */
function isTooLong(path: string): boolean {
  if (path.length > limits.pathBytesMax) return true;
  return new TextEncoder().encode(path).length > limits.pathBytesMax;
}

/**
 * What makes a path out of a git tree unfit to be judged by globs on every machine: a sentence with the next step,
 * or null. Fit are names joined by `/` that mean the same file everywhere. The sentence does not repeat the path.
 */
export function pathProblem(path: string): string | null {
  return rules.find((rule) => rule.isBroken(path))?.problem ?? null;
}

/**
 * The form in which paths are compared to find twins, which are one file to some file system or one name to the eye:
 * NFC, letters without case, without invisible characters. Not a path to open. Folding twice changes nothing.
 * A glob's text may be folded too, to try folded paths on it.
 */
export function foldPath(path: string): string {
  // Upper case joins what lower case leaves apart: the small sigmas, s and long s, ss and sharp s; the capital sharp s
  // has to be lower case before that.
  return path
    .normalize('NFD')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC');
}
