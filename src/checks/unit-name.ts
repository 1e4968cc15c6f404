// Names of units as they are shown and compared, bounded whatever the source calls its functions.
import { limits } from '../kernel/limits.ts';

/** `scope.name`, cut at the front when it grows too long: the innermost names tell most. */
export function extendName(scope: string, name: string): string {
  const full = scope === '' ? name : `${scope}.${name}`;
  const max = limits.unitPathCharsMax;
  return full.length <= max ? full : `…${full.slice(1 - max)}`;
}

/** A name on one line, cut at the end when it grows too long. */
export function clipName(name: string): string {
  const line = name.replace(/\s+/g, ' ');
  const max = limits.unitNameCharsMax;
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}
