// node --require loopback_only.cjs PROGRAM: whatever it listens on is on 127.0.0.1, and it reaches nothing beyond.
'use strict';

const net = require('node:net');

const HERE = '127.0.0.1';
const { listen } = net.Server.prototype;
const { connect } = net.Socket.prototype;

const isOptions = (given) => given !== null && typeof given === 'object';
const isLoopback = (host) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

// listen(port, …), listen({ port, … }); a path or a handle is not on the network.
net.Server.prototype.listen = function (given, ...rest) {
  if (isOptions(given) && given.port !== undefined) return listen.call(this, { ...given, host: HERE }, ...rest);
  const port = given === undefined || typeof given === 'function' ? 0 : given;
  if (isOptions(port) || Number.isNaN(Number(port))) return listen.call(this, given, ...rest);
  const called = [given, ...rest].find((each) => typeof each === 'function');
  const backlog = rest.find((each) => typeof each === 'number');
  return listen.call(this, { port: Number(port), host: HERE, backlog }, ...(called ? [called] : []));
};

// connect(port, host, …), connect({ port, host, … }), and the list that Node's own modules hand on.
net.Socket.prototype.connect = function (...given) {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  const { host, path, port } = isOptions(first) ? first : { port: first, host: second };
  const where = typeof host === 'string' ? host : 'localhost';
  if ((path !== undefined && port === undefined) || isLoopback(where)) return connect.apply(this, given);
  process.stderr.write(`refused to connect to ${where}\n`);
  process.nextTick(() => this.destroy(new Error(`refused to connect to ${where}`)));
  return this;
};
