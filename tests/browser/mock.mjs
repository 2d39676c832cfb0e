// The status API with invented numbers that move, for working on the page without a web server and
// for trying it with many members: node mock.mjs [members [port]]. It prints its URL when it listens.
// GET /mock?…  changes what it plays: down=NAME, up=NAME, edit=NAME (somebody else's edit),
// silent=1 (answers 503), silent=0, read_only=1, log=1 (what it was asked to change).
import http from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const members = Number(process.argv[2] ?? 5);
const port = Number(process.argv[3] ?? 0);
const folder = fileURLToPath(new URL('../../native/status/assets/', import.meta.url));
const types = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const play = { silent: false, readOnly: false, changes: [] };

const memberProperties = [
  { name: 'activation', parameter: 'vwa', type: 'choice', choices: ['active', 'disabled', 'stopped'],
    help: 'active, disabled (only sessions it already has) or stopped (no requests)' },
  { name: 'lbfactor', parameter: 'vwf', type: 'number', min: 1,
    help: 'weight among the members of the balancer' },
  { name: 'distance', parameter: 'vwd', type: 'number',
    help: 'only members of the lowest distance available get requests' },
  { name: 'route', parameter: 'vwn', type: 'text', max: 63,
    help: "the backend's jvmRoute, default the worker's name" },
  { name: 'redirect', parameter: 'vwr', type: 'text', max: 63,
    help: 'route of the member that stands in for this one' },
  { name: 'domain', parameter: 'vwc', type: 'text', max: 63, help: 'members that share sessions' },
  { name: 'host', parameter: 'vahst', type: 'text', max: 253, help: 'name or IP address' },
  { name: 'port', parameter: 'vaprt', type: 'number', min: 0, max: 65535, help: 'TCP port' },
  { name: 'reply_timeout', parameter: 'vart', type: 'number', min: 0,
    help: 'ms of silence allowed while waiting for the response; 0 = no limit' },
  { name: 'busy_limit', parameter: 'vabl', type: 'number', min: 0,
    help: 'requests in progress beyond which the worker counts as busy; 0 = no limit' },
];
const balancerProperties = [
  { name: 'sticky_session', parameter: 'vls', type: 'boolean',
    help: 'send the requests of a session to the member that has it' },
  { name: 'method', parameter: 'vlm', type: 'choice',
    choices: ['Request', 'Session', 'Next', 'Traffic', 'Busyness'], help: 'what is balanced' },
  { name: 'retries', parameter: 'vlr', type: 'number', min: 1, help: 'rounds over the members' },
];

const latencyOf = (count, scale, sum = count * scale * 0.6) => ({
  count, sum, p50: count ? scale * 0.5 : null, p90: count ? scale : null,
  p99: count ? scale * 2.7 : null,
});

function makeMember(balancer, i) {
  const name = balancer === 'shop' && i < 5 ? 'abcde'[i] : `${balancer}-${String(i + 1).padStart(3, '0')}`;
  return {
    name, type: 'ajp13', host: '10.0.0.' + (i % 250 + 1), port: 8009,
    address: `10.0.0.${i % 250 + 1}:8009`, activation: 'ACT', state: 'OK', route: name, lbfactor: 1,
    elected: 1000 * i, sessions: 10 * i, errors: 0, client_errors: 0, reply_timeouts: 0, busy: 0,
    max_busy: 9, connected: 4, max_connected: 16, transferred: 1e6, read: 1e7, last_reset_ago: 3600,
    balancer, grade: 'good', verdicts: {}, etag: '"1"', configured: {}, version: 1,
    settings: { activation: 'active', lbfactor: 1, distance: 0, route: name, redirect: '', domain: '',
      host: '10.0.0.' + (i % 250 + 1), port: 8009, reply_timeout: 30000, busy_limit: 0 },
    scale: 0.004 + 0.006 * ((i * 7) % 11), weight: 1 + (i % 3),
  };
}

const balancers = [['shop', members], ['search', Math.min(3, members)]].map(([name, count]) => ({
  name, type: 'lb', sticky_session: true, sticky_session_force: false, method: 'Request',
  retries: 2, recover_time: 60, lock: 'Optimistic', map_count: 2, last_reset_ago: 3600, etag: '"1"',
  settings: { sticky_session: true, method: 'Request', retries: 2 }, configured: {}, max_busy: 11,
  members: Array.from({ length: count }, (_, i) => makeMember(name, i)),
}));
const workers = [{ ...makeMember('', 0), name: 'reports', route: undefined, balancer: undefined,
  elected: undefined, used: 12, activation: undefined, settings: { reply_timeout: 0 } }];
