import type { lookup } from 'node:dns';
import { TOLD_KINDS, type ToldKind } from '../../../src/lib/domain/happening.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../../../src/lib/server/database/schema.ts';
import type { Installation } from '../../../src/lib/server/installation.ts';
import { Courier } from '../../../src/lib/server/webhooks/courier.ts';
import { createWebhook } from '../../../src/lib/server/webhooks/webhooks.ts';
import { Clockwork, Stage } from '../mail/stage.ts';

/** The evening, with as many couriers as are hired, whose clock stands still. */
export class WebhookStage {
  readonly evening: Stage;
  private readonly couriers: Courier[] = [];

  private constructor(evening: Stage) {
    this.evening = evening;
  }

  static async open({ privateWebhooks = true } = {}): Promise<WebhookStage> {
    const stage = new WebhookStage(await Stage.open());
    stage.installation.privateWebhooks = privateWebhooks;
    return stage;
  }

  get installation(): Installation {
    return this.evening.installation;
  }

  /** @returns the webhook's id and secret */
  async hook(url: URL, kinds: readonly ToldKind[] = TOLD_KINDS): Promise<{ id: string; secret: string }> {
    const outcome = await createWebhook(this.installation, this.evening.eventId, { url, kinds: [...kinds] });
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    return outcome;
  }

  hire(
    { timeout = 2_000, resolve }: { timeout?: number; resolve?: typeof lookup } = {},
    installation = this.installation,
  ): { courier: Courier; clockwork: Clockwork } {
    const clockwork = new Clockwork();
    const courier = new Courier(installation, {
      schedule: clockwork.schedule,
      random: () => 0.5,
      timeout,
      ...(resolve && { resolve }),
    });
    this.couriers.push(courier);
    courier.start();
    return { courier, clockwork };
  }

  deliveries(): Promise<WebhookDeliveryRow[]> {
    return this.installation.db.selectFrom('webhook_deliveries').selectAll().orderBy('id').execute();
  }

  webhook(): Promise<WebhookRow> {
    return this.installation.db.selectFrom('webhooks').selectAll().executeTakeFirstOrThrow();
  }

  async close(): Promise<void> {
    for (const courier of this.couriers) await courier.stop();
    await this.evening.close();
  }
}
