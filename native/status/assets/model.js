// What the server said last, and what follows from it and what it said before: rates, and the
// courses of ten minutes that the charts show.

const kept = 600; // seconds
const windowed = 4; // answers: what a rate is made from, so that it does not jump

/** Differences of the counters of one thing over its last few answers. */
class Course {
  samples = [];

  /** `now` in seconds; the counters only grow, so a smaller one means that they were reset. */
  take(now, counters) {
    const last = this.samples[this.samples.length - 1];
    if (last !== undefined && (counters.requests < last.requests || counters.errors < last.errors ||
        counters.seconds < last.seconds || now <= last.now)) {
      this.samples = [];
    }
    this.samples.push({ now, ...counters });
    if (this.samples.length > windowed) {
      this.samples.shift();
    }
    const first = this.samples[0];
    const seconds = now - first.now;
    if (seconds <= 0) {
      return { rate: null, errorRate: null, mean: null };
    }
    const timed = counters.timed - first.timed;
    return {
      rate: (counters.requests - first.requests) / seconds,
      errorRate: (counters.errors - first.errors) / seconds,
      mean: timed > 0 ? (counters.seconds - first.seconds) / timed : null,
    };
  }
}

const sum = (rows, value) => rows.reduce((total, row) => total + (value(row) ?? 0), 0);

/** The largest known one, or null. */
function largest(values) {
  const known = values.filter((value) => typeof value === 'number');
  return known.length === 0 ? null : Math.max(...known);
}

const countersOf = (source) => ({
  requests: source.elected ?? source.used ?? 0,
  errors: source.errors ?? 0,
  timed: source.latency?.total?.count ?? 0,
  seconds: source.latency?.total?.sum ?? 0,
});

const totalOf = (rows) => ({
  requests: sum(rows, (row) => row.counters.requests),
  errors: sum(rows, (row) => row.counters.errors),
  timed: sum(rows, (row) => row.counters.timed),
  seconds: sum(rows, (row) => row.counters.seconds),
});

/** A balancer's own quantiles where the server merged them, else those of its slowest member. */
function latencyOf(source, rows) {
  const own = source?.latency?.total;
  if (own !== undefined) {
    return own;
  }
  const of = (name) => largest(rows.map((row) => row.latency[name]));
  return { p50: of('p50'), p90: of('p90'), p99: of('p99'), isWorst: rows.length > 1 };
}

export class Model {
  rows = []; // members and direct workers
  scopes = []; // everything, each balancer, the direct workers
  courses = new Map();
  histories = new Map();

  take({ time, balancers }, { workers }) {
    const rows = [];
    for (const balancer of balancers) {
      for (const member of balancer.members) {
        rows.push(this.rowOf('member', balancer.name, member, time));
      }
    }
    for (const worker of workers) {
      rows.push(this.rowOf('worker', null, worker, time));
    }
    this.rows = rows;
    this.time = time;
    this.scopes = this.scopesOf(balancers, workers, time);
  }

  course(key) {
    if (!this.courses.has(key)) {
      this.courses.set(key, new Course());
    }
    return this.courses.get(key);
  }

  rowOf(kind, balancer, source, time) {
    const key = `${kind}/${balancer ?? ''}/${source.name}`;
    const counters = countersOf(source);
    return { key, kind, balancer, name: source.name, source, counters,
      grade: source.grade ?? 'good', latency: source.latency?.total ?? {},
      ...this.course(key).take(time, counters) };
  }

  scopesOf(balancers, workers, time) {
    const scopes = balancers.map((balancer) => this.scopeOf('balancer', balancer.name, balancer,
      this.rows.filter((row) => row.balancer === balancer.name), time));
    const direct = this.rows.filter((row) => row.kind === 'worker');
    if (direct.length > 0) {
      scopes.push(this.scopeOf('direct', 'Direct workers', undefined, direct, time));
    }
    if (scopes.length > 1) {
      scopes.unshift(this.scopeOf('all', 'Everything', undefined, this.rows, time));
    }
    return scopes;
  }

  scopeOf(kind, name, source, rows, time) {
    const key = `${kind}/${name}`;
    const graded = (grade) => rows.filter((row) => row.grade === grade).length;
    const scope = { key, kind, name, source, rows, latency: latencyOf(source, rows),
      good: graded('good'), degraded: graded('degraded'), bad: graded('bad'),
      busy: sum(rows, (row) => row.source.busy), errors: sum(rows, (row) => row.source.errors),
      connected: sum(rows, (row) => row.source.connected),
      ...this.course(key).take(time, totalOf(rows)) };
    scope.history = this.remember(key, time, scope);
    return scope;
  }

  /** Columns for the charts: time, requests per second, mean, p99, errors per minute. */
  remember(key, time, scope) {
    if (!this.histories.has(key)) {
      this.histories.set(key, [[], [], [], [], []]);
    }
    const history = this.histories.get(key);
    const perMinute = scope.errorRate === null ? null : scope.errorRate * 60;
    [time, scope.rate, scope.mean, scope.latency.p99, perMinute].forEach((value, column) => {
      history[column].push(value ?? null);
    });
    while (history[0][0] < time - kept) {
      history.forEach((column) => column.shift());
    }
    return history;
  }

  /** The scope of that key, or the first one where there is none any more. */
  scope(key) {
    return this.scopes.find((scope) => scope.key === key) ?? this.scopes[0];
  }

  row(key) {
    return this.rows.find((row) => row.key === key);
  }
}
