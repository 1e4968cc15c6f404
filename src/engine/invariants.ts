// What must hold of the state whatever was done: looked for in a fold, and told when it does not hold.
import { agents } from '../concepts/agent/agent.ts';
import type { Agents } from '../concepts/agent/agent.ts';
import { liveLocks, locks, scopesOverlap } from '../concepts/lock/lock.ts';
import type { Lock, Locks } from '../concepts/lock/lock.ts';
import { messages } from '../concepts/message/message.ts';
import type { Messages } from '../concepts/message/message.ts';
import { isOpen, labelOf, openTasks, taskLabel, tasks } from '../concepts/task/task.ts';
import type { Tasks } from '../concepts/task/task.ts';
import type { View } from '../kernel/decider.ts';
import { limits } from '../kernel/limits.ts';
import type { Rules } from '../kernel/rules.ts';
import type { Fold } from './fold.ts';

/** An invariant that does not hold. */
export interface Broken {
  /** Which one, in kebab-case. */
  readonly invariant: string;
  /** A sentence that names what breaks it. */
  readonly message: string;
}

/** The states that are looked at. */
interface Whole {
  readonly agents: Agents;
  readonly locks: Locks;
  readonly tasks: Tasks;
  readonly messages: Messages;
  readonly rules: Rules;
  readonly seq: number;
  readonly now: string;
}

type Look = (whole: Whole) => string[];

function isMember({ agents: { byName }, rules }: Whole, name: string): boolean {
  return byName.has(name) || name.includes(':') || rules.people.includes(name);
}

function clash(left: View<Lock>, right: View<Lock>): boolean {
  if (left.holder === right.holder) return false;
  if (left.mode === 'shared' && right.mode === 'shared') return false;
  return scopesOverlap(left.scope, right.scope);
}

const oneHolder: Look = ({ locks: state, now }) => {
  const live = liveLocks(state, now).slice(0, limits.invariantLocksMax);
  return live.flatMap((lock, index) =>
    live
      .slice(index + 1)
      .filter((other) => clash(lock, other))
      .map(
        (other) =>
          `${lock.holder} holds ${lock.scope} (token ${lock.token}) and ${other.holder} holds ${other.scope} (token ${other.token}).`,
      ),
  );
};

const holdersAreMembers: Look = (whole) =>
  liveLocks(whole.locks, whole.now)
    .filter(({ holder }) => !isMember(whole, holder))
    .map(({ holder, scope }) => `${holder} holds ${scope} and has not joined.`);

const locksWithinMaximum: Look = ({ locks: state, agents: { byName }, rules, now }) => {
  const held = new Map<string, number>();
  for (const { holder } of liveLocks(state, now)) held.set(holder, (held.get(holder) ?? 0) + 1);
  return [...held]
    .filter(([holder, count]) => byName.has(holder) && count > rules.locks.maxPerAgent)
    .map(
      ([holder, count]) =>
        `${holder} holds ${count} locks; ${rules.locks.maxPerAgent} is the most.`,
    );
};

const tokensAreOfTheLog: Look = ({ locks: state, seq }) =>
  [...state.held.values()]
    .filter(({ token }) => token > seq)
    .map(
      ({ scope, token }) => `The lock on ${scope} has token ${token}; the log ends at seq ${seq}.`,
    );

const claimsAreOfMembers: Look = (whole) =>
  openTasks(whole.tasks).flatMap((task) => {
    const label = taskLabel(task);
    if (task.status === 'in_progress' && task.claim === null) {
      return [`${label} is in progress and nobody has it.`];
    }
    const agent = task.claim?.agent;
    return agent === undefined || isMember(whole, agent)
      ? []
      : [`${agent} has ${label} and has not joined.`];
  });

const dependenciesFit: Look = ({ tasks: state }) =>
  openTasks(state).flatMap((task) => {
    const label = taskLabel(task);
    const told: string[] = [];
    if (task.after.includes(task.id)) told.push(`${label} waits for itself.`);
    if (task.after.length > limits.taskDependenciesMax) {
      told.push(
        `${label} waits for ${task.after.length} tasks; ${limits.taskDependenciesMax} is the most.`,
      );
    }
    return told;
  });

