// Two issuers on free ports of 127.0.0.1, until standard input ends. Prints their URLs as one line of JSON.
//
// provider: `oidc-provider`. POST /use/NAME on `control` replaces its keys:
//   first, second: two sets with key ids of their own; impostor: the ids of `second` on other keys.
// mock: `oauth2-mock-server`, which signs the claims in the form field `changes` over its own.
import http from 'node:http';
import { OAuth2Server } from 'oauth2-mock-server';
import Provider from 'oidc-provider';
import { exportJWK, generateKeyPair } from 'jose';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

async function keySet(name) {
  return Promise.all(ALGORITHMS.map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${name}-${alg}` };
  }));
}

function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

function provider(url, keys) {
  return new Provider(url, {
    clients: ['agent', 'stranger', 'late'].map((id) => ({
      client_id: id, client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    })),
    jwks: { keys },
    scopes: ['invoke', 'other'],
    formats: {
      customizers: {
        // The tokens of the client `late` expired an hour ago.
        jwt(_context, token, { payload }) {
          if (token.clientId === 'late') Object.assign(payload, { iat: payload.iat - 7200, exp: payload.iat - 3600 });
        },
      },
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        // The last segment of the resource names the algorithm.
        getResourceServerInfo: (_context, resource) => ({
          scope: 'invoke other', audience: resource, accessTokenFormat: 'jwt',
          jwt: { sign: { alg: resource.split('/').pop() } },
        }),
      },
    },
  }).callback();
}

let answer;
const url = await listen(http.createServer((request, response) => answer(request, response)));
const callbacks = {};
for (const [name, ids] of [['first', 'first'], ['second', 'second'], ['impostor', 'second']]) {
  callbacks[name] = provider(url, await keySet(ids));
}
answer = callbacks.first;

const control = await listen(http.createServer((request, response) => {
  const next = callbacks[request.url.replace('/use/', '')];
  answer = next ?? answer;
  response.writeHead(next ? 204 : 404).end();
}));

const mock = new OAuth2Server();
await mock.issuer.keys.generate('RS256');
mock.service.on('beforeTokenSigning', (token, request) => {
  Object.assign(token.payload, JSON.parse(request.body.changes ?? '{}'));
});
await mock.start(0, '127.0.0.1');

console.log(JSON.stringify({ provider: url, control, mock: mock.issuer.url }));
process.stdin.on('end', () => process.exit(0)).resume();
