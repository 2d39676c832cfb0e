// Requests to the API, and when they are made.

/** What the server refused, or what kept it from answering (status 0). */
export class Problem extends Error {
  constructor(status, detail, property) {
    super(detail);
    this.status = status;
    this.property = property;
  }
}

async function read(answer) {
  const text = await answer.text();
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    if (answer.ok) {
      throw new Problem(answer.status, 'The server’s answer is no JSON.');
    }
  }
  if (!answer.ok) {
    const said = body.detail || body.title || answer.statusText || 'no reason given';
    throw new Problem(answer.status, said, body.property);
  }
  return body;
}

export class Api {
  /** `service`: the answer of GET /, with the token for changes. */
  constructor(base, service) {
    this.base = base;
    this.service = service;
  }

  async request(path, options) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 15000);
    try {
      return await read(await fetch(`${this.base}/api/v1/${path}`,
        { cache: 'no-store', credentials: 'same-origin', signal: limit.signal, ...options }));
    } catch (error) {
      if (error instanceof Problem) {
        throw error;
      }
      throw new Problem(0, limit.signal.aborted ? 'No answer within 15 seconds.'
        : 'The server cannot be reached.');
    } finally {
      clearTimeout(timer);
    }
  }

  get(path) {
    return this.request(path, {});
  }

  /** `tag`: the change is made only if the settings are still those of this entity tag. */
  async change(method, path, body, tag) {
    const send = () => this.request(path, { method, body: JSON.stringify(body), headers: {
      'Content-Type': 'application/json', 'X-JK-Token': this.service.token,
      ...(tag === undefined ? {} : { 'If-Match': tag }) } });
    try {
      return await send();
    } catch (error) {
      if (error.status !== 403) {
        throw error;
      }
      // A server that started anew has another token: ask for it, and try once more if it has.
      const old = this.service.token;
      this.service = await this.get('');
      if (this.service.token === old) {
        throw error;
      }
      return send();
    }
  }
}

/** The path of a row of the model: a member, a worker or a balancer. */
export function pathOf(row) {
  const name = encodeURIComponent(row.name);
  switch (row.kind) {
  case 'member': return `balancers/${encodeURIComponent(row.balancer)}/members/${name}`;
  case 'worker': return `workers/${name}`;
  default: return `balancers/${name}`;
  }
}

/**
 * Calls `work` again and again: every `interval()` milliseconds, later and later while it fails, at
 * once after wake(). `told({error, failures, wait})` hears how each call ended.
 */
export class Poller {
  constructor(work, interval, told) {
    Object.assign(this, { work, interval, told, failures: 0, isPaused: false, isRunning: false });
  }

  async run() {
    clearTimeout(this.timer);
    if (this.isRunning) {
      this.isWanted = true;
      return;
    }
    this.isRunning = true;
    let error;
    try {
      await this.work();
      this.failures = 0;
    } catch (caught) {
      error = caught;
      this.failures += 1;
    }
    this.isRunning = false;
    const wait = this.failures === 0 ? this.interval()
      : Math.min(30000, this.interval() * 2 ** (this.failures - 1));
    this.told({ error, failures: this.failures, wait });
    if (this.isWanted) {
      this.isWanted = false;
      this.run();
    } else if (!this.isPaused) {
      this.timer = setTimeout(() => this.run(), wait);
    }
  }

  /** Asks now, also while it is paused. */
  wake() {
    return this.run();
  }

  pause(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) {
      clearTimeout(this.timer);
    } else {
      this.run();
    }
  }
}