/** What each open task waits for among the open ones, itself left out. */
function openGraph(state: Tasks): Map<string, readonly string[]> {
  const open = openTasks(state);
  const ids = new Set(open.map(({ id }) => id));
  return new Map(
    open.map(({ id, after }) => [id, after.filter((each) => each !== id && ids.has(each))]),
  );
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** Who waits for each, the other way round. */
function waitingFor(graph: Graph): Map<string, string[]> {
  const waiting = new Map<string, string[]>([...graph.keys()].map((id) => [id, []]));
  for (const [id, after] of graph) {
    for (const each of after) waiting.get(each)?.push(id);
  }
  return waiting;
}

/** What is left of a graph when those that wait for none of it are taken away, again and again. */
function entangled(graph: Graph): Map<string, readonly string[]> {
  const left = new Map(graph);
  const waiting = waitingFor(graph);
  const counts = new Map([...graph].map(([id, after]) => [id, after.length]));
  const free = [...graph.keys()].filter((id) => counts.get(id) === 0);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id);
    for (const each of waiting.get(id) ?? []) {
      const count = (counts.get(each) ?? 0) - 1;
      counts.set(each, count);
      if (count === 0) free.push(each);
    }
  }
  return left;
}

const graphIsAcyclic: Look = ({ tasks: state }) => {
  const left = entangled(openGraph(state));
  const path: string[] = [];
  let [id] = left.keys();
  while (id !== undefined && !path.includes(id)) {
    path.push(id);
    id = left.get(id)?.find((each) => left.has(each));
  }
  if (id === undefined) return [];
  const cycle = [...path.slice(path.indexOf(id)), id];
  return [`${cycle.map((each) => labelOf(state, each)).join(' waits for ')}.`];
};

const openAreOpen: Look = ({ tasks: state }) =>
  [...state.open].flatMap(([id, number]) => {
    const task = state.byId.numbered(number);
    if (task?.id === id && isOpen(task)) return [];
    return [`T-${number} counts as open and is ${task?.status ?? 'not there'}.`];
  });

const eachReachedOnce: Look = ({ messages: state }) =>
  [...state.byId.values()].flatMap(({ number, recipients, readBy, ackedBy }) => {
    const lists = { recipients, readers: readBy, acknowledgements: ackedBy };
    return Object.entries(lists)
      .filter(([, names]) => new Set(names).size < names.length)
      .map(([what]) => `M-${number} names somebody twice among its ${what}.`);
  });

const fencesAreBounded: Look = ({ agents: { byName } }) =>
  [...byName.values()]
    .filter(({ fenced, session }) => {
      const isFencedItself = session !== null && fenced.includes(session);
      return fenced.length > limits.fencedSessionsMax || isFencedItself;
    })
    .map(({ name }) => `The session of ${name} is fenced, or too many before it are remembered.`);

const looks: Readonly<Record<string, Look>> = {
  'one-exclusive-holder': oneHolder,
  'holders-are-members': holdersAreMembers,
  'locks-within-maximum': locksWithinMaximum,
  'tokens-are-of-the-log': tokensAreOfTheLog,
  'claims-are-of-members': claimsAreOfMembers,
  'dependencies-fit': dependenciesFit,
  'dependencies-without-cycle': graphIsAcyclic,
  'open-tasks-are-open': openAreOpen,
  'messages-reach-each-once': eachReachedOnce,
  'sessions-are-fenced-once': fencesAreBounded,
};

/** The names of all that is looked for. */
export const invariantNames: readonly string[] = Object.keys(looks);

/** Everything of a fold that does not hold at `now`, under the rules in force. */
export function brokenInvariants(fold: Fold, rules: Rules, now: string): Broken[] {
  const whole: Whole = {
    agents: (fold.states.get(agents.name) ?? agents.initial()) as Agents,
    locks: (fold.states.get(locks.name) ?? locks.initial()) as Locks,
    tasks: (fold.states.get(tasks.name) ?? tasks.initial()) as Tasks,
    messages: (fold.states.get(messages.name) ?? messages.initial()) as Messages,
    ...{ rules, now, seq: fold.position?.seq ?? 0 },
  };
  return Object.entries(looks).flatMap(([invariant, look]) =>
    look(whole).map((message) => ({ invariant, message })),
  );
}
