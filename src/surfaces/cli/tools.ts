// The list of the shell's own commands; no logic.
import { agentKey } from './tools/agent-key.ts';
import { capabilityGrant } from './tools/capability-grant.ts';
import { capabilityShow } from './tools/capability-show.ts';
import { capabilityVerify } from './tools/capability-verify.ts';
import { check } from './tools/check.ts';
import { doctor } from './tools/doctor.ts';
import { git } from './tools/git.ts';
import { init } from './tools/init.ts';
import { measure } from './tools/measure.ts';
import { serve } from './tools/serve.ts';
import { sync } from './tools/sync.ts';
import { trace } from './tools/trace.ts';
import { tryOut } from './tools/try.ts';
import { verify } from './tools/verify.ts';
import type { Tool } from './tool.ts';

export const tools: readonly Tool[] = [
  init,
  sync,
  agentKey,
  capabilityGrant,
  capabilityShow,
  capabilityVerify,
  check,
  tryOut,
  verify,
  trace,
  doctor,
  measure,
  serve,
  git,
];
