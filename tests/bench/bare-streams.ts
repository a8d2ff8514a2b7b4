// The least that a server of event streams can do, in a process of its own: keeps every GET's answer open, and writes the
// body of each POST to all of them. Started by fanout.ts.
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const open = new Set<ServerResponse>();

const server = http.createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': open\n\n');
    open.add(response);
    response.on('close', () => open.delete(response));
    return;
  }
  void buffer(request).then((bytes) => {
    for (const stream of open) stream.write(bytes);
    response.end();
  });
});
server.listen(0, '127.0.0.1', 4_096, () => process.send!((server.address() as AddressInfo).port));