const all = () => [...balancers.flatMap((b) => b.members), ...workers];
const failures = [];

function regrade(m) {
  m.state = m.isDown ? 'ERR' : m.state.startsWith('ERR') ? 'OK' : m.state;
  m.activation = { active: 'ACT', disabled: 'DIS', stopped: 'STP' }[m.settings.activation];
  m.grade = m.isDown || m.activation === 'STP' ? 'bad' : m.activation === 'DIS' ? 'degraded' : 'good';
}

function fail(m, verdict, status) {
  m.errors += 1;
  m.verdicts[verdict] = (m.verdicts[verdict] ?? 0) + 1;
  failures.unshift({ time: Date.now() / 1000, balancer: m.balancer ?? null, member: m.name, verdict,
    phase: 'connect', status, attempts: 2, milliseconds: 3 + m.errors % 40, method: 'GET',
    what: 'the connection was refused', uri: '/shop/cart/<b>item</b>', client: '192.0.2.17' });
  failures.length = Math.min(failures.length, 256);
}

function tick() {
  const wave = 1 + 0.5 * Math.sin(Date.now() / 9000);
  for (const m of all()) {
    if (m.activation !== undefined) regrade(m);
    const isUp = !m.isDown && m.activation !== 'STP';
    const count = isUp ? Math.round(6 * m.weight * wave * (0.7 + 0.6 * Math.random())) : 0;
    const key = m.used === undefined ? 'elected' : 'used';
    m[key] += count;
    m.seconds = (m.seconds ?? 0) + count * m.scale * wave * 0.6;
    m.busy = isUp ? Math.round(m.weight * wave) : 0;
    m.connected = isUp ? 4 + m.weight : 0;
    m.latency = { connect: latencyOf(Math.ceil(m[key] / 100), 0.0004),
      first_byte: latencyOf(m[key], m.scale * 0.8), total: latencyOf(m[key], m.scale * wave, m.seconds) };
    if (m.isDown && Math.random() < 0.2) fail(m, 'connect-refused', 503);
  }
  for (const b of balancers) {
    for (const grade of ['good', 'degraded', 'bad']) {
      b[grade] = b.members.filter((m) => m.grade === grade).length;
    }
    b.member_count = b.members.length;
    b.busy = b.members.reduce((sum, m) => sum + m.busy, 0);
  }
}
tick();
setInterval(tick, 500);

const mounts = [['shop', '/shop/*'], ['search', '/search|/*'], ['reports', '/reports/*']].map(
  ([worker, uri], i) => ({ worker, id: i + 1, server: 'localhost:8080', uri, type: 'Wildchar',
    source: i ? 'JkMount' : 'uriworkermap', reply_timeout: i ? -1 : 60000, sticky_ignore: 0,
    stateless: 0, fail_on_status: i ? '' : '503', active: '', disabled: '', stopped: '',
    use_server_errors: 0 }));

const problem = (status, title, detail, more = {}) =>
  ({ status, type: 'application/problem+json', body: { type: 'about:blank', title, status, detail, ...more } });

function find(parts) {
  if (parts[0] === 'workers') return workers.find((w) => w.name === parts[1]);
  const balancer = balancers.find((b) => b.name === parts[1]);
  return parts[2] === 'members' ? balancer?.members.find((m) => m.name === parts[3]) : balancer;
}

function change(target, parts, method, request, text) {
  if (request.headers['content-type'] !== 'application/json') return problem(415, 'Unsupported Media Type', 'send application/json');
  if (request.headers['x-jk-token'] !== 'token-1') return problem(403, 'Forbidden', 'the token is missing or old');
  if (play.readOnly) return problem(403, 'Forbidden', 'this status worker is read-only');
  play.changes.push({ method, path: parts.join('/'), body: text });
  const action = parts[parts.length - 1];
  if (method === 'POST') {
    if (action === 'recover' && !target.isDown) return problem(409, 'Conflict', `member ${target.name} is not in error`);
    if (action === 'recover') target.isDown = false;
    if (action === 'reset') Object.assign(target, { errors: 0, elected: 0, seconds: 0, verdicts: {} });
    return { body: target };
  }
  if (request.headers['if-match'] && request.headers['if-match'] !== target.etag) {
    return problem(412, 'Precondition Failed', 'it was changed since you read it');
  }
  const wanted = JSON.parse(text);
  if (wanted.lbfactor > 100) {
    return problem(422, 'Unprocessable Content', 'lbfactor: write a number from 1 to 100', { property: 'lbfactor' });
  }
  Object.assign(target.settings, wanted);
  target.etag = `"${Number(target.etag.slice(1, -1)) + 1}"`;
  tick();
  return { body: target };
}

