// Everything that can be done and everything that is checked: two lists, no logic.
import { join } from './concepts/agent/join.ts';
import { leave } from './concepts/agent/leave.ts';
import { list as listAgents } from './concepts/agent/list.ts';
import { show as showAgent } from './concepts/agent/show.ts';
import { revoke as revokeCapability } from './concepts/capability/revoke.ts';
import { add as addKey } from './concepts/key/add.ts';
import { list as listKeys } from './concepts/key/list.ts';
import { revoke as revokeKey } from './concepts/key/revoke.ts';
import { rotate as rotateKey } from './concepts/key/rotate.ts';
import { roll } from './concepts/epoch/roll.ts';
import { acquire } from './concepts/lock/acquire.ts';
import { list as listLocks } from './concepts/lock/list.ts';
import { release } from './concepts/lock/release.ts';
import { ack } from './concepts/message/ack.ts';
import { inbox } from './concepts/message/inbox.ts';
import { read } from './concepts/message/read.ts';
import { redact } from './concepts/message/redact.ts';
import { send } from './concepts/message/send.ts';
import { add } from './concepts/task/add.ts';
import { block } from './concepts/task/block.ts';
import { cancel } from './concepts/task/cancel.ts';
import { claim } from './concepts/task/claim.ts';
import { done } from './concepts/task/done.ts';
import { list as listTasks } from './concepts/task/list.ts';
import { next } from './concepts/task/next.ts';
import { release as releaseTask } from './concepts/task/release.ts';
import { show as showTask } from './concepts/task/show.ts';
import { complexityCheck } from './checks/complexity.ts';
import { coverageCheck } from './checks/coverage.ts';
import { locksCheck } from './checks/locks.ts';
import type { PullRequest } from './checks/pull-request.ts';
import { rulesCheck } from './checks/rules.ts';
import { scopeCheck } from './checks/scope.ts';
import { sizeCheck } from './checks/size.ts';
import { resume } from './concepts/overview/continue.ts';
import { log } from './concepts/overview/log.ts';
import { status } from './concepts/overview/status.ts';
import { complete } from './concepts/plan/complete.ts';
import { grant } from './concepts/plan/grant.ts';
import { show as showPlan } from './concepts/plan/show.ts';
import { start } from './concepts/plan/start.ts';
import { record as recordVerdict } from './concepts/verdict/record.ts';
import type { Check } from './kernel/check.ts';
import type { Operation } from './kernel/operation.ts';

export const operations: readonly Operation[] = [
  join,
  leave,
  listAgents,
  showAgent,
  addKey,
  rotateKey,
  revokeKey,
  listKeys,
  revokeCapability,
  send,
  inbox,
  read,
  ack,
  redact,
  add,
  claim,
  next,
  done,
  block,
  releaseTask,
  cancel,
  listTasks,
  showTask,
  acquire,
  release,
  listLocks,
  showPlan,
  start,
  complete,
  grant,
  roll,
  status,
  resume,
  log,
  recordVerdict,
];

export const checks: readonly Check<PullRequest>[] = [
  scopeCheck,
  locksCheck,
  complexityCheck,
  rulesCheck,
  sizeCheck,
  coverageCheck,
];

export const registry = { operations };
