// Everything that can be done and everything that is checked: two lists, no logic.
import { join } from './concepts/agent/join.ts';
import { leave } from './concepts/agent/leave.ts';
import { list as listAgents } from './concepts/agent/list.ts';
import { show as showAgent } from './concepts/agent/show.ts';
import { acquire } from './concepts/lock/acquire.ts';
import { list as listLocks } from './concepts/lock/list.ts';
import { release } from './concepts/lock/release.ts';
import { ack } from './concepts/message/ack.ts';
import { inbox } from './concepts/message/inbox.ts';
import { read } from './concepts/message/read.ts';
import { send } from './concepts/message/send.ts';
import { add } from './concepts/task/add.ts';
import { block } from './concepts/task/block.ts';
import { claim } from './concepts/task/claim.ts';
import { done } from './concepts/task/done.ts';
import { list as listTasks } from './concepts/task/list.ts';
import { next } from './concepts/task/next.ts';
import type { Operation } from './kernel/operation.ts';

export const operations: readonly Operation[] = [
  join,
  leave,
  listAgents,
  showAgent,
  send,
  inbox,
  read,
  ack,
  add,
  claim,
  next,
  done,
  block,
  listTasks,
  acquire,
  release,
  listLocks,
];

export const registry = { operations };
