// The public API for programs; everything else may change without notice.
export { parseGlob, matches, overlaps, contains } from './kernel/scope-glob.ts';
export type { Glob } from './kernel/scope-glob.ts';
export { defaultPolicy } from './policy/default.ts';
export { parsePolicy } from './policy/load.ts';
export type { Policy } from './policy/schema.ts';
export { findCommands } from './grammar/comment.ts';
export type { Verdict, Finding, Conclusion } from './kernel/check.ts';
export { version } from './version.ts';
