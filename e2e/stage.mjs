// The stage of every journey: one browser, a page at each width, and the rules that hold on every page shown.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import axe from 'axe-core';
import { chromium } from 'playwright-core';

import { demo } from './server.mjs';

/** A phone and a desk. */
export const WIDTHS = [390, 1280];

/** What one page may weigh without its pictures, in bytes. */
const PAGE_LIMIT = 60_000;

/** What a page may weigh that has to hold a whole published text: that alone is some 50 kB of Chinese. */
export const WHOLE_TEXT_LIMIT = 110_000;

const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));

const BROWSER_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The browser's own sandbox needs a user that root is not.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Every journey declared so far, in the order of declaration. */
export const journeys = [];

/**
 * Declares a journey. `body` gets a `Stage`; it runs once for each width, each time as a new visitor.
 *
 * `server` is a function that starts a server and answers `{ origin, stop }`; journeys that name the same function share it.
 * Without `script` the page's own scripts do not run.
 */
export function journey(title, body, { widths = WIDTHS, server = demo, script = true } = {}) {
  journeys.push({ title, body, widths, server, script });
}

let browser;
const servers = new Map();

/** Plays a journey at one width. Throws when a step fails, or when the page reported an error on the way. */
export async function play({ title, body, server, script }, width) {
  if (!servers.has(server)) {
    servers.set(server, server());
  }
  const started = await servers.get(server);
  const { origin } = started;
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: BROWSER_FLAGS });
  const phone = width < 600;
  const context = await browser.newContext({
    baseURL: origin,
    javaScriptEnabled: script,
    viewport: { width, height: phone ? 844 : 900 },
    deviceScaleFactor: phone ? 2 : 1,
    hasTouch: phone,
    isMobile: phone,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  try {
    const stage = new Stage(await context.newPage(), started, { title, width, script });
    await body(stage);
    stage.hasNoErrors();
  } finally {
    await context.close();
  }
}

/** Closes the browser and stops every server. */
export async function closeStage() {
  await browser?.close();
  const started = await Promise.allSettled(servers.values());
  await Promise.all(started.map(({ value }) => value?.stop()));
}

/** One visitor's page and what may be asked of it. */
export class Stage {
  #errors = [];
  #tolerated = [];
  #elsewhere = new Set();

  constructor(page, server, { title, width, script }) {
    const { origin } = server;
    Object.assign(this, { page, server, origin, title, width, script });
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => message.type() === 'error' && this.#errors.push(message.text()));
    page.on('pageerror', (error) => this.#errors.push(String(error)));
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && host !== new URL(origin).host && !this.#elsewhere.has(host)) {
        this.#errors.push(`asked another host: ${host}`);
      }
    });
  }

  /** An error that this journey provokes on purpose, such as the browser's own note of a 404. */
  tolerates(pattern) {
    this.#tolerated.push(pattern);
  }

  /** A host that this journey goes to on purpose, such as a simulated provider of accounts. */
  visits(elsewhere) {
    this.#elsewhere.add(new URL(elsewhere).host);
  }

  /** Nothing in the console, no script error, no request to another host. */
  hasNoErrors() {
    const errors = this.#errors.filter((error) => !this.#tolerated.some((pattern) => pattern.test(error)));
    none(errors, 'the page reported errors');
  }

  /** No accessibility rule of WCAG 2.1 A and AA is broken. The checker is a script: without script it cannot run. */
  async isAccessible() {
    if (!this.script) {
      return;
    }
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() =>
      globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }),
    );
    const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`));
    none(found, `${this.page.url()} breaks accessibility rules`);
  }

  /** Nothing sticks out to the side. */
  async fits() {
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= this.width, `${this.page.url()} is ${wide} px wide on a screen of ${this.width}`);
  }

  /** The page is light enough for a slow line. */
  async isLight(limit = PAGE_LIMIT) {
    const bytes = await this.page.evaluate(() => performance.getEntriesByType('navigation')[0].decodedBodySize);
    assert.ok(bytes > 0 && bytes < limit, `${this.page.url()} weighs ${bytes} bytes`);
  }

  /** Takes a picture of the whole page, into `shots/<journey>-<name>-<width>.png`, and answers its path. */
  async shot(name) {
    await mkdir(SHOTS, { recursive: true });
    const path = `${SHOTS}${fileName(`${this.title}-${name}`)}-${this.width}.png`;
    await this.page.screenshot({ path, fullPage: true });
    return path;
  }

  /** What every page of a journey owes its reader: a picture, room, little to wait for, and access. */
  async look(name, { limit } = {}) {
    await this.shot(name);
    await this.fits();
    await this.isLight(limit);
    await this.isAccessible();
  }
}

function none(found, what) {
  assert.equal(found.length, 0, `${what}:\n${found.join('\n')}`);
}

function fileName(text) {
  return text.toLowerCase().replace(/[^\p{Letter}\p{Number}]+/gu, '-');
}
