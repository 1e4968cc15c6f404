// Decides who hears of an event and delivers it; deliveries can be held, reordered, doubled, delayed and lost.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Installation } from '../state/app.ts';
import { covers, grants, mayReceive } from '../state/app.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import type { AnnouncedSubject, Announcer, World } from '../state/world.ts';
import type { Delivery } from './delivery.ts';
import { deliveryHeaders } from './delivery.ts';
import type { PayloadFactory } from './payload.ts';
import { post } from './post.ts';

const payloadBytesMax = 25 * 1024 * 1024;

export class WebhookDispatcher implements Announcer {
  /** Every attempt to deliver, oldest first. */
  readonly log: Delivery[] = [];
  /** Waits this long before each delivery. */
  delayMs = 0;
  /** GitHub gives up on a receiver after ten seconds. */
  timeoutMs = 10_000;
  readonly #world: World;
  readonly #payloads: PayloadFactory;
  #held: Delivery[] | null = null;
  #duplicates = 0;
  #losses = 0;
  /** Announcements in the making, and the last of them. */
  #underway = 0;
  #order: Promise<void> = Promise.resolve();

  constructor(world: World, payloads: PayloadFactory) {
    this.#world = world;
    this.#payloads = payloads;
  }

  describe(event: string, action: string | null, subject: AnnouncedSubject): JsonObject {
    return this.#payloads.build(event, action, subject, null);
  }

  hears(event: string, repository: Repository): boolean {
    return [...this.#world.apps.values()].some((app) => {
      return app.events.includes(event) && this.#installationOn(app, repository, event) !== null;
    });
  }

  announce(
    event: string,
    action: string | null,
    subject: AnnouncedSubject | (() => Promise<AnnouncedSubject>),
  ): void {
    if (this.#underway === 0 && typeof subject !== 'function') {
      this.#dispatch(event, action, subject);
      return;
    }
    this.#underway += 1;
    this.#order = this.#order.then(async () => {
      try {
        this.#dispatch(event, action, typeof subject === 'function' ? await subject() : subject);
      } finally {
        this.#underway -= 1;
      }
    });
    this.#world.background(event, this.#order);
    this.#order = this.#order.catch(() => undefined);
  }

  #dispatch(event: string, action: string | null, subject: AnnouncedSubject): void {
    const { onlyTo, repository } = subject;
    for (const app of onlyTo === undefined ? this.#world.apps.values() : [onlyTo]) {
      const installation = this.#installationOn(app, repository, event);
      // Who may write checks is told of clicks on its own runs without subscribing.
      const isSubscribed =
        onlyTo === undefined
          ? app.events.includes(event)
          : installation !== null && grants(installation.permissions, 'checks', 'write');
      if (installation === null || !isSubscribed || app.webhookUrl === null) continue;
      const payload = this.#payloads.build(event, action, subject, installation);
      this.#queue({ event, action, app, installation, repository, payload, url: app.webhookUrl });
    }
  }

  /** Keeps deliveries back from now on, until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Sends what was held, in an order of the caller's choice (as it came by default), one by one. */
  async release(
    reorder: (held: readonly Delivery[]) => readonly Delivery[] = (held) => held,
  ): Promise<void> {
    await this.#world.idle();
    const held = this.#held ?? [];
    this.#held = null;
    for (const delivery of reorder(held)) await this.#send(delivery);
  }

  /** Delivers the next `count` webhooks twice, with the same id, as GitHub sometimes does. */
  duplicateNext(count = 1): void {
    this.#duplicates += count;
  }

  /** Loses the next `count` webhooks: they are logged with status 0 and never sent. */
  loseNext(count = 1): void {
    this.#losses += count;
  }

  /** Sends a delivery again under its old id; answers the record of the new attempt. */
  async redeliver(id: number | string): Promise<Delivery> {
    const known = this.log.find((each) => each.id === id || each.guid === id);
    if (known === undefined) throw new Error(`There was no delivery ${id}.`);
    const again = this.#record({ ...known, isRedelivery: true });
    await this.#send(again);
    return again;
  }

  /** Resolves once every delivery that is not held has been answered. */
  async settled(): Promise<void> {
    await this.#world.idle();
  }

  #installationOn(app: App, repository: Repository, event: string): Installation | null {
    const found = app.installations.find((each) => covers(each, repository));
    if (found === undefined || !mayReceive(found.permissions, event)) return null;
    return found;
  }

  #record(
    delivery: Omit<Delivery, 'id' | 'status' | 'answer' | 'deliveredAt' | 'durationMs'>,
  ): Delivery {
    const record: Delivery = {
      ...delivery,
      id: this.#world.nextId(),
      status: null,
      answer: '',
      deliveredAt: this.#world.timestamp(),
      durationMs: 0,
    };
    this.log.push(record);
    return record;
  }

  #queue(what: {
    readonly event: string;
    readonly action: string | null;
    readonly app: App;
    readonly installation: Installation;
    readonly repository: Repository;
    readonly payload: JsonObject;
    readonly url: string;
  }): void {
    const { installation, repository, ...rest } = what;
    const record = this.#record({
      ...rest,
      guid: randomUUID(),
      installationId: installation.id,
      repositoryId: repository.id,
      isRedelivery: false,
    });
    if (this.#losses > 0) {
      this.#losses -= 1;
      Object.assign(record, { status: 0, answer: 'Lost on purpose.' });
      return;
    }
    const copies = this.#duplicates > 0 ? [record, this.#record(record)] : [record];
    if (copies.length > 1) this.#duplicates -= 1;
    for (const copy of copies) {
      if (this.#held !== null) this.#held.push(copy);
      else this.#world.background('webhook', this.#send(copy));
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const body = JSON.stringify(delivery.payload);
    if (this.delayMs > 0) await sleep(this.delayMs);
    if (Buffer.byteLength(body) > payloadBytesMax) {
      Object.assign(delivery, { status: 0, answer: 'GitHub does not send more than 25 MB.' });
      return;
    }
    const started = performance.now();
    const headers = deliveryHeaders(delivery, body);
    const result = await post(delivery.url, headers, body, this.timeoutMs).catch(
      (error: unknown) => ({ status: 0, body: error instanceof Error ? error.message : 'failed' }),
    );
    delivery.status = result.status;
    delivery.answer = result.body;
    delivery.deliveredAt = this.#world.timestamp();
    delivery.durationMs = performance.now() - started;
  }
}
