// What the codes of the server mean, in a few words. xdocs/reference has them at length.

const states = {
  'OK/IDLE': ['good', 'Idle', 'no request yet'],
  OK: ['good', 'OK', 'it answers'],
  'OK/BUSY': ['degraded', 'Busy', 'busy_limit or its pool is full'],
  ERR: ['bad', 'Error', 'it failed and gets no requests until recover_time is over'],
  'ERR/REC': ['degraded', 'Recovering', 'recover_time is over: the next request tries it'],
  'ERR/FRC': ['degraded', 'Forced', 'in error, tried because the others are too'],
  'ERR/PRB': ['degraded', 'Probing', 'in error, a request is trying it now'],
};

const activations = {
  ACT: ['plain', 'Active', 'it gets requests'],
  DIS: ['degraded', 'Disabled', 'it gets the requests of sessions that it has, no others'],
  STP: ['bad', 'Stopped', 'it gets no requests'],
};

const lookUp = (table, code) => {
  const [tone, text, meaning] = table[code] ?? ['plain', code ?? '–', ''];
  return { tone, text, title: code === undefined ? '' : `${code}: ${meaning}` };
};
export const stateOf = (code) => lookUp(states, code);
export const activationOf = (code) => lookUp(activations, code);

/** What happens to the requests, said before somebody confirms it. */
export const consequences = {
  active: 'It gets its share of the requests.',
  disabled: 'It drains: sessions that it has stay with it, new ones go to other members.',
  stopped: 'It gets no more requests; its sessions move to other members, or are lost.',
  recover: 'The next request tries it, without waiting for the end of recover_time.',
  reset: 'Its counters and latencies start again from zero.',
};

// verdict: what happened, what to do
const verdicts = {
  'pool-exhausted': ['no connection of the pool became free in time',
    'Raise connection_pool_size, or find out why requests take so long.'],
  'busy-limit': ['busy_limit is reached', 'Raise busy_limit if the backend can take more.'],
  'no-member': ['no member may be used', "Look at the members' states."],
  'no-address': ['it has no address', 'Set its host to a name that resolves, and its port.'],
  'connect-refused': ['the connection was refused',
    'Is Tomcat running, with an AJP connector on this address and port?'],
  'connect-timeout': ['no connection within the time limit',
    'Is the host up, and no firewall in between? socket_connect_timeout is the limit.'],
  'connect-failed': ['connecting failed', 'Check host, port or socket path, and their rights.'],
  'ping-timeout': ['a probe was not answered in time',
    'All its threads may be busy, or its connector did not start: one that requires a secret and ' +
    'has none does not.'],
  'ping-failed': ['a probe was not answered with CPONG', 'Does an AJP connector listen there?'],
  'send-failed': ['the request could not be sent', 'Did Tomcat restart just now?'],
  'reply-timeout': ['no answer within reply_timeout',
    'The application is slow or hangs; a thread dump of Tomcat shows where.'],
  'closed-before-head': ['the backend closed the connection without an answer',
    'Look into Tomcat’s log; its keepAliveTimeout must be longer than connection_pool_timeout.'],
  'closed-in-packet': ['the backend closed the connection inside a packet',
    'Look into Tomcat’s log: it crashed or was killed.'],
  'closed-in-body': ['the backend closed the connection inside its answer',
    'Look into Tomcat’s log.'],
  'protocol-error': ['the answer is no valid AJP',
    'Does an AJP connector listen there, not an HTTP one? Is its packetSize max_packet_size?'],
  'failing-status': ['it answered with a status of fail_on_status',
    'See the application’s own log.'],
  'failing-status-soft': ['it answered with a soft status of fail_on_status',
    'See the application’s own log.'],
  'client-gone': ['the client went away', ''],
  'client-body': ['the client’s body is malformed, or not as long as announced', ''],
  'answer-refused': ['an output filter of this server did not take the answer',
    'The filter’s lines in httpd’s error log say why.'],
  'too-large': ['the request’s headers do not fit one packet',
    'Raise max_packet_size here and packetSize in Tomcat to the same value.'],
  'bad-request': ['the request cannot be forwarded', ''],
};

/** {text, title}: what a verdict says, and the same with what to do. */
export function verdictOf(code) {
  const [text, advice] = verdicts[code] ?? ['', ''];
  return { text, title: advice === '' ? text : `${text}. ${advice}` };
}
