// A browser with one page, and what the scenarios share: somebody who acts on the server meanwhile,
// screenshots, and ears for what must not be heard from a page.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const { BROWSER_MODULES, CHROMIUM, SCREENSHOTS, STATUS_URL } = process.env;
const { chromium } = createRequire(join(BROWSER_MODULES, '/'))('playwright-core');

// no background traffic, and nothing that a machine without a screen lacks
const switches = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'];

function program() {
  const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return CHROMIUM || usual.find((path) => existsSync(path));
}

class Stage {
  constructor(name, browser) {
    Object.assign(this, { name, browser, url: STATUS_URL, heard: [], lines: [], waiting: [] });
    this.input = createInterface({ input: process.stdin });
    this.input.on('line', (line) => (this.waiting.shift() ?? ((text) => this.lines.push(text)))(line));
  }

  async newPage(options = {}) {
    const context = await this.browser.newContext(
      { viewport: { width: 1366, height: 900 }, locale: 'en-GB', ...options });
    context.setDefaultTimeout(20000);
    const page = await context.newPage();
    page.on('console', (message) => {
      // the classic page names no icon, so that browsers ask the site for one
      const isIcon = message.location().url.endsWith('/favicon.ico');
      if (['error', 'warning'].includes(message.type()) && !isIcon) {
        this.heard.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => this.heard.push(`exception: ${error.message}`));
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`)));
    this.page = page;
    return page;
  }

  /** The live page, with numbers in it. */
  async openStatus(options) {
    const page = await this.newPage(options);
    await page.goto(this.url);
    await page.getByRole('table', { name: 'members' }).waitFor();
    return page;
  }

  /** Asks whoever started us to do something to the server; what it answers. */
  ask(what) {
    console.log(`> ${what}`);
    const line = this.lines.shift();
    return line !== undefined ? line : new Promise((resolve) => this.waiting.push(resolve));
  }

  async shoot(what, options = {}) {
    if (SCREENSHOTS) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      await this.page.screenshot({ path: join(SCREENSHOTS, `${this.name}-${what}.png`), ...options });
    }
  }

  /** No error, no warning, no violation of the policy, but those that fit `pattern`. */
  expectSilence(pattern) {
    const told = this.heard.filter((text) => !pattern?.test(text));
    this.heard = [];
    assert.deepEqual(told, [], 'the page complained');
  }

  async close() {
    this.input.close();
    await this.browser.close();
  }
}

export async function open(name) {
  const isRoot = process.getuid() === 0;
  const browser = await chromium.launch({ executablePath: program(), timeout: 60000,
    args: isRoot ? [...switches, '--no-sandbox'] : switches });
  return new Stage(name, browser);
}

/** Tries until it does not throw, for at most `seconds`. */
export async function eventually(check, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