function api(request, url, rest, text) {
  const parts = rest.split('/').filter(Boolean).map(decodeURIComponent);
  const last = parts[parts.length - 1];
  if (request.method !== 'GET') {
    const target = find(['reset', 'recover'].includes(last) ? parts.slice(0, -1) : parts);
    return target ? change(target, parts, request.method, request, text) : problem(404, 'Not Found', 'no such member');
  }
  switch (parts.length === 1 ? last : parts.length === 0 ? '' : 'one') {
  case '': return { body: { version: 1, server: { name: 'www.example.com', port: 8080 },
    software: { web_server: 'Apache/2.4.68 (Debian)', jk_version: 'mod_jk/2.0.0' }, user: 'deployer',
    time: { unix: Math.floor(Date.now() / 1000), tz: '+0000' }, read_only: play.readOnly,
    token: 'token-1', maintain: 60, links: {},
    properties: { balancer: balancerProperties, member: memberProperties, worker: memberProperties.slice(8) } } };
  case 'balancers': return { body: { time: Date.now() / 1000, generation: 1, balancers } };
  case 'workers': return { body: { time: Date.now() / 1000, workers } };
  case 'failures': return { body: { failures } };
  case 'mounts': {
    const asked = url.searchParams.get('url');
    if (asked === null) return { body: { mounts } };
    const path = asked.replace(/^https?:\/\/[^/]*/, '');
    const rule = mounts.find((m) => path.startsWith(m.uri.replace(/[|*].*$/, ''))) ?? null;
    return { body: { url: asked, host: 'localhost', path, worker: rule?.worker ?? null, rule, server: 'localhost:8080' } };
  }
  default: {
    const target = find(parts);
    return target ? { body: target } : problem(404, 'Not Found', 'no such resource');
  }
  }
}

function direct(query) {
  const named = (name) => all().find((m) => m.name === query.get(name));
  if (query.has('down')) named('down').isDown = true;
  if (query.has('up')) named('up').isDown = false;
  if (query.has('edit')) { const m = named('edit'); m.settings.lbfactor = 7; m.etag = '"99"'; }
  if (query.has('silent')) play.silent = query.get('silent') === '1';
  if (query.has('read_only')) play.readOnly = query.get('read_only') === '1';
  tick();
  return { body: query.has('log') ? play.changes : {} };
}

async function answer(request, text) {
  const url = new URL(request.url, 'http://localhost');
  const path = url.pathname;
  if (path === '/mock') return direct(url.searchParams);
  const asset = path.match(/\/assets\/([\w.]+)$/);
  if (asset) return { type: types[extname(asset[1])], raw: await readFile(join(folder, asset[1])) };
  const resource = path.match(/\/api\/v1(\/.*|$)/);
  if (resource) {
    return play.silent ? problem(503, 'Service Unavailable', 'silent') : api(request, url, resource[1], text);
  }
  return { type: 'text/html; charset=utf-8', raw: '<!DOCTYPE html><html lang="en"><head><title>JK Status Manager</title>' +
    '<link rel="stylesheet" href="/jkmanager/assets/page.css"><script src="/jkmanager/assets/page.js" defer></script>' +
    '</head><body><h1>JK Status Manager</h1><p>The classic page.</p></body></html>' };
}

const server = http.createServer(async (request, response) => {
  let text = '';
  for await (const piece of request) text += piece;
  const made = await answer(request, text).catch((error) => problem(404, 'Not Found', String(error)));
  response.writeHead(made.status ?? 200, { 'Content-Type': made.type ?? 'application/json',
    'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
  response.end(made.raw ?? JSON.stringify(made.body));
});
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/jkmanager/`));
