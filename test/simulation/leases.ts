// Who holds what, worked out from events alone and sharing no code with the rules: two holders of one thing are told.
import type { LogRecord } from '../../src/log/record.ts';

interface Grant {
  /** The command that made it. */
  readonly id: string;
  readonly scope: string;
  readonly holder: string;
  readonly mode: string;
  /** ISO time; null when it lasts as long as its task. */
  readonly until: string | null;
}

interface Lease {
  readonly agent: string;
  readonly until: string;
}

type Data = Readonly<Record<string, unknown>>;
type Handle = (leases: Leases, data: Data, record: LogRecord) => void;

/** All scopes that the runs use which overlap without being equal. */
const nested = new Set(['src/**', 'src/api/**']);

function overlap(left: string, right: string): boolean {
  return left === right || (nested.has(left) && nested.has(right));
}

function isLive(until: string | null, at: string): boolean {
  return until === null || until > at;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function grantOf(data: Data, id: string): Grant {
  const until = data['until'] === null ? null : text(data['until']);
  const [scope, holder] = [text(data['scope']), text(data['holder'])];
  return { id, scope, holder, mode: text(data['mode']), until };
}

const keyOf = ({ holder, scope }: Pick<Grant, 'holder' | 'scope'>): string => `${holder} ${scope}`;

const handlers: Readonly<Record<string, Handle>> = {
  'lock.acquired': (leases, data, { id, at }) => leases.grant(grantOf(data, id), at),
  'lock.extended': (leases, data, { at }) => leases.extend(grantOf(data, ''), at),
  'lock.released': (leases, data) => leases.end(grantOf(data, '')),
  'lock.expired': (leases, data, { at }) => leases.lapse(grantOf(data, ''), at),
  'task.claimed': (leases, data, { at }) =>
    leases.claim(
      text(data['task']),
      { agent: text(data['agent']), until: text(data['until']) },
      at,
    ),
  'task.claim-renewed': (leases, data) => leases.renew(text(data['task']), data),
  'task.claim-expired': (leases, data, { at }) => leases.expire(text(data['task']), at),
  'task.claim-released': (leases, data) => leases.claims.delete(text(data['task'])),
  'task.completed': (leases, data, { actor }) => leases.complete(text(data['task']), actor),
  'agent.joined': (leases, data) => leases.join(text(data['name']), data['session']),
};

export class Leases {
  readonly troubles: string[] = [];
  /** The grants that the record read last has ended on behalf of its sender. */
  ended: string[] = [];
  readonly claims = new Map<string, Lease>();
  readonly #grants = new Map<string, Grant>();
  readonly #completed = new Set<string>();
  readonly #sessions = new Map<string, string>();
  readonly #replaced = new Set<string>();

  read(record: LogRecord): void {
    this.ended = [];
    for (const { type, data } of record.events) handlers[type]?.(this, data as Data, record);
  }

  /** Whether a newer session of the agent has taken over from this one. */
  isReplaced(actor: string, session: string): boolean {
    return this.#replaced.has(`${actor} ${session}`);
  }

  #tell(trouble: string): void {
    this.troubles.push(trouble);
  }

  #rivalOf(grant: Grant, at: string): Grant | undefined {
    return [...this.#grants.values()].find(
      (other) =>
        other.holder !== grant.holder &&
        isLive(other.until, at) &&
        overlap(other.scope, grant.scope) &&
        !(other.mode === 'shared' && grant.mode === 'shared'),
    );
  }

  grant(grant: Grant, at: string): void {
    const rival = this.#rivalOf(grant, at);
    if (rival !== undefined) {
      this.#tell(`${grant.holder} and ${rival.holder} hold ${grant.scope} and ${rival.scope}.`);
    }
    this.#grants.set(keyOf(grant), grant);
  }

  extend({ holder, scope, until }: Grant, at: string): void {
    const known = this.#grants.get(keyOf({ holder, scope }));
    if (known === undefined) this.#tell(`${holder} extends ${scope} without holding it.`);
    else this.grant({ ...known, until }, at);
  }

  end(grant: Grant): void {
    const known = this.#grants.get(keyOf(grant));
    if (known === undefined) return;
    this.ended.push(known.id);
    this.#grants.delete(keyOf(grant));
  }

  lapse(grant: Grant, at: string): void {
    const known = this.#grants.get(keyOf(grant));
    if (known !== undefined && isLive(known.until, at)) {
      this.#tell(`The lock of ${known.holder} on ${known.scope} is called expired before its end.`);
    }
    this.#grants.delete(keyOf(grant));
  }

  claim(task: string, lease: Lease, at: string): void {
    const known = this.claims.get(task);
    if (known !== undefined && known.agent !== lease.agent && isLive(known.until, at)) {
      this.#tell(`${lease.agent} and ${known.agent} have claimed ${task}.`);
    }
    if (this.#completed.has(task)) this.#tell(`${task} is claimed after it was completed.`);
    this.claims.set(task, lease);
  }

  renew(task: string, { agent, until }: Data): void {
    const known = this.claims.get(task);
    if (known?.agent !== agent) this.#tell(`${text(agent)} renews a claim that is not its own.`);
    this.claims.set(task, { agent: text(agent), until: text(until) });
  }

  expire(task: string, at: string): void {
    const known = this.claims.get(task);
    if (known !== undefined && isLive(known.until, at)) {
      this.#tell(`The claim of ${known.agent} is called expired before its end.`);
    }
    this.claims.delete(task);
  }

  complete(task: string, actor: string): void {
    const known = this.claims.get(task);
    if (known?.agent !== actor) this.#tell(`${actor} completes ${task} without its claim.`);
    if (this.#completed.has(task)) this.#tell(`${task} is completed twice.`);
    this.#completed.add(task);
    this.claims.delete(task);
  }

  join(name: string, session: unknown): void {
    if (typeof session !== 'string') return;
    const before = this.#sessions.get(name);
    if (before !== undefined) this.#replaced.add(`${name} ${before}`);
    this.#replaced.delete(`${name} ${session}`);
    this.#sessions.set(name, session);
  }
}
