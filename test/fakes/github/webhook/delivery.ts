// What is kept of every webhook sent, as GitHub's list of recent deliveries keeps it.
import { createHmac } from 'node:crypto';
import type { App } from '../state/app.ts';
import type { JsonObject } from '../state/json.ts';

export interface Delivery {
  /** Number of this attempt; a redelivery has another one. */
  readonly id: number;
  /** The `X-GitHub-Delivery` header; a redelivery keeps it. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly app: App;
  readonly installationId: number;
  readonly repositoryId: number;
  readonly payload: JsonObject;
  readonly isRedelivery: boolean;
  readonly url: string;
  /** Status of the answer; null until there is one, 0 when the receiver did not answer in time or at all. */
  status: number | null;
  /** What the receiver answered, or why it could not be reached. */
  answer: string;
  deliveredAt: string;
  durationMs: number;
}

/** The headers GitHub sends with a webhook, signed with the App's secret. */
export function deliveryHeaders(delivery: Delivery, body: string): Record<string, string> {
  const sign = (algorithm: string): string => {
    return createHmac(algorithm, delivery.app.webhookSecret).update(body).digest('hex');
  };
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/fake',
    'x-github-delivery': delivery.guid,
    'x-github-event': delivery.event,
    'x-github-hook-id': String(delivery.app.id + 1),
    'x-github-hook-installation-target-id': String(delivery.app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature': `sha1=${sign('sha1')}`,
    'x-hub-signature-256': `sha256=${sign('sha256')}`,
  };
}
