import { EventEmitter, once } from 'node:events';
import type { Page, Route } from 'playwright-core';

/** An answer that was given at once and reaches the page late, as on a slow line. */
export class HeldAnswer {
  /** Resolves when the service has answered. */
  readonly asked: Promise<unknown>;
  readonly #steps = new EventEmitter();

  private constructor(private readonly page: Page) {
    this.asked = once(this.#steps, 'answered');
  }

  /** Holds the first answer to the requests of a page that match. */
  static async to(page: Page, url: string): Promise<HeldAnswer> {
    const held = new HeldAnswer(page);
    await page.route(url, (route) => held.#hold(route), { times: 1 });
    return held;
  }

  /** Gives it to the page, and resolves when that has taken it up. */
  async release(): Promise<void> {
    const given = once(this.#steps, 'given');
    this.#steps.emit('released');
    await given;
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
  }

  async #hold(route: Route): Promise<void> {
    const released = once(this.#steps, 'released');
    const response = await route.fetch();
    this.#steps.emit('answered');
    await released;
    await route.fulfill({ response });
    this.#steps.emit('given');
  }
}
