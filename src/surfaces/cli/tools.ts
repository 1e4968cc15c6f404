// The list of the shell's own commands; no logic.
import { agentKey } from './tools/agent-key.ts';
import { check } from './tools/check.ts';
import { git } from './tools/git.ts';
import { init } from './tools/init.ts';
import { measure } from './tools/measure.ts';
import { serve } from './tools/serve.ts';
import { sync } from './tools/sync.ts';
import { verify } from './tools/verify.ts';
import type { Tool } from './tool.ts';

export const tools: readonly Tool[] = [init, sync, agentKey, check, verify, measure, serve, git];
