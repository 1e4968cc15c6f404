// The rules an agent's changes are held to, each from a change and the agent's rights to findings.
import type { Finding } from '../kernel/check.ts';
import { foldPath, pathProblem } from '../kernel/scope-glob-path.ts';
import { covers, glob, matches, parseGlob } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import { protectedGlobs } from '../policy/bounds.ts';
import type { Policy } from '../policy/schema.ts';
import { finding } from './policy-check.ts';
import type { Change } from './pull-request.ts';
import { quote, quoteSome } from './quote.ts';
import { deleteGlobs, mayDelete, mayWrite, writeGlobs } from './scope-rights.ts';
import type { PhaseScope, Rights } from './scope-rights.ts';
import { entryKind, isNewPath, touchesOf } from './scope-touch.ts';
import type { Touch } from './scope-touch.ts';
import type { Twin } from './scope-twin.ts';

const plainPath = /^[\w./-]+$/;

/** What makes the rest possible, as a sentence. Commands stand in backticks, so that no surface reads them as one. */
function askFor(rights: Rights, path: string): string {
  const glob = plainPath.test(path) ? path : 'GLOB';
  return `Leave it out, or ask a person for \`/coord grant ${rights.agent} ${glob} 2h --why TEXT\`.`;
}

function activeText({ activePhases }: Rights): string {
  return `active: ${activePhases.length === 0 ? 'none' : activePhases.join(', ')}`;
}

function sharedChars(text: string, path: string): number {
  let at = 0;
  while (at < text.length && text[at] === path[at]) at += 1;
  return at;
}

/** "only `a` and 2 more", "nothing". */
function onlySome(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : `only ${quoteSome(texts)}`;
}

/** The globs that begin most like the path, nearest first. */
function nearestGlobs(globs: readonly Glob[], path: string): string[] {
  const texts = [...new Set(globs.map(({ text }) => text))];
  return texts.sort((left, right) => sharedChars(right, path) - sharedChars(left, path));
}

/** A phase that would allow the touch and does not count now. */
function waitingFor({ waiting }: Rights, { kind, path }: Touch): PhaseScope | undefined {
  return waiting.find((scope) => covers(kind === 'write' ? scope.write : scope.delete, path));
}

/** `scope-phase`, `scope-outside` and `scope-delete`: whether the agent may do this to this path now. */
export function rightFindings(rights: Rights, touch: Touch): Finding[] {
  const isAllowed = touch.kind === 'write' ? mayWrite : mayDelete;
  if (isAllowed(rights, touch.path)) return [];
  const waiting = waitingFor(rights, touch);
  if (waiting !== undefined) return [phaseFinding(rights, touch, waiting)];
  return [touch.kind === 'write' ? outsideFinding(rights, touch) : deleteFinding(rights, touch)];
}

function phaseFinding(rights: Rights, { path, how }: Touch, scope: PhaseScope): Finding {
  const ended = scope.status === 'completed' ? 'it is completed; ' : '';
  const next =
    scope.status === 'completed'
      ? askFor(rights, path)
      : `Wait for it, or ask a person for \`/coord plan start ${scope.phase}\`.`;
  return finding({
    rule: 'scope-phase',
    path,
    message: `${quote(path)} ${how}, but phase ${scope.phase} is not active (${ended}${activeText(rights)}). ${next}`,
    limit: rights.activePhases.join(', '),
    value: scope.phase,
  });
}

function outsideFinding(rights: Rights, { path, how }: Touch): Finding {
  const near = nearestGlobs(writeGlobs(rights), path);
  return finding({
    rule: 'scope-outside',
    path,
    message: `${quote(path)} ${how}, but ${rights.agent} may write ${onlySome(near)} (${activeText(rights)}). ${askFor(rights, path)}`,
    limit: near.slice(0, 3).join(', '),
    value: path,
  });
}

function deleteFinding(rights: Rights, { path, how }: Touch): Finding {
  const near = nearestGlobs(deleteGlobs(rights), path);
  const outside = covers(rights.tierDelete, path) ? ' within its scope' : '';
  return finding({
    rule: 'scope-delete',
    path,
    message: `${quote(path)} ${how}, but ${rights.agent} may delete ${onlySome(near)}${outside} (${activeText(rights)}). Keep it, or let a person delete it or list it under delete in ${quote('.github/coord.yml')}.`,
    limit: near.slice(0, 3).join(', '),
    value: path,
  });
}

/** A glob of protected files, also in the form that case-blind file systems compare. */
export interface Protection {
  readonly text: string;
  readonly glob: Glob;
  readonly folded: Glob;
}

export function protectionsOf(policy: Policy): Protection[] {
  return protectedGlobs(policy).map((text) => {
    const folded = parseGlob(foldPath(text));
    return { text, glob: glob(text), folded: folded.ok ? folded.glob : glob(text) };
  });
}

/** `scope-protected`: files that steer automation or review need that very path or glob in the scope. */
export function protectedFindings(
  protections: readonly Protection[],
  rights: Rights,
  touch: Touch,
): Finding[] {
  const { path, how } = touch;
  const fold = foldPath(path);
  const hit = protections.find(({ folded }) => matches(folded, fold));
  if (hit === undefined || isListed(hit, path, listedGlobs(rights, touch))) return [];
  const waiting = rights.waiting.find((scope) => isListed(hit, path, scope[touch.kind]));
  if (waiting !== undefined) return [phaseFinding(rights, touch, waiting)];
  const message = `${quote(path)} ${how}, but ${quote(hit.text)} is protected from agents. Leave it to a person, or list exactly this path under ${touch.kind} in the scope of ${rights.agent}.`;
  return [finding({ rule: 'scope-protected', path, message, limit: hit.text, value: path })];
}

/** What names paths for the agent itself; what a whole tier may delete does not. */
function listedGlobs(rights: Rights, { kind }: Touch): readonly Glob[] {
  return kind === 'write' ? writeGlobs(rights) : rights.active.flatMap((scope) => scope.delete);
}

function isListed(protection: Protection, path: string, globs: readonly Glob[]): boolean {
  const listed = new Set(globs.map(({ text }) => text.normalize('NFC')));
  if (listed.has(path.normalize('NFC'))) return true;
  return listed.has(protection.text.normalize('NFC')) && matches(protection.glob, path);
}

/** `scope-symlink` and `scope-submodule`: what leads out of the tree that is judged. */
export function entryFindings(change: Change): Finding[] {
  if (change.after === null) return [];
  const kind = entryKind(change.after);
  if (kind === 'file') return [];
  const message = `${quote(change.path)} is a ${kind}, which leads out of the files that are judged. Leave it out, or let a person add it.`;
  const value = change.after.mode;
  return [finding({ rule: `scope-${kind}`, path: change.path, message, value })];
}

/** `scope-path`: new names that mean another file, or none, on some machine. */
export function pathFindings(change: Change): Finding[] {
  if (!isNewPath(change)) return [];
  const problem = pathProblem(change.path);
  if (problem === null) return [];
  const message = `${quote(change.path)} is no name for a file here. ${problem}`;
  return [finding({ rule: 'scope-path', path: change.path, message, value: change.path })];
}

/** `scope-twin`: new names that differ from another only in case or composition. */
export function twinFinding({ path, name, other }: Twin): Finding {
  const message = `${quote(name)} differs from ${quote(other)} only in case or in how its letters are written, and some file systems take both for one. Choose another name.`;
  return finding({ rule: 'scope-twin', path, message, limit: other, value: name });
}

/** All findings about one change that do not need the rest of the tree. */
export function changeFindings(
  change: Change,
  rights: Rights,
  protections: readonly Protection[],
): Finding[] {
  const touches = touchesOf(change);
  return [
    ...touches.flatMap((touch) => touchFindings(touch, rights, protections)),
    ...entryFindings(change),
    ...pathFindings(change),
  ];
}

/** A protected path is told as such and not once more as outside; deleting it is told besides. */
function touchFindings(
  touch: Touch,
  rights: Rights,
  protections: readonly Protection[],
): Finding[] {
  const shielded = protectedFindings(protections, rights, touch);
  if (shielded.length > 0 && touch.kind === 'write') return shielded;
  return [...shielded, ...rightFindings(rights, touch)];
}
